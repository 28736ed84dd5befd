"""What visitors and programs read where a request could not be answered."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import NotFound, Response, handle_exception
from datasette.database import QueryInterrupted
from datasette.plugins import pm
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from archive.site.threads import TOO_LARGE

#: Beginnings of Datasette's and SQLite's messages, and what they mean.
_SAID = (
    ("Statement must be a SELECT", "只能查询：语句须以 SELECT 或 WITH 开头"),
    ("Statement contained a disallowed PRAGMA", "这个 PRAGMA 不可使用"),
    ("Cannot sort table by", "不能按这一列排序"),
    ("Cannot use _sort and _sort_desc", "_sort 与 _sort_desc 只能用一个"),
    ("_col=", "表中没有这一列"),
    ("_nocol=", "表中没有这一列，或它是主键"),
    ("_size must be", "_size 须为不大于行数上限的正整数"),
    ("_next not allowed", "导出全部行（_stream）时不可用 _next"),
    ("Invalid _through", "_through 所指的表没有外键"),
    ("Invalid facets", "分面参数有误"),
    ("Cannot facet", "不能按这一列分面"),
    ("Table not found", "没有这个表"),
    ("Record not found", "没有这一行"),
    ("Database not found", "没有这个数据库"),
    ("no such column", "没有这一列"),
    ("no such table", "没有这个表"),
    ("no such function", "没有这个函数"),
    ("near ", "语句有语法错误"),
    ("incomplete input", "语句没有写完"),
    ("string or blob too big", "有一个值超过长度上限"),
    (TOO_LARGE, "结果的文字太多：请少取几列，或用 LIMIT 少取几行"),
    ("not authorized", "这一操作不允许"),
    ("access to", "这一内容不可读取"),
    ("You did not supply a value", "有一个参数没有填"),
    ("too many", "语句过于复杂"),
    ("unrecognized token", "语句中有不能识别的符号"),
    ("You can only execute one statement", "每次只能执行一句"),
)
#: What Datasette raises where a parameter is no number, no JSON, lacks a key, or where its number
#: or its list is none that SQLite can compare.
_MALFORMED = (
    ValueError, KeyError, OverflowError, sqlite3.IntegrityError, sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)  # fmt: skip
_TAG = re.compile(r"<[^>]+>")


def take_over() -> None:
    """Leave the answers to errors to this module.

    Datasette would make its own beside ours, and print every 404 with all local variables
    wherever `rich` happens to be installed.
    """
    handle_exception.rich = None
    if pm.has_plugin(handle_exception.__name__):
        pm.unregister(name=handle_exception.__name__)


def answer(
    datasette: Any, request: Any, exception: Exception, *, is_ours: bool
) -> Callable[[], Awaitable[Response]]:
    """The answer to a request that failed.

    Args:
        datasette: The site.
        request: The request.
        exception: What was raised.
        is_ours: Whether a page of ours raised it: what is no refusal is then an error of ours.
    """
    refused = (Base400, DatasetteError, QueryInterrupted)
    is_malformed = isinstance(exception, _MALFORMED) or (
        isinstance(exception, TypeError) and "_through" in request.args  # JSON, but no object
    )
    if not isinstance(exception, refused) and (is_ours or not is_malformed):
        mistake: Callable[[], Awaitable[Response]]
        mistake = handle_exception.handle_exception(datasette, request, exception)
        return mistake

    async def respond() -> Response:
        return await _respond(datasette, request, _told(datasette, exception))

    return respond


async def forbidden(datasette: Any, request: Any) -> Response:
    """The answer to a request for what is not shown."""
    error = "这一内容不对外提供"
    if "sql" in request.args and not datasette.setting("default_allow_sql"):
        error = "本站没有开放自写的查询语句（SQL）。可在下载页取得数据库，在自己的机器上查询"
    told = {"status": 403, "title": "不可查看", "error": error, "detail": ""}
    return await _respond(datasette, request, told)


async def _respond(datasette: Any, request: Any, told: dict[str, Any]) -> Response:
    if request.path.endswith(".json"):
        return Response.json({"ok": False, **told}, status=told["status"])
    if request.path.endswith(".csv"):  # whoever asks for a table is a program, or a spreadsheet
        parts = (told["title"], told["error"], told["detail"])
        return Response.text("：".join(filter(None, parts)) + "\n", status=told["status"])
    template = "404.html" if told["status"] == 404 else "error.html"
    html = await datasette.render_template(template, told, request=request)
    return Response.html(html, status=told["status"])


def said(message: str) -> str:
    """A message of Datasette's or SQLite's in Chinese; "" for one that nobody knows."""
    return next((chinese for start, chinese in _SAID if message.startswith(start)), "")


def _told(datasette: Any, exception: Exception) -> dict[str, Any]:
    slow = exception if isinstance(exception, QueryInterrupted) else exception.__context__
    if isinstance(slow, QueryInterrupted):
        seconds = datasette.setting("sql_time_limit_ms") / 1000
        return {
            "status": 400,
            "title": "查询超过时限",
            "error": f"查询超过 {seconds:g} 秒，已中止。可缩小范围（年度、地区）、减少分面，"
            "或下载数据库在本机查询",
            "detail": "interrupted",
            "sql": slow.sql,
        }
    if isinstance(exception, NotFound):
        message = str(exception.args[0]) if exception.args else ""
        return {"status": 404, "title": "没有此页", "error": said(message) or "没有此页",
                "detail": message}  # fmt: skip
    status = int(getattr(exception, "status", 400))
    message = _TAG.sub(" ", str(getattr(exception, "message", "") or _first(exception))).strip()
    is_sql = isinstance(exception.__context__, sqlite3.Error)
    return {
        # What Datasette raises itself is wrong in the request, whatever number it bears.
        "status": 400 if status >= 500 else status,
        "title": "SQL 有误" if is_sql else "请求未能完成",
        "error": said(message) or ("数据库不能执行这一语句" if is_sql else "请求中有一项不合要求"),
        "detail": message,
    }


def _first(exception: Exception) -> object:
    return exception.args[0] if exception.args else ""
