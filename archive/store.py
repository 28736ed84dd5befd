"""The store: one run's captures into WARC and ledger, in that order.

This is all that the crawler knows of the archive. A group of records (metadata,
request, response) is on the disk before its ledger row is written; the metadata
record holds that row, so that a lost ledger, or its missing end, can be made again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import platform
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from . import records
from .encoding import decode_content
from .errors import RecordDamaged
from .exchange import Context, Exchange, Headers, now, request_key
from .ledger import Ledger
from .recovery import recover
from .root import DataRoot, Registry
from .warc import LARGEST_FILE, WarcFile, load_body

log = logging.getLogger(__name__)
__all__ = ["Context", "Exchange", "Headers", "Store", "Tally", "now", "request_key"]


@dataclass(slots=True)
class Tally:
    """What a portal's run has stored: new bodies, and bodies that had not changed."""

    captured: int = 0
    unchanged: int = 0


class Store:
    """One run at work in a data root. Use it under `root.lock("crawl")`."""

    def __init__(
        self, root: DataRoot, registry: Registry, kind: str = "crawl", portals: Sequence[str] = ()
    ) -> None:
        """Open a root for a run: mend what a crash left, continue an unfinished crawl.

        Args:
            root: The data root; hold its `crawl` lock.
            registry: What it belongs to.
            kind: `crawl` or `import`.
            portals: Keys of the portals to crawl. A broken run of none but these is
                continued; one of others is ended as `stopped`.

        Raises:
            RootRefused: The root belongs to another registry.
            WriteFailed: Its disk takes nothing.
        """
        root.claim(registry)
        self.root = root
        self.ledger = Ledger(root.ledger)
        self._file: WarcFile | None = None
        self._serial = 0
        self._tallies: dict[str, Tally] = {}
        self.continued = False
        self.run_id = f"{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(2)}"
        #: Articles and attachments that this run has already: a continued run skips them.
        self.done: set[str] = set()
        try:
            recover(root.warc, self.ledger)
            if kind == "crawl":
                self._take_up_broken_run(portals)
            if not self.continued:
                self._begin_run(registry, kind)
        except BaseException:
            self.close()
            raise

    def _take_up_broken_run(self, portals: Sequence[str]) -> None:
        broken = self.ledger.unfinished_run()
        if broken is None:
            return
        run_id = str(broken["run_id"])
        rows = self.ledger.rows("SELECT portal FROM portals WHERE run_id = ?", run_id)
        known = {row["portal"] for row in rows}
        if portals and not known <= set(portals):
            log.warning("run %s of other portals was broken off; it is not continued", run_id)
            self._note("runs", {**dict(broken), "finished_at": now(), "status": "stopped"})
            return
        log.warning("continuing run %s, broken off after %s", run_id, broken["started_at"])
        self.run_id, self.continued = run_id, True
        self.done = self.ledger.captured_in(run_id, ("article", "attachment"))

    def _begin_run(self, registry: Registry, kind: str) -> None:
        software = (
            f"nianbao {records.own_version()}; Scrapy {version('scrapy')}; "
            f"Python {platform.python_version()}"
        )
        self._note(
            "runs",
            {
                "run_id": self.run_id,
                "kind": kind,
                "registry": registry.name,
                "software": software,
                "started_at": now(),
                "finished_at": None,
                "status": None,
            },
        )

    # -- what the crawler calls -----------------------------------------------------

    def portal(self, key: str, entry: Mapping[str, Any]) -> None:
        """Keep the registry entry that this run uses, in the WARC and the ledger."""
        text = json.dumps(entry, ensure_ascii=False, sort_keys=True)
        self._note("portals", {"run_id": self.run_id, "portal": key, "entry": text})

    def latest(self, method: str, url: str, body: bytes = b"") -> Mapping[str, Any] | None:
        """The newest capture of a request, with its `etag`, `last_modified`, `fetched_at`."""
        row = self.ledger.latest(request_key(method, url, body))
        return dict(row) if row else None

    def known_articles(self, portal: str) -> list[Mapping[str, Any]]:
        """What a portal's lists have led to: `url`, `list_title`, `list_date`, `fetched_at`.

        One row an address of which the archive has a body; `fetched_at` tells when it was
        asked for last, whatever the answer was.
        """
        return [dict(row) for row in self.ledger.known_articles(portal)]

    def has_issue(self, portal: str, url: str, kind: str) -> bool:
        """Whether any run noted this of an address."""
        sql = "SELECT 1 FROM issues WHERE portal = ? AND url = ? AND kind = ? LIMIT 1"
        return self.ledger.one(sql, portal, url, kind) is not None

    def body(self, row: Mapping[str, Any]) -> bytes:
        """The body of a capture, content-encoding removed.

        Args:
            row: The capture's row; a revisit's body is the one that it points to.

        Raises:
            RecordDamaged: The archive has lost it.
        """
        holder: Mapping[str, Any] | None = row
        if row["revisit_of"]:
            found = self.ledger.one("SELECT * FROM captures WHERE record_id = ?", row["revisit_of"])
            holder = dict(found) if found else None
        if holder is None:
            raise RecordDamaged(f"{row['url']}: the ledger lost the record that holds its body")
        return load_body(self.root.warc, holder)

    def capture(self, exchange: Exchange, context: Context) -> dict[str, Any]:
        """Store an exchange; it is on the disk and in the ledger when this returns.

        A body that an earlier capture of the same request holds, byte for byte as
        transferred, is not stored again: a revisit record points to it.

        Returns:
            The ledger's row.

        Raises:
            WriteFailed: The disk did not take it; nothing is recorded.
        """
        row = self._row(exchange, context)
        earlier = self._earlier(exchange, row)
        if earlier is not None:
            row["revisit_of"] = earlier["revisit_of"] or earlier["record_id"]
            row["payload"], row["sha256"] = earlier["payload"], earlier["sha256"]
            row["bytes"] = earlier["bytes"]
            # A 304 need not repeat the validators; the next request still wants them.
            row["etag"] = row["etag"] or earlier["etag"]
            row["last_modified"] = row["last_modified"] or earlier["last_modified"]
        row["warc_offset"], row["warc_length"] = self._write_exchange(exchange, row, earlier)
        self.ledger.put("captures", row)
        tally = self.tally(context.portal)
        if context.role in ("article", "attachment") and exchange.status in (200, 304):
            tally.captured += earlier is None
            tally.unchanged += earlier is not None
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
        if self.ledger.holder(request_key("GET", url), digest, None):
            return False
        exchange = Exchange("GET", url, (), b"", 0, "", (("Content-Type", content_type),), body)
        row = self._row(exchange, Context("import", "import", list_title=name))
        row["status"] = None
        places = self._write(row, lambda: [
            records.metadata("captures", row, url),
            records.resource(url, body, content_type, row),
        ])  # fmt: skip
        row["warc_offset"], row["warc_length"] = places[1]
        self.ledger.put("captures", row)
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

    def finish(self, status: str) -> None:
        """End the run: its status into the ledger, its WARC file closed."""
        row = self.ledger.one("SELECT * FROM runs WHERE run_id = ?", self.run_id)
        if row is not None:
            self._note("runs", {**dict(row), "finished_at": now(), "status": status})
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
        self.ledger.close()

    # -- records ----------------------------------------------------------------------

    def _row(self, exchange: Exchange, context: Context) -> dict[str, Any]:
        try:
            decoded = decode_content(exchange.body, exchange.header("Content-Encoding"))
        except RecordDamaged as error:
            log.warning("%s: %s; kept as transferred", exchange.url, error)
            decoded = exchange.body
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
            "payload": hashlib.sha256(exchange.body).hexdigest(),
            "sha256": hashlib.sha256(decoded).hexdigest(),
            "bytes": len(decoded),
            "revisit_of": None,
            "listing": context.listing,
            "list_title": context.list_title,
            "list_date": context.list_date,
            "parent": context.parent,
            "warc_file": "",
            "warc_offset": 0,
            "warc_length": 0,
        }

    def _earlier(self, exchange: Exchange, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if exchange.status == 304:
            found = self.ledger.latest(str(row["request_key"]))
        elif exchange.body:
            found = self.ledger.holder(
                str(row["request_key"]), str(row["payload"]), exchange.status
            )
        else:
            found = None
        return dict(found) if found is not None else None

    def _write_exchange(
        self, exchange: Exchange, row: dict[str, Any], earlier: Mapping[str, Any] | None
    ) -> tuple[int, int]:
        holder = self._holder(exchange, earlier) if earlier is not None else None
        # The metadata stands first: a response that is whole always has its context.
        return self._write(row, lambda: [
            records.metadata("captures", row, exchange.url),
            records.request(exchange, row),
            records.response(exchange, row, holder),
        ])[2]  # fmt: skip

    def _holder(self, exchange: Exchange, earlier: Mapping[str, Any]) -> Mapping[str, Any]:
        holder = self.ledger.one(
            "SELECT record_id, url, fetched_at FROM captures WHERE record_id = ?",
            earlier["revisit_of"] or earlier["record_id"],
        )
        if holder is None:
            raise RecordDamaged(
                f"the ledger lost the record that holds {exchange.url}; move "
                f"{self.ledger.path} away: it is made again from the WARCs"
            )
        return dict(holder)

    def _note(self, table: str, row: dict[str, Any]) -> None:
        """A ledger row that has no record of its own: a metadata record keeps it."""
        self._open_file().write([records.metadata(table, row)])
        self.ledger.put(table, row)

    def _write(
        self, row: dict[str, Any], made: Callable[[], Sequence[Any]]
    ) -> list[tuple[int, int]]:
        """Write a capture's records; the row says in which file before they are made."""
        file = self._open_file()
        row["warc_file"] = file.final.name
        return file.write(made())

    def _open_file(self) -> WarcFile:
        if self._file is not None and self._file.size >= LARGEST_FILE:
            self._file.close()
            self._file = None
        if self._file is None:
            self._serial += 1
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")[:17]
            self._file = WarcFile(self.root.warc, f"{self.run_id}-{stamp}-{self._serial:05d}")
            self._file.write([records.warcinfo(self._file.final.name, self.run_id)])
        return self._file
