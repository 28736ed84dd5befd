"""Work sheets and what people hand in: blind, whole, and read as strictly as a stranger's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from archive.audit.agreement import agreement_of
from archive.audit.compare import compare, truth
from archive.audit.draw import Sample
from archive.audit.entries import ABSENT, BLANK, TABLES, UNIT, Entry, all_cells, keys_of
from archive.audit.kit import FILE, Kit, read_kit
from archive.audit.making import make_kit
from archive.audit.originals import Original
from archive.audit.printed_words import said, same, unit_of
from archive.audit.sheet import sheet
from archive.audit.transcript import read_transcripts
from archive.errors import AuditRefused
from archive.root import DataRoot
from tests.audits import PAGES, PICTURE, REPORTS, hand_in, make_root, numbers, read_by_people
from tests.stored import db

URL = list(REPORTS)[2]
#: A cell that the form of 2021 does not have.
OLD = next(key for key in keys_of("t2", "2019") if key not in keys_of("t2", "2021"))
Audited = tuple[DataRoot, Kit, Sample]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    root = make_root(tmp_path_factory.mktemp("audit") / "root")
    kit, sample = make_kit(root, 5, 20, root.path.parent / "kit", ("ab", "cd", "ef"))
    return root, kit, sample


@pytest.fixture
def kit(drawn: Audited) -> Iterator[Kit]:
    """The audit's folder, with nothing handed in."""
    yield drawn[1]
    for path in (drawn[1].folder / "transcripts").iterdir():
        path.unlink()


# -- sheets ----------------------------------------------------------------------------


def test_a_sheet_shows_the_page_and_none_of_our_reading(drawn: Audited) -> None:
    root, kit, sample = drawn
    for url, number in numbers(kit).items():
        text = (kit.folder / "sheets" / f"{number}.html").read_text("utf-8")
        shown = re.findall(r'<iframe sandbox=""[^>]*srcdoc="([^"]*)"', text)
        assert len(shown) == 1
        assert "Content-Security-Policy" in shown[0]
        if url in REPORTS:
            assert REPORTS[url].title in shown[0]
        outside = text.replace(shown[0], "")
        row = db(root, "SELECT report_id, title, agency, region_name FROM reports")
        told = {str(each) for one in row for each in one}
        told |= {each.version_id for each in sample.drawn} | {each.stratum for each in sample.drawn}
        if url in REPORTS:
            told |= {v for v in REPORTS[url].cells.values() if len(v) > 3}
        told -= {"", "None"}
        assert len(told) > 20
        # A number as a whole: four digits may be part of a digest or of a time by chance.
        numbered = {each for each in told if re.fullmatch(r"[\d,.]+", each)}
        words = set(re.findall(r"[0-9A-Za-z,.]+", outside))
        assert not numbered & words
        assert not [each for each in told - numbered if each in outside]


def test_the_folder_tells_no_report_and_no_stratum(drawn: Audited) -> None:
    _, kit, sample = drawn
    text = (kit.folder / FILE).read_text("utf-8") + (kit.folder / "index.html").read_text("utf-8")
    for each in sample.drawn:
        assert each.stratum not in text
        assert not each.version_id or each.version_id not in text
    assert read_kit(kit.folder) == kit
    assert [text.count(f">{number}<") for number in kit.documents] == [1] * len(PAGES)
    assert "ab、cd" in text
    assert "cd、ef" in text


@pytest.mark.parametrize("table", TABLES)
def test_a_sheet_has_each_cell_of_a_form_once_and_empty(table: str) -> None:
    text = sheet("007", "x", [Original("网页", "http://shili.invalid/")])
    for form in TABLES[table]:
        if form != "none":
            block = re.search(
                rf'<div data-table="{table}" data-form="{form}" hidden>(.*?)</div>', text, re.S
            )
            assert block is not None
            keys = re.findall(r'data-key="([^"]+)"', block[1])
            assert sorted(keys) == sorted(keys_of(table, form))
            assert "value=" not in block[1]


def test_a_hostile_original_is_text_in_the_sheet() -> None:
    evil = Original("x", "javascript:alert(1)", page='"><script>1</script>', frames=1)
    text = sheet("001", "x", [evil, Original("y", "http://a/\u202e", text="<script>2</script>")])
    assert text.count("<script>") == 1
    assert 'href="javascript' not in text
    assert "\u202e" not in text


