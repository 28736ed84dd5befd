"""A report to bytes and back, for the readings kept on disk."""

from __future__ import annotations

import json
import zlib
from dataclasses import fields
from typing import Any

from .types import Cell, Evidence, Fact, Figure, Finding, Report

_NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (Report, Figure, Finding, Evidence, Cell, Fact)
}


def pack(report: Report) -> bytes:
    """Compressed JSON of a report; the same report always gives the same bytes."""
    text = json.dumps(
        report, default=_fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return zlib.compress(text.encode(), 6)


def _fields(part: Any) -> dict[str, Any]:
    """A part by its fields; `dataclasses.asdict` would copy all of it first.

    Raises:
        TypeError: It is none of a report's parts.
    """
    names = _NAMES.get(type(part))
    if names is None:
        raise TypeError(f"{type(part).__name__} is no part of a report")
    return {name: getattr(part, name) for name in names}


def unpack(packed: bytes) -> Report:
    """The report that `pack` was given."""
    data: dict[str, Any] = json.loads(zlib.decompress(packed))
    data["figures"] = tuple(
        Figure(**{**figure, "flags": tuple(figure["flags"])}) for figure in data["figures"]
    )
    data["findings"] = tuple(
        Finding(**{**finding, "figures": tuple(finding["figures"])}) for finding in data["findings"]
    )
    data["evidence"] = {
        about: tuple(Evidence(**piece) for piece in pieces)
        for about, pieces in data["evidence"].items()
    }
    data["attachments"] = tuple((href, text) for href, text in data["attachments"])
    data["leftovers"] = tuple(Cell(**cell) for cell in data["leftovers"])
    data["grids"] = tuple(tuple(tuple(row) for row in grid) for grid in data["grids"])
    data["flags"] = tuple(data["flags"])
    data["facts"] = tuple(Fact(**{**fact, "flags": tuple(fact["flags"])}) for fact in data["facts"])
    return Report(**data)
