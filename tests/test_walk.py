"""Reading a WARC file in one pass: whatever is damaged, all else is read."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from archive import walk
from archive.errors import RecordDamaged
from archive.member import Record, read_member
from archive.recovery import _whole
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from archive.walk import Damage, members, records
from archive.warc import read_records


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file of ours."""
    root = DataRoot(tmp_path_factory.mktemp("whole"))
    store, randomly = Store(root, Registry("demo", fiction=True)), random.Random(4)
    for number in range(4):
        url, body = f"http://127.0.0.1/{number}", randomly.randbytes(3000 * number)
        exchange = Exchange("GET", url, [("Host", "h")], b"", 200, "OK", [("X", "y")], body)
        store.capture(exchange, Context("shili", "article"))
    store.finish("complete")
    (path,) = root.warc.glob("*.warc.gz")
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.warc.gz"


def read(path: Path, data: bytes) -> list[Record | Damage]:
    path.write_bytes(data)
    with path.open("rb") as handle:
        return list(records(handle, path.name))


def found(path: Path, data: bytes) -> list[Record]:
    made = [each for each in read(path, data) if isinstance(each, Record)]
    assert len(made) == len(read(path, data)), "nothing is damaged"
    return made


@pytest.mark.parametrize(("block", "piece"), [(1 << 20, 1 << 13), (64, 16), (100, 100), (7, 3)])
def test_it_reads_what_is_read_by_offset(
    whole: bytes, path: Path, monkeypatch: pytest.MonkeyPatch, block: int, piece: int
) -> None:
    monkeypatch.setattr(walk, "_BLOCK", block)
    monkeypatch.setattr(walk, "_PIECE", piece)
    made = found(path, whole)
    assert made == list(read_records(path))
    assert {"warcinfo", "metadata", "request", "response"} == {record.kind for record in made}
    with path.open("rb") as handle:
        assert made == [read_member(handle, record.offset, path.name) for record in made]
        bare = list(records(handle, path.name, made[2].offset, passed_over=("request",), bare=True))
    assert [each.offset for each in bare] == [r.offset for r in made[2:] if r.kind != "request"]
    assert not any(each.headers for each in bare if isinstance(each, Record))


def test_a_flipped_byte_costs_one_record(whole: bytes, path: Path) -> None:
    made = found(path, whole)
    for record in made:
        for at in (0, 10, record.length // 2, record.length - 8, record.length - 1):
            data = bytearray(whole)
            data[record.offset + at] ^= 0xFF
            after = read(path, bytes(data))
            assert [each for each in after if isinstance(each, Record)] == [
                each for each in made if each != record
            ]
            (damage,) = (each for each in after if isinstance(each, Damage))
            assert (damage.offset, damage.length) == (record.offset, record.length)
            assert damage.at_end == (record == made[-1])
            with pytest.raises(RecordDamaged, match=f"from byte {record.offset} on"):
                list(read_records(path))


def test_a_cut_end_is_told_and_whole_records_are_read(whole: bytes, path: Path) -> None:
    ends = [*[record.offset for record in found(path, whole)][1:], len(whole)]
    for length in random.Random(5).sample(range(1, len(whole)), 40):
        after = read(path, whole[:length])
        end = max([0, *(each for each in ends if each <= length)])
        assert _whole(path, 0) == end
        if end < length:
            damage = after.pop()
            assert isinstance(damage, Damage)
            assert (damage.offset, damage.length, damage.at_end) == (end, length - end, True)
        assert all(isinstance(each, Record) for each in after)


def test_what_only_looks_like_a_record_is_passed_over(whole: bytes, path: Path) -> None:
    made = found(path, whole)
    cut = made[2].offset
    page = gzip.compress(b"<html>an archived page</html>")
    between = b"\0" * 50 + walk._MAGIC + b"\0" * 50 + page + walk._MAGIC
    after = read(path, whole[:cut] + between + whole[cut:])
    assert [type(each) for each in after] == [Record] * 2 + [Damage] + [Record] * (len(made) - 2)
    damage = after[2]
    assert isinstance(damage, Damage)
    assert (damage.offset, damage.length, damage.at_end) == (cut, len(between), False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"WARC/1.1\r\nContent-Length: 5\r\n\r\n1234\r\n\r\n",
        b"WARC/1.1\r\nContent-Length: -1\r\n\r\n\r\n\r\n",
        "WARC/1.1\r\nContent-Length: ²\r\n\r\n12\r\n\r\n".encode(),
        b"WARC/1.1\r\nX: y\r\n\r\n\r\n\r\n",
    ],
)
def test_a_member_that_is_no_record_is_a_damage(whole: bytes, path: Path, content: bytes) -> None:
    cut = found(path, whole)[2].offset
    member = gzip.compress(content)
    after = read(path, whole[:cut] + member + whole[cut:])
    (damage,) = (each for each in after if isinstance(each, Damage))
    assert (damage.offset, damage.length, damage.at_end) == (cut, len(member), False)
    assert len(after) == len(found(path, whole)) + 1


def test_an_empty_file_has_nothing(path: Path) -> None:
    assert read(path, b"") == []


def test_a_disk_that_gives_nothing_back_is_named(path: Path) -> None:
    class Failing:
        def read(self, _: int, /) -> bytes:
            raise OSError(5, "Input/output error")

        def seek(self, offset: int, _: int = 0, /) -> int:
            return offset

        def fileno(self) -> int:
            return -1

    with pytest.raises(RecordDamaged, match=r"a\.warc\.gz cannot be read: Input/output error"):
        list(members(Failing(), path.name))
