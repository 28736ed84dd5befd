"""examples/: notebook, R script, do-file and exercises, and the teaching subset, over the demo."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.errors import ReleaseMissing
from archive.manifest import FILES, reading
from archive.panel.statuses import NUMBERS
from archive.schema.pooled import add_up
from archive.teaching import write_subset
from tests import dta, worked

EXAMPLES = worked.EXAMPLES
#: Words of the do-file that are Stata's.
STATA = """
version clear all set more off use panel dta describe short notes tabulate keep if isid egen
group xtset generate double byte preserve missing collapse sum mean by list noobs restore
label inrange encode table regress i vce cluster sort in own
"""


@pytest.fixture(scope="module")
def release(demo: tuple[Path, str]) -> Path:
    return demo[0] / "releases" / "current"


@pytest.fixture(scope="module")
def subset(demo: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The teaching subset of the demo, unpacked as a teacher does it."""
    folder = tmp_path_factory.mktemp("teaching")
    order = ["teaching", "--data", str(demo[0]), "--out", str(folder / "t.zip")]
    made = CliRunner().invoke(main, order)
    assert made.exit_code == 0, made.output
    assert "60 of 110 reports, 12 agencies" in made.output
    assert (folder / "t.zip").stat().st_size < 2_000_000
    with zipfile.ZipFile(folder / "t.zip") as archive:
        archive.extractall(folder)
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    assert unpacked.name.endswith("-teaching")
    return unpacked


