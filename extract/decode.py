"""Bytes to text. The one place that chooses an encoding.

Declarations lie: of eleven measured cases Scrapy's own choice, which believes them,
is wrong in six (shared design). So: byte-order mark, UTF-16 by its zero bytes, then
UTF-8, then GB18030. Big5 and UTF-7 are not told: no agency that reports uses them.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Bytes that are looked at for the zeros of UTF-16: markup, digits and blanks have them.
_SAMPLE = 4096
#: A UTF-8 character has at most four bytes, so a cut leaves at most three.
_LONGEST_STUMP = 3
_CHINESE = re.compile("[\u4e00-\u9fff]+")
#: One broken character in so many Chinese ones is damage, not another encoding.
_MOST_BROKEN = 20


def decode(body: bytes) -> tuple[str, str]:
    """Decode a page or a text dump.

    Args:
        body: The bytes, content-encoding already removed.

    Returns:
        The text and the name of the encoding used. A body cut inside its last
        character keeps everything before it; byte-order marks inside, which programs
        that join files leave there, are taken out.
    """
    text, name = _decoded(body)
    return text.replace("\ufeff", ""), name


def _decoded(body: bytes) -> tuple[str, str]:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    wide = _wide(body[:_SAMPLE])
    if wide:
        return body.decode(wide, "replace"), wide
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.start >= len(body) - _LONGEST_STUMP and error.start > 0:
            return body[: error.start].decode("utf-8"), "utf-8"
    text = body.decode("utf-8", "replace")
    if _is_nearly_utf8(text):
        return text, "utf-8"
    return body.decode("gb18030", "replace"), "gb18030"


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every second byte is zero, again and again; of the others, few.

    The lower byte of some characters is zero, too (一 is 4E 00).
    """
    if b"\x00" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    least = len(sample) // 20
    if odd > least and odd > 10 * even:
        return "utf-16-le"
    return "utf-16-be" if even > least and even > 10 * odd else None


def _is_nearly_utf8(text: str) -> bool:
    """Whether a text with replacement marks is UTF-8 that a program cut in a few places.

    GB18030 taken for UTF-8 gives a mark for almost every character.
    """
    wide = sum(map(len, _CHINESE.findall(text)))
    return text.count("\ufffd") * _MOST_BROKEN < wide
