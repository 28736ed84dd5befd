"""WARC files in a folder of another disk, or at other addresses than S3's; backup and deletion."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.deletion.deleting import Decision, delete
from archive.elsewhere import ranged
from archive.elsewhere.ranged import Ranged
from archive.elsewhere.remembered import FILE, checked, remember, remembered
from archive.errors import RecordDamaged, RootRefused, SelectionRefused, StoreUnreachable
from archive.fsck import fsck
from archive.keeping.backup import backup
from archive.keeping.restore import restore
from archive.offload.recalling import recall
from archive.offload.sending import offload
from archive.root import DataRoot
from archive.store import Store
from archive.walk import Damage, members
from archive.warc import load_body
from tests.stored import DEMO, SITE, Got, Run, keep

PROJECT = Path(__file__).resolve().parent.parent
DECIDED = Decision("privacy", "示例市数据办", "申请人姓名")
BODIES = [f"第{number}页，仅供演示".encode() * (200 + number) for number in range(6)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A root of two files."""
    root = DataRoot(tmp_path_factory.mktemp("made") / "root")
    got = [Got(f"{SITE}/{number}.html", body) for number, body in enumerate(BODIES)]
    keep(root, Run(got[:3]), Run(got[3:]))
    return root


@pytest.fixture
def root(made: DataRoot, tmp_path: Path) -> DataRoot:
    shutil.copytree(made.path, tmp_path / "root")
    return DataRoot(tmp_path / "root")


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def rows(root: DataRoot) -> list[dict[str, Any]]:
    db = sqlite3.connect(root.ledger)
    db.row_factory = sqlite3.Row
    found = [dict(row) for row in db.execute("SELECT * FROM captures ORDER BY url")]
    db.close()
    return found


def bodies(root: DataRoot) -> list[bytes]:
    return [load_body(root.warcs, row) for row in rows(root)]


@pytest.mark.parametrize("address", ["{}", "file://{}", "memory://{}"])
def test_a_folder_and_other_addresses_hold_files(root: DataRoot, disk: Path, address: str) -> None:
    if "://" in address:
        pytest.importorskip("fsspec", reason="the extra [cluster]")
    stale = root.warcs
    done = offload(root, address.format(disk), remove=True)
    assert (done.sent, done.removed, done.wrong) == (2, 2, [])
    assert not list(root.warc.glob("*.gz"))
    assert bodies(root) == BODIES
    assert load_body(stale, rows(root)[0]) == BODIES[0], "who began before finds them"
    assert fsck(root).wrong == 0
    assert recall(root, remove=True).removed == 2
    assert not (root.path / FILE).exists()
    assert bodies(root) == BODIES


def test_what_is_no_place_is_refused(root: DataRoot, disk: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="is no folder; mount its disk"):
        offload(root, str(tmp_path / "unmounted"))
    for within in (root.warc, root.path / "more", tmp_path):
        with pytest.raises(RootRefused, match="lie within one another"):
            offload(root, str(within))
    (disk / "root.json").write_text("{}")
    with pytest.raises(RootRefused, match="is no mark of an archive"):
        offload(root, str(disk))
    with pytest.raises(RootRefused, match="is no address"):
        offload(root, "s3://bucket/a\nb")
    assert not (root.path / FILE).exists()
    (root.path / FILE).write_text('{"elsewhere": 7}')
    with pytest.raises(RootRefused, match=rf"{FILE} is damaged"):
        fsck(root)


def test_a_password_is_no_part_of_an_address() -> None:
    """Secrets of S3 may hold slashes; a port is none."""
    for secret in ("Xy9", "a/b+c", "a@b"):
        for address in (f"s3://KEY:{secret}@bucket/warc", f"simplecache::s3://KEY:{secret}@b"):
            with pytest.raises(RootRefused, match="holds a password") as told:
                checked(address)
            assert secret not in str(told.value)
    for address in ("sftp://somebody@host:22/warc", "sftp://host:22/a@b", "s3://bucket/a:b@c"):
        assert checked(address) == address


