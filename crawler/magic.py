"""What a body is by its first bytes, whatever its address and its headers say."""

from __future__ import annotations

import re

_MAGIC = (
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),  # docx, xlsx, ofd too
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0", "ole"),  # doc, xls, wps
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"{\\rtf", "rtf"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
)
FILES = frozenset(kind for _, kind in _MAGIC)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|meta|title|div|p|table|a)\b", re.I)
#: What Office saves as a web page under .doc or .xls is a document all the same.
_OFFICE = (b"urn:schemas-microsoft-com:office", b"MIME-Version:")
_LOOKED_AT = 4096


def kind_of_bytes(body: bytes) -> str:
    """What a body is.

    Returns:
        `pdf`, `zip`, `ole`, `rar`, `7z`, `rtf`, `image`, `html`, `office` (a web page that
        Office saved), `empty`, or "" for what these bytes do not tell.
    """
    head = body[:_LOOKED_AT]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    head = head.lstrip()
    if not head:
        return "empty"
    # A few servers put a line before the file.
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")
    if kind:
        return kind
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
