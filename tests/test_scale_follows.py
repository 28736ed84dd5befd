"""What follows from measured rates, reckoned by hand for one county and for the country."""

from __future__ import annotations

import pytest

from tests.bench.scale.follows import (
    NEEDED,
    PLACES,
    Assumed,
    build_hours,
    crawl_hours,
    read_hours,
    reports,
    table,
)
from tests.bench.scale.rates import Rate

VALUES = dict(zip(NEEDED, (100.0, 200.0, 1.2, 1.0, 5.0), strict=True))
RATES = {name: Rate(value, "", "") for name, value in VALUES.items()}
COUNTY, _, COUNTRY = PLACES


def test_a_county_is_crawled_at_the_pace_of_one_host() -> None:
    assert reports(COUNTY, Assumed()) == 680
    # 680 reports, 1.4 requests each, 3.5 seconds apart: 3,332 seconds.
    assert crawl_hours(COUNTY, RATES, Assumed()) == pytest.approx(3332 / 3600)


def test_the_country_is_crawled_at_64_hosts_at_once() -> None:
    assert reports(COUNTRY, Assumed()) == 2_040_000
    # 2,856,000 requests; 64 / 3.5 = 18.3 a second, less than the 100 that a core fetches.
    hours = crawl_hours(COUNTRY, RATES, Assumed())
    assert hours == pytest.approx(2_856_000 / (64 / 3.5) / 3600)
    faster = crawl_hours(COUNTRY, RATES, Assumed(hosts_at_once=1000))
    assert faster == pytest.approx(2_856_000 / 100 / 3600)  # now the core is the limit


def test_reading_and_building() -> None:
    assert read_hours(COUNTRY, RATES, Assumed()) == pytest.approx(2_040_000 / 200 / 3600)
    assert build_hours(COUNTRY, RATES, Assumed()) == pytest.approx(2_040_000 * 1.2 / 3.6e6)


def test_the_table_names_every_place_and_wants_every_rate() -> None:
    said = table(RATES)
    assert said.splitlines()[0] == "| | a county | a province | the country |"
    assert "| reports | 680 | 68,000 | 2,040,000 |" in said
    assert "| `nianbao.db` | 696 KB | 69.6 MB | 2.1 GB |" in said
    with pytest.raises(KeyError, match="build_ms_a_report"):
        table({name: rate for name, rate in RATES.items() if name != "build_ms_a_report"})
