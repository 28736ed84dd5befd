"""What becomes current, and what stays, after a rollback, a kill, a loss, or damage."""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest

from archive.errors import ArchiveError, ReleaseRefused, RootRefused
from archive.manifest import current_manifest, reading, write_json
from archive.release import prune, releases, roll_back, rolled_back, tag
from archive.release.losses import losses
from archive.release.sums import verify
from archive.root import DataRoot
from tests.stored import ID, SITE, Got, Run, article, build, keep, lose, report_of
from tests.test_release_kept import made


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def got(year: int) -> Run:
    title = f"示例市财政局{year}年政府信息公开工作年度报告"
    return Run([Got(f"{SITE}/{year}.html", article(report_of(year)), title)])


def built(root: DataRoot, day: int, *years: int, accept: str = "") -> str:
    """Build on a day of one month, with reports of more years; the current release's name."""
    if years:
        keep(root, *map(got, years))
    clock = mock.Mock(wraps=datetime)
    clock.now.side_effect = lambda zone: datetime(2026, 11, day, 10, tzinfo=zone)
    with (
        mock.patch("archive.release.publish.datetime", clock),
        mock.patch("archive.release.pruning.datetime", clock),
    ):
        build(root, accept=accept)
    return root.current.resolve().name


def names(root: DataRoot) -> list[str]:
    return [each.name for each in releases(root)]


# -- somebody went back ------------------------------------------------------------------


def test_what_a_new_release_replaced_is_kept_and_not_what_was_rejected(root: DataRoot) -> None:
    good, rejected = built(root, 1, 2020), built(root, 2, 2021)
    assert roll_back(root) == (rejected, good)
    new = built(root, 3, 2022)
    assert current_manifest(root)["before"] == good
    assert names(root) == [good, new]
    assert prune(root, datetime(2026, 11, 4)) == []
    # Also where the rejected one is kept for another reason.
    assert roll_back(root) == (new, good)


def test_going_back_passes_what_was_rejected(root: DataRoot) -> None:
    good, rejected = built(root, 1, 2020), built(root, 2, 2021)
    tag(root, rejected, "v2")
    roll_back(root)
    new = built(root, 3, 2022)
    assert names(root) == [good, rejected, new]
    assert roll_back(root) == (new, good)


# -- a build was killed ------------------------------------------------------------------


