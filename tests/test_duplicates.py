"""Texts that stand in other reports: found with their exact passages; what all share is not."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.duplicates import duplicate_rows, finding, texts, units
from archive.duplicates.passages import Passage, shared
from archive.duplicates.stock import phrases, stock
from archive.root import DataRoot
from tests import stored

SIGNS = "春夏秋冬山川湖海花草树木风云雨雪东南西北日月星辰金银铜铁红黄蓝绿桥路街巷门窗桌椅笔墨纸书"


def prose(seed: object, length: int = 400) -> str:
    """Nonsense of its own, with stops."""
    dice = random.Random(str(seed))
    signs = [dice.choice(SIGNS) for _ in range(length)]
    for place in range(17, length, 23):
        signs[place] = "，" if place % 2 else "。"
    return "".join(signs)


class Archive:
    """Reports and chapters as the two databases have them."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.executescript(
            "ATTACH ':memory:' AS text;"
            "CREATE TABLE reports (version_id, agency_id, scope, year);"
            "CREATE TABLE text.chapters (version_id, chapter, position, heading, text);"
        )

    def report(
        self, agency: str, year: int, *chapters: str, scope: str = "own", number: int = 1
    ) -> str:
        version = f"{agency}-{year}.v{number}"
        self.db.execute("INSERT INTO reports VALUES (?, ?, ?, ?)", (version, agency, scope, year))
        self.chapters(version, *chapters)
        return version

    def chapters(self, version: str, *chapters: str) -> None:
        for place, text in enumerate(chapters):
            row = (version, "一二三四五六"[place], place, "", text)
            self.db.execute("INSERT INTO text.chapters VALUES (?, ?, ?, ?, ?)", row)

    def found(self) -> list[dict[str, Any]]:
        return [{**row, "passages": json.loads(row["passages"])} for row in duplicate_rows(self.db)]

    def cut(self, version: str, chapter: str, start: int, end: int) -> str:
        sql = "SELECT text FROM text.chapters WHERE version_id = ? AND chapter = ?"
        ((text,),) = self.db.execute(sql, (version, chapter)).fetchall()
        return str(text[start:end])


@pytest.fixture
def archive() -> Iterator[Archive]:
    made = Archive()
    with closing(made.db):
        yield made


def test_a_copy_of_last_year_is_found_though_years_and_numbers_changed(archive: Archive) -> None:
    first, second = prose("first"), prose("second", 90)
    last = prose("end", 100)
    fresh = f"新增的话 2022年，共发布信息９８条。{first}截至二〇二二年底{second}；{last}"
    before = archive.report(
        "990102-audit", 2021,
        f"2021年，共发布信息1,204条。{first}截至二〇二一年底{second}。", prose("only 2021", 120),
    )  # fmt: skip
    after = archive.report("990102-audit", 2022, prose("new", 60), fresh)
    archive.report("990102-audit", 2023, prose("only 2023", 500))
    archive.report("990107-audit", 2022, prose("another", 500))
    (row,) = archive.found()
    assert (row["version_id"], row["other"], row["kind"]) == (after, before, "own_year")
    ((chapter, start, end, there, start_there, end_there),) = row["passages"]
    assert (chapter, there) == ("二", "一")
    ours = archive.cut(after, chapter, start, end)
    theirs = archive.cut(before, there, start_there, end_there)
    assert ours == f"2022年，共发布信息９８条。{first}截至二〇二二年底{second}".rstrip("，。")
    assert theirs == f"2021年，共发布信息1,204条。{first}截至二〇二一年底{second}".rstrip("，。")
    whole = sum(len(units.units(text)) for text in (prose("new", 60), fresh))
    assert row["share"] == round(len(units.units(ours)) / whole, 3) < 1


def test_what_two_agencies_share_stands_with_both_in_each_passage(archive: Archive) -> None:
    head, tail = prose("head", 160), prose("tail", 150)
    one = archive.report("990102-health", 2022, f"{head}甲局自己的话{tail}", prose("one", 90))
    other = archive.report(
        "990107-health", 2022, prose("other", 100), f"{head}乙局另说一句话{tail}"
    )
    rows = archive.found()
    assert [(row["version_id"], row["other"], row["kind"]) for row in rows] == [
        (one, other, "other_agency"), (other, one, "other_agency"),
    ]  # fmt: skip
    first, second = rows[0]["passages"]
    assert archive.cut(one, *first[:3]) == archive.cut(other, *first[3:]) == head.rstrip("，。")
    assert archive.cut(one, *second[:3]) == archive.cut(other, *second[3:])
    assert archive.cut(one, *second[:3]) == f"话{tail}".rstrip("，。")


