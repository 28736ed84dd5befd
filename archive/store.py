"""The store: one run's captures into WARC and ledger, in that order.

This is all that the crawler knows of the archive. A group of records (metadata, request,
response) is written to its WARC at once, so that a killed process loses nothing. The rows
of the ledger follow in batches, each after its records were brought to the disk and in one
short transaction, for other processes write the same ledger. What the ledger missed, or a
lost ledger, is made again from the metadata records, which hold the rows.
"""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import records
from .batch import Batch
from .encoding import decode_content
from .errors import RecordDamaged
from .exchange import Context, Exchange, Headers, now, request_key
from .ledger import Ledger, Obtained
from .recovery import recover
from .root import DataRoot, Registry
from .runs import broken_run, new_run
from .warc import load_body, load_transferred
from .warcfile import LARGEST_FILE, WarcFile

log = logging.getLogger(__name__)
__all__ = ["Context", "Exchange", "Headers", "Store", "Tally", "now", "request_key"]
#: Roles whose bodies may be reports; a continued run skips what it has of them.
_KEPT = ("article", "attachment")


@dataclass(slots=True)
class Tally:
    """What a portal's run has stored: new bodies, and bodies that had not changed."""

    captured: int = 0
    unchanged: int = 0


class Store:
    """One run at work in a data root. Use it under `root.lock("crawl")`."""

    def __init__(
        self,
        root: DataRoot,
        registry: Registry,
        kind: str = "crawl",
        portals: Sequence[str] = (),
        shard: str = "",
    ) -> None:
        """Open a root for a run: mend what a crash left, continue an unfinished crawl.

        Args:
            root: The data root; hold its `crawl` lock, or that of the shard.
            registry: What it belongs to.
            kind: `crawl` or `import`.
            portals: Keys of the portals to crawl. A broken run of none but these is
                continued; one of others is ended as `stopped`.
            shard: The part of the portals that this run crawls, e.g. `2/8`, or "" for all.

        Raises:
            RootRefused: The root belongs to another registry.
            WriteFailed: Its disk takes nothing.
        """
        self.root = root
        self._batch = Batch()
        self._file: WarcFile | None = None
        self._serial = 0
        self._tallies: dict[str, Tally] = {}
        #: Articles and attachments that this run had when it was broken off.
        self.done: Container[str] = ()
        with root.opening():
            root.claim(registry)
            self._ledger = Ledger(root.ledger)
            try:
                recover(root.warc, self._ledger, shard)
            except BaseException:
                self._ledger.close()
                raise
        try:
            run, other = (
                broken_run(self._ledger, portals, shard) if kind == "crawl" else (None, None)
            )
            self.continued = run is not None
            self._run = run or new_run(registry.name, kind, shard)
            self.run_id = str(self._run["run_id"])
            if other is not None:
                self._note("runs", other)
            if self.continued:
                self.done = Obtained(self._ledger, self.run_id, _KEPT)
            else:
                self._note("runs", self._run)
            self.flush()
        except BaseException:
            self.close()
            raise

    @property
    def ledger(self) -> Ledger:
        """The ledger, with all rows of this run entered.

        Raises:
            WriteFailed: They could not be.
        """
        self.flush()
        return self._ledger

    # -- what the crawler calls -----------------------------------------------------

    def portal(self, key: str, entry: Mapping[str, Any]) -> None:
        """Keep the registry entry that this run uses, in the WARC and the ledger."""
        text = json.dumps(entry, ensure_ascii=False, sort_keys=True)
        self._note("portals", {"run_id": self.run_id, "portal": key, "entry": text})

    def latest(self, method: str, url: str, body: bytes = b"") -> Mapping[str, Any] | None:
        """The newest capture of a request, with its `etag`, `last_modified`, `fetched_at`."""
        return self._latest(request_key(method, url, body))

    def known_articles(self, portal: str) -> list[Mapping[str, Any]]:
        """What a portal's lists have led to: `url`, `list_title`, `list_date`, `fetched_at`.

        One row an address of which the archive has a body; `fetched_at` tells when it was
        asked for last, whatever the answer was.
        """
        return [dict(row) for row in self.ledger.known_articles(portal)]

    def body(self, row: Mapping[str, Any]) -> bytes:
        """The body of a capture, content-encoding removed.

        Args:
            row: The capture's row; a revisit's body is the one that it points to.

        Raises:
            RecordDamaged: The archive has lost it.
        """
        holder: Mapping[str, Any] | None = row
        if row["revisit_of"]:
            holder = self._capture(row["revisit_of"])
        if holder is None:
            raise RecordDamaged(f"{row['url']}: the ledger lost the record that holds its body")
        return load_body(self.root.warc, holder)

    def capture(self, exchange: Exchange, context: Context) -> dict[str, Any]:
        """Store an exchange; a killed process does not lose it any more when this returns.

        A body that an earlier capture of the same request holds is not stored again,
        whether it is the same as transferred or, from a server that compresses anew, only
        once decoded: a revisit record points to it.

        Returns:
            The ledger's row.

        Raises:
            WriteFailed: The disk did not take it, or not what was captured just before.
        """
        row = self._row(exchange, context)
        earlier = self._earlier(exchange, row)
        holder, held = self._holder(exchange, row, earlier)
        if holder is not None and earlier is not None:
            row["revisit_of"] = holder["record_id"]
            row["payload"], row["sha256"] = holder["payload"], holder["sha256"]
            row["bytes"] = holder["bytes"]
            # A 304 need not repeat the validators; the next request still wants them.
            row["etag"] = row["etag"] or earlier["etag"]
            row["last_modified"] = row["last_modified"] or earlier["last_modified"]
        file = self._open_file()
        row["warc_file"] = file.final.name
        # The metadata stands first: a response that is whole always has its context.
        places = file.write((
            records.metadata("captures", row, exchange.url),
            records.request(exchange, row),
            records.response(exchange, row, holder, held),
        ))  # fmt: skip
        row["warc_offset"], row["warc_length"] = places[2]
        if context.role in _KEPT and exchange.status in (200, 304):
            tally = self.tally(context.portal)
            tally.captured += holder is None
            tally.unchanged += holder is not None
        self._enter("captures", row)
        return row

    def import_document(self, body: bytes, url: str, name: str, content_type: str) -> bool:
        """Store a document that a person brought, as a resource record.

        Args:
            body: The document's bytes.
            url: Where it was published, or `urn:sha256:…`.
            name: The file's name without its folder.
            content_type: Its type, told by its bytes.

        Returns:
            False if the same bytes are there already under this address.
        """
        digest = hashlib.sha256(body).hexdigest()
        if self._held(request_key("GET", url), digest, None):
            return False
        exchange = Exchange("GET", url, (), b"", 0, "", (("Content-Type", content_type),), body)
        row = self._row(exchange, Context("import", "import", list_title=name))
        row["status"] = None
        file = self._open_file()
        row["warc_file"] = file.final.name
        places = file.write((
            records.metadata("captures", row, url),
            records.resource(url, body, content_type, row),
        ))  # fmt: skip
        row["warc_offset"], row["warc_length"] = places[1]
        self._enter("captures", row)
        return True

    def issue(self, portal: str, url: str, kind: str, detail: str) -> None:
        """Keep what went wrong with an address."""
        self._note(
            "issues",
            {
                "run_id": self.run_id,
                "portal": portal,
                "url": url,
                "kind": kind,
                "detail": detail,
                "at": now(),
            },
        )

    def outcome(
        self,
        portal: str,
        outcome: str,
        *,
        expected: str = "complete",
        detail: str = "",
        candidates: int = 0,
        minimum: int = 0,
    ) -> None:
        """Keep how a portal's crawl ended."""
        tally = self.tally(portal)
        self._note(
            "outcomes",
            {
                "run_id": self.run_id,
                "portal": portal,
                "outcome": outcome,
                "expected": expected,
                "detail": detail,
                "candidates": candidates,
                "minimum": minimum,
                "captured": tally.captured,
                "unchanged": tally.unchanged,
                "at": now(),
            },
        )

    def tally(self, portal: str) -> Tally:
        """What the run has stored for a portal so far."""
        return self._tallies.setdefault(portal, Tally())

    def flush_if_due(self) -> None:
        """Enter a batch that is old enough: call it now and then while nothing is captured.

        Raises:
            WriteFailed: The disk did not take it.
        """
        if self._batch.is_due:
            self.flush()

    def flush(self) -> None:
        """Bring what was written to the disk, then its rows into the ledger.

        Raises:
            WriteFailed: The disk did not take it; the next run enters what is in the WARC.
        """
        if self._batch.rows:
            if self._file is not None:
                self._file.sync()
            self._ledger.put_all(self._batch.rows)
            self._batch.clear()

    def finish(self, status: str) -> None:
        """End the run: its status into the ledger, its WARC file closed."""
        self._note("runs", {**self._run, "finished_at": now(), "status": status})
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None
        self.close()

    def close(self) -> None:
        """Close WARC and ledger; a run that did not `finish` is continued by the next.

        Its file stays open by name, so that records that the ledger missed are entered.
        """
        if self._file is not None:
            self._file.leave()
            self._file = None
        self._ledger.close()

    # -- look-ups: what is not entered yet counts ---------------------------------------

    def _latest(self, key: str) -> dict[str, Any] | None:
        found = self._batch.latest(key) or self._ledger.latest(key)
        return dict(found) if found else None

    def _held(self, key: str, sha256: str, status: int | None) -> dict[str, Any] | None:
        found = self._ledger.holder(key, sha256, status) or self._batch.holder(key, sha256, status)
        return dict(found) if found else None

    def _capture(self, record_id: str) -> dict[str, Any] | None:
        found = self._batch.capture(record_id) or self._ledger.capture(record_id)
        return dict(found) if found else None

    # -- records ----------------------------------------------------------------------

    def _row(self, exchange: Exchange, context: Context) -> dict[str, Any]:
        try:
            decoded = decode_content(exchange.body, exchange.header("Content-Encoding"))
        except RecordDamaged as error:
            log.warning("%s: %s; kept as transferred", exchange.url, error)
            decoded = exchange.body
        payload = hashlib.sha256(exchange.body).hexdigest()
        return {
            "record_id": f"<urn:uuid:{uuid.uuid4()}>",
            "run_id": self.run_id,
            "portal": context.portal,
            "role": context.role,
            "request_key": request_key(exchange.method, exchange.url, exchange.request_body),
            "url": exchange.url,
            "fetched_at": now(),
            "status": exchange.status,
            "content_type": exchange.header("Content-Type"),
            "encoding": exchange.header("Content-Encoding"),
            "etag": exchange.header("ETag"),
            "last_modified": exchange.header("Last-Modified"),
            "payload": payload,
            "sha256": payload if decoded is exchange.body else hashlib.sha256(decoded).hexdigest(),
            "bytes": len(decoded),
            "revisit_of": None,
            "listing": context.listing,
            "list_title": context.list_title,
            "list_date": context.list_date,
            "parent": context.parent,
            "warc_file": "",
            "warc_offset": 0,
            "warc_length": 0,
            "tls": exchange.tls,
        }

    def _earlier(self, exchange: Exchange, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """The capture that a 304 confirms, or that has the same body."""
        if exchange.status == 304:
            return self._latest(row["request_key"])
        if not exchange.body:
            return None
        return self._held(row["request_key"], row["sha256"], exchange.status)

    def _holder(
        self, exchange: Exchange, row: Mapping[str, Any], earlier: Mapping[str, Any] | None
    ) -> tuple[Mapping[str, Any] | None, bytes | None]:
        """The capture that a revisit points to, and its body where that was transferred otherwise.

        Replay puts the headers of today before the holder's body, so both must be
        compressed in the same way. Where they are not, or the holder cannot be read, the
        body is stored again.
        """
        if earlier is None:
            return None, None
        holder = self._capture(earlier["revisit_of"]) if earlier["revisit_of"] else earlier
        if holder is None:
            raise RecordDamaged(
                f"the ledger lost the record that holds {exchange.url}; move "
                f"{self._ledger.path} away: it is made again from the WARCs"
            )
        if exchange.status == 304 or holder["payload"] == row["payload"]:
            return holder, None
        if holder["encoding"].lower() != row["encoding"].lower():
            return None, None
        try:
            return holder, load_transferred(self.root.warc, holder)
        except RecordDamaged as error:
            log.warning("%s: stored again: %s", exchange.url, error)
            return None, None

    def _note(self, table: str, row: dict[str, Any]) -> None:
        """A ledger row that has no record of its own: a metadata record keeps it."""
        self._open_file().write((records.metadata(table, row),))
        self._enter(table, row)

    def _enter(self, table: str, row: dict[str, Any]) -> None:
        self._batch.add(table, row)
        self.flush_if_due()

    def _open_file(self) -> WarcFile:
        if self._file is not None and self._file.size >= LARGEST_FILE:
            self.flush()  # recovery looks for missing rows in open files alone
            self._file.close()
            self._file = None
        if self._file is None:
            self._serial += 1
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")[:17]
            self._file = WarcFile(self.root.warc, f"{self.run_id}-{stamp}-{self._serial:05d}")
            self._file.write((records.warcinfo(self._file.final.name, self.run_id),))
        return self._file
