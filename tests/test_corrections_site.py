"""Corrections on the site: beside the machine's reading, in the list, for programs."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.codebook import HAND_READ
from archive.site import queries, sights
from archive.site.cells import Figures, Note
from archive.site.figure import Seen, printed_of
from archive.site.markup import cell
from extract.forms import columns
from tests.trust_site import (
    ANOTHER,
    DIGEST,
    FIGURE,
    NEW,
    NOW,
    REPORT,
    VERSION,
    Asked,
    add_corrections,
    correction,
    made,
)


def of(figure: str) -> str:
    """What selects a figure's correction."""
    return f'.nb-hand[id*=".{figure}."]'


def figure_of(entry: Any) -> str:
    """The figure of an entry, from its anchor; `entered` of a document."""
    found = re.fullmatch(r"gz-(?:[a-z0-9-]+\.(\w+)|(entered))\.[0-9a-f]{12}", entry["id"])
    assert found, entry["id"]
    return str(found[1] or found[2])


@pytest.fixture(scope="module")
def ask() -> Asked:
    return Asked(made())


def test_a_corrected_cell_shows_both_readings(ask: Asked) -> None:
    page = ask.page(f"/bg/{REPORT}")
    cell = page.select_one(f'#shuzhi td[data-figure="{FIGURE}"]')
    assert cell.get_text() == "307手"
    assert "机器读作“3o7”（未能读作数字）" in cell["title"]
    plain = page.select_one('#shuzhi td[data-figure="t3_granted_research"]')
    assert "手" not in plain.get_text()  # the machine reads the same by now
    section = page.select_one("#gengzheng")
    assert [figure_of(each) for each in section.select(".nb-hand")] == [
        "t3_granted_enterprise", FIGURE, "t3_granted_research",
    ]  # fmt: skip
    void = section.select_one(of("t3_granted_enterprise")).get_text()
    assert "已失效" in void
    assert "现行的读数不出自所据的那份原件" in void
    assert page.select_one('.nb-toc a[href="#gengzheng"]')


def test_the_citation_says_who_read_what_where(ask: Asked) -> None:
    page = ask.page(f"/bg/{REPORT}/yinyong?cell={FIGURE}")
    assert "报告所印“307”（人工读取）" in page.select_one(".nb-cite-line").get_text()
    told = page.select_one(of(FIGURE))
    assert told.select_one(".nb-overlay").get_text("|").split("|") == [
        "机器读作“3o7”（未能读作数字）", "人读作“307”",
    ]  # fmt: skip
    facts = {dt.get_text(): dt.find_next("dd").get_text() for dt in told.select("dt")}
    assert facts == {
        "版本": VERSION,
        "理由": "字母 o 实为数字", "依据": "存档原件第 3 行", "贡献者": "匿名",
        "复核者": "示例甲", "日期": "2026-02-03", "所据文件": f"SHA-256 {DIGEST}",
    }  # fmt: skip
    assert not ask.page(f"/bg/{REPORT}/yinyong?cell=t3_received_new_total").select(".nb-hand")


def test_a_cell_without_a_number_says_that_people_saw_so() -> None:
    notes = {
        FIGURE: Note("", "blank", None, HAND_READ, "机器读作“3”"),
        "t3_granted_total": Note(None, "missing_cell", None, HAND_READ),
        "t3_granted_ngo": Note("", "blank"),
    }
    figures = Figures({}, notes, {})
    blank, absent, machine = (figures.cell(columns()[key][-1]) for key in notes)
    assert [blank.by_hand, absent.by_hand, machine.by_hand] == [True, True, False]
    assert blank.title == "报告此格为空白；此格由人工读取；机器读作“3”"
    assert absent.text == "未印出"
    assert cell(blank).endswith(">手</abbr></td>")
    assert "手" not in cell(machine)
    said = [printed_of(figures, key).said for key in notes]
    assert said == ["此格空白（人工读取）", "报告没有印出此格（人工读取）", "此格空白"]


def test_the_archived_page_marks_what_the_machine_read(ask: Asked) -> None:
    with closing(sqlite3.connect(ask.root / "releases" / NEW / "nianbao.db")) as db:
        found = queries.report(db, REPORT)
    assert found is not None
    seen = sights.Asked(Seen(found), 1, found.sources[0], FIGURE)
    assert (seen.printed, seen.sought) == ("307", "3o7")
    other = sights.Asked(Seen(found), 1, found.sources[0], "t3_granted_total")
    assert other.printed == other.sought != ""
    told = ask.page(f"/cundang/{VERSION}/1?cell={FIGURE}").select_one(".nb-sought").get_text()
    assert "此数由人工读取，机器读作“3o7”（未能读作数字）" in told


