"""Answers that are asked once while a release is shown: a release never changes.

Sums over all its reports take half a second at 100,000 of them, and are the same for everybody.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from archive.site.answers import ask

#: So many answers are kept of a release; those not asked for longest are let go.
MOST = 400


@dataclass(slots=True)
class _Kept:
    """Answers of a release, and questions that are being asked."""

    answers: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    asked: dict[Hashable, asyncio.Future[Any]] = field(default_factory=dict)


_KEPT: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()


async def kept(datasette: Any, key: Hashable, question: Callable[[Any], Any]) -> Any:
    """What `question` finds out of `nianbao.db`; asked only if `key` has not been asked.

    Many may come at once after a release was switched: one of them asks, the others wait.

    Args:
        datasette: The site.
        key: Names the question with all that it depends on.
        question: Takes a read-only connection; what it returns is never changed.
    """
    known = _KEPT.setdefault(datasette, _Kept())
    if key not in known.answers:
        await _asked(known, datasette, key, question)
    known.answers.move_to_end(key)
    return known.answers[key]


async def _asked(
    known: _Kept, datasette: Any, key: Hashable, question: Callable[[Any], Any]
) -> None:
    """Wait until the answer is there; a visitor who goes away stops nobody else's question."""
    if key not in known.asked:

        async def find_out() -> None:
            try:
                known.answers[key] = await ask(datasette, question)
            finally:
                del known.asked[key]

        known.asked[key] = asyncio.ensure_future(find_out())
    await asyncio.shield(known.asked[key])
    while len(known.answers) > MOST:
        known.answers.popitem(last=False)
