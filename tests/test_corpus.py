"""The real documents are read exactly, by the corpus's own scorer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from extract import read

SEEDS = [f"seed_00{number}" for number in range(5)]


def score(corpus: Path, answers: Path, names: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(corpus / "score.py"), str(answers)]
    return subprocess.run(
        [*command, "--only", ",".join(names), "--floor"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_documents_hold_the_floor_by_command(corpus: Path, tmp_path: Path) -> None:
    files = [str(path) for path in sorted((corpus / "documents").iterdir())]
    names = [Path(path).stem for path in files]
    assert len(files) == len(set(names)) == 26
    run = subprocess.run(
        [sys.executable, "-m", "extract", *files, "--json", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    result = score(corpus, tmp_path, names)
    assert result.returncode == 0, result.stdout
    assert "wrong 0 missing 0 invented 0" in result.stdout


def test_the_seeds_pass_every_check(corpus: Path) -> None:
    for name in SEEDS:
        report = read((corpus / "documents" / f"{name}.txt").read_bytes())
        assert not report.findings
        assert report.passes > 40


def test_a_seed_keeps_units_as_printed(corpus: Path) -> None:
    report = read((corpus / "documents" / "seed_003.txt").read_bytes())
    amount = next(f for f in report.figures if f.key == "t2_procurement_amount")
    assert (amount.printed, amount.value, amount.unit) == ("12937元", 12937, "元")
    assert "unit_in_cell" in amount.flags
