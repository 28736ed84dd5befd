"""Public rows made compact, but for what all reports share: words, and the numbers of versions.

Nothing here asks the database or another report, so that rows are made wherever a report is
read; `archive.packing` puts numbers in the place of what is shared. What has no short form is
carried on as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from types import NoneType
from typing import Any
from uuid import UUID

from extract.forms import columns
from extract.types import Figure

from .masking.rows import masked_rows
from .rows import Note, Row, notes
from .schema.compact import CERTAIN, NOTHING, NOTHING_EN

#: A compact row: what is shared first, then what stands in it as it is.
Compact = tuple[Any, ...]

#: Columns of a version that stand in its row as they are.
_OF_VERSION = "status", "title_derived", "published", "signed", "format", "form", "flags"
#: Columns of a report that are its current version's.
_OF_BOTH = (
    "version_id", "status", "title", "title_derived", "published", "signed", "form", "flags", "url"
)  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_UUID = re.compile(r"<urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>")
#: How most titles end; what stands before it is the agency's name.
_TITLE_END = re.compile(r"(?:\d{4}年度?)?政府信息公开.*", re.DOTALL)
_SAME = 1
_NUMBER = (int, NoneType)


class Compacting:
    """Takes public rows of reports, and gives them back compact.

    A version's row goes before its sources, notes and findings, and before the row of the
    report whose current version it is.
    """

    def __init__(self) -> None:
        """Begin anywhere: at a version."""
        self._version: Row = {}  # the latest
        self._sources = ("", 0)  # version, and how many sources it has so far
        self._noted: tuple[str, list[Note]] = ("", [])  # version, and its notes so far
        self._made: dict[str, list[Compact]] = {}
        self._ways: dict[str, Callable[[Row], None]] = {
            "reports": self._report,
            "versions": self._add_version,
            "sources": self._source,
            "figure_notes": self._note,
            "findings": self._finding,
        }

    @property
    def tables(self) -> frozenset[str]:
        """The tables whose rows are made compact."""
        return frozenset(self._ways)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add public rows of one of `tables`."""
        way = self._ways[table]
        for row in masked_rows(table, rows):
            way(row)

    def add_notes(self, identity: str, figures: Sequence[Figure]) -> None:
        """Add the notes of all figures of a version: its rows of `figure_notes`."""
        self.end()
        self._add_runs(identity, tuple(notes(figures)))

    def taken(self) -> dict[str, list[Compact]]:
        """What was made since this was asked last; the notes of the latest version may go on."""
        made, self._made = self._made, {}
        return made

    def end(self) -> None:
        """End the notes of a version: what comes next is not their neighbour."""
        identity, found = self._noted
        self._noted = ("", [])
        self._add_runs(identity, tuple(found))

    def _put(self, table: str, row: Compact) -> None:
        made = self._made.get(table)
        if made is None:
            made = self._made[table] = []
        made.append(row)

    def _add_version(self, row: Row) -> None:
        identity = str(row["version_id"])
        if identity != f"{row['report_id']}.v{row['number']}":
            raise ValueError(f"{identity} is no id of a version of {row['report_id']}")
        self._version = row
        title = row["title"]
        end = _TITLE_END.search(title or "")
        self._put("versions", (
            identity,
            str(row["url"]),
            end and end[0],
            row["number"],
            title and title[: end.start() if end else None],
            *[row.get(name) for name in _OF_VERSION],
            _unless(row["form_t2"], row["form"]),
            _unless(row["form_t3"], row["form"]),
            row["pictures"],
            bytes.fromhex(str(row["text_sha256"])),
            bytes.fromhex(str(row["figures_sha256"])),
        ))  # fmt: skip

    def _report(self, row: Row) -> None:
        """Of a report; what its current version says stands there alone."""
        version = self._version
        differing = [name for name in _OF_BOTH if row.get(name) != version.get(name)]
        if differing:
            raise ValueError(f"{row['report_id']} and its version differ in {differing}")
        self._put("reports", (
            str(row["version_id"]),
            row.get("published_source"),
            row["portal"],
            str(row["agency_id"]),
            *[row[name] for name in ("agency", "region_name", "region_code", "kind")],
            *[row[name] for name in ("report_id", "scope", "year", "status", "form")],
            *[row[name] for name in ("failed", "uncertain", "not_assessable", "passed")],
        ))  # fmt: skip

    def _source(self, row: Row) -> None:
        version, identity = self._version, row["version_id"]
        if identity != version["version_id"]:
            raise ValueError(f"a source of {identity} stands behind another version")
        number = self._sources[1] + 1 if self._sources[0] == identity else 1
        self._sources = (identity, number)
        captured, last = row["captured_at"], row["last_seen"]
        self._put("sources", (
            identity,
            str(row["url"]) if row["url"] != version["url"] else None,
            *[row[name] for name in ("portal", "role", "listing", "content_type", "warc_file")],
            number,
            bytes.fromhex(str(row["sha256"])),
            _unless(row["list_title"], version.get("title")),
            _unless(row["list_date"], version.get("published")),
            row["http_status"],
            row["bytes"],
            _milliseconds(captured),
            None if last == captured else _milliseconds(last),
            row["gone_since"],
            row["unlisted_since"],
            _uuid(row["record_id"]),
            row["warc_offset"],
        ))  # fmt: skip

    def _note(self, row: Row) -> None:
        identity = str(row["version_id"])
        if identity != self._noted[0]:
            self.end()
            self._noted = (identity, [])
        printed, status = row["printed"], row["status"]
        self._noted[1].append((str(row["figure"]), printed, status, row["unit"], row["flags"]))

    def _add_runs(self, identity: str, found: tuple[Note, ...]) -> None:
        for run in _runs(found):
            self._put("notes", (identity, *run))

    def _finding(self, row: Row) -> None:
        left, right, identity = row["left"], row["right"], row["version_id"]
        chinese, english = str(row["sentence"]), str(row["sentence_en"])
        opened = _open(chinese, left, right, NOTHING), _open(english, left, right, NOTHING_EN)
        is_open = None not in opened
        told = opened if is_open else (chinese, english)
        equation = (row["check"], row["status"], row["figures"], int(is_open), *told)
        self._put("findings", (identity, equation, row["number"], left, right))
        reading, related = row.get("reading", CERTAIN), row.get("related")
        if reading != CERTAIN or related:
            sure = None if reading == CERTAIN else reading
            self._put("finding_more", (identity, sure, related or None, row["number"]))


