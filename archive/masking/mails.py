"""E-mail addresses: where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .context import Span

_AT = r"(?: ?@ ?\n?| ?\( ?at ?\) ?)"
_MAIL = re.compile(
    rf"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9][A-Za-z0-9._%+\-]{{0,63}}{_AT}"
    r"[A-Za-z0-9\-]{1,63}(?: ?(?:[.。]|\( ?dot ?\)) ?[A-Za-z0-9\-]{1,63}){1,5}",
    re.IGNORECASE,
)
#: Without its ending it is one only behind a word for it.
_LABELLED = re.compile(
    rf"(?:邮 {{0,6}}箱|邮 ?件|e-?mail|mailto|信箱)[^\n。@]{{0,12}}?"
    rf"(?:(?<![A-Za-z0-9._%+\-])(?=[A-Za-z0-9])|(?<=:)(?=[一-鿿]{{1,8}}{_AT}[A-Za-z0-9]))"
    rf"([一-鿿A-Za-z0-9._%+\-]{{1,64}}{_AT}[A-Za-z0-9\-]{{1,63}}"
    r"(?:\.[A-Za-z0-9\-]{1,63}){0,5})",
    re.IGNORECASE,
)


def mails(plain: str) -> Iterator[Span]:
    """E-mail addresses; no handles of Weibo (`@示例发布`).

    >>> text = "邮箱：shili@example.org，关注@示例发布"
    >>> [text[start:end] for start, end in mails(text)]
    ['shili@example.org']
    """
    if "@" in plain or "at" in plain.lower():
        yield from (found.span() for found in _MAIL.finditer(plain))
        yield from (found.span(1) for found in _LABELLED.finditer(plain))
