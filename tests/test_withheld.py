"""What is withheld is nowhere any more but in its tombstone, and comes back as it was."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archive.errors import ReleaseRefused, SelectionRefused
from archive.manifest import FILES, reading
from archive.panel.rows import batches, columns
from archive.panel.selection import Selection
from archive.problems import problems
from archive.replay.cdxj import write_index
from archive.replay.evidence import export_evidence
from archive.root import DataRoot
from archive.withholding.decision import Withholding
from archive.withholding.spans import hide, mark
from archive.withholding.tombstones import without_withheld
from extract import read as read_document
from extract.types import Report
from tests.stored import SITE, TITLE, Got, Run, article, build, db, keep, lose, report_of

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
SPAN = worded(2022, f"{AFTER}{SPANNED}，共收到申请{NUMBER}件。{BEFORE}，主动公开政府信息4321条。")
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
        data = path.read_bytes() + b"".join(_packed(path))
        for secret in secrets:
            if secret.encode() in data or secret.encode("utf-16-le") in data:
                found.setdefault(secret, set()).add(path.name)
    return found


def _packed(path: Path) -> Iterator[bytes]:
    """What a file holds in compressed form: columns of Parquet, blobs of SQLite, CSV."""
    if path.suffix == ".parquet":
        yield json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str).encode()
    elif path.suffix == ".gz":
        yield gzip.decompress(path.read_bytes())
    elif path.suffix == ".db":
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as found:
            for (table,) in found.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
                for row in found.execute(f'SELECT * FROM "{table}"').fetchall():
                    yield from (_unpacked(value) for value in row if isinstance(value, bytes))


def _unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:  # a digest
        return value


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
    assert f"{AFTER}［已隐去：个人信息，2026-11-24］{BEFORE}，主动公开政府信息4321条" in said
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
    assert "主动公开政府信息4321条" in [quote for quote, _, _ in facts]
    digests = "SELECT text_sha256 FROM versions WHERE version_id = '990100-finance-2022.v1'"
    assert db(before, digests) != db(after, digests)


def test_without_the_decisions_all_is_back_under_the_same_ids(
    before: DataRoot, after: DataRoot, tmp_path: Path
) -> None:
    root = copied(after, tmp_path)
    (root.path / "curation/withheld.toml").unlink()  # taken back, or lost: only people can tell
    with pytest.raises(ReleaseRefused, match="shows 6 bodies again that were withheld"):
        build(root)
    decide(root)
    build(root, accept="taken back")
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


# -- replay and exports --------------------------------------------------------------------


def test_replay_and_exports_leave_it_out_and_say_so(
    before: DataRoot, after: DataRoot, tmp_path: Path
) -> None:
    out = io.BytesIO()
    counts = write_index(after, out)
    whole = write_index(before, io.BytesIO())
    assert (whole.withheld, counts.withheld) == (0, 6)
    assert counts.lines == whole.lines - counts.withheld == 2
    assert b"audit.html" in out.getvalue()
    assert b"/2022.html" not in out.getvalue()
    folder, made = export_evidence(after, "SELECT version_id FROM versions", tmp_path / "e")
    assert made.pages == 2
    assert len(made.left_out) == 1  # the original of which a span is withheld
    with zipfile.ZipFile(folder / "evidence.wacz") as package:
        for name in package.namelist():
            data = package.read(name)
            said = gzip.decompress(data) if name.endswith(".gz") else data
            assert not [secret for secret in SECRETS if secret.encode() in said], name
    assert "另有 1 个来源的原件已隐去" in (folder / "README.md").read_text("utf-8")
    with pytest.raises(SelectionRefused, match="all originals of this selection are withheld"):
        export_evidence(after, "SELECT '990100-finance-2022' AS report_id", tmp_path / "none")


def test_what_came_since_the_build_is_left_out_where_a_report_is_withheld(root: DataRoot) -> None:
    decide(root, DECISIONS["report"], DECISIONS["page"])
    later = REPORT_LATER.replace("有改".encode(), "又改".encode())
    keep(root, Run([Got(f"{SITE}/2021.html", later, titled(2021))], day="2026-04-01"))
    out = io.BytesIO()
    counts = write_index(root, out)
    assert counts.withheld == 3 + 2
    assert b"2021.html" not in out.getvalue()


# -- what stands beside --------------------------------------------------------------------

LINKED, SCAN = "吴陆零陆", f"{SITE}/scan.pdf"


def linking(words: str, href: str) -> bytes:
    """A report's page with a link to a file whose name tells of somebody."""
    body = worded(2018, "附件另见。").decode()
    return body.replace("附件另见。", f'附件另见。<a href="{href}">{words}.pdf</a>').encode()


