"""A reader of Stata's files (release 118), after the published description of the format.

Strict, and made apart from the writer: parts are found through the file's own map.
`make bench ONLY=panel` reads the same files with pandas.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_KINDS = {65530: "b", 65529: "h", 65528: "i", 65527: "f", 65526: "d"}
_PARTS = (
    "stata_dta", "map", "variable_types", "varnames", "sortlist", "formats",
    "value_label_names", "variable_labels", "characteristics", "data", "strls", "value_labels",
)  # fmt: skip


@dataclass
class Dta:
    """A file as it was read; statuses are their value labels' texts."""

    label: str
    names: list[str]
    formats: dict[str, str]
    labels: dict[str, str]
    rows: list[dict[str, Any]]
    notes: list[str]


def read(data: bytes) -> Dta:
    """Read a file."""
    assert data.startswith(b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder>")
    (width,) = struct.unpack("<H", _between(data, b"<K>", b"</K>"))
    (count,) = struct.unpack("<Q", _between(data, b"<N>", b"</N>"))
    at = data.index(b"<label>") + len(b"<label>")
    (size,) = struct.unpack_from("<H", data, at)
    label = data[at + 2 : at + 2 + size].decode()
    offsets = struct.unpack("<14Q", _between(data, b"<map>", b"</map>"))
    parts = {}
    for name, start in zip(_PARTS, offsets, strict=False):
        assert data.startswith(f"<{name}>".encode(), start), name
        parts[name] = start + len(name) + 2
    assert data[offsets[12] :] == b"</stata_dta>"
    assert offsets[13] == len(data)
    types = struct.unpack_from(f"<{width}H", data, parts["variable_types"])
    names = _texts(data, parts["varnames"], width, 129)
    formats = _texts(data, parts["formats"], width, 57)
    sets = _texts(data, parts["value_label_names"], width, 129)
    labels = _texts(data, parts["variable_labels"], width, 321)
    longs = _longs(data[parts["strls"] : offsets[11]])
    words = _value_labels(data[parts["value_labels"] : offsets[12]])
    row = struct.Struct(
        "<" + "".join(_KINDS.get(t, "8s" if t == 32768 else f"{t}s") for t in types)
    )
    assert offsets[10] == parts["data"] + row.size * count + len(b"</data>")
    rows = []
    for number in range(count):
        cells = row.unpack_from(data, parts["data"] + number * row.size)
        told = {
            name: _value(cell, kind, form, words.get(of, {}), longs)
            for name, cell, kind, form, of in zip(names, cells, types, formats, sets, strict=True)
        }
        rows.append(told)
    notes = [text for name, text in _notes(data[parts["characteristics"] : offsets[9]]) if text]
    return Dta(
        label, names, dict(zip(names, formats, strict=True)),
        dict(zip(names, labels, strict=True)), rows, notes,
    )  # fmt: skip


def _value(cell: Any, kind: int, form: str, words: dict[int, str], longs: dict[Any, str]) -> Any:
    if kind == 32768:
        return longs[struct.unpack("<HHI", cell)] if any(cell) else ""
    if kind <= 2045:
        return cell.split(b"\0")[0].decode()
    highest = {65530: 100, 65528: 2147483620, 65526: 8.9884656743e307}[kind]
    if cell > highest:
        return None
    if words:
        return words[cell]
    return date(1960, 1, 1) + timedelta(cell) if form.startswith("%td") else cell


def _between(data: bytes, begin: bytes, end: bytes) -> bytes:
    start = data.index(begin) + len(begin)
    return data[start : data.index(end, start)]


def _texts(data: bytes, start: int, count: int, size: int) -> list[str]:
    fields = [data[start + n * size : start + (n + 1) * size] for n in range(count)]
    assert all(b"\0" in field for field in fields)
    return [field.split(b"\0")[0].decode() for field in fields]


def _longs(data: bytes) -> dict[Any, str]:
    found, at = {}, 0
    while data.startswith(b"GSO", at):
        variable, row, kind, size = struct.unpack_from("<IQBI", data, at + 3)
        assert kind == 130
        at += 20
        found[variable, row & 0xFFFF, row >> 16] = data[at : at + size].decode().removesuffix("\0")
        at += size
    assert data[at:] == b"</strls>"
    return found


def _value_labels(data: bytes) -> dict[str, dict[int, str]]:
    found, at = {}, 0
    while data.startswith(b"<lbl>", at):
        (size,) = struct.unpack_from("<I", data, at + 5)
        name = data[at + 9 : at + 138].split(b"\0")[0].decode()
        body = data[at + 141 : at + 141 + size]
        count, _ = struct.unpack_from("<II", body)
        offsets = struct.unpack_from(f"<{count}I", body, 8)
        numbers = struct.unpack_from(f"<{count}i", body, 8 + 4 * count)
        text = body[8 + 8 * count :]
        found[name] = {
            number: text[offset:].split(b"\0")[0].decode()
            for offset, number in zip(offsets, numbers, strict=True)
        }
        at += 141 + size + len(b"</lbl>")
    assert data[at:] == b"</value_labels>"
    return found


def _notes(data: bytes) -> list[tuple[str, str]]:
    found, at = [], 0
    while data.startswith(b"<ch>", at):
        (size,) = struct.unpack_from("<I", data, at + 4)
        body = data[at + 8 : at + 8 + size]
        name = body[129:258].split(b"\0")[0].decode()
        found.append((name, body[258:].rstrip(b"\0").decode() if name != "note0" else ""))
        at += 8 + size + len(b"</ch>")
    return found
