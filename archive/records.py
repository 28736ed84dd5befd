"""WARC/1.1 records of a capture as bytes: metadata, request, and response or revisit.

They are put together here, for that takes a thirtieth of a library's time; warcio and
FastWARC read them. HTTP headers stand in them byte for byte as they were transferred.

Revisits follow two profiles of the standard:

- `server-not-modified`: the server answered 304.
- `identical-payload-digest`: the body is the holder's, byte for byte as transferred, or
  only once decoded, where a server compresses anew for each request. It bears the HTTP
  headers of today and the holder's payload digest. In the second case today's
  Content-Length is that of other bytes than those which a replay puts below these headers:
  it is kept as `X-Archive-Orig-Content-Length`, as other archives do.

Of TLS, `TLS-Certificate: verified` or `unverified` stands in response and revisit records.

The ledger's row of a capture stands in a metadata record before its response. A revisit says
it in a field of its own, `Nianbao-Row`, and only where it differs from the row of the capture
that it refers to: nine in ten captures are answers of "unchanged", and such a record of
metadata would be the largest part of each (1.6 KB with it, 0.9 KB without, measured).
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import uuid
from base64 import b32encode
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from .exchange import Exchange, Headers, now
from .member import Record

METADATA = "application/json"
_SAME_BODY = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_RESPONSE = "application/http; msgtype=response"
_REQUEST = "application/http; msgtype=request"
#: What most captures' rows say: metadata records leave it out.
_USUAL: Mapping[str, Any] = {
    "content_type": "", "encoding": "", "etag": "", "last_modified": "", "revisit_of": None,
    "list_title": "", "list_date": "", "parent": "", "tls": "",
}  # fmt: skip
#: Columns that mostly say the same as others.
_SAME = {"request_key": "url", "payload": "sha256"}
#: The field of a revisit record that bears its row.
ROW = "Nianbao-Row"
#: What a revisit record says of itself.
_OF_RECORD = ("record_id", "run_id", "url", "fetched_at", "status", "tls", "revisit_of")
#: Where the record lies is told by the file itself.
_OF_PLACE = ("warc_file", "warc_offset", "warc_length")
_NEVER = object()
_LATIN_1 = "latin-1"  # one character a byte, as it was transferred


def warcinfo(name: str, run_id: str) -> bytes:
    """The record that begins a file: what wrote it, in which run."""
    fields = {
        "software": f"nianbao {own_version()} (Scrapy {version('scrapy')})",
        "format": "WARC File Format 1.1",
        "conformsTo": _STANDARD,
        "isPartOf": run_id,
        "robots": "obey",
    }
    block = "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode()
    return _record("warcinfo", {"WARC-Filename": name}, "application/warc-fields", block)


def metadata(table: str, row: Mapping[str, Any], url: str = "") -> bytes:
    """A metadata record that keeps a row of the ledger."""
    kept = _packed(row) if table == "captures" else dict(row)
    note = {"table": table, "row": kept}
    block = json.dumps(note, ensure_ascii=False, separators=(",", ":")).encode()
    fields = {"WARC-Target-URI": _uri(url or f"urn:nianbao:{table}")}
    if table == "captures":
        fields["WARC-Refers-To"] = str(row["record_id"])
    return _record("metadata", fields, METADATA, block)


def _packed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A capture's row without what `unpacked` adds: each answer of "unchanged" needs one."""
    kept = {key: value for key, value in row.items() if value != _USUAL.get(key, _NEVER)}
    for key, same in _SAME.items():
        if kept.get(key) == row[same]:
            del kept[key]
    for key in _OF_PLACE:
        kept.pop(key, None)
    return kept


def unpacked(kept: Mapping[str, Any], file: str, offset: int, length: int) -> dict[str, Any]:
    """A capture's row from its metadata record.

    Args:
        kept: The row as the record has it.
        file: The file in which the record that it is about stands.
        offset: Where that record's member begins.
        length: Its bytes.
    """
    row = {**_USUAL, **kept}
    for key, same in _SAME.items():
        row.setdefault(key, row[same])
    return {**row, **dict(zip(_OF_PLACE, (file, offset, length), strict=True))}


def _revised(row: Mapping[str, Any], holder: Mapping[str, Any]) -> str:
    """A revisit's row, where neither its record nor the holder's row says the same."""
    told = {*_OF_RECORD, *_OF_PLACE}
    if _uri(row["url"]) != row["url"]:
        told.remove("url")
    kept = {key: row[key] for key in row if key not in told and row[key] != holder[key]}
    if row["request_key"] == row["url"]:
        kept.pop("request_key", None)
    elif row["url"] != holder["url"]:
        kept["request_key"] = row["request_key"]
    return json.dumps(kept, separators=(",", ":"))  # ASCII alone, and no line breaks


