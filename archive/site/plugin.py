"""Datasette hooks of the site: only those that exist in 0.65 and 1.0 alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeVar, cast

from datasette import hookimpl

from archive.site import pages
from archive.site.release import RELEASES

#: One value in SQL: stops `randomblob(900000000)`, which no time limit interrupts.
LENGTH_LIMIT = 20_000_000

COMMON = "base-uri 'none'; frame-ancestors 'none'; object-src 'none'; form-action 'self'"
STRICT = f"default-src 'none'; style-src 'self'; img-src 'self' data:; {COMMON}"
#: Datasette's own pages carry inline scripts and styles.
DATASETTE = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
    f"style-src 'self' 'unsafe-inline'; img-src 'self' data:; {COMMON}"
)
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
    hidden = action == sqlite3.SQLITE_PRAGMA and name == "database_list"
    return sqlite3.SQLITE_IGNORE if hidden else sqlite3.SQLITE_OK


@_hook
def extra_template_vars(datasette: Any, view_name: str | None, template: str | None) -> Any:
    """The release on every page; the home page's data on the home page."""
    release = RELEASES.get(datasette)
    if release is None:
        return {}
    if template != "index.html":
        return {"release": release}

    async def with_home() -> dict[str, Any]:
        return {"release": release, **await pages.home_context(datasette, release)}

    return with_home


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
                await _not_found(send_with_headers)
                return
            await app(scope, receive, send_with_headers)

        return guarded

    return wrap


def _headers(path: str, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    own = path == "/" or path.startswith(pages.PREFIXES)
    added = {
        b"content-security-policy": (STRICT if own else DATASETTE).encode(),
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"no-referrer",
        b"cross-origin-opener-policy": b"same-origin",
    }
    have = {name.lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in added.items() if name not in have)]


async def _not_found(send: Send) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 404, "headers": plain})
    await send({"type": "http.response.body", "body": "没有此页".encode()})
