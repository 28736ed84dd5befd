"""Content-encodings: the body as transferred to the body as meant, within a limit."""

from __future__ import annotations

import zlib

import brotli

from .errors import RecordDamaged

#: No page or attachment is larger; a compressed bomb stops here.
LARGEST_BODY = 256 << 20
_PIECE = 1 << 20


def decode_content(body: bytes, encoding: str) -> bytes:
    """Undo a Content-Encoding.

    Args:
        body: Bytes as transferred.
        encoding: Value of the header, e.g. `gzip` or `br`; "" for none.

    Returns:
        The decoded bytes; the given ones for an encoding that is unknown here, or for
        several at once: nobody who means well compresses twice.

    Raises:
        RecordDamaged: The bytes are not what the header says, or grow beyond 256 MB.
    """
    name = encoding.strip().lower()
    if name in ("gzip", "x-gzip"):
        return _inflate(body, 31)
    if name == "deflate":
        # Servers send both the zlib format and the raw one under this name.
        return _inflate(body, 15 if body[:1] and body[0] & 0x0F == 8 else -15)
    return _brotli(body) if name == "br" else body


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
    decoder, pieces, size = brotli.Decompressor(), [], 0
    try:
        piece = decoder.process(body, output_buffer_limit=_PIECE)
        while piece:
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_BODY:
                raise RecordDamaged(f"the body decodes to more than {LARGEST_BODY >> 20} MB")
            piece = decoder.process(b"", output_buffer_limit=_PIECE)
    except brotli.error as error:
        raise RecordDamaged(f"the body does not decode as its header says: {error}") from error
    if not decoder.is_finished():
        raise RecordDamaged("the body does not decode as its header says: it is cut off")
    return b"".join(pieces)
