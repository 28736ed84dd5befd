"""/diqu: the map of provinces and the pages of regions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from archive.site import regions, tiles
from tests.served import HOSTILE, asking, soup, table, write


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return asking(write(tmp_path_factory.mktemp("regions")))


def told(code: str, value: float | None = 1.0) -> tiles.Told:
    return tiles.Told(code, code, "1", "", value)


def tile(ask: Any, query: str) -> str:
    (link,) = soup(ask(f"/diqu?{query}")).select("svg.nb-map a")
    assert link["href"] == "/diqu/990000"
    texts = [text.get_text() for text in link.select("text")]
    assert link["aria-label"] == f"{texts[0]}：{texts[1].replace('—', '没有')} {texts[2]}"
    return " ".join(texts[1:])


def test_a_fictional_province_has_a_tile_of_its_own(ask: Any) -> None:
    assert tile(ask, "nian=2021") == "5 份"
    assert tile(ask, "kan=fugai&nian=2021") == "40.0% 2/5"
    assert tile(ask, "kan=disclosed_of_closed&nian=2021&cengji=county") == "48.6% n=2"
    assert tile(ask, "kan=disclosed_of_closed&nian=2022&cengji=county") == "— n=0"
    assert tile(ask, "kan=fugai&nian=2019").startswith("—")


def test_the_same_figures_beneath_the_map(ask: Any) -> None:
    (_, row) = table(soup(ask("/diqu?nian=2021&cengji=county")), "各省级地区")
    assert row == [
        "示例省", "5", "4", "2", "5", "2", "40.0%",
        "48.6%", "54／111", "2", "71.1%", "54／76", "2", "96.4%", "54／56", "2",
    ]  # fmt: skip


def test_the_sql_gives_the_same_figures(ask: Any) -> None:
    page = soup(ask("/diqu?nian=2021&cengji=county"))
    held, covered = (
        ask(a["href"].replace("/nianbao?", "/nianbao.json?", 1) + "&_shape=array").json()
        for a in page.select(".nb-sql a")
    )
    (row,) = held
    names = ("reports", "read", "disclosed_of_closed_above", "disclosed_of_closed_below")
    assert [row[name] for name in names] == [5, 4, 54, 111]
    assert covered == [{"province_code": "990000", "cells": 5, "read": 2}]


def test_the_real_map_has_every_province_once() -> None:
    codes = [f"{code}0000" for code in tiles._PLACES]
    found = tiles.lay_out([told(code) for code in sorted(codes)], 1)
    places = [(each.x, each.y) for each in found.tiles]
    assert len(places) == len(set(places)) == 35
    linked = [each.told.code for each in found.tiles if each.told]
    assert len(linked) == 31
    assert linked == sorted(linked)
    assert {each.name for each in found.tiles if not each.told} == {"兵团", "台湾", "香港", "澳门"}
    assert max(x for x, _ in places) + tiles.SIZE == found.width
    assert max(y for _, y in places) + tiles.SIZE == found.height


def test_shades_rise_with_the_number() -> None:
    shades = [tiles.shade(value / 100, 1.0) for value in range(101)]
    assert all(a <= b for a, b in pairwise(shades) if a is not None and b is not None)
    assert (shades[0], shades[20], shades[21], shades[100]) == (0, 0, 1, 4)
    assert tiles.shade(None, 1.0) is None


def test_a_county_shows_its_agencies_and_sums(ask: Any) -> None:
    page = soup(ask("/diqu/990102"))
    rows = table(page, "本级机关与年度")
    assert rows[0] == ["机关", "类别", "2022", "2021", "2020", "2019"]
    assert rows[1][0] == "示例区人民政府"
    assert rows[1][3] == "●已读取汇总"
    finance = next(row for row in rows if row[0] == "示例区财政局")
    assert finance[2:] == ["●已读取", "●※已读取，1处不相符", "·本档案未取得", "●已读取"]
    assert HOSTILE in page.get_text()
    assert not page.select("script")
    sums = [row[:8] for row in table(page, "本级机关合计")[1:]]
    assert sums == [
        ["2019", "本机关", "县级", "1", "1", "0", "7", "1"],
        ["2021中断", "本机关", "县级", "2", "1", "1", "11", "1"],
        ["2022", "本机关", "县级", "1", "1", "0", "13", "1"],
        ["2021", "本机关", "县级垂直", "1", "1", "0", "5,000", "1"],
        ["2021", "汇总", "县级", "1", "1", "0", "1,000", "1"],
    ]


def test_a_break_lies_between_rows_of_one_series_alone() -> None:
    names = "scope", "level", "is_vertical", "year"
    said = [("own", "county", 0, 2019), ("own", "county", 0, 2022), ("own", "county", 1, 2024)]
    rows = [dict(zip(names, each, strict=True)) for each in said]
    assert [text[:4] for _, text in regions._with_breaks(rows)] == ["", "2021", ""]


def test_what_lies_below_is_counted_down_to_the_last(ask: Any) -> None:
    page = soup(ask("/diqu/990000"))
    (_, row) = table(page, "下级地区与年度")
    assert row == ["示例省示例市990100", "1", "5已读4", "·本档案未取得", "1"]
    page = soup(ask("/diqu/990100"))
    names = [row[0] for row in table(page, "下级地区与年度")[1:]]
    assert names == ["示例省示例市示例区990102", "示例省示例市样本县990121"]
    assert "另有 1 个下级地区没有收到年报" in page.get_text()


def test_former_regions_and_their_successors(ask: Any) -> None:
    former = soup(ask("/diqu/990103"))
    assert "至 2020 年" in former.get_text()
    assert former.select_one('main li a[href="/diqu/990102"]')
    assert soup(ask("/diqu/990102")).select_one('main li a[href="/diqu/990103"]')
    assert ask("/diqu/990999").status_code == 404


def test_other_pages_are_one_step_away(ask: Any) -> None:
    page = soup(ask("/diqu/990102"))
    links = {a["href"].split("?")[0] for a in page.select("nav.nb-others a")}
    assert links == {"/bijiao", "/fugai/diqu/990102", "/yidian", "/tubiao/jieguo", "/xiazai"}
