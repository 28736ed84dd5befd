"""A reading's figures by column, as `extract.codec` keeps them: each is made when it is asked for.

A country has 200,000,000 figures, and nearly all that a build asks of them is asked of whole
columns: what is printed, for a digest; the values, for a row. To make a record of each figure
takes longer than all of that, and so does to parse the columns that nobody asks for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, overload

from extract.types import Figure, Value

_NAMES = attrgetter("table", "line", "measure")
_COLUMNS = tuple(map(attrgetter, ("printed", "value", "status", "unit", "place")))
#: Numbers of columns that tell one reading's figures from another's.
STATUS, UNIT, PLACE = 2, 3, 4
#: Between the names of figures, which are codes, in a packed reading.
_BETWEEN = " "
#: What JSON does not hold as it is.
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
#: Between two columns of a packed reading, behind the names, and before the flags.
_NEXT, _BEHIND, _FLAGS = b"],[", b'",[', b"],{"
#: What `json.loads` comes to for a text that has nothing around its JSON.
_decoded = json.JSONDecoder().raw_decode
#: A column as what it is made of is kept by: as JSON, if it was not asked for yet.
Key = bytes | tuple[Any, ...]


class Names:
    """Which figures there are, and in what order: most reports of a form say alike.

    Attributes:
        text: As a packed reading has them.
        parts: Tables, lines and measures of the figures.
        keys: Names of their columns in a release.
    """

    __slots__ = ("keys", "parts", "text")

    def __init__(self, text: str) -> None:
        """Take names apart: table, line and measure of each."""
        codes = text.split(_BETWEEN) if text else []
        self.text = text
        self.parts = tuple([tuple(codes[place::3]) for place in range(3)])
        self.keys = tuple(map("_".join, zip(*self.parts, strict=True)))


@lru_cache(maxsize=256)
def names_of(text: str) -> Names:
    """Names as a packed reading has them."""
    return Names(text)


class Figures(Sequence[Figure]):
    """Figures by column. It is equal to a tuple of the same figures; nobody changes it.

    Attributes:
        names: Which figures there are.
        flags: Place of a figure in the columns → its flags; most have none.
    """

    __slots__ = ("_all", "_columns", "_packed", "flags", "names")

    def __init__(
        self,
        names: str,
        columns: Sequence[list[Any] | None],
        flags: Mapping[int, tuple[str, ...]],
        packed: Sequence[bytes] = (),
    ) -> None:
        """Hold columns; `of` and `packed` make it.

        Args:
            names: As a packed reading has them.
            columns: Printed texts, values, statuses, units, places; None where it is packed.
            flags: Place of a figure → its flags.
            packed: The columns as JSON.
        """
        self.names, self.flags = names_of(names), flags
        self._columns, self._packed = list(columns), packed
        self._all: tuple[Figure, ...] | None = None

    @classmethod
    def packed(cls, said: bytes) -> Figures:
        """Figures as `extract.codec.pack` writes them, without the outer brackets."""
        columns = said.split(_NEXT)
        names, behind, first = columns[0].partition(_BEHIND)
        last, before, flags = columns[-1].partition(_FLAGS)
        is_plain = len(columns) == len(_COLUMNS) and behind and before and b"\\" not in names
        if not is_plain or _FLAGS in flags:  # a text looks like the end of a column
            text, *whole, flagged = json.loads(b"[%b]" % said)
            return cls(text, whole, _flags(flagged))
        columns[0], columns[-1] = first, last
        return cls(
            names[1:].decode(),
            [None] * len(_COLUMNS),
            {} if flags == b"}" else _flags(json.loads(b"{" + flags)),
            columns,
        )

    @classmethod
    def of(cls, figures: Sequence[Figure]) -> Figures:
        """Any figures by column."""
        if isinstance(figures, Figures):
            return figures
        return cls(
            _BETWEEN.join([name for each in figures for name in _NAMES(each)]),
            [list(map(column, figures)) for column in _COLUMNS],
            {place: each.flags for place, each in enumerate(figures) if each.flags},
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the figures' columns in a release."""
        return self.names.keys

    @property
    def printed(self) -> list[str | None]:
        """Texts as printed; None where there is no cell."""
        return self._column(0)

    @property
    def numbers(self) -> list[str]:
        """The values as Python writes them, `None` where there is none."""
        if not self._packed:
            return list(map(str, self.value))
        return self._packed[1].decode().replace("null", "None").split(",")

    @property
    def value(self) -> list[Value]:
        """Numbers; None where there is none."""
        return self._column(1)

    @property
    def status(self) -> list[str]:
        """What became of each figure."""
        return self._column(STATUS)

    @property
    def unit(self) -> list[str | None]:
        """Units; None where none is printed."""
        return self._column(UNIT)

    @property
    def place(self) -> list[str | None]:
        """Locators; None where there is no cell."""
        return self._column(PLACE)

    @property
    def filled(self) -> int:
        """How many are printed."""
        printed = self.printed
        return len(printed) - printed.count(None)

    @property
    def has_blanks(self) -> bool:
        """Whether any has no value."""
        if self._columns[1] is None and b"null" not in self._packed[1]:
            return False
        return None in self.value

    @property
    def valued(self) -> int:
        """How many have a value."""
        return len(self) - (self.value.count(None) if self.has_blanks else 0)

    @property
    def noted(self) -> Sequence[tuple[int, str, str | None]]:
        """Place, status and unit of the figures that are more than a number: each has a note."""
        return _noted(self.key(STATUS), self.key(UNIT), tuple(self.flags))

    def with_printed(self, changed: Mapping[int, str]) -> Figures:
        """The same figures, some of them with another printed text."""
        printed = [changed.get(place, text) for place, text in enumerate(self.printed)]
        columns: list[list[Any]] = [printed, self.value, self.status, self.unit, self.place]
        return Figures(self.names.text, columns, self.flags)

    def said(self) -> str:
        """`[[key, printed, unit], …]` as `json.dumps` writes it, without the outer brackets."""
        # Units are few, and printed in the same lines: a report is two texts put together.
        plain, filled = _blanks(self.names.text, self.key(UNIT))
        printed = self.printed
        if self._packed and _is_plain(self._packed[0]):
            return plain % tuple(printed)
        texts = [text for text in printed if text is not None]
        if _ESCAPED.search("".join(texts)):
            return filled % tuple(map(_json, printed))
        if len(texts) == len(printed):
            return plain % tuple(texts)
        return filled % tuple(["null" if text is None else f'"{text}"' for text in printed])

    def key(self, number: int) -> Key:
        """What tells a column from others, by its number: as it was packed, else what it holds."""
        return self._packed[number] if self._packed else tuple(self._column(number))

    def _column(self, number: int) -> list[Any]:
        column = self._columns[number]
        if column is None:
            column = self._columns[number] = _parsed(self._packed[number])
        return column

    # -- a sequence of figures -------------------------------------------------------

    @overload
    def __getitem__(self, place: int) -> Figure: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Figure, ...]: ...
    def __getitem__(self, place: int | slice) -> Figure | tuple[Figure, ...]:
        """A figure, or some of them."""
        return self._figures[place]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.names.keys)

    def __iter__(self) -> Iterator[Figure]:
        """The figures, in statutory order."""
        return iter(self._figures)

    def __eq__(self, other: object) -> bool:
        """Whether others are the same figures."""
        if isinstance(other, Figures):
            return self is other or self._said() == other._said()
        return self._figures == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        """That of the same figures in a tuple."""
        return hash(self._figures)

    def __repr__(self) -> str:
        """That of the same figures in a tuple."""
        return repr(self._figures)

    def __reduce__(self) -> tuple[Any, ...]:
        """What another process needs."""
        return Figures, self._said()

    def _said(self) -> tuple[str, list[list[Any]], Mapping[int, tuple[str, ...]]]:
        columns = [self._column(number) for number in range(len(_COLUMNS))]
        return self.names.text, columns, self.flags

    @property
    def _figures(self) -> tuple[Figure, ...]:
        if self._all is None:
            _, columns, flags = self._said()
            each = [flags.get(place, ()) for place in range(len(self))]
            self._all = tuple(map(Figure, *self.names.parts, *columns, each))
        return self._all


