"""Answers that are asked once while a release is shown: a release never changes.

Sums over all its reports take a second at 100,000 of them, and are the same for everybody.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from archive.site.answers import ask

#: So many answers are kept of a release; those not asked for longest are let go.
MOST = 400
_KEPT: WeakKeyDictionary[Any, OrderedDict[Hashable, Any]] = WeakKeyDictionary()


async def kept(datasette: Any, key: Hashable, question: Callable[[Any], Any]) -> Any:
    """What `question` finds out of `nianbao.db`; asked only if `key` has not been asked.

    Args:
        datasette: The site.
        key: Names the question with all that it depends on.
        question: Takes a read-only connection; what it returns is never changed.
    """
    answers = _KEPT.setdefault(datasette, OrderedDict())
    if key not in answers:
        answers[key] = await ask(datasette, question)
        while len(answers) > MOST:
            answers.popitem(last=False)
    answers.move_to_end(key)
    return answers[key]
