"""WARC records of a capture: metadata, request, and response or revisit."""

from __future__ import annotations

import hashlib
import json
import tomllib
from base64 import b32encode
from collections.abc import Mapping
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .exchange import Exchange
from .warc import http_headers, writer

METADATA = "application/json"
_SAME_BODY = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


def warcinfo(name: str, run_id: str) -> Any:
    """The record that begins a file: what wrote it, in which run."""
    return writer().create_warcinfo_record(
        name,
        {
            "software": f"nianbao {own_version()} (Scrapy {version('scrapy')}, warcio)",
            "format": "WARC File Format 1.1",
            "conformsTo": _STANDARD,
            "isPartOf": run_id,
            "robots": "obey",
        },
    )


def metadata(table: str, row: Mapping[str, Any], url: str = "") -> Any:
    """A metadata record that keeps a row of the ledger."""
    text = json.dumps({"table": table, "row": dict(row)}, ensure_ascii=False)
    fields = {}
    if table == "captures":
        fields["WARC-Refers-To"] = str(row["record_id"])
    return writer().create_warc_record(
        url or f"urn:nianbao:{table}",
        "metadata",
        payload=BytesIO(text.encode()),
        warc_content_type=METADATA,
        warc_headers_dict=fields,
    )


def request(exchange: Exchange, row: Mapping[str, Any]) -> Any:
    """The request record of a capture."""
    asked = http_headers(
        f"{exchange.method} {_target(exchange.url)} {exchange.protocol}",
        exchange.request_headers,
        "",
    )
    return writer().create_warc_record(
        exchange.url, "request", payload=BytesIO(exchange.request_body), http_headers=asked,
        warc_headers_dict={
            "WARC-Concurrent-To": row["record_id"], "WARC-Date": row["fetched_at"],
        },
    )  # fmt: skip


def response(exchange: Exchange, row: Mapping[str, Any], holder: Mapping[str, Any] | None) -> Any:
    """The response record of a capture, or the revisit record that points to `holder`.

    Args:
        exchange: What was transferred.
        row: The capture's row in the ledger.
        holder: The capture that holds the same body, or None.
    """
    head = http_headers(
        f"{exchange.status} {exchange.reason}", exchange.response_headers, exchange.protocol
    )
    fields = {"WARC-Record-ID": row["record_id"], "WARC-Date": row["fetched_at"]}
    if exchange.ip:
        fields["WARC-IP-Address"] = exchange.ip
    if holder is None:
        return writer().create_warc_record(
            exchange.url, "response", payload=BytesIO(exchange.body), http_headers=head,
            warc_headers_dict=fields,
        )  # fmt: skip
    fields["WARC-Refers-To"] = holder["record_id"]
    fields["WARC-Refers-To-Target-URI"] = holder["url"]
    fields["WARC-Refers-To-Date"] = holder["fetched_at"]
    if exchange.status == 304:
        fields["WARC-Profile"] = _NOT_MODIFIED
    else:
        fields["WARC-Profile"] = _SAME_BODY
        fields["WARC-Payload-Digest"] = _sha1(exchange.body)
    return writer().create_warc_record(
        exchange.url, "revisit", http_headers=head, warc_headers_dict=fields
    )


def resource(url: str, body: bytes, content_type: str, row: Mapping[str, Any]) -> Any:
    """The record of a document that a person brought."""
    return writer().create_warc_record(
        url,
        "resource",
        payload=BytesIO(body),
        warc_content_type=content_type,
        warc_headers_dict={"WARC-Record-ID": row["record_id"], "WARC-Date": row["fetched_at"]},
    )


def own_version() -> str:
    """This project's version."""
    project = Path(__file__).resolve().parent.parent / "pyproject.toml"
    return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])


def _target(url: str) -> str:
    """The request target of an address: its path and query."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _sha1(body: bytes) -> str:
    return "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