def test_what_is_short_or_little_is_not_told(archive: Archive) -> None:
    archive.report("990102-water", 2021, prose("a", 140))
    archive.report("990102-water", 2022, prose("a", 140))  # all of it, but little
    archive.report("990102-audit", 2021, prose("b", 200) + prose("c", 600))
    archive.report("990102-audit", 2022, prose("b", 200) + prose("d", 600))  # a quarter
    broken = prose("e", 600)
    pieces = [broken[at : at + 25] for at in range(0, 600, 25)]
    archive.report("990102-justice", 2021, "".join(pieces))
    archive.report("990102-justice", 2022, "".join(reversed(pieces)))  # in short pieces
    assert archive.found() == []


def test_words_that_many_agencies_share_are_nobodys_copy(archive: Archive) -> None:
    statute, copied = prose("statute", 500), prose("copied", 300)
    for number in range(12):
        for year in (2021, 2022):
            own = prose((number, year), 300)
            if number in (3, 7) and year == 2022:
                own = copied
            archive.report(f"99{number:04d}-audit", year, statute, own)
    rows = archive.found()
    assert {(row["version_id"], row["other"]) for row in rows} == {
        ("990003-audit-2022.v1", "990007-audit-2022.v1"),
        ("990007-audit-2022.v1", "990003-audit-2022.v1"),
    }
    for row in rows:
        assert [each[0] for each in row["passages"]] == ["二"]
        assert row["share"] == pytest.approx(0.375, abs=0.01)


def test_a_report_is_no_copy_of_its_own_older_version_or_of_its_aggregate(
    archive: Archive,
) -> None:
    text = prose("same", 500)
    archive.chapters("990102-audit-2022.v1", text)  # the version before, not current
    archive.report("990102-audit", 2022, text, number=2)
    archive.report("990102-audit", 2022, text, scope="aggregate", number=3)
    assert archive.found() == []


def test_only_the_same_year_and_the_year_before_are_compared(archive: Archive) -> None:
    text = prose("same", 500)
    archive.report("990102-audit", 2019, text)
    archive.report("990102-audit", 2021, text)
    later = archive.report("990107-audit", 2022, text)
    (row,) = archive.found()
    assert (row["version_id"], row["other"]) == (later, "990102-audit-2021.v1")


