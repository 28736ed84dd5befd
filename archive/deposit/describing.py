"""Descriptions of a deposit's files for machines, among these files: Data Package, RO-Crate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..release.files.words import AUTHOR
from ..release.sums import SUMS
from ..schema.licence import LICENCE
from . import words
from .facts import Facts
from .parts import Part

PACKAGE, CRATE = "datapackage.json", "ro-crate-metadata.json"


def package(facts: Facts, parts: Sequence[Part]) -> dict[str, Any]:
    """datapackage.json: the flat files. The tables are described in the ZIPs."""
    return {
        "profile": "data-package",
        "name": "nianbao",
        "id": f"nianbao-{facts.release}",
        "title": f"{words.title(facts)} / {words.title_en(facts)}",
        "description": f"{words.abstract(facts)}\n\n{words.abstract_en(facts)}",
        "version": facts.release,
        "created": facts.manifest["built_at"],
        "licenses": [LICENCE],
        "contributors": [
            {"title": AUTHOR, "role": "author"},
            *({"title": name, "role": "contributor"} for name in facts.credited),
        ],
        "contentHash": facts.manifest["content_hash"],
        "resources": [
            {
                "name": each.name.lower().replace(".", "-"),
                "path": each.name,
                "mediatype": each.media,
                "description": f"{each.text} / {each.text_en}",
                "bytes": each.size,
                "hash": f"sha256:{each.sha256}",
            }
            for each in parts
        ],
    }


def crate(facts: Facts, parts: Sequence[Part]) -> dict[str, Any]:
    """ro-crate-metadata.json, RO-Crate 1.1: it must lie beside the files that it describes."""
    version = {"@id": "https://w3id.org/ro/crate/1.1"}
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{words.title(facts)} / {words.title_en(facts)}",
        "description": f"{words.abstract(facts)}\n\n{words.abstract_en(facts)}",
        "datePublished": facts.day,
        "dateCreated": facts.day,
        "license": {"@id": LICENCE["path"]},
        "author": {"@id": "#nianbao"},
        "version": facts.release,
        "inLanguage": ["zh", "en"],
        "keywords": ", ".join(word for word, _ in words.keywords(facts)),
        "identifier": f"https://doi.org/{facts.doi}" if facts.doi else facts.release,
        "hasPart": [{"@id": each.name} for each in parts] + [{"@id": SUMS}],
    }
    if facts.years[0]:
        root["temporalCoverage"] = "/".join(facts.years)
    if facts.address:
        root["url"] = facts.address
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {
                "@id": CRATE,
                "@type": "CreativeWork",
                "conformsTo": version,
                "about": {"@id": "./"},
            },
            root,
            {"@id": "#nianbao", "@type": "Organization", "name": AUTHOR},
            {"@id": LICENCE["path"], "@type": "CreativeWork", "name": LICENCE["title"]},
            *(_file(each) for each in parts),
            {"@id": SUMS, "@type": "File", "name": SUMS, "encodingFormat": "text/plain"},
        ],
    }


def _file(each: Part) -> dict[str, str]:
    return {
        "@id": each.name,
        "@type": "File",
        "name": each.name,
        "description": f"{each.text} / {each.text_en}",
        "contentSize": str(each.size),
        "encodingFormat": each.media,
    }
