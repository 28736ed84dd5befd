"""The index and the question: what is found is what a substring search of the texts finds."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.schema import TEXT
from archive.search import Found, Question, asking, search, titles
from archive.search.asking import MOST_TITLES
from archive.search.bigrams import NOTHING, asked, match, words
from archive.search.folding import composed, fold, places
from archive.search.index import YEAR, Numbers, document, write_index
from archive.search.names import MOST_AGENCIES, Names
from archive.search.snippets import snippet

OWN = {"agency_id": "990101-audit", "region_code": "990101", "kind": "audit", "scope": "own"}

REPORTS = (
    "CREATE TABLE reports (version_id, title, title_derived, agency_id, region_code, kind, scope)"
)


def library(
    texts: Sequence[str], year: int = 2021, headings: Mapping[int, str] | None = None
) -> sqlite3.Connection:
    """A text.db whose chapters are some texts: 0, 1, 2 …, each a report of its own."""
    return shelved([(f"{i}.v1", year, text, OWN) for i, text in enumerate(texts)], headings)


def shelved(
    rows: Sequence[tuple[str, int, str, Mapping[str, str | None]]],
    headings: Mapping[int, str] | None = None,
) -> sqlite3.Connection:
    nianbao, text = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    text.executescript(TEXT)
    nianbao.execute(REPORTS)
    numbers = Numbers()
    for i, (version_id, year, said, marks) in enumerate(rows):
        values = [version_id, f"{said[:3]}之题", *(marks[name] for name in OWN)]
        nianbao.execute("INSERT INTO reports VALUES (?, ?, NULL, ?, ?, ?, ?)", values)
        row = {"version_id": version_id, "chapter": "一", "position": 1}
        row |= {"heading": (headings or {}).get(i), "text": said}
        (numbered,) = numbers.given([row], year)
        text.execute("INSERT INTO chapters VALUES (?, ?, ?, ?, ?, ?)", list(numbered.values()))
    write_index(nianbao, text)
    return text


def all_pages(db: sqlite3.Connection, question: Question) -> list[Found]:
    pages = [search(db, question)]
    while pages[-1].after is not None:
        fields = {name: getattr(question, name) for name in question.__slots__}
        question = Question(**{**fields, "before": pages[-1].after})
        pages.append(search(db, question))
    return pages


def hits(db: sqlite3.Connection, text: str, **limits: object) -> list[str]:
    question = Question(text, **limits)  # type: ignore[arg-type]  # numbers and texts by name
    return [
        hit.version_id.removesuffix(".v1") for page in all_pages(db, question) for hit in page.hits
    ]


def plain(text: str) -> str:
    """Our folding, said in another way and by nobody's table."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    dropped = ("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp")
    return "".join(c for c in folded if c == "\n" or unicodedata.category(c) not in dropped)


def truth(texts: Sequence[str], question: str) -> list[str]:
    sought = [word for word in map(plain, question.split()) if any(c.isalnum() for c in word)]
    return [
        str(i) for i, text in enumerate(texts) if sought and all(w in plain(text) for w in sought)
    ]


#: Few characters, so that a short question is often found, and its pairs without it.
FEW = st.sampled_from("信息公开税aＡ1２３，。 \n\u200b\u202e\ue000\ue001𠮷")
QUESTIONS = st.text(FEW, min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(FEW, max_size=40), min_size=1, max_size=30), QUESTIONS)
def test_what_is_found_is_what_the_texts_hold(texts: list[str], question: str) -> None:
    assert hits(library(texts), question) == truth(texts, question)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30), st.integers(0, 29), st.integers(1, 8))
def test_any_piece_of_any_text_is_found(text: str, start: int, length: int) -> None:
    piece = composed(text)[start : start + length]
    found = hits(library([text, "别的"]), piece)
    assert ("0" in found) is bool(words(piece))


