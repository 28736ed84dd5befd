"""Copies of the databases of a release, made while a build looks for what changed."""

from __future__ import annotations

import errno
import os
import threading
from io import FileIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from archive.delta import copies
from archive.delta.copies import Copies
from archive.delta.part import NotCertain
from archive.manifest import FILES
from archive.release import sweep
from archive.release.sums import write_sums
from archive.root import DataRoot


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
    folder = tmp_path / "releases"
    folder.mkdir()
    return folder


def test_copies_are_put_where_they_are_asked_for(before: Path, near: Path, tmp_path: Path) -> None:
    (folder := tmp_path / "new").mkdir()
    with Copies(before, near) as made:
        made.put(folder)
    for name in FILES:
        assert (folder / name).read_bytes() == (before / name).read_bytes()
        assert not (folder / name).samefile(before / name)
    assert not list(near.iterdir())


@pytest.mark.parametrize("reason", [errno.EXDEV, errno.ENOSYS, errno.EPERM, errno.EIO, 0, None])
def test_copies_are_whole_where_the_kernel_makes_none(
    before: Path, near: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int | None
) -> None:
    def cannot(*_: int) -> int:
        if reason:
            raise OSError(reason, "cannot")
        return 0

    if reason is None:
        monkeypatch.delattr("os.copy_file_range")  # macOS has none
    else:
        monkeypatch.setattr("os.copy_file_range", cannot)
    monkeypatch.setattr(copies, "_AT_ONCE", 7)
    (folder := tmp_path / "new").mkdir()
    with Copies(before, near) as made:
        made.put(folder)
    for name in FILES:
        assert (folder / name).read_bytes() == (before / name).read_bytes()


def test_what_the_kernel_copies_in_part_is_copied_on(
    before: Path, near: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied, asked = os.copy_file_range, list[int]()

    def some(read: int, write: int, count: int) -> int:
        asked.append(count)
        return copied(read, write, 300) if len(asked) % 2 else 0

    monkeypatch.setattr("os.copy_file_range", some)
    monkeypatch.setattr(copies, "_AT_ONCE", 200)
    (folder := tmp_path / "new").mkdir()
    with Copies(before, near) as made:
        made.put(folder)
    for name in FILES:
        assert (folder / name).read_bytes() == (before / name).read_bytes()


def test_a_disk_that_takes_little_at_a_time(tmp_path: Path) -> None:
    """`write` may take less than it is given."""
    source, to = tmp_path / "source", tmp_path / "to"
    source.write_bytes(bytes(range(100)))

    class Little(FileIO):
        def fileno(self) -> int:
            raise OSError(errno.ENOSYS, "no descriptor for the kernel")

        def write(self, some: Any) -> int:
            return super().write(some[:7])

    with source.open("rb", buffering=0) as read, Little(to, "wb") as write:
        assert copies._some(read, write) == 100
    assert to.read_bytes() == source.read_bytes()


def test_a_disk_that_is_full_is_told_when_copies_are_asked_for(
    before: Path, near: Path, tmp_path: Path
) -> None:
    (full := tmp_path / "full").symlink_to("/dev/full")

    def into_full(source: Path, _: Path, ended: threading.Event) -> str:
        return copied(source, full, ended)

    copied = copies._copied
    with (
        mock.patch.object(copies, "_copied", into_full),
        Copies(before, near) as made,
        pytest.raises(OSError, match="No space left"),
    ):
        made.put(tmp_path)
    assert not list(near.iterdir())


def test_what_a_kill_left_is_swept(before: Path, tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    root.releases.mkdir()
    with Copies(before, root.releases) as made:
        made._begun and made._begun.result()
        assert len(list(root.releases.iterdir())) == 1
        sweep(root)
        assert not list(root.releases.iterdir())


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
