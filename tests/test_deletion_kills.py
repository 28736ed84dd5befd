"""A deletion that is killed at any step is ended by the next call, and told until then."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from archive import manifests
from archive.deletion import deleting, erasing, log, overwriting
from archive.deletion.deleting import delete, resume
from archive.deletion.log import FILE, entries
from archive.errors import RootRefused
from archive.fsck import fsck
from archive.reindex import reindex
from archive.root import DataRoot
from tests.damage import copy
from tests.deletions import (
    BY_COURT,
    DECIDED,
    QUERY,
    all_rows,
    cli,
    digest_of,
    make,
    members,
    rows,
    wrong,
)

PROJECT = Path(__file__).resolve().parent.parent
AT = "2026-11-22T17:00:00Z"


class Killed(BaseException):
    """Ends a deletion in between."""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """Without a release, of which the proof takes most of the time."""
    return make(tmp_path_factory.mktemp("bare") / "root", released=False)


@pytest.fixture(scope="module")
def whole(bare: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """The root after a deletion that nobody broke off."""
    root = copy(bare, tmp_path_factory.mktemp("whole") / "root")
    with mock.patch.object(deleting, "_now", return_value=AT):
        delete(root, BY_COURT, digests=[digest_of(root, "sha256")])
    return root


@contextlib.contextmanager
def killing(where: Any, name: str, call: int, *, after: bool) -> Iterator[None]:
    """Break off before or after a call of a function, counted from 1."""
    real: Callable[..., Any] = getattr(where, name)
    calls = iter(range(1, 100))

    def broken(*args: Any, **kwargs: Any) -> Any:
        is_it = next(calls) == call
        if is_it and not after:
            raise Killed
        done = real(*args, **kwargs)
        if is_it:
            raise Killed
        return done

    with mock.patch.object(where, name, broken):
        yield


STEPS = [
    pytest.param(where, name, call, after, id=f"{name} {call} {'after' if after else 'before'}")
    for where, name, call, after in (
        (log, "_append", 1, False),
        (log, "_append", 1, True),
        (overwriting, "_put", 4, True),
        (overwriting, "_sync", 1, True),
        (deleting, "overwrite", 1, True),
        (manifests, "renew", 2, True),
        (erasing, "_emptied", 1, False),
        (erasing, "_emptied", 2, False),
        (log, "_append", 2, False),
        (log, "_append", 2, True),
    )
]


@pytest.mark.parametrize(("where", "name", "call", "after"), STEPS)
def test_killed_at_any_step_it_is_ended_by_the_next_call(
    bare: DataRoot, whole: DataRoot, tmp_path: Path, where: Any, name: str, call: int, after: bool
) -> None:
    root = copy(bare, tmp_path / "root")
    asked = [digest_of(root, "sha256")]
    with mock.patch.object(deleting, "_now", return_value=AT):
        with killing(where, name, call, after=after), pytest.raises(Killed):
            delete(root, BY_COURT, digests=asked)
        begun = entries(root.path)
        if begun and not begun[0].done:
            assert "deletion_unfinished" in wrong(root)
            with pytest.raises(RootRefused, match="has not ended"), root.lock("crawl"):
                pass
        else:
            assert wrong(root) == set()
        again = delete(root, BY_COURT, digests=asked)
    assert bool(again.ended) == bool(begun and not begun[0].done)
    assert members(root) == members(whole)
    assert all_rows(root) == all_rows(whole)
    assert (root.path / FILE).read_bytes() == (whole.path / FILE).read_bytes()
    assert wrong(root) == set()
    assert resume(root) == []


def test_a_line_that_a_crash_tore_is_no_deletion(bare: DataRoot, tmp_path: Path) -> None:
    root = copy(bare, tmp_path / "root")
    (root.path / FILE).write_bytes(b'{"deletion":1,"state":"begun","at":"2026')
    assert (entries(root.path), wrong(root), resume(root)) == ([], set(), [])
    delete(root, BY_COURT, digests=[digest_of(root, "sha256")])
    assert [each.done for each in entries(root.path)] == [True]


def test_killed_in_the_middle_of_a_tombstone(bare: DataRoot, tmp_path: Path) -> None:
    root = copy(bare, tmp_path / "root")
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, signal, sys\n"
            "from archive.__main__ import main\n"
            "real = os.pwrite\n"
            "def half(out, data, at):\n"
            "    real(out, data[: len(data) // 2], at)\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
            "os.pwrite = half\n"
            "main(sys.argv[1:])\n",
            *("delete", "--data", str(root.path), "--sha256", digest_of(root, "sha256"), *DECIDED),
        ],
        cwd=PROJECT,
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert {"deletion_unfinished", "record_damaged", "file_changed"} <= wrong(root)
    ended = cli(root)
    assert ended.exit_code == 0, ended.output
    assert ended.output.startswith("ended now: deletion 1 of ")
    assert wrong(root) == set()
    assert not rows(root, f"url LIKE '%{QUERY}'")
    assert fsck(root, 1).captures == len(rows(root))


def test_what_was_begun_can_be_ended_without_ledger_and_file(
    bare: DataRoot, tmp_path: Path
) -> None:
    root = copy(bare, tmp_path / "root")
    with killing(overwriting, "_put", 1, after=False), pytest.raises(Killed):
        delete(root, BY_COURT, digests=[digest_of(root, "sha256")])
    (first, second) = entries(root.path)[0].files
    (root.warc / first.file).unlink()
    root.ledger.unlink()
    resume(root)
    reindex(root, force=True)
    assert wrong(root) <= {"file_lost", "run_unknown"}
    assert manifests.told(root.warc / second.file) == second.after
