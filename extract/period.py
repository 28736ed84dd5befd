"""The 统计期限 that a report prints: from which day to which its numbers count."""

from __future__ import annotations

import re

_DAY = r"\d{1,2}月\d{1,2}日"
#: 统计期限自2020年1月1日起,至2020年12月31日止; 从2020年1月1日到12月31日. Years as printed, so
#: that 202020年 is kept. Whole periods alone: 截至2020年12月31日 names no first day.
_PERIOD = re.compile(
    rf"(?:统计|期限|时限|时间范围)[^。;\d]{{0,20}}?(\d{{4,6}}年{_DAY}[^。;\d]{{0,6}}?[至到—–~-]"
    rf"[^。;\d]{{0,6}}?(?:\d{{4,6}}年)?{_DAY})"
)


def read_period(prose: str) -> str | None:
    """The printed period, or None where no whole one is printed.

    Args:
        prose: Preface and first chapter, as `labels.flat` gives them.
    """
    found = _PERIOD.search(prose)
    return found[1] if found else None
