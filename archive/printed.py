"""What was printed, and where: packed into `text.db`, and recovered from both files.

`nianbao.db` holds each figure's value, and a note where it is not a plain number. The
printed text of a number ("1,234", " 798.20") and the place of each figure are for the
report's page, for quotations and for programs: one blob a version in `text.db`.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from extract.forms import columns
from extract.reading import CONVERTER
from extract.types import Figure, Report

from .figures import PLACE, Figures, Key, column_of, names_of

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands.

    Attributes:
        place: Locator in the document, or None where there is no cell.
        printed: The printed text, where neither the number nor the note tells it.
    """

    place: str | None
    printed: str | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What a version's reading rests on.

    Attributes:
        evidence: For `year`, `agency`, `scope`, `published` …: pieces with source, value
            and weight.
        block: The 索引号 block: label → text, as printed.
        attachments: (address, text) of files linked from the page.
    """

    evidence: Mapping[str, list[dict[str, Any]]]
    block: Mapping[str, str]
    attachments: tuple[tuple[str, str], ...]


def pack_places(figures: Sequence[Figure]) -> bytes:
    """Places and printed texts of a version's figures, in the order in which they were read."""
    columns = Figures.of(figures)
    numbers = columns.numbers
    odd: dict[int, str | None] = {}
    if columns.printed != numbers:
        pairs = enumerate(zip(columns.printed, numbers, strict=True))
        odd = {place: text for place, (text, number) in pairs if text != number}
        for place, *_ in columns.noted:
            odd.pop(place, None)  # its note says what is printed
    if not odd:
        return _plain_places(columns.names.text, columns.key(PLACE))
    said: list[Any] = list(columns.place)
    for place, printed in odd.items():
        said[place] = [said[place], printed]
    return _places_of(_object(columns.keys, said))


@lru_cache(maxsize=256)
def _plain_places(names: str, places: Key) -> bytes:
    """Places of figures that are all printed as their numbers are written."""
    return _places_of(_object(names_of(names).keys, column_of(places)))


@lru_cache(maxsize=256)
def _places_of(text: str) -> bytes:
    """Pages of one template have all their figures in the same places."""
    return _compress(text)


def _object(keys: Sequence[str], values: Sequence[Any]) -> str:
    """The JSON object of keys, which are names of columns, and values.

    Most places are plain texts all through, and are put down as they are: that takes a third
    of the time.
    """
    if all(type(value) is str for value in values):
        joined = "".join(values)
        if joined.isascii() and joined.isprintable() and not {'"', "\\"} & set(joined):
            pairs = zip(keys, values, strict=True)
            inner = ",".join([f'"{key}":"{value}"' for key, value in pairs])
            return "{" + inner + "}"
    return _json(dict(zip(keys, values, strict=True)))


def unpack_places(packed: bytes) -> dict[str, Place]:
    """Figure → place and printed text, from `locators.places`."""
    return {
        key: Place(*said) if isinstance(said, list) else Place(said)
        for key, said in _unpack(packed).items()
    }


def pack_details(report: Report) -> bytes:
    """A report's evidence, 索引号 block and attachments."""
    # Which LibreOffice converted it is this machine's, and stays in its readings.
    evidence = {
        about: [
            {"source": piece.source, "value": piece.value, "weight": piece.weight}
            for piece in found
        ]
        for about, found in sorted(report.evidence.items())
        if about != CONVERTER
    }
    block = dict(sorted(report.block.items()))
    return _pack({"evidence": evidence, "block": block, "attachments": report.attachments})


def unpack_details(packed: bytes) -> Details:
    """What `details.said` holds."""
    said = _unpack(packed)
    attachments = tuple((address, label) for address, label in said["attachments"])
    return Details(said["evidence"], said["block"], attachments)


def places(text: sqlite3.Connection, version_id: str) -> dict[str, Place]:
    """Figure → place and printed text of a version; {} if it has no figures."""
    sql = "SELECT places FROM locators WHERE version_id = ?"
    found = text.execute(sql, (version_id,)).fetchone()
    return unpack_places(found[0]) if found else {}


def details(text: sqlite3.Connection, version_id: str) -> Details:
    """What a version's reading rests on; nothing if there is no such version."""
    sql = "SELECT said FROM details WHERE version_id = ?"
    found = text.execute(sql, (version_id,)).fetchone()
    return unpack_details(found[0]) if found else Details({}, {}, ())


def figures(
    nianbao: sqlite3.Connection, text: sqlite3.Connection, version_id: str
) -> tuple[Figure, ...]:
    """The figures of a version as they were read: printed text, value, status, unit, place.

    Args:
        nianbao: A release's `nianbao.db`.
        text: Its `text.db`.
        version_id: The version.

    Returns:
        The figures in the order in which they were read; () if it has none.
    """
    sql = "SELECT figure, printed, status, unit, flags FROM figure_notes WHERE version_id = ?"
    notes = {row[0]: tuple(row[1:]) for row in nianbao.execute(sql, (version_id,))}
    cursor = nianbao.execute("SELECT * FROM figures WHERE version_id = ?", (version_id,))
    names = [column[0] for column in cursor.description]
    values = dict(zip(names, cursor.fetchone() or (), strict=False))
    found = []
    for key, where in places(text, version_id).items():
        if key not in columns():  # an older release's, of a form that is no more
            continue
        line, value = columns()[key][-1].line, values.get(key)
        plain = where.printed if where.printed is not None else str(value)
        printed, status, unit, flags = notes.get(key, (plain, "reported", None, None))
        found.append(
            Figure(
                line.table,
                line.code,
                key.removeprefix(f"{line.table}_{line.code}_"),
                printed,
                value,
                status,
                unit,
                where.place,
                tuple((flags or "").split()),
            )
        )
    return tuple(found)


def _pack(said: Mapping[str, Any]) -> bytes:
    return _compress(_json(said))


def _json(said: Mapping[str, Any]) -> str:
    return _ENCODER.encode(said)


def _compress(text: str) -> bytes:
    # Level 6 takes twice as long, and what comes of it is as large (measured).
    return zlib.compress(text.encode(), 4)


def _unpack(packed: bytes) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(zlib.decompress(packed))
    return said
