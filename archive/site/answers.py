"""What the views of our own pages share: asking a release, and answering with a template."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from datasette import Response

from archive.site import templating, threads

View = Callable[..., Awaitable[Response]]


async def ask(datasette: Any, question: Callable[[Any], Any], database: str = "nianbao") -> Any:
    """What `question` finds out from a read-only connection to a database of the release."""
    return await threads.ask(datasette, database, question)


async def render(
    datasette: Any,
    request: Any,
    template: str,
    context: dict[str, Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """A page of ours."""
    html = templating.html(datasette, request, template, context)
    return Response.html(html, status=status, headers=headers)


async def wrong(datasette: Any, request: Any, message: str, status: int) -> Response:
    """The page that says what cannot be shown; `message` is a sentence without its full stop."""
    context = {"message": message, "status": status}
    return await render(datasette, request, "wrong.html", context, status)


async def missing(datasette: Any, request: Any, message: str) -> Response:
    """The page for an address of which the archive knows nothing."""
    return await wrong(datasette, request, message, 404)


def web_address(text: object) -> str | None:
    """The address if it may become a link (http or https), else None."""
    try:
        parts = urlsplit(str(text).strip())
    except ValueError:
        return None
    return str(text).strip() if parts.scheme in ("http", "https") and parts.netloc else None
