"""What is withheld is nowhere any more but in its tombstone, and comes back as it was."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.problems import problems
from archive.root import DataRoot
from tests.stored import SITE, TITLE, Got, Run, article, build, db, keep, report_of

CAPTURED, PAGED, FILED, REPORTED = "赵壹零壹", "钱贰零贰", "孙叁零叁", "李肆零肆"
SPANNED, NUMBER = "周伍零伍", "13900005678"
SECRETS = (CAPTURED, PAGED, FILED, REPORTED, SPANNED, NUMBER)
AFTER, BEFORE = "本机关经办同志为", "接待时间照旧"


def worded(year: int, words: str, agency: str = "示例市财政局") -> bytes:
    """A report's page whose last chapter ends with words of its own."""
    report = report_of(year, agency)
    said = (*report.chapters["六"], words)
    return article(replace(report, chapters={**report.chapters, "六": said}))


def titled(year: int, agency: str = "示例市财政局") -> str:
    return f"{agency}{year}年政府信息公开工作年度报告"


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


OLD = worded(2019, f"旧版由{CAPTURED}编写。")
NEW = worded(2019, "新版由办公室编写。")
PAGE = worded(2020, f"联系人{PAGED}。")
FILE = worded(2020, f"附表由{FILED}填写。")
REPORT = worded(2021, f"负责人{REPORTED}。")
REPORT_LATER = worded(2021, f"负责人仍为{REPORTED}，文字有改。")
SPAN = worded(2022, f"{AFTER}{SPANNED}，共收到申请{NUMBER}件。{BEFORE}，共办理公文4321件。")
ELSE = worded(2022, "没有其他事项。", "示例市审计局")
RUNS = (
    Run(
        [
            Got(f"{SITE}/2019.html", OLD, titled(2019)),
            Got(f"{SITE}/2020.html", PAGE, titled(2020)),
            Got(f"{SITE}/2020-{FILED}.html", FILE, FILED, "attachment", f"{SITE}/2020.html"),
            Got(f"{SITE}/2021.html", REPORT, titled(2021)),
            Got(f"{SITE}/2022.html", SPAN, TITLE),
            Got(f"{SITE}/audit.html", ELSE, titled(2022, "示例市审计局")),
        ],
        day="2026-01-01",
    ),
    Run(
        [
            Got(f"{SITE}/2019.html", NEW, titled(2019)),
            Got(f"{SITE}/2021.html", REPORT_LATER, titled(2021)),
        ],
        day="2026-02-01",
    ),
)
TAIL = 'reason = "{}"\ndate = 2026-11-2{}\ndecided_by = "站长"\n'
DECISIONS = {
    "capture": f'[[capture]]\nsha256 = "{sha(OLD)}"\n' + TAIL.format("agency", 1),
    "page": f'[[page]]\nurl = "{SITE}/2020.html"\n' + TAIL.format("privacy", 2),
    "report": '[[page]]\nreport = "990100-finance-2021"\n' + TAIL.format("court", 3),
    "span": (
        f'[[span]]\nsha256 = "{sha(SPAN)}"\nchapter = "六"\nafter = "{AFTER}"\n'
        f'before = "{BEFORE}"\n' + TAIL.format("privacy", 4)
    ),
}


