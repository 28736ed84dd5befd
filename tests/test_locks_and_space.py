"""Two at once, a full disk, a folder that cannot be written or is gone: said, and nothing lost.

What each message says is looked at: what happened, where, and what to do.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.__main__ import STOPPED, main
from archive.errors import DatabaseDamaged, RootRefused, WriteFailed
from archive.ledger import Ledger
from archive.manifest import current_hash
from archive.readings import Readings
from archive.root import DataRoot
from tests.crawls import ROOT
from tests.full_disk import PORTALS, has_namespaces, run
from tests.portal import Portal
from tests.portal.manifest import manifest
from tests.stored import DEMO, SITE, Got, Run, article, build, keep, report_of


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    root = DataRoot(tmp_path / "data")
    keep(root, Run([Got(f"{SITE}/a", article())]))
    build(root)
    return root


def command(*arguments: object) -> tuple[int, str]:
    """Exit status and output of a command of the archive; a traceback is none."""
    done = CliRunner().invoke(main, [str(word) for word in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


# -- a full disk -------------------------------------------------------------------------


def test_a_full_disk_stops_crawl_and_build_and_nothing_is_lost(tmp_path: Path) -> None:
    """A tmpfs of its own, or where no namespace can be had, a limit on the size of files."""
    disk, registry = tmp_path / "disk", tmp_path / "portals.toml"
    disk.mkdir()
    with Portal() as portal:
        registry.write_text(portal.registry(), "utf-8")
        told = run(disk, registry, mounted=has_namespaces())
        reports = manifest(portal.port)["reports"]
    status, said = told["crawl"]
    assert status == 1, said
    assert re.match(rf"collect: {disk}/data/\S+ (takes nothing|cannot be)", last(said)), said
    assert re.search("nothing is lost|next run|is continued next time", last(said)), said
    stopped = (r"ledger\.db cannot be opened", r"readings\.db (cannot|takes)", "releases takes no")
    for (status, said), what in zip(told["builds"], stopped, strict=True):
        assert status == 1, said
        assert re.match(f"nianbao: {disk}/data/{what}", last(said)), said
        assert "make room" in said
    assert not any("Traceback" in said for _, said in (told["crawl"], *told["builds"]))
    wanted = {report["url"] for report in reports if report["portal"] in PORTALS}
    assert len(wanted) > 5
    assert wanted <= set(told["urls"])
    assert set(told["runs"]) == {"complete"}
    assert told["wrong"] == told["left"] == []


def last(said: str) -> str:
    return said.splitlines()[-1]


# -- two at once -------------------------------------------------------------------------


def test_two_builds_at_once_name_the_other(root: DataRoot) -> None:
    """Two crawls: `test_crawler`; two backups: `test_backup`."""
    with root.lock("build"), root.lock("crawl"):
        status, said = command("build", "--data", root.path)
    assert status == 1
    assert f"another build is at work in {root.path}: process {os.getpid()} on " in said
    assert said.endswith("; wait for it or stop it\n")


def test_nothing_is_built_or_crawled_into_a_root_that_is_being_restored(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    with root.restoring(DEMO):
        status, said = command("build", "--data", root.path)
        assert (status, "is being restored" in said) == (1, True)
        status, said = command("import", __file__, "--data", root.path)
        assert (status, "is being restored" in said) == (1, True)


# -- folders -----------------------------------------------------------------------------


@contextlib.contextmanager
def unwritable(path: Path) -> Iterator[None]:
    """A folder that takes no new file: root may write anywhere, so a file stands in its place."""
    aside = path.with_name(f"{path.name}.aside")
    path.rename(aside)
    path.write_bytes(b"")
    yield
    path.unlink()
    aside.rename(path)


def test_a_folder_that_cannot_be_written_is_named(root: DataRoot) -> None:
    before = current_hash(root)
    keep(root, Run([Got(f"{SITE}/b", article(report_of(2021)))]))
    for path in (root.releases, root.warc):
        with unwritable(path):
            status, said = command("build", "--data", root.path)
        assert status in (0, 1), said
        assert status or path == root.warc  # what cannot be read is listed, until it can be
        assert status == 0 or str(path) in said, said
        if status:
            assert current_hash(root) == before
    build(root)
    assert current_hash(root) != before


@pytest.mark.skipif(not has_namespaces(), reason="needs a mount namespace (unshare -rm)")
def test_a_disk_that_is_mounted_read_only_is_named(root: DataRoot) -> None:
    bound = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
    order = [sys.executable, "-m", "archive", "build", "--data", str(root.path)]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", bound, "sh", str(root.path), *order],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert re.fullmatch(
        rf"nianbao: {root.path}/build.lock cannot be written: Read-only file system.*\n",
        done.stderr,
    )


def test_a_missing_folder_is_named(root: DataRoot, tmp_path: Path) -> None:
    for name in ("build", "check", "backup"):
        more = ["--to", tmp_path] if name == "backup" else []
        status, said = command(name, "--data", tmp_path / "none", *more)
        assert status == 1
        assert said.startswith(f"nianbao: {tmp_path / 'none'} ")
        assert re.search(r"crawl \(make crawl\)|make build", said)
        assert not (tmp_path / "none").exists()


def test_lost_warcs_are_no_smaller_release(root: DataRoot) -> None:
    """A disk that was not mounted: the ledger is there, what it refers to is not."""
    before = root.current.resolve()
    shutil.move(root.warc, root.path / "elsewhere")
    root.readings.unlink()
    status, said = command("build", "--data", root.path)
    assert status == 1
    assert "stays current" in said or "stays as it is" in said
    assert root.current.resolve() == before


def test_sound_files_on_a_bad_disk_are_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "junk.db").write_bytes(b"junk" * 2000)
    for opened in (Ledger, Readings):
        with pytest.raises(WriteFailed, match=r"folder\.db cannot be opened .*nothing is lost"):
            opened(tmp_path / "folder.db")
        with pytest.raises(DatabaseDamaged, match=r"junk\.db cannot be opened"):
            opened(tmp_path / "junk.db")


# -- Ctrl-C ------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["it imports", "its workers begin"])
def test_ctrl_c_is_one_line(root: DataRoot, moment: str) -> None:
    """Whenever it comes: also before anything of ours runs, and while processes are made."""
    root.readings.unlink()
    process = subprocess.Popen(
        [sys.executable, "-m", "archive", "build", "--data", str(root.path)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    if moment == "it imports":
        time.sleep(0.25)
        first = ""
    else:
        first = process.stderr.readline()
        assert first == "reading\n"
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    said = first + process.communicate(timeout=60)[1]
    assert process.returncode == STOPPED
    assert "Traceback" not in said
    assert last(said) == "nianbao: stopped; nothing is lost, call the command again to go on"


def test_a_restore_into_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(RootRefused, match="file cannot be written"),
        DataRoot(tmp_path / "file").restoring(DEMO),
    ):
        pass
