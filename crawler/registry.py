"""The registry: which portals there are, read from TOML and checked word by word."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from .families import FAMILIES
from .outcomes import OUTCOMES

CONFIDENCES = ("verified", "inferred", "guess")
STATUSES = ("active", "moved", "merged", "closed")
KINDS = ("list", "hub", "single")
#: RFC 2606 and 6761: nothing under these names is anybody's.
_NOBODY = re.compile(
    r"(?:\.(?:example|invalid|test|localhost)|(?<![\w-])(?:localhost|example\.(?:com|org|net)))"
    r"(?!\.?[\w-])",
    re.I,
)
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class RegistryError(Exception):
    """A registry cannot be read as one; the message names file, table and key."""


@dataclass(frozen=True, slots=True)
class Portal:
    """One column of annual reports.

    Attributes:
        key: Name of its table.
        agency: Whose reports it lists; "" for many agencies.
        region: Region code; "" while unknown.
        region_name: Region as printed, after those above it, one space between two.
        column: Address of the list of reports.
        family: CMS family, a name in `FAMILIES`.
        hosts: Hosts that may be asked; nothing else ever is.
        active: Whether it is crawled.
        expect_reports: Fewer candidates than these are `fewer`.
        outcome: How its crawl is expected to end.
        why: Why it is in the registry.
        confidence: `verified`, `inferred` or `guess`.
        status: `active`, `moved`, `merged` or `closed`.
        successor: Key of the portal that took over, or "".
        added: Date of the entry, or "".
        evidence: Where the address is from.
        params: What its family must be told.
        kind: `list` (of articles, maybe with sub-columns below its own path), `hub` (links to
            the columns of agencies or years, wherever on the hosts they are) or `single` (the
            column is itself the article).
        depth: How many levels of sub-columns below the column are followed.
        max_pages: No more list pages than these are read, those of sub-columns included.
        first_year: The first report year that the column is known to have; 0 if unknown.
        unverified_tls: Hosts whose certificate cannot be verified, and that are asked all the
            same, which each of their captures then says.
    """

    key: str
    agency: str
    region: str
    region_name: str
    column: str
    family: str
    hosts: tuple[str, ...]
    active: bool = True
    expect_reports: int = 0
    outcome: str = "complete"
    why: str = ""
    confidence: str = "inferred"
    status: str = "active"
    successor: str = ""
    added: str = ""
    evidence: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
    kind: str = "list"
    depth: int = 3
    max_pages: int = 60
    first_year: int = 0
    unverified_tls: tuple[str, ...] = ()

    def entry(self) -> dict[str, Any]:
        """The entry as JSON-able data, for the archive."""
        return {
            **asdict(self),
            "hosts": list(self.hosts),
            "params": dict(self.params),
            "unverified_tls": list(self.unverified_tls),
        }


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry file.

    Attributes:
        name: A data root belongs to the registry of one name.
        fiction: Whether its portals are invented.
        contact: Address that the user agent names.
        delay: Seconds between two requests to a host.
        recheck_days: An article seen less than so many days ago is not asked for again.
        portals: All entries in the order of the file.
    """

    name: str
    fiction: bool
    contact: str
    delay: float
    recheck_days: float
    portals: tuple[Portal, ...]

    @property
    def anonymous(self) -> bool:
        """Whether real sites would be asked without a contact: none, or the placeholder."""
        contact = self.contact.strip()
        return not self.fiction and (not contact or bool(_NOBODY.search(contact)))

    def chosen(self, keys: tuple[str, ...] = ()) -> tuple[Portal, ...]:
        """The portals to crawl: the active ones, or those named.

        Raises:
            RegistryError: A key is unknown, or names an inactive portal.
        """
        if not keys:
            return tuple(portal for portal in self.portals if portal.active)
        known = {portal.key: portal for portal in self.portals}
        for key in keys:
            if key not in known:
                raise RegistryError(f"registry “{self.name}” has no portal {key!r}")
            if not known[key].active:
                raise RegistryError(f"portal {key!r} of registry “{self.name}” is not active")
        return tuple(known[key] for key in dict.fromkeys(keys))


_Types: TypeAlias = type | tuple[type, ...]
_TOP: dict[str, _Types] = {
    "name": str, "fiction": bool, "contact": str, "delay": (int, float),
    "recheck_days": (int, float), "portals": dict,
}  # fmt: skip
_TOP_NEEDED = ("name", "fiction", "contact")
_PORTAL: dict[str, _Types] = {
    "agency": str, "region": str, "region_name": str, "column": str, "family": str,
    "hosts": list, "active": bool, "expect_reports": int, "outcome": str, "why": str,
    "confidence": str, "status": str, "successor": str, "added": str, "evidence": str,
    "params": dict, "kind": str, "depth": int, "max_pages": int, "first_year": int,
    "unverified_tls": list,
}  # fmt: skip
_PORTAL_NEEDED = ("agency", "region", "region_name", "column", "family", "hosts")
_CHOICES: dict[str, tuple[str, ...]] = {
    "family": tuple(FAMILIES),
    "outcome": OUTCOMES,
    "confidence": CONFIDENCES,
    "status": STATUSES,
    "kind": KINDS,
}
_TYPES = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


