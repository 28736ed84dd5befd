"""datacite.json: the metadata of a DOI after DataCite's schema 4.5, as its REST API takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..release.files.words import AUTHOR
from ..schema.licence import LICENCE
from . import words
from .facts import Facts
from .parts import Part

#: What the schema gives for “to be announced”: the repository is the publisher.
TO_BE_SAID = ":tba"


def datacite(facts: Facts, parts: Sequence[Part]) -> dict[str, Any]:
    """The metadata; there is no DOI in them unless one was given already.

    Args:
        facts: What is known of the release.
        parts: The files of the deposit.
    """
    found: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "creators": [{"name": AUTHOR, "nameType": "Organizational"}],
        "titles": [
            {"title": words.title(facts), "lang": "zh"},
            {"title": words.title_en(facts), "lang": "en", "titleType": "TranslatedTitle"},
        ],
        "publisher": {"name": TO_BE_SAID},
        "publicationYear": facts.day[:4],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
        "subjects": [{"subject": word, "lang": lang} for word, lang in words.keywords(facts)],
        "contributors": _contributors(facts),
        "dates": _dates(facts),
        "language": "zh",
        "alternateIdentifiers": [
            {"alternateIdentifier": facts.release, "alternateIdentifierType": "nianbao release"},
            {
                "alternateIdentifier": f"sha256:{facts.manifest['content_hash']}",
                "alternateIdentifierType": "content hash",
            },
        ],
        "relatedIdentifiers": _related(facts),
        "sizes": [
            f"{sum(each.size for each in parts)} bytes",
            f"{len(parts)} files",
            f"{facts.counts.get('reports', 0)} reports",
        ],
        "formats": sorted({each.media for each in parts}),
        "version": facts.release,
        "rightsList": [
            {
                "rights": LICENCE["title"],
                "rightsUri": LICENCE["path"],
                "rightsIdentifier": LICENCE["name"],
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
                "lang": "en",
            }
        ],
        "descriptions": [
            {"description": words.abstract(facts), "descriptionType": "Abstract", "lang": "zh"},
            {"description": words.abstract_en(facts), "descriptionType": "Abstract", "lang": "en"},
            {"description": words.methods(facts), "descriptionType": "Methods", "lang": "zh"},
            {"description": words.methods_en(facts), "descriptionType": "Methods", "lang": "en"},
        ],
    }
    if facts.doi:
        found["doi"] = facts.doi
    if not facts.fiction:  # of an invented country there is no place
        found["geoLocations"] = [{"geoLocationPlace": "China"}]
    return {key: value for key, value in found.items() if value}


def _contributors(facts: Facts) -> list[dict[str, str]]:
    runs = facts.operator.get("name")
    who = [{"name": runs, "nameType": "Organizational", "contributorType": "DataCollector"}]
    by_hand = [{"name": name, "contributorType": "DataCurator"} for name in facts.credited]
    return [*(who if runs else []), *by_hand]  # type: ignore[list-item]  # the name is there


def _dates(facts: Facts) -> list[dict[str, str]]:
    dates = [{"date": facts.day, "dateType": "Created"}]
    if facts.captured[0]:
        dates.append({"date": "/".join(facts.captured), "dateType": "Collected"})
    if facts.years[0]:
        said = {"dateType": "Other", "dateInformation": "years that the reports are about"}
        dates.append({"date": "/".join(facts.years), **said})
    return dates


def _related(facts: Facts) -> list[dict[str, str]]:
    related = []
    if facts.address:
        related.append(_relation(facts.address, "URL", "IsIdenticalTo"))
    if facts.doi_before:
        related.append(_relation(facts.doi_before, "DOI", "IsNewVersionOf"))
    return related


def _relation(identifier: str, kind: str, relation: str) -> dict[str, str]:
    return {
        "relatedIdentifier": identifier,
        "relatedIdentifierType": kind,
        "relationType": relation,
    }
