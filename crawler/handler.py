"""The download handler: Scrapy's own, with the gate at the wire.

Requests wait in the downloader's queue behind all middlewares, and the next one leaves
before an answer has reached them. So only here can a wall stop the very next request.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response

from archive.store import Context

from .gate import Gate, host_of
from .spiders import annual_reports
from .walls import inflate, wall

#: A robots.txt may be refused or be a script like any page; only a challenge is a wall.
_WALLS_OF_ROBOTS = ("wall:jsl", "wall:rs", "wall:acw")


class GatedHandler(HTTP11DownloadHandler):
    """Refuses what the gate refuses; closes the host whose answer is a wall."""

    async def download_request(self, request: Request) -> Response:
        """Download, if the gate still lets the request pass.

        Raises:
            Refused: It does not.
        """
        gate = annual_reports.of(self._crawler).session.gate
        # With CONCURRENT_REQUESTS_PER_DOMAIN = 1 and no delay, Scrapy 2.19 lets several go
        # (measured): it empties the queue before the first download has begun to count.
        async with gate.turn(request.url):
            return await self._download(request, gate)

    async def _download(self, request: Request, gate: Gate) -> Response:
        if not self._crawler.crawling:
            self._hurry(gate)
        context: Context = request.meta["context"]
        origin = str(request.meta.get("redirect_urls", [""])[0])
        gate.check(request.url, context.portal, context.role, origin)
        response = await super().download_request(request)
        name = _wall(response)
        if name and context.role == "robots":
            if name in _WALLS_OF_ROBOTS:
                gate.close(host_of(request.url), "robots_unreachable", f"robots.txt: {name}")
                request.meta["wall"] = name
        elif name:
            gate.close(host_of(request.url), name, f"status {response.status}")
            request.meta["wall"] = name
        return response

    def _hurry(self, gate: Gate) -> None:
        """After a signal: what is queued is refused at once instead of after its delay."""
        gate.stop("the crawl was stopped")
        for slot in self._crawler.engine.downloader.slots.values():
            slot.delay = 0


def _wall(response: Response) -> str | None:
    headers = {
        name.decode("latin-1").lower(): b"; ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    beginning = inflate(response.body, headers.get("content-encoding", ""))
    return wall(response.status, headers, beginning)