def test_a_disk_that_is_not_mounted_is_no_damage(root: DataRoot, disk: Path) -> None:
    offload(root, str(disk), remove=True)
    disk.rename(disk.with_name("unplugged"))
    with pytest.raises(StoreUnreachable, match="its folder is not there; mount its disk"):
        bodies(root)
    with pytest.raises(StoreUnreachable, match="mount its disk"):
        fsck(root)


def test_a_file_that_came_to_lie_there_otherwise_is_not_overwritten(
    root: DataRoot, disk: Path
) -> None:
    offload(root, str(disk))
    path = min(disk.glob("*.gz"))
    path.write_bytes(b"another")
    path.with_name(f"{path.name}.sha256").write_text(f"{'a' * 64}  {path.name}\n")
    done = offload(root, str(disk), remove=True)
    assert (done.removed, path.read_bytes()) == (1, b"another")
    assert [f"{path} is another file than" in line for line in done.wrong] == [True]


def test_what_is_damaged_there_does_not_come_home(root: DataRoot, disk: Path) -> None:
    offload(root, str(disk), remove=True)
    first, second = sorted(disk.glob("*.gz"))
    data = bytearray(first.read_bytes())
    data[99] ^= 1
    first.write_bytes(data)
    result = CliRunner().invoke(main, ["recall", "--data", str(root.path), "--remove"])
    assert result.exit_code == 3
    assert result.output.count("  wrong: ") == 2, "it is damaged, and so it stays there"
    assert [path.name for path in root.warc.glob("*.gz")] == [second.name]
    assert first.exists()
    assert not second.exists()
    assert [line for line in offload(root, str(disk), verify=True).wrong if first.name in line]
    with pytest.raises(SelectionRefused, match="has a WARC file nothing"):
        recall(root, ["nothing.warc.gz"])


def test_two_roots_of_one_registry_share_no_place(root: DataRoot, disk: Path) -> None:
    offload(root, str(disk), remove=True)
    other = DataRoot(root.path.with_name("other"))
    Store(other, DEMO).finish("complete")
    with pytest.raises(RootRefused, match=r"holds 2 WARC files that .* does not know \("):
        offload(other, str(disk))
    assert remembered(other.path) == ()
    remember(other.path, str(disk))  # as a root of before may
    done = recall(other, remove=True)
    assert (done.brought, done.removed) == (2, 0)
    assert len([line for line in done.wrong if "may be another root's" in line]) == 2
    assert len(list(disk.glob("*.gz"))) == 2, "the only copies of the first root"


# -- backup ------------------------------------------------------------------------------


def test_a_backup_holds_what_lies_elsewhere_and_fetches_it_once(
    root: DataRoot, disk: Path, tmp_path: Path
) -> None:
    (tmp_path / "backup").mkdir()
    offload(root, str(disk), remove=True)
    first = backup(root, tmp_path / "backup")
    assert first.wrong == []
    for path in disk.glob("*.gz*"):
        assert (tmp_path / "backup" / "warc" / path.name).read_bytes() == path.read_bytes()
    second = backup(root, tmp_path / "backup", verify=True)
    assert (second.copied, second.wrong) == (0, [])
    back = DataRoot(tmp_path / "back")
    assert restore(back, tmp_path / "backup").wrong == []
    assert json.loads((back.path / FILE).read_text()) == {"elsewhere": [str(disk)]}
    assert bodies(back) == BODIES
    assert len(list(back.warc.glob("*.gz"))) == 2


