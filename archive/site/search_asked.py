"""What the search page was asked: its parameters, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from archive.search import Question, words
from archive.site import search_queries
from archive.site.answers import ask
from archive.site.queries import Row
from archive.site.search_queries import Choices
from archive.site.words import SCOPE

#: Characters and words of a question.
LONGEST, MOST_WORDS = 100, 10
#: What a question may be limited by, in the order of the form: as pages and as programs say it.
FILTERS = {"nian": "year", "diqu": "region", "lei": "kind", "fanwei": "scope", "jg": "agency"}
#: The same, and after which hit the page begins.
NAMES = {**FILTERS, "qian": "after"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came: what was typed, and what of it is understood.

    Attributes:
        given: The parameters, without spaces around.
        question: What is searched; None if nothing can be.
        wrong: A sentence that says why not, or "".
        regions: Those that `diqu` names.
        agency: Name of the agency that `jg` names, or "".
    """

    given: dict[str, str]
    question: Question | None
    wrong: str = ""
    regions: tuple[Row, ...] = ()
    agency: str = ""


def path(given: dict[str, str], **changed: object) -> str:
    """The query string of another search: the given parameters, some of them changed."""
    kept = {**given, **{name: str(value) for name, value in changed.items()}}
    return urlencode({name: value for name, value in kept.items() if value})


async def read(datasette: Any, request: Any, choices: Choices) -> Asked:
    """What a request asks; names of places and agencies are looked up."""
    args = request.args
    given = {name: args.get(name) or args.get(alias) or "" for name, alias in NAMES.items()}
    given = {name: value.strip() for name, value in {"q": args.get("q") or "", **given}.items()}
    agency = ""
    if given["jg"]:
        named = await ask(datasette, lambda conn: search_queries.agency_name(conn, given["jg"]))
        if named is None:
            return Asked(given, None, "没有这个机关")
        agency = named
    wrong = _wrong(given, choices) or ("" if "text" in datasette.databases else NO_TEXT)
    if wrong:
        return Asked(given, None, wrong, agency=agency)
    regions: list[Row] = []
    if given["diqu"]:
        regions = await ask(datasette, lambda conn: search_queries.regions(conn, given["diqu"]))
        wrong = _wrong_region(regions)
        if wrong:
            return Asked(given, None, wrong, agency=agency)
    question = Question(
        text=given["q"],
        year=int(given["nian"]) if given["nian"] else None,
        regions=tuple(str(row["region_code"]) for row in regions),
        kind=given["lei"],
        scope=given["fanwei"],
        agency=given["jg"],
        before=int(given["qian"]) if given["qian"] else None,
    )
    return Asked(given, question, "", tuple(regions), agency)


def _wrong_region(found: list[Row]) -> str:
    if not found:
        return "没有找到这个地区；请写全称、简称（如 南昌）或区划代码"
    if len(found) > search_queries.MOST_REGIONS:
        return "叫这个名称的地区过多；请写区划代码"
    return ""


NO_TEXT = "本版次没有正文数据库，无从检索"
EMPTY = "请写出要找的文字，一个字起都可以"


def _wrong(given: dict[str, str], choices: Choices) -> str:
    """Why a question cannot be searched, or ""."""
    question = given["q"]
    rules = (
        (not question, EMPTY),
        (len(question) > LONGEST, f"要找的文字过长；请缩短到 {LONGEST} 个字以内"),
        (len(words(question)) > MOST_WORDS, f"词过多；请减到 {MOST_WORDS} 个以内"),
        (not words(question), "只有标点或符号，无从检索；请写文字、字母或数字"),
        (given["nian"] and not _is_year(given["nian"]), "年度请写四位数字，如 2023"),
        (given["lei"] and given["lei"] not in choices.kinds, "没有这一类机关"),
        (given["fanwei"] and given["fanwei"] not in SCOPE, "范围请选本机关或汇总"),
        (given["qian"] and not _is_number(given["qian"]), "地址中的 qian 不是数字；请重新检索"),
    )
    return next((sentence for is_so, sentence in rules if is_so), "")


def _is_year(text: str) -> bool:
    return _is_number(text) and len(text) == 4


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