def decide(root: DataRoot, *texts: str) -> None:
    """Make these the decisions of a root."""
    folder = root.path / "curation"
    folder.mkdir(exist_ok=True)
    (folder / "withheld.toml").write_text("\n".join(texts), "utf-8")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A root of which nothing is withheld; copied, never changed."""
    root = DataRoot(tmp_path_factory.mktemp("withheld") / "data")
    keep(root, *RUNS)
    decide(root)
    build(root)
    return root


@pytest.fixture(scope="module")
def after(before: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """The same after a decision of each kind, with all files of a release."""
    root = copied(before, tmp_path_factory.mktemp("after"))
    decide(root, *DECISIONS.values())
    assert build(root, files=True).is_new
    return root


@pytest.fixture
def root(before: DataRoot, tmp_path: Path) -> DataRoot:
    return copied(before, tmp_path)


def copied(root: DataRoot, to: Path) -> DataRoot:
    shutil.copytree(root.path, to / "data", symlinks=True)
    return DataRoot(to / "data")


def text(root: DataRoot, version: str, chapter: str = "六") -> str:
    with sqlite3.connect(root.current / "text.db") as found:
        sql = "SELECT text FROM chapters WHERE version_id = ? AND chapter = ?"
        (said,) = found.execute(sql, (version, chapter)).fetchone()
    found.close()
    return str(said)


def told(root: DataRoot) -> list[str]:
    """What `archive check` says of decisions to withhold."""
    lines = iter(problems(root))
    for line in lines:
        if line.startswith("decisions to withhold"):
            break
    return list(_until(lines, "decisions by hand"))


def _until(lines: Iterator[str], end: str) -> Iterator[str]:
    for line in lines:
        if line.startswith(end):
            return
        yield line


def files_with(folder: Path, secrets: tuple[str, ...]) -> dict[str, set[str]]:
    """Secrets → the files of a folder that hold them, in either of two encodings."""
    found: dict[str, set[str]] = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        for secret in secrets:
            if secret.encode() in data or secret.encode("utf-16-le") in data:
                found.setdefault(secret, set()).add(path.name)
    return found


def test_the_words_are_there_at_first(before: DataRoot) -> None:
    held = files_with(before.current, SECRETS)
    assert {*held} == {*SECRETS}
    assert db(before, "SELECT count(*) FROM withheld") == [(0,)]


def test_no_file_of_the_release_holds_what_is_withheld(after: DataRoot) -> None:
    assert files_with(after.current, SECRETS) == {}
    assert "parquet" in {path.suffix[1:] for path in after.current.rglob("*")}


def test_a_tombstone_each(after: DataRoot) -> None:
    rows = db(after, "SELECT what, reason, date, report_id, version_id, chapter, is_report "
                     "FROM withheld ORDER BY date, version_id")  # fmt: skip
    assert rows == [
        ("capture", "agency", "2026-11-21", "990100-finance-2019",
         "990100-finance-2019.v1", None, 0),
        *[("page", "privacy", "2026-11-22", "990100-finance-2020",
           "990100-finance-2020.v1", None, 1)] * len(
            db(after, "SELECT 1 FROM withheld WHERE date = '2026-11-22'")),
        ("page", "court", "2026-11-23", "990100-finance-2021", "990100-finance-2021.v1", None, 1),
        ("page", "court", "2026-11-23", "990100-finance-2021", "990100-finance-2021.v2", None, 1),
        ("span", "privacy", "2026-11-24", "990100-finance-2022",
         "990100-finance-2022.v1", "六", 0),
    ]  # fmt: skip


def test_what_is_left_keeps_its_number(after: DataRoot) -> None:
    assert db(after, "SELECT version_id FROM versions ORDER BY 1") == [
        ("990100-audit-2022.v1",), ("990100-finance-2019.v2",), ("990100-finance-2022.v1",)
    ]  # fmt: skip
    assert db(after, "SELECT * FROM changes") == []


def test_coverage_says_withheld_and_not_missing(after: DataRoot) -> None:
    asked = (
        "SELECT agency_id, year, status FROM {} WHERE agency_id = '990100-finance' "
        "AND year >= 2019 ORDER BY year"
    )
    expected = [
        ("990100-finance", 2019, "read"), ("990100-finance", 2020, "withheld"),
        ("990100-finance", 2021, "withheld"), ("990100-finance", 2022, "read"),
    ]  # fmt: skip
    assert db(after, asked.format("coverage")) == expected
    assert db(after, asked.format("frame")) == expected
    assert db(after, "SELECT sum(withheld) FROM frame_summary") == [(2,)]


def test_a_mark_stands_for_the_span_and_what_follows_keeps_its_place(
    before: DataRoot, after: DataRoot
) -> None:
    version = "990100-finance-2022.v1"
    said = text(after, version)
    assert f"{AFTER}［已隐去：个人信息，2026-11-24］{BEFORE}，共办理公文4321件" in said
    assert said.replace(
        "［已隐去：个人信息，2026-11-24］", f"{SPANNED}，共收到申请{NUMBER}件。"
    ) == text(before, version)
    with sqlite3.connect(after.current / "text.db") as found:
        facts = found.execute(
            "SELECT quote, start, \"end\" FROM facts WHERE version_id = ? AND chapter = '六'",
            (version,),
        ).fetchall()
    found.close()
    assert all(said[start:end] == quote for quote, start, end in facts)


def test_without_the_decisions_all_is_back_under_the_same_ids(
    before: DataRoot, after: DataRoot, tmp_path: Path
) -> None:
    root = copied(after, tmp_path)
    decide(root)
    build(root)
    for sql in ("SELECT version_id, text_sha256 FROM versions ORDER BY 1",
                "SELECT report_id, version_id, title, url FROM reports ORDER BY 1",
                "SELECT * FROM withheld"):  # fmt: skip
        assert db(root, sql) == db(before, sql)
    version = "990100-finance-2022.v1"
    assert text(root, version) == text(before, version)


def test_a_span_that_is_not_found_hides_more_and_not_less(root: DataRoot) -> None:
    decide(root, DECISIONS["span"].replace(BEFORE, "没有这几个字"))
    build(root)
    assert text(root, "990100-finance-2022.v1") == "［已隐去：个人信息，2026-11-24］"
    assert files_with(root.current, (SPANNED, NUMBER)) == {}
    assert any("whole chapter is hidden" in line for line in told(root))


def test_after_the_capture_changed_the_page_holds_and_the_span_says_so(root: DataRoot) -> None:
    decide(root, DECISIONS["span"], DECISIONS["page"])
    later = Run(
        [
            Got(f"{SITE}/2022.html", SPAN.replace(b"4321", b"4322"), TITLE),
            Got(
                f"{SITE}/2020.html",
                PAGE.replace("联系人".encode(), "今联系".encode()),
                titled(2020),
            ),
        ],
        day="2026-03-01",
    )
    keep(root, later)
    build(root)
    assert db(root, "SELECT version_id FROM reports WHERE year = 2022 ORDER BY 1") == [
        ("990100-audit-2022.v1",), ("990100-finance-2022.v2",)
    ]  # fmt: skip
    assert SPANNED in text(root, "990100-finance-2022.v2")
    assert SPANNED not in text(root, "990100-finance-2022.v1")
    lines = told(root)
    assert any("does not hold for them: look at 990100-finance-2022.v2" in each for each in lines)
    assert any("stand in 990100-finance-2022.v2, chapter 六, too" in each for each in lines)
    assert files_with(root.current, (PAGED, FILED)) == {}


def test_two_decisions_on_one_thing_are_two_tombstones(root: DataRoot) -> None:
    page = DECISIONS["page"].replace("privacy", "rights")
    second = DECISIONS["span"].replace("2026-11-24", "2026-11-25")
    decide(root, DECISIONS["page"], page, DECISIONS["span"], second)
    build(root)
    found = db(root, "SELECT DISTINCT what, reason, date, report_id FROM withheld ORDER BY 1, 2, 3")
    assert [row[:3] for row in found] == [
        ("page", "privacy", "2026-11-22"), ("page", "rights", "2026-11-22"),
        ("span", "privacy", "2026-11-24"), ("span", "privacy", "2026-11-25"),
    ]  # fmt: skip
    assert SPANNED not in text(root, "990100-finance-2022.v1")
