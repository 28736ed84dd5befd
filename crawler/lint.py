"""What `load` lets pass and a person should still mend in a registry: one finding a line."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from .registry import Portal, Registry, load

#: Each part of a region's name ends as names of regions do.
_REGION = re.compile(r"\w+(?:自治区|[省市区县旗盟州])")
_CODE = re.compile(r"(?:\d{6}|\d{9}|\d{12})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|aspx?)$", re.I)
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_LONGEST_KEY = 40
_LEAST_DELAY = 1
_EARLIEST_YEAR = 2008  # the Regulations' first reports are for 2008


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend in one table.

    Attributes:
        key: The table's key; "" for the head of the file.
        what: What is wrong.
        todo: What to do.
    """

    key: str
    what: str
    todo: str


def lint(path: Path) -> list[str]:
    """Check a registry file.

    Returns:
        A line for each finding: file, table, what is wrong, what to do.

    Raises:
        RegistryError: It cannot be loaded at all; the message says why.
    """
    registry = load(path)
    return [f"{path}: {_where(each)}{each.what}; {each.todo}" for each in findings(registry)]


def notes(path: Path) -> list[str]:
    """What the operator must still set before a crawl; nothing is wrong with the file.

    Raises:
        RegistryError: It cannot be loaded at all.
    """
    registry = load(path)
    if not registry.anonymous:
        return []
    return [
        f"{path}: contact: “{registry.contact}” reaches nobody; while it is so, no site is asked: "
        "set it to a web or mail address where site owners reach you"
    ]


def _where(finding: Finding) -> str:
    return f"[portals.{finding.key}]: " if finding.key else ""


def findings(registry: Registry) -> list[Finding]:
    """Everything to mend, in the order of the file."""
    by_key = {portal.key: portal for portal in registry.portals}
    each = chain.from_iterable(
        check(portal, registry) for portal in registry.portals for check in _OF_ONE
    )
    among = (_columns(registry), _spellings(registry), _successors(by_key))
    found = [*_head(registry), *each, *chain.from_iterable(among)]
    order = {key: place for place, key in enumerate(by_key)}
    return sorted(found, key=lambda finding: order.get(finding.key, -1))


def _head(registry: Registry) -> Iterator[Finding]:
    if registry.delay < _LEAST_DELAY and not registry.fiction:
        yield Finding(
            "", f"delay: {registry.delay:g} s between two requests to a host is too little",
            "set 3, and never less than 1: sites of small offices are slow",
        )  # fmt: skip


# -- of one portal -------------------------------------------------------------------------


def _names(portal: Portal, registry: Registry) -> Iterator[Finding]:
    if len(portal.key) > _LONGEST_KEY or portal.key[0].isdigit():
        yield Finding(
            portal.key, "the key is long or begins with a digit",
            f"begin with a place, in at most {_LONGEST_KEY} characters: yubei-finance",
        )  # fmt: skip
    parts = portal.region_name.split(" ")
    if not all(_REGION.fullmatch(part) for part in parts):
        yield Finding(
            portal.key, f"region_name: “{portal.region_name}” is no chain of regions",
            "write it from the highest to the lowest, one space between two: 江西省 宜春市 袁州区",
        )  # fmt: skip
    if not _CODE.fullmatch(portal.region):
        yield Finding(
            portal.key, f"region: “{portal.region}” is no region code",
            "write six, nine or twelve digits, or \"\" while it is not certain",
        )  # fmt: skip


def _confidence(portal: Portal, registry: Registry) -> Iterator[Finding]:
    if portal.confidence == "guess" and portal.active:
        yield Finding(
            portal.key, "a guess is active",
            "look at the column (scrapy probe), or set active = false",
        )  # fmt: skip
    if portal.confidence == "verified" and not (portal.expect_reports and portal.first_year):
        yield Finding(
            portal.key, "verified, but nothing is expected of it",
            "set expect_reports and first_year, so that a silent loss is seen",
        )  # fmt: skip
    if portal.first_year and not _EARLIEST_YEAR <= portal.first_year <= 2100:
        yield Finding(
            portal.key, f"first_year: {portal.first_year} is no report year",
            f"write a year from {_EARLIEST_YEAR} on",
        )  # fmt: skip


def _provenance(portal: Portal, registry: Registry) -> Iterator[Finding]:
    if not portal.evidence:
        yield Finding(portal.key, "evidence is missing", "say where the address is from")
    if not _DATE.fullmatch(portal.added):
        yield Finding(portal.key, "added is no date", "write the day of the entry: 2026-01-31")


