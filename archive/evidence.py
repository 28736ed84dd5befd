"""Year, agency and scope of a report from all that the build knows, its own bytes first."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from extract.dates import find_date
from extract.headline import (
    agency_of_title,
    derived_title,
    elect,
    elect_agency,
    report_year_in,
    year_flags,
    year_published,
)
from extract.labels import flat
from extract.scope import elect_scope, name_sign
from extract.types import Evidence, Report

from .ledger import Ledger
from .report_copies import replaced

_FOLDER_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?!\d)")
#: What the build adds to a page's evidence; an attachment has a list date and address itself.
_OF_PLACE = frozenset({"list_date", "address"})
#: So many titles, dates and names are kept with what they say: a portal repeats its own.
_KEPT = 4096
_year_in = lru_cache(maxsize=_KEPT)(report_year_in)
_day_in = lru_cache(maxsize=_KEPT)(find_date)


@lru_cache(maxsize=_KEPT)
def _signs_of(agency: str | None) -> tuple[Evidence, ...]:
    return tuple(name_sign(agency))


def entries(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """Newest registry entry by portal."""
    rows = ledger.rows(
        "SELECT portal, entry FROM portals JOIN runs USING (run_id) ORDER BY started_at"
    )
    return {row["portal"]: json.loads(row["entry"]) for row in rows}


def with_build_evidence(
    report: Report, capture: Mapping[str, Any], entry: Mapping[str, Any]
) -> Report:
    """The report with year, agency and scope elected from all evidence, its own first.

    List title and list date join the vote on the year. The address is kept as evidence
    and has no vote: a folder's year may be the report's or the publication's. The
    registry names the agency only where the page does not.

    Args:
        report: What the bytes say.
        capture: The ledger's row of the capture.
        entry: The portal's registry entry.
    """
    years = list(report.evidence.get("year", ()))
    # A file that somebody saved may bear any number in its name.
    listed = _year_in(capture["list_title"]) if capture["role"] != "import" else None
    if listed:
        years.append(Evidence("list_title", str(listed), 2))
    dated = _day_in(capture["list_date"])
    if dated:
        years.append(Evidence("list_date", str(year_published(dated)), 1))
    for folder in _FOLDER_YEAR.findall(capture["url"].rpartition("/")[0])[-1:]:
        years.append(Evidence("address", folder, 0))
    agencies = list(report.evidence.get("agency", ()))
    if not elect_agency(agencies) and entry.get("agency"):
        agencies.append(Evidence("registry", flat(str(entry["agency"])), 1))
    year, agency = elect(years), report.agency or elect_agency(agencies)
    scopes = list(report.evidence.get("scope", ()))
    if agency != report.agency or not scopes:
        scopes = [*_signs_of(agency), *scopes]
    evidence = {"year": tuple(years), "agency": tuple(agencies), "scope": tuple(scopes)}
    own = tuple(flag for flag in report.flags if not flag.endswith("year_conflict"))
    changes = {
        "year": year,
        "agency": agency,
        "title_derived": None if report.title else derived_title(agency, year),
        "scope": elect_scope(scopes),
        "flags": (*year_flags(years, year, report.forms), *own),
        "evidence": {**report.evidence, **evidence},
    }
    return replaced(report, changes)


def linked(address: str, href: str) -> str:
    """The address that a page's link leads to; as printed where it is none."""
    try:
        return urljoin(address, href)
    except ValueError:  # “http://[” and the like
        return href


def by_list_title(status: str, capture: Mapping[str, Any], entry: Mapping[str, Any]) -> Report:
    """A report that only its title in a list tells of, for its bytes do not.

    Args:
        status: Why it was not read.
        capture: The ledger's row of the capture.
        entry: The portal's registry entry.
    """
    name = agency_of_title(capture["list_title"])
    named = (Evidence("list_title", name, 2),) if name else ()
    report = Report(status=status, agency=name, evidence={"agency": named}, kind="")
    return with_build_evidence(report, capture, entry)


def with_page(file: Report, link: str, page: Report, address: str) -> Report:
    """What a file says, completed by the article that links to it; the file's word counts more.

    Files print their agency and date less often than pages do. Files that the page links
    to are named by their whole addresses, for the version stands for both.

    Args:
        file: What the file says.
        link: Text of the link, which may name the year or the agency.
        page: What the article says, the build's evidence included.
        address: The article's address.
    """
    evidence = dict(file.evidence)
    told = any(vote.weight for vote in evidence.get("year", ())) or report_year_in(link)
    if not told:
        evidence["year"] = (*evidence.get("year", ()), *_of_page(page, "year"))
    agency = file.agency or agency_of_title(link)
    if agency is None:
        agency = page.agency
        evidence["agency"] = (*evidence.get("agency", ()), *_of_page(page, "agency"))
    elif file.agency is None:
        evidence["agency"] = (*evidence.get("agency", ()), Evidence("list_title", agency, 2))
    if file.published is None:
        evidence["published"] = (*evidence.get("published", ()), *_of_page(page, "published"))
    links = tuple((linked(address, href), text) for href, text in page.attachments)
    return replace(
        file,
        title=file.title or page.title,
        agency=agency,
        published=file.published or page.published,
        signed=file.signed or page.signed,
        attachments=tuple(dict.fromkeys((*links, *file.attachments))),
        evidence=evidence,
    )


def _of_page(page: Report, about: str) -> tuple[Evidence, ...]:
    found = page.evidence.get(about, ())
    return tuple(
        replace(piece, source=f"page:{piece.source}")
        for piece in found
        if piece.source not in _OF_PLACE
    )
