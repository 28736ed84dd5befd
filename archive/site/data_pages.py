"""What the templates of Datasette's own pages need beside what Datasette gives them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from datasette.utils import tilde_encode
from markupsafe import Markup

from archive.schema import words
from archive.site import (
    cell_links,
    column_words,
    error_pages,
    filter_words,
    query_forms,
    wide_tables,
)
from archive.site import words as site_words
from archive.site.kept import kept
from archive.site.wide_tables import Group

#: Key of the request's scope with the columns that `with_columns` named.
ADDED = "nianbao.columns"
_DATABASES = ("nianbao", "text")
_FORMATS = ("json", "csv")
#: Tables that most visitors come for, in this order; the others follow by name.
FIRST = (
    "reports", "agencies", "agency_years", "region_years", "kind_years", "applicant_years",
    "figures", "figure_notes", "current_findings", "coverage", "frame_summary", "sources",
    "page_changes", "lines", "chapters", "facts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableWords:
    """Words of a table page.

    Attributes:
        title: Chinese name of the table.
        text: What one row is.
        headings: Column → heading.
        meanings: Column → all that is said of it.
        groups: Groups of columns; () where all are shown.
        shown: Code of the group that is shown, or "".
        added: The columns that the address did not name.
    """

    title: str
    text: str
    headings: Mapping[str, str]
    meanings: Mapping[str, str]
    groups: tuple[Group, ...] = ()
    shown: str = ""
    added: str = ""

    def tidy(self, address: str) -> str:
        """An address without its host and without the columns that are shown anyway."""
        _, scheme, rest = address.partition("://")
        path = f"/{rest.partition('/')[2]}" if scheme else address
        for end in (f"&{self.added}", f"{self.added}&", f"?{self.added}") if self.added else ():
            path = path.replace(end, "")
        return path

    def hidden(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """What a form hands on, without those columns."""
        return [each for each in pairs if not (self.added and each[0] == "_col")]

    def conditions(self, filters: Any, search: str | None, where: object) -> list[str]:
        """The filters of the page in Chinese."""
        count = len(where) if isinstance(where, list) else 0
        return filter_words.said(filters, search, self.headings, count)


def with_columns(scope: Any) -> Any:
    """A request as if it named the columns of a wide table that it does not name."""
    parts = str(scope["path"]).split("/")
    if len(parts) != 3 or parts[1] not in _DATABASES or "." in parts[2]:
        return scope
    query = bytes(scope.get("query_string", b"")).decode("latin-1")
    added = wide_tables.added(parts[2], query)
    if not added:
        return scope
    whole = f"{query}&{added}" if query else added
    return {**scope, "query_string": whole.encode("latin-1"), ADDED: added}


def with_tildes(scope: Any) -> Any:
    """A request for a table or a named query whose Chinese name is written as in any other address.

    Datasette writes such names with `~` for `%`, and sends whoever writes `%` elsewhere, which
    does not work for `.json` and `.csv`.
    """
    raw = bytes(scope.get("raw_path") or b"").partition(b"?")[0].decode("latin-1")
    parts = raw.split("/")
    if len(parts) != 3 or parts[1] not in _DATABASES or "%" not in parts[2]:
        return scope
    name, dot, end = parts[2].rpartition(".")
    if end not in _FORMATS:
        name, dot, end = parts[2], "", ""
    path = f"/{parts[1]}/{tilde_encode(unquote(name))}{dot}{end}"
    return {**scope, "path": path, "raw_path": path.encode("latin-1")}


def context(template: str | None, table: str | None, request: Any) -> dict[str, Any]:
    """Variables of a page of Datasette's."""
    draw = _CONTEXTS.get(template or "")
    return draw(table or "", request) if draw else {}


def _table(table: str, request: Any) -> dict[str, Any]:
    wide = wide_tables.wide_tables().get(table)
    asked = request.args.get(wide_tables.PARAMETER, "")
    added = str(request.scope.get(ADDED, ""))
    shown = ""
    if wide:
        named = "_col" in request.args or "_nocol" in request.args
        shown = wide.group(asked).code if added else ("" if named else wide_tables.ALL)
    told = TableWords(
        title=column_words.title(table),
        text=words.TABLES.get(table, ""),
        headings=column_words.headings(table),
        meanings=column_words.meanings(table),
        groups=wide.groups if wide else (),
        shown=shown,
        added=added,
    )
    return {
        "told": told,
        "body": cell_links.body,
        "operators": filter_words.OPERATORS,
        "code_words": column_words.code_words,
        "options": options,
        "provinces": provinces,
        "group_parameter": wide_tables.PARAMETER,
        "all_columns": wide_tables.ALL,
    }


def _database(_table: str, _request: Any) -> dict[str, Any]:
    return {
        "by_theme": query_forms.by_theme,
        "in_order": in_order,
        "titles": words.TITLES,
        "texts": words.TABLES,
    }


def _query(_table: str, _request: Any) -> dict[str, Any]:
    return {"body": cell_links.body, "hint_of": query_forms.hint_of, "said": error_pages.said}


async def provinces(datasette: Any) -> list[tuple[str, str]]:
    """The provinces of which the release has agencies: first two digits, and name."""
    found: list[tuple[str, str]] = await kept(datasette, "data_pages.provinces", _provinces)
    return found


def _provinces(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    sql = """
        SELECT p.code, coalesce((SELECT g.short_name FROM regions g
          WHERE g.region_code = p.code || '0000' ORDER BY g.valid_from DESC LIMIT 1), p.code)
        FROM (SELECT DISTINCT substr(region_code, 1, 2) AS code FROM agencies
          WHERE region_code IS NOT NULL) p ORDER BY 1"""
    return [(str(code), str(name)) for code, name in conn.execute(sql)]


def in_order(names: list[str]) -> list[str]:
    """Names of tables: those that most visitors come for first."""
    places = {name: place for place, name in enumerate(FIRST)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def options(table: str, columns: list[str]) -> Markup:
    """Columns as options of a form; those of a wide table are drawn once."""
    return _options(table, tuple(columns))


@lru_cache(maxsize=200)
def _options(table: str, columns: tuple[str, ...]) -> Markup:
    headings = column_words.headings(table)
    return Markup("").join(
        Markup('<option value="{}">{}</option>').format(name, _option(name, headings))
        for name in columns
    )


def _option(name: str, headings: Mapping[str, str]) -> str:
    return f"{headings[name]} {name}" if name in headings else name


def _row(table: str, request: Any) -> dict[str, Any]:
    chapters = {}
    if table == "figures":
        of_tables = site_words.CHAPTER_OF.items()
        chapters = {code: f"{number}、{site_words.CHAPTERS[number]}" for code, number in of_tables}
    return {**_table(table, request), "chapters": chapters, "row_body": cell_links.row_body}


_CONTEXTS: dict[str, Callable[[str, Any], dict[str, Any]]] = {
    "table.html": _table,
    "row.html": _row,
    "database.html": _database,
    "query.html": _query,
}
