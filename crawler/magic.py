"""Magic bytes: what an answer is, whatever its address and its headers say."""

from __future__ import annotations

import re

#: First bytes → kind, and its name in a sentence.
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "pdf", "a PDF"),
    (b"PK\x03\x04", "zip", "a ZIP archive or Office document"),  # docx, xlsx, ofd
    (b"PK\x05\x06", "zip", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "ole", "an Office document"),  # doc, xls, wps
    (b"{\\rtf", "rtf", "an RTF document"),
    (b"Rar!", "rar", "a RAR archive"),
    (b"7z\xbc\xaf", "7z", "a 7z archive"),
    (b"\x1f\x8b\x08", "gzip", "a gzip archive"),
    (b"\xff\xd8\xff", "image", "a JPEG picture"),
    (b"\x89PNG", "image", "a PNG picture"),
    (b"GIF8", "image", "a GIF picture"),
    (b"BM", "image", "a BMP picture"),
    (b"II*\x00", "image", "a TIFF picture"),
    (b"MM\x00*", "image", "a TIFF picture"),
    (b"\x00\x00\x01\x00", "other", "an icon"),
    (b"MZ\x90\x00", "other", "a Windows program"),
    (b"\x7fELF", "other", "a program"),
    (b"ID3", "other", "a sound file"),
)
#: Kinds that are a file of their own, not a page.
FILES = frozenset(kind for _, kind, _ in _MAGIC) | {"film"}
#: Kinds that may be a report themselves: a row of a list may be its PDF.
_DOCUMENTS = ("pdf", "zip", "ole", "rtf")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|meta|title|div|p|table|a)\b", re.I)
#: What Office saves as a web page under .doc or .xls is a document all the same.
_OFFICE = (b"urn:schemas-microsoft-com:office", b"MIME-Version:")
_LOOKED_AT = 4096


def kind_of_bytes(body: bytes) -> str:
    """What a body is.

    Returns:
        `pdf`, `zip`, `ole`, `rar`, `7z`, `gzip`, `rtf`, `image`, `film`, `other`, `html`,
        `office` (a web page that Office saved), `empty`, or "" for what these bytes do not tell.
    """
    kind, _ = _file(body)
    if kind:
        return kind
    head = _head(body)
    if not head:
        return "empty"
    # A few servers put a line before the file.
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if any(sign in head for sign in _OFFICE):
        return "office"
    return "html" if _HTML.search(head) else ""


def wrong_type(body: bytes) -> str:
    """Why a body that came for a file is none, or "".

    An error page saved under `.pdf` and the form that asks for a captcha are pages.
    """
    kind = kind_of_bytes(body)
    if kind == "html":
        return f"a web page of {len(body)} bytes came where a file was expected"
    return "nothing came where a file was expected" if kind == "empty" else ""


def other_than_page(body: bytes) -> str:
    """What a body is that came for an article and can be none, in words, or "".

    A document may be a report itself; a picture, a film, a program is none.
    """
    kind, name = _file(body)
    return "" if kind in _DOCUMENTS else name


def other_than_list(body: bytes) -> str:
    """What a body is that came for a list and is no page, in words, or ""."""
    return _file(body)[1]


def _file(body: bytes) -> tuple[str, str]:
    if body[4:8] == b"ftyp":
        return "film", "a film"
    if body[:4] == b"RIFF":
        webp = body[8:12] == b"WEBP"
        return ("image", "a WebP picture") if webp else ("film", "a film or sound file")
    head = _head(body)
    found = ((kind, name) for magic, kind, name in _MAGIC if head.startswith(magic))
    return next(found, ("", ""))


def _head(body: bytes) -> bytes:
    """The beginning without what editors and servers put before it."""
    head = body[:_LOOKED_AT]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.lstrip()
