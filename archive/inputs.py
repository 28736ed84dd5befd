"""What a release is made from, told in one pass over the ledger: a digest, and how much it is.

Each row counts for itself and in no order, so that a country's need not be held or sorted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .absence import noted
from .bodies import REDIRECTED, ROLES, Captured
from .builder import builder_version
from .evidence import entries
from .ledger import OBTAINED, Ledger
from .rounds import rounds
from .runs import last_outcomes

#: What of a capture decides what a release says.
_SAID = (
    "portal", "url", "sha256", "role", "listing", "list_title", "list_date", "parent",
    "fetched_at", "run_id",
)  # fmt: skip
_OF_ROLES = f"role IN ({', '.join(repr(role) for role in ROLES)})"
_BODY = _SAID.index("sha256")
_BETWEEN = "\x1f"
_MODULUS = 1 << 256


@dataclass(slots=True)
class Inputs:
    """What a ledger holds for a release.

    Attributes:
        last: Row of the last capture that was seen.
        captures: Portal → how many captures of it may be reports.
        told: Portal → digest of its captures and of what led elsewhere.
        others: Digest of what the runs told besides.
        unread: Bodies that may be reports and are not among those that were named, in order.
    """

    last: int = 0
    captures: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    others: str = ""
    unread: dict[str, None] = field(default_factory=dict)

    def digest(self, by: str) -> str:
        """Digest of all that a release is made from: with the same one there is nothing new.

        Args:
            by: Tells the reader and the decisions by hand; the builder is added.
        """
        digest = hashlib.sha256(f"{by} {builder_version()} {self.others}".encode())
        for portal in sorted(self.told):
            said = [portal, self.captures.get(portal, 0), f"{self.told[portal]:x}"]
            digest.update(json.dumps(said).encode())
        return digest.hexdigest()

    def add(self, others: Inputs) -> None:
        """Add what other captures of the same ledger say."""
        for portal, number in others.told.items():
            self.told[portal] = (self.told.get(portal, 0) + number) % _MODULUS
        for portal, count in others.captures.items():
            self.captures[portal] = self.captures.get(portal, 0) + count
        self.unread |= others.unread

    def _add(
        self,
        rows: Iterable[tuple[Any, ...]],
        began: Mapping[str, str],
        what: str,
        read: Container[str] | None = None,
    ) -> None:
        count, unread = self.captures, self.unread
        told: dict[str, int] = {}
        for row in rows:
            portal = row[0]
            said = _BETWEEN.join((what, *row, began.get(row[-1], "")))
            digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()
            told[portal] = told.get(portal, 0) + int.from_bytes(digest)
            if what == "":
                count[portal] = count.get(portal, 0) + 1
                if read is not None and row[_BODY] not in read:
                    unread[row[_BODY]] = None
        self.add(Inputs(told=told))


def inputs_of(ledger: Ledger, held: Captured | None = None) -> Inputs:
    """What a ledger holds for a release.

    Args:
        ledger: The ledger.
        held: Its rows, if somebody has them; they are read one by one if None.
    """
    if held is not None:
        made = Inputs()
        made._add(map(_said, held.captures), held.began, "")
        made._add(map(_said, held.redirects), held.began, "redirect")
        made.others = others_of(ledger)
        return made
    with ledger.snapshot():
        last = last_row(ledger)
        made = rows_between(ledger, 0, last)
        made.last, made.others = last, others_of(ledger)
    return made


def last_row(ledger: Ledger) -> int:
    """The row of the last capture of a ledger; 0 if it has none."""
    row = ledger.one("SELECT max(rowid) AS last FROM captures")
    return (row and row["last"]) or 0


def rows_between(
    ledger: Ledger, after: int, last: int, read: Container[str] | None = None
) -> Inputs:
    """What some captures of a ledger say, without what its runs told besides.

    Args:
        ledger: The ledger.
        after: The row behind which they begin.
        last: Their last row.
        read: Bodies that are none of `Inputs.unread`; that stays empty if None.
    """
    made, began, where = Inputs(), rounds(ledger), "rowid > ? AND rowid <= ?"
    for what, which in (("", f"{_OF_ROLES} AND {OBTAINED}"), ("redirect", REDIRECTED)):
        sql = f"SELECT {', '.join(_SAID)} FROM captures WHERE {which} AND {where}"
        made._add(ledger.tuples(sql, after, last), began, what, read)
    return made


def digests(ledger: Ledger, last: int, held: Captured | None = None) -> Iterator[str]:
    """SHA-256 of the bodies that may be reports; one may come twice.

    Args:
        ledger: The ledger.
        last: Row of the last capture that is seen.
        held: Its rows, if somebody has them.
    """
    if held is not None:
        yield from (row["sha256"] for row in held.captures)
        return
    sql = f"SELECT sha256 FROM captures WHERE {_OF_ROLES} AND {OBTAINED} AND rowid <= ?"
    for (sha256,) in ledger.tuples(sql, last):
        yield sha256


class Holders(Mapping[str, Mapping[str, Any]]):
    """Digest → a capture that holds this body, for those that are to be read."""

    def __init__(self, ledger: Ledger, wanted: Iterable[str], last: int) -> None:
        """Find them in a ledger."""
        self._ledger, self._rows = ledger, dict.fromkeys(wanted, 0)
        if self._rows:
            sql = (
                f"SELECT rowid, sha256 FROM captures WHERE {_OF_ROLES} AND {OBTAINED} "
                "AND rowid <= ? ORDER BY revisit_of IS NULL, rowid"
            )
            for row in ledger.rows(sql, last):
                if row["sha256"] in self._rows:
                    self._rows[row["sha256"]] = row["rowid"]

    def __getitem__(self, sha256: str) -> Mapping[str, Any]:
        """The row of a capture."""
        row = self._ledger.one("SELECT * FROM captures WHERE rowid = ?", self._rows[sha256])
        if row is None:
            raise KeyError(sha256)
        return dict(row)

    def __iter__(self) -> Iterator[str]:
        """The digests."""
        return iter(self._rows)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._rows)


def _said(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _SAID)


def others_of(ledger: Ledger) -> str:
    """Digest of what the runs noted, and of the registry entries and outcomes of all portals."""
    digest = hashlib.sha256()
    notes = ([n.portal, n.url, n.kind, n.seen.at, n.seen.run, n.seen.round] for n in noted(ledger))
    for note in sorted(notes):
        digest.update(json.dumps(note).encode())
    for told_of in (entries(ledger), last_outcomes(ledger)):
        for portal, said in sorted(told_of.items()):
            digest.update(json.dumps([portal, said], sort_keys=True).encode())
    return digest.hexdigest()
