"""The search page, its JSON, and Datasette's own box, on a built release."""

from __future__ import annotations

import asyncio
import html
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from archive.contenthash import content_hash
from archive.manifest import FILES
from archive.search import asking
from archive.search.folding import fold
from archive.search.index import document
from archive.site.search_asked import NAMES
from archive.site.serve import site
from tests.test_search import HOSTILE

#: Where it stands in the demo's texts, see tests/portal.
WORD = "清理失效链接"


@pytest.fixture(scope="module")
def root(demo: tuple[Path, str]) -> Path:
    return demo[0]


@pytest.fixture(scope="module")
def datasette(root: Path) -> Datasette:
    return site(root)


@pytest.fixture(scope="module")
def text(root: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(root / "releases" / "current" / FILES[1])) as db:
        db.execute("ATTACH ? AS nianbao", (str(root / "releases" / "current" / FILES[0]),))
        yield db


def get(datasette: Datasette, path: str) -> Any:
    async def ask() -> Any:
        return await datasette.client.get(path)

    return asyncio.run(ask())


def page(datasette: Datasette, path: str, status: int = 200) -> BeautifulSoup:
    response = get(datasette, path)
    assert response.status_code == status, response.text
    return BeautifulSoup(response.text, "lxml")


def said(datasette: Datasette, **asked: str) -> dict[str, Any]:
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    told: dict[str, Any] = json.loads(get(datasette, f"/sousuo.json?{query}").text)
    return told


def whole(datasette: Datasette, **asked: str) -> list[dict[str, Any]]:
    told = said(datasette, **asked)
    found = list(told["hits"])
    while told["next"]:
        told = json.loads(get(datasette, told["next"]).text)
        found += told["hits"]
    return found


def truth(text: sqlite3.Connection, word: str, where: str = "1") -> list[str]:
    rows = text.execute(
        "SELECT report_id, chapter, heading, c.text FROM chapters c "
        f"JOIN nianbao.reports r USING (version_id) WHERE {where} "
        "ORDER BY year DESC, report_id, c.position"
    )
    return [
        f"{report_id} {chapter}"
        for report_id, chapter, heading, told in rows
        if fold(word) in fold(document(heading, told))
    ]


@pytest.mark.parametrize(
    "word", [WORD, "公开", "件", "２０２２ 年".replace(" ", ""), "不在其中的词"]
)
def test_hits_are_those_of_a_substring_search(
    datasette: Datasette, text: sqlite3.Connection, word: str
) -> None:
    found = [f"{hit['report_id']} {hit['chapter']}" for hit in whole(datasette, q=word)]
    assert found == truth(text, word)
    assert bool(found) is (word != "不在其中的词")


def test_filters_limit_the_same_hits(datasette: Datasette, text: sqlite3.Connection) -> None:
    for asked, where in (
        ({"nian": "2022"}, "year = 2022"),
        ({"diqu": "示例区"}, "region_code LIKE '990102%'"),
        ({"diqu": "示例市"}, "region_code LIKE '9901%'"),
        ({"diqu": "990121", "nian": "2021"}, "region_code = '990121' AND year = 2021"),
        ({"lei": "finance"}, "kind = 'finance'"),
        ({"fanwei": "aggregate"}, "scope = 'aggregate'"),
        ({"jg": "990102-finance"}, "agency_id = '990102-finance'"),
    ):
        hits = whole(datasette, q="公开", **asked)
        found = [f"{hit['report_id']} {hit['chapter']}" for hit in hits]
        assert found == truth(text, "公开", where), asked
        english = {NAMES[name]: value for name, value in asked.items()}
        assert whole(datasette, q="公开", **english) == hits, asked
        assert found, asked


def test_what_the_json_tells(datasette: Datasette) -> None:
    told = said(datasette, q="示例区财政局")
    assert told["ok"]
    assert told["release"]
    assert told["question"] == {"q": "示例区财政局"}
    assert told["agencies"][0]["agency_id"] == "990102-finance"
    assert (told["complete"], told["at_least"], told["at_most"]) == (True, 5, 5)
    assert told["next"] is None
    hit = told["hits"][0]
    assert hit["report_id"].startswith("990102-finance-")
    assert hit["version_id"].startswith(hit["report_id"])
    assert "示例区财政局" in hit["snippet"]
    assert hit["marked"] == ["示例区财政局"]
    for word, is_exact in (("公开", True), ("信息公开", False)):
        many = said(datasette, q=word)
        assert (len(many["hits"]), many["complete"], many["exact"]) == (20, False, is_exact)
        assert many["at_most"] >= len(whole(datasette, q=word)) > many["at_least"] == 20
        assert not is_exact or many["at_most"] == len(whole(datasette, q=word))


