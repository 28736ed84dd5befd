"""robots.txt as RFC 9309 has it; Scrapy's own middleware takes an unreachable one for consent.

Asked for once for each scheme, host and port of a run, before anything else there. What
other middlewares and the archive see of it is a request like any other, of role `robots`.
"""

from __future__ import annotations

import asyncio
import codecs
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from archive.errors import ArchiveError
from archive.store import Context
from extract.decode import decode

from .addresses import host_of
from .at_work import run_of
from .families.base import absolute
from .gate import Refused
from .outcomes import ENDS, kind_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

log = logging.getLogger(__name__)
#: Our product token: a group of robots.txt that names it is meant for us.
TOKEN = "nianbao"
#: RFC 9309 §2.5: at least so much must be read.
LARGEST = 500 << 10
#: A longer Crawl-delay would leave no time for the crawl of a single column.
LONGEST_DELAY = 60
MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
#: Before all pages of the host.
_PRIORITY = 1_000_000
#: What keeps from any page of the host, not only from robots.txt, has its own name.
_NO_HOST = ("dns", "tls", "refused")
_OURS = re.compile(rf"(?im)^([ \t]*user-?agent[ \t]*:[ \t]*{TOKEN})(?![\w-]).*$")


@dataclass(frozen=True, slots=True)
class Robots:
    """What the robots.txt of an origin says.

    Attributes:
        refusal: Why nothing may be asked there, or None.
        rules: Its rules, or None if there are none.
        delay: Seconds that it asks for between two requests; 0 if it does not say.
    """

    refusal: Refused | None = None
    rules: Protego | None = None
    delay: float = 0

    def check(self, url: str) -> None:
        """Let an address pass, or not.

        Raises:
            Refused: It is forbidden, or nobody knows.
        """
        if self.refusal is not None:
            raise Refused(self.refusal.kind, self.refusal.detail)
        if self.rules is not None and not self.rules.can_fetch(url, TOKEN):
            raise Refused("robots_denied", "robots.txt forbids it")


def read(body: bytes) -> Robots:
    """The rules of a robots.txt that was answered with 2xx."""
    if len(body) > LARGEST:
        body = body[:LARGEST]
        # Half a rule forbids something else: "Disallow: /zwgk" cut to "Disallow: /".
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    # The mark of UTF-8 may stand twice; each would hide the first line.
    while body.startswith(codecs.BOM_UTF8 * 2):
        body = body[len(codecs.BOM_UTF8) :]
    # A token may be followed by a version (§2.2.1), which Protego would compare.
    rules = Protego.parse(_OURS.sub(r"\1", decode(body)[0]))
    return Robots(rules=rules, delay=rules.crawl_delay(TOKEN) or 0)


def judge(status: int, body: bytes) -> Robots:
    """What an answer to the request for a robots.txt means (RFC 9309 §2.3.1)."""
    if 200 <= status < 300:
        return read(body)
    if 400 <= status < 500 and status != 429:
        return Robots()  # there is none: all is allowed, whatever the error page says
    return Robots(Refused("robots_unreachable", f"robots.txt answered {status}"))


class RobotsMiddleware:
    """Order 100: after the guard, before whatever asks the site."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._found: dict[str, asyncio.Task[Robots]] = {}
        self._slow: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """As Scrapy makes it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse what robots.txt forbids, having asked for it first.

        Raises:
            Refused: It forbids the address, or it could not be obtained.
        """
        context: Context = request.meta["context"]
        if context.role == "robots":
            return
        address = urlsplit(request.url)
        origin = f"{address.scheme}://{address.netloc.rpartition('@')[2].lower()}"
        if origin not in self._found:
            asking = self._ask(f"{origin}/robots.txt", context.portal)
            self._found[origin] = asyncio.get_running_loop().create_task(asking)
        # Many wait for the same task; if one of them is cancelled, the others still wait.
        robots = await asyncio.shield(self._found[origin])
        robots.check(request.url)
        if address.hostname in self._slow:
            request.meta["autothrottle_dont_adjust_delay"] = True

    async def _ask(self, url: str, portal: str) -> Robots:
        """Obtain a robots.txt; whatever keeps from it is said in the answer."""
        try:
            response = await self._follow(url, portal)
            robots = judge(response.status, response.body)
        except Exception as error:  # each is named, and kept as an issue
            robots = self._unobtained(url, portal, error)
        else:
            if robots.refusal is not None:
                self._note(portal, url, f"http_{response.status}", "")
        self._slow_down(url, robots.delay)
        return robots

    async def _follow(self, url: str, portal: str) -> Response:
        """Ask for it, and for what it redirects to within the portal's hosts (§2.3.1.2)."""
        assert self._crawler.engine is not None
        run, asked = run_of(self._crawler), url
        for _ in range(MOST_REDIRECTS + 1):
            request = Request(
                asked,
                meta={"context": Context(portal, "robots"), "dont_redirect": True},
                callback=NO_CALLBACK,
                priority=_PRIORITY,
                dont_filter=True,
            )
            response = await self._crawler.engine.download_async(request)
            target = absolute(asked, (response.headers.get("Location") or b"").decode("latin-1"))
            if response.status not in _REDIRECTS or not target:
                return response
            try:
                run.gate.check(target, portal, "robots", url)
            except Refused as refused:
                raise Refused(refused.kind, f"redirects to {target}: {refused.detail}") from None
            asked = target
        raise Refused("redirect_loop", f"more than {MOST_REDIRECTS} redirects")

    def _unobtained(self, url: str, portal: str, error: Exception) -> Robots:
        kind, detail = kind_of(error)
        if kind in ENDS or isinstance(error, ArchiveError):
            # Not the site's doing; why the crawl ends is said once, by whoever ended it.
            return Robots(Refused(kind if kind in ENDS else "stopped", detail))
        if kind == "crawler_error":
            log.error("asking for %s failed by a fault of this program", url, exc_info=error)
        self._note(portal, url, kind, detail)
        if kind in _NO_HOST:
            return Robots(Refused(kind, detail))
        return Robots(Refused("robots_unreachable", f"robots.txt: {kind}: {detail}".rstrip(": ")))

    def _note(self, portal: str, url: str, kind: str, detail: str) -> None:
        run_of(self._crawler).issue(portal, url, kind, detail)

    def _slow_down(self, url: str, delay: float) -> None:
        """Keep the host's requests as far apart as it asks, if that is more than usual."""
        host, least = host_of(url), self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        if delay > LONGEST_DELAY:
            log.warning(
                "%s asks for %g s between requests; it gets %d s", url, delay, LONGEST_DELAY
            )
            delay = LONGEST_DELAY
        if delay <= least:
            return
        assert self._crawler.engine is not None
        downloader = self._crawler.engine.downloader
        known = downloader.per_slot_settings.get(host, {}).get("delay", 0)
        # A slot that has long been idle is made anew, from these settings.
        delay = max(delay, known)
        downloader.per_slot_settings[host] = {"delay": delay, "jitter": 0}
        self._slow.add(host)
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay, slot.jitter = max(delay, slot.delay), 0
