"""Magic bytes: what an answer is that is no page, whatever its address and headers say."""

from __future__ import annotations

_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or Office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"MZ\x90\x00", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"ID3", "a sound file"),
    (b"\x00\x00\x01\x00", "an icon"),
)
_DOCUMENTS = ("PDF", "document")


def other_than_page(body: bytes) -> str:
    """What a body is that is no page; "" for a page, and for what is not known here."""
    if body[4:8] == b"ftyp":
        return "a film"
    if body[:4] == b"RIFF":
        return "a WebP picture" if body[8:12] == b"WEBP" else "a film or sound file"
    return next((kind for magic, kind in _KINDS if body.startswith(magic)), "")


def is_document(kind: str) -> bool:
    """Whether a kind may be a report itself: a row of a list may be its PDF."""
    return any(word in kind for word in _DOCUMENTS)
