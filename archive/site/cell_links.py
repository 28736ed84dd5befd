"""Cells of Datasette's pages: ids lead to our pages, nothing is shown as nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from archive.site.answers import web_address
from archive.site.column_words import code_words

#: A value that is not there. Text that is empty is shown as an empty cell.
NULL = Markup('<span class="nbd-null" title="空值：未填、未读出或不适用，不是 0">空</span>')
#: Characters that a cell shows at once, and those that it can unfold.
SHOWN = 120
#: Longer texts need a wide column.
LONG = 20
UNFOLDED = 2_000
#: Columns whose values have pages of ours, and where.
_PAGES = {
    "report_id": "/bg/",
    "version_id": "/bg/",
    "from_version": "/bg/",
    "to_version": "/bg/",
    "related": "/bg/",
    "年报": "/bg/",
    "agency_id": "/jg/",
    "parent_id": "/jg/",
    "successor_id": "/jg/",
    "figure": "/zidian#",
}
_TEXT = '<td class="nbd-text">'
_STARTS = {
    "int": '<td class="nbd-number">',
    "float": '<td class="nbd-number">',
    "pk": '<td class="nbd-pk">',
}
_ADDRESSES = ("url", "listing", "column_url")


def cell(datasette: Any, column: str, table: str | None, value: Any) -> Markup | int | float | None:
    """What a cell shows, or None for Datasette's own way."""
    if value is None:
        return NULL
    if isinstance(value, bytes):
        return Markup("（二进制，{:,} 字节）").format(len(value))
    if isinstance(value, dict):  # a foreign key, with the label of its row
        return _expanded(datasette, column, value)
    if table is None and isinstance(value, (int, float)):
        return value  # of a query: the template sets numbers to the right
    if not isinstance(value, str) or not value:
        return None
    draw = _DRAWN.get(column)
    if draw is not None:
        return draw(datasette, value)
    word = code_words(table or "", column).get(value)
    if word:
        return Markup(f'{escape(word)} <code class="nbd-code">{escape(value)}</code>')
    # Whatever looks like an address elsewhere is text: Datasette would link it without `rel`.
    return long_text(value) if len(value) > SHOWN else Markup(escape(value))


def body(rows: Iterable[Iterable[Any]], urls: Any) -> Markup:
    """The rows of a table; drawn here, since a template would ask of each cell whether it waits.

    Args:
        rows: Of a table page, cells as Datasette describes them; of a query, what they show.
        urls: Datasette's addresses.
    """
    return Markup("".join(_row(row, urls) for row in rows))


def _row(row: Iterable[Any], urls: Any) -> str:
    return f"<tr>{''.join(_drawn(cell, urls) for cell in row)}</tr>\n"


def _drawn(cell: Any, urls: Any) -> str:
    if not isinstance(cell, dict):
        kind, shown = type(cell).__name__, cell
    else:
        kind = cell["value_type"]
        shown = _key(cell, urls) if kind == "pk" else cell["value"]
    is_long = isinstance(shown, str) and len(shown) > LONG and shown is not NULL
    is_text = is_long and not shown.endswith(("</a>", "</code>"))
    start = _STARTS.get(kind) or (_TEXT if is_text else "<td>")
    return f"{start}{escape(shown)}</td>"


def _key(cell: dict[str, Any], urls: Any) -> Markup:
    """A row's key: a link to its row, and to our page of what it names."""
    row = f"{str(cell['value']).partition('>')[0]}>"
    if cell["is_special_link_column"]:
        return Markup(f"{row}看此行</a>")
    page = _PAGES.get(cell["column"])
    if page is None:
        return Markup(cell["value"])
    key = str(cell["raw"])
    return Markup(f"{_anchor(urls, page, key)} {row}<small>行</small></a>")


def _anchor(urls: Any, page: str, key: str) -> Markup:
    # Called for every cell of a column: `Markup.format` would take ten times as long.
    return Markup(f'<a href="{urls.path(page)}{quote(key, safe="")}">{escape(key)}</a>')


def row_body(
    cells: Iterable[dict[str, Any]],
    headings: Mapping[str, str],
    meanings: Mapping[str, str],
    chapters: Mapping[str, str],
) -> Markup:
    """One row as a table of its own: what each column is called, and what it holds.

    Args:
        cells: As Datasette describes them.
        headings: Column → heading.
        meanings: Column → all that is said of it.
        chapters: Beginnings of columns → chapter of a report, told before its first column.
    """
    drawn: list[str] = []
    at = ""
    for each in cells:
        column = each["column"]
        chapter = chapters.get(column[:2], "")
        if chapter and chapter != at:
            drawn.append(f'<tr><th scope="colgroup" colspan="2">{escape(chapter)}</th></tr>')
            at = chapter
        is_long = each["value_type"] == "str" and len(each["raw"]) > SHOWN
        value = escape(each["raw"] if is_long else each["value"])
        whole = f'<div class="nbd-whole">{value}</div>' if is_long else value
        title, heading = escape(meanings.get(column, "")), escape(headings.get(column, ""))
        drawn.append(
            f'<tr><th scope="row" title="{title}">{heading} <code>{escape(column)}</code></th>'
            f"<td>{whole}</td></tr>"
        )
    return Markup("\n".join(drawn))


def long_text(value: str) -> Markup:
    """A long text that can be unfolded; a very long one only in part, which is said."""
    if len(value) <= UNFOLDED:
        return Markup("<details class=nbd-long><summary>{}…</summary>{}</details>").format(
            value[:SHOWN], value[SHOWN:]
        )
    more = Markup(' <span class="nb-note">共 {:,} 字，全文见 JSON、CSV 或该行的页面</span>')
    return Markup("{}…").format(value[:SHOWN]) + more.format(len(value))


def _linked(page: str, datasette: Any, value: str) -> Markup:
    return _anchor(datasette.urls, page, value)


def _address(_datasette: Any, value: str) -> Markup:
    address = web_address(value)
    short = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    if address is None:
        return Markup(escape(short))
    return Markup('<a href="{}" rel="nofollow noopener noreferrer">{}</a>').format(address, short)


def _expanded(datasette: Any, column: str, value: dict[str, Any]) -> Markup | None:
    page = _PAGES.get(column)
    if page is None:
        return None
    link = _linked(page, datasette, str(value["value"]))
    label = value["label"]
    return link if label in (None, value["value"]) else Markup("{} {}").format(label, link)


def _to(page: str) -> Callable[[Any, str], Markup]:
    return lambda datasette, value: _linked(page, datasette, value)


_DRAWN: dict[str, Callable[[Any, str], Markup]] = {
    **{column: _to(page) for column, page in _PAGES.items()},
    **dict.fromkeys(_ADDRESSES, _address),
}
