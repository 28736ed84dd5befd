"""Odd pages are read exactly, or abstained from: never wrong, never invented."""

from __future__ import annotations

import pytest

from extract import read
from tests.oddities import ODDITIES, scattered
from tests.portal.render import article_html
from tests.readback import difference

#: Nothing to change in some layouts: no such label, no such cell.
_MAY_SAY_THE_SAME = {
    "wrong_spans", "enumerators", "spaced_labels", "half_brackets", "spaced_points",
    "full_width_commas", "blank_entities", "words_for_nothing", "heading_cells", "fee_with_unit",
    "tables_of_blocks",
}  # fmt: skip


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("name", ODDITIES)
def test_an_odd_page_is_read_exactly_or_left_alone(name: str, form: str) -> None:
    for number, marks in enumerate(("full", "few", "mixed")):
        report = scattered(form, number, marks)
        page = ODDITIES[name](report)
        assert page.text != article_html(report) or name in _MAY_SAY_THE_SAME
        found = difference(read(page.text.encode()), page.want)
        assert not found.wrong
        assert not found.invented
        if page.kept:
            assert not found.missing


def test_marks_and_numbers_are_scattered_over_all_tables() -> None:
    report = scattered("2021", 1, "mixed")
    said = list(report.cells.values())
    assert {"", "/", "—"} < set(said)
    numbers = [text for text in said if text[:1].isdigit()]
    assert len(set(numbers)) == len(numbers) > 100
    assert scattered("2021", 1, "mixed") == report != scattered("2021", 2, "mixed")
