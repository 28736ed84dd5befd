"""What counts as an error: cell by cell, and of agency, year and scope."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from archive.audit.compare import Truth
from archive.audit.entries import Entry
from archive.audit.judge import Judged, judge
from archive.audit.kit import Kit
from archive.audit.machine import Cell, Held
from archive.audit.measures import Counts
from archive.audit.naming import same_agencies
from archive.errors import CurationRefused

KEY, FEE = "t3_granted_total", "t2_fee_charged"
HELD = Held(("示例县教育体育局", "示例县教育局"), "示例省示例市示例县", 2022, "own")
ABOUT = {
    "agency": Entry("示例县教育体育局"), "region": Entry(mark="blank"), "year": Entry("2022"),
    "scope": Entry("own"),
}  # fmt: skip


def judged(entries: dict[str, Entry], held: Held = HELD) -> Judged:
    return judge(Truth("001", "report", {**ABOUT, **entries}), held)


def holding(**cells: Cell) -> Held:
    return replace(HELD, cells=cells)


@pytest.mark.parametrize(
    ("people", "machine", "kind"),
    [
        (Entry("1,234"), Cell(Decimal(1234), "reported"), ""),
        (Entry("0"), Cell(Decimal(0), "reported"), ""),
        (Entry("7件"), Cell(Decimal(7), "reported"), ""),
        (Entry("12"), Cell(Decimal(21), "reported"), "wrong"),
        (Entry("0"), Cell(None, "blank"), "missing"),
        (Entry("12"), Cell(None, "unparsed"), "missing"),
        (Entry("12"), Cell(), "missing"),
        (Entry(mark="blank"), Cell(Decimal(0), "reported"), "invented"),
        (Entry(mark="absent"), Cell(Decimal(3), "inferred"), "invented"),
        (Entry("/"), Cell(Decimal(3), "reported"), "invented"),
        (Entry("3(含2件)"), Cell(Decimal(3), "reported"), "invented"),
        (Entry("3(含2件)"), Cell(None, "unparsed"), ""),
        (Entry("/"), Cell(None, "slash"), ""),
        (Entry("/"), Cell(None, "blank"), "class"),
        (Entry(mark="blank"), Cell(None, "blank"), ""),
        (Entry(mark="absent"), Cell(None, "blank"), "class"),
        (Entry(mark="blank"), Cell(), "class"),
        (Entry(mark="absent"), Cell(), ""),
        (Entry(mark="illegible"), Cell(Decimal(3), "reported"), ""),
    ],
)  # fmt: skip
def test_a_cell(people: Entry, machine: Cell, kind: str) -> None:
    found = judged({KEY: people}, holding(**{KEY: machine}))
    assert [each.kind for each in found.errors] == [kind] * bool(kind)
    assert found.illegible == ((KEY,) if people.mark == "illegible" else ())
    number = people.text in ("1,234", "0", "7件", "12")
    assert (found.counts.printed, found.counts.nonzero) == (
        int(number), int(number and people.text != "0"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("people", "heading", "unit", "wrong"),
    [
        ("12.5", "万元", "万元", 0), ("12.5万元", "", "万元", 0), ("12.5元", "万元", "元", 0),
        ("12.5", "元", "万元", 1), ("12.5", "", "万元", 1), ("12.5", "万元", "", 1),
        ("0", "万元", "", 0), ("12.5", "illegible", "万元", 0),
    ],
)  # fmt: skip
def test_an_amount_is_its_number_and_its_unit(
    people: str, heading: str, unit: str, wrong: int
) -> None:
    said = Entry(mark=heading) if heading == "illegible" else Entry(heading)
    value = Decimal(0) if people == "0" else Decimal("12.5")
    entries = {FEE: Entry(people), FEE + ".unit": said if heading else Entry(mark="blank")}
    found = judged(entries, holding(**{FEE: Cell(value, "reported", unit)}))
    assert found.counts.wrong == wrong


@pytest.mark.parametrize(
    ("agency", "region", "right"),
    [
        ("示例县教育体育局", "", True), ("示例市示例县教育体育局", "", True), ("教育局", "", True),
        ("示例县教育局", "示例市示例县", True), ("示例县教育局", "又一市示例县", False),
        ("又一县教育体育局", "", False), ("示例县教育体育局审计科", "", False), ("局", "", False),
        ("", "示例县", True), ("示例县人民政府教育局", "", False),
    ],
)  # fmt: skip
def test_the_agency(agency: str, region: str, right: bool) -> None:
    said = {
        "agency": Entry(agency) if agency else Entry(mark="illegible"),
        "region": Entry(region) if region else Entry(mark="blank"),
    }
    assert judged(said).counts.agency_wrong == (not right)


@pytest.mark.parametrize(
    ("people", "machine", "right"),
    [
        ("示例县人民政府", "示例县", True), ("示例县", "示例市示例县人民政府", True),
        ("人民政府", "示例县人民政府", False), ("又一县人民政府", "示例县", False),
        ("示例县人民政府办公室", "示例县", False),
    ],
)  # fmt: skip
def test_a_place_is_its_government(people: str, machine: str, right: bool) -> None:
    found = judged({"agency": Entry(people)}, replace(HELD, names=(machine,)))
    assert found.counts.agency_wrong == (not right)


def test_year_and_scope_are_wrong_only_where_the_page_says_another_one() -> None:
    other = {"year": Entry("2021"), "scope": Entry("aggregate")}
    assert judged(other).counts == Counts(year_wrong=1, scope_wrong=1)
    silent = {"year": Entry(mark="blank"), "scope": Entry("unclear")}
    assert judged(silent).counts == Counts()
    assert judged(other, replace(HELD, scope="unknown")).counts == Counts(year_wrong=1)


def test_documents_that_are_no_reports_that_nobody_can_read_and_that_were_missed() -> None:
    held = holding(**{KEY: Cell(Decimal(3), "reported")})
    none = judge(Truth("001", "other", {}), held)
    assert none.counts == Counts(invented=1, agency_wrong=1, year_wrong=1, scope_wrong=1)
    unread = judge(Truth("001", "illegible", {}), held)
    assert (unread.counts, unread.unread) == (Counts(), True)
    assert judge(Truth("001", "other", {}), None).counts == Counts()
    missed = judge(Truth("001", "report", ABOUT), None)
    assert missed.counts == Counts(missed=1)
    assert missed.errors[0].people == "a report of 示例县教育体育局"


def test_a_person_may_decide_that_two_names_are_one_agency(tmp_path: Path) -> None:
    other = Truth("001", "report", {**ABOUT, "agency": Entry("县教体局")})
    assert judge(other, HELD).counts.agency_wrong == 1
    assert judge(other, HELD, same_agency=True).errors == ()
    kit = Kit(tmp_path, "r", "0" * 64, 1, 2, {"001": "0" * 64})
    assert same_agencies(kit) == {}
    entry = '[[same]]\nnumber = "001"\nreason = "short"\nby = "gh"\ndate = 2026-12-20\n'
    (tmp_path / "agencies.toml").write_text(entry, "utf-8")
    assert same_agencies(kit)["001"].date == "2026-12-20"
    for wrong in (entry * 2, entry.replace("001", "002"), entry.replace('by = "gh"', "")):
        (tmp_path / "agencies.toml").write_text(wrong, "utf-8")
        with pytest.raises(CurationRefused, match=r"agencies\.toml"):
            same_agencies(kit)
