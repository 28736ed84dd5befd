"""A reader that takes reports for another year's is refused; builds by and by equal fresh ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from archive.errors import ReleaseRefused
from archive.manifest import current_manifest
from archive.root import DataRoot
from extract import read
from extract.types import Report
from tests.stored import SITE, Got, Run, article, build, keep, report_of

YEARS = range(2019, 2024)


@contextlib.contextmanager
def a_year_later() -> Iterator[None]:
    """A reader that takes each report for the next year's."""

    def other(body: bytes) -> Report:
        report = read(body)
        year = (report.year or 0) + 1
        pieces = tuple(replace(piece, value=str(year)) for piece in report.evidence["year"])
        return replace(report, year=year, evidence={**report.evidence, "year": pieces})

    with contextlib.ExitStack() as patched:
        patched.enter_context(mock.patch("tests.stored.read", other))
        for place in ("readings", "release.publish", "release.history"):
            name = f"archive.{place}.reader_version"
            patched.enter_context(mock.patch(name, return_value="another"))
        yield


def test_reports_that_are_another_years_all_at_once_are_refused(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    pages = [Got(f"{SITE}/{y}.html", article(report_of(y)), "年度报告") for y in YEARS]
    keep(root, Run(pages))
    first = build(root).folder
    with a_year_later():
        with pytest.raises(ReleaseRefused, match="5 reports are another year's or agency's now"):
            build(root)
        assert root.current.resolve() == first
        assert build(root, accept="the years were wrong").is_new


def test_a_text_seen_again_is_a_new_input(tmp_path: Path) -> None:
    """Whether the old words stand still decides what a change is: no build may miss it."""
    old, new = article(), article(report_of()).replace("总体情况".encode(), "总体情况。".encode())
    assert old != new
    runs = [
        Run([Got(f"{SITE}/a.html", old)], day="2024-01-01"),
        Run([Got(f"{SITE}/b.html", new)], day="2024-02-01"),
        Run([Got(f"{SITE}/a.html", old)], day="2024-03-01"),
    ]
    step, whole = DataRoot(tmp_path / "step"), DataRoot(tmp_path / "whole")
    for run in runs:
        keep(step, run)
        build(step)
    keep(whole, *runs)
    build(whole)
    assert current_manifest(step)["content_hash"] == current_manifest(whole)["content_hash"]
