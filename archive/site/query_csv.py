"""The CSV of a statement, whole or not at all: `/nianbao.csv?sql=…` and the named queries'.

Datasette would end it after as many rows as a page shows, without a word in the file.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from datasette import Response
from datasette.database import QueryInterrupted
from datasette.utils import (
    InvalidSql,
    derive_named_parameters,
    sqlite_timelimit,
    tilde_decode,
    tilde_encode,
    validate_sql_select,
)
from datasette.views.base import DatasetteError

from archive.site import metadata
from archive.site.answers import View, wrong
from archive.site.saving import Saved
from archive.site.threads import text_limit

#: Rows and characters of a block, of whole records, as `archive.site.csv_answers` needs them.
_ROWS, _LONG = 500, 1 << 20
_INTERRUPTED = "interrupted"


class TooMuch(Exception):
    """The answer is larger than a CSV may be."""


async def of_statement(datasette: Any, request: Any) -> Response | Saved:
    """`/nianbao.csv?sql=…`: all rows of a statement."""
    database, sql = request.url_vars["database"], request.args.get("sql") or ""
    await datasette.ensure_permissions(request.actor, [("execute-sql", database)])
    return await _csv(datasette, request, database, sql)


async def of_query(datasette: Any, request: Any) -> Response | Saved:
    """`/nianbao/<name>.csv`: all rows of a named query."""
    return await _csv(
        datasette, request, "nianbao", _queries()[tilde_decode(request.url_vars["name"])]
    )


async def _csv(datasette: Any, request: Any, database: str, sql: str) -> Response | Saved:
    most, sql = int(datasette.setting("max_csv_mb")), sql.strip().rstrip(";")
    try:
        validate_sql_select(sql)
        names = await derive_named_parameters(datasette.get_database(database), sql)
        given = {name: request.args.get(name) or "" for name in names}
        limit = int(datasette.setting("sql_time_limit_ms"))
        # In a visitors' thread, where what outlasts its limit is interrupted.
        path, blocks = await datasette.get_database(database).execute_fn(
            lambda conn: _write(conn, (sql, given), limit, most << 20)
        )
    except TooMuch:
        message = f"结果超过 {most} MB，没有截断给出；请缩小范围分次取，或下载数据库"
        return await wrong(datasette, request, message, 413)
    except (InvalidSql, QueryInterrupted, sqlite3.Error) as error:
        raise DatasetteError(str(error), status=400) from error  # said in archive.site.error_pages
    headers = {"content-type": "text/plain; charset=utf-8", "cache-control": "public, max-age=300"}
    if request.args.get("_dl"):
        name = f"attachment; filename*=UTF-8''{database}.csv"
        headers |= {"content-type": "text/csv; charset=utf-8", "content-disposition": name}
    shown = None if request.method == "HEAD" else path
    return Saved(shown, 0, 0, 200, headers, path.unlink, blocks)


def _write(
    conn: sqlite3.Connection, asked: tuple[str, Mapping[str, str]], limit: int, most: int
) -> tuple[Path, list[int]]:
    """All rows as a file, and the lengths of its blocks."""
    with tempfile.NamedTemporaryFile(prefix="nianbao-csv-", suffix=".csv", delete=False) as file:
        path = Path(file.name)
        try:
            with sqlite_timelimit(conn, limit), text_limit(2 * most):
                blocks = list(_fill(conn.execute(*asked), file, most))
        except BaseException as error:
            path.unlink()
            if str(error) == _INTERRUPTED:
                raise QueryInterrupted(error, *asked) from error
            raise
    return path, blocks


def _fill(cursor: sqlite3.Cursor, file: Any, most: int) -> Iterator[int]:
    text = io.StringIO(newline="")
    records = csv.writer(text)
    records.writerow([column[0] for column in cursor.description or ()])
    for number, row in enumerate(cursor, 1):
        records.writerow([_text(cell) for cell in row])
        # Rows can be long, too: no more of them are in memory than a block.
        if number % _ROWS == 0 or text.tell() > _LONG:
            yield file.write(text.getvalue().encode())
            text.seek(0)
            text.truncate()
            if file.tell() > most:
                raise TooMuch
    yield file.write(text.getvalue().encode())
    if file.tell() > most:
        raise TooMuch


def _text(cell: object) -> object:
    return cell.hex() if isinstance(cell, bytes) else cell


@cache
def _queries() -> dict[str, str]:
    """Named queries and their statements."""
    told = metadata.build()["databases"]["nianbao"]["queries"]
    return {name: str(query["sql"]) for name, query in told.items()}


_NAMES = "|".join(re.escape(tilde_encode(name)) for name in _queries())
ROUTES: list[tuple[str, View]] = [
    (r"^/(?P<database>nianbao|text)\.csv$", of_statement),
    (rf"^/nianbao/(?P<name>{_NAMES})\.csv$", of_query),
]