def test_the_notebook_prints_what_it_keeps(release: Path) -> None:
    ran = worked.notebook(release)
    assert ran.returncode == 0, ran.stderr
    cells = json.loads(worked.NOTEBOOK.read_text("utf-8"))["cells"]
    kept = [
        "".join(line for output in cell["outputs"] for line in output["text"])
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    said = "".join(text + "\n" for text in kept)
    assert worked.masked(ran.stdout) == worked.masked(said), "run python -m tests.worked"
    assert "WARC 里的字节与 SHA-256 相符： True" in ran.stdout
    assert "/tmp" not in said
    assert "/home" not in said


def test_the_exercises_keep_the_answers_that_the_queries_give(release: Path) -> None:
    text = worked.EXERCISES.read_text("utf-8")
    answered = worked.answers(text, release)
    assert worked.masked(answered) == worked.masked(text), "run python -m tests.worked"
    assert len(worked.BLOCK.findall(text)) >= 9
    assert len(re.findall(r"^### [1-5]\. ", text, re.M)) == 5
    assert len(re.findall(r"^[1-5]\. \*\*", text, re.M)) == 5
    assert re.findall(r"^```text\n\n?```$", text, re.M) == []


def test_the_script_in_r_gives_what_the_database_does(release: Path, rscript: Path) -> None:
    said = in_r(rscript, release)
    with reading(release / FILES[0]) as db:
        rows = db.execute(
            "SELECT year, sum(disclosed), sum(closed), count(*) FROM agency_years "
            "WHERE scope = 'own' AND disclosed + closed IS NOT NULL GROUP BY 1"
        ).fetchall()
        cited = db.execute("SELECT min(report_id) FROM reports").fetchone()[0]
    assert len(rows) == 5
    for year, disclosed, closed, n in rows:
        rate = f"{disclosed / closed:.6f}"
        assert re.search(rf"^ {year} +{disclosed} +{closed} +{n} {rate} ", said, re.M)
    assert re.search(r"^  not in its form +18 +19 +0 +0 +1$", said, re.M)
    assert re.search(r"^  report not read: attachment_unread +1 +0", said, re.M)
    assert f"存档版本 {cited}.v1，t3_received_new_total，SHA-256 " in said


@pytest.fixture(scope="module")
def zeros(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As most real reports are: every figure is a printed 0; and two years are not held."""
    folder = tmp_path_factory.mktemp("zeros")
    for name in (*FILES, "manifest.json"):
        shutil.copyfile(release / name, folder / name)
    with contextlib.closing(sqlite3.connect(folder / FILES[0])) as db, db:
        columns = [row[0] for row in db.execute("SELECT figure FROM lines")]
        db.execute("UPDATE figures SET " + ", ".join(f'"{column}" = 0' for column in columns))
        db.execute("DELETE FROM _notes")
        db.execute("DELETE FROM _reports WHERE year IN (2021, 2022)")
        for end in ("", "_blank0"):
            db.execute(f"DELETE FROM _kind_sums{end}")
        add_up(db)
    return folder


def test_no_rate_is_made_of_0_and_0_and_a_break_stays_one_between_years_held(zeros: Path) -> None:
    ran = worked.notebook(zeros)
    assert ran.returncode == 0, ran.stderr
    finance = r"^财政 +‖ 2019 ·\(n=2\) \| 2020 ·\(n=2\) ‖ 2023 ·\(n=2\)$"
    assert re.search(finance, ran.stdout.replace("　", ""), re.M)
    assert "t3_received_new_total = 0 " in ran.stdout


def test_the_script_in_r_makes_no_rate_of_0_and_0(zeros: Path, rscript: Path) -> None:
    assert re.search(r"^ 2023 +0 +0 19 +NaN +NaN$", in_r(rscript, zeros), re.M)


def in_r(rscript: Path, release: Path) -> str:
    done = subprocess.run(
        [rscript, "--vanilla", str(EXAMPLES / "first.R"), str(release)],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_do_file_names_only_what_the_panel_has(subset: Path) -> None:
    text = (EXAMPLES / "first.do").read_text("utf-8")
    assert "NOT RUN IN STATA" in text
    panel = dta.read((subset / "panel" / "panel.dta").read_bytes())
    code = "\n".join(line for line in text.splitlines() if not line.startswith("*"))
    made = set(re.findall(r"(?:generate|egen)(?: double| byte)? (\w+) =", code))
    made |= set(re.findall(r"generate\((\w+)\)", code)) | set(re.findall(r"\) (\w+) = rate", code))
    used = set(re.findall(r"(?<![\w.])[a-z]\w*", code))
    assert used - set(STATA.split()) - made - set(panel.names) == set()
    assert {"t3_granted_total_status", "t3_other_unpaid_total_status"} <= used
    # The codes that it tells apart are the panel's.
    conditions = " ".join(re.findall(r"(?:inrange.*|== \d+)$", code, re.M))
    told = {int(number) for number in re.findall(r"\b\d+\b", conditions)}
    assert told == {1, 11, 14, 21, 23, 31, 32}
    assert told <= set(NUMBERS.values())
    assert panel.notes


def test_a_subset_answers_the_release_s_queries(subset: Path, release: Path) -> None:
    with (
        reading(subset / FILES[0], text=subset / FILES[1]) as db,
        reading(release / FILES[0], text=release / FILES[1]) as whole,
    ):
        examples = db.execute("SELECT * FROM examples").fetchall()
        assert examples == whole.execute("SELECT * FROM examples").fetchall()
        for _, _, sql, _ in examples:
            statement = sql.split(";\n", 1)[-1]
            assert names(db, statement) == names(whole, statement)
        for check in ("main.integrity_check", "text.integrity_check"):
            assert db.execute(f"PRAGMA {check}").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def names(db: Any, sql: str) -> list[str]:
    found = db.execute(sql)
    found.fetchall()
    return [column[0] for column in found.description]


def test_a_subset_s_reports_are_the_release_s_and_no_others_show(
    subset: Path, release: Path
) -> None:
    with reading(subset / FILES[0], text=subset / FILES[1], old=release / FILES[0]) as db:
        kept = {row[0] for row in db.execute("SELECT agency_id FROM agencies")}
        for table in ("reports", "versions", "sources", "figures", "figure_notes"):
            ours = f"SELECT * FROM main.{table}"
            assert db.execute(f"SELECT count(*) FROM main.{table}").fetchone()[0] > 0
            assert db.execute(f"{ours} EXCEPT SELECT * FROM old.{table}").fetchall() == []
        # Whole agencies, and of the rare kinds of report, cell and doubt each.
        sizes = "SELECT agency_id, count(*) FROM {}.reports GROUP BY 1"
        whole = dict(db.execute(sizes.format("old")))
        assert dict(db.execute(sizes.format("main"))) == {a: whole[a] for a in kept}
        for word in ("scope", "status", "form"):
            some = f"SELECT DISTINCT {word} FROM {{}}.reports ORDER BY 1"
            assert (
                db.execute(some.format("main")).fetchall()
                == db.execute(some.format("old")).fetchall()
            )
        lost = [row[0] for row in db.execute("SELECT agency_id, name FROM old.agencies")]
        gone = next(agency for agency in sorted(lost) if agency not in kept)
        assert db.execute("SELECT 1 FROM coverage WHERE agency_id = ?", [gone]).fetchall() == []
        # The search finds its chapters, and only these.
        hits = db.execute("SELECT count(*) FROM text._search WHERE _search MATCH '\"信息\"'")
        chapters = db.execute("SELECT count(*) FROM text.chapters").fetchone()[0]
        assert 0 < hits.fetchone()[0] <= chapters + 60
    assert gone.encode() not in (subset / FILES[0]).read_bytes()
    assert gone.encode() not in (subset / FILES[1]).read_bytes()


def test_a_subset_says_first_that_it_is_none_to_count_by(subset: Path, release: Path) -> None:
    with reading(subset / FILES[0]) as db:
        topics = db.execute("SELECT topic, text FROM README ORDER BY rowid").fetchall()
        assert db.execute("SELECT count(*) FROM frame").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM frame_summary").fetchone() == (0,)
        pooled = "SELECT sum(reports) FROM {}"
        for view in ("kind_years", "region_years"):
            assert db.execute(pooled.format(view)).fetchone() == (60,)
    assert topics[0][0] == "教学子集"
    manifest = json.loads((subset / "manifest.json").read_text("utf-8"))
    of = json.loads((release / "manifest.json").read_text("utf-8"))
    assert manifest["teaching"]["of"] == of["release"]
    assert (manifest["teaching"]["reports"], manifest["teaching"]["of_reports"]) == (60, 110)
    assert manifest["fiction"] is True
    assert "totals" not in manifest
    for name in ("README.txt", "CITATION.cff"):
        assert "110 份年报中的 60 份" in (subset / name).read_text("utf-8")
    summed = ["sha256sum", "--quiet", "-c", "SHA256SUMS"]
    assert subprocess.run(summed, cwd=subset, check=False).returncode == 0
    listed = (subset / "SHA256SUMS").read_text("utf-8")
    assert "examples/notebook.ipynb" in listed
    assert "csv/tidy.csv" in listed


def test_there_is_no_subset_of_a_subset(subset: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseMissing, match="is a teaching subset"):
        write_subset(subset, tmp_path / "none.zip", 60)
    assert list(tmp_path.iterdir()) == []


def test_the_notebook_runs_inside_the_subset(subset: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "examples/run.py", "examples/notebook.ipynb"],
        cwd=subset, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "年报 60 份" in ran.stdout
    assert "WARC 不在手边" in ran.stdout
    # A figure is cited from the release, not from the subset.
    assert f"年报档案版次 {subset.name.removesuffix('-teaching')}。" in ran.stdout


def test_the_script_in_r_runs_over_the_subset(subset: Path, rscript: Path) -> None:
    said = in_r(rscript, subset)
    assert "教学子集" in said
    assert f"年报档案版次 {subset.name.removesuffix('-teaching')}。" in said
