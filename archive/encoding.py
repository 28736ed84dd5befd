"""Content-encodings: the body as transferred to the body as meant, within a limit."""

from __future__ import annotations

import zlib

import brotli

from .errors import RecordDamaged

#: No page or attachment is larger; a compressed bomb stops here.
LARGEST_BODY = 256 << 20


def decode_content(body: bytes, encoding: str) -> bytes:
    """Undo a Content-Encoding.

    Args:
        body: Bytes as transferred.
        encoding: Value of the header, e.g. `gzip` or `br`; "" for none.

    Returns:
        The decoded bytes; the given ones for an encoding that is unknown here.

    Raises:
        RecordDamaged: The bytes are not what the header says, or grow beyond 256 MB.
    """
    for name in reversed([part.strip().lower() for part in encoding.split(",")]):
        if name in ("gzip", "x-gzip"):
            body = _inflate(body, 31)
        elif name == "deflate":
            # Servers send both the zlib format and the raw one under this name.
            body = _inflate(body, 15 if body[:1] and body[0] & 0x0F == 8 else -15)
        elif name == "br":
            body = _brotli(body)
    return body


def _inflate(body: bytes, window: int) -> bytes:
    inflater = zlib.decompressobj(window)
    try:
        plain = inflater.decompress(body, LARGEST_BODY)
    except zlib.error as error:
        raise RecordDamaged(f"the body does not decode as its header says: {error}") from error
    if inflater.unconsumed_tail:
        raise RecordDamaged(f"the body decodes to more than {LARGEST_BODY >> 20} MB")
    return plain


def _brotli(body: bytes) -> bytes:
    try:
        plain = brotli.decompress(body)
    except brotli.error as error:
        raise RecordDamaged(f"the body does not decode as its header says: {error}") from error
    if len(plain) > LARGEST_BODY:
        raise RecordDamaged(f"the body decodes to more than {LARGEST_BODY >> 20} MB")
    return bytes(plain)
