"""Formats: bytes to `Document`s. The kind is told by magic bytes, never by a name.

A new format is a module here with `read(body)`, and a line in `layouts`. A format whose
tables can be taken in several ways (a PDF by its ruling lines, by the places of its
words, by its text) gives one document a way, the best guess first; `extract.reader`
keeps the one that reads best.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..decode import decode
from ..errors import NeedsConverter, NeedsOcr, ReadingError
from ..types import Document
from . import docx, html, ole, sheets, text, zipped
from .limits import check_bytes

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_ARCHIVES = ((b"Rar!", "RAR archive"), (b"7z\xbc\xaf", "7z archive"), (b"\x1f\x8b", "gzip stream"))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = (
    (b"%PDF", "pdf"), (b"PK\x03\x04", "zip"), (_OLE, "ole"), (b"{\\rtf", "rtf"),
    *((magic, "picture") for magic in _PICTURES),
)  # fmt: skip
_OFFICE = "urn:schemas-microsoft-com:office"
_MARKUP = re.compile(
    r"<\s*(?:x?html:|h:)?(?:!doctype|html|head|body|div|p|table|meta|span|script)\b", re.I
)
#: White space and marks that may stand before the magic bytes.
_BEFORE = b"\xef\xbb\xbf \t\r\n\x00"


def sniff(body: bytes) -> str:
    """What a body is by its first bytes, whatever its name and the server call it.

    Returns:
        `html`, `office` (a page that Office saved under .doc or .xls), `text`, `pdf`, `zip`
        (DOCX, XLSX and OFD, too), `ole` (DOC, XLS, WPS), `rtf`, `picture`, or "" for nothing
        and for what is none of these.
    """
    head = body[:1024].lstrip(_BEFORE)
    for magic, name in _KINDS:
        if head.startswith(magic):
            return name
    if not head or _is_webp(head):
        return "picture" if head else ""
    content = decode(body[:65536])[0]
    if any(head.startswith(magic) for magic, _ in _ARCHIVES) or _is_binary(content):
        return ""
    if not _MARKUP.search(content):
        return "text"
    return "office" if _OFFICE in content[:4096] else "html"


def layouts(body: bytes) -> Iterator[Document]:
    """The ways in which a body can be laid out, best guess first, made as they are asked for.

    Args:
        body: The bytes, content-encoding removed; no ZIP archive of documents
            (`zipped.members` gives those).

    Raises:
        NeedsConverter: LibreOffice converts its format (DOC, RTF, WPS).
        NeedsOcr: It holds pictures of text only.
        ReadingError: It is empty, damaged, encrypted or of an unknown format.
    """
    if not body or body.isspace():
        raise ReadingError("the file is empty")
    head = body[:1024].lstrip(_BEFORE)
    if head.startswith(b"%PDF"):
        # Its libraries take longer to import than most documents to read.
        from . import pdf

        yield from pdf.layouts(body)
    elif head.startswith(b"PK\x03\x04"):
        yield from _package(body)
    elif head.startswith(_OLE):
        yield _ole(body)
    elif head.startswith(b"{\\rtf"):
        raise NeedsConverter("RTF")
    elif head.startswith(_PICTURES) or _is_webp(head):
        raise NeedsOcr("a picture; scans are not read by this version")
    else:
        yield from _characters(body, head)


def _package(body: bytes) -> Iterator[Document]:
    kind = zipped.kind(body)
    if kind == "docx":
        yield docx.read(body)
    elif kind == "sheet":
        yield sheets.read(body)
    elif kind == "ofd":
        from . import ofd  # its pages are laid out as a PDF's are

        yield from ofd.layouts(body)
    else:
        raise ReadingError("an archive inside an archive: unpack it and import its files")


def _ole(body: bytes) -> Document:
    kind = ole.kind(body)
    if kind == "sheet":
        return sheets.read(body)
    raise NeedsConverter(kind)


def _characters(body: bytes, head: bytes) -> Iterator[Document]:
    for magic, name in _ARCHIVES:
        if head.startswith(magic):
            raise ReadingError(f"{name}: unpack it and import its files")
    check_bytes(len(body))
    content, charset = decode(body)
    if _is_binary(content):
        raise ReadingError("neither HTML nor text: unknown binary data")
    if b"\x00" in body:
        content = content.replace("\x00", "")
    if _MARKUP.search(content[:65536]):
        yield from html.layouts(content, charset)
    else:
        yield text.read(content, charset)


def _is_webp(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def _is_binary(content: str) -> bool:
    """Whether decoded bytes are no text: they have zeros, or characters of no encoding."""
    return content[:4096].count("\x00") > 16 or content[:4096].count("\ufffd") > 512
