"""Datasette hooks of the site: only those that exist in 0.65 and 1.0 alike."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any, TypeVar, cast

from datasette import hookimpl

from archive.search import match
from archive.site import (
    access,
    addresses,
    cell_links,
    data_pages,
    error_pages,
    page_size,
    pages,
    policies,
    query_strings,
    reading,
    whole_tables,
)
from archive.site.bidi import straight
from archive.site.compression import compressed
from archive.site.csv_answers import sheet
from archive.site.lanes import AGAIN, Full, Lanes
from archive.site.release import RELEASES
from archive.site.threads import Watched

#: Bytes of one value in SQL. SQLite's time limit does not interrupt one function:
#: `instr` over two values of a megabyte takes minutes, over these about a second.
LENGTH_LIMIT = 200_000

#: Of Datasette's pages about itself, those that a visitor may see. Others tell absolute paths of
#: this machine (databases, threads), or are for whoever makes a site.
SYSTEM = "/-/"
#: (`/-/versions` asks SQLite what our authorizer refuses, so it would be an error.)
OPEN = ("/-/static/", "/-/health", "/-/metadata", "/-/settings", "/-/plugins")
#: What asks no table, and so waits for none.
UNLIMITED = ("/-/", "/static/", "/favicon.ico")
#: What pages say of themselves with it is an address; others no library can take apart.
_HOST = re.compile(rb"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
#: Key of the request's scope with the nonce of its response.
NONCE = "nianbao.nonce"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


Hook = TypeVar("Hook", bound=Callable[..., Any])


def _hook(function: Hook, **options: bool) -> Hook:
    """Mark a function as a hook; Datasette's own decorator has no type."""
    return cast("Hook", hookimpl(function, **options))


@_hook
def prepare_jinja2_environment(env: Any) -> None:
    """What our frame around Datasette's pages needs."""
    env.filters["straight"] = straight


@_hook
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Addresses of our own pages."""
    return pages.ROUTES if datasette in RELEASES else []


@partial(_hook, trylast=True)  # Datasette's own `escape_fts` comes before
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Limit what one statement can take and tell; ask the index as it was made."""
    if datasette not in RELEASES:
        return
    conn.create_function("escape_fts", 1, lambda said: match(str(said)), deterministic=True)
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LENGTH_LIMIT)
    if database != access.INTERNAL:  # which Datasette writes, and nobody may ask
        reading.limit(conn)
    if isinstance(datasette.executor, Watched):
        datasette.executor.opened(conn)


@_hook
def extra_template_vars(
    datasette: Any, template: str | None, table: str | None, request: Any
) -> dict[str, Any]:
    """The release on every page; what Datasette's templates need."""
    release = RELEASES.get(datasette)
    if release is None:
        return {}
    nonce = request.scope.get(NONCE, "") if request else ""
    more = data_pages.context(template, table, request)
    return {"release": release, "datasette": datasette, "nonce": nonce, **more}


@_hook
def render_cell(datasette: Any, column: str, table: str | None, value: Any) -> Any:
    """Ids as links to our pages, addresses that may be links, long texts to unfold."""
    if datasette not in RELEASES:
        return None
    return page_size.in_turn(cell_links.cell(datasette, column, table, value))


@_hook
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """What went wrong, in Chinese; errors of ours are left to Datasette, which logs them."""
    is_ours = datasette not in RELEASES or pages.is_ours(request.path)
    return error_pages.answer(datasette, request, exception, is_ours=is_ours)


@_hook
def forbidden(datasette: Any, request: Any) -> Any:
    """What is not shown, in Chinese."""
    return error_pages.forbidden(datasette, request) if datasette in RELEASES else None


@_hook
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Safety headers on every response, and no page that tells paths."""
    if datasette not in RELEASES:
        return lambda app: app

    release = RELEASES[datasette].name.encode("ascii", "replace")
    lanes = Lanes()

    def wrap(app: App) -> App:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            path, nonce = str(scope["path"]), secrets.token_urlsafe(16)
            query = query_strings.plain(bytes(scope.get("query_string", b"")))
            scope = {**scope, "query_string": query}

            async def send_with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    headers = [*message["headers"], (b"nianbao-release", release)]
                    headers += addresses.headers(path, query, message["status"])
                    message = {**message, "headers": _headers(path, nonce, headers)}
                await send(message)

            send_on = compressed(scope, send_with_headers)
            refused = _refusal(scope)
            if refused:
                await _plain(send_on, *refused, _ALLOWED)
                return
            send_all = sheet(send_on, query) if path.endswith(".csv") else None
            asked = data_pages.with_columns(data_pages.with_tildes({**scope, NONCE: nonce}))
            try:
                lane = lanes.of(query) if _is_limited(path) else lanes.of_ours(path)
                async with lane.entered():
                    with page_size.limited(asked) as fewer, whole_tables.answering(path, query):
                        await app(fewer, receive, send_all or send_on)
            except Full:
                await _plain(send_on, 503, "查询太多，请稍候再试", _LATER)

        return guarded

    return wrap


def _is_limited(path: str) -> bool:
    # The CSV of a statement is ours, and as much work as the statement.
    return path.endswith(".csv") or not (pages.is_ours(path) or path.startswith(UNLIMITED))


def _refusal(scope: Scope) -> tuple[int, str] | None:
    """The status and the sentence for a request that goes no further."""
    path = str(scope["path"])
    if path.startswith(SYSTEM) and not path.startswith(OPEN):
        return 404, "没有此页"
    if any(not _HOST.fullmatch(value) for name, value in scope["headers"] if name == b"host"):
        return 400, "主机名有误"
    if query_strings.is_excessive(scope["query_string"]):
        return 400, "地址中的条件过多，请减少后再试"
    if scope["method"] == "OPTIONS":  # as much work as GET, were it answered as a page
        return 204, ""
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "本站只供查阅"
    return None


def _headers(
    path: str, nonce: str, headers: list[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    policy = policies.STRICT if pages.is_ours(path) else policies.of_datasette(nonce)
    added = {
        b"content-security-policy": policy.encode(),
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"no-referrer",
        b"cross-origin-opener-policy": b"same-origin",
    }
    if _is_data(path, headers):
        added |= _OPEN_DATA  # for programs in browsers, too
    have = {name.lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in added.items() if name not in have)]


#: Public data: any page of any site may read it, with the release that it comes from.
_DATA = (b"application/json", b"text/csv")
_OPEN_DATA = {
    b"access-control-allow-origin": b"*",
    b"access-control-expose-headers": b"nianbao-release",
}


def _is_data(path: str, headers: list[tuple[bytes, bytes]]) -> bool:
    kinds = [value for name, value in headers if name.lower() == b"content-type"]
    return path.endswith(".csv") or any(kind.startswith(_DATA) for kind in kinds)


_ALLOWED = (b"allow", b"GET, HEAD, OPTIONS")
_LATER = (b"retry-after", str(AGAIN).encode())


async def _plain(send: Send, status: int, text: str, *more: tuple[bytes, bytes]) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), *more]
    await send({"type": "http.response.start", "status": status, "headers": plain})
    await send({"type": "http.response.body", "body": text.encode()})