@lru_cache(maxsize=256)
def _noted(status: Key, unit: Key, flagged: tuple[int, ...]) -> tuple[tuple[int, str, Any], ...]:
    """The notes of figures but for their texts and flags: most reports leave the same out."""
    each = enumerate(zip(column_of(status), column_of(unit), strict=True))
    return tuple([
        (place, said, of)
        for place, (said, of) in each
        if said != "reported" or of is not None or place in flagged
    ])  # fmt: skip


def column_of(key: Key) -> Sequence[Any]:
    """The column that a key tells from others."""
    return _parsed(key) if isinstance(key, bytes) else key


def _parsed(column: bytes) -> list[Any]:
    """A column of a packed reading: of plain texts in a fifth of the time that JSON takes."""
    if _is_plain(column):
        return column[1:-1].decode().split('","')
    found: list[Any]
    found, _ = _decoded(f"[{column.decode()}]")
    return found


def _is_plain(column: bytes) -> bool:
    """Whether a column holds texts only, and all of them as they are in JSON."""
    return column.startswith(b'"') and b"\\" not in column and b"null" not in column


@lru_cache(maxsize=256)
def _blanks(names: str, unit: Key) -> tuple[str, str]:
    """`[[key, printed, unit], …]` to be filled in: with texts, and with any JSON."""
    rows = [
        (key.replace("%", "%%"), _json(each).replace("%", "%%"))
        for key, each in zip(names_of(names).keys, column_of(unit), strict=True)
    ]
    plain, filled = ('["%s", "%%s", %s]', '["%s", %%s, %s]')
    return ", ".join([plain % row for row in rows]), ", ".join([filled % row for row in rows])


def _flags(packed: Mapping[str, list[str]]) -> dict[int, tuple[str, ...]]:
    return {int(place): tuple(some) for place, some in packed.items()}


def _json(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)