def test_pairs_alone_are_no_hit() -> None:
    texts = ["公开信，信息公", "信息公开", "信息，公开"]
    assert hits(library(texts), "信息公开") == ["1"]
    assert hits(library(texts), "信息 公开") == ["0", "1", "2"]
    assert match("信息公开") == '"信息" AND "息公" AND "公开"'


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("2021年", ["0", "1"]), ("２０２１年", ["0", "1"]), ("2021 年", ["1"]), ("021", ["0", "1"]),
        ("gdp", ["0"]), ("ＧＤＰ", ["0"]), ("dp增", ["0"]), ("税", ["1"]), ("下降5%", ["1"]),
        ("“一网通办”", ["1"]), ("一网通办", ["1"]), ("段末二段", []), ("七、收费", ["2"]),
        ("主动公开政府信息情况", []), ("四级", ["3"]), ("café", ["3"]), ("cafe\u0301", ["3"]),
    ],
)  # fmt: skip
def test_widths_case_spaces_and_headings(question: str, found: list[str]) -> None:
    texts = [
        "２０２１　年，GDP增长。",
        "2021 年下降5%，纳\u200b税；“一网通办”；段末\n二段",
        "甲",
        "㊃级，cafe\u0301",
    ]
    headings = {1: "二、主动公开政府信息情况", 2: "七、收费情况"}
    # A number beside a space is the text's own; as a word of the question it stands alone.
    expected = ["0", "1"] if question == "2021 年" else found
    assert hits(library(texts, headings=headings), question) == expected


def test_the_newest_year_comes_first_and_pages_follow_one_another() -> None:
    rows = [
        (f"{agency}-{year}.v1", year, f"公开{agency}", OWN)
        for agency in range(10, 35)
        for year in (2019, 2021, 2020)
    ]
    db = shelved(rows)
    pages = all_pages(db, Question("公开"))
    found = [hit.version_id for page in pages for hit in page.hits]
    assert [len(page.hits) for page in pages] == [20, 20, 20, 15]
    assert found == [
        f"{agency}-{year}.v1" for year in (2021, 2020, 2019) for agency in range(10, 35)
    ]
    assert [page.most for page in pages] == [75, 55, 35, 15]
    assert [page.is_whole for page in pages] == [False, False, False, True]
    assert hits(db, "公开", year=2020) == [f"{agency}-2020" for agency in range(10, 35)]


def test_filters() -> None:
    def of(agency: str, region: str | None, kind: str | None, scope: str) -> dict[str, str | None]:
        return {"agency_id": agency, "region_code": region, "kind": kind, "scope": scope}

    db = shelved(
        [
            ("a.v1", 2020, "疫苗", of("990000-a", "990000", "market_reg", "own")),
            ("b.v1", 2020, "疫苗", of("990100-b", "990100", "market", "own")),
            ("c.v1", 2020, "疫苗", of("990102-c", "990102", "government", "aggregate")),
            ("d.v1", 2020, "疫苗", of("990102001-d", "990102001", "town", "own")),
            ("e.v1", 2020, "疫苗", of("980102-e", "980102", "reg", "unknown")),
            ("f.v1", 2020, "疫苗market_reg990102", of("u-f", None, None, "own")),
        ]
    )
    for limits, found in (
        ({}, "abcdef"),
        ({"regions": ("990000",)}, "abcd"), ({"regions": ("99",)}, "abcd"),
        ({"regions": ("990100",)}, "bcd"), ({"regions": ("990102",)}, "cd"),
        ({"regions": ("990102001",)}, "d"), ({"regions": ("980102", "990102001")}, "de"),
        ({"kind": "market_reg"}, "a"), ({"kind": "market"}, "b"), ({"kind": "reg"}, "e"),
        ({"scope": "aggregate"}, "c"), ({"scope": "own", "regions": ("990102",)}, "d"),
        ({"agency": "990102-c"}, "c"), ({"agency": "u-f"}, "f"), ({"year": 2019}, ""),
        ({"regions": ('9" OR "',)}, ""), ({"kind": "a* NOT b"}, ""),
    ):  # fmt: skip
        assert "".join(hits(db, "疫苗", **limits)) == found, limits


def test_only_current_versions_are_found() -> None:
    db = library(["甲乙丙"])
    assert hits(db, "乙丙") == ["0"]
    nianbao = sqlite3.connect(":memory:")
    nianbao.execute(REPORTS)
    text = sqlite3.connect(":memory:")
    text.executescript(TEXT)
    text.execute("INSERT INTO chapters VALUES (?, 'x.v1', '一', 1, NULL, '乙丙')", [YEAR * 2020])
    write_index(nianbao, text)
    assert hits(text, "乙丙") == []