def test_a_folder_in_use_is_not_overwritten(drawn: Audited) -> None:
    root, kit, _ = drawn
    with pytest.raises(AuditRefused, match="in use"):
        make_kit(root, 5, 20, kit.folder)
    with pytest.raises(AuditRefused, match="initials"):
        make_kit(root, 5, 20, kit.folder.parent / "new", ("A B", "cd"))
    with pytest.raises(AuditRefused, match="each once"):
        make_kit(root, 5, 20, kit.folder.parent / "new", ("ab", "ab"))


# -- what a printed cell says --------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "kind", "value", "unit"),
    [
        ("0 ", "number", "0", ""), ("１，２３４", "number", "1234", ""), ("-3", "number", "-3", ""),
        ("+1036", "number", "1036", ""), ("减3", "number", "-3", ""), ("7件", "number", "7", "件"),
        ("43.788万元", "number", "43.788", "万元"), ("1.55万", "number", "15500", ""),
        ("5（件）", "number", "5", "件"), ("三百零五", "number", "305", ""),
        ("十二", "number", "12", ""), ("二百五", "text", None, ""),
        ("12 3", "text", None, ""), ("3(含2件)", "text", None, ""),
        ("1,23", "text", None, ""), ("O", "text", None, ""), ("——", "dash", None, ""),
        ("／", "slash", None, ""), ("无", "none_word", None, ""), ("\u200b", "blank", None, ""),
    ],
)  # fmt: skip
def test_what_a_printed_cell_says(printed: str, kind: str, value: str | None, unit: str) -> None:
    found = said(Entry(printed))
    assert (found.kind, found.unit) == (kind, unit)
    assert found.value == (None if value is None else Decimal(value))


def test_two_people_read_the_same() -> None:
    assert same(Entry("1,234"), Entry("１２３４件"))
    assert not same(Entry("12元"), Entry("12万元"), money=True)
    assert not same(Entry("-"), Entry("/"))
    assert same(Entry("3(含2件)"), Entry("3（含 2 件）"))
    assert not same(Entry("3(含2件)"), Entry("4(含2件)"))
    assert unit_of("（单位：万元）") == "万元"
    assert not unit_of("件")


# -- transcripts ---------------------------------------------------------------------------


def test_what_a_sheet_saves_is_read(kit: Kit) -> None:
    number = numbers(kit)[URL]
    hand_in(kit, number, "ab", read_by_people(URL))
    (one,) = read_transcripts(kit)[number]
    assert (one.by, one.document, one.tables["t3"]) == ("ab", "report", "2021")
    assert len(one.entries) == 5 + 200 + 1  # about it, the cells, the unit of the fee
    assert said(one.entries["t3_granted_total"]).value is not None


