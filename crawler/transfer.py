"""What was transferred: one exchange, made at the wire, for all who look at it after that."""

from __future__ import annotations

from http.client import responses as reasons
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from archive.errors import RecordDamaged
from archive.store import Exchange

if TYPE_CHECKING:
    from scrapy.http import Headers

_KEY = "exchange"


def note(request: Request, response: Response) -> Exchange:
    """Make the exchange of an answer as it came from the wire, and keep it with its request."""
    made = exchange(request, response)
    request.meta[_KEY] = made
    return made


def noted(request: Request) -> Exchange:
    """The exchange of a request that has been answered."""
    made: Exchange = request.meta[_KEY]
    return made


def take(request: Request) -> Exchange | None:
    """The same, for its last reader: a request that lives on shall not hold a body twice."""
    made: Exchange | None = request.meta.pop(_KEY, None)
    return made


def decoded(made: Exchange) -> bytes | None:
    """The body with its content-encoding removed; None if it is not what its header says."""
    try:
        return made.decoded
    except RecordDamaged:
        return None  # a damaged body is no wall; who stores it says so


def exchange(request: Request, response: Response) -> Exchange:
    """Request and response as they were transferred, as far as Scrapy tells."""
    host = request.url.split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0]
    asked = [("Host", host), *_fields(request.headers)]
    if request.body:
        asked.append(("Content-Length", str(len(request.body))))
    return Exchange(
        method=request.method,
        url=request.url,
        request_headers=asked,
        request_body=request.body,
        status=response.status,
        reason=reasons.get(response.status, ""),  # Scrapy loses the server's own phrase
        response_headers=_fields(response.headers),
        body=response.body,
        protocol=response.protocol or "HTTP/1.1",
        ip=str(response.ip_address or ""),
        tls=request.meta.get("tls", ""),
    )


def _fields(headers: Headers) -> list[tuple[str, str]]:
    """All values of all headers; Latin-1 keeps every byte."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in dict.items(headers)  # Scrapy's own looks up each name once more
        for value in values
    ]
