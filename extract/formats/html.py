"""HTML to a `Document`: every `tr` that holds no other `tr` is a row of its own cells.

Spans are never expanded: only cells that start in a row count, because real pages
have wrong rowspans and colspans, and labels, not positions, name the figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from ..errors import ReadingError
from ..types import Cell, Document, Row
from . import text

_SKIP = frozenset(
    [
        "script",
        "style",
        "head",
        "noscript",
        "template",
        "select",
        "textarea",
        "iframe",
        "object",
        "svg",
        "button",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "ins",
        "label",
        "mark",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "o:p",
        "st1:chsdate",
        "st1:chmetcnv",
    ]
)
#: Elements that break a line even when they are the only one in a cell.
_ALONE = _SKIP | {"br", "sup", "sub"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|wps|ofd|rtf|zip|rar)(?:$|[?#])|downfile\.jsp|download\.jsp", re.I
)
#: Deeper than any real page; libxml2 itself stops at 256 without huge_tree.
_DEEPEST = 2_000


def read(content: str, charset: str) -> Document:
    """Read a page.

    Args:
        content: The decoded page.
        charset: The encoding that was used, kept in the document.

    Raises:
        ReadingError: There is no element in it, it nests deeper than 2,000, or it is
            more than libxml2 takes.
    """
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(content.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:  # libxml2 recovers from all but its own limits
        raise ReadingError(f"the page cannot be parsed: {error}") from error
    if root is None:
        raise ReadingError("the page holds no element")
    walk = _Walk()
    walk.run(root)
    rows = walk.rows if any(row.tabular for row in walk.rows) else _from_lines(walk)
    # Where the markup is not closed, the body may end inside a number.
    is_cut = bool(rows) and not content.rstrip().endswith(">")
    titles = list(root.iter("title"))
    return Document(
        rows=tuple(rows),
        kind="html",
        blanks_kept=walk.blanks_kept,
        title=_clean("".join(_texts(titles[0]))) if titles else "",
        meta=_meta(root),
        links=tuple(_files(root)),
        pictures=sum(1 for _ in root.iter("img")),
        charset=charset,
        cut=rows[-1].cells[-1].place if is_cut else "",
    )


def _from_lines(walk: _Walk) -> list[Row]:
    """Rows of a page without any table: its paragraphs may be a text dump, pasted."""
    lines = [" ".join(row.text.split("\n")) for row in walk.rows]
    rows, kept = text.split("\n".join(lines))
    if not any(row.tabular for row in rows):
        return walk.rows
    walk.blanks_kept = kept
    made = []
    for row in rows:
        line = int(re.findall(r"\d+", row.cells[0].place)[0]) - 1
        made.append(replace(row, trail=walk.rows[line].trail, heading=walk.rows[line].heading))
    return made


def _is_hidden(node: etree._Element) -> bool:
    """Struck out or not shown: no reader of the page sees it."""
    if node.tag in ("del", "s", "strike") or node.get("hidden") is not None:
        return True
    style = node.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()


def _texts(node: etree._Element) -> Iterator[str]:
    return (str(part) for part in node.itertext())


def _clean(text: str) -> str:
    return " ".join(text.split())


def _meta(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in root.iter("meta"):
        name, content = tag.get("name", "").lower(), _clean(tag.get("content", ""))
        if name and content and content != "null":
            found.setdefault(name, content)
    return found


def _files(root: etree._Element) -> Iterator[tuple[str, str]]:
    seen = set()
    for tag in root.iter("a"):
        href = tag.get("href", "").strip()
        if _FILE.search(href) and href not in seen:
            seen.add(href)
            yield href, _clean("".join(_texts(tag)))


class _Walk:
    """One pass over the tree in reading order, with its own stack (pages nest deeply)."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._text: list[str] = []
        self._paragraphs = 0
        self._tables = 0
        self._open_tables: list[list[int]] = []  # [number, rows so far]
        self._trail: list[int] = []  # numbers of the open block elements
        self._blocks = 0
        self._headings = 0
        self.blanks_kept = True

    def run(self, root: etree._Element) -> None:
        stack: list[tuple[etree._Element, bool]] = [(root, False)]
        depth = 0
        while stack:
            node, leaving = stack.pop()
            if leaving:
                depth -= 1
                self._leave(node)
                continue
            if depth > _DEEPEST:
                raise ReadingError("the page nests too deeply to be read")
            if self._enter(node):
                depth += 1
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node))
            elif node.tail:
                self._text.append(node.tail)
        self._flush()

    def _enter(self, node: etree._Element) -> bool:
        """Begin an element; False if it is done with (skipped, or read as a row)."""
        tag = node.tag
        if not isinstance(tag, str) or tag in _SKIP or _is_hidden(node):
            return False
        if tag not in _INLINE:
            self._flush()
            if self._read_whole(node):
                return False
            self._blocks += 1
            self._trail.append(self._blocks)
            if tag == "table":
                self._tables += 1
                self._open_tables.append([self._tables, 0])
            elif tag in _HEADINGS:
                self._headings += 1
        if node.text:
            self._text.append(node.text)
        return True

    def _read_whole(self, node: etree._Element) -> bool:
        """Read what is taken as one: a row of a table, a dump, a line break."""
        if node.tag == "tr":
            return self._leaf_row(node)
        if node.tag in ("td", "th"):
            return self._orphan_row(node)
        if node.tag == "pre":
            self._add_dump(node)
        return node.tag in ("pre", "br")

    def _leave(self, node: etree._Element) -> None:
        tag = node.tag
        if tag not in _INLINE:
            self._flush()
            self._trail.pop()
            if tag == "table":
                self._open_tables.pop()
            elif tag in _HEADINGS:
                self._headings -= 1
        if node.tail:
            self._text.append(node.tail)

    def _flush(self) -> None:
        paragraph = _clean("".join(self._text))
        self._text.clear()
        if paragraph:
            self._paragraphs += 1
            cell = Cell(paragraph, f"p{self._paragraphs}")
            self.rows.append(Row((cell,), heading=self._headings > 0, trail=tuple(self._trail)))

    def _leaf_row(self, row: etree._Element) -> bool:
        """Read a `tr` of at least two cells and no inner `tr`; a layout row is not one."""
        cells = [child for child in row if child.tag in ("td", "th")]
        if not cells:  # cells inside a form or another stray wrapper
            cells = list(row.iter("td", "th"))
        if len(cells) < 2 or any(True for _ in row.iterdescendants("tr")):
            return False
        self._add_row(cells)
        return True

    def _orphan_row(self, cell: etree._Element) -> bool:
        """Read a run of cells that stand in a table without a `tr`.

        Only the first cell of the run adds the row; the others are done with it.
        """
        parent = cell.getparent()
        if parent is None or parent.tag == "tr" or any(True for _ in cell.iter("table")):
            return False
        before = cell.getprevious()
        if before is not None and before.tag in ("td", "th"):
            return True
        run = [cell]
        after = cell.getnext()
        while after is not None and after.tag in ("td", "th"):
            run.append(after)
            after = after.getnext()
        if len(run) < 2:
            return False
        self._add_row(run)
        return True

    def _add_dump(self, node: etree._Element) -> None:
        """Preformatted text: editors paste whole text dumps into it."""
        rows, kept = text.split("".join(_texts(node)))
        self.blanks_kept = self.blanks_kept and (kept or not any(row.tabular for row in rows))
        self.rows.extend(replace(row, trail=tuple(self._trail)) for row in rows)

    def _add_row(self, cells: list[etree._Element]) -> None:
        if not self._open_tables:  # a tr outside any table
            self._tables += 1
            self._open_tables.append([self._tables, 0])
        table = self._open_tables[-1]
        table[1] += 1
        self.rows.append(
            Row(
                tuple(
                    Cell(_cell_text(cell), f"t{table[0]}r{table[1]}c{i}")
                    for i, cell in enumerate(cells, 1)
                ),
                tabular=True,
                trail=tuple(self._trail),
            )
        )


