"""Numbers in findings' sentences, and sums of what floating-point numbers cannot hold."""

from __future__ import annotations

import pytest

from archive.checks import wording as of_several
from extract.checks import wording
from extract.checks.running import Equation, assess
from extract.types import Figure, Finding, Value
from tests.small_release import Printed
from tests.test_archive_checks import FINANCE, NEW, REGIONS, ask, direct, members, passes


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (275788.31, "275788.31"),
        (1234567.5, "1234567.5"),
        (0.1 + 0.2, "0.3"),
        (12345678901, "12345678901"),
        (12345678901234.56, "12345678901234.56"),
        (1e22, "10000000000000000000000"),
        (0.0000004, "0"),
        (-0.0000004, "0"),
        (-3.5, "-3.5"),
        (700.0, "700"),
        (None, "（空）"),
    ],
)
def test_a_number_is_said_with_all_its_digits(value: Value, want: str) -> None:
    assert wording.say(value) == want
    assert of_several.say is wording.say


def figure(measure: str, value: Value, status: str = "reported") -> Figure:
    return Figure("t2", "procurement", measure, str(value), value, status)


def said(left: list[Value], right: list[Value], *less: Value, **more: bool) -> Finding | None:
    sides = (tuple(figure("amount", value) for value in side) for side in (left, right, less))
    one, other, taken = sides
    return assess("C01", Equation(one, other, "甲{}", "A{}", ("", ""), taken, **more))


@pytest.mark.parametrize("at_least", [False, True])
def test_a_sentence_says_what_its_sides_are(at_least: bool) -> None:
    found = said([275788.31], [1234567.25, 0.1, 0.2], at_least=at_least)
    assert found is not None
    assert (found.left, found.right) == (275788.31, 1234567.55)
    assert "前者为275788.31，后者为1234567.55。" in found.sentence
    assert "275788.31 on one side and 1234567.55 on the other" in found.sentence_en


def test_sums_and_differences_that_only_floats_tell_apart_are_equal() -> None:
    assert said([0.1, 0.2], [0.3]) is None
    assert said([0.1], [0.3], 0.2) is None
    assert said([0.1], [0.300001], 0.2) is not None


def test_sums_over_years_are_rounded_alike() -> None:
    def reports(in_force: float) -> list[Printed]:
        names = ("t2_normative_issued", "t2_normative_repealed", "t2_normative_in_force")
        now = dict(zip(names, (0.2, 0, in_force), strict=True))
        before = Printed(FINANCE, 2022, {"t2_normative_in_force": 0.1})
        return [before, Printed(FINANCE, 2023, now)]

    assert direct("C12", *reports(0.3)) == []
    held, other = (sum(passes("C12", *reports(each)).values()) for each in (0.3, 0.4))
    assert held == other + 1
    assert direct("C12", *reports(0.4)) == [("fail", 0.4, 0.3)]


def test_a_sum_of_members_is_rounded_alike() -> None:
    def of(whole: float) -> list[Printed]:
        new = {"government": whole, "gov_office": 0.1, "finance": 0.2}
        return [
            Printed(each.office, 2022, {NEW: new.get(each.office.kind, 0)}, each.scope)
            for each in members(13)
        ]

    assert ask("C18", *of(0.3), regions=REGIONS) == []
    assert [row[1:4] for row in ask("C18", *of(0.7), regions=REGIONS)] == [("fail", 0.7, 0.3)]
