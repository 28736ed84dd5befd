"""A text as units that are compared: its words' signs, each number as one and the same unit.

So that 2021年共发布12条 and 2022年共发布9条 are the same text; spaces and punctuation do
not count.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator

#: Units of a shingle, the least that is looked up.
SHINGLE = 16
_NUMBER = r"[0-9０-９]+(?:[.,．，][0-9０-９]+)*|[〇○零一二三四五六七八九]{4}(?=年)"
_NUMBERS = re.compile(_NUMBER)
_NO_UNITS = re.compile(r"[\W_]+")
_UNITS = re.compile(rf"({_NUMBER})|[^\W_]")
#: Where a sampled shingle may begin: at one sign of eight; of those, one of two is kept.
_ANCHOR = re.compile(
    "[" + "".join(chr(c) for c in range(0x4E00, 0xA000) if c * 2654435761 >> 16 & 7 == 0) + "]"
)
_KEPT = 1


def units(text: str) -> str:
    """The text as one sign a unit, numbers as `0`."""
    return _NO_UNITS.sub("", _NUMBERS.sub("0", text))


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each unit of `units(text)` starts and ends in the text."""
    return (each.span() for each in _UNITS.finditer(text))


def samples(text: str) -> Iterator[tuple[int, int]]:
    """About every sixteenth shingle of a text in units: (where it begins, its 64-bit hash).

    Which ones depends on their own units alone, so the same passage gives the same ones.
    """
    for anchor in _ANCHOR.finditer(text, 0, max(0, len(text) - SHINGLE + 1)):
        start = anchor.start()
        shingle = text[start : start + SHINGLE].encode()
        if not zlib.crc32(shingle) & _KEPT:
            digest = hashlib.blake2b(shingle, digest_size=8).digest()
            yield start, int.from_bytes(digest, "big", signed=True)
