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
FAILED = "查询未能执行；同一地址换作 .json，可见数据库的原话\n"
#: A cell may begin so; most records have none.
_SUSPICIOUS = re.compile(r"(?:^|[,\"])[=+\-@\t\r\n＝＋－＠]")

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


def sheet(send: Send, query: bytes) -> Send:
    """A `send` that makes records of CSV safe; other answers go as they are.

    A statement that fails has no columns: Datasette writes an empty record, and says 200.
    """
    begun: Message | None = None

    async def send_safely(message: Message) -> None:
        nonlocal begun
        if message["type"] == "http.response.start" and _is_csv(message):
            begun = message  # until it is known what follows
            return
        if begun is None:
            await send(message)
            return
        body = bytes(message.get("body", b""))
        if not begun.get("sent"):
            failed = body == b"\r\n"
            await send({**begun, "status": 400 if failed else 200})
            begun = {"sent": True}
            body = FAILED.encode() if failed else (codecs.BOM_UTF8 if BOM in query else b"") + body
        await send({**message, "body": safe(body)})

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
