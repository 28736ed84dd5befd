"""The registry table of a column: valid for `registry.load`, what is inferred marked as such."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..families.base import MOST_LIST_PAGES
from ..gate import host_of
from ..names import is_agency
from .domains import belongs, family_of, slug
from .meta import site_name
from .ranking import AGENCY
from .survey import Found

#: Parts of an address that many columns share; what is left names the agency.
_COMMON = re.compile(
    r"^(?:index|default|list|col|pc|html?|cms|web\w*|site|www|gov|channel.*|column.*|public|module"
    r"|info|zwgk|xxgk.*|zfxxgk.*|gk.*|gkml.*|gkmlpt|ndbg|nianbao|annualreport|bm|bmjd|bmjz|xz|xzjd"
    r"|xzfgzbm|zfbm|zwxx|fdzdgk.*|\d+n?b?|c?\d+\w?|[0-9a-f-]{24,})$",
    re.I,
)
_REGION = re.compile(r"[\u4e00-\u9fff]{1,20}?(?:自治区|自治州|自治县|省|市|区|县|旗|盟)")
_OF_TITLE = re.compile(r"^(?:关于)?(\S{2,30}?)[_\s-]*(?:关于)?(?:\d{4}|二[〇○０零]..)年")
_CODE = re.compile(r"\d{10}")


@dataclass(frozen=True, slots=True)
class Table:
    """A registry table before it is written.

    Attributes:
        key: Suggested key, unique only once `keyed`.
        values: Its keys and values.
        inferred: Keys whose values were read off the pages and want a look.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    inferred: tuple[str, ...] = ()

    @property
    def toml(self) -> str:
        """The table as text."""
        lines = [f"[portals.{self.key}]"]
        for name, value in self.values.items():
            mark = "  # inferred" if name in self.inferred else ""
            lines.append(f"{name} = {_toml(value)}{mark}")
        return "\n".join(lines) + "\n"

    def entry(self) -> dict[str, Any]:
        """The table as JSON-able data."""
        return asdict(self)


def table(found: Found, today: str, given: Mapping[str, str] | None = None) -> Table:
    """The table of a column.

    Args:
        found: The column.
        today: ISO date.
        given: agency, region and region_name, where a person has said them.
    """
    reading, given = found.reading, given or {}
    agency = given.get("agency") or _agency(found)
    code = reading.meta.get("siteidcode", "")
    guessed = {
        "agency": agency,
        "region": given.get("region") or (code[:6] if _CODE.fullmatch(code) else ""),
        "region_name": given.get("region_name") or _region(site_name(reading.meta), agency),
    }
    values: dict[str, Any] = {
        **guessed,
        "column": reading.url,
        "family": reading.family,
        "hosts": _hosts(found),
    }
    if found.kind != "list":
        values["kind"] = found.kind
    if reading.pages > MOST_LIST_PAGES:
        values["max_pages"] = reading.pages
    if found.kind == "list":
        values["expect_reports"] = len(reading.reports or reading.dated)
    values |= {
        "confidence": "inferred",
        "added": today,
        "evidence": f"scrapy probe {today}",
        "why": _why(found),
    }
    if reading.params:
        values["params"] = dict(reading.params)
    inferred = tuple(name for name in guessed if not given.get(name))
    return Table(_key(reading.url, given.get("key", "")), values, inferred)


def keyed(tables: Iterable[Table]) -> list[Table]:
    """The tables with keys that no other of them has."""
    used: set[str] = set()
    found = []
    for each in tables:
        key, number = each.key, 1
        while key in used:
            number += 1
            key = f"{each.key}-{number}"
        used.add(key)
        found.append(Table(key, each.values, each.inferred))
    return found


def _why(found: Found) -> str:
    if len(found.trail) < 2:
        return "Its address was given to scrapy probe"
    clicks = " → ".join(" ".join(step.text.split()) for step in found.trail[1:])
    return f"Found from {found.trail[0].url}: {clicks}"


def _agency(found: Found) -> str:
    """Whose reports: as their titles say, else the clicks, else the site."""
    rows = found.reading.reports or found.reading.dated
    named = [match[1] for row in rows if (match := _OF_TITLE.match(row.title))]
    if len(set(named)) == 1:
        return named[0]
    if len(set(named)) > 1:
        return ""
    clicked = [step.text for step in found.trail if step.role == AGENCY]
    if clicked:
        return clicked[-1]
    site = site_name(found.reading.meta)
    return site if is_agency(site) and not _REGION.fullmatch(site) else ""


def _region(site: str, agency: str) -> str:
    """The region's name as far as the site's or agency's name says it."""
    parts = _REGION.findall(site) or _REGION.findall(agency)
    return " ".join(parts)


def _hosts(found: Found) -> list[str]:
    """The column's host, and those of its family that its reports are on."""
    own = host_of(found.reading.url)
    rows = [host_of(row.url) for row in found.reading.reports or found.reading.dated]
    family = family_of(own)
    return list(dict.fromkeys([own, *(host for host in rows if belongs(host, family))]))


def _key(url: str, given: str) -> str:
    if given:
        return given
    parts = urlsplit(url)
    words = [re.sub(r"\.\w+$", "", part).lower() for part in parts.path.split("/")]
    words = [re.sub(r"_\d+$", "", word) for word in words]
    own = [word for word in words if re.search(r"[a-z]", word) and not _COMMON.match(word)]
    text = "-".join([slug((parts.hostname or "").lower()), *own[-1:]])
    return re.sub(r"-+", "-", re.sub(r"[^a-z0-9]+", "-", text)).strip("-")[:40].strip("-")


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    said = json.dumps(value, ensure_ascii=False)
    # JSON leaves U+007F to U+009F as they are: TOML forbids the first, a terminal obeys others.
    return re.sub(r"[\x7f-\x9f]", lambda sign: f"\\u{ord(sign[0]):04x}", said)