def _cell_text(cell: etree._Element) -> str:
    """A cell's text; block elements and line breaks inside it become line breaks."""
    if len(cell) == 0:
        return _clean(cell.text or "")
    inner = list(cell.iterdescendants())
    for node in inner:
        if _is_hidden(node):
            for part in node.iter():
                part.text, part.tail = None, part.tail if part is node else None
    blocks = [node for node in inner if _breaks(node)]
    if len(blocks) < 2 and not any(node.tag in _ALONE for node in blocks):
        return _clean("".join(_texts(cell)))  # one paragraph at most: no line to break
    parts: list[str] = []
    for event, node in etree.iterwalk(cell, events=("start", "end")):
        breaks = node is not cell and _breaks(node)
        if event == "start":
            parts.append("\n" if breaks else "")
            parts.append("" if node.tag in _SKIP else _flat_lines(node.text))
        elif node is not cell:
            parts.append("\n" if breaks and node.tag != "br" else "")
            parts.append(_flat_lines(node.tail))
    lines = (_clean(line) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _breaks(node: etree._Element) -> bool:
    """Whether an element in a cell ends the line: a raised 1 is no digit of the number."""
    return node.tag not in _INLINE or node.tag in ("sup", "sub")


def _flat_lines(text: str | None) -> str:
    """Source text with its own line breaks as blanks: only markup breaks a line."""
    return text.replace("\n", " ").replace("\r", " ") if text else ""
