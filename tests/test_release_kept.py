"""Releases on disk: refused, tagged, rolled back, pruned; what stays and what goes."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner, Result

from archive.__main__ import main
from archive.errors import ReleaseDamaged, ReleaseMissing, ReleaseRefused, RootBusy, WriteFailed
from archive.manifest import current_manifest
from archive.release import prune, roll_back, rolled_back, tag
from archive.release.losses import TOTALS, losses
from archive.release.pruning import kept
from archive.root import DataRoot
from tests.stored import ID, SITE, Got, Run, article, build, keep, lose, report_of

NOW = datetime(2026, 3, 15, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def got(year: int) -> Run:
    body = article(report_of(year))
    title = f"示例市财政局{year}年政府信息公开工作年度报告"
    return Run([Got(f"{SITE}/{year}.html", body, title)])


def published(root: DataRoot, *years: int) -> list[str]:
    """One release a year, none of them pruned; returns their names, oldest first."""
    names = []
    for year in years:
        keep(root, got(year))
        with mock.patch("archive.release.publish.prune"):
            built = build(root)
        assert built.is_new
        assert built.folder is not None
        # Releases of one second sort by their hash: give each a minute of its own.
        name = f"20260301-00{len(names):02}00-{built.folder.name[-8:]}"
        built.folder.rename(root.releases / name)
        manifest = json.loads((root.releases / name / "manifest.json").read_text())
        root.current.unlink()
        root.current.symlink_to(name)
        note = json.loads((root.releases / "inputs.json").read_text())
        (root.releases / "inputs.json").write_text(json.dumps({**note, "release": name}))
        assert manifest["counts"]["reports"] == len(names) + 1
        names.append(name)
    return names


def command(*words: str, data: DataRoot) -> Result:
    return CliRunner().invoke(main, [*words, "--data", str(data.path)])


# -- refused -----------------------------------------------------------------------------


def test_a_release_that_lost_a_report_is_refused_by_its_name(root: DataRoot) -> None:
    keep(root, got(2021), got(2022))
    first = build(root).folder
    lose(root, b"/2022.html")
    with pytest.raises(ReleaseRefused, match=rf"lacks 1 of the reports: {ID}\b") as refused:
        build(root)
    assert "--accept" in str(refused.value)
    assert root.current.resolve() == first
    assert [path for path in root.releases.iterdir() if ".partial" in path.name] == []


def test_told_to_it_is_published_with_the_reason(root: DataRoot) -> None:
    keep(root, got(2021), got(2022))
    build(root)
    lose(root, b"/2022.html")
    refused = command("build", "--workers", "1", data=root)
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1
    done = command("build", "--workers", "1", "--accept", "一块磁盘已损坏", data=root)
    assert done.exit_code == 0, done.output
    accepted = current_manifest(root)["accepted"]
    assert accepted["reason"] == "一块磁盘已损坏"
    assert ID in accepted["what"][0]


NAMES = [*(name for group in TOTALS.values() for name in group), "t2_rules_made"]


def made(folder: Path, reports: dict[str, tuple[str, dict[str, int | None]]]) -> Path:
    """A release of a few columns: report → SHA-256 of its body, figures."""
    folder.mkdir()
    db = sqlite3.connect(folder / "nianbao.db")
    figures = ", ".join(f'"{name}" ANY' for name in NAMES)
    db.executescript(f"""
        CREATE TABLE reports (report_id TEXT, version_id TEXT, status TEXT);
        CREATE TABLE figures (version_id TEXT, {figures});
        CREATE TABLE versions (report_id TEXT, version_id TEXT);
        CREATE TABLE sources (version_id TEXT, sha256 TEXT);
        CREATE TABLE withheld (what TEXT, report_id TEXT, version_id TEXT, is_report INTEGER);
        CREATE TABLE id_history (old_id TEXT, new_id TEXT, reason TEXT DEFAULT 'identified');
        INSERT INTO id_history (old_id, new_id) VALUES ('u-1-2020', '990100-finance-2020');
        INSERT INTO id_history (old_id, new_id) VALUES ('u-1-2020.v1', '990100-finance-2020.v1');
    """)
    text = sqlite3.connect(folder / "text.db")
    text.execute("CREATE TABLE locators (version_id TEXT, sha256 TEXT)")
    for report_id, (sha256, values) in reports.items():
        version = f"{report_id}.v1"
        db.execute("INSERT INTO reports VALUES (?, ?, 'read')", (report_id, version))
        db.execute("INSERT INTO versions VALUES (?, ?)", (report_id, version))
        db.execute("INSERT INTO sources VALUES (?, ?)", (version, sha256))
        marks = ", ".join("?" for _ in NAMES)
        row = [values.get(name) for name in NAMES]
        db.execute(f"INSERT INTO figures VALUES (?, {marks})", (version, *row))
        text.execute("INSERT INTO locators VALUES (?, ?)", (version, sha256))
    for each in (db, text):
        each.commit()
        each.close()
    return folder


def lost(new: Path, old: Path) -> list[str]:
    """What was lost: asked of all reports, and of those that differ, as of a patch."""
    rows = []
    for folder in (new, old):
        with contextlib.closing(sqlite3.connect(folder / "nianbao.db")) as db:
            sql = """SELECT r.report_id, r.status, s.sha256, f.* FROM reports r
                JOIN figures f USING (version_id) JOIN sources s USING (version_id)"""
            rows.append({row[0]: row for row in db.execute(sql)})
    every = {*rows[0], *rows[1]}
    differing = {each for each in every if rows[0].get(each) != rows[1].get(each)}
    found = losses(new, old)
    assert losses(new, old, every) == losses(new, old, differing) == found
    return found


NEW, SUIT = "t3_received_new_total", "t4_suit_direct_total"
OLD = {f"r{n}": (f"{n}", {NEW: 100, SUIT: 5, "t2_rules_made": 0}) for n in range(100)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"r1": ("1", {NEW: 200, SUIT: 5, "t2_rules_made": 0})}, []),  # 1 %, not more
        ({"r1": ("1", {NEW: 201, SUIT: 5, "t2_rules_made": 0})}, ["new requests"]),
        # Other bytes are the agency's doing.
        ({"r1": ("x", {NEW: 999, SUIT: 5, "t2_rules_made": 0})}, []),
        # 4 % of the lawsuits, but only 20.
        ({"r1": ("1", {NEW: 100, SUIT: 25, "t2_rules_made": 0})}, []),
        ({"r1": ("1", {NEW: 100, SUIT: 26, "t2_rules_made": 0})}, ["lawsuits"]),
        ({f"r{n}": (f"{n}", {NEW: 100, SUIT: 5}) for n in range(21)}, ["figures read"]),
    ],
)
def test_what_moved_is_named(
    tmp_path: Path, change: dict[str, tuple[str, dict[str, int | None]]], said: list[str]
) -> None:
    old, new = made(tmp_path / "old", OLD), made(tmp_path / "new", {**OLD, **change})
    found = lost(new, old)
    assert len(found) == len(said), found
    assert all(line.startswith(word) for word, line in zip(said, found, strict=True))


def test_a_report_that_is_read_no_more_counts(tmp_path: Path) -> None:
    old, new = made(tmp_path / "old", OLD), made(tmp_path / "new", OLD)
    db = sqlite3.connect(new / "nianbao.db")
    for number, said in ((1, []), (2, ["98 reports are read instead of 100"])):
        with db:
            db.execute(
                "UPDATE reports SET status = 'needs_ocr' WHERE report_id = ?", (f"r{number}",)
            )
        assert lost(new, old) == said
    db.close()


def test_a_report_under_another_id_is_not_lost(tmp_path: Path) -> None:
    known = {"u-1-2020": ("a", {}), "u-2-2020": ("b", {})}
    old = made(tmp_path / "old", known)
    new = made(tmp_path / "new", {"990100-finance-2020": ("a", {}), "r3": ("b", {})})
    assert lost(new, old) == ["it lacks 1 of the reports: u-2-2020"]


def test_twenty_lost_ids_are_named(tmp_path: Path) -> None:
    (said, *_) = lost(made(tmp_path / "new", {}), made(tmp_path / "old", OLD))
    assert said.startswith("it lacks 100 of the reports: r0, r1, r10")
    assert said.endswith(" and 80 more")
    assert said.count(", ") == 19


# -- tagged, rolled back -----------------------------------------------------------------


def test_going_back_holds_until_something_is_new(root: DataRoot) -> None:
    first, second = published(root, 2020, 2021)
    assert roll_back(root) == (second, first)
    assert root.current.resolve().name == first
    # The same inputs, and the same content though the inputs are not known: it stays out.
    for _ in range(2):
        assert not build(root).is_new
        assert root.current.resolve().name == first
        (root.releases / "inputs.json").unlink(missing_ok=True)
    assert [left["release"] for left in rolled_back(root)] == [second]
    assert f"rollback {second}" in command("build", "--workers", "1", data=root).output
    keep(root, got(2022))
    assert build(root).is_new
    assert current_manifest(root)["counts"]["reports"] == 3
    assert rolled_back(root) == []


def test_one_can_go_forward_again(root: DataRoot) -> None:
    first, second, third = published(root, 2020, 2021, 2022)
    roll_back(root)
    roll_back(root)
    assert root.current.resolve().name == first
    assert [left["release"] for left in rolled_back(root)] == [third, second]
    done = command("rollback", third, data=root)
    assert done.exit_code == 0, done.output
    assert root.current.resolve().name == third
    assert [left["release"] for left in rolled_back(root)] == [second]
    with pytest.raises(ReleaseRefused, match="current release already"):
        roll_back(root, third)


def test_nobody_goes_back_to_a_release_that_is_not_whole(root: DataRoot) -> None:
    first, second = published(root, 2020, 2021)
    damaged = root.releases / first / "text.db"
    with damaged.open("r+b") as handle:
        handle.seek(5000)
        byte = handle.read(1)
        handle.seek(5000)
        handle.write(bytes([byte[0] ^ 1]))
    with pytest.raises(ReleaseDamaged, match=r"text\.db differs"):
        roll_back(root)
    damaged.unlink()
    (root.releases / first / "more").touch()
    with pytest.raises(ReleaseDamaged, match=r"more is not listed, text\.db is missing"):
        roll_back(root)
    (root.releases / first / "SHA256SUMS").unlink()
    with pytest.raises(ReleaseDamaged, match="no SHA256SUMS"):
        roll_back(root, first)
    with pytest.raises(ReleaseMissing, match="no release 2020"):
        roll_back(root, "2020")
    assert root.current.resolve().name == second


def test_a_tag_is_kept_listed_and_never_moved(root: DataRoot) -> None:
    first, second = published(root, 2020, 2021)
    assert command("tag", "current", "论文-2026", data=root).exit_code == 0
    assert tag(root, first, "v1") == first
    tags = json.loads((root.releases / "tags.json").read_text())
    assert tags == {"论文-2026": second, "v1": first}
    listed = command("releases", data=root).output.splitlines()
    assert listed[0].startswith(f"  {first}")
    assert "1 reports" in listed[0]
    assert "tags: v1" in listed[0]
    assert listed[1].startswith(f"* {second}")
    assert roll_back(root, "v1") == (second, first)
    for name, why in (("v1", "already"), ("../x", "cannot be"), ("", "cannot be")):
        with pytest.raises(ReleaseRefused, match=why):
            tag(root, second, name)
    (root.releases / "tags.json").write_text("{")
    for order in (("prune",), ("tag", first, "v2"), ("releases",)):
        done = command(*order, data=root)
        assert done.exit_code == 1
        assert "tags.json is damaged" in done.stderr


def test_nothing_is_switched_while_a_build_is_at_work(root: DataRoot) -> None:
    first, _ = published(root, 2020, 2021)
    with root.lock("build"):
        for act in (lambda: roll_back(root), lambda: tag(root, first, "v1")):
            with pytest.raises(RootBusy, match="another build"):
                act()
        assert command("prune", data=root).exit_code == 1


def test_without_releases_each_command_says_so(root: DataRoot) -> None:
    for order in (("releases",), ("rollback",), ("tag", "current", "v1"), ("prune",)):
        done = command(*order, data=root)
        assert done.exit_code == 1
        assert "no data root" in done.stderr
    keep(root, Run())
    assert "no release yet" in command("releases", data=root).output
    assert "no current release" in command("rollback", data=root).stderr
    assert "no release current" in command("tag", "current", "v1", data=root).stderr


# -- pruned ------------------------------------------------------------------------------


def names_of(*times: str) -> list[str]:
    return [f"{time}-000000-00000000" for time in times]


def test_the_rule_of_pruning() -> None:
    names = names_of(
        "20250201", "20250331", "20250401", "20250430", "20260103", "20260131", "20260201",
        "20260301", "20260302", "20260303", "20260304",
    )  # fmt: skip
    stay = kept(names, names[-2], {names[0], names[8], "19990101-000000-00000000"}, NOW)
    # Held; last of April, January, February and March; the current one.
    assert stay == {names[i] for i in (0, 3, 5, 6, 8, 9, 10)}
    # Nobody knows what is served: nothing goes.
    assert kept(names, None, set(), NOW) == set(names)


def test_publishing_prunes(root: DataRoot) -> None:
    names = published(root, 2019, 2020)
    tag(root, names[0], "v1")
    for name in names_of("20240101", "20240102", "20260302"):
        shutil.copytree(root.releases / names[0], root.releases / name)
    (root.releases / "20200101-000000-000000.partial").mkdir()
    keep(root, got(2021))
    newest = build(root).folder
    assert newest is not None
    left = {
        path.name for path in root.releases.iterdir() if path.is_dir() and not path.is_symlink()
    }
    # Kept: the tagged one, what the current one replaced, and the current one. A build of
    # another month than March 2026 leaves the last one of that, too.
    assert left - {newest.name} <= {*names, "20260302-000000-00000000"}
    assert {*names, newest.name} <= left
    assert prune(root) == []
    assert command("prune", data=root).output == f"{len(left)} releases are kept\n"


# -- the disk ----------------------------------------------------------------------------


def test_sums_are_those_of_sha256sum(root: DataRoot) -> None:
    published(root, 2022)
    done = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"],
        cwd=root.current, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (root.current / "SHA256SUMS").read_text().splitlines()
    files = [path for path in root.current.resolve().rglob("*") if path.is_file()]
    assert len(lines) == len(files) - 1


def test_a_disk_that_takes_no_release_leaves_the_old_one(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = published(root, 2021)
    keep(root, got(2022))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("archive.release.publish.write_files", full)
        with pytest.raises(WriteFailed, match=r"releases takes no release .*make room"):
            build(root, files=True)
    assert root.current.resolve().name == first
    assert not list(root.releases.glob("*.partial"))
    assert build(root).is_new


@pytest.mark.parametrize("name", ["serve", "panel"])
def test_a_mistyped_data_root_is_named_before_anything_is_built(name: str, tmp_path: Path) -> None:
    typed = DataRoot(tmp_path / "dtaa")
    options = ("--out", str(tmp_path / "panel.zip")) if name == "panel" else ()
    said = command(name, *options, data=typed)
    assert said.exit_code == 1
    assert f"there is no folder {typed.path}" in said.output
    assert "make build" not in said.output
