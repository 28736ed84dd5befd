"""Which agencies, years and reports a panel is of; said in words, in SQL and in an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ..errors import SelectionRefused
from ..places.codes import stem
from ..schema.codes import LEVEL

#: Years before have another form each, and no figures.
FIRST_YEAR = 2019
ALL = "all"
#: Scope asked for → its word.
SCOPES: Mapping[str, str] = {
    "own": "本机关（own）",
    "aggregate": "一级政府汇总（aggregate）",
    ALL: "全部，不同范围各为一行，不可相加",
}
_KIND, _REGION = re.compile(r"[a-z][a-z0-9_]{0,40}"), re.compile(r"\d{6}(\d{3})?")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a panel is asked of. Every part is checked: it goes into SQL as it is.

    Attributes:
        first_year: First report year.
        last_year: Last report year.
        scope: `own`, `aggregate` or `all`.
        kinds: Kinds of agencies; () for all.
        levels: Levels; () for all.
        region: Code of a region, with all below it; "" for all.
    """

    first_year: int = FIRST_YEAR
    last_year: int = 9999
    scope: str = ALL
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    region: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            SelectionRefused: Says what there is.
        """
        if self.scope not in SCOPES:
            raise SelectionRefused(f"no scope {self.scope!r}; there are {', '.join(SCOPES)}")
        wrong = [kind for kind in self.kinds if not _KIND.fullmatch(kind)]
        wrong += [level for level in self.levels if level not in LEVEL]
        if wrong:
            raise SelectionRefused(f"no kind or level {wrong[0]!r}; levels are {', '.join(LEVEL)}")
        if self.region and not _REGION.fullmatch(self.region):
            raise SelectionRefused(f"no region code {self.region!r}; it has six digits, or nine")
        if not FIRST_YEAR <= self.first_year <= self.last_year <= 9999:
            raise SelectionRefused(
                f"no years {self.first_year}-{self.last_year}; panels begin with {FIRST_YEAR} "
                "(reports of before have no figures in one form)"
            )

    @property
    def where(self) -> str:
        """SQL about an agency `a`: whether it is asked for."""
        parts = []
        if self.kinds:
            parts.append(f"a.kind IN ({_quoted(self.kinds)})")
        if self.levels:
            parts.append(f"a.level IN ({_quoted(self.levels)})")
        if self.region:
            begins = f"GLOB '{stem(self.region)}*'"
            parts.append(
                f"(a.region_code {begins} OR EXISTS (SELECT 1 FROM regions g "
                f"WHERE g.region_code = a.region_code AND g.code_2020 {begins}))"
            )
        return " AND ".join(parts) or "1"

    @property
    def years(self) -> str:
        """SQL's other side of a report year: the years asked for."""
        return f"BETWEEN {self.first_year} AND {self.last_year}"

    def has(self, scope: str) -> str:
        """SQL: whether rows of a scope are asked for.

        Args:
            scope: SQL of it.
        """
        return "1" if self.scope == ALL else f"{scope} = '{self.scope}'"

    def said(self) -> dict[str, object]:
        """For `selection.json`."""
        return asdict(self)


def years_of(text: str) -> tuple[int, int]:
    """Years as a person writes them.

    >>> years_of("2019-2024"), years_of("2021"), years_of("2021–2022")
    ((2019, 2024), (2021, 2021), (2021, 2022))

    Raises:
        SelectionRefused: They are none.
    """
    found = re.fullmatch(r"(\d{4})(?:\s*[-–—]\s*(\d{4}))?", text.strip())
    if not found:
        raise SelectionRefused(f"no years {text!r}; write 2019-2024, or one year")
    return int(found[1]), int(found[2] or found[1])


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
