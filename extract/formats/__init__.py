"""Formats: bytes to a `Document`. The kind is told by magic bytes, never by a name.

A new format is a module here with `read(body) -> Document`, and a line in `read`.
"""

from __future__ import annotations

import re

from ..decode import decode
from ..errors import NeedsConverter, ReadingError
from ..types import Document
from . import html, text

#: Magic bytes of formats that no reader here takes yet → what they are.
_UNREAD = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP container (DOCX, XLSX, OFD or ZIP)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE container (DOC, XLS or WPS)"),
    (b"{\\rtf", "RTF"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"\x89PNG\r\n", "PNG picture"),
    (b"Rar!", "RAR archive"),
    (b"\x1f\x8b", "gzip stream"),
)
_MARKUP = re.compile(r"<\s*(?:!doctype|html|head|body|div|p|table|meta|span|script)\b", re.I)


def read(body: bytes) -> Document:
    """Read a body into a document.

    Args:
        body: The bytes, content-encoding removed.

    Raises:
        ReadingError: The body is empty or no text.
        NeedsConverter: Its format is known, and has no reader yet.
    """
    if not body.strip():
        raise ReadingError("the file is empty")
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    for magic, name in _UNREAD:
        if head.startswith(magic):
            raise NeedsConverter(f"{name}: this version reads HTML and text only")
    content, charset = decode(body)
    if content[:4096].count("\x00") > 16 or content[:4096].count("\ufffd") > 512:
        raise ReadingError("neither HTML nor text: unknown binary data")
    content = content.replace("\x00", "")
    if _MARKUP.search(content[:65536]):
        return html.read(content, charset)
    return text.read(content, charset)
