"""C23: the date that a page prints beside the statutory date. It judges nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from extract.types import Finding

from .running import Found, Passed, check

#: Printed dates alone: when this archive first saw a report says nothing of the day before.
_SQL = """SELECT c.version_id, t.published, t.deadline, t.days_late
FROM timeliness t JOIN temp.current c ON c.report_id = t.report_id WHERE t.days_late {}"""


@check("C23")
def timeliness(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """The printed date is not later than the statutory date, where there is one."""
    for version_id, *_ in db.execute(_SQL.format("= 0")):
        yield Passed(version_id)
    for version_id, published, deadline, days in db.execute(_SQL.format("> 0 ORDER BY c.n")):
        yield Found(version_id, Finding(
            "C23", "fail", None, None, (),
            f"页面所示日期{published}，晚于法定期限{deadline}（{days}日）；"
            "页面所示日期未必是首次公布之日。",
            f"The page shows the date {published}, later than the statutory date {deadline} "
            f"(days: {days}); it need not be the day of first publication.",
        ))  # fmt: skip
