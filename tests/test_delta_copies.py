"""Copies of the databases of a release, made while a build looks for what changed."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from archive.delta import copies
from archive.delta.copies import Copies, clear
from archive.delta.part import NotCertain
from archive.manifest import FILES
from archive.release.sums import write_sums


@pytest.fixture
def before(tmp_path: Path) -> Path:
    folder = tmp_path / "release"
    folder.mkdir()
    for number, name in enumerate(FILES):
        (folder / name).write_bytes(bytes([number]) * 1000)
    write_sums(folder)
    return folder


@pytest.fixture
def near(tmp_path: Path) -> Path:
    folder = tmp_path / "derived"
    folder.mkdir()
    return folder


def test_copies_are_put_where_they_are_asked_for(before: Path, near: Path, tmp_path: Path) -> None:
    left = near / "copies.killed"
    left.mkdir()
    (left / FILES[0]).write_bytes(b"half")
    (folder := tmp_path / "new").mkdir()
    with Copies(before, near) as made:
        made.put(folder)
        assert not left.exists()
    for name in FILES:
        assert (folder / name).read_bytes() == (before / name).read_bytes()
        assert not (folder / name).samefile(before / name)
    assert not list(near.iterdir())


@pytest.mark.parametrize("reason", [errno.EXDEV, errno.ENOSYS])
def test_copies_are_whole_where_the_kernel_makes_none(
    before: Path, near: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def cannot(*_: int) -> int:
        raise OSError(reason, "cannot")

    monkeypatch.setattr("os.copy_file_range", cannot)
    monkeypatch.setattr(copies, "_AT_ONCE", 7)
    (folder := tmp_path / "new").mkdir()
    with Copies(before, near) as made:
        made.put(folder)
    for name in FILES:
        assert (folder / name).read_bytes() == (before / name).read_bytes()


def test_a_disk_that_is_full_is_told_when_copies_are_asked_for(
    before: Path, near: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.copy_file_range", full)
    with Copies(before, near) as made, pytest.raises(OSError, match="No space left"):
        made.put(tmp_path)
    assert not list(near.iterdir())


def test_on_another_disk_the_copies_are_proven_there(
    before: Path, near: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder := tmp_path / "new").mkdir()

    def other_disk(self: Path, target: Path) -> Path:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "rename", other_disk)
    with Copies(before, near) as made:
        made.put(folder)
        (before / FILES[1]).write_bytes(b"x" * 1000)
        with pytest.raises(NotCertain, match="the release before is not as it was published"):
            made.put(folder)
    assert (folder / FILES[0]).read_bytes() == (before / FILES[0]).read_bytes()


def test_what_a_kill_left_is_removed_and_a_link_is_not_followed(near: Path, tmp_path: Path) -> None:
    (near / "copies.x").mkdir()
    (near / "copies.y").symlink_to(tmp_path)
    (tmp_path / "kept").touch()
    clear(near)
    assert [path.name for path in near.iterdir()] == ["copies.y"]
    assert (tmp_path / "kept").exists()


def test_what_is_not_as_it_was_published_is_not_put(
    before: Path, near: Path, tmp_path: Path
) -> None:
    (before / FILES[1]).write_bytes(b"x" * 1000)
    (folder := tmp_path / "new").mkdir()
    with (
        pytest.raises(NotCertain, match="the release before is not as it was published"),
        Copies(before, near) as made,
    ):
        made.put(folder)
    assert not list(folder.iterdir())
    assert not list(near.iterdir())


def test_copies_that_nobody_wants_any_more_are_broken_off(
    before: Path, near: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, asked = threading.Event(), threading.Event()
    copied = copies._copied

    def slowly(source: Path, to: Path, ended: threading.Event) -> str:
        begun.set()
        assert ended.wait(30)
        digest = copied(source, to, ended)
        assert not to.stat().st_size
        asked.set()
        return digest

    monkeypatch.setattr(copies, "_copied", slowly)
    with Copies(before, near):
        assert begun.wait(30)
    assert asked.is_set()
    assert not list(near.iterdir())


def test_a_folder_that_is_not_there_is_told_when_copies_are_asked_for(
    before: Path, tmp_path: Path
) -> None:
    with Copies(before, tmp_path / "nowhere") as made, pytest.raises(FileNotFoundError):
        made.put(tmp_path)
