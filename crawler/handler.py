"""The download handler: Scrapy's own, with the gate at the wire.

Requests wait in the downloader's queue behind all middlewares, and the next one leaves
before an answer has reached them. So only here can a wall stop the very next request.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response

from extract.decode import decode

from . import tls
from .at_work import AtWork, run_of
from .families.base import absolute
from .gate import Gate, Refused, host_of
from .lists import is_guess
from .middlewares import origin_of
from .transfer import decoded, note, noted
from .walls import HEAD, asking_page, forwards, swells, wall
from .wire import Factory, head_too_large

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from archive.store import Context

#: A robots.txt may be refused or be a script like any page; only a challenge is a wall.
_WALLS_OF_ROBOTS = ("wall:jsl", "wall:rs", "wall:acw")
_VALIDATORS = ("If-None-Match", "If-Modified-Since")
#: A host may refuse one address, and give the next.
_OF_AN_ADDRESS = ("wall:waf", "wall:page")


class GatedHandler(HTTP11DownloadHandler):
    """Refuses what the gate refuses; closes the host whose answer is a wall."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # It warns of what is too large or broken off; the ledger has that as an issue.
        logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)
        self._pool._factory = Factory
        # Scrapy chooses for all hosts at once; only the policy is asked for each.
        self._policy = tls.Policy(self._contextFactory)
        self._contextFactory = self._policy  # type: ignore[assignment]  # the stubs know no base

    async def download_request(self, request: Request) -> Response:
        """Download, if the gate still lets the request pass.

        Raises:
            Refused: It does not, or the certificate cannot be verified.
        """
        run = run_of(self._crawler)
        # With CONCURRENT_REQUESTS_PER_DOMAIN = 1 and no delay, Scrapy 2.19 lets several go
        # (measured): it empties the queue before the first download has begun to count.
        async with run.gate.turn(request.url):
            if not self._crawler.crawling:
                run.stop("stopped", "the crawl was stopped")
            context: Context = request.meta["context"]
            run.gate.check(request.url, context.portal, context.role, origin_of(request))
            response = await self._fetch(request, run)
            _check_status(request, response)
            if run.gate.must_be_public(request.url, context.portal, origin_of(request)):
                _check_place(response)
            most = self._crawler.settings.getint("DOWNLOAD_MAXSIZE")
            if swells(response.body, note(request, response).header("Content-Encoding"), most):
                raise Refused("too_large", f"a small body that decodes to more than {most} bytes")
            _mark(request, response, run)
            return response

    async def _fetch(self, request: Request, run: AtWork) -> Response:
        host = host_of(request.url)
        try:
            response = await super().download_request(request)
        except DownloadFailedError as error:
            if too_large := head_too_large(error):
                raise Refused("too_large", too_large) from error
            if not tls.is_tls(error):
                raise
            reason, may_accept = await tls.reason(request.url, request.meta["download_timeout"])
            # Refused, so that it is not tried again: seconds mend no certificate.
            if not may_accept:
                raise Refused("tls", reason) from error
            if host not in run.unverified:
                advice = "unverified_tls in the registry would ask it all the same"
                raise Refused("tls", f"{reason}; {advice}") from error
            self._policy.accepted.add(host)
            response = await super().download_request(request)
        if request.url.startswith("https:"):
            request.meta["tls"] = "unverified" if host in self._policy.accepted else "verified"
        return response


def _check_status(request: Request, response: Response) -> None:
    """Twisted takes any number for a status; and "unchanged" answers a question."""
    if not 100 <= response.status <= 999:
        raise Refused("connection_lost", f"its status is none of HTTP: {response.status:g}")
    if response.status == 304 and not any(name in request.headers for name in _VALIDATORS):
        raise Refused("http_304", "it says that nothing has changed, and was not asked so")


def _check_place(response: Response) -> None:
    """A public name may lead into a private network: what came from there is not kept."""
    address = response.ip_address
    if address is not None and (not address.is_global or address.is_multicast):
        raise Refused("off_host", f"its name leads to {address}, an address of no public network")


def _mark(request: Request, response: Response, run: AtWork) -> None:
    """Say in the request's meta that its answer is no page, or where a script leads on."""
    context: Context = request.meta["context"]
    gate, host = run.gate, host_of(request.url)
    name, said, beginning = _wall_of(request, response, run)
    if context.role == "robots":
        if name in _WALLS_OF_ROBOTS:
            gate.close(host, "robots_unreachable", f"robots.txt: {name}: {said}")
            request.meta["refused"] = Refused(name, said)
        return
    if not name:
        if response.status == 200:
            gate.opened(host)
        return
    if name == "js_shell" and (target := forwards(beginning)):
        _forward(request, absolute(request.url, target), gate)
        return
    if name in _OF_AN_ADDRESS:
        if name == "wall:waf" and is_guess(request.meta) and gate.is_open(host):
            return  # nobody said that there is this page; `Lists` takes it for the list's end
        if gate.is_judge(context.portal, host):
            gate.refused(host, name, said)
    else:
        gate.close(host, name, said)
    request.meta["refused"] = Refused(name, said)


def _wall_of(request: Request, response: Response, run: AtWork) -> tuple[str, str, bytes]:
    """Name of the wall that an answer is, or ""; what it said; its beginning."""
    context: Context = request.meta["context"]
    made = noted(request)
    headers: dict[str, str] = {}
    for name, value in made.response_headers:
        key = name.lower()
        headers[key] = f"{headers[key]}; {value}" if key in headers else value
    beginning = (decoded(made) or b"")[:HEAD]
    name = wall(response.status, headers, beginning) or ""
    if name == "js_shell" and context.role in ("list", "node"):
        # Some families keep what their API must be told in a page that is a script alone.
        text = decode(beginning)[0]
        name = "" if run.is_list(context.portal, text, response.url) else name
    if not name and context.role != "robots" and (asks := asking_page(response.status, beginning)):
        return "wall:page", f"the page says “{asks}”", beginning
    return name, f"status {response.status}", beginning


def _forward(request: Request, target: str, gate: Gate) -> None:
    """A plain address in a script is followed once, within the portal's hosts."""
    context: Context = request.meta["context"]
    if not target:
        detail = "a script leads to what is no web address"
    elif "forwarded" in request.meta:
        detail = f"a second script leads to {target}"
    else:
        try:
            gate.check(target, context.portal, context.role, origin_of(request) or request.url)
        except Refused as refused:
            detail = f"a script leads to {target}: {refused.detail}"
        else:
            request.meta["forward"] = target
            return
    request.meta["refused"] = Refused("js_shell", detail)
