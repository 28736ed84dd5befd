"""A report to bytes and back, for the readings kept on disk.

A report has some 200 figures. They are kept by column, and so are its findings, facts and
leftovers: the names of the fields are said once, and each column is one list to parse. Which
figures there are, and in what order, most reports of a form say alike: it is one text, taken
apart once.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

from .types import Cell, Evidence, Fact, Figure, Finding, Report

_NAMES = ("table", "line", "measure")
_OF_FIGURE = ("printed", "value", "status", "unit", "place")
_OF_FINDING = ("check", "status", "left", "right", "sentence", "sentence_en", "reading", "related")
_OF_FACT = ("code", "value", "unit", "quote", "chapter", "start", "end", "part", "channel")
_OF_CELL = ("text", "place")
_OF_PIECE = ("source", "value", "weight")
#: Fields of a report that JSON holds as they are.
_PLAIN = tuple(
    field.name
    for field in fields(Report)
    if field.name not in ("figures", "findings", "evidence", "leftovers", "facts")
)
#: Between the names of figures, which are codes.
_BETWEEN = " "


def pack(report: Report) -> bytes:
    """Compressed JSON of a report; the same report always gives the same bytes."""
    said: dict[str, Any] = {name: getattr(report, name) for name in _PLAIN}
    said["figures"] = [
        _BETWEEN.join([getattr(each, name) for each in report.figures for name in _NAMES]),
        *_columns(report.figures, _OF_FIGURE),
        # Few have any.
        {place: each.flags for place, each in enumerate(report.figures) if each.flags},
    ]
    said["findings"] = [*_columns(report.findings, _OF_FINDING), _each(report.findings, "figures")]
    said["facts"] = [*_columns(report.facts, _OF_FACT), _each(report.facts, "flags")]
    said["leftovers"] = _columns(report.leftovers, _OF_CELL)
    said["evidence"] = {
        about: [[getattr(piece, name) for name in _OF_PIECE] for piece in pieces]
        for about, pieces in report.evidence.items()
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def unpack(packed: bytes) -> Report:
    """The report that `pack` was given."""
    data: dict[str, Any] = json.loads(zlib.decompress(packed))
    data["figures"] = _figures(*data["figures"])
    return put_together(data)


def put_together(data: dict[str, Any]) -> Report:
    """The report of unpacked JSON.

    Args:
        data: What `pack` wrote down, its `figures` made already; nobody else may need it.
    """
    check, status, left, right, *rest, keys = data["findings"]
    data["findings"] = tuple(map(Finding, check, status, left, right, map(tuple, keys), *rest))
    *columns, flags = data["facts"]
    data["facts"] = tuple(map(Fact, *columns, map(tuple, flags)))
    data["evidence"] = {
        about: tuple([Evidence(*piece) for piece in pieces])
        for about, pieces in data["evidence"].items()
    }
    data["attachments"] = tuple([(href, text) for href, text in data["attachments"]])
    data["leftovers"] = tuple(map(Cell, *data["leftovers"]))
    data["grids"] = tuple([tuple(map(tuple, grid)) for grid in data["grids"]])
    data["flags"] = tuple(data["flags"])
    return Report(**data)


def _figures(names: str, *columns: Any) -> tuple[Figure, ...]:
    *texts, flagged = columns
    flags: list[tuple[str, ...]] = [()] * len(texts[0])
    for place, some in flagged.items():
        flags[int(place)] = tuple(some)
    return tuple(map(Figure, *_codes(names), *texts, flags))


@lru_cache(maxsize=256)
def _codes(names: str) -> tuple[tuple[str, ...], ...]:
    """Tables, lines and measures of figures."""
    codes = names.split(_BETWEEN) if names else []
    return tuple(tuple(codes[place::3]) for place in range(3))


def _columns(parts: Sequence[object], names: Sequence[str]) -> list[list[Any]]:
    return [_each(parts, name) for name in names]


def _each(parts: Sequence[object], name: str) -> list[Any]:
    return list(map(attrgetter(name), parts))
