"""zenodo.json: what Zenodo's deposit API takes as a deposition's metadata."""

from __future__ import annotations

from html import escape
from typing import Any

from ..release.files.words import AUTHOR
from ..schema.licence import LICENCE, LICENCE_TEXT
from . import words
from .facts import Facts


def zenodo(facts: Facts) -> dict[str, Any]:
    """The body of a request: `{"metadata": …}`. The day of publication is left to Zenodo."""
    by_hand = [{"name": name, "type": "DataCurator"} for name in facts.credited]
    runs = facts.operator.get("name")
    found: dict[str, Any] = {
        "upload_type": "dataset",
        "title": f"{words.title(facts)} / {words.title_en(facts)}",
        "creators": [{"name": AUTHOR}],
        "contributors": [*([{"name": runs, "type": "DataCollector"}] if runs else []), *by_hand],
        "description": _html(words.abstract(facts), words.abstract_en(facts)),
        "method": _html(words.methods(facts), words.methods_en(facts)),
        "notes": _html(LICENCE_TEXT),
        "access_right": "open",
        "license": LICENCE["name"].lower(),
        "keywords": [word for word, _ in words.keywords(facts)],
        "language": "zho",
        "version": facts.release,
        "related_identifiers": _related(facts),
        "dates": _dates(facts),
    }
    if facts.doi:
        found["doi"] = facts.doi
    if not facts.fiction:
        found["locations"] = [{"place": "China"}]
    return {"metadata": {key: value for key, value in found.items() if value}}


def _html(*paragraphs: str) -> str:
    """Paragraphs as the HTML that Zenodo shows."""
    return "".join(f"<p>{escape(text)}</p>" for text in paragraphs)


def _related(facts: Facts) -> list[dict[str, str]]:
    given = ((facts.address, "isIdenticalTo"), (facts.doi_before, "isNewVersionOf"))
    return [
        {"identifier": identifier, "relation": relation, "resource_type": "dataset"}
        for identifier, relation in given
        if identifier
    ]


def _dates(facts: Facts) -> list[dict[str, str]]:
    first, last = facts.captured
    return [{"start": first, "end": last, "type": "Collected"}] if first else []