def test_titles_are_apart_from_texts() -> None:
    rows = [(f"{i}-{year}.v1", year, f"甲{i}文", OWN) for i in (1, 2, 3) for year in (2019, 2020)]
    db = shelved(rows)
    assert titles(db, Question("1文之题")) == ["1-2020.v1", "1-2019.v1"]
    assert titles(db, Question("1文之题", year=2019)) == ["1-2019.v1"]
    assert titles(db, Question("之题", kind="finance")) == []
    assert titles(db, Question("之题", before=1)) == []
    assert hits(db, "之题") == []
    assert len(hits(db, "甲")) == 6
    many = shelved([(f"{i}.v1", 2019, "甲", OWN) for i in range(MOST_TITLES + 1)])
    assert titles(many, Question("甲之题")) == []


HOSTILE = (
    '"', "*", "'", "公开*", '公开"', "公开 AND 信息", "NEAR(公开 信息)", "-公开",
    "公开 OR 甲", "text:公开", "^公开", "公开\0信息", "{公开}", "公开)", "(", "公" * 10_000,
    "公开 " * 3_000, "\ud800公开", "😀", "😀公开", "a" * 10_000, ".*", "[公开]", "%公_", "\\",
    "\ue000990101", "\ue001audit", "NOT", "\x1a", "﷽", "ﬀ",
)  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE, ids=lambda each: ascii(each[:12]))
def test_no_question_is_syntax(question: str) -> None:
    texts = ["信息公开，甲", "公开信息"]
    assert hits(library(texts), question) == truth(texts, question)


def test_a_question_of_marks_alone_finds_nothing() -> None:
    for question in ("", " ", "，。", "\ue000", "%_"):
        assert match(question) == NOTHING
        assert hits(library(["%_，。"]), question) == []


def test_a_search_that_takes_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    # All pairs, nowhere together.
    db = library(["公开信，信息公"] * 50 + ["信息公开"])
    assert hits(db, "信息公开") == ["50"]
    monkeypatch.setattr(asking, "MOST_READ", 20)
    first = search(db, Question("信息公开"))
    assert (first.hits, first.is_cut, first.is_whole) == ((), True, False)
    assert hits(db, "信息公开") == ["50"]  # asked on from there
    monkeypatch.setattr(asking, "LONGEST", -1.0)
    cut = search(db, Question("信息公开"))
    assert cut.is_cut
    assert cut.after is not None


def test_counts_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    db = library(["公开"] * 25)
    assert search(db, Question("公开")).most == 25
    assert search(db, Question("公开")).is_exact
    assert not search(library(["信息公开"] * 25), Question("信息公开")).is_exact
    monkeypatch.setattr(asking, "MOST", 24)
    assert search(db, Question("公开")).most is None
    assert search(db, Question("不在")).most == 0


# -- snippets ------------------------------------------------------------------------------


def test_a_snippet_shows_the_text_as_printed() -> None:
    text = "前" * 200 + "。２０２１ 年，疫\u200b苗" + "中" * 300 + "接种\n二、后" + "后" * 200
    pieces = snippet(text, words("2021年 疫苗 接种"))
    assert [each for each, is_word in pieces if is_word] == ["２０２１ 年", "疫\u200b苗", "接种"]
    assert "".join(each for each, _ in pieces).count("…") == 3
    assert "接种 二、后" in "".join(each for each, _ in pieces)
    assert len("".join(each for each, _ in pieces)) < 220


@settings(max_examples=150, deadline=None)
@given(st.text(FEW, max_size=300), QUESTIONS)
def test_a_snippet_is_cut_from_the_text(text: str, question: str) -> None:
    sought = words(question)
    if not sought:
        return
    pieces = snippet(text, sought)
    assert bool(pieces) is all(word in fold(text) for word in sought)
    if not pieces:
        return
    marked = [fold(piece) for piece, is_word in pieces if is_word]
    assert marked
    assert all(any(word in each for word in sought) for each in marked)
    for stretch in "".join(piece for piece, _ in pieces).split("…"):
        assert stretch in composed(text).replace("\n", " ")


