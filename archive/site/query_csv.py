"""The CSV of a statement, whole or not at all: `/nianbao.csv?sql=…` and the named queries'.

Datasette would end it after as many rows as a page shows, without a word in the file.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from datasette import Response
from datasette.utils import (
    InvalidSql,
    derive_named_parameters,
    sqlite_timelimit,
    tilde_decode,
    tilde_encode,
    validate_sql_select,
)

from archive.release.files.writing import guarded
from archive.site import error_pages, metadata
from archive.site.answers import View, ask, wrong
from archive.site.saving import Saved

#: A file takes longer than a page: its rows are written, too.
_TIMES_LONGER = 2
_ROWS = 500
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


def seconds(datasette: Any) -> float:
    """How long a statement may take until its CSV is written."""
    return float(datasette.setting("sql_time_limit_ms")) / 1000 * _TIMES_LONGER


async def _csv(datasette: Any, request: Any, database: str, sql: str) -> Response | Saved:
    most = int(datasette.setting("max_csv_mb")) * 1024 * 1024
    limit = seconds(datasette)
    try:
        validate_sql_select(sql.strip().rstrip(";"))
        names = await derive_named_parameters(datasette.get_database(database), sql)
        given = {name: request.args.get(name) or "" for name in names}
        path = await ask(
            datasette, lambda conn: _write(conn, (sql.strip().rstrip(";"), given), limit, most),
            database,
        )  # fmt: skip
    except InvalidSql:
        return await wrong(datasette, request, "只能查询：语句须以 SELECT 或 WITH 开头", 400)
    except TooMuch:
        message = f"结果超过 {most >> 20} MB，没有截断给出；请缩小范围分次取，或下载数据库"
        return await wrong(datasette, request, message, 413)
    except sqlite3.Error as error:
        message = error_pages.said(str(error))
        if str(error) == _INTERRUPTED:
            message = f"超过 {limit:g} 秒，没有截断给出；请缩小范围，或下载数据库自行查询"
        return await wrong(datasette, request, message, 400)
    headers = {
        "content-type": "text/csv; charset=utf-8",
        "content-length": str(path.stat().st_size),
        "content-disposition": f"attachment; filename*=UTF-8''{database}.csv",
        "cache-control": "public, max-age=300",
    }
    shown = None if request.method == "HEAD" else path
    return Saved(shown, 0, path.stat().st_size, 200, headers, path.unlink)


def _write(
    conn: sqlite3.Connection, asked: tuple[str, Mapping[str, str]], limit: float, most: int
) -> Path:
    """All rows as a file."""
    with tempfile.NamedTemporaryFile(prefix="nianbao-csv-", suffix=".csv", delete=False) as file:
        path = Path(file.name)
        try:
            with sqlite_timelimit(conn, limit * 1000):
                _fill(conn.execute(*asked), file, most)
        except BaseException:
            path.unlink()
            raise
    return path


def _fill(cursor: sqlite3.Cursor, file: Any, most: int) -> None:
    heading = [column[0] for column in cursor.description or ()]
    rows: list[Any] = [heading]
    while rows:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([[guarded(_text(cell)) for cell in row] for row in rows])
        file.write(text.getvalue().encode())
        if file.tell() > most:
            raise TooMuch
        rows = cursor.fetchmany(_ROWS)


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
