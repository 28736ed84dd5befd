"""The archived originals of a drawn document, as a work sheet shows them: shut in, or as files.

A page stands in the sheet in a frame without scripts, forms, an origin or the net. Other files
are written beside the sheet; what a browser would run if it was opened from a disk (a drawing in
SVG, XML) is written as text.
"""

from __future__ import annotations

import base64
import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.site import drawing, highlight
from archive.site.originals import LARGEST_SHOWN, PDF, TEXT, Kind, kind_of
from extract.decode import decode

from ..errors import ArchiveError, RecordDamaged, WriteFailed
from ..ledger import Ledger
from ..root import DataRoot
from ..warc import load_body
from .draw import Drawn

#: Stands before everything else of a framed page; the sheet's own policy holds in it, too.
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">"
)
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/webp"})
#: Pictures up to this size stand in the sheet, too.
_LARGEST_PICTURE = 4 << 20
#: Of a PDF so many pages are drawn; reports have a dozen.
_MOST_PAGES = 24
#: No figure is marked: the box that is drawn lies beyond the page.
_OUTSIDE = (-99.0, -99.0, -98.0, -98.0)
_SOURCES = """SELECT * FROM sources WHERE version_id = ?
ORDER BY sha256 <> ?, role = 'attachment', captured_at, url"""
#: A document that is no report is in no table of sources.
_HELD = """SELECT * FROM captures WHERE sha256 = ? AND revisit_of IS NULL
ORDER BY fetched_at, record_id LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Original:
    """One original in a sheet.

    Attributes:
        kind: What its bytes are, in a word.
        url: Its address.
        page: Source of the frame that shows it, or "".
        text: Its text, if it is one, or "".
        pictures: It, or its pages, as `data:` addresses.
        file: Its file beside the sheet, or "".
        frames: How many frames of the page are not shown.
    """

    kind: str
    url: str
    page: str = ""
    text: str = ""
    pictures: tuple[str, ...] = ()
    file: str = ""
    frames: int = 0


class Originals:
    """The originals of an audited release."""

    def __init__(self, root: DataRoot, nianbao: sqlite3.Connection, ledger: Ledger) -> None:
        """Look them up in these."""
        self._root = root
        self._nianbao = nianbao
        self._ledger = ledger

    def of(self, drawn: Drawn, number: str, folder: Path) -> list[Original]:
        """The originals of a document, the one that it is drawn by first.

        Args:
            drawn: The document.
            number: Its number in the audit, which names its files.
            folder: Where files are written.

        Raises:
            RecordDamaged: The archive does not give the bytes.
            WriteFailed: The disk does not take a file.
        """
        made: dict[str, Original] = {}
        for row in self._rows(drawn):
            if row["sha256"] not in made:
                body = load_body(self._root.warcs, row)
                name = f"{number}-{len(made) + 1}"
                made[row["sha256"]] = shown_of(body, str(row["url"]), folder, name)
        return list(made.values())

    def _rows(self, drawn: Drawn) -> Iterator[Mapping[str, Any]]:
        cursor = self._nianbao.execute(_SOURCES, (drawn.version_id, drawn.sha256))
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor]
        if not found:
            found = [dict(row) for row in self._ledger.rows(_HELD, drawn.sha256)]
        if not found:
            raise RecordDamaged(
                f"the archive does not know where the drawn document {drawn.sha256} is; run "
                "`python -m archive reindex`, or audit a release of this very archive"
            )
        yield from found


def shown_of(body: bytes, url: str, folder: Path, name: str) -> Original:
    """An original as its sheet shows it; what is no page and no text is written as a file.

    Args:
        body: The archived bytes.
        url: Their address.
        folder: Where a file is written.
        name: Its name, without the ending.

    Raises:
        WriteFailed: The disk does not take the file.
    """
    kind = kind_of(body)
    if kind.mime == "text/html" and len(body) <= LARGEST_SHOWN:
        shown = highlight.show(body)
        return Original(kind.word, url, page=_POLICY + shown.html, frames=shown.frames)
    if kind is TEXT:
        return Original(kind.word, url, text=decode(body)[0])
    file = f"{name}{_suffix(kind)}"
    try:
        folder.mkdir(exist_ok=True)
        (folder / file).write_bytes(body)
    except OSError as error:
        raise WriteFailed(f"{folder / file} cannot be written ({error.strerror})") from error
    return Original(kind.word, url, pictures=tuple(_pictures(body, kind)), file=file)


def _pictures(body: bytes, kind: Kind) -> Iterator[str]:
    """A picture, or the pages of a PDF as far as they can be drawn; the file has them all."""
    if kind.mime in _PICTURES and len(body) <= _LARGEST_PICTURE:
        yield _address(kind.mime, body)
    if kind is PDF:
        with contextlib.suppress(ArchiveError):  # behind the last page, or cannot be drawn
            for page in range(1, _MOST_PAGES + 1):
                yield _address("image/png", drawing.draw(body, page, _OUTSIDE))


def _address(mime: str, body: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(body).decode()}"


def _suffix(kind: Kind) -> str:
    """The ending of a file that nobody's browser runs."""
    return f"{kind.suffix}.txt" if kind.suffix in (".html", ".svg", ".xml") else kind.suffix
