"""Another root that somebody prepared, or a disk spoiled: nothing else of this machine is read,
nothing waits for ever, and what was not merged is told by the exit status."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.root import DataRoot
from archive.store import Store
from tests import zygote
from tests.crawls import ledger as rows_of
from tests.part_kills import DEMO, B, crawl

SEVENTH = {"7": b"seventh page of b"}


@pytest.fixture
def other(tmp_path: Path) -> DataRoot:
    root = DataRoot(tmp_path / "other")
    store = Store(root, DEMO, shard="2/2")
    crawl(store, "pb", B, SEVENTH)
    store.finish("complete")
    return root


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    made = DataRoot(tmp_path / "root")
    store = Store(made, DEMO, shard="1/2")
    crawl(store, "pa", B, {"1": b"first page"})
    store.finish("complete")
    return made


def merged(root: DataRoot, other: DataRoot) -> tuple[int, str]:
    """Merge in a process of its own, which may hang or take all memory."""
    told = ["merge", "--data", str(root.path), "--from", str(other.path)]
    done = zygote.run("archive", *told, memory=4_000_000_000)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def warc(other: DataRoot) -> Path:
    (path,) = other.warc.glob("*.warc.gz")
    return path


def signed(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    line = f"{hashlib.sha256(data).hexdigest()}  {path.name}\n"
    path.with_name(f"{path.name}.sha256").write_text(line)


def manifest(other: DataRoot) -> Path:
    (path,) = other.warc.glob("*.sha256")
    return path


def linked(other: DataRoot) -> None:
    secret = other.path.with_name("secret")
    path = warc(other)
    signed(path, b"root:x:0:0")
    path.rename(secret)
    path.symlink_to(secret)


def manifest_linked(other: DataRoot) -> None:
    away = other.path.with_name("away")
    manifest(other).rename(away)
    other.warc.joinpath(f"{warc(other).name}.sha256").symlink_to(away)


def manifest_piped(other: DataRoot) -> None:
    path = manifest(other)
    path.unlink()
    os.mkfifo(path)


def manifest_endless(other: DataRoot) -> None:
    path = manifest(other)
    path.unlink()
    path.symlink_to("/dev/zero")


def manifest_large(other: DataRoot) -> None:
    os.truncate(manifest(other), 1 << 33)


def mark_linked(other: DataRoot) -> None:
    mark = other.path / "root.json"
    mark.rename(other.path.with_name("away"))
    mark.symlink_to(other.path.with_name("away"))


def mark_piped(other: DataRoot) -> None:
    (other.path / "root.json").unlink()
    os.mkfifo(other.path / "root.json")


def mark_large(other: DataRoot) -> None:
    os.truncate(other.path / "root.json", 1 << 33)


def mark_deep(other: DataRoot) -> None:
    (other.path / "root.json").write_text("[" * 60_000)


def mark_of_wrong_types(other: DataRoot) -> None:
    (other.path / "root.json").write_text('{"registry": "demo", "fiction": "yes"}')


def mark_of_a_list(other: DataRoot) -> None:
    (other.path / "root.json").write_text("[1]")


def lock_linked(other: DataRoot) -> None:
    lock = other.path / "crawl.lock"
    lock.unlink(missing_ok=True)
    lock.symlink_to(other.path.with_name("victim"))


def without_warc(other: DataRoot) -> None:
    other.warc.rename(other.path / "warcs")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (linked, "warc.gz is no file; copy it again"),
        (manifest_linked, "sha256 is no file"),
        (manifest_piped, "sha256 is no file"),
        (manifest_endless, "sha256 is no file"),
        (manifest_large, "is larger than such a file is"),
        (mark_linked, "root.json is no file"),
        (mark_piped, "root.json is no file"),
        (mark_large, "is larger than such a file is"),
        (mark_deep, "is damaged"),
        (mark_of_wrong_types, "registry must be a text, fiction true or false"),
        (mark_of_a_list, "is damaged"),
        (lock_linked, "crawl.lock is no file"),
        (without_warc, "is no folder; copy the other root again"),
    ],
)
def test_what_was_prepared_is_refused_in_one_line(
    root: DataRoot, other: DataRoot, spoil: Callable[[DataRoot], None], said: str
) -> None:
    victim = other.path.with_name("victim")
    victim.write_text("mine")
    before = sorted(path.name for path in root.warc.iterdir())
    spoil(other)
    status, found = merged(root, other)
    assert (status, said in found, found.count("\n")) == (1, True, 1), found
    assert sorted(path.name for path in root.warc.iterdir()) == before
    assert victim.read_text() == "mine"


def test_a_link_that_was_planted_here_is_not_written_through(
    root: DataRoot, other: DataRoot
) -> None:
    victim = other.path.with_name("victim")
    victim.write_text("mine")
    (root.warc / f"{warc(other).name}.merging").symlink_to(victim)
    assert merged(root, other)[0] == 0
    assert victim.read_text() == "mine"
    assert not (root.warc / warc(other).name).is_symlink()


# -- what a timer must hear of -----------------------------------------------------------------


def test_a_sound_file_is_not_taken_for_the_cut_one_that_is_here(
    root: DataRoot, other: DataRoot
) -> None:
    path, whole = warc(other), warc(other).read_bytes()
    signed(path, whole[: len(whole) // 2])
    status, said = merged(root, other)
    assert (status, "cannot be read" in said, "1 WARC file merged" in said) == (3, True, True), said
    signed(path, whole)
    for _ in range(2):  # until somebody does what it says
        status, said = merged(root, other)
        assert status == 3
        assert f"  wrong: {path} is another file than {root.warc / path.name}, as" in said
        assert "0 WARC files merged" in said
    for each in root.warc.glob(f"{path.name}*"):
        each.unlink()
    status, said = merged(root, other)
    assert status == 0, said
    assert len(rows_of(root.path, f"SELECT 1 FROM captures WHERE url = '{B}7'")) == 1
    assert merged(root, other)[0] == 0


def test_a_manifest_that_is_spoiled_later_is_told(root: DataRoot, other: DataRoot) -> None:
    assert merged(root, other)[0] == 0
    manifest_endless(other)
    status, said = merged(root, other)
    assert (status, "sha256 is no file" in said) == (3, True), said


@pytest.mark.parametrize(
    "data",
    [b"no WARC at all", gzip.compress(b"no WARC at all"), b""],
    ids=["text", "gzip", "nothing"],  # gzip notes the second, and workers must name tests alike
)
def test_what_is_no_warc_is_told(root: DataRoot, other: DataRoot, data: bytes) -> None:
    signed(warc(other), data)
    status, said = merged(root, other)
    assert (status, said.count("  wrong: ")) == (3, 1), said


def test_a_file_that_no_run_wrote_is_named(root: DataRoot, other: DataRoot) -> None:
    signed(other.warc / "mine.warc.gz", b"")
    (other.warc / "notes.txt").write_text("")
    status, said = merged(root, other)
    (line,) = [each for each in said.splitlines() if "passed over" in each]
    assert (status, "3 files are passed over" in line, "'mine.warc.gz'" in line) == (0, True, True)
    assert "1 WARC file merged" in said