GRANTED = ("entries", "t3_granted_total")
#: What is changed in a whole transcript: where, and to what; None takes it away.
CHANGES: dict[str, tuple[tuple[str, ...], Any]] = {
    "unknown cell": (("entries", "t9_x"), {"text": "1"}),
    "not entered": (GRANTED, None),
    "a cell of the other form": (("entries", OLD), {"text": "1"}),
    "empty text": (GRANTED, {"text": " "}),
    "number": (GRANTED, {"text": 12}),
    "two": (GRANTED, {"text": "1", "mark": "blank"}),
    "mark": (GRANTED, {"mark": "no"}),
    "hostile mark": (GRANTED, {"mark": ["blank"]}),
    "long": (GRANTED, {"text": "1" * 201}),
    "year": (("entries", "year"), {"text": "22"}),
    "scope": (("entries", "scope"), {"text": "all"}),
    "unit": (("entries", "t2_fee_charged.unit"), {"text": "件"}),
    "absent agency": (("entries", "agency"), {"mark": "absent"}),
    "form": (("tables", "t3"), "2008"),
    "hostile form": (("tables", "t3"), ["2021"]),
    "table": (("tables", "t9"), "2021"),
    "document": (("document",), {"a": 1}),
    "cells of no report": (("document",), "other"),
    "field": (("extra",), 1),
    "note": (("note",), 1),
    "by": (("by",), "zz"),
    "kind": (("kind",), "x"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_transcript_is_refused_that_no_sheet_saves(kit: Kit, change: str) -> None:
    told = read_by_people(URL)
    (*within, last), value = CHANGES[change]
    place = told[within[0]] if within else told
    if value is None:
        del place[last]
    else:
        place[last] = value
    path = hand_in(kit, numbers(kit)[URL], "ab", told)
    with pytest.raises(AuditRefused, match=path.name):
        read_transcripts(kit)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff\xfe{}", b"[" * 100_000, b'{"kind": 1, "kind": 2}', b"1" * 300_000],
)
def test_a_file_is_refused_that_is_no_transcript(kit: Kit, body: bytes) -> None:
    (kit.folder / "transcripts" / f"{numbers(kit)[URL]}.ab.json").write_bytes(body)
    with pytest.raises(AuditRefused, match="save it"):
        read_transcripts(kit)


def test_names_numbers_people_and_audits_that_do_not_fit_are_refused(kit: Kit) -> None:
    number, told = numbers(kit)[URL], read_by_people(URL)
    path = hand_in(kit, number, "ab", told)
    text = path.read_text("utf-8")
    for name, content in (
        (f"{number}.ab.draft.json", text),
        (f"{number}.cd.json", text),  # says it is ab's
        ("999.ab.json", text.replace(f'"{number}"', '"999"', 1)),
        (f"{number}.cd.json", text.replace(kit.sample, "0" * 16).replace('"ab"', '"cd"')),
    ):
        wrong = path.with_name(name)
        wrong.write_text(content, "utf-8")
        with pytest.raises(AuditRefused, match=re.escape(name)):
            read_transcripts(kit)
        wrong.unlink()
    for by in ("cd", "ef"):
        hand_in(kit, number, by, told)
    with pytest.raises(AuditRefused, match="3 transcripts"):
        read_transcripts(kit)


# -- where two people differ -----------------------------------------------------------------


def test_the_differences_of_two_people_and_what_a_third_settles(kit: Kit) -> None:
    number, a, b = numbers(kit)[URL], read_by_people(URL), read_by_people(URL)
    cells = [key for key in keys_of("t3", "2021") if "text" in a["entries"][key]]
    a["entries"][cells[0]] = {"text": "987654"}
    b["entries"][cells[1]] = {"mark": BLANK}
    b["entries"][cells[2]]["text"] += "件"  # the same number
    b["entries"]["agency"] = {"text": "示例市教育体育局"}
    b["entries"]["title"] = {"text": "又一标题"}  # nothing rests on it
    b["tables"]["t4"] = "none"
    for key in keys_of("t4", "2021"):
        del b["entries"][key]
    hand_in(kit, number, "ab", a)
    hand_in(kit, number, "cd", b)
    found = agreement_of(kit)
    compared = found.compared[number]
    keys = [each.key for each in compared.differences]
    assert keys == ["agency", cells[0], cells[1], *keys_of("t4", "2021")]
    assert (compared.cells, compared.cells - compared.alike) == (200, 17)
    assert found.unsettled == (number,)
    assert {pair.by for pair in compared.pair} == {"ab", "cd"}
    answers = {key: Entry("42") for key in keys} | {"agency": Entry(REPORTS[URL].agency)}
    told = truth(compared, answers)
    assert told.entries[cells[1]] == Entry("42")
    assert told.entries[OLD] == Entry(mark=ABSENT)
    assert set(all_cells()) < set(told.entries)
    with pytest.raises(KeyError):
        truth(compared, {})


def test_who_is_first_is_not_told_by_a_name(kit: Kit) -> None:
    number = numbers(kit)[URL]
    for by in ("ab", "cd"):
        hand_in(kit, number, by, read_by_people(URL))
    pair = read_transcripts(kit)[number]
    firsts = {compare(pair, str(audit)).pair[0].by for audit in range(40)}
    assert firsts == {"ab", "cd"}
    assert compare(pair, kit.sample) == compare(pair[::-1], kit.sample)


def test_what_is_no_report_to_one_of_them_is_settled_first(kit: Kit) -> None:
    number = numbers(kit)[PICTURE]
    report = {
        "document": "report", "tables": dict.fromkeys(TABLES, "none"), "note": "",
        "entries": {key: {"text": text} for key, text in (
            ("title", "年报"), ("agency", "示例市档案局"), ("region", "示例市"), ("year", "2022"),
            ("scope", "own"),
        )},
    }  # fmt: skip
    hand_in(kit, number, "ab", report)
    hand_in(kit, number, "cd", read_by_people(PICTURE))
    compared = agreement_of(kit).compared[number]
    assert [each.key for each in compared.differences] == [
        "document", "agency", "region", "year", "scope",
    ]  # fmt: skip
    assert truth(compared, {"document": Entry("other")}).entries == {}


def test_units_in_headings_are_entries(kit: Kit) -> None:
    assert [key for key in all_cells() if key.endswith(UNIT)] == [
        "t2_fee_charged.unit",
        "t2_procurement_amount.unit",
    ]
    assert json.loads((kit.folder / FILE).read_text())["size"] == 20
    assert Path(kit.folder / "settled").is_dir()
