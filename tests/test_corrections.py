"""Corrections by hand through a build: laid over, told, void, taken back, never a page's change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.root import DataRoot
from tests.portal.reports import FictionalReport
from tests.stored import ID, SITE, Got, Run, article, build, db, keep, report_of

URL = f"{SITE}/a.html"
#: A total of table three, and one of its parts.
TOTAL, PART = "t3_received_new_total", "t3_received_new_natural"


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def entry(figure: str, body: bytes, said: str, **more: str) -> str:
    """An entry; `said` is the line that tells what is printed."""
    fields = {
        "report": ID, "figure": figure, "sha256": sha(body), "reason": f"读作相邻一格 {figure}",
        "evidence": "https://www.example.org/scan", "contributor": "甲", "checked_by": "乙",
        "date": "2026-11-01", **more,
    }  # fmt: skip
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    return "\n".join(["[[figure]]", said, *lines, ""])


def decide(root: DataRoot, *entries: str) -> None:
    """Let the root's own folder of decisions hold these corrections."""
    folder = root.path / "curation" / "corrections"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.toml").write_text("\n".join(entries), "utf-8")


def misprint(report: FictionalReport, **cells: str) -> FictionalReport:
    """The report with other texts in some cells."""
    return replace(report, cells={**report.cells, **cells})


def one(root: DataRoot, sql: str) -> tuple[Any, ...]:
    (row,) = db(root, sql)
    return row


def test_a_correction_is_laid_over_and_taken_back(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    report = report_of()
    body = article(misprint(report, **{PART: "98765"}))
    keep(root, Run([Got(URL, body)], day="2026-11-01"))
    build(root)
    first = json.loads((root.current / "manifest.json").read_text())
    assert db(root, "SELECT DISTINCT status FROM current_findings") == [("fail",)]
    decide(root, entry(PART, body, f'printed = "{report.cells[PART]}"'))
    build(root)
    assert one(root, f"SELECT {PART} FROM figures") == (10331,)
    assert db(root, "SELECT DISTINCT status FROM current_findings") == []
    assert one(root, "SELECT state, machine_printed, machine_status, printed FROM corrections") == (
        "applied", "98765", "reported", "10,331",
    )  # fmt: skip
    decide(root)
    build(root)
    last = json.loads((root.current / "manifest.json").read_text())
    assert last["content_hash"] == first["content_hash"]