def test_a_hit_leads_to_its_chapter(datasette: Datasette) -> None:
    found = page(datasette, f"/sousuo?q={WORD}")
    first = found.select_one(".nb-hits li")
    assert first is not None
    assert {mark.text for mark in found.select("mark")} == {WORD}
    link = first.select_one("a")
    assert link is not None
    path, _, anchor = str(link["href"]).partition("#")
    report = page(datasette, path)
    heading = report.find(id=html.unescape("zhang-一"))
    assert anchor == quote("zhang-一")
    assert heading is not None
    assert WORD in "".join(each.text for each in heading.find_next_siblings("p"))


def test_agencies_stand_above_the_hits(datasette: Datasette) -> None:
    found = page(datasette, "/sousuo?q=财政")
    links = [str(a["href"]) for a in found.select(".nb-named a")]
    assert links == ["/jg/990100-finance", "/jg/990102-finance", "/jg/990121-finance"]
    only = page(datasette, "/sousuo?q=财政&diqu=示例区")
    assert [a.text for a in only.select(".nb-named a")] == ["示例区财政局"]


def test_titles_stand_above_the_hits(datasette: Datasette, text: sqlite3.Connection) -> None:
    sql = "SELECT report_id, title FROM reports WHERE agency_id = '990102-finance' AND year = 2022"
    report_id, title = text.execute(sql).fetchone()
    told = said(datasette, q=title)
    assert [each["report_id"] for each in told["titles"]] == [report_id]
    shown = page(datasette, f"/sousuo?q={quote(title)}")
    assert [str(a["href"]) for a in shown.select(".nb-named a")] == [f"/bg/{report_id}"]
    assert said(datasette, q="示例区财政局")["titles"] == []  # the agency stands there
    years = said(datasette, q="示例区财政局 政府信息公开")["titles"]
    assert [each["year"] for each in years] == [2023, 2022, 2021, 2020, 2019]
    assert said(datasette, q="政府信息公开工作年度报告")["titles"] == []


def test_pages_follow_one_another(datasette: Datasette, text: sqlite3.Connection) -> None:
    path, found = "/sousuo?q=公开&nian=2023", []
    while path:
        shown = page(datasette, path)
        found += [str(a["href"]) for a in shown.select(".nb-hits h3 a")]
        following = shown.select_one("a[rel=next]")
        path = str(following["href"]) if following else ""
    told = truth(text, "公开", "year = 2023")
    assert len(found) == len(set(found)) == len(told) > 20


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 200, "字间空白不论"), ("q=", 200, "字间空白不论"), ("q=%20%20", 200, "字间空白不论"),
        ("q=，。", 400, "只有标点或符号"), ("q=😀", 400, "只有标点或符号"),
        ("q=" + "公" * 101, 400, "要找的文字过长"),
        ("q=a%20b%20c%20d%20e%20f%20g%20h%20i%20j%20k", 400, "词过多"),
        ("q=不在其中的词", 200, "没有“不在其中的词”"), ("q=公开&nian=1999", 200, "放宽年度"),
        ("q=公开&nian=abc", 400, "年度请写四位数字"),
        ("q=公开&diqu=无此地", 400, "没有找到这个地区"),
        ("q=公开&lei=x", 400, "没有这一类机关"), ("q=公开&qian=x", 400, "请重新检索"),
        ("q=公开&fanwei=x", 400, "范围请选"), ("q=公开&jg=x", 400, "没有这个机关"),
        ("q=公开&qian=0", 200, "没有更多了"), ("q=公开&qian=999999999999999", 200, "自此页起"),
        ("q=公开&diqu=99%27%20OR", 400, "没有找到这个地区"),
        ("q=公开&nian=２０２２", 400, "年度请写"),
    ],
)  # fmt: skip
def test_sentences(datasette: Datasette, query: str, status: int, words: str) -> None:
    shown = page(datasette, f"/sousuo?{query}", status)
    main = shown.select_one("main")
    assert main is not None
    assert words in main.text
    if status == 400:
        told = json.loads(get(datasette, f"/sousuo.json?{query}").text)
        assert not told["ok"]
        assert words in told["error"]