def left_over(root: DataRoot) -> Path:
    """A release renamed by a build that was killed before it switched; not pruned."""
    with (
        mock.patch("archive.release.publish.switch", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        built(root, 2, 2021)
    return root.releases / names(root)[-1]


def test_a_whole_release_that_a_kill_left_is_made_current(root: DataRoot) -> None:
    built(root, 1, 2020)
    left = left_over(root)
    assert built(root, 3) == left.name


def test_a_damaged_one_is_written_anew(root: DataRoot, caplog: pytest.LogCaptureFixture) -> None:
    first = built(root, 1, 2020)
    left = left_over(root)
    text = left / "text.db"
    text.write_bytes(text.read_bytes()[:5000])
    with caplog.at_level(logging.WARNING):
        new = built(root, 3)
    assert names(root) == [first, new]
    assert "text.db differs" in caplog.text
    verify(root.current.resolve())


def test_an_older_release_of_the_same_content_is_not_the_new_one(root: DataRoot) -> None:
    first = built(root, 1, 2020)
    second = built(root, 2, 2021)
    lose(root, b"/2021.html")
    third = built(root, 3, accept="依法移除")
    assert third[-8:] == first[-8:]  # its content hash
    assert current_manifest(root)["accepted"]["reason"] == "依法移除"
    assert names(root) == [second, third]


# -- what was lost -----------------------------------------------------------------------


def test_a_release_that_lost_a_version_is_refused_by_its_name(root: DataRoot) -> None:
    url = f"{SITE}/2022.html"
    keep(root, Run([Got(url, article())], day="2024-01-01"))
    keep(root, Run([Got(url, article(report_of(error="balance")))], day="2024-02-01"))
    first = built(root, 1)
    with reading(root.current / "nianbao.db") as db:
        (sha256,) = db.execute(
            f"SELECT sha256 FROM sources WHERE version_id = '{ID}.v2'"
        ).fetchone()
        (file,) = db.execute("SELECT warc_file FROM sources WHERE sha256 = ?", (sha256,)).fetchone()
    (root.warc / file).unlink()
    (root.warc / f"{file}.sha256").unlink()
    for path in root.path.glob("ledger.db*"):
        path.unlink()
    with pytest.raises(ReleaseRefused, match=rf"lacks 1 of the versions: {ID}\.v2\b"):
        built(root, 2)
    assert root.current.resolve().name == first


def test_merged_reports_are_not_fewer(tmp_path: Path) -> None:
    merged = {f"u-{n}-2020": ("a", {}) for n in range(3)}
    old = made(tmp_path / "old", {**merged, "990100-finance-2020": ("a", {})})
    new = made(tmp_path / "new", {"990100-finance-2020": ("a", {})})
    db = sqlite3.connect(new / "nianbao.db")
    for n in (0, 2):
        for end in ("", ".v1"):
            row = (f"u-{n}-2020{end}", f"990100-finance-2020{end}")
            db.execute("INSERT INTO id_history (old_id, new_id) VALUES (?, ?)", row)
    db.commit()
    assert losses(new, old) == []
    db.execute("UPDATE reports SET status = 'needs_ocr'")
    db.commit()
    db.close()
    assert losses(new, old) == ["0 reports are read instead of 1"]


# -- files are damaged -------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["", "[]", "1", '{"a": ["x"]}', '{"a": null}', '{"a": "x"}', b"\xff", None]
)
def test_without_whole_tags_nothing_is_written_and_nothing_removed(
    root: DataRoot, said: str | bytes | None
) -> None:
    first = built(root, 1, 2020)
    path = root.releases / "tags.json"
    if said is None:
        path.mkdir()
    else:
        path.write_bytes(said if isinstance(said, bytes) else said.encode())
    shutil.copytree(root.current, root.releases / "20240101-000000-00000000")
    for act in (lambda: built(root, 2, 2021), lambda: prune(root)):
        with pytest.raises(ReleaseRefused, match=r"tags\.json is damaged"):
            act()
    assert root.current.resolve().name == first
    path.rmdir() if said is None else path.unlink()
    assert len(names(root)) == 2


@pytest.mark.parametrize("said", ["[]", '{"left": 1}', '{"left": [1]}', '{"left": [{}]}'])
def test_a_damaged_note_of_a_rollback_is_named(root: DataRoot, said: str) -> None:
    built(root, 1, 2020)
    (root.releases / "rolled_back.json").write_text(said)
    with pytest.raises(ReleaseRefused, match=r"rolled_back\.json is damaged"):
        built(root, 2, 2021)


@pytest.mark.parametrize("work", ["forget", "prune"])
def test_what_fails_after_the_switch_is_a_warning(
    root: DataRoot, work: str, caplog: pytest.LogCaptureFixture
) -> None:
    built(root, 1, 2020)

    def failing(_: DataRoot) -> None:
        raise OSError(13, "Permission denied")

    failing.__name__ = work
    with mock.patch(f"archive.release.publish.{work}", failing):
        built(root, 2, 2021)
    assert current_manifest(root)["counts"]["reports"] == 2
    assert "the new release is current, but" in caplog.text
    (root.releases / "inputs.json").unlink()
    (root.releases / "inputs.json").mkdir()
    built(root, 3, 2022)
    assert current_manifest(root)["counts"]["reports"] == 3
    assert "inputs.json was not written" in caplog.text


@pytest.mark.parametrize(("name", "size"), [("nianbao.db", 50_000), ("text.db", 0)])
def test_a_damaged_current_release_is_named_and_no_full_disk(
    root: DataRoot, name: str, size: int
) -> None:
    first = root.releases / built(root, 1, 2020)
    damaged = first / name
    damaged.write_bytes(damaged.read_bytes()[:size])
    with pytest.raises(ReleaseRefused, match="the current release cannot be read") as refused:
        built(root, 2, 2021)
    assert "make room" not in str(refused.value)
    assert names(root) == [first.name]
    # What the message says to do helps.
    first.rename(root.path / "aside")
    built(root, 2)
    assert current_manifest(root)["counts"]["reports"] == 2


def test_a_release_that_is_left_for_its_damage_is_made_anew(root: DataRoot) -> None:
    first = built(root, 1, 2020)
    damaged = root.releases / built(root, 2, 2021)
    (damaged / "text.db").write_bytes(b"")
    assert roll_back(root) == (damaged.name, first)
    assert rolled_back(root) == []
    new = built(root, 3)
    assert names(root) == [first, new]
    assert current_manifest(root)["counts"]["reports"] == 2
    verify(root.current.resolve())


def test_a_damaged_manifest_and_a_register_that_is_none_are_one_line(root: DataRoot) -> None:
    manifest = root.releases / built(root, 1, 2020) / "manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:40])
    with pytest.raises(ArchiveError, match=r"manifest\.json is damaged"):
        built(root, 2, 2021)
    manifest.write_bytes(whole)
    (root.path / "ids.jsonl").unlink()
    (root.path / "ids.jsonl").mkdir()
    with pytest.raises(RootRefused, match=r"ids\.jsonl cannot be read"):
        built(root, 2)


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "a#b?c%41 d'e")
    built(root, 1, 2020)
    keep(root, got(2021))
    build(root, files=True)
    assert current_manifest(root)["counts"]["reports"] == 2
    assert roll_back(root)


def test_a_note_is_on_the_disk_before_it_bears_its_name(tmp_path: Path) -> None:
    path, done = tmp_path / "note.json", []

    def synced(_: int) -> None:
        done.append(path.exists())

    with mock.patch("os.fsync", synced):
        write_json(path, {"a": 1})
    assert done == [False, True]
    assert json.loads(path.read_text()) == {"a": 1}
