"""All records of all files together: ids given twice, revisits of what is not there.

An archive has millions of records, so little is kept of each: numbers that stand for its id and
its payload's digest, and where it begins.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import RecordDamaged
from .files import Warc
from .kinds import Finding

#: So many records are compared at once.
_MOST = 2_000_000


def _numbers() -> array[int]:
    return array("Q")


@dataclass(slots=True)
class Places:
    """Records of one file, in columns.

    Attributes:
        ids: What stands for their ids.
        offsets: Where they begin.
        payloads: What stands for their payloads' digests; 0 for none.
    """

    ids: array[int] = field(default_factory=_numbers)
    offsets: array[int] = field(default_factory=_numbers)
    payloads: array[int] = field(default_factory=_numbers)

    def add(self, record_id: str, offset: int, payload: str) -> None:
        """Add a record, with the digest of its payload as it says it, or ""."""
        self.ids.append(number_of(record_id))
        self.offsets.append(offset)
        self.payloads.append(number_of(payload) if payload else 0)


def number_of(text: str) -> int:
    """64 bits that stand for an id or a digest."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


class AllPlaces:
    """Records of all files."""

    def __init__(self) -> None:
        self._files: list[tuple[Warc, str, Places, Places]] = []

    def add(self, warc: Warc, sha256: str, places: Places, referred: Places) -> None:
        """Take in a file.

        Args:
            warc: The file.
            sha256: Its digest.
            places: Its records.
            referred: Records that its revisits refer to, with offset and payload of these.
        """
        self._files.append((warc, sha256, places, referred))

    def findings(self, at_work: bool) -> Iterator[Finding]:
        """What is wrong between records.

        Args:
            at_work: Whether a crawl writes: what a revisit in an open file refers to may have
                been written after its own file was read.
        """
        total = sum(len(places.ids) for _, _, places, _ in self._files)
        parts = 1 + total // _MOST
        for part in range(parts):
            held: dict[int, int] = {}
            count = 0
            for _, _, places, _ in self._files:
                pairs = zip(places.ids, places.payloads, strict=True)
                mine = list(pairs) if parts == 1 else [p for p in pairs if p[0] % parts == part]
                held.update(mine)
                count += len(mine)
            if count != len(held):
                yield from self._doubled(parts, part)
            for warc, _, _, referred in self._files:
                ahead = at_work and warc.is_open
                columns = (referred.ids, referred.offsets, referred.payloads)
                for holder, offset, payload in zip(*columns, strict=True):
                    if holder % parts != part:
                        continue
                    other = held.get(holder)
                    if other is None and not ahead:
                        what = "the record that this revisit refers to is nowhere"
                        yield _at("holder_lost", warc, offset, what)
                    elif other and payload and payload != other:
                        what = "its WARC-Payload-Digest is not that of the record that it refers to"
                        yield _at("record_wrong", warc, offset, what)

    def _doubled(self, parts: int, part: int) -> Iterator[Finding]:
        """Name records whose ids were met before, those of two files together."""
        first: dict[int, tuple[int, int]] = {}
        doubled: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for number, (_, _, places, _) in enumerate(self._files):
            for record, offset in zip(places.ids, places.offsets, strict=True):
                if record % parts == part:
                    other, before = first.setdefault(record, (number, offset))
                    if (other, before) != (number, offset):
                        doubled.setdefault((number, other), []).append((offset, before))
        for (number, other), found in doubled.items():
            warc, sha256, _, _ = self._files[number]
            twin, its_sha256, _, _ = self._files[other]
            if number != other and sha256 == its_sha256:
                what = f"it is warc/{twin.path.name} byte for byte"
                yield Finding("file_doubled", f"warc/{warc.path.name}", what)
            elif len(found) > 1 or _is_same(warc, twin, *found[0]):
                where = "the same file" if number == other else f"warc/{twin.path.name}"
                what = f"{len(found)} records bear ids that stand in {where} too, from byte "
                yield _at("record_doubled", warc, found[0][0], f"{what}{found[0][1]} on")


def _is_same(warc: Warc, other: Warc, offset: int, before: int) -> bool:
    """Whether two records bear one id: of very many, two may share what stands for them."""
    try:
        return warc.record(offset).record_id == other.record(before).record_id
    except RecordDamaged:
        return True  # it was whole a moment ago


def _at(kind: str, warc: Warc, offset: int, what: str) -> Finding:
    return Finding(kind, f"warc/{warc.name}", what, f"byte {offset}")