def test_a_backup_names_what_it_could_not_fetch(root: DataRoot, disk: Path, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    name = min(path.name for path in root.warc.glob("*.gz"))
    offload(root, str(disk), remove=True)
    recall(root, [name])
    disk.rename(disk.with_name("unplugged"))
    done = backup(root, tmp_path / "backup")
    assert ["nothing was copied this time" in line for line in done.wrong] == [True]
    assert [path.name for path in (tmp_path / "backup" / "warc").glob("*.gz")] == [name]
    disk.with_name("unplugged").rename(disk)
    lost = min(path for path in disk.glob("*.gz") if path.name != name)
    assert backup(root, tmp_path / "backup").wrong == []
    lost.unlink()
    (line,) = backup(root, tmp_path / "backup").wrong
    assert f"{lost.name} is lost; " in line


def test_files_that_came_home_leave_no_address_in_a_backup(
    root: DataRoot, disk: Path, tmp_path: Path
) -> None:
    (tmp_path / "backup").mkdir()
    offload(root, str(disk), remove=True)
    backup(root, tmp_path / "backup")
    recall(root, remove=True)
    assert backup(root, tmp_path / "backup").wrong == []
    back = DataRoot(tmp_path / "back")
    assert restore(back, tmp_path / "backup").wrong == []
    assert not (back.path / FILE).exists()


# -- deletion ----------------------------------------------------------------------------


def test_a_deletion_waits_until_the_file_is_home(root: DataRoot, disk: Path) -> None:
    row = rows(root)[1]
    offload(root, str(disk))
    copy = disk / row["warc_file"]
    for _ in range(2):  # with a copy here, and without
        with pytest.raises(RootRefused, match=rf"recall --data \S+ --file {copy.name} --remove"):
            delete(root, DECIDED, [row["record_id"]])
        offload(root, str(disk), remove=True)
    assert not (root.path / "deletions.jsonl").exists()
    recall(root, [copy.name], remove=True)
    assert not copy.exists()
    assert delete(root, DECIDED, [row["record_id"]]).deletion is not None
    assert offload(root, str(disk), remove=True).sent == 1
    assert [each["url"] for each in rows(root)] == [f"{SITE}/{n}.html" for n in (0, 2, 3, 4, 5)]
    assert fsck(root).wrong == 0
    with pytest.raises(RecordDamaged):
        load_body(root.warcs, row)


# -- ranges ------------------------------------------------------------------------------


def test_a_fetched_file_is_walked_as_one_on_the_disk(
    made: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = min(made.warc.glob("*.gz")).read_bytes()
    monkeypatch.setattr(ranged, "BLOCK", 1000)
    monkeypatch.setattr("archive.walk._BLOCK", 900)
    monkeypatch.setattr("archive.walk._PIECE", 300)
    passed_over = 0
    for at in range(0, len(data), max(1, len(data) // 40)):
        hole = 1 + at * 7 % 1500
        broken = (data[:at] + bytes(hole) + data[at + hole :])[: len(data) - at % 7]
        (tmp_path / "broken").write_bytes(broken)
        with (tmp_path / "broken").open("rb") as here, fetched(broken) as there:
            found = list(members(there, "x"))
            assert found == list(members(here, "x"))
        passed_over += any(isinstance(each, Damage) and not each.at_end for each in found)
    assert passed_over > 20, "records behind a damage are found"


def fetched(data: bytes) -> Any:
    return Ranged(lambda begin, end: data[begin:end], lambda: len(data), ahead=True)


def test_a_fetched_file_reads_as_bytes_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranged, "BLOCK", 10)
    data = bytes(range(95))
    with fetched(data) as there, io.BytesIO(data) as here:
        for whence, offset, size in ((0, 3, 4), (1, 9, 30), (0, 0, 95), (2, -5, 9), (2, 0, 3)):
            assert there.seek(offset, whence) == here.seek(offset, whence)
            wanted, got = here.read(size), b""
            while len(got) < size and (more := there.read(size - len(got))):
                got += more
            assert (got, there.tell()) == (wanted, here.tell())
        there.seek(0)
        assert there.read() == data
        assert there.pread(4, 7) == data[7:11]


def test_a_plain_folder_needs_no_extra(
    root: DataRoot, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    offload(root, str(disk), remove=True)
    assert bodies(root) == BODIES


@pytest.mark.parametrize("room", ["archive", "crawler", "extract"])
def test_no_module_imports_the_extra_when_it_is_imported(room: str) -> None:
    extra = re.compile(r"^(?:import|from) (?:fsspec|s3fs|aiobotocore|botocore|dask|distributed)\b")
    for path in (PROJECT / room).rglob("*.py"):
        assert not [line for line in path.read_text("utf-8").splitlines() if extra.match(line)], (
            path
        )