def test_a_page_does_not_name_a_file_that_is_withheld(tmp_path: Path) -> None:
    root, pdf = DataRoot(tmp_path / "data"), b"%PDF-1.4 nothing to read"
    page = Got(f"{SITE}/2018.html", linking(LINKED, "scan.pdf"), titled(2018))
    keep(root, Run([page, Got(SCAN, pdf, LINKED, "attachment", page.url)]))
    decide(root)
    build(root)
    assert files_with(root.current, (LINKED,)) == {LINKED: {"text.db"}}  # in its blobs
    decide(root, f'[[capture]]\nsha256 = "{sha(pdf)}"\n' + TAIL.format("rights", 5))
    build(root)
    # The chapter prints the words too, so what is left is the text alone.
    with contextlib.closing(sqlite3.connect(root.current / "text.db")) as text_db:
        ((said,),) = text_db.execute("SELECT said FROM details").fetchall()
    assert json.loads(zlib.decompress(said))["attachments"] == []
    assert db(root, "SELECT what, report_id FROM withheld") == [("capture", None)]


def test_a_version_keeps_its_number_when_it_loses_its_first_address(tmp_path: Path) -> None:
    root, body = DataRoot(tmp_path / "data"), worded(2017, "两处相同。")
    first, second = f"{SITE}/first.html", f"{SITE}/second.html"
    keep(root, Run([Got(first, body, titled(2017)), Got(second, body, titled(2017))]))
    later = worded(2017, "两处相同，后来又改。")
    keep(root, Run([Got(second, later, titled(2017))], day="2026-12-01"))
    decide(root)
    build(root)
    known = db(root, "SELECT version_id, text_sha256 FROM versions ORDER BY 1")
    assert len(known) == 2
    decide(root, f'[[page]]\nurl = "{first}"\n' + TAIL.format("mistake", 6))
    build(root)
    assert db(root, "SELECT version_id, text_sha256 FROM versions ORDER BY 1") == known
    assert db(root, "SELECT report_id, version_id, is_report FROM withheld") == [
        ("990100-finance-2017", None, 0)
    ]
    assert db(root, "SELECT count(*) FROM sources WHERE url = '" + first + "'") == [(0,)]


