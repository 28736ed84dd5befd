"""Scope: whether a report counts one body's requests or a whole government's (§4.3).

An `own` and an `aggregate` report must never be added, so doubt is `unknown`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from .labels import flat
from .types import Evidence

_TOWN = re.compile(r"(?:镇|乡|苏木)(?:人民政府)?$|街道(?:办事处|办)?$")
#: A government's office reports on itself, whatever it collects besides.
_OFFICE = re.compile(
    r"(?:[局委办厅署院部]|委员会|办公[室厅]|管委会|中心|公司|大队|支队|总队|分局|税务|海关|站|所|社)$"
)
_GOVERNMENT = re.compile(r"(?:自治区|自治州|[省市区县旗盟州])人民政府$")
_PLACE = re.compile(r"(?:自治区|自治州|[省市区县旗盟州])$")
#: No region of its own as a rule: its name alone may be its administration's or its whole.
#: 清新区, 下花园区 and 梁园区 are districts.
_ZONE = re.compile(
    r"(?:开发区|(?:工业|产业|科技|农业|化工|物流|创意|示范)园区|高新区|经开区|保税区|保税港区|示范区|试验区"
    r"|实验区|合作区|管理区|度假区|景区|名胜区|集聚区|聚集区|(?<!清)新区)$"
)
_MEMBERS = r"(?:县|区|市|州|旗|乡镇|镇|乡|街道|部门|单位|委|局|办|行政机关)"
_COLLECTED = re.compile(
    rf"(?:汇总|综合|汇集)[^。]{{0,30}}?各{_MEMBERS}|各[^。,]{{0,40}}?{_MEMBERS}[^。]{{0,30}}?(?:汇总|综合)"
)
_WHOLE = re.compile(
    r"全(?:省|市|区|县|州|旗|盟|自治区)[^。]{0,12}?(?:各级|各部门|各单位|行政机关|政府系统|各[县区乡镇])"
    r"|(?:本|我)(?:省|市|区|县|州|旗|盟)[^。]{0,6}?各级"
    r"|各级(?:人民政府|行政机关|政府)及其(?:工作)?部门"
)
_WE = re.compile(
    r"(?:我|本)(?:局|委(?!托)|厅|办(?!理|法|事)|院(?!内)|镇|乡|街道|中心|单位|机关|分局|署)"
)
_TERRITORY = re.compile(r"我(?:省|市|区|县|州|旗|盟)|全(?:省|市|区|县|州|旗|盟)")
#: How often chapter one must say it before it speaks for the whole report.
_OFTEN = 2


def scope_of_name(name: str) -> str:
    """What an agency's name alone says.

    >>> scope_of_name("示例市人民政府办公室"), scope_of_name("示例市人民政府")
    ('own', 'aggregate')
    >>> scope_of_name("示例镇人民政府"), scope_of_name("示例系统")
    ('own', 'unknown')
    >>> scope_of_name("示例经济开发区")
    'unknown'
    """
    text = re.sub(r"\([^()]*\)$", "", flat(name))
    if _TOWN.search(text):
        return "own"
    if _ZONE.search(text):
        return "unknown"
    if _GOVERNMENT.search(text) or _PLACE.search(text):
        return "aggregate"
    return "own" if _OFFICE.search(text) else "unknown"


def read_scope(
    agency: str | None, preamble: Sequence[str], first: str
) -> tuple[str, tuple[Evidence, ...]]:
    """The scope, and what speaks for it.

    Args:
        agency: The agency's name, or None.
        preamble: Texts before chapter one.
        first: Text of chapter one.

    Returns:
        `own`, `aggregate` or `unknown` (nothing speaks, or both sides weigh the same),
        and each sign with its weight.
    """
    found = list(_signs(agency, flat("。".join(preamble)), flat(first)))
    return elect_scope(found), tuple(found)


def name_sign(agency: str | None) -> list[Evidence]:
    """What an agency's name says, as evidence; [] where it says nothing."""
    named = scope_of_name(agency) if agency else "unknown"
    if named == "unknown":
        return []
    # A government's name may stand for its office; a department's for itself alone.
    return [Evidence("name", named, 3 if named == "own" else 2)]


def _signs(agency: str | None, preamble: str, first: str) -> Iterable[Evidence]:
    name = name_sign(agency)
    yield from name
    # The statutory basis (《…》) speaks of all agencies of the country.
    preamble = re.sub(r"《[^》]*》", "", preamble)
    if _COLLECTED.search(preamble):
        yield Evidence("preamble collected", "aggregate", 3)
    if _WHOLE.search(preamble):
        yield Evidence("preamble territory", "aggregate", 2)
    if _WE.search(preamble):
        yield Evidence("preamble we", "own", 1)
    ours, whole = len(_WE.findall(first)), len(_TERRITORY.findall(first))
    if ours >= _OFTEN and ours > whole:
        yield Evidence("chapter one we", "own", 1)
    if whole >= _OFTEN and not ours and not any(sign.value == "own" for sign in name):
        yield Evidence("chapter one territory", "aggregate", 1)


def elect_scope(signs: Iterable[Evidence]) -> str:
    """The side with the most weight; `unknown` where both weigh the same."""
    weights: Counter[str] = Counter()
    for sign in signs:
        weights[sign.value] += sign.weight
    own, aggregate = weights["own"], weights["aggregate"]
    if own == aggregate:
        return "unknown"
    return "own" if own > aggregate else "aggregate"