def test_an_agency_and_a_word(datasette: Datasette) -> None:
    shown = page(datasette, "/sousuo?q=示例区财政局 公开&nian=2022")
    (link,) = [a for a in shown.select("main p a") if "只在" in a.text]
    assert link.text == "只在 示例区财政局 的年报里找“公开”"
    narrowed = page(datasette, str(link["href"]))
    assert [a.text for a in narrowed.select(".nb-hits h3 a")] == ["示例区财政局 2022 年度"]


def test_an_agency_stays_chosen(datasette: Datasette) -> None:
    for query in ("jg=990102-finance", "jg=990102-finance&q=公开"):
        shown = page(datasette, f"/sousuo?{query}")
        kept, said_so = shown.select_one("input[name=jg]"), shown.select_one(".nb-limits")
        assert kept is not None
        assert kept["value"] == "990102-finance"
        assert said_so is not None
        assert "只看 示例区财政局" in said_so.text


def test_what_is_cut_is_said(datasette: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_READ", 3)
    shown = page(datasette, "/sousuo?q=信息公开")
    assert "这次只查了一部分" in shown.text
    assert "至少 3 章" in shown.text
    (link,) = [a for a in shown.select("main a") if a.text == "接着查"]
    following = page(datasette, str(link["href"]))
    first = {str(a["href"]) for a in shown.select(".nb-hits h3 a")}
    assert not first & {str(a["href"]) for a in following.select(".nb-hits h3 a")}
    told = said(datasette, q="信息公开")
    assert (told["cut"], told["complete"], told["exact"]) == (True, False, False)


def test_a_name_of_several_regions(datasette: Datasette) -> None:
    # 示例省 has 示例市 and 示例区: short name 示例 is all three.
    shown = page(datasette, "/sousuo?q=公开&diqu=示例")
    links = [a.text for a in shown.select(".nb-limits a")]
    assert links == ["只看这里"] * 3


def test_no_question_breaks_the_page_or_datasettes_box(datasette: Datasette) -> None:
    for question in HOSTILE:
        if len(question) > 300:
            question = question[:300]
        asked = quote(question.encode("utf-8", "surrogatepass"))
        for path in ("/sousuo?q=", "/sousuo.json?q=", "/text/chapters.json?_search="):
            response = get(datasette, path + asked)
            assert response.status_code in (200, 400), (path, question)
            assert "fts5" not in response.text
            assert not re.search("syntax error|no such column|OperationalError", response.text)
    shown = get(datasette, "/sousuo?q=" + quote("<script>alert(1)</script>公开"))
    assert "<script" not in shown.text


def test_datasettes_own_box(datasette: Datasette, text: sqlite3.Connection) -> None:
    for word in (WORD, "失效", "链", "２０２２年"):
        path = f"/text/chapters.json?_search={quote(word)}&_size=max&_shape=objects"
        told = json.loads(get(datasette, path).text)
        assert len(told["rows"]) == told["filtered_table_rows_count"]
        expected = text.execute(
            "SELECT version_id || ' ' || chapter FROM chapters "
            "JOIN nianbao.reports USING (version_id) WHERE instr(text, ?) ORDER BY n DESC",
            [fold(word)],
        ).fetchall()
        assert [f"{row['version_id']} {row['chapter']}" for row in told["rows"]] == [
            each for (each,) in expected
        ]
        assert expected


def test_the_index_is_hidden_and_no_content(
    datasette: Datasette, root: Path, tmp_path: Path
) -> None:
    shown = json.loads(get(datasette, "/text.json").text)
    hidden = {table["name"] for table in shown["tables"] if table["hidden"]}
    assert {"_search", "_search_data", "_search_idx", "_search_docsize", "_search_config"} <= hidden
    folder = root / "releases" / "current"
    copy = tmp_path / FILES[1]
    copy.write_bytes((folder / FILES[1]).read_bytes())
    with closing(sqlite3.connect(copy)) as db:
        db.execute("UPDATE chapters SET n = n + 1000000000000")
        db.execute("DROP TABLE _search")
        db.commit()
    assert content_hash(copy) == content_hash(folder / FILES[1])


def test_numbers_follow_the_years_of_reports(text: sqlite3.Connection) -> None:
    sql = "SELECT n / 100000000, year, version_id FROM chapters JOIN nianbao.reports USING"
    rows = text.execute(f"{sql} (version_id)").fetchall()
    assert len(rows) > 500
    assert all(a == b for a, b, _ in rows)
    for sign, count in ((">", len(rows)), ("<", len({row[2] for row in rows}))):
        sql = f"SELECT count(*) FROM _search WHERE rowid {sign} 0"
        assert text.execute(sql).fetchone() == (count,)
