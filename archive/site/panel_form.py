"""What the form of a panel asks: read from an address, refused in Chinese, said as an address."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from archive.errors import SelectionRefused
from archive.panel.formats import FORMATS
from archive.panel.selection import ALL, FIRST_YEAR, SCOPES, Selection
from archive.schema.codes import LEVEL

#: So many regions of one name are listed.
_LISTED = 8


class Unclear(Exception):
    """The form cannot be meant so; the message is for the visitor, without a full stop."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen."""

    code: str
    word: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What a release has to choose from."""

    kinds: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    provinces: tuple[Choice, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in.

    Attributes:
        selection: Which rows.
        formats: Which formats.
    """

    selection: Selection
    formats: tuple[str, ...]

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        asked = self.selection
        pairs = [("kind", kind) for kind in asked.kinds]
        pairs += [("level", level) for level in asked.levels]
        pairs += [("region", asked.region)] if asked.region else []
        pairs += [("from", str(asked.first_year)), ("to", str(asked.last_year))]
        pairs += [("scope", asked.scope), *(("format", name) for name in self.formats)]
        return urlencode(pairs)

    @property
    def command(self) -> str:
        """The same as options of `python -m archive panel`."""
        asked = self.selection
        parts = [f"--kind {kind}" for kind in asked.kinds]
        parts += [f"--level {level}" for level in asked.levels]
        parts += [f"--region {asked.region}"] if asked.region else []
        parts += [f"--years {asked.first_year}-{asked.last_year}", f"--scope {asked.scope}"]
        parts += [f"--format {name}" for name in self.formats if len(self.formats) < len(FORMATS)]
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form's fields: as it was sent, whether or not it can be meant."""

    first: str
    last: str
    scope: str
    kinds: tuple[str, ...]
    levels: tuple[str, ...]
    province: str
    place: str
    formats: tuple[str, ...]


def filled(args: Any, found: Choices) -> Filled:
    """The fields of the form that an address fills; a region's code of a province is chosen."""
    place = args.get("region") or ""
    provinces = [each.code for each in found.provinces]
    years = found.years or (FIRST_YEAR,)
    return Filled(
        first=args.get("from") or str(years[0]),
        last=args.get("to") or str(years[-1]),
        scope=args.get("scope") or ALL,
        kinds=tuple(args.getlist("kind")),
        levels=tuple(args.getlist("level")),
        province=place if place in provinces else args.get("province") or "",
        place="" if place in provinces else place,
        formats=tuple(args.getlist("format")),
    )


def choices(conn: sqlite3.Connection) -> Choices:
    """What there is to choose from."""
    levels = dict(conn.execute("SELECT level, count(*) FROM agencies GROUP BY 1"))
    return Choices(
        kinds=tuple(
            Choice(*row)
            for row in conn.execute(
                "SELECT kind, min(coalesce(kind_name, kind)), count(*) FROM agencies "
                "WHERE kind IS NOT NULL GROUP BY 1 ORDER BY kind <> 'government', 3 DESC, kind"
            )
        ),
        levels=tuple(Choice(code, LEVEL[code], levels[code]) for code in LEVEL if code in levels),
        provinces=tuple(
            Choice(code, name or code)
            for code, name in conn.execute(
                "SELECT p.code, (SELECT g.name FROM regions g WHERE g.region_code = p.code "
                "ORDER BY g.valid_from DESC LIMIT 1) FROM (SELECT DISTINCT "
                "substr(region_code, 1, 2) || '0000' AS code FROM agencies "
                "WHERE region_code IS NOT NULL) p ORDER BY 1"
            )
        ),
        years=tuple(
            year
            for (year,) in conn.execute(
                f"SELECT year FROM _years WHERE year >= {FIRST_YEAR} ORDER BY 1"
            )
        ),
    )


def form(conn: sqlite3.Connection, args: Any, found: Choices) -> Form:
    """What an address asks.

    Args:
        conn: The release.
        args: The query's parts; a part that is not there asks for all.
        found: What there is.

    Raises:
        Unclear: It cannot be meant so.
    """
    first, last = _year(args.get("from"), found, 0), _year(args.get("to"), found, -1)
    if first > last:
        raise Unclear("起始年度晚于结束年度")
    kinds = _known(args.getlist("kind"), [each.code for each in found.kinds], "机关类别")
    levels = _known(args.getlist("level"), list(LEVEL), "层级")
    formats = _known(args.getlist("format"), list(FORMATS), "格式")
    scope = args.get("scope") or ALL
    _known([scope], list(SCOPES), "范围")
    place = (args.get("region") or args.get("province") or "").strip()
    try:
        asked = Selection(first, last, scope, kinds, levels, _region(conn, place))
    except SelectionRefused as error:
        raise Unclear("所选条件不成立，请从表单中选取") from error
    return Form(asked, formats or tuple(FORMATS))


def _year(text: str | None, found: Choices, default: int) -> int:
    if not found.years:
        raise Unclear(f"本版次没有 {FIRST_YEAR} 年度及以后的年报")
    if not text:
        return found.years[default]
    if text not in map(str, found.years):
        raise Unclear(f"年度须在 {found.years[0]} 至 {found.years[-1]} 之间")
    return int(text)


def _known(asked: Sequence[str], known: Sequence[str], what: str) -> tuple[str, ...]:
    """What is asked, once each, in the order of what is known."""
    wanted = {each for each in asked if each}
    if not wanted <= set(known):
        raise Unclear(f"没有这一{what}")
    return tuple(each for each in known if each in wanted)


def _region(conn: sqlite3.Connection, place: str) -> str:
    """The code of a region by its code or name."""
    if not place:
        return ""
    known = conn.execute(
        "SELECT region_code, min(name) FROM regions WHERE region_code = ?1 OR name = ?1 "
        "OR short_name = ?1 GROUP BY 1 ORDER BY 1 LIMIT ?2",
        (place, _LISTED + 1),
    ).fetchall()
    if len(known) == 1:
        return str(known[0][0])
    if not known:
        raise Unclear("没有这一名称或代码的地区：请写全称（某某县）或六位代码")
    listed = "、".join(f"{name} {code}" for code, name in known[:_LISTED])
    raise Unclear(
        f"这一名称的地区不止一个，请写代码：{listed}{'等' if len(known) > _LISTED else ''}"
    )
