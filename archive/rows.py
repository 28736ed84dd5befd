"""Rows of a release, made one report at a time: a country does not fit into memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from extract.forms import columns
from extract.legacy_outline import chapter_place
from extract.types import Figure, Finding, Report

from . import printed
from .bodies import Body
from .figures import Figures, names_of
from .histories import ReportHistory, Unread, Version
from .masking import masked_details
from .twins import is_mobile

Row = Mapping[str, Any]
#: Of a figure that is not a plain number: key, printed text, status, unit, flags.
Note = tuple[str, str | None, str, str | None, str | None]


def version_id(history: ReportHistory, version: Version) -> str:
    """Permanent id of a version."""
    return f"{history.report_id}.v{version.number}"


def version_row(history: ReportHistory, version: Version) -> Row:
    """A version's row."""
    report = version.report
    return {
        "version_id": version_id(history, version),
        "report_id": history.report_id,
        "number": version.number,
        "status": report.status,
        "title": report.title,
        "title_derived": report.title_derived,
        "published": report.published,
        "signed": report.signed,
        "format": report.kind or None,
        "form": report.form,
        "form_t2": report.forms.get("t2"),
        "form_t3": report.forms.get("t3"),
        "url": url_of(version),
        "flags": " ".join((*report.flags, *version.flags)) or None,
        "pictures": version.pictures,
        # Of what is published: of the words themselves they would let a guess be confirmed.
        "text_sha256": version.public[0],
        "figures_sha256": version.public[1],
    }


def report_row(history: ReportHistory, read: Report) -> Row:
    """The row of a report; `read` is the whole reading of its current version."""
    version, agency = history.current, history.agency
    report, statuses = version.report, [finding.status for finding in read.findings]
    return {
        "report_id": history.report_id,
        "agency_id": agency.agency_id,
        "agency": agency.name,
        "region_code": agency.region_code,
        "region_name": agency.region_name,
        "kind": agency.kind,
        "scope": agency.scope,
        "year": history.year,
        "status": report.status,
        "form": report.form,
        "title": report.title,
        "title_derived": report.title_derived,
        "published": report.published,
        "published_source": _published_source(report),
        "signed": report.signed,
        "flags": " ".join((*report.flags, *version.flags)) or None,
        "version_id": version_id(history, version),
        "url": url_of(version),
        "portal": _newest(version)["portal"],
        "failed": statuses.count("fail"),
        "uncertain": statuses.count("uncertain"),
        "not_assessable": statuses.count("not_assessable"),
        "passed": report.passes,
    }


def _published_source(report: Report) -> str | None:
    """Where the page prints its date of publication: a label, a tag, a line of its own."""
    found = report.evidence.get("published", ())
    return found[0].source if report.published and found else None


def url_of(version: Version) -> str:
    """Where a version was obtained: the address that gave it last, no copy's for phones."""
    return str(_newest(version)["url"])


def _newest(version: Version) -> Mapping[str, Any]:

    def rank(body: Body) -> tuple[int, bool, tuple[str, str, str]]:
        return -body.recency, not is_mobile(body.url), body.order

    speaking = version.speaking
    # Of most there is one, and it takes longer to rank it than all the rest of a row.
    return speaking[0].capture if len(speaking) == 1 else max(speaking, key=rank).capture


def source_rows(history: ReportHistory, version: Version) -> Iterator[Row]:
    """One row an address and body that gave this version."""
    for body in version.sources:
        capture, absence = body.capture, version.absences[body.url]
        yield {
            "version_id": version_id(history, version),
            "url": capture["url"],
            "sha256": capture["sha256"],
            "portal": capture["portal"],
            "role": capture["role"],
            "listing": capture["listing"] or None,
            "list_title": capture["list_title"] or None,
            "list_date": capture["list_date"] or None,
            "http_status": capture["status"],
            "content_type": capture["content_type"] or None,
            "bytes": capture["bytes"],
            "captured_at": capture["fetched_at"],
            "last_seen": body.last_seen,
            "gone_since": absence.gone_since,
            "unlisted_since": absence.unlisted_since,
            "record_id": capture["record_id"],
            "warc_file": capture["warc_file"],
            "warc_offset": capture["warc_offset"],
        }


def figures_row(identity: str, figures: Sequence[Figure]) -> Row:
    """The wide row of a version's figures."""
    return dict(zip(("version_id", *columns()), figure_values(identity, figures), strict=True))


def figure_values(identity: str, figures: Sequence[Figure]) -> tuple[Any, ...]:
    """The values of the wide row of a version's figures."""
    found = Figures.of(figures)
    return (identity, *_in_order(found.names.text)([*found.value, None]))


