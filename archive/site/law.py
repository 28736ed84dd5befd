"""Licence, sources, personal data, the crawler, take-down: `/falv`."""

from __future__ import annotations

from typing import Any

from datasette import Response

from archive.masking.masks import MASK
from archive.schema.codes import WITHHELD_REASON
from archive.schema.licence import LICENCE, LICENCE_TEXT
from archive.site.answers import View, render, web_address
from archive.site.operator import are_originals_public, operator
from archive.site.release import RELEASES

#: The product token under which robots.txt may shut the crawler out (`crawler.robots.TOKEN`).
TOKEN = "nianbao"
#: More days than these are no answer, and a number that is none is not shown.
_MOST_DAYS = 365


async def law(datasette: Any, request: Any) -> Response:
    """`/falv`."""
    root = RELEASES[datasette].root
    said = operator(root)
    context = {
        "operator": said,
        "contact_link": _link(said.get("contact", "")),
        "days": _days(said.get("takedown_days", "")),
        "licence": LICENCE,
        "licence_text": LICENCE_TEXT,
        "mark": MASK,
        "originals": are_originals_public(root),
        "reasons": WITHHELD_REASON,
        "token": TOKEN,
        "web_address": web_address,
    }
    return await render(datasette, request, "law.html", context)


def _days(written: str) -> int | None:
    """Within how many days the operator promises to answer; None if he does not say."""
    is_number = written.isascii() and written.isdecimal() and len(written) < 4
    return int(written) if is_number and 0 < int(written) <= _MOST_DAYS else None


def _link(contact: str) -> str | None:
    """A link to the contact: a web address, or a mail; None if it is neither."""
    if web_address(contact):
        return web_address(contact)
    name, at, host = contact.partition("@")
    plain = contact.isascii() and contact.isprintable() and not set(" <>\"'?&:/\\") & set(contact)
    return f"mailto:{contact}" if plain and name and at and "." in host else None


ROUTES: list[tuple[str, View]] = [(r"^/falv$", law)]
