"""What portals can have in common: keys of the addresses and reports that a part touches."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from ..twins import place, plain


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that a part touches, as 64-bit digests in order: two that collide only join more.

    Attributes:
        given: Of what the part itself has: addresses of its bodies, its reports.
        asked: Of addresses that it only asks for: a file that a page links to, an article that
            a file belongs to. Parts that merely ask for the same have nothing in common.
    """

    given: array[int]
    asked: array[int]

    @classmethod
    def of(cls, given: Iterable[str], asked: Iterable[str]) -> Keys:
        """Keys of texts as `of_address` and `of_report` make them."""
        own = {_digest(each) for each in given}
        others = {_digest(each) for each in asked} - own
        return cls(array("Q", sorted(own)), array("Q", sorted(others)))


def of_address(url: str) -> str:
    """The key of an address: one for all that twins have in common, scheme and `www.` aside.

    >>> of_address("https://www.a.gov.cn/1_wap.html") == of_address("http://a.gov.cn/1.html")
    True
    """
    try:
        return f"a {plain(place(url))}"
    except ValueError:  # no address at all: “http://[” and the like
        return f"a {url}"


def of_report(report_id: str) -> str:
    """The key of a report."""
    return f"r {report_id}"


def of_body(sha256: str) -> str:
    """The key of a body, wherever it was obtained: only decisions by hand tie places by it."""
    return f"b {sha256}"


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
