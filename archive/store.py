"""The store: one run's captures into WARC and ledger, in that order.

This is all that the crawler knows of the archive. A group of records (metadata, request,
response) is written at once, so that a killed process loses nothing; the rows of the
ledger follow in batches (`archive.journal`). What the ledger missed, or a lost ledger, is
made again from the metadata and revisit records, which hold the rows.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import records
from .captures import repeated, row_of
from .errors import RecordDamaged, StoreUnreachable
from .exchange import Context, Exchange, Headers, now, request_key, writable
from .journal import Journal
from .ledger import Ledger, Obtained
from .recovery import recover
from .root import DataRoot, Registry
from .runs import end_run, new_run
from .warc import load_body

log = logging.getLogger(__name__)
__all__ = ["Context", "Exchange", "Headers", "Store", "Tally", "now", "request_key", "writable"]
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
        settings: Mapping[str, str] | None = None,
        crawl: str = "",
    ) -> None:
        """Open a root for a run: mend what a crash left, continue an unfinished crawl.

        Args:
            root: The data root; hold its `crawl` lock, or that of the shard.
            registry: What it belongs to.
            kind: `crawl` or `import`.
            portals: Keys of the portals to crawl. A broken run of none but these is
                continued; one of others is ended as `stopped`.
            shard: The part of the portals that this run crawls, e.g. `2/8`, or "" for all.
            settings: What the run was told, for the record that begins each file: names of
                warcinfo fields with their values.
            crawl: The crawl whose shards are at work side by side, or "".

        Raises:
            RootRefused: The root belongs to another registry.
            WriteFailed: Its disk takes nothing.
        """
        self.root = root
        self._tallies: dict[str, Tally] = {}
        #: Articles and attachments that this run had when it was broken off.
        self.done: Container[str] = ()
        with root.opening():
            root.claim(registry)
            ledger = Ledger(root.ledger, wal=root.wal)
            try:
                recover(root.warc, ledger, shard)
                run = self._take_up(ledger, portals, shard) if kind == "crawl" else None
                self._run = run or new_run(registry.name, kind, shard, crawl)
                self.continued = run is not None
                self.run_id = str(self._run["run_id"])
                self._journal = Journal(root.warcs, ledger, self.run_id, settings)
                if not self.continued:
                    self._journal.note("runs", self._run)
                    self._journal.flush()
            except BaseException:
                ledger.close()
                raise

    def _take_up(self, ledger: Ledger, portals: Sequence[str], shard: str) -> dict[str, Any] | None:
        """The run that was broken off, if it is to be continued."""
        run = ledger.unfinished_run(shard)
        if run is None:
            return None
        row = dict(run)
        if portals and not ledger.portals_of(row["run_id"]) <= set(portals):
            log.warning("run %s of other portals was broken off; not continued", row["run_id"])
            end_run(self.root.warc, ledger, row)
            return None
        log.warning("continuing run %s, broken off after %s", row["run_id"], row["started_at"])
        self.done = Obtained(ledger, row["run_id"], _KEPT)
        return row

    @property
    def ledger(self) -> Ledger:
        """The ledger, with all rows of this run entered.

        Raises:
            WriteFailed: They could not be.
        """
        return self._journal.ledger

    # -- what the crawler calls -----------------------------------------------------

    def portal(self, key: str, entry: Mapping[str, Any]) -> None:
        """Keep the registry entry that this run uses, in the WARC and the ledger."""
        text = json.dumps(entry, ensure_ascii=False, sort_keys=True)
        self._journal.note("portals", {"run_id": self.run_id, "portal": key, "entry": text})

    def latest(self, method: str, url: str, body: bytes = b"") -> Mapping[str, Any] | None:
        """The newest capture of a request, with its `etag`, `last_modified`, `fetched_at`."""
        return self._journal.latest(request_key(method, url, body))

    def is_plain(self, sha256: str, finder: str) -> bool:
        """Whether a body, by its SHA-256, was found to name no files, by this very finder."""
        return self._journal.is_plain(sha256, finder)

    def note_plain(self, sha256: str, finder: str) -> None:
        """Note that a body names no files: in the ledger alone, for losing it loses time."""
        self._journal.remember("plain", {"sha256": bytes.fromhex(sha256), "finder": finder})

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
            RecordDamaged: The archive has lost it, or it lies where nothing answers: a crawl
                goes on without it, for what it still has to ask is more.
        """
        holder: Mapping[str, Any] | None = row
        if row["revisit_of"]:
            holder = self._journal.capture(row["revisit_of"])
        if holder is None:
            raise RecordDamaged(f"{row['url']}: the ledger lost the record that holds its body")
        try:
            return load_body(self.root.warcs, holder)
        except StoreUnreachable as error:
            raise RecordDamaged(str(error)) from error

    def capture(
        self, exchange: Exchange, context: Context, asked: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Store an exchange; a killed process does not lose it any more when this returns.

        A body that an earlier capture of the same request holds is not stored again,
        whether it is the same as transferred or, from a server that compresses anew, only
        once decoded: a revisit record points to it.

        Args:
            exchange: What was transferred.
            context: Why it was asked for.
            asked: The capture whose validators the request had, as `latest` gave it: what an
                answer of 304 confirms. None: the newest one.

        Returns:
            The ledger's row.

        Raises:
            WriteFailed: The disk did not take it, or not what was captured just before.
        """
        row = row_of(exchange, context, self.run_id)
        holder, held = repeated(exchange, row, self._journal, asked)
        row["warc_file"] = self._journal.file().final.name
        made = [records.request(exchange, row), records.response(exchange, row, holder, held)]
        if holder is None:
            made.insert(0, records.metadata("captures", row, exchange.url))
        self._journal.keep(row, made)
        if context.role in _KEPT and exchange.status in (200, 304):
            tally = self.tally(context.portal)
            tally.captured += holder is None
            tally.unchanged += holder is not None
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
        if self._journal.holder(request_key("GET", url), digest, None, ""):
            return False
        exchange = Exchange("GET", url, (), b"", 0, "", (("Content-Type", content_type),), body)
        row = row_of(exchange, Context("import", "import", list_title=name), self.run_id)
        row["status"] = None
        row["warc_file"] = self._journal.file().final.name
        made = (
            records.metadata("captures", row, url),
            records.resource(url, body, content_type, row),
        )
        self._journal.keep(row, made)
        return True

    def issue(self, portal: str, url: str, kind: str, detail: str) -> None:
        """Keep what went wrong with an address; what it says may be a site's own words."""
        self._journal.note(
            "issues",
            {
                "run_id": self.run_id,
                "portal": portal,
                "url": writable(url),
                "kind": kind,
                "detail": writable(detail),
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
        self._journal.note(
            "outcomes",
            {
                "run_id": self.run_id,
                "portal": portal,
                "outcome": outcome,
                "expected": expected,
                "detail": writable(detail),
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
        self._journal.flush_if_due()

    def finish(self, status: str) -> None:
        """End the run: its status into the ledger, its WARC file closed."""
        self._journal.note("runs", {**self._run, "finished_at": now(), "status": status})
        self._journal.finish()
        self.close()

    def close(self) -> None:
        """Close WARC and ledger; a run that did not `finish` is continued by the next."""
        self._journal.close()
