"""A file of Stata (`.dta`, release 118: Stata 14 and later), written row by row.

The libraries that write it (pandas, pyreadstat) need a data frame of pandas: where that is
installed every command of this project begins half a second later, and a country would not fit
into memory. The format is documented (`help dta` in Stata) and has not changed since 2015.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

#: Longest text of fixed width, in bytes; longer ones are `strL`.
_WIDEST = 2045
_LONGEST_NAME, _LONGEST_LABEL = 32, 80
_STRL = 32768
_BYTE, _LONG, _DOUBLE = 65530, 65528, 65526
_MISSING_BYTE, _MISSING_LONG = 101, 2147483621
_MISSING_DOUBLE = 2.0**1023
_LARGEST_LONG = 2147483620
_EPOCH = date(1960, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the file.

    Attributes:
        name: At most 32 characters.
        kind: `text`, `integer`, `double`, `date` (ISO text is given) or `labelled` (one of
            the words of `numbers` is given).
        label: At most 80 characters.
        width: Of a text: bytes of the longest one.
        largest: Of an integer: the largest absolute value.
        labels: Of `labelled`: name of its set of value labels.
    """

    name: str
    kind: str
    label: str
    width: int = 0
    largest: int = 0
    labels: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """Words that stand for numbers: what is given → its number and label."""

    name: str
    numbers: Mapping[str, tuple[int, str]] = field(default_factory=dict)


