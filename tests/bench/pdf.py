"""CPU and peak memory of reading a PDF, beside pdfplumber's extract_tables alone."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pdfplumber

from extract import read
from tests.bench import SMALL, Figure, medians
from tests.portal.pdf import Print, report_pdf
from tests.portal.reports import make_report

_ROUNDS = 1 if SMALL else 7
_REPORTS = 1 if SMALL else 6
_PEAK = (
    "import io, resource, sys; body = open(sys.argv[1], 'rb').read(); {work}; "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)
_TABLES = (
    "import pdfplumber\n"
    "with pdfplumber.open(io.BytesIO(body)) as pdf: [p.extract_tables() for p in pdf.pages]\n"
)


def figures() -> Iterator[Figure]:
    """The PDF's part of the bench's figures: ruled reports of three pages."""
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    bodies = [
        report_pdf(
            make_report("示例市示例局", f"99{i:04d}", "justice", 2019 + i % 7, busy=True)[0],
            Print(cut_rows=True, offset=40.0 * i),
        )
        for i in range(_REPORTS)
    ]
    tables, ours = medians(
        _ROUNDS,
        lambda: [_tables(body) for body in bodies],
        lambda: [read(body) for body in bodies],
    )
    yield Figure("PDF: CPU of reading ÷ of extract_tables", ours / tables, 2, at_least=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(bodies[0])
        peak, base = _peak("from extract import read; read(body)", path), _peak(_TABLES, path)
    yield Figure("PDF: peak memory of reading ÷ of extract_tables", peak / base, 2, False)


def _tables(body: bytes) -> list[object]:
    with pdfplumber.open(io.BytesIO(body)) as pdf:
        return [page.extract_tables() for page in pdf.pages]


def _peak(work: str, path: Path) -> float:
    """Peak memory of a process of its own that does the work, imports included."""
    script = _PEAK.replace("; {work}; ", f"\n{work}\n")
    command = [sys.executable, "-c", script, str(path)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
