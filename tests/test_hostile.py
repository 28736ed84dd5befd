"""Hostile documents at a size that is quick; `make prove ONLY=hostile` has the heavy ones."""

from __future__ import annotations

import pytest

from extract import read
from extract.errors import ReaderFault, ReadingError, ReadingLimit
from extract.formats import limits
from extract.worker import Outcome, read_all
from tests.hostile import DOCUMENTS, PAGE, REPORT, RUNS, with_run
from tests.readback import compare

_QUICK = 3_000


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """Every document, smaller, and a good one after each, in the same run."""

    def documents() -> list[tuple[str, bytes]]:
        made = []
        for name, (make, size) in DOCUMENTS.items():
            made += [(name, make(min(size, _QUICK))), (f"after {name}", PAGE.encode())]
        return made

    return {outcome.key: outcome for outcome in read_all(documents(), processes=2)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_ends_in_one_error_and_the_next_is_read(
    outcomes: dict[str, Outcome], name: str
) -> None:
    outcome, after = outcomes[name], outcomes[f"after {name}"]
    assert (outcome.report is None) != (outcome.error is None)
    assert not isinstance(outcome.error, ReaderFault)
    assert "longer than" not in str(outcome.error)
    assert after.report is not None
    assert compare(after.report, REPORT).none


@pytest.mark.parametrize("unit", RUNS)
def test_no_pattern_runs_away(unit: str) -> None:
    outcomes = {times: read(with_run(unit, times)) for times in (300, 2_500)}
    assert all(compare(report, REPORT).none for report in outcomes.values())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><body>" + b"<p>x" * limits.MOST_TAGS, "tags"),
        (b"<html><body><p>" + b"x" * limits.MOST_BYTES, "MB"),
        (b"x" * (limits.MOST_BYTES + 1), "MB"),
        (b"1\n" * (limits.MOST_ROWS + 1), "rows or lines"),
        (b"<pre>" + b"1\n" * (limits.MOST_ROWS + 1), "rows or lines"),
        (b"<p>1" * (limits.MOST_ROWS + 1), "rows or lines"),
        (b"<table>" + b"<tr><td>1<td>2" * (limits.MOST_ROWS + 1), "rows or lines"),
    ],
)
def test_a_limit_is_named(body: bytes, message: str) -> None:
    with pytest.raises(ReadingLimit, match=message):
        read(body)


@pytest.mark.parametrize("tag", [b"<div>", b"<b>", b"<table><tr><td>", b"<table><tr><td>1<td>"])
def test_a_page_that_nests_too_deeply_is_not_read_in_part(tag: bytes) -> None:
    deep = PAGE.encode().replace(b"</table>", b"</table>" + tag * 3_000, 1)
    with pytest.raises(ReadingError, match="too deeply"):
        read(deep)


def test_a_page_nests_as_deeply_as_word_processors_do() -> None:
    deep = PAGE.replace('<div class="TRS_Editor">', "<div>" * 500 + "<b>" * 500)
    assert compare(read(deep.encode()), REPORT).none


@pytest.mark.parametrize("part", range(10))
def test_a_page_cut_anywhere_gives_no_wrong_number(part: int) -> None:
    body = PAGE.encode()
    for cut in range(1 + part * 37, len(body), 370):
        try:
            report = read(body[:cut])
        except ReadingError:
            continue
        difference = compare(report, REPORT)
        assert not difference.wrong
        assert not difference.invented
