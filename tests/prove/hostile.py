"""Hostile documents at full size: each ends in time and memory, and the next one is read."""

from __future__ import annotations

import time
from collections.abc import Iterator

from extract.errors import ReaderFault
from extract.worker import SECONDS, read_all
from tests.hostile import DOCUMENTS, PAGE, REPORT, RUNS, with_run
from tests.readback import compare

_LONG = 200_000
#: A worker that was replaced spends some seconds importing before it reads.
_START = 10.0


def prove() -> bool:
    """Read every document in one run, in one worker.

    Returns:
        Whether each ended within its limits in a report or one named error, and every
        good document between them was read.
    """
    begun: dict[str, float] = {}
    good = True

    def documents() -> Iterator[tuple[str, bytes]]:
        for name, body in _bodies():
            begun[name] = time.monotonic()
            yield name, body
            yield f"after {name}", PAGE.encode()

    for outcome in read_all(documents()):
        if outcome.key.startswith("after "):
            read = outcome.report is not None and compare(outcome.report, REPORT).none
            good = good and read
            if not read:
                print(f"  {outcome.key}: not read: {outcome.error}")
            continue
        spent = time.monotonic() - begun[outcome.key]
        good = good and spent < SECONDS + _START and not isinstance(outcome.error, ReaderFault)
        said = outcome.error or f"read, {len(outcome.report.figures if outcome.report else ())}"
        print(f"  {spent:5.1f} s  {outcome.key}: {type(outcome.error).__name__}: {said}"[:150])
    return good


def _bodies() -> Iterator[tuple[str, bytes]]:
    for name, (make, size) in DOCUMENTS.items():
        yield name, make(size)
    for unit in RUNS:
        yield f"run of {unit!r}", with_run(unit, _LONG)
