"""Ids for ever: what a better reader, an older document or a known agency does to them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from archive.briefs import Brief, InBrief
from archive.errors import WriteFailed
from archive.manifest import current_hash
from archive.numbering import _found
from archive.register import FILE, Given, Register, agency_of
from archive.root import DataRoot
from extract import read
from extract.types import Report
from tests.stored import DEMO, ENTRY, ID, SITE, Got, Run, article, build, db, keep, report_of

A, B = f"{SITE}/a.html", f"{SITE}/b.html"
U = article()
V = article(report_of(error="balance"))
W = U.replace("培训24次".encode(), "培训42次".encode())
#: As they are where only the portal's home region tells which city's bureau it is.
U_ALONE, V_ALONE, W_ALONE = (
    body.replace("示例市财政局".encode(), "市财政局".encode()) for body in (U, V, W)
)


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    made = DataRoot(tmp_path / "data")
    made.claim(DEMO)
    return made


def given(month: int, *got: Got) -> Run:
    return Run(got, day=f"2024-{month:02}-01")


def lines(root: DataRoot) -> list[dict[str, object]]:
    return [json.loads(line) for line in (root.path / FILE).read_text("utf-8").splitlines()]


def ids(root: DataRoot) -> dict[str, str]:
    """Version → its first source's address and words: which text bears which number."""
    sql = "SELECT version_id, text_sha256 || figures_sha256 FROM versions ORDER BY version_id"
    return dict(db(root, sql))


def moved(root: DataRoot) -> dict[str, tuple[str, str, str]]:
    rows = db(root, "SELECT old_id, new_id, what, reason FROM id_history")
    return {old: (new, what, reason) for old, new, what, reason in rows}


class Reads:
    """A reader that reads one body as another."""

    def __init__(self, change: dict[bytes, bytes], version: str) -> None:
        self._change = change
        self._patches = [
            mock.patch("tests.stored.read", self._read),
            mock.patch("archive.readings.reader_version", return_value=version),
        ]

    def _read(self, body: bytes) -> Report:
        return read(self._change.get(body, body))

    def __enter__(self) -> None:
        for patch in self._patches:
            patch.start()

    def __exit__(self, *_: object) -> None:
        for patch in self._patches:
            patch.stop()


@pytest.fixture
def merging() -> Iterator[None]:
    """A reader that sees no difference between the last two texts."""
    with Reads({W: V}, "merging"):
        yield


def test_each_published_version_has_a_line(root: DataRoot) -> None:
    keep(root, given(1, Got(A, U)), given(2, Got(A, V)))
    built = build(root)
    assert built.folder is not None
    first, second = lines(root)
    assert first == {
        "report": ID, "number": 1, "sha256": first["sha256"], "url": A,
        "release": built.folder.name,
    }  # fmt: skip
    assert (second["number"], second["release"]) == (2, built.folder.name)
    keep(root, given(3, Got(A, W)))
    build(root)
    assert [line["number"] for line in lines(root)] == [1, 2, 3]
    assert lines(root)[:2] == [first, second]


def test_an_older_document_brought_later_takes_the_next_number(root: DataRoot) -> None:
    keep(root, given(3, Got(A, U)))
    build(root)
    before = ids(root)
    keep(root, given(1, Got(A, V)))
    build(root)
    after = ids(root)
    assert after.items() >= before.items()
    assert set(after) == {f"{ID}.v1", f"{ID}.v2"}
    rows = db(root, "SELECT kind, from_version, to_version FROM changes ORDER BY number")
    assert rows == [
        ("first", None, f"{ID}.v2"),
        ("figures", f"{ID}.v2", f"{ID}.v1"),
    ]
    assert db(root, "SELECT version_id FROM reports") == [(f"{ID}.v1",)]


