"""WARC/1.1 records of a capture as bytes: metadata, request, and response or revisit.

They are put together here, for that takes a thirtieth of a library's time; warcio, FastWARC
and pywb read them. Every record bears the digest of its block, those with an HTTP body or a
document that of their payload, too.

Bodies stand in them byte for byte as they were transferred, but for chunks, which are joined.
Of headers Scrapy keeps the bytes of each value and the order of equal names; it writes names in
its own case and equal names together, has no reason phrase (the standard one is written), and
drops those of the connection (Connection, Keep-Alive, Transfer-Encoding, Upgrade …); it adds the
Content-Length where it knows the body's. Were a Transfer-Encoding to reach us all the same, it
would be kept as `X-Archive-Orig-Transfer-Encoding`: a replay undoes chunks that are none, and
loses the first line of a body that begins with a hexadecimal number.

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
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]
#: Headers that a replay would believe, and that do not hold for what is stored.
_KEPT_AS = {"transfer-encoding": "X-Archive-Orig-Transfer-Encoding"}
_OF_OTHER_BYTES = {"content-length": "X-Archive-Orig-Content-Length"}
_LATIN_1 = "latin-1"  # one character a byte, as it was transferred


def warcinfo(name: str, run_id: str, settings: Mapping[str, str] | None = None) -> bytes:
    """The record that begins a file: what wrote it, in which run, with which settings.

    Args:
        name: The file's final name.
        run_id: The run.
        settings: What the run was told, by the names of warcinfo fields.
    """
    fields = {
        "software": f"nianbao {own_version()} (Scrapy {version('scrapy')})",
        "format": "WARC File Format 1.1",
        "conformsTo": _STANDARD,
        "isPartOf": run_id,
        **(settings or {}),
    }
    lines = [f"{key}: {' '.join(value.split())}\r\n" for key, value in fields.items()]
    block = "".join(lines).encode("utf-8", "replace")
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
        "WARC-Record-ID": _beside(row["record_id"]),
        "WARC-Concurrent-To": row["record_id"],
        "WARC-Target-URI": _uri(exchange.url),
        "WARC-Date": row["fetched_at"],
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
    headers = _renamed(exchange.response_headers, _KEPT_AS)
    if holder is None:
        block = _head(first, headers) + exchange.body
        return _record("response", fields, _RESPONSE, block, exchange.body)
    fields["WARC-Refers-To"] = holder["record_id"]
    fields["WARC-Refers-To-Target-URI"] = _uri(holder["url"])
    fields["WARC-Refers-To-Date"] = holder["fetched_at"]
    fields[ROW] = _revised(row, holder)
    if exchange.status == 304:
        fields["WARC-Profile"] = _NOT_MODIFIED
    else:
        fields["WARC-Profile"] = _SAME_BODY
        fields["WARC-Payload-Digest"] = sha1(exchange.body if held is None else held)
        if held is not None:
            headers = _renamed(headers, _OF_OTHER_BYTES)
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
    """One record, uncompressed."""
    lines = ["WARC/1.1", f"WARC-Type: {kind}"]
    if "WARC-Record-ID" not in fields:
        lines.append(f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>")
    if "WARC-Date" not in fields:
        lines.append(f"WARC-Date: {now()}")
    lines += [f"{name}: {value}" for name, value in fields.items()]
    of_block = sha1(block)
    lines.append(f"WARC-Block-Digest: {of_block}")
    if payload:
        of_payload = of_block if payload is block else sha1(payload)
        lines.append(f"WARC-Payload-Digest: {of_payload}")
    lines += [f"Content-Type: {content_type}", f"Content-Length: {len(block)}", "", ""]
    return b"".join(("\r\n".join(lines).encode(), block, b"\r\n\r\n"))


def _head(first: str, headers: Headers) -> bytes:
    """An HTTP head: status line or request line, and fields."""
    lines = [first, *[f"{name}: {value}" for name, value in headers], "", ""]
    return "\r\n".join(lines).encode(_LATIN_1)


def _renamed(headers: Headers, names: Mapping[str, str]) -> Headers:
    return [(names.get(name.lower(), name), value) for name, value in headers]


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


def _beside(record_id: str) -> str:
    """The id of a request: its response's but for the last digit.

    It is as unique as that, and a member holds it in no more bytes than one id.
    """
    return f"{record_id[:-2]}{int(record_id[-2], 16) ^ 1:x}>"


def sha1(body: bytes) -> str:
    """A digest as WARC tools write it: in base32, which the library takes longer for."""
    number = int.from_bytes(hashlib.sha1(body, usedforsecurity=False).digest(), "big")
    return "sha1:" + "".join([_PAIRS[number >> bits & 1023] for bits in range(150, -1, -10)])
