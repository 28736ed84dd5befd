"""What inflates to more than any record of ours is named and passed over; all else is read."""

from __future__ import annotations

import gzip
import shutil
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import manifests, member, recovery, walk, warcfile
from archive.__main__ import main
from archive.entering import run_of
from archive.errors import RecordDamaged, WriteFailed
from archive.member import read_member
from archive.replay.members import first
from archive.root import DataRoot
from archive.store import Store
from archive.walk import Damage, Member, members
from archive.warcfile import WarcFile
from tests import damage
from tests.stored import DEMO, ENTRY

#: In these tests nothing larger is a record.
_LIMIT = 1 << 20


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    return damage.small_archive(tmp_path_factory.mktemp("small") / "data")


@pytest.fixture
def root(made: DataRoot, tmp_path: Path) -> DataRoot:
    return damage.copy(made, tmp_path / "data")


@pytest.fixture(autouse=True)
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (member, walk, warcfile):
        monkeypatch.setattr(module, "LARGEST_RECORD", _LIMIT)


def bomb(head: bytes = b"", size: int = 1 << 26) -> bytes:
    """A gzip member of zeros after a head."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(head) + packer.compress(bytes(size)) + packer.flush()


def test_a_member_is_not_read_beyond_the_limit(root: DataRoot, tmp_path: Path) -> None:
    sound = damage.warcs(root)[0].read_bytes()
    path = tmp_path / "a.warc.gz"
    path.write_bytes(bomb() + sound)
    with path.open("rb") as handle:
        found, *rest = members(handle, path.name)
        assert isinstance(found, Damage)
        assert (found.offset, found.length) == (0, len(bomb()))
        assert "more than" in found.why
        assert all(isinstance(each, Member) for each in rest)
        assert sum(each.length for each in rest) == len(sound)
        with pytest.raises(RecordDamaged, match="byte 0: it inflates to more than"):
            read_member(handle, 0, path.name)
    with pytest.raises(RecordDamaged, match="it inflates to more than"):
        first(tmp_path, path.name)


def test_it_is_no_torn_record(tmp_path: Path) -> None:
    """Recovery cuts torn records off: of this one nobody knows that a crash tore it."""
    path = tmp_path / "a.warc.gz.open"
    path.write_bytes(bomb(b"WARC/1.1\r\n"))
    with path.open("rb") as handle:
        (found,) = members(handle, path.name)
    assert isinstance(found, Damage)
    assert found.at_end
    assert not found.is_torn
    assert recovery._whole(path, 0) == 0
    assert (tmp_path / f"a.warc.gz{recovery.TORN}").read_bytes() == path.read_bytes()


def test_fsck_and_reindex_name_it_and_go_on(root: DataRoot) -> None:
    ours, other = damage.warcs(root)[:2]
    with ours.open("ab") as handle:
        handle.write(bomb())
    foreign = root.warc / "theirs.warc.gz"
    foreign.write_bytes(bomb(b"WARC/1.1\r\nWARC-Type: response\r\n"))
    damage.flip(other, other.stat().st_size // 2)
    told = damage.found(root)
    large = [each for each in told if "inflates to more than 256 MB" in each.what]
    assert {(each.kind, each.file) for each in large} == {
        ("record_damaged", f"warc/{ours.name}"),
        ("record_skipped", "warc/theirs.warc.gz"),
    }
    assert f"warc/{other.name}" in {each.file for each in told if each.kind == "record_damaged"}
    result = CliRunner().invoke(main, ["reindex", "--data", str(root.path)])
    assert result.exit_code == 3
    assert "it inflates to more than 256 MB" in result.stdout
    assert "stays as it is" in result.stdout


def test_no_record_is_written_that_could_not_be_read_back(tmp_path: Path) -> None:
    file = WarcFile(tmp_path, "a")
    with pytest.raises(WriteFailed, match="larger than any that is read"):
        file.write((b"x" * (_LIMIT + 1),))
    assert file.size == 0
    file.write((b"x",))
    assert gzip.decompress(file.close().read_bytes()) == b"x"


def test_a_name_is_on_the_disk_before_a_row_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    monkeypatch.setattr(manifests, "sync", synced.append)
    root = DataRoot(tmp_path / "data")
    store = Store(root, DEMO)
    store.portal("shili", ENTRY)
    assert synced == [root.warc]
    store.close()


def test_a_folder_that_takes_no_name_gets_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(manifests, "sync", fail)
    with pytest.raises(WriteFailed, match="cannot be created: Input/output error"):
        WarcFile(tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_what_was_cut_off_has_a_kind_of_its_own(root: DataRoot) -> None:
    path = damage.warcs(root)[0]
    assert run_of(path.name)
    shutil.copy(path, path.with_name(path.name + recovery.TORN))
    told = [each for each in damage.found(root) if each.file.endswith(".torn")]
    assert [each.kind for each in told] == ["file_torn"]
    assert not damage.wrong(root)
