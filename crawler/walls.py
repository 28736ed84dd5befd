"""Walls: what a site sends instead of its pages. Named and reported, never bypassed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

import brotli

from extract.stand_ins import asks_first

#: A challenge is a small page; what is larger is content.
HEAD = 64 << 10
#: Deflate makes at most so many bytes of one.
_MOST_SWELLING = 1032
_PIECE = 1 << 20
_SMALLEST_CONTENT = 2048  # the stubs seen have 160 to 1,200 bytes
#: Statuses of a bare refusal.
REFUSALS = (403, 405, 418, 493)
_TAGS = re.compile(rb"<script\b.*?(?:</script\s*>|\Z)|<!--.*?-->|<[^>]*>", re.S | re.I)
_TITLE = re.compile(rb"<title\b.*?</title\s*>", re.S | re.I)
_SCRIPTS = re.compile(rb"<script\b[^>]*>(.*?)</script\s*>", re.S | re.I)
_PLAIN = rb"""(?:"([^"'\\<>\s]+)"|'([^"'\\<>\s]+)')"""
_NAVIGATION = re.compile(
    rb"\s*(?:<!--\s*)?(?:(?:window|document|self|top|parent|this)\s*\.\s*)?location\s*"
    rb"(?:(?:\.\s*href\s*)?=\s*" + _PLAIN + rb"|"
    rb"\.\s*(?:replace|assign)\s*\(\s*" + _PLAIN + rb"\s*\))\s*;?\s*(?://\s*-->)?\s*"
)
_ACTING = re.compile(rb"location|document\.cookie|eval\s*\(|window\.", re.I)


def wall(status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """Name the wall that a response is.

    Args:
        status: HTTP status.
        headers: Response headers, names in lower case.
        body: The body or its first `HEAD` bytes, content-encoding removed.

    Returns:
        `wall:jsl` (加速乐), `wall:rs` (瑞数), `wall:acw` (阿里云), `wall:waf` (a bare refusal),
        `js_shell` (nothing but a script that sends the browser on), or None.
    """
    cookies = headers.get("set-cookie", "")
    if b"__jsl_clearance" in body or (status == 521 and "__jsl" in cookies):
        return "wall:jsl" if status == 521 or len(body) < HEAD else None
    if status == 412 and b"$_ts" in body:
        return "wall:rs"
    if len(body) < HEAD and (b"acw_sc__v2" in body or "acw_sc__v2" in cookies):
        return "wall:acw"
    if status in REFUSALS:
        return "wall:waf"
    if status == 200 and "html" in headers.get("content-type", "html") and _shell(body):
        return "js_shell"
    return None


def asking_page(status: int, body: bytes) -> str:
    """What a page wants that stands in the place of another, with status 200, or "".

    Args:
        status: HTTP status.
        body: The body or its first `HEAD` bytes, content-encoding removed.
    """
    return asks_first(body) if status == 200 and len(body) < HEAD else ""


def forwards(body: bytes) -> str:
    """Where a script shell sends the browser, if it does nothing else.

    A plain address in a script is ordinary navigation, as a redirect would be. An address
    that is computed is a challenge, and no code of a page is ever executed.

    Args:
        body: A body that `wall` calls a `js_shell`.

    Returns:
        The address as it stands there, or "".
    """
    scripts = _SCRIPTS.findall(body)
    found = _NAVIGATION.fullmatch(scripts[0]) if len(scripts) == 1 else None
    # Four groups: set or called, in double or in single quotes.
    return next(filter(None, found.groups())).decode("utf-8", "replace") if found else ""


def swells(body: bytes, encoding: str, most: int) -> bool:
    """Whether a body grows beyond a size when its content-encoding is removed.

    Args:
        body: Bytes as transferred.
        encoding: The Content-Encoding header.
        most: How many bytes it may come to.
    """
    if encoding.strip().lower() == "br":  # not asked for, but some send it to everybody
        return _brotli_swells(body, most)
    # Most pages are too small for it, whatever they hold.
    inflater = _inflater(body, encoding) if len(body) * _MOST_SWELLING > most else None
    if inflater is None:
        return False
    size = 0
    try:
        while body and size <= most:
            size += len(inflater.decompress(body, _PIECE))
            body = inflater.unconsumed_tail
    except zlib.error:
        return False
    return size > most


def _brotli_swells(body: bytes, most: int) -> bool:
    decoder, size = brotli.Decompressor(), 0
    try:
        piece = decoder.process(body, output_buffer_limit=_PIECE)
        while piece and size <= most:
            size += len(piece)
            piece = decoder.process(b"", output_buffer_limit=_PIECE)
    except brotli.error:
        return False
    return size > most


def _inflater(body: bytes, encoding: str) -> zlib._Decompress | None:
    name = encoding.strip().lower()
    if name not in ("gzip", "x-gzip", "deflate"):
        return None
    # Servers send both the zlib format and the raw one as deflate; 47 tells zlib from gzip.
    raw = name == "deflate" and body[:1] and body[0] & 0x0F != 8
    return zlib.decompressobj(-15 if raw else 47)


def _shell(body: bytes) -> bool:
    if not body or len(body) >= _SMALLEST_CONTENT or b"<script" not in body.lower():
        return False
    if not _ACTING.search(body) or re.search(rb"<a\s|<table|<i?frame", body, re.I):
        return False
    return not _TAGS.sub(b"", _TITLE.sub(b"", body)).strip()
