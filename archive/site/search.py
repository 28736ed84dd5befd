"""The search page, `/sousuo`, and the same for programs, `/sousuo.json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from datasette import Response

from archive.search import Found, Question, search, titles
from archive.search.asking import MOST_TITLES
from archive.search.names import Named
from archive.site import search_asked, search_queries
from archive.site.answers import View, ask, render
from archive.site.kept import kept
from archive.site.release import RELEASES
from archive.site.search_asked import FILTERS, LONGEST, NAMES, Asked, path
from archive.site.search_queries import Choices, Listed, Titled
from archive.site.words import CHAPTERS, SCOPE

PREFIX = "/sousuo"
#: Agencies and titles that stand above the hits.
AGENCIES, TITLES = 8, 6


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown of a search."""

    found: Found
    hits: tuple[Listed, ...] = ()
    agencies: tuple[Named, ...] = ()
    more_agencies: str = ""
    titles: tuple[Titled, ...] = ()
    within: tuple[tuple[Named, str], ...] = ()

    @property
    def counted(self) -> str:
        """How many chapters hold the question, as exactly as it is known."""
        number, most = len(self.found.hits), self.found.most
        if self.found.is_whole:
            return f"{number} 章"
        if self.found.is_exact and most is not None:
            return f"{most} 章"
        if most is None:
            return f"至少 {number} 章" if self.found.is_cut else f"{number} 章以上"
        return f"至少 {number} 章，至多 {most} 章"


async def page(datasette: Any, request: Any) -> Response:
    """`/sousuo?q=…&nian=…&diqu=…&lei=…`; `qian` goes on after a hit."""
    choices = await _choices(datasette)
    asked = await search_asked.read(datasette, request, choices)
    answer = None
    if asked.question:
        answer = await _answer(datasette, asked.question, asked.given, choices)
    context = {
        "asked": asked,
        "answer": answer,
        "choices": choices,
        "scopes": {code: SCOPE[code] for code in ("own", "aggregate")},
        "scope_words": SCOPE,
        "narrowed": {name: asked.given[name] for name in FILTERS if asked.given.get(name)},
        "next": _next(asked, answer),
        "path": path,
        "place": place,
        "chapter_name": chapter_name,
        "longest": LONGEST,
        "titles_shown": TITLES,
        "most_titles": MOST_TITLES,
    }
    status = 400 if asked.wrong and asked.given["q"] else 200
    return await render(datasette, request, "search.html", context, status)


async def as_json(datasette: Any, request: Any) -> Response:
    """`/sousuo.json`, with the parameters of the page, or the same in English (`NAMES`)."""
    choices = await _choices(datasette)
    asked = await search_asked.read(datasette, request, choices)
    if asked.question is None:
        return Response.json({"ok": False, "error": asked.wrong, "status": 400}, status=400)
    answer = await _answer(datasette, asked.question, asked.given, choices)
    following = ""
    if answer.found.after is not None:
        given = {**asked.given, "qian": str(answer.found.after)}
        following = path({NAMES.get(name, name): value for name, value in given.items()})
    return Response.json(
        {
            "ok": True,
            "release": RELEASES[datasette].name,
            "question": {NAMES.get(n, n): value for n, value in asked.given.items() if value},
            "regions": [{k: row[k] for k in ("region_code", "name")} for row in asked.regions],
            "at_least": len(answer.found.hits),
            "at_most": answer.found.most,
            "exact": answer.found.is_exact,
            "complete": answer.found.is_whole,
            "cut": answer.found.is_cut,
            "next": f"{PREFIX}.json?{following}" if following else None,
            "agencies": [_agency_json(each) for each in answer.agencies],
            "titles": [_title_json(each) for each in answer.titles],
            "hits": [_hit_json(each) for each in answer.hits],
        }
    )


def place(listed: Listed) -> str:
    """The address of a hit: its chapter on the report's page."""
    return f"/bg/{quote(str(listed.report['report_id']), safe='')}#{anchor(listed.hit.chapter)}"


def anchor(chapter: str) -> str:
    """The id of a chapter on a report's page, as an address says it."""
    return quote(f"zhang-{chapter}", safe="")


def chapter_name(listed: Listed) -> str:
    """A chapter as it is headed; those of the forms by their number where no heading is printed."""
    chapter = listed.hit.chapter
    if listed.hit.heading:
        return listed.hit.heading
    return f"{chapter}、{CHAPTERS[chapter]}" if chapter in CHAPTERS else chapter


def _next(asked: Asked, answer: Answer | None) -> str:
    if answer is None or answer.found.after is None:
        return ""
    return path(asked.given, qian=answer.found.after)


async def _choices(datasette: Any) -> Choices:
    found: Choices = await kept(datasette, "search choices", search_queries.choices)
    return found


async def _answer(
    datasette: Any, question: Question, given: dict[str, str], choices: Choices
) -> Answer:
    found = await ask(datasette, lambda conn: search(conn, question), "text")
    hits = await ask(datasette, lambda conn: search_queries.listed(conn, found.hits))
    if given["qian"]:
        return Answer(found, tuple(hits))
    versions = await ask(datasette, lambda conn: titles(conn, question), "text")
    told = await ask(datasette, lambda conn: search_queries.titled(conn, versions, given["q"]))
    if given["jg"]:
        return Answer(found, tuple(hits), titles=tuple(told))
    named, is_all = choices.names.find(given["q"], regions=question.regions, kind=question.kind)
    more = ""
    if len(named) > AGENCIES:
        more = f"{len(named)} 个" if is_all else f"{len(named)} 个以上"
    # A title that holds the question because the agency's name does says no more than that.
    ids = {each.agency_id for each in named}
    apart = tuple(each for each in told if each.report["agency_id"] not in ids)
    within = tuple(choices.names.within(given["q"]))
    return Answer(found, tuple(hits), tuple(named[:AGENCIES]), more, apart, within)


_OF_REPORT = (
    "report_id", "agency_id", "agency", "year", "region_code", "region_name", "kind", "scope"
)  # fmt: skip


def _agency_json(named: Named) -> dict[str, object]:
    return {
        "agency_id": named.agency_id,
        "name": named.name,
        "found_by": named.other or named.name,
        "region_name": named.region,
        "reports": named.reports,
        "url": f"/jg/{quote(named.agency_id, safe='')}",
    }


def _title_json(titled: Titled) -> dict[str, object]:
    url = f"/bg/{quote(str(titled.report['report_id']), safe='')}"
    return {**{name: titled.report[name] for name in (*_OF_REPORT, "title")}, "url": url}


def _hit_json(listed: Listed) -> dict[str, object]:
    hit = listed.hit
    return {
        **{name: listed.report[name] for name in _OF_REPORT},
        "version_id": hit.version_id,
        "chapter": hit.chapter,
        "heading": hit.heading,
        "snippet": "".join(text for text, _ in hit.pieces),
        "marked": [text for text, is_word in hit.pieces if is_word],
        "url": place(listed),
    }


ROUTES: list[tuple[str, View]] = [(r"^/sousuo$", page), (r"^/sousuo\.json$", as_json)]
