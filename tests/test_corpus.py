"""The real documents are read exactly, by the corpus's own scorer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from extract import read
from extract.exchange import exchange

FLOOR = [
    "seed_000",
    "seed_001",
    "seed_002",
    "seed_003",
    "seed_004",
    "hangzhou_style_2025",
    "hangzhou_style_2025__zero_dash",
    "huaian_city_2024__zero_slash",
    "seed_002__zero_blank",
]


def score(corpus: Path, answers: Path, names: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(corpus / "score.py"), str(answers)]
    return subprocess.run(
        [*command, "--only", ",".join(names), "--floor"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_nine_documents_hold_the_floor_by_command(corpus: Path, tmp_path: Path) -> None:
    files = [
        str(path)
        for path in sorted((corpus / "documents").iterdir())
        if path.stem in FLOOR and path.suffix != ".pdf"
    ]
    run = subprocess.run(
        [sys.executable, "-m", "extract", *files, "--json", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    result = score(corpus, tmp_path, FLOOR)
    assert result.returncode == 0, result.stdout


def test_every_html_and_text_document_is_exact(corpus: Path, tmp_path: Path) -> None:
    names = []
    for path in sorted((corpus / "documents").iterdir()):
        if path.suffix != ".pdf":
            answer = exchange(read(path.read_bytes()))
            (tmp_path / f"{path.stem}.json").write_text(json.dumps(answer), "utf-8")
            names.append(path.stem)
    assert len(names) == 24
    result = score(corpus, tmp_path, names)
    assert result.returncode == 0, result.stdout


def test_the_seeds_pass_every_check(corpus: Path) -> None:
    for name in FLOOR[:5]:
        report = read((corpus / "documents" / f"{name}.txt").read_bytes())
        assert not report.findings
        assert report.passes > 40


def test_a_seed_keeps_units_as_printed(corpus: Path) -> None:
    report = read((corpus / "documents" / "seed_003.txt").read_bytes())
    amount = next(f for f in report.figures if f.key == "t2_procurement_amount")
    assert (amount.printed, amount.value, amount.unit) == ("12937元", 12937, "元")
    assert "unit_in_cell" in amount.flags


@pytest.mark.parametrize("name", ["huaian_city_2024.pdf", "hongze_2024.pdf"])
def test_a_pdf_is_named_and_not_guessed(corpus: Path, tmp_path: Path, name: str) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "extract",
            str(corpus / "documents" / name),
            "--json",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "PDF" in run.stderr
    assert not list(tmp_path.iterdir())
