"""The home region of a portal, as its registry entry says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from .gazetteer import Gazetteer, Place

_TOWN_DIGITS = 9
#: With which word alone a home's agencies are named: 区财政局, 自治区卫生健康委.
_ALONE = (
    ("自治区", ("自治区",)),  # its 区财政局 is some district's
    ("自治州", ("自治州", "州")),
    ("自治县", ("自治县", "县")),
    ("自治旗", ("自治旗", "旗")),
    ("新区", ("新区", "区")),
    *((word, (word,)) for word in ("街道", "苏木", *"省市区县旗盟镇乡")),
)


@dataclass(frozen=True, slots=True)
class Home:
    """The region of a portal's agencies.

    Attributes:
        place: The region, named as the registry names it.
        parts: Its name after those above it, as the registry writes them.
    """

    place: Place
    parts: tuple[str, ...]

    def names(self) -> Iterator[str]:
        """Its name after all, some or none of those above it."""
        for start in range(len(self.parts)):
            yield "".join(self.parts[start:])

    def alone(self) -> Iterator[str]:
        """Words that mean it in its own agencies' names: 区, and 州 for a 自治州."""
        yield from next((words for end, words in _ALONE if self.place.name.endswith(end)), ())


def home_of(entry: Mapping[str, object], gazetteer: Gazetteer, year: int | None) -> Home | None:
    """The home region that a registry entry names, with its code in the report's year.

    A county that became a district has another code since; a report keeps the one that was
    valid in its year. The registry's code stands where the year's is not certain.

    Args:
        entry: `region` and `region_name`, its parts with blanks between them: 江西省 景德镇市
            cannot be told apart by its letters.
        gazetteer: The regions.
        year: The report's year.
    """
    return _home(str(entry.get("region", "")), str(entry.get("region_name", "")), gazetteer, year)


@lru_cache(maxsize=1024)
def _home(code: str, name: str, gazetteer: Gazetteer, year: int | None) -> Home | None:
    parts = tuple(name.split())
    if not code or not parts:
        return None
    if len(code) == 12 and code.endswith("000"):  # statistics write towns so
        code = code[:_TOWN_DIGITS]
    told = Place(code, parts[-1], "".join(parts), level_of(code))
    known = gazetteer.of(gazetteer.era(code, year), year) or gazetteer.of(code, None)
    if known is None:
        return Home(told, parts)
    if known.code == code:
        known = replace(known, name=parts[-1], full="".join(parts))
    return Home(known, parts)


def level_of(code: str) -> str:
    """The level that a code's own digits tell."""
    if len(code) == _TOWN_DIGITS:
        return "township"
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"