def test_of_others_those_that_share_most_are_told(archive: Archive) -> None:
    text = prose("same", 600)
    target = archive.report("990100-audit", 2022, text)
    for number, part in enumerate((250, 600, 350, 450, 300)):
        archive.report(f"99010{number + 1}-audit", 2021, text[:part], prose(number, 300))
    rows = [row for row in archive.found() if row["version_id"] == target]
    assert [row["other"][:6] for row in rows] == ["990102", "990104", "990103"]
    shares = [row["share"] for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 1


def test_rows_come_out_the_same_whatever_the_order_of_reports(archive: Archive) -> None:
    texts = {f"99{n:04d}-audit": prose(n % 3, 300) + prose(("own", n), 80) for n in range(6)}
    for agency, text in texts.items():
        archive.report(agency, 2022, text)
    other = Archive()
    with closing(other.db):
        for agency, text in reversed(texts.items()):
            other.report(agency, 2022, text)
        rows = other.found()
    assert rows
    assert rows == archive.found()


def test_a_release_tells_of_them_and_of_no_older_version_or_mirror(tmp_path: Path) -> None:
    said = prose("in a page", 400)

    def page(year: int, agency: str, **more: Any) -> bytes:
        return stored.article(stored.report_of(year, agency, extra=said, **more))

    got = [
        stored.Got(
            f"{stored.SITE}/{year}.html", page(year, "示例市财政局"), f"示例市财政局{year}年年报"
        )
        for year in (2021, 2022)
    ]
    mirror = stored.Got(f"{stored.SITE}/m/2022.html", got[1].body, got[1].title)
    root = DataRoot(tmp_path / "data")
    newer = stored.Got(got[1].url, page(2022, "示例市财政局", zero="dash"), got[1].title)
    stored.keep(root, stored.Run([*got, mirror], day="2023-01-20"))
    stored.keep(root, stored.Run([got[0], newer], day="2023-03-20"))
    stored.build(root)
    with closing(sqlite3.connect(root.current / "text.db")) as db:
        rows = db.execute("SELECT version_id, other, kind, passages FROM duplicates").fetchall()
        ((version, other, kind, passages),) = rows
        assert (version, other, kind) == (
            "990100-finance-2022.v2", "990100-finance-2021.v1", "own_year",
        )  # fmt: skip
        places = json.loads(passages)
        sql = "SELECT text FROM chapters WHERE version_id = ? AND chapter = ?"
        for chapter, start, end, there, start_there, end_there in places:
            ((ours,),) = db.execute(sql, (version, chapter)).fetchall()
            ((theirs,),) = db.execute(sql, (other, there)).fetchall()
            same = units.units(ours[start:end])
            assert same == units.units(theirs[start_there:end_there])
            assert len(same) >= 30
        assert units.units(said) in "".join(
            units.units(text) for (text,) in db.execute("SELECT text FROM chapters")
        )


# -- the parts ---------------------------------------------------------------------------

TEXT = st.text(st.sampled_from([*"公开信息年〇二三12９８.,，。 （²Aé\n\x00"]), max_size=80)


@given(TEXT)
def test_units_have_their_places(text: str) -> None:
    whole, places = units.units(text), list(units.spans(text))
    assert len(whole) == len(places)
    for unit, (start, end) in zip(whole, places, strict=True):
        assert unit == text[start:end] or (unit == "0" and end > start)
    assert places == sorted(places)


def test_numbers_years_spaces_and_stops_do_not_count() -> None:
    assert units.units("2021年 共12,345.6条；二〇二一年、第二（一）") == "0年共0条0年第二一"


def test_the_same_passage_gives_the_same_samples_wherever_it_stands() -> None:
    passage = prose("sampled", 900).replace("，", "").replace("。", "")
    samples = {each for _, each in units.samples(passage)}
    shifted = {each for _, each in units.samples(prose("before", 33) + passage)}
    assert samples <= shifted
    assert len(passage) / 40 < len(samples) < len(passage) / 8
    assert max(start for start, _ in units.samples(passage)) <= len(passage) - units.SHINGLE


def passages(own: str, other: str, least: int = units.SHINGLE) -> list[Passage]:
    """All passages, each shingle taken for a sample."""
    places: dict[int, list[int]] = {}
    for start in range(len(other) - units.SHINGLE + 1):
        places.setdefault(hash(other[start : start + units.SHINGLE]), []).append(start)
    seeds = [
        (start, hash(own[start : start + units.SHINGLE]))
        for start in range(len(own) - units.SHINGLE + 1)
    ]
    return shared(own, other, seeds, places, least)


WORDS = st.text(st.sampled_from("甲乙"), max_size=50)


@given(WORDS, WORDS, WORDS)
def test_passages_are_the_same_and_end_where_the_texts_part(
    same: str, own: str, other: str
) -> None:
    here, there = own + same, same + other
    end = 0
    for each in passages(here, there):
        assert each.own >= end
        assert here[end : each.own][-1:] != there[: each.other][-1:] or each.own == end
        end = each.own + each.length
        assert here[each.own : end] == there[each.other : each.other + each.length]
        assert here[end : end + 1] != there[each.other + each.length :][:1] or end == len(here)
    assert end or len(same) < units.SHINGLE


def test_the_longest_of_several_places_is_taken() -> None:
    text = units.units(prose("long", 60))
    other = f"{text[:20]}。{text[:40]}；{text[:30]}"
    assert passages(text, other)[0] == Passage(0, 21, 40)
    assert passages(text, other, 41) == []


def test_a_passage_does_not_reach_into_the_one_before() -> None:
    text = units.units(prose("twice", 66))[:60]
    other = f"{text[:40]}。{text[20:]}"
    assert passages(text, other) == [Passage(0, 0, 40), Passage(40, 61, 20)]


def test_two_shingles_of_one_hash_are_not_taken_for_each_other() -> None:
    assert shared("甲" * 30, "乙" * 30, [(3, 77)], {77: [5]}, 16) == []


def test_passages_do_not_run_across_chapters(archive: Archive) -> None:
    one, two = prose("chapter one", 200), prose("chapter two", 200)
    archive.report("990102-audit", 2021, one, two)
    after = archive.report("990102-audit", 2022, one, two)
    (row,) = archive.found()
    assert [(each[0], each[3]) for each in row["passages"]] == [("一", "一"), ("二", "二")]
    assert [archive.cut(after, *each[:3]) for each in row["passages"]] == [
        text.rstrip("，。") for text in (one, two)
    ]


def test_texts_are_kept_as_their_characters_allow(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "_KEPT", 1000)
    small = [archive.report(f"99010{n}-audit", 2021, prose(n, 300)) for n in range(4)]
    huge = archive.report("990109-audit", 2021, prose("huge", 600), prose("more", 600))
    kept = texts.Texts(archive.db)
    first = [kept.of(version) for version in small[:3]]
    assert [kept.of(version) for version in small[:3]] == first
    kept.of(small[3])
    assert kept.of(small[3]) is kept.of(small[3])
    assert kept.of(small[0]) is not first[0]
    assert kept.of(huge) is not kept.of(huge)  # more than all may have: not kept at all
    assert kept._characters == sum(each.characters for each in kept._kept.values()) <= 1000


def test_the_places_of_a_huge_text_s_units_take_eight_bytes_each() -> None:
    text = texts.Text([("一", prose("large", 3000))])
    text.place(5, 40)
    (places,) = text._spans.values()
    assert places.itemsize * len(places) == 8 * len(text)


def test_whether_a_passage_is_its_own_is_told_by_its_samples_alone() -> None:
    class Samples(list[tuple[int, int]]):
        """Samples that are looked up, and never walked."""

        def __iter__(self) -> Iterator[tuple[int, int]]:
            raise AssertionError

    text = texts.Text([("一", "")])
    text.__dict__["samples"] = Samples((16 * n, n) for n in range(1000))
    common = {160, 176, 192}
    size = units.SHINGLE

    def told(first: int, last: int) -> bool:
        """Of a passage that begins with one sample and ends with another."""
        passage = Passage(16 * first, 0, 16 * (last - first) + size)
        return finding._is_own(passage, text, common)

    assert [told(10, last) for last in range(11, 18)] == [False] * 5 + [True] * 2
    assert [told(first, 12) for first in range(5, 8)] == [True, True, False]
    assert not told(9, 10)


# -- small archives ------------------------------------------------------------------------


def standard(name: str, year: int, own: str) -> list[str]:
    """A report with little of its own between the words of the form."""
    return [
        f"本报告根据《中华人民共和国政府信息公开条例》（国务院令第711号）和《国务院办公厅政府信息与政务公开办公室"
        f"关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）要求编制。"
        f"本报告内容包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、政府信息公开行政复议和"
        f"行政诉讼情况、存在的主要问题及改进情况、其他需要报告的事项等六部分。本报告所列数据的统计期限自{year}年"
        f"1月1日起至{year}年12月31日止。本报告的电子版可在{name}网站下载。如对本年度报告有任何疑问，请与{name}"
        f"办公室联系（地址：{name}路12号，联系电话：0000-7022345）。",
        f"{year}年，{name}坚持以习近平新时代中国特色社会主义思想为指导，全面贯彻落实党的二十大精神，认真执行"
        f"《中华人民共和国政府信息公开条例》。{own}",
        "2022年发生因政府信息公开引起的行政复议0件、行政诉讼0件。",
        "存在的主要问题：一是主动公开意识有待进一步提高；二是公开内容不够丰富；三是业务能力有待加强。",
        "无其他需要报告的事项。",
    ]


@pytest.mark.parametrize("agencies", [2, 4, 7, 9])
@pytest.mark.parametrize("length", [20, 120])
def test_the_words_of_the_form_are_nobodys_copy_however_few_agencies(
    archive: Archive, agencies: int, length: int
) -> None:
    for number, sign in enumerate("甲乙丙丁戊己庚辛壬"[:agencies]):
        archive.report(f"99010{number}-x", 2022, *standard(f"{sign}局", 2022, prose(sign, length)))
    assert archive.found() == []


def test_the_words_of_the_form_are_still_last_year_s(archive: Archive) -> None:
    for year in (2021, 2022):
        archive.report("990102-x", year, *standard("甲局", year, prose("same", 60)))
    (row,) = archive.found()
    assert (row["kind"], row["share"] > 0.8) == ("own_year", True)


@pytest.mark.parametrize(("agencies", "told"), [(7, 0), (8, 2)])
def test_among_few_agencies_more_must_be_the_same(
    archive: Archive, agencies: int, told: int
) -> None:
    for number in range(agencies):
        text = [prose("same", 200)] if number < 2 else []
        archive.report(f"99010{number}-x", 2022, *text, prose(number, 300))
    assert len(archive.found()) == told


def test_stock_wording_is_written_in_units_and_long_enough_to_tell() -> None:
    assert len(phrases()) > 150
    for phrase in phrases():
        assert len(phrase) >= 4, phrase
        assert all(stock(phrase)), phrase
    text = units.units(
        "某局依照第二十条第（一）项，本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止"
    )
    assert [bool(each) for each in stock(text)] == [False] * 4 + [True] * (len(text) - 4)
