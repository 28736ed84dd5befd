"""The content hash is made of parts: which ones, by whom they can be made again, and what stays."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive.contenthash import Digests, content_hash, digests, hash_like
from archive.contentparts import _spans_of_parts, parts
from archive.contenttables import DIVIDED
from archive.manifest import FILES, reading
from archive.release.identity import Identity
from archive.release.shelf import switch
from archive.root import DataRoot
from archive.schema import CONTENT
from tests import synthetic
from tests.stored import SITE, Got, Run, article, build, keep, report_of

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a few synthetic reports."""
    folder = tmp_path_factory.mktemp("town")
    synthetic.write(folder, 40)
    return folder


@pytest.fixture
def copy(town: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    for name in FILES:
        shutil.copy(town / name, tmp_path / name)
    return tmp_path


def _files(folder: Path) -> list[Path]:
    return [folder / name for name in FILES]


def _change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        for statement in statements:
            db.execute(statement)


def test_the_documented_script_makes_the_same(town: Path) -> None:
    text = (DOCS / "releases.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (script,) = (block for block in blocks if "DIVIDED" in block)
    done = subprocess.run(
        [sys.executable, "-W", "ignore::ResourceWarning", "-c", script],
        cwd=town, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == content_hash(*_files(town))


def test_each_divided_table_is_there_and_begins_its_key_with_an_id(town: Path) -> None:
    found = set()
    for file in _files(town):
        with reading(file) as db:
            for name in DIVIDED:
                key = db.execute(f"SELECT name FROM pragma_table_info('{name}') WHERE pk = 1")
                first = CONTENT[name].key[:1] if name in CONTENT else ()
                for column in first or [row[0] for row in key]:
                    if db.execute(f"SELECT 1 FROM sqlite_master WHERE name = '{name}'").fetchone():
                        found.add(name)
                        assert column in ("agency_id", "report_id", "version_id", "change_id")
    # The key of changes is change_id, which begins with the report's id.
    assert found | {"changes"} == DIVIDED


def test_processes_and_shares_change_nothing(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parts(_files(town), 1)
    assert len(whole) == 7
    monkeypatch.setattr("archive.contentparts._TOGETHER", 2)
    monkeypatch.setattr("archive.contentparts._SPANS", 1)
    assert parts(_files(town), 2) == whole
    some = [*list(whole)[1::3], "990000-nobody"]
    assert parts(_files(town), 1, some) == {name: whole[name] for name in some[:-1]}


def test_parts_of_a_region_are_digested_together_and_unresolved_ones_alone() -> None:
    names = ["u-b1", "370300-finance", "370301-audit", "370300-audit", "u-a2", "370300-audit"]
    assert _spans_of_parts(names) == [
        ("370300-audit", "370300-finance."),
        ("370301-audit", "370301-audit."),
        ("u-a2", "u-a2."),
        ("u-b1", "u-b1."),
    ]


def test_a_change_concerns_the_parts_that_it_is_in(copy: Path) -> None:
    before = digests(*_files(copy))
    with reading(copy / FILES[0]) as db:
        ids = [row[0] for row in db.execute("SELECT version_id FROM versions ORDER BY 1")]
    one, other = ids[3], ids[-3]
    _change(copy / FILES[0], f"UPDATE _versions SET pictures = 7 WHERE version_id = '{one}'")
    _change(copy / FILES[1], f"UPDATE chapters SET text = 'x' WHERE version_id = '{other}'")
    after = digests(*_files(copy))
    changed = {name for name in before.parts if before.parts[name] != after.parts[name]}
    assert changed == {"-".join(each.split("-")[:2]) for each in (one, other)}
    assert (after.tables, len(after.parts)) == (before.tables, len(before.parts))
    assert Digests.read(after.text) == after
    _change(copy / FILES[0], "UPDATE regions SET name = 'x'")
    assert (
        sum(a != b for a, b in zip(digests(*_files(copy)).tables, after.tables, strict=True)) == 1
    )


def test_what_belongs_to_no_agency_counts_too(copy: Path) -> None:
    before = digests(*_files(copy))
    sql = (
        "INSERT INTO changes (change_id, report_id, number, kind, cause, url, seen_after, cells)"
        " VALUES ('990000-nobody-2020.c1', '990000-nobody-2020', 1, 'text', 'page', 'u', 'x', '{}')"
    )
    _change(copy / FILES[0], sql)
    assert {*digests(*_files(copy)).parts} - {*before.parts} == {"990000-nobody"}


def test_a_release_of_before_is_known_by_the_hash_that_it_had(town: Path) -> None:
    files = _files(town)
    identity = Identity(town)
    said = {**identity.said, "release": "r"}
    assert said["content_hash"] == content_hash(*files)
    assert identity.is_of(said)
    assert not identity.is_of({**said, "schema": "other"})
    assert not identity.is_of({**said, "content_hash": "0" * 64})
    old = {"content_hash": hash_like({}, *files), "schema": said["schema"]}
    assert old["content_hash"] not in ("", said["content_hash"])
    assert identity.is_of(old)
    assert not identity.is_of({**old, "content_hash": said["content_hash"]})
    assert json.loads(json.dumps(said)) == said


def _as_before(path: Path, folder: Path) -> None:
    """Let a manifest say the hash as it was made before there were parts."""
    said = json.loads(path.read_text("utf-8"))
    assert said.pop("content_hash_version") == 2
    said["content_hash"] = hash_like({}, *_files(folder))
    path.write_text(json.dumps(said), "utf-8")


def test_an_archive_of_before_goes_on(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    for year in (2020, 2021):
        title = f"示例市财政局{year}年政府信息公开工作年度报告"
        keep(root, Run([Got(f"{SITE}/{year}.html", article(report_of(year)), title)]))
        assert build(root).is_new
    folder = root.current.resolve()
    _as_before(folder / "manifest.json", folder)
    (root.releases / "inputs.json").unlink()
    assert not build(root).is_new
    # What was rolled back from then stays out, too.
    said = json.loads((folder / "manifest.json").read_text("utf-8"))
    left = {name: said[name] for name in ("release", "content_hash", "schema")}
    (root.releases / "rolled_back.json").write_text(json.dumps({"left": [left]}), "utf-8")
    switch(root, said["before"])
    (root.releases / "inputs.json").unlink()
    assert not build(root).is_new
    assert root.current.resolve().name == said["before"]
    (root.releases / "rolled_back.json").unlink()
    (root.releases / "inputs.json").unlink()
    assert build(root).is_new
