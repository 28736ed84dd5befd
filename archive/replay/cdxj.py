"""CDXJ: the index by which pywb and its like find the captures of an address.

One line a capture: `<key> <14 digits of its time> <JSON>`. Keys are those of the package
`surt`, which the replayers use themselves. What each line says of the record (address, time,
digest) is read from the record, what it says of the answer (status, type) is the ledger's.

Left out are:

- answers of "unchanged" (304): pywb would answer 304 with nothing instead of the page
  which they confirm. The WARCs keep them;
- answers to POST: their address alone does not find them, and under it they would answer to
  a GET that was never asked. The WARCs keep them, too;
- what is withheld (`withholding/records.py`): the WARCs keep it, and nothing leads there;
- requests, metadata and warcinfo, which are no answers.

Errors, redirects and robots.txt are captures like others: they are what the site said.
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from ..errors import RecordDamaged
from ..ledger import Ledger, Row
from ..member import read_member
from ..records import sha1
from ..root import DataRoot
from ..warcfile import OPEN
from ..warcs import Warcs
from ..withholding.records import Concealed, concealed
from .members import fields_at
from .sorting import AT_ONCE, Sorter

log = logging.getLogger(__name__)
#: What the ledger has of every capture, in the order in which the records lie on the disk.
_CAPTURES = (
    "SELECT record_id, request_key, url, role, parent, sha256, status, content_type, warc_file, "
    "warc_offset, warc_length FROM captures ORDER BY warc_file, warc_offset"
)
_UNKNOWN_TYPE = "unk"


@dataclass(slots=True)
class Counts:
    """What an index holds and leaves out.

    Attributes:
        lines: Captures in the index.
        unchanged: Answers of 304.
        posted: Answers to POST.
        unfinished: Captures in files that a crawl has not closed yet.
        damaged: Records that are not where the ledger says.
        withheld: Captures that people decided to withhold.
    """

    lines: int = 0
    unchanged: int = 0
    posted: int = 0
    unfinished: int = 0
    damaged: int = 0
    withheld: int = 0


def is_posted(capture: Mapping[str, Any]) -> bool:
    """Whether more was sent than an address."""
    return bool(capture["request_key"] != capture["url"])


def is_replayed(capture: Mapping[str, Any]) -> bool:
    """Whether a capture has its line in an index."""
    return capture["status"] != 304 and not is_posted(capture)


def line(
    fields: Mapping[str, str], capture: Mapping[str, Any], digest: str, place: tuple[str, int, int]
) -> bytes:
    """A capture's line.

    Args:
        fields: The fields of its record, names in small letters.
        capture: The ledger's row.
        digest: Digest of the payload, as records have it.
        place: The file in which the record lies, its offset and its length.
    """
    url = fields["warc-target-uri"]
    revisit = fields["warc-type"] == "revisit"
    kind = capture["content_type"].partition(";")[0].strip().lower() or _UNKNOWN_TYPE
    said = {"url": url, "mime": "warc/revisit" if revisit else kind}
    if capture["status"] is not None:
        said["status"] = str(capture["status"])
    name, offset, length = place
    said |= {"digest": digest, "length": str(length), "offset": str(offset), "filename": name}
    stamp = "".join(filter(str.isdigit, fields["warc-date"]))[:14]
    return f"{_key(url)} {stamp} {json.dumps(said)}\n".encode("ascii")


def _key(url: str) -> str:
    import surt  # takes as long as all else that a command needs to begin

    return str(surt.surt(url))


def digest_of(fields: Mapping[str, str], handle: BinaryIO, offset: int, name: str) -> str:
    """Digest of a record's payload: the record's own, or computed where it has none.

    Raises:
        RecordDamaged: It has none, and cannot be read.
    """
    return fields.get("warc-payload-digest") or sha1(read_member(handle, offset, name).body)


def write_index(root: DataRoot, out: BinaryIO, at_once: int = AT_ONCE) -> Counts:
    """Write the index of the whole archive, in the order of its bytes.

    Args:
        root: The data root; a crawl may be at work in it.
        out: Where the lines are written. Files are named as they lie in `warc/`.
        at_once: Lines held in memory.

    Returns:
        What is in it. A damaged record is logged, counted and left out: an archive with one
        damaged record must not be without an index.

    Raises:
        RootRefused: The folder is no data root.
        DatabaseDamaged: Its ledger cannot be read.
        CurationRefused: A decision to withhold is not as it must be.
    """
    root.require()
    counts = Counts()
    ledger = Ledger(root.ledger, read_only=True)
    try:
        with Sorter(at_once) as sorter, ledger.snapshot():
            for made in _lines(root.warcs, ledger, counts, concealed(root, ledger)):
                sorter.add(made)
                counts.lines += 1
            out.writelines(sorter)
    finally:
        ledger.close()
    return counts


def _lines(warcs: Warcs, ledger: Ledger, counts: Counts, hidden: Concealed) -> Iterator[bytes]:
    captures = map(dict, ledger.rows(_CAPTURES))
    for name, rows in itertools.groupby(captures, lambda row: row["warc_file"]):
        yield from _lines_of(warcs, name, _replayed(rows, counts, hidden), counts)


def _replayed(rows: Iterable[Row], counts: Counts, hidden: Concealed) -> Iterator[Row]:
    for row in rows:
        if hidden.hides(row):
            counts.withheld += 1
        elif is_replayed(row):
            yield row
        elif is_posted(row):
            counts.posted += 1
        else:
            counts.unchanged += 1


def _lines_of(warcs: Warcs, name: str, rows: Iterator[Row], counts: Counts) -> Iterator[bytes]:
    """The lines of one file's captures."""
    if (warcs.folder / f"{name}{OPEN}").exists():
        counts.unfinished += sum(1 for _ in rows)
        return
    try:
        opened = warcs.stream(name)
    except RecordDamaged as error:
        log.warning("left out of the index: %s", error)
        counts.damaged += sum(1 for _ in rows)
        return
    with opened as handle:
        for row in rows:
            try:
                yield _line_of(handle, row)
            except (RecordDamaged, OSError) as error:  # one place of a disk may be unreadable
                log.warning("left out of the index: %s", error)
                counts.damaged += 1


def _line_of(handle: BinaryIO, row: Row) -> bytes:
    name, offset = row["warc_file"], row["warc_offset"]
    fields = fields_at(handle, offset, name)
    if fields.get("warc-record-id") != row["record_id"]:
        raise RecordDamaged(f"{name} at byte {offset}: this is not {row['url']}; run fsck")
    digest = digest_of(fields, handle, offset, name)
    return line(fields, row, digest, (name, offset, row["warc_length"]))