@pytest.mark.usefixtures("merging")
def test_versions_that_a_reader_merges_lead_to_what_holds_them(root: DataRoot) -> None:
    with Reads({}, "before"):
        keep(root, given(1, Got(A, U)), given(2, Got(A, V)), given(3, Got(A, W)))
        build(root)
        kept = ids(root)
    build(root)
    assert set(ids(root)) == {f"{ID}.v1", f"{ID}.v2"}
    assert moved(root) == {f"{ID}.v3": (f"{ID}.v2", "version", "merged")}
    # What was merged and is split again has its number back.
    with Reads({}, "after"):
        build(root)
    assert ids(root) == kept
    assert moved(root) == {}


def test_versions_that_a_reader_splits_keep_the_first_bodys_number(root: DataRoot) -> None:
    with Reads({W: U}, "before"):
        keep(root, given(1, Got(A, U)), given(2, Got(A, W)), given(3, Got(A, V)))
        build(root)
        assert set(ids(root)) == {f"{ID}.v1", f"{ID}.v2"}
        kept = ids(root)
    build(root)
    assert ids(root).items() >= kept.items()
    assert set(ids(root)) == {f"{ID}.v1", f"{ID}.v2", f"{ID}.v3"}
    rows = db(root, "SELECT kind, cause, from_version, to_version FROM changes ORDER BY number")
    assert [(k, c, f and f[-2:], t[-2:]) for k, c, f, t in rows] == [
        ("first", "page", None, "v1"),
        ("text", "page", "v1", "v3"),
        ("figures", "page", "v3", "v2"),
    ]


def test_an_agency_that_becomes_known_leads_on_with_its_reports_and_versions(
    root: DataRoot,
) -> None:
    nameless = {**ENTRY, "region": "", "region_name": ""}
    runs = [
        replace(given(month, Got(A, body)), entries={"shili": nameless})
        for month, body in ((1, U_ALONE), (2, V_ALONE))
    ]
    keep(root, *runs)
    build(root)
    ((old,),) = db(root, "SELECT agency_id FROM agencies")
    assert old.startswith("u-")
    keep(root, given(3, Got(A, V_ALONE)))
    build(root)
    ((new,),) = db(root, "SELECT agency_id FROM agencies")
    assert moved(root) == {
        old: (new, "agency", "identified"),
        f"{old}-2022": (ID, "report", "identified"),
        f"{old}-2022.v1": (f"{ID}.v1", "version", "identified"),
        f"{old}-2022.v2": (f"{ID}.v2", "version", "identified"),
    }
    since = db(root, "SELECT DISTINCT since FROM id_history")
    keep(root, given(4, Got(A, W_ALONE)))
    build(root)
    assert db(root, "SELECT DISTINCT since FROM id_history") == since
    assert len(moved(root)) == 4


def test_a_report_that_joins_another_takes_the_next_numbers(root: DataRoot) -> None:
    nameless = {**ENTRY, "region": "", "region_name": ""}
    entries = {"shili": nameless, "linju": ENTRY}
    keep(root, replace(given(1, Got(A, U_ALONE), Got(B, V, portal="linju")), entries=entries))
    build(root)
    kept = {ID: ids(root)[f"{ID}.v1"]}
    keep(root, replace(given(2, Got(A, U_ALONE)), entries={"shili": ENTRY}))
    with mock.patch("archive.release.checks.losses", return_value=[]):  # two reports become one
        build(root)
    assert set(ids(root)) == {f"{ID}.v1", f"{ID}.v2"}
    assert ids(root)[f"{ID}.v1"] == kept[ID]
    ((old,),) = db(root, "SELECT old_id FROM id_history WHERE what = 'version'")
    assert old.startswith("u-")
    assert moved(root)[old] == (f"{ID}.v2", "version", "identified")


def test_a_lost_register_is_made_again_from_the_release(root: DataRoot) -> None:
    keep(root, given(3, Got(A, U)))
    build(root)
    keep(root, given(1, Got(A, V)))
    build(root)
    kept, before = ids(root), lines(root)
    (root.path / FILE).unlink()
    keep(root, given(4, Got(A, W)))
    build(root)
    assert ids(root).items() >= kept.items()
    assert [(row["number"], row["sha256"]) for row in lines(root)[:2]] == [
        (row["number"], row["sha256"]) for row in before
    ]