def load(path: Path) -> Registry:
    """Read a registry file.

    Raises:
        RegistryError: It is not there, is no TOML, or says something unknown.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RegistryError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise RegistryError(f"{path}: {error}") from error
    if "name" not in data and "portals" in data:
        raise RegistryError(
            f"{path}: 'name' is missing, so this is no registry; paste the tables of a probe into "
            "one, below its name, fiction and contact"
        )
    _check(data, _TOP, _TOP_NEEDED, str(path))
    if not re.fullmatch(_KEY, data["name"]):
        raise RegistryError(f"{path}: name: {data['name']!r} may hold a–z, 0–9 and hyphens only")
    delay, recheck = data.get("delay", 3), data.get("recheck_days", 30)
    if delay < 0 or recheck < 0:
        raise RegistryError(f"{path}: delay and recheck_days must not be negative")
    tables = data.get("portals", {})  # a new registry has none yet, and is probed with
    portals = tuple(_portal(key, entry, path) for key, entry in tables.items())
    for portal in portals:
        if portal.successor and portal.successor not in tables:
            raise RegistryError(
                f"{path}: [portals.{portal.key}]: successor: there is no {portal.successor!r}"
            )
    return Registry(
        data["name"], data["fiction"], data["contact"], float(delay), float(recheck), portals
    )


def _portal(key: str, entry: Any, path: Path) -> Portal:
    where = f"{path}: [portals.{key}]"
    if not isinstance(entry, dict):
        raise RegistryError(f"{where}: must be a table")
    if not _KEY.fullmatch(key):
        raise RegistryError(f"{where}: a key may hold a–z, 0–9 and hyphens only")
    _check(entry, _PORTAL, _PORTAL_NEEDED, where)
    for name, allowed in _CHOICES.items():
        if name in entry and entry[name] not in allowed:
            raise RegistryError(f"{where}: {name}: {entry[name]!r} is none of {', '.join(allowed)}")
    hosts = entry["hosts"]
    if not hosts or not all(isinstance(host, str) and host for host in hosts):
        raise RegistryError(f"{where}: hosts: must name at least one host")
    address = urlsplit(entry["column"])
    if address.scheme not in ("http", "https") or address.hostname not in hosts:
        raise RegistryError(
            f"{where}: column: must be an http(s) address on one of hosts ({', '.join(hosts)})"
        )
    _check_extent(entry, where)
    _check_params(entry, where)
    if entry.get("status", "active") in ("merged", "closed") and entry.get("active", True):
        raise RegistryError(f"{where}: a {entry['status']} portal must have active = false")
    unverified = tuple(entry.get("unverified_tls", ()))
    return Portal(key, **{**entry, "hosts": tuple(hosts), "unverified_tls": unverified})


def _check_extent(entry: Mapping[str, Any], where: str) -> None:
    """Numbers that count something, and hosts that are among the portal's."""
    for name in ("expect_reports", "depth", "max_pages", "first_year"):
        if entry.get(name, 0) < 0:
            raise RegistryError(f"{where}: {name}: must not be negative")
    for host in entry.get("unverified_tls", ()):
        if host not in entry["hosts"]:
            raise RegistryError(f"{where}: unverified_tls: {host!r} is none of hosts")


def _check_params(entry: Mapping[str, Any], where: str) -> None:
    """What the family is told must be what it takes: a misspelt word would change nothing."""
    family, told = entry["family"], entry.get("params", {})
    known = {name: param.types for name, param in FAMILIES[family].params.items()}
    if told and not known:
        raise RegistryError(f"{where}: params: family {family} takes none, not {', '.join(told)}")
    _check(told, known, (), f"{where}: params")


def _check(
    table: Mapping[str, Any],
    known: Mapping[str, _Types],
    needed: tuple[str, ...],
    where: str,
) -> None:
    for name, value in table.items():
        if name not in known:
            raise RegistryError(f"{where}: unknown key {name!r}; known are {', '.join(known)}")
        wanted = known[name]
        # Python counts true as a number; a registry does not.
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise RegistryError(f"{where}: {name}: must be {said_of(wanted)}")
    for name in needed:
        if name not in table:
            raise RegistryError(f"{where}: {name!r} is missing")


def said_of(types: _Types) -> str:
    """What a value of the registry must be, in words."""
    wanted = types if isinstance(types, tuple) else (types,)
    # A number may be written without its point.
    wanted = tuple(each for each in wanted if each is not int or float not in wanted)
    return " or ".join(_TYPES[each] for each in wanted)
