"""Metadata for Datasette, generated from the schema and the codebook.

Chinese descriptions are `archive.schema.words`, English ones the comments of the schema;
the figures' columns take both languages from the forms.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sqlite_utils import Database

from archive.schema import (
    COMPACT,
    NIANBAO,
    PUBLIC_VIEWS,
    TEXT,
    create,
    label_of,
    meaning_of,
    rate_words,
    words,
)
from archive.site import query_forms
from extract.forms import columns

#: English after the Chinese of `archive.schema.words.TABLES`.
ENGLISH = {
    "reports": "Annual reports, one row each.",
    "versions": "A report's text or figures, each time they changed.",
    "sources": "Where the bytes were obtained.",
    "figure_notes": "Cells that are not a plain number.",
    "figures": "One row a version, one column a cell.",
    "findings": "Checks that did not pass.",
    "coverage": "Agency × year; not_in_archive does not mean unpublished.",
    "unread": "Captured pages that are no report here, and why.",
    "left_out": "Documents of a column that are no reports and were not called so, by portal.",
    "amounts_in_yuan": "Amounts as printed and in yuan, where a unit is printed.",
    "lines": "The codebook of the figures.",
    "chapters": "Text of the chapters.",
    "grids": "Raw tables of legacy reports.",
    "leftovers": "Numbers of a table that no figure took.",
}

TABLE_SETTINGS: dict[str, dict[str, object]] = {
    "reports": {
        "sort_desc": "year",
        "facets": ["year", "kind", "region_name", "form", "status"],
        "label_column": "report_id",
    },
    "agencies": {
        "sort": "agency_id",
        "facets": ["level", "kind", "org_form"],
        "label_column": "name",
    },
    "versions": {"label_column": "version_id"},
    "lines": {
        "sort": "position",
        "facets": ["table", "forms", "relation"],
        "label_column": "label",
    },
    "findings": {"facets": ["check", "status", "reading"]},
    "coverage": {"facets": ["year", "status", "existence"], "sort_desc": "year"},
    "unread": {"facets": ["reason"]},
    "figure_notes": {"facets": ["status"]},
    "agency_years": {"facets": ["year", "level", "scope", "kind"], "sort_desc": "year"},
    "region_years": {"facets": ["year", "level", "scope"], "sort_desc": "year"},
    "kind_years": {"facets": ["year", "level", "scope", "kind"], "sort_desc": "year"},
    "applicant_years": {"facets": ["applicant", "year", "level", "scope"], "sort_desc": "year"},
    "frame_summary": {"facets": ["year", "level", "part", "existence"], "sort_desc": "year"},
    "current_findings": {"facets": ["check", "status", "reading"]},
    "page_changes": {"facets": ["kind", "year"]},
    "changes": {"facets": ["kind", "cause"]},
    "portals": {"facets": ["family", "status", "outcome"], "label_column": "portal"},
    "regions": {"facets": ["level", "kind"], "label_column": "name"},
    "expected": {"facets": ["level", "part", "existence"]},
    "examples": {"facets": ["theme"]},
    "flags": {"facets": ["about"]},
    # Searched by the index that `archive.search` writes; plugin.py turns a question into its own.
    "chapters": {"fts_table": "_search", "fts_pk": "n", "sort_desc": "n"},
    "locators": {"hidden": True},
    "details": {"hidden": True},
}

_TABLE = re.compile(r"CREATE TABLE (\w+) +\((.*?)\n\) STRICT", re.DOTALL)
_VIEW = re.compile(r"CREATE VIEW (\w+) AS .*?SELECT(.*?)\nFROM", re.DOTALL)
_COLUMN = re.compile(
    r'^\s+"?(\w+)"?\s+(?:TEXT|INTEGER|ANY|REAL|BLOB)\b[^\n]*?(?:--\s*(.*))?$', re.M
)
_SELECTED = re.compile(r'AS "?(\w+)"?,?(?: +-- (.*))?$', re.M)


def schema_comments(sql: str) -> dict[str, dict[str, str]]:
    """Columns of every public table and view in a schema, each with its comment or ""."""
    found = {
        table: {name: (comment or "").strip() for name, comment in _COLUMN.findall(body)}
        for table, body in _TABLE.findall(sql)
        if not table.startswith("_")
    }
    for view, body in _VIEW.findall(sql):
        found[view] = {name: comment.strip() for name, comment in _SELECTED.findall(body)}
    return found


def build() -> dict[str, Any]:
    """The metadata of both databases of a release."""
    compact = {name: {"hidden": True} for name in re.findall(r"TABLE (_\w+)", COMPACT)}
    nianbao = _tables(NIANBAO + PUBLIC_VIEWS) | _generated() | compact
    return {
        "title": "年报档案",
        "databases": {
            "nianbao": {"title": "年报", "tables": nianbao, "queries": _queries()},
            "text": {"title": "正文", "tables": _tables(TEXT)},
        },
    }


@cache
def _queries() -> dict[str, Any]:
    """The examples that need nianbao.db alone, as named queries: /nianbao/<name>."""
    nianbao, text = Database(memory=True), Database(memory=True)
    create(nianbao, text)
    try:
        return query_forms.named_queries(nianbao.conn)
    finally:
        nianbao.close()
        text.close()


def _tables(sql: str) -> dict[str, Any]:
    return {
        table: {**_head(table), "columns": {n: _column(table, n, c) for n, c in comments.items()}}
        for table, comments in schema_comments(sql).items()
    }


def _generated() -> dict[str, Any]:
    """Metadata of the tables and views that have no comments, or are made from the forms."""
    described = {"version_id": words.COLUMNS["figures"]["version_id"]}
    for key, slots in columns().items():
        described[key] = f"{meaning_of(key, slots)} / {label_of(slots, english=True)}"
    views = {
        view: {**_head(view), "columns": words.COLUMNS[view]}
        for view in ("report_totals", "amounts_in_yuan", *rate_words.titles())
    }
    return {"figures": {**_head("figures"), "columns": described}, **views}


def _head(table: str) -> dict[str, object]:
    said = [words.TABLES.get(table, ""), ENGLISH.get(table, "")]
    return {
        "title": f"{words.TITLES.get(table, table)} {table}",
        "description": " ".join(filter(None, said)),
        **TABLE_SETTINGS.get(table, {}),
    }


def _column(table: str, column: str, comment: str) -> str:
    chinese = words.COLUMNS.get(table, {}).get(column)
    return " / ".join(filter(None, (chinese, comment or column.replace("_", " "))))
