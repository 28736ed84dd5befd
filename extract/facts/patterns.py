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
_OPENS = r"(?:^|(?<=[,;:(、有生发到起及共计中为的]))"


class Pattern(NamedTuple):
    """One kind's pattern.

    Attributes:
        code: The kind.
        words: A sentence without any of these states none.
        pattern: Groups `verb` and `gap` before the number, `after` behind it.
    """

    code: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]


class Patterns(NamedTuple):
    """All patterns.

    Attributes:
        counts: Kinds with a number.
        trigger: Finds the words of `counts`, the longer ones first.
        by_word: Word → patterns that it calls for.
        nones: Kinds that say that there was none.
        channels: How requests came; the group's name is the kind.
        channel_words: The same words alone.
        media: By which means information was published, name → pattern.
    """

    counts: tuple[Pattern, ...]
    trigger: re.Pattern[str]
    by_word: dict[str, tuple[Pattern, ...]]
    nones: tuple[Pattern, ...]
    channels: re.Pattern[str]
    channel_words: re.Pattern[str]
    media: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def patterns() -> Patterns:
    """The patterns.

    Raises:
        KeyError: A fragment is named and not there.
    """
    with Path(__file__).with_name("patterns.toml").open("rb") as handle:
        told: dict[str, Any] = tomllib.load(handle)
    fragments, channels = told.pop("fragments"), told.pop("channels")
    media, nones = told.pop("media"), told.pop("none")
    counts = tuple(_count(code, entry, fragments) for code, entry in told.items())
    words = sorted({word for each in counts for word in each.words}, key=len, reverse=True)
    return Patterns(
        counts=counts,
        trigger=re.compile("|".join(words)),
        by_word={
            word: tuple(each for each in counts if any(part in word for part in each.words))
            for word in words
        },
        nones=tuple(
            Pattern(code, tuple(each["words"]), re.compile(_whole(each["pattern"], fragments)))
            for code, each in nones.items()
        ),
        channels=_channels(channels, fragments),
        channel_words=re.compile("|".join(f"(?P<{code}>{w})" for code, w in channels.items())),
        media=tuple((name, re.compile(words)) for name, words in media.items()),
    )


def _count(code: str, entry: Mapping[str, Any], fragments: Mapping[str, str]) -> Pattern:
    lead = _whole(entry["lead"], fragments) + _number("a", entry["unit"], fragments)
    if "trail" in entry:
        number = _number("b", entry["unit"], fragments)
        lead = f"{lead}|{_OPENS}{number}{_whole(entry['trail'], fragments)}"
    return Pattern(code, tuple(entry["words"]), re.compile(lead))


def _channels(channels: Mapping[str, str], fragments: Mapping[str, str]) -> re.Pattern[str]:
    lead = "|".join(f"(?P<{code}>{words})" for code, words in channels.items())
    trail = "|".join(f"(?P<{code}_>{words})" for code, words in channels.items())
    ways = "(?:申请)?(?:为|是|系|通过|以|经|采用|采取|来自|属于|由){0,2}"
    return re.compile(
        rf"(?:{lead})(?P<gap>(?:{fragments['made']}){{0,5}}?)".replace("<sum>", fragments["sum"])
        + _number("a", "count", fragments)
        + f"|{_OPENS}{_number('b', 'count', fragments)}{ways}(?:{trail})"
        + _whole(r"(?!<made>{0,4}\d)", fragments)
    )


def _number(letter: str, unit: str, fragments: Mapping[str, str]) -> str:
    return START + AMOUNT.format(letter) + fragments[unit].replace("{0}", letter)


def _whole(pattern: str, fragments: Mapping[str, str]) -> str:
    while _NAME.search(pattern):
        pattern = _NAME.sub(lambda found: fragments[found[1]], pattern)
    return pattern
