"""Datasette hooks of the site: only those that exist in 0.65 and 1.0 alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeVar, cast

from datasette import hookimpl

from archive.site import pages, policies
from archive.site.release import RELEASES

#: Bytes of one value in SQL. SQLite's time limit does not interrupt one function:
#: `instr` over two values of a megabyte takes minutes, over these about a second.
LENGTH_LIMIT = 200_000
#: What one address may ask for; each facet and each filter costs Datasette a query.
LONGEST_QUERY = 4_000
MOST_PARAMETERS = 60
MOST_FACETS = 8

#: Datasette's own pages that tell absolute paths of this machine.
PRIVATE = ("/-/databases", "/-/threads")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


Hook = TypeVar("Hook", bound=Callable[..., Any])


def _hook(function: Hook) -> Hook:
    """Mark a function as a hook; Datasette's own decorator has no type."""
    return cast("Hook", hookimpl(function))


@_hook
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Addresses of our own pages."""
    return pages.ROUTES if datasette in RELEASES else []


@_hook
def prepare_connection(conn: sqlite3.Connection, datasette: Any) -> None:
    """Limit what one statement can take and tell."""
    if datasette not in RELEASES:
        return
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LENGTH_LIMIT)
    conn.set_authorizer(_authorize)


def _authorize(action: int, name: str | None, *_: object) -> int:
    # The list of attached databases holds absolute paths; an ignored pragma has no rows.
    if action == sqlite3.SQLITE_PRAGMA and name == "database_list":
        return sqlite3.SQLITE_IGNORE
    # What other visitors are asking is theirs.
    if action == sqlite3.SQLITE_READ and name == "sqlite_stmt":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@_hook
def extra_template_vars(datasette: Any) -> dict[str, Any]:
    """The release on Datasette's own pages; `templating` gives it to ours."""
    release = RELEASES.get(datasette)
    return {} if release is None else {"release": release}


@_hook
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Safety headers on every response, and no page that tells paths."""
    if datasette not in RELEASES:
        return lambda app: app

    def wrap(app: App) -> App:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            path = str(scope["path"])

            async def send_with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": _headers(path, message["headers"])}
                await send(message)

            if path.startswith(PRIVATE):
                await _plain(send_with_headers, 404, "没有此页")
                return
            if _is_excessive(bytes(scope.get("query_string", b""))):
                await _plain(send_with_headers, 400, "地址中的条件过多，请减少后再试")
                return
            if scope["method"] not in ("GET", "HEAD", "OPTIONS", "POST"):
                await _plain(send_with_headers, 405, "本站只供查阅")
                return
            await app(scope, receive, send_with_headers)

        return guarded

    return wrap


def _headers(path: str, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    added = {
        b"content-security-policy": (
            policies.STRICT if pages.is_ours(path) else policies.DATASETTE
        ).encode(),
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"no-referrer",
        b"cross-origin-opener-policy": b"same-origin",
    }
    have = {name.lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in added.items() if name not in have)]


def _is_excessive(query: bytes) -> bool:
    """Whether a query string asks for more than a page can give in decent time."""
    facets = query.count(b"_facet")
    return len(query) > LONGEST_QUERY or query.count(b"=") > MOST_PARAMETERS or facets > MOST_FACETS


async def _plain(send: Send, status: int, text: str) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": plain})
    await send({"type": "http.response.body", "body": text.encode()})
