"""Tombstones have exactly as many bytes as what stood in their place, whatever that was."""

from __future__ import annotations

import gzip
import io
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.deletion.log import Deletion, Overwritten
from archive.deletion.tombstone import id_of, tombstone
from archive.errors import RecordDamaged
from archive.fsck.record import parse
from archive.member import read_member
from archive.records import sha1

RECORD = "<urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e>"
LEAST = 215
#: A stored block and its head: where another block begins, a byte more needs six.
BLOCK = 65535 + 5


def made(length: int, decided_by: str = "示例市法院") -> bytes:
    deletion = Deletion(7, "2026-11-22T17:00:00Z", "rights", decided_by, "why", (), ())
    return tombstone(deletion, Overwritten(RECORD, "response", RECORD, 0, length, ""))


def must_be_whole(data: bytes, length: int) -> None:
    """One gzip member of that length, which holds one sane record of the right digest."""
    assert len(data) == length
    content = gzip.decompress(data)
    inflating = zlib.decompressobj(31)
    assert inflating.decompress(data) == content
    assert (inflating.eof, inflating.unused_data) == (True, b"")
    record = parse(content, 0, length)
    assert record.wrong() == ""
    assert read_member(io.BytesIO(data), 0, "x").record_id == id_of(RECORD) == record.record_id
    assert (record.kind, record["WARC-Target-URI"]) == ("metadata", "urn:nianbao:deleted")
    assert record["WARC-Date"] == "2026-11-22T17:00:00Z"
    if record["Content-Type"]:
        said = json.loads(record.block)
        assert (said["deleted"], said["reason"], said["deletion"]) == (RECORD, "rights", 7)
        assert record["WARC-Block-Digest"] == sha1(record.block)


def test_every_length_of_small_records_is_met() -> None:
    for length in range(LEAST, 1600):
        must_be_whole(made(length), length)


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(st.integers(LEAST, 3 * BLOCK), st.integers(BLOCK - 60, BLOCK + 60)),
    st.text("局示a", max_size=300),
)
def test_every_length_is_met(length: int, decided_by: str) -> None:
    must_be_whole(made(length, decided_by), length)


@pytest.mark.parametrize("blocks", [1, 2])
def test_lengths_where_another_block_begins_are_met(blocks: int) -> None:
    for length in range(blocks * BLOCK - 12 + 18, blocks * BLOCK + 12 + 18):
        must_be_whole(made(length), length)


def test_the_same_decision_gives_the_same_bytes_and_says_as_much_as_fits() -> None:
    assert made(5000) == made(5000)
    told = [gzip.decompress(made(length)) for length in (LEAST, 273, 338, 510, 541, 665)]
    for words, first in (
        (b"WARC-Block-Digest", 1), (b"WARC-Refers-To", 2), (b'"reason"', 3),
        ("示例市法院".encode(), 4), (b"deletions.jsonl", 5),
    ):  # fmt: skip
        assert [words in each for each in told] == [False] * first + [True] * (6 - first)
    assert b"rights" in made(1000)  # as it lies in the file


def test_ids_of_one_exchange_stay_apart_and_lead_back() -> None:
    request = RECORD[:-2] + "f>"
    assert len({RECORD, request, id_of(RECORD), id_of(request)}) == 4
    assert id_of(id_of(RECORD)) == RECORD
    with pytest.raises(RecordDamaged, match="no id"):
        id_of("<urn:uuid:short>")


def test_what_is_too_short_is_refused() -> None:
    with pytest.raises(RecordDamaged, match="nothing was deleted"):
        made(LEAST - 1)
