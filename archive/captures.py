"""A capture: its row in the ledger, and whether an earlier one holds the same body."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Mapping
from typing import Any

from .errors import RecordDamaged, StoreUnreachable
from .exchange import Context, Exchange, now, request_key, writable
from .journal import Journal
from .warc import load_transferred

log = logging.getLogger(__name__)
Row = dict[str, Any]


def row_of(exchange: Exchange, context: Context, run_id: str) -> Row:
    """The ledger's row of an exchange that is captured now; where it is kept is still open."""
    try:
        decoded = exchange.decoded
    except RecordDamaged as error:
        log.warning("%s: %s; kept as transferred", exchange.url, error)
        decoded = exchange.body
    payload = hashlib.sha256(exchange.body).hexdigest()
    return {
        "record_id": f"<urn:uuid:{uuid.uuid4()}>",
        "run_id": run_id,
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
        "list_title": writable(context.list_title),
        "list_date": writable(context.list_date),
        "parent": context.parent,
        "warc_file": "",
        "warc_offset": 0,
        "warc_length": 0,
        "tls": exchange.tls,
    }


def repeated(
    exchange: Exchange, row: Row, journal: Journal, asked: Mapping[str, Any] | None = None
) -> tuple[Mapping[str, Any] | None, bytes | None]:
    """The capture that holds the body of this one already, which its row is then told.

    Args:
        exchange: What was transferred.
        row: Its row.
        journal: Where earlier captures are found.
        asked: The capture whose validators were sent, or None if nobody knows.

    Returns:
        The holder, or None; and the holder's body where that was transferred otherwise.

    Raises:
        RecordDamaged: The ledger does not know the holder that it points to.
    """
    earlier = _earlier(exchange, row, journal, asked)
    if earlier is None:
        return None, None
    holder: Mapping[str, Any] | None
    holder = journal.capture(earlier["revisit_of"]) if earlier["revisit_of"] else earlier
    if holder is None:
        raise RecordDamaged(
            f"the ledger lost the record that holds {exchange.url}; `python -m archive reindex` "
            f"makes {journal.ledger.path} again from the WARCs"
        )
    held = None
    if exchange.status != 304 and holder["payload"] != row["payload"]:
        try:
            held = load_transferred(journal.warcs, holder)
        except (RecordDamaged, StoreUnreachable) as error:
            log.warning("%s: stored again: %s", exchange.url, error)
            return None, None
    row["revisit_of"] = holder["record_id"]
    row["payload"], row["sha256"] = holder["payload"], holder["sha256"]
    row["bytes"] = holder["bytes"]
    # A 304 need not repeat the validators; the next request still wants them.
    row["etag"] = row["etag"] or earlier["etag"]
    row["last_modified"] = row["last_modified"] or earlier["last_modified"]
    return holder, held


def _earlier(
    exchange: Exchange, row: Row, journal: Journal, asked: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The capture that a 304 confirms, or that has the same body."""
    if exchange.status == 304:
        if asked is not None and asked["request_key"] == row["request_key"]:
            return asked
        return journal.latest(row["request_key"])
    if not exchange.body:
        return None
    # Replay puts the headers of today before the holder's body, so both must be compressed
    # in the same way.
    return journal.holder(row["request_key"], row["sha256"], exchange.status, row["encoding"])