def revisited(record: Record, holder: Mapping[str, Any], file: str, run_id: str) -> dict[str, Any]:
    """A capture's row from its revisit record.

    Args:
        record: The record.
        holder: Row of the capture that it refers to.
        file: The file in which it stands.
        run_id: The run that wrote it.

    Raises:
        ValueError: Its field is not as `response` writes it.
    """
    kept = json.loads(record.row)
    if not isinstance(kept, dict):
        raise ValueError(f"{ROW} is no object")
    own = {
        "record_id": record.record_id,
        "run_id": run_id,
        "url": record.url,
        "fetched_at": record.date,
        "status": record.status,
        "tls": record.tls,
        "revisit_of": record.refers_to,
    }
    url = kept.get("url", record.url)
    request = {} if url == holder["url"] else {"request_key": url}
    place = dict(zip(_OF_PLACE, (file, record.offset, record.length), strict=True))
    return {**holder, **request, **own, **kept, **place}


def request(exchange: Exchange, row: Mapping[str, Any]) -> bytes:
    """The request record of a capture."""
    first = f"{exchange.method} {_target(exchange.url)} {exchange.protocol}"
    fields = {
        "WARC-Target-URI": _uri(exchange.url),
        "WARC-Date": row["fetched_at"],
        "WARC-Concurrent-To": row["record_id"],
    }
    block = _head(first, exchange.request_headers) + exchange.request_body
    return _record("request", fields, _REQUEST, block, exchange.request_body)


def response(
    exchange: Exchange,
    row: Mapping[str, Any],
    holder: Mapping[str, Any] | None = None,
    held: bytes | None = None,
) -> bytes:
    """The response record of a capture, or the revisit record that points to `holder`.

    Args:
        exchange: What was transferred.
        row: The capture's row in the ledger.
        holder: The capture that holds the same body, or None.
        held: The holder's body as transferred where that is another one, or None.
    """
    fields = {
        "WARC-Record-ID": row["record_id"],
        "WARC-Target-URI": _uri(exchange.url),
        "WARC-Date": row["fetched_at"],
    }
    if exchange.ip:
        fields["WARC-IP-Address"] = exchange.ip
    if exchange.tls:
        fields["TLS-Certificate"] = exchange.tls
    first = f"{exchange.protocol} {exchange.status} {exchange.reason}"
    if holder is None:
        block = _head(first, exchange.response_headers) + exchange.body
        return _record("response", fields, _RESPONSE, block, exchange.body)
    fields["WARC-Refers-To"] = holder["record_id"]
    fields["WARC-Refers-To-Target-URI"] = _uri(holder["url"])
    fields["WARC-Refers-To-Date"] = holder["fetched_at"]
    fields[ROW] = _revised(row, holder)
    headers = exchange.response_headers
    if exchange.status == 304:
        fields["WARC-Profile"] = _NOT_MODIFIED
    else:
        fields["WARC-Profile"] = _SAME_BODY
        fields["WARC-Payload-Digest"] = sha1(exchange.body if held is None else held)
        if held is not None:
            headers = [(_of_other_bytes(name), value) for name, value in headers]
    return _record("revisit", fields, _RESPONSE, _head(first, headers))


def resource(url: str, body: bytes, content_type: str, row: Mapping[str, Any]) -> bytes:
    """The record of a document that a person brought."""
    fields = {
        "WARC-Record-ID": row["record_id"],
        "WARC-Target-URI": _uri(url),
        "WARC-Date": row["fetched_at"],
    }
    return _record("resource", fields, content_type, body, body)


def _record(
    kind: str, fields: Mapping[str, str], content_type: str, block: bytes, payload: bytes = b""
) -> bytes:
    """One record, uncompressed.

    Digests are of the payload alone: each member's own checksum covers the rest.
    """
    lines = ["WARC/1.1", f"WARC-Type: {kind}"]
    if "WARC-Record-ID" not in fields:
        lines.append(f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>")
    if "WARC-Date" not in fields:
        lines.append(f"WARC-Date: {now()}")
    lines += [f"{name}: {value}" for name, value in fields.items()]
    if payload:
        lines.append(f"WARC-Payload-Digest: {sha1(payload)}")
    lines += [f"Content-Type: {content_type}", f"Content-Length: {len(block)}", "", ""]
    return b"".join(("\r\n".join(lines).encode(), block, b"\r\n\r\n"))


def _head(first: str, headers: Headers) -> bytes:
    """An HTTP head: status line or request line, and fields."""
    lines = [first, *[f"{name}: {value}" for name, value in headers], "", ""]
    return "\r\n".join(lines).encode(_LATIN_1)


def _of_other_bytes(name: str) -> str:
    return f"X-Archive-Orig-{name}" if name.lower() == "content-length" else name


@cache
def own_version() -> str:
    """This project's version."""
    project = Path(__file__).resolve().parent.parent / "pyproject.toml"
    return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])


def _uri(url: str) -> str:
    """An address as a field can hold it: no blank, no line break, nothing but ASCII."""
    if url.isascii() and url.isprintable() and " " not in url:
        return url
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~")


def _target(url: str) -> str:
    """The request target of an address: its path and query."""
    parts = urlsplit(_uri(url))
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def sha1(body: bytes) -> str:
    """A digest as WARC tools write it."""
    return "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
