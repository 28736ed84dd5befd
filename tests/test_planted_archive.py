"""A small sibling of `make prove ONLY=meaning`: every kind of error once, found where it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import planted_archive
from tests.prove import meaning


def test_every_planted_error_is_found_and_none_elsewhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert meaning.proved(2), capsys.readouterr().out


def test_the_proof_sees_what_is_missed_and_what_is_too_much() -> None:
    made = planted_archive.country(0)
    made.planted.append(planted_archive.Planted("990000-audit-2020", "C11"))
    assert list(meaning.missed(made, set())) == made.planted
    found = {("990000-audit-2020", "C11", "fail"), ("990000-audit-2021", "C01", "fail")}
    assert list(meaning.missed(made, found)) == []
    assert list(meaning.elsewhere(made, found)) == [("990000-audit-2021", "C01", "fail")]
    also = found | {("990000-tax-2021", "C17", "fail"), ("990000-tax-2021", "C19", "fail")}
    assert len(list(meaning.elsewhere(made, also))) == 2  # C19 needs no archive
    assert len(list(meaning.elsewhere(replace(made, touched={"990000-tax-2021"}), also))) == 1