def test_a_report_entered_by_hand_says_so_at_its_head(ask: Asked) -> None:
    head = ask.page(f"/bg/{NOW}").select_one("p.nb-hand")
    assert "由两人各录一遍（示例丙、示例丁，2026-01-01）" in head.get_text()
    assert not ask.page(f"/bg/{REPORT}").select("p.nb-hand")


def test_all_corrections_are_listed_newest_first_with_credits(ask: Asked) -> None:
    page = ask.page("/gengzheng")
    assert [figure_of(each) for each in page.select(".nb-hand")] == [
        "t3_granted_enterprise", "t3_granted_research", FIGURE, "t3_granted_ngo", "entered",
    ]  # fmt: skip
    assert "本版次没有这份年报" in page.select_one(of("t3_granted_ngo")).get_text()
    assert page.select_one(of("t3_granted_ngo") + " a") is None
    link = page.select_one(of(FIGURE) + " h3 a")
    assert link["href"] == f"/bg/{VERSION}/yinyong?cell={FIGURE}"
    credits_ = [each.get_text() for each in page.select(".nb-credits li")]
    assert credits_[:2] == ["匿名 读 3", "示例甲 复核 3"]
    assert "示例丁 复核 1" in credits_
    assert page.select_one('a[href="/baocuo"]')


def test_the_list_is_filtered_by_state_and_year(ask: Asked) -> None:
    def found(query: str) -> list[str]:
        return [figure_of(each) for each in ask.page(f"/gengzheng?{query}").select(".nb-hand")]

    assert found("zhuangtai=applied") == [FIGURE, "entered"]
    assert found("zhuangtai=void&nian=2021") == ["t3_granted_enterprise"]
    assert found("nian=2022") == ["entered"]
    assert found("nian=2023") == []
    for query in ("zhuangtai=x", "nian=20211", "nian=%D9%A2021", "ye=0", "ye=2", "ye=x"):
        assert ask(f"/gengzheng?{query}").status_code == 404, query


def test_each_page_leads_to_the_corrections_and_to_the_accuracy(ask: Asked) -> None:
    assert ask.page("/guanyu").select_one("#zhunque")
    for path in ("/", "/xiazai", f"/bg/{REPORT}"):
        foot = ask.page(path).select_one("footer")
        assert foot is not None
        for target in ("/gengzheng", "/guanyu#zhunque"):
            assert foot.select_one(f"a[href='{target}']"), (path, target)


def test_what_people_wrote_is_text(ask: Asked) -> None:
    for path in ("/gengzheng", f"/bg/{REPORT}"):
        answer = ask(path)
        assert "<script" not in answer.text
        assert "&lt;script&gt;alert(7)" in answer.text
        assert "script-src" not in answer.headers["content-security-policy"]
    hostile = ask.page("/gengzheng").select_one(of("t3_granted_enterprise") + " dd bdi")
    assert hostile.get_text().endswith("\u202e反")  # held by its element


def test_programs_get_both_readings(ask: Asked) -> None:
    told = ask(f"/bg/{REPORT}.json").json()
    figures = {each["figure"]: each for each in told["figures"]}
    assert figures[FIGURE]["value"] == 307
    assert figures[FIGURE]["status"] == "hand_read"
    assert figures[FIGURE]["correction"] == f"{REPORT}.{FIGURE}.{DIGEST[:12]}"
    assert figures[FIGURE]["machine"] == {
        "printed": "3o7", "value": None, "unit": None, "status": "unparsed",
    }  # fmt: skip
    assert [key for key in figures if "machine" in figures[key]] == [FIGURE]
    assert {each["state"] for each in told["corrections"]} == {"applied", "agrees", "void"}
    assert told["release"] == NEW
    other = ask(f"/bg/{ANOTHER}.json").json()  # another version, not corrected
    assert not [each for each in other["figures"] if "machine" in each]
    assert other["corrections"] == told["corrections"]
    assert not ask.page(f"/bg/{ANOTHER}/yinyong?cell={FIGURE}").select(".nb-hand")


def test_pages_of_a_hundred(tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(made(), root, symlinks=True)
    with sqlite3.connect(root / "releases" / NEW / "nianbao.db") as db:
        more: list[dict[str, Any]] = [
            correction("t3_granted_legal", "void", correction_id=f"x{n:03}", date="2025-01-01",
                       void_because="no_figure") for n in range(97)
        ]  # fmt: skip
        add_corrections(db, more)
    db.close()
    ask = Asked(root)
    first = ask.page("/gengzheng")
    assert len(first.select(".nb-hand")) == 100
    second = ask.page(first.select_one('a[rel="next"]')["href"])
    assert len(second.select(".nb-hand")) == 2
    assert second.select_one('a[rel="next"]') is None
    assert second.select_one('a[rel="prev"]')["href"] == "/gengzheng?ye=1"