def _extent(portal: Portal, registry: Registry) -> Iterator[Finding]:
    if portal.kind == "hub" and not portal.depth:
        yield Finding(
            portal.key, "a hub with depth = 0 leads nowhere", "leave depth out, or set 1 to 3"
        )
    if portal.kind == "single" and portal.expect_reports > 1:
        yield Finding(
            portal.key, f"a single page is expected to hold {portal.expect_reports} reports",
            "set expect_reports = 1, or kind = \"list\"",
        )  # fmt: skip


def _hosts(portal: Portal, registry: Registry) -> Iterator[Finding]:
    for host in portal.hosts:
        if _is_ip(host):
            if not registry.fiction:
                yield Finding(portal.key, f"hosts: {host} is an IP address", "write the name")
        elif not _DOMAIN.fullmatch(host):
            yield Finding(
                portal.key, f"hosts: “{host}” is no host name",
                "write it in lower case, without scheme, port and path",
            )  # fmt: skip
        elif not (host == "gov.cn" or host.endswith(".gov.cn")) and not portal.why:
            yield Finding(
                portal.key, f"hosts: {host} is outside gov.cn",
                "say in why how it is known to be the agency’s, or take it out",
            )  # fmt: skip


def _status(portal: Portal, registry: Registry) -> Iterator[Finding]:
    if portal.status in ("moved", "merged") and not portal.successor:
        yield Finding(
            portal.key, f"{portal.status}, but where to is not said",
            "set successor to the key of the portal that took over",
        )  # fmt: skip
    if portal.successor and portal.status == "active":
        yield Finding(
            portal.key, "has a successor, but status is active",
            "set status to moved, merged or closed, or leave successor out",
        )  # fmt: skip


_OF_ONE: tuple[Callable[[Portal, Registry], Iterator[Finding]], ...] = (
    _names, _confidence, _provenance, _extent, _hosts, _status,
)  # fmt: skip


# -- of several ----------------------------------------------------------------------------


def _columns(registry: Registry) -> Iterator[Finding]:
    """Columns that stand in the file twice, in whatever spelling."""
    first: dict[str, str] = {}
    for portal in registry.portals:
        known = first.setdefault(_same(portal.column), portal.key)
        if known != portal.key:
            yield Finding(
                portal.key, f"its column is that of {known} again",
                "keep one of them; if it moved, set status and successor",
            )  # fmt: skip


def _same(column: str) -> str:
    """A column without what does not tell it from another."""
    parts = urlsplit(column)
    path = _INDEX.sub("/", parts.path)
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{path}?{parts.query}#{parts.fragment}"


def _spellings(registry: Registry) -> Iterator[Finding]:
    """Hosts that two portals write with and without www., or ask by two schemes."""
    names: dict[str, dict[str, str]] = defaultdict(dict)
    schemes: dict[str, dict[str, str]] = defaultdict(dict)
    for portal in registry.portals:
        parts = urlsplit(portal.column)
        for host in portal.hosts:
            if portal.hosts == (host,):  # who names both knows of both
                names[host.removeprefix("www.")].setdefault(host, portal.key)
        schemes[parts.netloc].setdefault(parts.scheme, portal.key)
    for spelt, how in ((names, "name"), (schemes, "scheme")):
        for host, uses in spelt.items():
            (one, first), *others = uses.items()
            for another, key in others:
                yield Finding(
                    key, f"{host} has the {how} {another} here and {one} in {first}",
                    "use the one that answers in both, or name both hosts",
                )  # fmt: skip


def _successors(by_key: Mapping[str, Portal]) -> Iterator[Finding]:
    for portal in by_key.values():
        following = by_key.get(portal.successor)
        if following is None:
            continue
        if _is_circle(portal, by_key):
            yield Finding(
                portal.key, "its successors lead back to it", "end the chain at the one in use"
            )
        elif following.successor:
            yield Finding(
                portal.key, f"its successor {following.key} has a successor itself",
                f"name the last one, {_last(following, by_key).key}",
            )  # fmt: skip


def _is_circle(portal: Portal, by_key: Mapping[str, Portal]) -> bool:
    seen, at = {portal.key}, portal
    while at.successor in by_key:
        at = by_key[at.successor]
        if at.key in seen:
            return True
        seen.add(at.key)
    return False


def _last(portal: Portal, by_key: Mapping[str, Portal]) -> Portal:
    while portal.successor in by_key:
        portal = by_key[portal.successor]
    return portal


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
