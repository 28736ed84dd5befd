"""`python -m tests.worked --release FOLDER`: renew what examples/ keeps of a demo's answers.

The notebook keeps what its cells print; in exercises.md each SQL or Python block is followed by
what it gives. Tests compare both with what they give now.
"""

from __future__ import annotations

import contextlib
import io
import re
import sqlite3
import subprocess
import sys
import unicodedata
from os import environ
from pathlib import Path

import click

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLES = PROJECT / "examples"
NOTEBOOK, EXERCISES = EXAMPLES / "notebook.ipynb", EXAMPLES / "exercises.md"
#: A block, and behind it what it gives, if that is there already.
BLOCK = re.compile(r"^```(sql|python)\n(.*?)\n```\n(?:\n```text\n(.*?)\n```\n)?", re.M | re.S)


def answers(text: str, release: Path) -> str:
    """The exercises with the answers that a release gives."""
    with contextlib.closing(
        sqlite3.connect(f"{(release / 'nianbao.db').as_uri()}?mode=ro", uri=True)
    ) as db:

        def answered(block: re.Match[str]) -> str:
            said = _table(db, block[2]) if block[1] == "sql" else _printed(db, block[2])
            return f"```{block[1]}\n{block[2]}\n```\n\n```text\n{said}\n```\n"

        return BLOCK.sub(answered, text)


def _printed(db: sqlite3.Connection, code: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(code, {"db": db})
    return said.getvalue().rstrip()


def _table(db: sqlite3.Connection, sql: str) -> str:
    found = db.execute(sql)
    rows = [[column[0] for column in found.description]]
    rows += [["·" if cell is None else str(cell) for cell in row] for row in found]
    widths = [max(map(_wide, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _wide(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def masked(text: str) -> str:
    """A text without what each demo has of its own: release, times, digests, ports, files."""
    for pattern, word in (
        (r"\b[0-9a-f]{64}\b", "<sha256>"),
        (r"\d{8}-\d{6}-[0-9a-f]{8}", "<release>"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "<time>"),
        (r"\d{4}-\d\d-\d\d 取得", "<day> 取得"),
        (r"(127\.0\.0\.\d):\d+", r"\1:<port>"),
        (r" +\n", "\n"),
        (r" {2,}", "  "),
    ):
        text = re.sub(pattern, word, text)
    return text


def notebook(release: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the notebook over a release, as whoever has no Jupyter does."""
    return subprocess.run(
        [sys.executable, "examples/run.py", *options, "examples/notebook.ipynb"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
        env={**environ, "NIANBAO_RELEASE": str(release)},
    )  # fmt: skip


@click.command()
@click.option(
    "--release", type=click.Path(path_type=Path), default=Path("data/demo/releases/current")
)
def main(release: Path) -> None:
    """Renew both files."""
    ran = notebook(release.resolve(), "--write")
    if ran.returncode:
        sys.exit(ran.stderr)
    text = EXERCISES.read_text("utf-8")
    EXERCISES.write_text(answers(text, release.resolve()), "utf-8")


if __name__ == "__main__":
    main()