@lru_cache(maxsize=256)
def _in_order(names: str) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Puts the values of figures in the order of their columns; the last is for all others."""
    keys = names_of(names).keys
    known = {key: place for place, key in enumerate(keys)}
    if known.keys() - columns().keys():
        raise ValueError(f"{sorted(known.keys() - columns().keys())} are columns of no form")
    return itemgetter(*[known.get(key, len(keys)) for key in columns()])


def note_rows(identity: str, figures: Sequence[Figure]) -> Iterator[Row]:
    """One row a figure that is not a plain number, however it is printed."""
    names = ("figure", "printed", "status", "unit", "flags")
    for note in notes(figures):
        yield {"version_id": identity, **dict(zip(names, note, strict=True))}


def notes(figures: Sequence[Figure]) -> Iterator[Note]:
    """What is noted of a version's figures, in their order."""
    found = Figures.of(figures)
    noted = found.noted
    if not noted:
        return
    keys, texts, flags = found.keys, found.printed, found.flags
    for place, status, unit in noted:
        said = " ".join(flags[place]) if place in flags else None
        yield keys[place], texts[place], status, unit, said or None


def finding_rows(identity: str, read: Report) -> Iterator[Row]:
    """One row a check that did not pass."""
    for number, finding in enumerate(read.findings, 1):
        yield finding_row(identity, number, finding)


def finding_row(identity: str, number: int, finding: Finding) -> Row:
    """The row of a version's finding."""
    return {
        "version_id": identity,
        "number": number,
        "check": finding.check,
        "status": finding.status,
        "left": finding.left,
        "right": finding.right,
        "figures": _keys(finding.figures),
        "sentence": finding.sentence,
        "sentence_en": finding.sentence_en,
        "reading": finding.reading,
        "related": finding.related or None,
    }


@lru_cache(maxsize=1024)
def _keys(figures: tuple[str, ...]) -> str:
    """Keys of figures as JSON: a check names the same in every report."""
    return json.dumps(figures)


def fact_rows(identity: str, read: Report) -> Iterator[Row]:
    """One row a number that the prose states."""
    for number, fact in enumerate(read.facts, 1):
        yield {
            "version_id": identity,
            "number": number,
            "fact": fact.code,
            "value": fact.value,
            "unit": fact.unit or None,
            "part": fact.part,
            "channel": fact.channel or None,
            "chapter": fact.chapter,
            "start": fact.start,
            "end": fact.end,
            "quote": fact.quote,
            "flags": " ".join(fact.flags) or None,
        }


def year_rows(agencies: Iterable[Row]) -> list[Row]:
    """The years of `coverage`: every one between the first and the last report's."""
    years = [row[name] for row in agencies for name in ("first_year", "last_year")]
    return [{"year": year} for year in range(min(years), max(years) + 1)] if years else []


def unread_rows(unread: Iterable[Unread]) -> list[Row]:
    """Captured candidates that are no report here."""
    rows = [
        {
            "url": each.body.capture["url"],
            "sha256": each.body.capture["sha256"],
            "portal": each.body.capture["portal"],
            "list_title": each.body.capture["list_title"] or None,
            "reason": each.reason,
            "detail": each.detail,
        }
        for each in unread
    ]
    return sorted(rows, key=lambda row: (str(row["url"]), str(row["sha256"])))


def left_out_rows(left_out: Mapping[str, set[str]]) -> list[Row]:
    """One row a portal: how many documents are no reports, and nobody said they were."""
    return [{"portal": portal, "documents": len(left_out[portal])} for portal in sorted(left_out)]


def chapter_rows(identity: str, read: Report) -> Iterator[Row]:
    """One row a chapter that has text or a heading of its own, in order."""
    names = ("chapter", "position", "heading", "text")
    for values in chapters(read):
        yield {"version_id": identity, **dict(zip(names, values, strict=True))}


def chapters(read: Report) -> Iterator[tuple[str, int, str | None, str]]:
    """Of each chapter that has text or a heading of its own: number, place, heading, text."""
    numbers = _in_place((*read.chapters, *read.headings))
    for position, number in enumerate(numbers, 1):
        yield number, position, read.headings.get(number), read.chapters.get(number, "")


@lru_cache(maxsize=1024)
def _in_place(numbers: tuple[str, ...]) -> list[str]:
    """Numbers of chapters, each once, in order."""
    return sorted(set(numbers), key=chapter_place)


def grid_rows(identity: str, read: Report) -> Iterator[Row]:
    """One row a raw table of a legacy report."""
    for number, grid in enumerate(read.grids, 1):
        rows = json.dumps(grid, ensure_ascii=False, separators=(",", ":"))
        yield {"version_id": identity, "number": number, "rows": rows}


def leftover_rows(identity: str, read: Report) -> Iterator[Row]:
    """One row a number inside a recognised table that no figure took."""
    for number, cell in enumerate(read.leftovers, 1):
        yield {"version_id": identity, "number": number, "printed": cell.text, "place": cell.place}


def locator_row(identity: str, sha256: str, figures: Sequence[Figure]) -> Row:
    """The places of a version's figures in the one body that they were read from."""
    return {"version_id": identity, "sha256": sha256, "places": printed.pack_places(figures)}


def detail_row(identity: str, version: Version) -> Row:
    """What a version's reading rests on."""
    return {"version_id": identity, "said": printed.pack_details(masked_details(version.report))}
