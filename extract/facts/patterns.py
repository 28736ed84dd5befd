"""`patterns.toml`, compiled: one pattern a kind, with the words that it cannot do without."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .numbers import AMOUNT, START

_NAME = re.compile(r"(?<!\?P)<([a-z]+)>")
#: Where a clause's own number stands: 其中12件予以公开, 引发2件行政复议.
_OPENS = r"(?:^|(?<=[,;:(、有生发到起及共计中为的余]))"


class Pattern(NamedTuple):
    """One kind's patterns.

    Attributes:
        code: The kind; "" for channels, whose group's name is the kind.
        words: A sentence without any of these states none.
        lead: Up to and with the number; groups `verb` and `gap`. Of a denial, all of it.
        trail: From the number's unit; group `after`.
    """

    code: str
    words: tuple[str, ...]
    lead: re.Pattern[str]
    trail: re.Pattern[str] | None = None


class Patterns(NamedTuple):
    """All patterns.

    Attributes:
        trigger: Finds the words of the kinds with a number, the longer ones first.
        counts: The kinds with a number.
        by_word: Word → which of `counts` it calls for.
        number: A clause's own number, with its unit.
        nones: Kinds that say that there was none.
        channels: How requests came.
        channel_words: The words of the channels alone.
        media: By which means information was published; `lastindex` counts `media_names`.
        media_names: What they are called.
    """

    trigger: re.Pattern[str]
    counts: tuple[Pattern, ...]
    by_word: dict[str, frozenset[int]]
    number: re.Pattern[str]
    nones: tuple[Pattern, ...]
    channels: Pattern
    channel_words: re.Pattern[str]
    media: re.Pattern[str]
    media_names: tuple[str, ...]


@cache
def patterns() -> Patterns:
    """The patterns.

    Raises:
        KeyError: A fragment is named and not there.
    """
    with Path(__file__).with_name("patterns.toml").open("rb") as handle:
        told: dict[str, Any] = tomllib.load(handle)
    fragments, channels, beside = told.pop("fragments"), told.pop("channels"), told.pop("channel")
    media, nones = told.pop("media"), told.pop("none")
    counts = [_count(code, entry, fragments) for code, entry in told.items()]
    words = sorted({word for each in counts for word in each.words}, key=len, reverse=True)
    groups = "|".join(f"(?P<{code}>{words})" for code, words in channels.items())
    return Patterns(
        trigger=re.compile("|".join(words)),
        counts=tuple(counts),
        by_word={
            word: frozenset(
                at for at, each in enumerate(counts) if any(part in word for part in each.words)
            )
            for word in words
        },
        number=re.compile(_OPENS + _number("count", fragments)),
        nones=tuple(
            Pattern(code, tuple(each["words"]), re.compile(_whole(each["pattern"], fragments)))
            for code, each in nones.items()
        ),
        channels=Pattern(
            "",
            (),
            re.compile(
                f"(?:{groups})" + _whole(beside["lead"], fragments) + _number("count", fragments)
            ),
            re.compile(_whole(f"{beside['trail']}(?:{groups}){beside['behind']}", fragments)),
        ),
        channel_words=re.compile(groups),
        media=re.compile("|".join(f"({words})" for words in media.values())),
        media_names=tuple(media),
    )


def _count(code: str, entry: Mapping[str, Any], fragments: Mapping[str, str]) -> Pattern:
    lead = _whole(entry["lead"], fragments) + _number(entry["unit"], fragments)
    trail = re.compile(_whole(entry["trail"], fragments)) if "trail" in entry else None
    return Pattern(code, tuple(entry["words"]), re.compile(lead), trail)


def _number(unit: str, fragments: Mapping[str, str]) -> str:
    return START + AMOUNT + fragments[unit]


def _whole(pattern: str, fragments: Mapping[str, str]) -> str:
    while _NAME.search(pattern):
        pattern = _NAME.sub(lambda found: fragments[found[1]], pattern)
    return pattern
