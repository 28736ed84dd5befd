"""dataverse.json: the citation block that Dataverse's native API takes for a new dataset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..release.files.words import AUTHOR
from ..schema.licence import LICENCE_TEXT
from . import words
from .facts import Facts

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
Field = dict[str, Any]


def mail_of(facts: Facts) -> str:
    """The operator's mail address, or "": Dataverse takes no dataset without one."""
    found = _MAIL.search(facts.operator.get("contact", ""))
    return found[0] if found else ""


def dataverse(facts: Facts) -> dict[str, Any]:
    """The body of `POST /api/dataverses/<collection>/datasets`.

    Without a mail address of the operator the field `datasetContact` is missing.
    """
    mail = mail_of(facts)
    fields = [
        _one("title", f"{words.title(facts)} / {words.title_en(facts)}"),
        _many(
            "otherId",
            [
                {"otherIdAgency": "nianbao release", "otherIdValue": facts.release},
                {"otherIdAgency": "SHA-256", "otherIdValue": str(facts.manifest["content_hash"])},
            ],
        ),
        _many("author", [{"authorName": AUTHOR}]),
        _many(
            "datasetContact",
            [{"datasetContactName": _name(facts), "datasetContactEmail": mail}] if mail else [],
        ),
        _many(
            "dsDescription",
            [
                {"dsDescriptionValue": text, "dsDescriptionDate": facts.day}
                for text in (words.abstract(facts), words.abstract_en(facts))
            ],
        ),
        _listed("subject", ["Social Sciences", "Law"], "controlledVocabulary"),
        _many("keyword", [{"keywordValue": word} for word, _ in words.keywords(facts)]),
        _one("notesText", f"{words.methods_en(facts)} {LICENCE_TEXT}"),
        _listed("language", ["Chinese"], "controlledVocabulary"),
        *_periods(facts),
        _listed("kindOfData", ["administrative records", "text"], "primitive"),
    ]
    return {
        "datasetVersion": {
            "license": {
                "name": "CC BY 4.0",
                "uri": "http://creativecommons.org/licenses/by/4.0",
            },
            "metadataBlocks": {
                "citation": {
                    "displayName": "Citation Metadata",
                    "fields": [field for field in fields if field["value"]],
                }
            },
        }
    }


def _name(facts: Facts) -> str:
    return facts.operator.get("name") or AUTHOR


def _periods(facts: Facts) -> list[Field]:
    found = []
    if facts.years[0]:
        first, last = facts.years
        row = {"timePeriodCoveredStart": first, "timePeriodCoveredEnd": last}
        found.append(_many("timePeriodCovered", [row]))
    if facts.captured[0]:
        first, last = facts.captured
        row = {"dateOfCollectionStart": first, "dateOfCollectionEnd": last}
        found.append(_many("dateOfCollection", [row]))
    return found


def _one(name: str, value: str) -> Field:
    return {"typeName": name, "multiple": False, "typeClass": "primitive", "value": value}


def _listed(name: str, values: list[str], kind: str) -> Field:
    return {"typeName": name, "multiple": True, "typeClass": kind, "value": values}


def _many(name: str, rows: Iterable[Mapping[str, str]]) -> Field:
    value = [{key: _one(key, text) for key, text in row.items()} for row in rows]
    return {"typeName": name, "multiple": True, "typeClass": "compound", "value": value}
