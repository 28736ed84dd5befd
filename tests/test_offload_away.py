"""A place of WARC files that is away: not mounted, gone, or another. Nothing is lost by it."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.elsewhere import place as places
from archive.elsewhere.remembered import FILE, checked, remembered
from archive.errors import RootRefused, StoreUnreachable
from archive.keeping.copying import copy
from archive.offload import sending
from archive.offload.recalling import recall
from archive.offload.sending import offload
from archive.reindex import reindex
from archive.root import DataRoot
from archive.site.serve import site
from archive.warc import load_body
from tests import replay_root
from tests.replay_root import GZIPPED, captures
from tests.stored import build, db


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    return replay_root.make(tmp_path_factory.mktemp("made") / "root")


@pytest.fixture
def root(made: DataRoot, tmp_path: Path) -> DataRoot:
    shutil.copytree(made.path, tmp_path / "root", symlinks=True)
    return DataRoot(tmp_path / "root")


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def unmounted(disk: Path) -> None:
    """As a disk leaves its mount point: there, and empty."""
    disk.rename(disk.with_name("unplugged"))
    disk.mkdir()


def gone(disk: Path) -> None:
    disk.rename(disk.with_name("unplugged"))


def another(disk: Path) -> None:
    unmounted(disk)
    (disk / "root.json").write_text('{"registry": "another", "fiction": true}')


def unmarked(disk: Path) -> None:
    unmounted(disk)
    (disk / "root.json").write_text('{"registry": ["another"], "fiction": "yes"}')


AWAY = [
    pytest.param("{}", unmounted, id="folder-unmounted"),
    pytest.param("{}", gone, id="folder-gone"),
    pytest.param("{}", another, id="folder-another"),
    pytest.param("{}", unmarked, id="folder-unmarked"),
    pytest.param("file://{}", unmounted, id="file-unmounted"),
    pytest.param("file://{}", gone, id="file-gone"),
]


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [*map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def state(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.mark.parametrize(("address", "leave"), AWAY)
def test_a_place_that_is_away_is_one_line_and_loses_nothing(
    root: DataRoot, disk: Path, tmp_path: Path, address: str, leave: Callable[[Path], None]
) -> None:
    if "://" in address:
        pytest.importorskip("fsspec", reason="the extra [cluster]")
    to = address.format(disk)
    done = offload(root, to, remove=True)
    assert (done.sent, done.removed) == (3, 3)
    leave(disk)
    (tmp_path / "backup").mkdir()
    kept, there = state(root.path), state(tmp_path / "disk") if disk.exists() else None
    for command in (
        ["recall", "--remove"],
        ["recall"],
        ["fsck"],
        ["offload", "--to", to],
        ["offload", "--to", to, "--verify"],
    ):
        status, said = run(command[0], "--data", root.path, *command[1:])
        assert (status, said.count("\n")) == (1, 1), said
        assert str(disk) in said
        assert "file_lost" not in said
        assert state(root.path) == kept
        assert (state(disk) if disk.exists() else None) == there, "nothing was written there"
    status, said = run("backup", "--data", root.path, "--to", tmp_path / "backup")
    assert status == 3
    assert "of its WARC files nothing was copied this time" in said
    gone_file = captures(root)[0]["warc_file"]
    with pytest.raises(StoreUnreachable):
        root.warcs.copies(gone_file)
    shutil.rmtree(disk, ignore_errors=True)
    (tmp_path / "unplugged").rename(disk)
    assert recall(root, remove=True).removed == 3
    assert remembered(root.path) == ()


@pytest.mark.parametrize(("address", "leave"), AWAY)
def test_a_build_without_its_place_publishes_nothing(
    root: DataRoot, disk: Path, address: str, leave: Callable[[Path], None]
) -> None:
    if "://" in address:
        pytest.importorskip("fsspec", reason="the extra [cluster]")
    offload(root, address.format(disk), remove=True)
    shutil.rmtree(root.releases)
    root.readings.unlink(missing_ok=True)
    leave(disk)
    with pytest.raises(StoreUnreachable, match="disk"):
        build(root)
    assert not root.current.exists()
    found = reindex(root)
    assert not found.replaced
    assert not [line for line in found.wrong if "is missing" in line]
    shutil.rmtree(disk, ignore_errors=True)
    disk.with_name("unplugged").rename(disk)
    build(root)
    assert root.current.exists()


def test_an_archived_page_says_that_its_place_is_away(root: DataRoot, disk: Path) -> None:
    offload(root, str(disk), remove=True)
    sql = "SELECT version_id, url FROM sources ORDER BY captured_at, url, sha256"
    version = next(row[0] for row in db(root, sql) if row[1] == GZIPPED)
    numbered = [row[1] for row in db(root, sql) if row[0] == version]
    path = f"/cundang/{version}/{numbered.index(GZIPPED) + 1}"
    client = site(root.path).client
    unmounted(disk)
    for rest in ("", "/yuanjian"):
        answer = asyncio.run(client.get(path + rest))
        assert answer.status_code == 503
        assert "此刻连接不上；原件并未丢失" in answer.text
        assert str(disk) not in answer.text
    disk.rmdir()
    disk.with_name("unplugged").rename(disk)
    assert asyncio.run(client.get(path)).status_code == 200


def test_a_file_that_is_lost_at_a_place_that_is_there_is_lost(root: DataRoot, disk: Path) -> None:
    """And a second place that is there does not make the first one's files lost."""
    offload(root, str(disk), remove=True)
    for path in disk.glob("*.gz"):
        path.unlink()
    status, said = run("fsck", "--data", root.path)
    assert (status != 0, "file_lost" in said) == (True, True)
    second = disk.with_name("second")
    second.mkdir()
    offload(root, str(second))
    unmounted(disk)
    with pytest.raises(StoreUnreachable, match="is away"):
        load_body(root.warcs, captures(root)[0])


