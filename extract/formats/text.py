"""Text dumps to a `Document`. Five ways of flattening a table have been seen.

| style  | looks like                          | blank cells                        |
|--------|-------------------------------------|------------------------------------|
| tika   | one cell a line, led by a tab       | kept: a lone tab                   |
| tabs   | one row a line, cells split by tabs | kept                               |
| pipes  | one row a line, cells split by `|`  | kept only if rows begin with blanks|
| stream | one cell a line, maybe with a `|`   | leave no trace, or move to the end |
| spaces | one row a line, cells split by blanks | leave no trace                   |

Which one a dump is follows from counting (reading-tables §1). Where blanks left no
trace the document says so, and a row that is not complete is not placed.
"""

from __future__ import annotations

import re

from ..labels import LONGEST_LABEL
from ..types import Cell, Document, Row
from ..values import is_value
from .limits import check_rows

_DEBRIS = re.compile(r"\[(?:bookmark|image): [^\]]*\]")
_SEPARATOR = re.compile(r"[\s|:\-–—+=]*-{2,}[\s|:\-–—+=]*")  # |---|---|
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f]")


def read(content: str, charset: str) -> Document:
    """Read a text dump.

    Args:
        content: The decoded text.
        charset: The encoding that was used, kept in the document.
    """
    rows, kept = split(content)
    # A dump that does not end its last line may end inside a number.
    cut = ""
    if rows and not content.endswith(("\n", "\r")):
        cut = next((cell.place for cell in reversed(rows[-1].cells) if cell.text), "")
    return Document(
        rows=tuple(rows),
        kind="text",
        blanks_kept=kept,
        own_cells=False,
        charset=charset,
        cut=cut,
    )


def split(content: str) -> tuple[list[Row], bool]:
    """Rows of a text, and whether its blank cells can be told.

    For tables with `|` they cannot in general: some programs move blanks to the end of
    the row. `tables` looks for evidence in each table.
    """
    content = _CONTROL.sub("", _DEBRIS.sub("", content)).replace("\f", "\n")
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    lines = content.split("\n")
    check_rows(len(lines))
    # All tabs and bars are counted before those of each line are: most dumps have no others.
    tabs, bars = content.count("\t"), content.count("|")
    if tabs > 100 and content.count("\n\t") + content.startswith("\t") > 100:
        return _tika(lines), True
    if tabs > 2 * 15 and sum([line.count("\t") >= 2 for line in lines]) > 15:
        return _tabs(lines), True
    if bars > 3 * 15 and sum([_is_piped(line) for line in lines]) > 15:
        return _pipes(lines), False
    return _stream(lines), False


def _is_piped(line: str) -> bool:
    return line.count("|") >= 3 and line.strip("| ") != "" and not _SEPARATOR.fullmatch(line)


def _paragraph(text: str, number: int) -> Row:
    return Row((Cell(text, f"L{number}"),))


def _tika(lines: list[str]) -> list[Row]:
    """A tab begins a cell, a bare line continues it, an empty line ends the row."""
    rows: list[Row] = []
    cells: list[Cell] = []

    def end_row() -> None:
        if cells:
            # The tab before a heading or date outside a table makes no table row.
            rows.append(Row(tuple(cells), tabular=len(cells) > 1))
            cells.clear()

    for number, line in enumerate(lines, 1):
        if line.startswith("\t"):
            parts = line[1:].split("\t")
            if len(parts) == 1:
                cells.append(Cell(parts[0].strip(), f"L{number}"))
            else:
                cells += [Cell(part.strip(), f"L{number}c{i}") for i, part in enumerate(parts, 1)]
        elif not line.strip():
            end_row()
        elif cells and len(line.strip()) <= LONGEST_LABEL and not line[0].isspace():
            last = cells[-1]
            cells[-1] = Cell(f"{last.text}\n{line.strip()}", last.place)
        else:
            end_row()
            rows.append(_paragraph(line.strip(), number))
    end_row()
    return rows


def _tabs(lines: list[str]) -> list[Row]:
    """One row a line. Editors strip trailing tabs: the rows of a table get one width again."""
    rows: list[Row] = []
    table: list[tuple[int, list[str]]] = []

    def end_table() -> None:
        width = max((len(cells) for _, cells in table), default=0)
        for number, cells in table:
            cells += [""] * (width - len(cells))
            printed = [Cell(cell.strip(), f"L{number}c{i}") for i, cell in enumerate(cells, 1)]
            rows.append(Row(tuple(printed), tabular=True))
        table.clear()

    for number, line in enumerate(lines, 1):
        if "\t" in line and (line.strip() or (table and line.count("\t") > 1)):
            table.append((number, line.split("\t")))
        elif line.strip():
            end_table()
            rows.append(_paragraph(line.strip(), number))
    end_table()
    return rows


def _pipes(lines: list[str]) -> list[Row]:
    rows = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text.strip("| ") or _SEPARATOR.fullmatch(text):
            continue
        if "|" not in text:
            rows.append(_paragraph(text, number))
            continue
        text = text.removeprefix("|").removesuffix("|")
        rows.append(
            Row(
                tuple(Cell(c.strip(), f"L{number}c{i}") for i, c in enumerate(text.split("|"), 1)),
                tabular=True,
            )
        )
    return rows


def _stream(lines: list[str]) -> list[Row]:
    """One cell a line; a line that ends in values, split by blanks, is a row."""
    rows = []
    for number, line in enumerate(lines, 1):
        for part in line.replace("|", "\t").split("\t") if line else ():
            text = part.strip()
            if text:
                rows.append(_spaced(text, number) or _paragraph(text, number))
    return rows


def _spaced(text: str, number: int) -> Row | None:
    """`规章 3 5 74` or a line of column headings as a row, else None."""
    parts = text.split()
    if len(parts) < 2 or "。" in text:
        return None
    values = 0
    while values < len(parts) and is_value(parts[-1 - values]):
        values += 1
    # One value after one label may be prose (`第 3`); it is a row only if it is not
    # inside a sentence, which the label's length tells.
    if values and (values == len(parts) or len(parts[0]) <= LONGEST_LABEL):
        return _row(parts, number)
    if parts[0] == "信息内容":
        return _row(parts, number)
    if not values and len(parts) > 2 and all(2 <= len(p) <= LONGEST_LABEL for p in parts):
        return _row(parts, number)
    return None


def _row(parts: list[str], number: int) -> Row:
    return Row(tuple(Cell(part, f"L{number}w{i}") for i, part in enumerate(parts, 1)), tabular=True)