def test_places_lead_back() -> None:
    text = "ﬁ２ \u200bé㎡"
    assert (fold(text), places(text, 9)) == ("fi2ém2", [0, 0, 1, 4, 5, 5])


# -- names ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def names() -> Names:
    db = sqlite3.connect(":memory:")
    db.executescript(
        "CREATE TABLE agencies (agency_id, name, region_name, region_code, kind, reports, "
        "short_name); CREATE TABLE agency_names (agency_id, name);"
    )
    town, district = "示例省示例市", "示例省示例市示例区"
    db.executemany(
        "INSERT INTO agencies VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            ("1", "示例市财政局", town, "990100", "finance", 5, "市财政局"),
            ("2", "示例区财政局", district, "990102", "finance", 4, "区财政局"),
            ("3", "示例区人民政府", district, "990102", "government", 3, None),
            ("4", "示例区财政局（无年报）", district, "990102", "finance", 0, None),
            ("5", "某局%_", None, None, None, 1, None),
        ],
    )
    db.execute("INSERT INTO agency_names VALUES ('2', '示例区财政和国资局')")
    return Names(db)


@pytest.mark.parametrize(
    ("question", "limits", "found"),
    [
        ("示例区财政局", {}, "2"), ("财政", {}, "12"), ("区财政局", {}, "2"),
        ("示例区 财政", {}, "2"), ("国资", {}, "2"), ("示例", {}, "123"),
        ("财政", {"regions": ("990102",)}, "2"), ("示例", {"kind": "government"}, "3"),
        ("%_", {}, ""), ("某局%_", {}, "5"), ("无年报", {}, ""), ("", {}, ""),
        ("财 政 局 国资", {}, "2"), ("局示", {}, ""),
    ],
)  # fmt: skip
def test_agencies_by_any_part_of_a_name(
    names: Names, question: str, limits: dict[str, object], found: str
) -> None:
    agencies, is_all = names.find(question, **limits)  # type: ignore[arg-type]  # numbers and texts by name
    assert "".join(each.agency_id for each in agencies) == found
    assert is_all


def test_a_former_name_is_told(names: Names) -> None:
    ((found,), _) = names.find("国资局")
    assert (found.name, found.other) == ("示例区财政局", "示例区财政和国资局")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("示例区财政局 收费", [("2", "收费")]), ("收费 示例区财政局 疫苗", [("2", "收费 疫苗")]),
        ("示例区财政局", []), ("财政 收费", []), ("示例区财政局 ，", []),
        ("示例区财政和国资局 收费", [("2", "收费")]),
        ("示例市财政局 示例区财政局", [("1", "示例区财政局"), ("2", "示例市财政局")]),
    ],
)  # fmt: skip
def test_a_word_that_is_an_agency(
    names: Names, question: str, found: list[tuple[str, str]]
) -> None:
    assert [(each.agency_id, rest) for each, rest in names.within(question)] == found


def test_many_agencies_are_said_to_be_more() -> None:
    db = sqlite3.connect(":memory:")
    db.executescript(
        "CREATE TABLE agency_names (agency_id, name);"
        "CREATE TABLE agencies AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c "
        f"LIMIT {MOST_AGENCIES + 1}) SELECT i AS agency_id, '财政局' || i AS name, "
        "NULL AS region_name, NULL AS region_code, NULL AS kind, 1 AS reports, "
        "NULL AS short_name FROM c"
    )
    found, is_all = Names(db).find("财政局")
    assert (len(found), is_all) == (MOST_AGENCIES, False)
    found, is_all = Names(db).find("财政局7 财")
    assert is_all


# -- the order of chapters -----------------------------------------------------------------


def test_prescribed_headings_are_not_searched() -> None:
    for heading in (
        "一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "五、存在的主要问题及改进情况", "五、存在问题及改进情况", "六、其他需要报告的事项",
        "六、 其他需要报告的事项。",
    ):  # fmt: skip
        assert document(heading, "甲") == "甲", heading
    assert document("五、收费及减免情况", "甲") == "五、收费及减免情况\n甲"
    assert document(None, "甲") == "甲"


def test_tokens_of_a_question() -> None:
    assert asked("收到13579件") == ("收到", "到1", "135", "357", "579", "9件")
    assert asked("a，b") == ("a", "b")