def test_all_that_there_is_can_be_withheld(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    keep(root, Run([Got(f"{SITE}/2021.html", REPORT, titled(2021))]))
    decide(root)
    build(root)
    decide(root, DECISIONS["report"])
    build(root)
    assert db(root, "SELECT count(*) FROM reports") == [(0,)]
    assert db(root, "SELECT report_id, is_report FROM withheld") == [("990100-finance-2021", 1)]
    assert files_with(root.current, (REPORTED,)) == {}


def test_a_report_that_is_lost_besides_is_still_refused(root: DataRoot) -> None:
    lose(root, "没有其他事项".encode())
    keep(root, *RUNS[1:])
    decide(root, *DECISIONS.values())
    with pytest.raises(ReleaseRefused, match=r"it lacks .* of the reports"):
        build(root)


def test_a_finding_does_not_repeat_a_number_that_is_hidden() -> None:
    words = f"{AFTER}{SPANNED}，共收到政府信息公开申请{NUMBER}件。{BEFORE}。"
    report = report_of(2022)
    chapters = {**report.chapters, "一": ("概况从略。",), "六": (words,)}
    whole = read_document(article(replace(report, chapters=chapters)))
    span = Withholding("span", "privacy", "2026-11-24", chapter="六", after=AFTER, before=BEFORE)
    assert any(NUMBER in each.sentence for each in whole.findings)
    shown, (cut,) = hide(whole, [span])
    assert cut.is_exact
    assert not [each for each in shown.findings if NUMBER in each.sentence]
    assert {each.check for each in whole.findings} - {each.check for each in shown.findings} <= {
        "C19", "C20", "C21"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("chapters", "hidden"),
    [
        ({"一": "甲子乙丑X丙寅丁卯", "二": "无"}, {"一": "甲子乙丑M丙寅丁卯", "二": "无"}),
        ({"一": "甲子 乙丑\nX\n丙寅丁卯"}, {"一": "甲子 乙丑\nM\n丙寅丁卯"}),
        ({"一": "甲子乙丑X丙寅丁卯，甲子乙丑"}, {"一": "甲子乙丑M丙寅丁卯，甲子乙丑"}),
        ({"一": "甲子乙丑X丙寅丁卯Y丙寅丁卯", "二": "无"}, {"一": "M", "二": "无"}),
        ({"一": "甲子乙丑X", "二": "无"}, {"一": "M", "二": "M"}),
        ({"一": "无", "二": "甲子乙丑X丙寅丁卯"}, {"一": "M", "二": "M"}),
        ({"一": "甲子乙丑X丙寅丁卯", "二": "甲子乙丑Y丙寅丁卯"}, {"一": "M", "二": "M"}),
        ({"二": "无", "三": "甲"}, {"二": "M", "三": "M"}),
    ],
)  # fmt: skip
def test_a_span_is_exactly_one_or_whole_chapters(
    chapters: dict[str, str], hidden: dict[str, str]
) -> None:
    span = Withholding(
        "span", "privacy", "2026-11-24", chapter="一", after="甲子乙丑", before="丙寅丁卯"
    )
    shown, _ = hide(Report("read", chapters=chapters), [span])
    found = {number: said.replace(mark(span), "M") for number, said in shown.chapters.items()}
    assert {n: "".join(said.split("\n")) for n, said in found.items()} == {
        n: "".join(said.split("\n")) for n, said in hidden.items()
    }


def test_a_panel_says_that_a_report_is_withheld(after: DataRoot) -> None:
    asked = Selection(2019, 2022, kinds=("finance",))
    with reading(after.current / FILES[0]) as found:
        rows = [row for batch in batches(found, asked) for row in batch]
    at = {name: place for place, name in enumerate(columns())}
    told = {row[at["year"]]: (row[at["status"]], row[at["held"]], row[-1]) for row in rows}
    assert told[2020][:2] == ("withheld", 0)
    assert {told[year][2] for year in (2020, 2021)} == {"withheld"}
    assert told[2022][0] == "read"


def test_what_replaced_a_withheld_report_at_its_address_is_not_listed(root: DataRoot) -> None:
    keep(root, Run([Got(f"{SITE}/2021.html", "已撤下".encode(), titled(2021))], day="2026-05-01"))
    decide(root)
    build(root, accept="the page is gone")
    listed = "SELECT count(*) FROM unread WHERE url LIKE '%2021.html'"
    assert db(root, listed) == [(1,)]
    decide(root, DECISIONS["report"])
    build(root)
    assert db(root, listed) == [(0,)]


def test_a_correction_of_a_withheld_figure_is_not_told() -> None:
    tombs = [
        {"what": "page", "sha256": "a", "report_id": "r1", "is_report": 1},
        {"what": "span", "sha256": "c", "report_id": "r3", "is_report": 0},
    ]
    rows = [{"report_id": r, "sha256": s} for r, s in (("r1", "x"), ("r2", "a"), ("r3", "c"))]
    assert without_withheld(rows, tombs) == rows[2:]
