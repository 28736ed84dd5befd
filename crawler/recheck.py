"""When what the archive has is asked for again: reports appear from January to March."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

#: Departments report by 31 January, governments by 31 March.
SEASON = (1, 2, 3)
#: Days between two looks in the season, and at what is old.
IN_SEASON, OLD = 7, 180
#: An article is old so many years after it was published.
_OLD_AFTER = 2
CHINA = timezone(timedelta(hours=8))
_DATE = re.compile(r"((?:19|20)\d\d)\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def is_due(
    fetched_at: str, now: datetime, recheck_days: float, list_date: str = "", title: str = ""
) -> bool:
    """Whether to ask for an article again.

    Args:
        fetched_at: When it was asked for last, as the ledger writes it.
        now: The time, with its zone.
        recheck_days: What the registry says; 0 means always.
        list_date: The list's date for it, as printed, or "".
        title: The list's title for it.
    """
    if not recheck_days:
        return True
    days = interval(now, recheck_days, published(list_date, title))
    return now - datetime.fromisoformat(fetched_at) >= timedelta(days=days)


def interval(now: datetime, recheck_days: float, published: date | None) -> float:
    """Days between two looks at an article.

    Args:
        now: The time, with its zone.
        recheck_days: The general value.
        published: When it was published, if that is known.
    """
    today = now.astimezone(CHINA).date()
    if published is not None and (today - published).days >= 365 * _OLD_AFTER:
        return max(recheck_days, OLD)
    return min(recheck_days, IN_SEASON) if today.month in SEASON else recheck_days


def published(list_date: str, title: str) -> date | None:
    """When an article was published: the list's date, else what its report year means.

    A report on 2021 is published early in 2022; of several years in a title the latest.
    """
    for year, month, day in _DATE.findall(list_date):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:  # 2021-13-45
            continue
    years = [int(year) for year in _YEAR.findall(title)]
    return date(max(years) + 1, 1, 31) if years else None


def now() -> datetime:
    """The clock, for those who pass it in."""
    return datetime.now(UTC)