@lru_cache(maxsize=256)
def _runs(found: tuple[Note, ...]) -> list[Compact]:
    """Notes of figures in order; neighbours that say the same become one row."""
    runs: list[list[Any]] = []
    for figure, printed, status, unit, flags in found:
        position = _positions()[figure]
        is_number = status == "reported"
        said = (None if is_number else printed, status, unit, flags)
        run = [said, position, position, printed if is_number else None]
        last = runs[-1] if runs else None
        if last and last[2] + 1 == position and [last[0], last[3]] == [said, run[3]]:
            last[2] = position
        else:
            runs.append(run)
    return list(map(tuple, runs))


@cache
def _positions() -> dict[str, int]:
    return {key: position for position, key in enumerate(columns())}


def _unless(value: object, same: object) -> object:
    """A value, or the mark that says that it is the version's own."""
    return _SAME if value is not None and value == same else value


def _milliseconds(time: object) -> object:
    """An ISO time to the millisecond as a number; any other text as it stands."""
    if not isinstance(time, str) or not _TIME.fullmatch(time):
        return time
    try:
        since = (datetime.fromisoformat(time) - _EPOCH) // timedelta(milliseconds=1)
    except ValueError:  # no such day
        return time
    return since if since >= 0 else time


def _uuid(record_id: object) -> object:
    """The bytes of a record id's UUID; any other id as it stands."""
    found = _UUID.fullmatch(str(record_id))
    return UUID(found[1]).bytes if found else record_id


def _open(sentence: str, left: object, right: object, empty: str) -> str | None:
    """A finding's sentence with `{left}` and `{right}` for its numbers; None if that is not exact.

    The numbers stand last in it, the right one behind the left.
    """
    if "{" in sentence or not isinstance(left, _NUMBER) or not isinstance(right, _NUMBER):
        return None
    texts = [empty if each is None else str(each) for each in (left, right)]
    before, found_right, after = sentence.rpartition(texts[1])
    start, found_left, middle = before.rpartition(texts[0])
    if not found_left or not found_right:
        return None
    return f"{start}{{left}}{middle}{{right}}{after}"
