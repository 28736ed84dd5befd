"""CITATION.cff: how to cite a release, for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...schema.licence import LICENCE
from .words import AUTHOR, TITLE_EN, title

NAME = "CITATION.cff"


def write_citation(folder: Path, manifest: Mapping[str, Any], credited: Sequence[str] = ()) -> None:
    """Write CITATION.cff (Citation File Format 1.2.0).

    Its values are JSON strings, which YAML reads as they are.

    Args:
        folder: The release's folder.
        manifest: Its manifest.
        credited: Who corrected, entered or checked figures; the format has no field for them.
    """
    thanks = f" Read and checked by hand with: {', '.join(credited)}." if credited else ""
    lines = {
        "cff-version": "1.2.0",
        "message": "使用本数据请引用此次发布。If you use these data, please cite this release.",
        "type": "dataset",
        "title": title(dict(manifest)),
        "abstract": f"{TITLE_EN}.{thanks}",
        "version": manifest["release"],
        "date-released": str(manifest["built_at"])[:10],
        "license": LICENCE["name"],
    }
    text = "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in lines.items()
    )
    text += f"authors:\n  - name: {json.dumps(AUTHOR, ensure_ascii=False)}\n"
    text += (
        "identifiers:\n  - type: other\n"
        f"    value: {json.dumps('sha256:' + manifest['content_hash'])}\n"
        '    description: "内容校验值 content hash"\n'
    )
    (folder / NAME).write_text(text, "utf-8")
