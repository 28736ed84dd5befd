"""CSV that Datasette writes, made safe for spreadsheets as the release's own CSV is.

Datasette sends one record at a time. A text that a spreadsheet would take for a formula gets an
apostrophe before it (`archive.release.files.writing.guarded`); JSON has every text as it is.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from archive.release.files.writing import guarded

#: `_bom=on` asks for the mark by which Excel knows UTF-8.
BOM = b"_bom=on"
#: A cell may begin so; most records have none.
_SUSPICIOUS = re.compile(r"(?:^|[,\"])[=+\-@\t\r\n＝＋－＠]")

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


def sheet(send: Send, query: bytes) -> Send:
    """A `send` that makes records of CSV safe; other answers go as they are."""
    is_csv, mark = False, codecs.BOM_UTF8 if BOM in query else b""

    async def send_safely(message: Message) -> None:
        nonlocal is_csv, mark
        if message["type"] == "http.response.start":
            is_csv = _is_csv(message)
        elif is_csv:
            message = {**message, "body": mark + safe(bytes(message.get("body", b"")))}
            mark = b""
        await send(message)

    return send_safely


def safe(record: bytes) -> bytes:
    r"""A record in which no text is a formula.

    >>> safe(b"a,=1+1,-5\r\n")
    b"a,'=1+1,-5\r\n"
    """
    text = record.decode()
    if not _SUSPICIOUS.search(text):
        return record
    rows = csv.reader(io.StringIO(text, newline=""))
    written = io.StringIO(newline="")
    csv.writer(written).writerows([guarded(cell) for cell in row] for row in rows)
    return written.getvalue().encode()


def _is_csv(start: Message) -> bool:
    kinds = [value for name, value in start["headers"] if bytes(name).lower() == b"content-type"]
    is_text = any(bytes(kind).startswith((b"text/plain", b"text/csv")) for kind in kinds)
    return is_text and start["status"] == 200
