"""HTML to a `Document`: every `tr` that holds no other `tr` is a row of its own cells.

Spans are never expanded: only cells that start in a row count, because real pages
have wrong rowspans and colspans, and labels, not positions, name the figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from ..filetypes import FILE_TYPES
from ..types import Cell, Document, Row
from . import text
from .html_walk import Walk
from .markup import all_text, blank_hidden, clean, parse

_FILE = re.compile(rf"\.(?:{FILE_TYPES})(?:$|[?#])|downfile\.jsp|download\.jsp", re.I)
_END = re.compile(r"</(?:t[dhr]|table|tbody|body|html)\b", re.I)
_LINE = re.compile(r"L(\d+)")


def layouts(content: str, charset: str) -> Iterator[Document]:
    """The ways in which a page can be laid out: by its tables, then by its lines.

    Editors paste a whole text dump into paragraphs of a page that has tables of its own
    (索引号, a frame). The reader asks for the lines where no table of the page is a
    statutory one.

    Args:
        content: The decoded page.
        charset: The encoding that was used, kept in the document.

    Raises:
        ReadingError: There is no element in it, it nests deeper than 2,000, or it is
            more than libxml2 takes.
        TooLarge: It has more tags than any report.
    """
    page = parse(content)
    root = page.root
    title = next(root.iter("title"), None)
    named = clean(all_text(title)) if title is not None else ""
    meta, links = _meta(root), tuple(_files(root))
    blank_hidden(page)
    walk = Walk(root)
    by_tables = Document(
        rows=tuple(walk.rows),
        kind="html",
        blanks_kept=walk.blanks_kept,
        title=named,
        meta=meta,
        links=links,
        pictures=sum(1 for _ in root.iter("img")),
        charset=charset,
        cut=walk.rows[-1].cells[-1].place if walk.rows and _is_cut(content) else "",
    )
    has_tables = any(row.tabular for row in walk.rows)
    if has_tables:
        yield by_tables
    rows, kept = from_lines(walk)
    if rows or not has_tables:
        yield replace(by_tables, rows=tuple(rows), blanks_kept=kept) if rows else by_tables


def from_lines(walk: Walk) -> tuple[list[Row], bool]:
    """Rows of a page whose paragraphs are a text dump, pasted; none where they are not.

    The place of a cell is its paragraph's, and where in the paragraph it stands. Rows of
    the page's own tables stay where they are.

    Returns:
        The rows, and whether blank cells can be told in the dump.
    """
    lines = ["" if row.tabular else " ".join(row.text.split("\n")) for row in walk.rows]
    rows, kept = text.split("\n".join(lines))
    if not any(row.tabular for row in rows):
        return [], walk.blanks_kept
    made = [(number, row) for number, row in enumerate(walk.rows) if row.tabular]
    for row in rows:
        number = _line(row.cells[0]) - 1
        first = walk.rows[number]
        cells = tuple(replace(c, place=_within(walk.rows[_line(c) - 1], c)) for c in row.cells)
        made.append((number, replace(row, cells=cells, trail=first.trail, heading=first.heading)))
    made.sort(key=lambda each: each[0])
    return [row for _, row in made], kept


def _line(cell: Cell) -> int:
    found = _LINE.match(cell.place)
    return int(found[1]) if found else 1


def _within(paragraph: Row, cell: Cell) -> str:
    return paragraph.cells[0].place + _LINE.sub("", cell.place, count=1)


def _is_cut(content: str) -> bool:
    """Whether a page may end inside a number: in a tag or a text, or in an open cell."""
    end = content[-200:].rstrip().lower() or content.rstrip().lower()[-200:]
    if not end.endswith(">"):
        return True
    if end.endswith(("</html>", "</body>", "</table>")):
        return False
    last = max(content.rfind(tag) for tag in ("<td", "<th", "<TD", "<TH"))
    return last >= 0 and not _END.search(content, last)


def _meta(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in root.iter("meta"):
        name, content = tag.get("name", "").lower(), clean(tag.get("content", ""))
        if name and content and content != "null":
            found.setdefault(name, content)
    return found


def _files(root: etree._Element) -> Iterator[tuple[str, str]]:
    seen = set()
    for tag in root.iter("a"):
        href = tag.get("href", "").strip()
        if _FILE.search(href) and href not in seen:
            seen.add(href)
            yield href, clean(all_text(tag))
