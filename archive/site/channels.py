"""Where an error is told: a mail address or an issue tracker, and links that prepare a message.

What goes into a link comes from crawled pages in part. All of it is percent-encoded, so that it
is one value of one parameter: no header, no second recipient, no other address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

#: Signs of a whole link. Outlook and Windows break a `mailto:` off at about 2,000; GitHub, GitLab
#: and nginx refuse an address of more than 8,000.
LONGEST_MAIL = 1_900
LONGEST_PAGE = 6_000
_LONGEST_SETTING = 500
_MAIL = re.compile(
    r"mailto:[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII
)
#: Signs of an address besides the two places.
_PAGE = re.compile(r"[A-Za-z0-9%/:=&?#~+!$,;@._-]+", re.ASCII)
_PLACES = ("{title}", "{body}")
_HOW = 'write errors = "mailto:name@example.org" or "https://host/new?title={title}&body={body}"'


class Unusable(ValueError):
    """A setting that is no place where errors can be told; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A place where errors are told.

    Attributes:
        written: As the operator has it, a `mailto:` address or an address with its places.
    """

    written: str

    @property
    def is_mail(self) -> bool:
        """Whether a message is a mail."""
        return self.written.startswith("mailto:")

    @property
    def shown(self) -> str:
        """What a visitor is told: the address, or the tracker's host."""
        if self.is_mail:
            return self.written.removeprefix("mailto:")
        return urlsplit(self.written).netloc

    def link(self, title: str, bodies: Sequence[str]) -> str:
        """A link that prepares a message.

        Args:
            title: One line.
            bodies: The same message, each shorter than the one before: the first with which
                the link is not too long is taken, the last if need be.
        """
        longest = LONGEST_MAIL if self.is_mail else LONGEST_PAGE
        links = [self._link(title, body) for body in bodies]
        return next((link for link in links if len(link) <= longest), links[-1])

    def _link(self, title: str, body: str) -> str:
        if self.is_mail:
            lines = "\r\n".join(body.splitlines())  # RFC 6068, 5
            return f"{self.written}?subject={_encoded(_line(title))}&body={_encoded(lines)}"
        values = {"{title}": _encoded(_line(title)), "{body}": _encoded(body)}
        # In one pass: what is put in is not looked through again.
        return re.sub(r"\{(?:title|body)\}", lambda found: values[found[0]], self.written)


def channel(written: str) -> Channel:
    """The place that a setting names.

    Raises:
        Unusable: It is none.
    """
    if len(written) > _LONGEST_SETTING:
        raise Unusable(f"it is longer than {_LONGEST_SETTING} signs; {_HOW}")
    if written.startswith("mailto:"):
        if not _MAIL.fullmatch(written):
            raise Unusable(f"it is not one plain mail address; {_HOW}")
        return Channel(written)
    bare = written
    for place in _PLACES:
        if written.count(place) != 1:
            raise Unusable(f"{place} must stand in it once; {_HOW}")
        bare = bare.replace(place, "")
    try:
        parts = urlsplit(written)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise Unusable(f"it is no address ({error}); {_HOW}") from error
    if parts.scheme not in ("http", "https") or not host or not _PAGE.fullmatch(bare):
        raise Unusable(f"it is neither a mail address nor one of http or https; {_HOW}")
    if "@" in parts.netloc or not all(place in parts.query for place in _PLACES):
        raise Unusable(f"the places belong in its query, and no name before its host; {_HOW}")
    return Channel(written)


def _encoded(text: str) -> str:
    """A text as the value of one parameter; lone surrogates have no bytes."""
    return quote(text, safe="", errors="replace")


def _line(text: str) -> str:
    return " ".join(text.split())