def write_dta(
    file: BinaryIO,
    variables: Sequence[Variable],
    rows: Iterable[Sequence[Any]],
    count: int,
    *,
    label: str = "",
    labels: Sequence[Labels] = (),
    notes: Sequence[str] = (),
) -> None:
    """Write a file of Stata.

    Args:
        file: A file that can be searched; it bears no time, so the same rows are the same bytes.
        variables: The columns.
        rows: The rows, values in the order of the columns; None is missing (of a text: "").
        count: How many rows there are.
        label: What the data are.
        labels: Sets of value labels.
        notes: Notes of the data (`notes` in Stata).

    Raises:
        ValueError: A name or label is too long, a name is there twice, or `count` is wrong.
    """
    _require(variables)
    numbers = {each.name: {word: n for word, (n, _) in each.numbers.items()} for each in labels}
    types = [_type(each) for each in variables]
    out = _File(file)
    out.write(b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder>")
    out.write(b"<K>" + struct.pack("<H", len(variables)) + b"</K>")
    out.write(b"<N>" + struct.pack("<Q", count) + b"</N>")
    told = label[:_LONGEST_LABEL].encode()
    out.write(b"<label>" + struct.pack("<H", len(told)) + told + b"</label>")
    out.write(b"<timestamp>\0</timestamp></header>")
    out.mark()
    out.write(b"<map>" + bytes(8 * 14) + b"</map>")
    out.part("variable_types", struct.pack(f"<{len(types)}H", *types))
    out.part("varnames", b"".join(_fixed(each.name, 129) for each in variables))
    out.part("sortlist", bytes(2 * (len(variables) + 1)))
    out.part("formats", b"".join(map(_format, variables, types)))
    out.part("value_label_names", b"".join(_fixed(each.labels, 129) for each in variables))
    out.part("variable_labels", b"".join(_fixed(each.label, 321) for each in variables))
    out.part("characteristics", _notes(notes))
    longs = _write_rows(out, variables, types, rows, count, numbers)
    out.part("strls", b"".join(longs))
    out.part("value_labels", b"".join(map(_value_labels, labels)))
    out.mark()
    out.write(b"</stata_dta>")
    out.mark()
    out.fill_map()


class _File:
    """The file, and where its parts begin."""

    def __init__(self, file: BinaryIO) -> None:
        self.write = file.write
        self._file = file
        self.marks = [0]

    def mark(self) -> None:
        self.marks.append(self._file.tell())

    def part(self, name: str, content: bytes) -> None:
        self.mark()
        self.write(f"<{name}>".encode() + content + f"</{name}>".encode())

    def fill_map(self) -> None:
        self._file.seek(self.marks[1] + len(b"<map>"))
        self.write(struct.pack("<14Q", *self.marks))
        self._file.seek(0, 2)


def _require(variables: Sequence[Variable]) -> None:
    names = [each.name for each in variables]
    wrong = [
        each.name
        for each in variables
        if len(each.name) > _LONGEST_NAME
        or not each.name.isidentifier()
        or len(each.label) > _LONGEST_LABEL
        or names.count(each.name) > 1
    ]
    if wrong:
        raise ValueError(f"Stata takes no such name, or no label so long: {wrong[0]}")


def _type(variable: Variable) -> int:
    if variable.kind == "text":
        return max(variable.width, 1) if variable.width <= _WIDEST else _STRL
    if variable.kind == "labelled":
        return _BYTE
    if variable.kind == "double" or variable.largest > _LARGEST_LONG:
        return _DOUBLE
    return _LONG


def _format(variable: Variable, kind: int) -> bytes:
    if variable.kind == "date":
        return _fixed("%tdCCYY-NN-DD", 57)
    texts = {_STRL: "%9s", _BYTE: "%16.0g", _LONG: "%12.0g", _DOUBLE: "%12.0g"}
    return _fixed(texts.get(kind, f"%-{min(kind, 30)}s"), 57)


def _fixed(text: str, size: int) -> bytes:
    """A text in a field that ends with at least one zero."""
    return text.encode().ljust(size, b"\0")


def _notes(notes: Sequence[str]) -> bytes:
    """Characteristics that Stata shows as notes: their number, and each."""
    told = {"note0": str(len(notes))} | {f"note{n}": text for n, text in enumerate(notes, 1)}
    found = b""
    for name, text in told.items() if notes else ():
        body = _fixed("_dta", 129) + _fixed(name, 129) + text.encode() + b"\0"
        found += b"<ch>" + struct.pack("<I", len(body)) + body + b"</ch>"
    return found


def _write_rows(
    out: _File,
    variables: Sequence[Variable],
    types: Sequence[int],
    rows: Iterable[Sequence[Any]],
    count: int,
    numbers: Mapping[str, Mapping[str, int]],
) -> list[bytes]:
    """Write the data; gives the long texts that are kept beside them."""
    longs: list[bytes] = []
    structure = struct.Struct("<" + "".join(map(_code, types)))
    missing = [_missing(each, kind) for each, kind in zip(variables, types, strict=True)]
    makers = [
        (place, _maker(place, each, kind, numbers, longs))
        for place, (each, kind) in enumerate(zip(variables, types, strict=True))
    ]
    special = [(place, make) for place, make in makers if make]
    out.mark()
    out.write(b"<data>")
    written = 0
    for row in rows:
        written += 1
        cells = list(row)
        for place, make in special:
            if cells[place] is not None:
                cells[place] = make(cells[place], written)
        out.write(
            structure.pack(*[m if c is None else c for c, m in zip(cells, missing, strict=True)])
        )
    out.write(b"</data>")
    if written != count:
        raise ValueError(f"{written} rows instead of {count}")
    return longs


def _code(kind: int) -> str:
    """Of `struct`, for one value."""
    return {_STRL: "8s", _BYTE: "b", _LONG: "i", _DOUBLE: "d"}.get(kind, f"{kind}s")


def _missing(variable: Variable, kind: int) -> Any:
    if variable.kind == "text":
        return b""
    return {_BYTE: _MISSING_BYTE, _LONG: _MISSING_LONG, _DOUBLE: _MISSING_DOUBLE}[kind]


def _maker(
    place: int,
    variable: Variable,
    kind: int,
    numbers: Mapping[str, Mapping[str, int]],
    longs: list[bytes],
) -> Callable[[Any, int], Any] | None:
    """What turns a value into what `struct` packs; None where it can stay."""
    if variable.kind == "labelled":
        of_word = numbers[variable.labels]
        return lambda word, _: of_word[word]
    if variable.kind == "date":
        return lambda day, _: date.fromisoformat(day).toordinal() - _EPOCH
    if variable.kind == "text" and kind == _STRL:
        return lambda text, row: _long(text, place + 1, row, longs)
    if variable.kind == "text":
        return lambda text, _: _bytes(text)
    return None


def _bytes(text: object) -> bytes:
    """A text as Stata keeps it: a zero would end it."""
    return str(text).replace("\0", "").encode()


def _long(text: str, variable: int, row: int, longs: list[bytes]) -> bytes:
    """A text of any length: kept beside the data, where its variable and row lead."""
    if not text:
        return b""
    body = _bytes(text) + b"\0"
    longs.append(b"GSO" + struct.pack("<IQBI", variable, row, 130, len(body)) + body)
    return struct.pack("<H", variable) + row.to_bytes(6, "little")


def _value_labels(labels: Labels) -> bytes:
    pairs = sorted(labels.numbers.values())
    texts = [text.encode() + b"\0" for _, text in pairs]
    offsets = [sum(map(len, texts[:n])) for n in range(len(texts))]
    body = struct.pack("<II", len(pairs), sum(map(len, texts)))
    body += struct.pack(f"<{len(pairs)}I", *offsets)
    body += struct.pack(f"<{len(pairs)}i", *(number for number, _ in pairs)) + b"".join(texts)
    head = struct.pack("<I", len(body)) + _fixed(labels.name, 129) + bytes(3)
    return b"<lbl>" + head + body + b"</lbl>"
