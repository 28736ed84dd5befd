"""When the archive asks again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.recheck import interval, is_due, published

FEBRUARY = datetime(2026, 2, 10, tzinfo=UTC)
JUNE = datetime(2026, 6, 10, tzinfo=UTC)
TITLE = "示例县财政局{}年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("now", "recheck_days", "list_date", "title", "days"),
    [
        (JUNE, 30, "", "年报", 30),
        (FEBRUARY, 30, "", "年报", 7),
        (FEBRUARY, 3, "", "年报", 3),  # who wants it oftener has it so
        (JUNE, 30, "2026-01-20", TITLE.format(2025), 30),
        (FEBRUARY, 30, "2026-01-20", TITLE.format(2025), 7),
        (JUNE, 30, "2023-01-20", TITLE.format(2022), 180),
        (FEBRUARY, 30, "2023-01-20", TITLE.format(2022), 180),
        (JUNE, 30, "", TITLE.format(2022), 180),
        (JUNE, 30, "", TITLE.format(2024), 30),
        (JUNE, 30, "2026-01-20", TITLE.format(2015), 30),  # put up lately: the date decides
        (JUNE, 365, "2020-01-20", "", 365),
        # 17:00 UTC on 31 March is 1 April in China.
        (datetime(2026, 3, 31, 15, tzinfo=UTC), 30, "", "", 7),
        (datetime(2026, 3, 31, 17, tzinfo=UTC), 30, "", "", 30),
    ],
)
def test_how_often(
    now: datetime, recheck_days: float, list_date: str, title: str, days: float
) -> None:
    assert interval(now, recheck_days, published(list_date, title)) == days
    for age, due in ((days + 0.01, True), (days - 0.01, False)):
        at = (now - timedelta(days=age)).isoformat()
        assert is_due(at, now, recheck_days, list_date, title) is due


def test_no_days_mean_always() -> None:
    assert is_due(FEBRUARY.isoformat(), FEBRUARY, 0, "2010-01-01", TITLE.format(2009))


def test_the_ledgers_times_are_read() -> None:
    assert not is_due("2026-06-09T23:59:59.123Z", JUNE, 30)
    assert is_due("2026-04-09T23:59:59.123Z", JUNE, 30)


@pytest.mark.parametrize(
    ("list_date", "title", "expected"),
    [
        ("2021-01-29", "", date(2021, 1, 29)),
        ("[2021/1/9]", TITLE.format(2010), date(2021, 1, 9)),
        ("2021年01月29日", "", date(2021, 1, 29)),
        ("2021.01.29 10:00", "", date(2021, 1, 29)),
        ("2021-13-45", TITLE.format(2019), date(2020, 1, 31)),
        ("01-29", TITLE.format(2019), date(2020, 1, 31)),
        ("", "2018—2020年报告", date(2021, 1, 31)),
        ("", "编号120201号", None),
        ("", "", None),
    ],
)
def test_when_an_article_was_published(list_date: str, title: str, expected: date | None) -> None:
    assert published(list_date, title) == expected
