"""datapackage.json: the files of a release for machines (Frictionless Data Package)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...schema.licence import LICENCE, LICENCE_TEXT
from .fields import Field
from .words import AUTHOR, FILES, TITLE_EN, title
from .writing import Written

NAME = "datapackage.json"
_TYPES = {
    "text": "string",
    "code": "string",
    "integer": "integer",
    "number": "number",
    "date": "date",
    "time": "datetime",
    "figures": "string",
}
_MEDIA = {
    ".db": "application/vnd.sqlite3",
    ".csv": "text/csv",
    ".gz": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".md": "text/markdown",
    ".cff": "application/yaml",
}


def write_package(
    folder: Path,
    manifest: Mapping[str, Any],
    written: Sequence[Written],
    digests: Mapping[str, str],
    credited: Sequence[str] = (),
) -> None:
    """Write datapackage.json.

    Args:
        folder: The release's folder.
        manifest: The release's manifest.
        written: The tables that are there as CSV and Parquet.
        digests: SHA-256 of each file that it shall name.
        credited: Who corrected, entered or checked figures by hand.
    """
    tables = {each.csv: each for each in written} | {each.parquet: each for each in written}
    package = {
        "name": "nianbao",
        "id": f"nianbao-{manifest['release']}",
        "title": title(dict(manifest)),
        "description": f"{TITLE_EN}. {LICENCE_TEXT}",
        "version": manifest["release"],
        "created": manifest["built_at"],
        "licenses": [LICENCE],
        "contributors": [
            {"title": AUTHOR, "role": "author"},
            *({"title": name, "role": "contributor"} for name in credited),
        ],
        "sources": [
            {"title": "各行政机关网站所载政府信息公开工作年度报告；各份的地址见 csv/sources.csv"}
        ],
        "contentHash": manifest["content_hash"],
    }
    resources = [
        {
            **_about(folder, name, tables.get(name)),
            "bytes": (folder / name).stat().st_size,
            "hash": f"sha256:{digest}",
        }
        for name, digest in digests.items()
    ]
    # A resource a line: readable enough, and indenting takes Python's slow encoder.
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in resources)
    text = json.dumps(package, ensure_ascii=False).removesuffix("}")
    (folder / NAME).write_text(f'{text},\n"resources": [\n{lines}\n]}}\n', "utf-8")


def _about(folder: Path, name: str, written: Written | None) -> dict[str, Any]:
    path = folder / name
    about: dict[str, Any] = {
        "name": name.lower().replace("/", "-").replace("_", "-").replace(".", "-"),
        "path": name,
        "format": path.name.partition(".")[2].removesuffix(".gz"),
        "mediatype": _MEDIA[path.suffix],
    }
    if written is None:
        return {**about, "type": "file", "description": FILES[name]}
    about |= {"title": written.table.title, "description": written.table.text}
    if name != written.csv:
        # Its schema is in the file; the package describes the same columns at its CSV.
        return {**about, "type": "file"}
    return {
        **about,
        "type": "table",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "doubleQuote": True, "lineTerminator": "\r\n"},
        "schema": {
            "fields": [_field(field) for field in written.table.fields],
            "primaryKey": [
                f.header for k in written.table.key for f in written.table.fields if f.name == k
            ],
            "missingValues": [""],
        },
    }


def _field(field: Field) -> dict[str, Any]:
    said = {
        "name": field.header,
        "type": _TYPES[field.kind],
        "title": field.name,
        "description": field.text,
        "unit": field.unit,
        "basis": field.basis,
        "forms": field.forms,
    }
    return {name: value for name, value in said.items() if value}