def test_a_mark_that_was_lost_beside_the_files_is_written_anew(root: DataRoot, disk: Path) -> None:
    offload(root, str(disk), remove=True)
    (disk / "root.json").unlink()
    assert run("recall", "--data", root.path)[0] == 1
    assert run("offload", "--data", root.path, "--to", disk)[0] == 0
    assert run("recall", "--data", root.path, "--remove")[0] == 0
    assert not (root.path / FILE).exists()


def test_a_place_is_forgotten_before_its_mark_goes(
    root: DataRoot, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in between, the root must not remember a place that looks as one that is away."""
    offload(root, str(disk), remove=True)
    remove = places.place_of(str(disk)).remove
    held = []

    def watched(self: object, name: str) -> None:
        if name == "root.json":
            held.append(remembered(root.path))
        remove(name)

    monkeypatch.setattr("archive.elsewhere.folder.FolderPlace.remove", watched)
    recall(root, remove=True)
    assert held == [()]


def test_a_file_stays_here_when_its_disk_goes_while_it_is_sent(
    root: DataRoot, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(*arguments: object) -> None:
        put(*arguments)  # type: ignore[arg-type]
        unmounted(disk)

    put = sending.put_manifest
    monkeypatch.setattr(sending, "put_manifest", sent)
    with pytest.raises(StoreUnreachable, match="is away"):
        offload(root, str(disk), remove=True)
    assert len(list(root.warc.glob("*.gz"))) == 3


# -- places that cannot be ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["{}/no", "file://{}/no", "file:///proc/no", "/proc", "file:///proc"]
)
def test_a_folder_that_cannot_be_is_one_line(root: DataRoot, disk: Path, address: str) -> None:
    if "://" in address:
        pytest.importorskip("fsspec", reason="the extra [cluster]")
    status, said = run("offload", "--data", root.path, "--to", address.format(disk))
    assert (status, said.count("\n")) == (1, 1), said
    assert not (root.path / FILE).exists()
    assert not (disk / "no").exists()


@pytest.mark.parametrize(
    "address",
    [
        "https://h/x?token=SECRET",
        "https://h/x#SECRET",
        "https://SECRET@h/x",
        "s3://bucket/x?X-Amz-Signature=SECRET",
        "simplecache::https://h/x?SECRET",
    ],
)
def test_a_token_is_no_part_of_an_address(root: DataRoot, address: str) -> None:
    status, said = run("offload", "--data", root.path, "--to", address)
    assert (status, said.count("\n")) == (1, 1), said
    assert "SECRET" not in said
    assert not (root.path / FILE).exists()
    (root.path / FILE).write_text(json.dumps({"elsewhere": [address]}))
    with pytest.raises(RootRefused) as told:
        remembered(root.path)
    assert "SECRET" not in str(told.value)


def test_names_of_folders_may_hold_any_character() -> None:
    for address in ("/mnt/a#b?c", "file:///mnt/a#b?c"):
        assert checked(address) == address


# -- what was planted --------------------------------------------------------------------------


def test_a_link_that_was_planted_is_not_written_through(root: DataRoot, disk: Path) -> None:
    victim = disk.with_name("victim")
    victim.write_text("mine")
    names = [path.name for path in root.warc.glob("*.gz*")]
    for name in (*names, "root.json"):
        (disk / f"{name}.partial").symlink_to(victim)
    assert offload(root, str(disk), remove=True).removed == 3
    assert victim.read_text() == "mine"
    (root.path / "recalled.partial").symlink_to(victim)
    done = recall(root)
    assert (done.brought, done.wrong) == (3, [])
    assert victim.read_text() == "mine"
    assert not [path for path in root.warc.iterdir() if path.is_symlink()]


def test_a_backup_writes_through_no_link(root: DataRoot, disk: Path) -> None:
    victim, source = disk.with_name("victim"), min(root.warc.glob("*.gz"))
    victim.write_text("mine")
    (disk / f"{source.name}.backup-partial").symlink_to(victim)
    copy(source, disk / source.name)
    assert victim.read_text() == "mine"
    assert not (disk / source.name).is_symlink()
    assert (disk / source.name).read_bytes() == source.read_bytes()
