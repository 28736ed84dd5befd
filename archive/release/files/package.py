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
    ".json": "application/json",
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
    tables = {path: each for each in written for path in each.files}
    sources = next((each.csv for each in written if each.table.name == "sources"), "")
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
            {"title": f"各行政机关网站所载政府信息公开工作年度报告；各份的地址见 {sources}"}
        ],
        "contentHash": manifest["content_hash"],
    }
    resources = []
    for name, digest in digests.items():
        each = tables.get(name)
        if each and name in each.parts:
            if name == each.parts[0]:
                resources.append(_in_parts(folder, each, digests))
            continue
        about = _about(folder, name, each)
        size = (folder / name).stat().st_size
        resources.append({**about, "bytes": size, "hash": f"sha256:{digest}"})
    # A resource a line: readable enough, and indenting takes Python's slow encoder.
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in resources)
    text = json.dumps(package, ensure_ascii=False).removesuffix("}")
    (folder / NAME).write_text(f'{text},\n"resources": [\n{lines}\n]}}\n', "utf-8")


def _in_parts(folder: Path, written: Written, digests: Mapping[str, str]) -> dict[str, Any]:
    """A table in many Parquet files, which are read as one."""
    parts = [
        {"path": path, "bytes": (folder / path).stat().st_size, "hash": f"sha256:{digests[path]}"}
        for path in written.parts
    ]
    return {
        "name": f"parquet-{_name(written.table.name)}",
        "path": [part["path"] for part in parts],
        "format": "parquet",
        "mediatype": _MEDIA[".parquet"],
        "title": written.table.title,
        "description": written.table.text,
        "type": "file",
        "bytes": sum(part["bytes"] for part in parts),
        "parts": parts,
    }


def _name(path: str) -> str:
    return path.lower().replace("/", "-").replace("_", "-").replace(".", "-")


def _about(folder: Path, name: str, written: Written | None) -> dict[str, Any]:
    path = folder / name
    about: dict[str, Any] = {
        "name": _name(name),
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
