"""The window of a run: the hour at which it ends in order (`UNTIL=06:00`)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from scrapy.exceptions import UsageError

_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def next_hour(text: str, now: datetime | None = None) -> datetime:
    """The next time that a clock on the wall shows an hour.

    Args:
        text: The hour, local time: `06:00`, or `06:00:30`.
        now: The time from which to count; the present one if None.

    Returns:
        That time, aware of its zone: later than now, by a day at most.

    Raises:
        UsageError: The text is no hour.
    """
    found = _HOUR.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"UNTIL: {text!r} is no hour of the day; write it like 06:00 (local time, 00:00–23:59)",
            print_help=False,
        )
    # Without a zone, so that adding a day keeps the hour when the clocks are changed.
    start = (now or datetime.now()).replace(tzinfo=None)
    hour, minute, second = (int(part or 0) for part in found.groups())
    end = start.replace(hour=hour, minute=minute, second=second, microsecond=0)
    return (end if end > start else end + timedelta(days=1)).astimezone()
