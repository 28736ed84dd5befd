"""Names that a region and one below it share, customs, zones, and what is above an agency."""

from __future__ import annotations

import pytest

from archive.agencies import Agency, resolve
from archive.agency_rows import Told
from archive.places import Region, regions
from extract.scope import scope_of_name

YEAR = 2022
#: What stands before and behind the short name.
NAMES = (
    ("", "教育局", "education"),
    ("", "气象局", "meteorology"),
    ("", "海关", "customs"),
    ("国家统计局", "调查队", "survey"),
)


def told(name: str, home: str = "", agency: str = "") -> Agency:
    """Who the name means at a portal; `home` is a code, blank, and names with blanks."""
    region, _, region_name = home.partition(" ")
    entry = {"region": region, "region_name": region_name, "agency": agency}
    return resolve(name, "p", entry, None, YEAR)


def _namesakes() -> list[tuple[Region, str]]:
    """Regions that bear the short name of one below them, each with its names from the top."""
    current = {r.code: r for r in regions() if r.level != "township" and r.is_valid(YEAR)}

    def above(row: Region) -> list[Region]:
        up = current.get(row.parent)
        return [] if up is None else [up, *above(up)]

    found = {
        up.code: up
        for row in current.values()
        for up in above(row)
        if up.short_name == row.short_name
    }
    return [(up, " ".join(r.name for r in [*reversed(above(up)), up])) for up in found.values()]


def test_no_home_s_short_name_means_the_county_below_that_bears_it() -> None:
    namesakes = _namesakes()
    for up, names in namesakes:
        for system, organ, kind in NAMES:
            home, printed = f"{up.code} {names}", f"{system}{up.short_name}{organ}"
            assert not told(printed, home).resolved, printed
            agency = f"{system}{up.name}{organ}"
            assert told(agency, home).agency_id == f"{up.code}-{kind}"
            assert told(printed, home, agency).agency_id == f"{up.code}-{kind}", printed
    assert len(namesakes) >= 40


CHANGSHA, JILIN = "430100 湖南省 长沙市", "220000 吉林省"


@pytest.mark.parametrize(
    ("name", "home", "want"),
    [
        ("国家统计局吉林调查总队", JILIN, "220000-survey"),
        ("国家统计局吉林调查总队", "", "220000-survey"),
        ("国家统计局大连调查总队", "", "210200-survey"),
        ("国家统计局长沙市调查总队", CHANGSHA, None),
        ("吉林邮政管理局", JILIN, None),
        ("长沙县教育局", CHANGSHA, "430121-education"),
        ("望城教育局", CHANGSHA, "430112-education"),
        ("长沙教育局", "430121 湖南省 长沙市 长沙县", "430121-education"),
        ("中华人民共和国黄埔海关", "", None),
        ("中华人民共和国黄埔海关", CHANGSHA, None),
        ("中华人民共和国大连海关", "", "210200-customs"),
        ("义乌海关", "330700 浙江省 金华市", "330782-customs"),
        ("国家统计局樟树调查队", "", "360982-survey"),
    ],
)
def test_a_short_name_means_what_it_can_only_be(name: str, home: str, want: str | None) -> None:
    agency = told(name, home)
    assert (agency.agency_id if agency.resolved else None) == want


def test_the_column_s_agency_settles_nothing_that_the_name_cannot_mean() -> None:
    county = told("长沙教育局", CHANGSHA, "长沙县教育局")
    assert county.agency_id == "430121-education"
    assert not told("长沙教育局", CHANGSHA, "长沙市审计局").resolved


@pytest.mark.parametrize(
    ("name", "home", "parent"),
    [
        ("大连海关", "", None),
        ("金华海关", "330700 浙江省 金华市", None),
        ("义乌海关", "330700 浙江省 金华市", None),
        ("重庆海关", "", "cn-customs"),
        ("国家税务总局大连市税务局", "", "210000-tax"),
    ],
)
def test_which_customs_office_is_above_another_is_not_told(
    name: str, home: str, parent: str | None
) -> None:
    agency = told(name, home)
    assert (agency.resolved, agency.parent_id) == (True, parent)


YICHUN, YUANZHOU = "360900 江西省 宜春市", "360902 江西省 宜春市 袁州区"


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("袁州生态环境局", YICHUN),
        ("袁州生态环境局", YUANZHOU),
        ("宜春市袁州生态环境局", YICHUN),
        ("宜春市袁州生态环境局", YUANZHOU),
        ("袁州区生态环境局", YUANZHOU),
        ("宜春市生态环境局袁州分局", YICHUN),
    ],
)
def test_a_county_s_ecology_is_its_city_s_however_it_is_called(name: str, home: str) -> None:
    agency = told(name, home)
    have = (agency.agency_id, agency.parent_id, agency.org_form)
    assert have == ("360902-ecology", "360900-ecology", "branch")


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("宜春市生态环境局", "360900-government"),
        ("北京市海淀区生态环境局", "110108-government"),
        ("袁州区财政局", "360902-government"),
    ],
)
def test_what_is_above_other_offices(name: str, parent: str) -> None:
    assert told(name).parent_id == parent


class _History:
    """As much of a report's history as `agency_rows.Told` asks for."""

    def __init__(self, agency: Agency) -> None:
        self.agency, self.year, self.report_id = agency, YEAR, agency.report_id(YEAR)


def test_an_agency_s_row_is_the_same_whichever_report_was_read_first() -> None:
    rows = []
    read = [told("宜春市袁州区公安局"), told("宜春市公安局袁州分局")]
    for order in (read, read[::-1]):
        agencies = Told()
        for each in order:
            agencies.add(_History(each))  # type: ignore[arg-type]
        rows += agencies.rows()
    assert len(rows) == 2
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("洋浦经济开发区", "unknown"),
        ("示例高新区", "unknown"),
        ("示例工业园区", "unknown"),
        ("示例新区", "unknown"),
        ("洋浦经济开发区管理委员会", "own"),
        ("示例新区人民政府", "aggregate"),
        ("清远市清新区", "aggregate"),
        ("长春市绿园区", "aggregate"),
        ("张家口市下花园区", "aggregate"),
        ("商丘市梁园区", "aggregate"),
    ],
)
def test_the_scope_of_a_zone_s_bare_name_is_not_known(name: str, scope: str) -> None:
    assert scope_of_name(name) == scope
    assert told(name).scope == scope


def test_a_known_zone_s_bare_name_leaves_its_scope_open_too() -> None:
    bare = told("淮安经济技术开发区")
    assert (bare.agency_id, bare.scope) == ("320871-devzone", "unknown")
    assert told("淮安经济技术开发区管理委员会").scope == "own"