def test_the_register_alone_keeps_the_numbers(root: DataRoot) -> None:
    keep(root, given(3, Got(A, U)))
    build(root)
    keep(root, given(1, Got(A, V)))
    build(root)
    kept, digest = ids(root), current_hash(root)
    shutil.rmtree(root.releases)
    build(root)
    assert ids(root) == kept
    assert current_hash(root) == digest
    (root.path / FILE).unlink()
    shutil.rmtree(root.releases)
    build(root)
    assert ids(root) != kept  # nothing is left that knows of them


def test_a_torn_last_line_is_entered_again(
    root: DataRoot, caplog: pytest.LogCaptureFixture
) -> None:
    keep(root, given(1, Got(A, U)), given(2, Got(A, V)))
    build(root)
    path = root.path / FILE
    path.write_bytes(path.read_bytes()[:-20])
    keep(root, given(3, Got(A, W)))
    build(root)
    assert "left out a torn line" in caplog.text
    whole = [line for line in path.read_text("utf-8").splitlines() if line.endswith("}")]
    assert {json.loads(line)["number"] for line in whole} == {1, 2, 3}
    assert set(ids(root)) == {f"{ID}.v{n}" for n in (1, 2, 3)}


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    register = Register(tmp_path / "missing" / FILE)
    told = [(ID, (1,), [("0", A)])]
    full = pytest.raises(WriteFailed, match="takes no more ids")
    with mock.patch("archive.register.firsts", return_value=told), full:
        register.enter(mock.Mock(), "r")


def test_what_two_texts_share_is_no_id_of_either(root: DataRoot) -> None:
    """A page that only links to its file stands beside both of the file's texts."""
    file = f"{SITE}/f.html"
    page = f"<html><h1>示例市财政局2022年政府信息公开工作年度报告</h1><a href='{file}'>附件</a>"
    for month, body in ((1, U), (2, V)):
        keep(
            root,
            given(month, Got(A, page.encode()), Got(file, body, role="attachment", parent=A)),
        )
    build(root)
    assert {row["url"] for row in lines(root)} == {file}
    kept = ids(root)
    (root.path / FILE).unlink()
    keep(root, given(3, Got(file, W, role="attachment", parent=A)))
    build(root)
    assert ids(root).items() >= kept.items()


def test_of_two_reports_that_hold_a_body_its_own_keeps_the_id() -> None:
    """A page beside the files of two reports."""
    version = Brief("0", "read", ("", ""), ("", ""), False, False, (("0", A),), ("0", A))
    told = [InBrief(report, (1,), (version,)) for report in ("a-2020", "b-2020")]
    left = [Given(report, 1, "0", A, "") for report in ("a-2020", "b-2020", "c-2020")]
    nowhere = Given("a-2020", 2, "0", B, "")
    with mock.patch("archive.numbering.briefs", return_value=told):
        found = dict(_found([*left, nowhere], {}, {}))
    assert found == dict(zip(left, [("a-2020", 0), ("b-2020", 0), ("a-2020", 0)], strict=True))


def test_agency_of_a_report() -> None:
    assert agency_of("u-0123456789ab-2021") == "u-0123456789ab"
    assert Given("990100-finance-2020", 3, "", "", "").version_id == "990100-finance-2020.v3"


def test_a_line_with_a_number_in_quotes_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line = {"report": ID, "number": "1", "sha256": "a", "url": "b", "release": "c"}
    path = tmp_path / "ids.jsonl"
    path.write_text("".join(json.dumps(line | {"number": n}) + "\n" for n in ("1", 2)))
    assert len(Register(path).given) == 1
    assert f"{path}:1: left out a torn line" in caplog.text
