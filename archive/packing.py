"""Public rows on their way into the compact tables that hold them (`archive.schema.compact`).

What gives the rows (`archive.rows`) speaks the public columns; the views give the same
columns back. Nothing is lost on the way: what has no short form is stored as it stands.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from extract.checks import rules
from extract.forms import columns

from .masking.rows import masked_rows
from .rows import Row, Tables
from .schema.compact import CERTAIN, NOTHING, NOTHING_EN

#: Columns of a version that stand in its row as they are.
_OF_VERSION = (
    "status", "title_derived", "published", "signed", "format", "form", "flags"
)  # fmt: skip
#: Columns of a report that are its current version's.
_OF_BOTH = (
    "version_id", "status", "title", "title_derived", "published", "signed", "form", "flags", "url"
)  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_UUID = re.compile(r"<urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>")
_SITE = re.compile(r"[a-z]+://[^/]+/")
#: How most titles end; what stands before it is the agency's name.
_TITLE_END = re.compile(r"(?:\d{4}年度?)?政府信息公开.*", re.DOTALL)
_SAME = 1


class Packed(Tables):
    """`Tables` for `nianbao.db`: takes public rows of every table, and packs where it can.

    Agencies go first; a version's row goes before its sources, notes and findings, and
    before the row of the report whose current version it is.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Write into `connection`; call `flush` at the end."""
        super().__init__(connection)
        self._numbers: dict[str, int] = {}  # version id → its number in this file
        self._agencies: dict[str, Row] = {}
        self._version: Row = {}  # the latest
        self._sources = (0, 0)  # version, and how many sources it has so far
        self._run: dict[str, Any] = {}  # notes of neighbouring figures that say the same
        self._shared: dict[str, dict[Hashable, int]] = {}
        self._positions = {key: position for position, key in enumerate(columns())}
        self._packers: dict[str, Callable[[Row], None]] = {
            "agencies": self._add_agency,
            "reports": self._add_report,
            "versions": self._add_version,
            "sources": self._add_source,
            "figure_notes": self._add_note,
            "findings": self._add_finding,
        }

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add public rows, all of the same columns."""
        pack = self._packers.get(table)
        if pack is None:
            super().add(table, rows)
            return
        for row in masked_rows(table, rows):
            pack(row)

    def flush(self) -> None:
        """Insert what is still waiting."""
        self._end_run()
        super().flush()

    # -- reports and versions --------------------------------------------------------

    def _add_version(self, row: Row) -> None:
        identity = str(row["version_id"])
        if identity != f"{row['report_id']}.v{row['number']}":
            raise ValueError(f"{identity} is no id of a version of {row['report_id']}")
        n = self._numbers[identity] = len(self._numbers) + 1
        self._version = row
        base, path = self._split(str(row["url"]))
        end = _TITLE_END.search(row["title"] or "")
        packed = {
            "n": n,
            "version_id": identity,
            "number": row["number"],
            "title": row["title"] and row["title"][: end.start() if end else None],
            "title_end": self._word(end and end[0]),
            **{name: row.get(name) for name in _OF_VERSION},
            "form_t2": _unless(row["form_t2"], row["form"]),
            "form_t3": _unless(row["form_t3"], row["form"]),
            "base": base,
            "path": path,
            "pictures": row["pictures"],
            "text_sha256": bytes.fromhex(str(row["text_sha256"])),
            "figures_sha256": bytes.fromhex(str(row["figures_sha256"])),
        }
        super().add("_versions", [packed])

    def _add_agency(self, row: Row) -> None:
        self._agencies[str(row["agency_id"])] = row
        super().add("agencies", [row])

    def _add_report(self, row: Row) -> None:
        """Write a report; what its current version or its agency says stands there alone."""
        version, agency = self._version, self._agencies[str(row["agency_id"])]
        differing = [name for name in _OF_BOTH if row.get(name) != version.get(name)]
        differing += [name for name in ("region_code", "kind") if row[name] != agency[name]]
        if differing:
            raise ValueError(f"{row['report_id']} and its version or agency differ in {differing}")
        names = "report_id", "scope", "year", "status", "form"
        packed = {
            "n": self._numbers[str(row["version_id"])],
            **{name: row[name] for name in names},
            "agency": _other(row["agency"], agency["name"]),
            "region_name": _other(row["region_name"], agency["region_name"]),
            "published_source": self._word(row.get("published_source")),
            "portal": self._word(row["portal"]),
            **{name: row[name] for name in ("failed", "uncertain", "not_assessable", "passed")},
            # Counted with the others when all findings are there.
            "must_failed": 0,
            "informative": 0,
        }
        super().add("_reports", [packed])

    # -- what belongs to a version ---------------------------------------------------

    def _add_source(self, row: Row) -> None:
        version = self._version
        n = self._numbers[str(row["version_id"])]
        if row["version_id"] != version["version_id"]:
            raise ValueError(f"a source of {row['version_id']} stands behind another version")
        self._sources = (n, self._sources[1] + 1 if self._sources[0] == n else 1)
        own = row["url"] != version["url"]
        base, path = self._split(str(row["url"])) if own else (None, None)
        captured, last = row["captured_at"], row["last_seen"]
        packed = {
            "version": n,
            "number": self._sources[1],
            "base": base,
            "path": path,
            "sha256": bytes.fromhex(str(row["sha256"])),
            "portal": self._word(row["portal"]),
            "role": self._word(row["role"]),
            "listing": self._word(row["listing"]),
            "list_title": _unless(row["list_title"], version.get("title")),
            "list_date": _unless(row["list_date"], version.get("published")),
            "http_status": row["http_status"],
            "content_type": self._word(row["content_type"]),
            "bytes": row["bytes"],
            "captured_at": _milliseconds(captured),
            "last_seen": None if last == captured else _milliseconds(last),
            "gone_since": row["gone_since"],
            "unlisted_since": row["unlisted_since"],
            "record_id": _uuid(row["record_id"]),
            "warc_file": self._word(row["warc_file"]),
            "warc_offset": row["warc_offset"],
        }
        super().add("_sources", [packed])

    def _add_note(self, row: Row) -> None:
        """Write a note; neighbours that say the same become one row."""
        version = self._numbers[str(row["version_id"])]
        position = self._positions[str(row["figure"])]
        is_number = row["status"] == "reported"
        said = (None if is_number else row["printed"], row["status"], row["unit"], row["flags"])
        names = ("printed", "status", "unit", "flags")
        note = {
            "version": version,
            "first": position,
            "last": position,
            "said": self._number_of("_said", said, dict(zip(names, said, strict=True))),
            "printed": row["printed"] if is_number else None,
        }
        run = self._run
        if run and {**note, "first": run["first"], "last": run["last"] + 1} == {
            **run,
            "last": position,
        }:
            run["last"] = position
            return
        self._end_run()
        self._run = note

    def _end_run(self) -> None:
        if self._run:
            super().add("_notes", [self._run])
        self._run = {}

    def _add_finding(self, row: Row) -> None:
        left, right = row["left"], row["right"]
        chinese, english = str(row["sentence"]), str(row["sentence_en"])
        opened = _open(chinese, left, right, NOTHING), _open(english, left, right, NOTHING_EN)
        is_open = None not in opened
        said = {
            "check": row["check"],
            "status": row["status"],
            "figures": row["figures"],
            "open": int(is_open),
            "sentence": opened[0] if is_open else chinese,
            "sentence_en": opened[1] if is_open else english,
        }
        packed = {
            "version": self._numbers[str(row["version_id"])],
            "number": row["number"],
            "equation": self._number_of("_equations", tuple(said.values()), said),
            "left": left,
            "right": right,
        }
        super().add("_findings", [packed])
        reading, related = row.get("reading", CERTAIN), row.get("related")
        if reading != CERTAIN or related:
            more = {
                "version": packed["version"],
                "number": row["number"],
                "reading": self._word(None if reading == CERTAIN else reading),
                "related": self._numbers[str(related)] if related else None,
            }
            super().add("_finding_more", [more])

    def count_findings(self, passed: Mapping[str, int]) -> None:
        """Count the findings of each report once all are written.

        Args:
            passed: Version id → how many comparisons with other reports it passed.
        """
        count = "(SELECT count(*) FROM _findings f JOIN _equations e ON e.n = f.equation "
        statuses = (("uncertain",) * 2, ("not_assessable",) * 2)
        sets = [
            f"{column} = {count} WHERE f.version = _reports.n AND e.status = '{status}')"
            for status, column in statuses
        ]
        failed = f"{count} WHERE f.version = _reports.n AND e.status = 'fail' AND e.\"check\""
        # A check that is only informative says something, and judges nothing.
        sets.append(f"failed = {failed} NOT IN ({_codes('informative')}))")
        sets.append(f"must_failed = {failed} IN ({_codes('must')}))")
        sets.append(f"informative = {failed} IN ({_codes('informative')}))")
        with self._connection:
            self._connection.execute(f"UPDATE _reports SET {', '.join(sets)}")
            self._connection.executemany(
                "UPDATE _reports SET passed = passed + ? WHERE n = ?",
                [(number, self._numbers[identity]) for identity, number in passed.items()],
            )

    # -- what is said once -----------------------------------------------------------

    def _split(self, url: str) -> tuple[int | None, str]:
        """An address as a beginning that others share, and the rest.

        The beginning is the longest that is known, often the column's, else the site.
        """
        known = self._shared.get("_words", {})
        end = len(url)
        while (end := url.rfind("/", 0, end)) > 0:
            if url[: end + 1] in known:
                return self._word(url[: end + 1]), url[end + 1 :]
        site = _SITE.match(url)
        base = site[0] if site else ""
        return self._word(base), url[len(base) :]

    def _word(self, word: object) -> int | None:
        if word is None:
            return None
        return self._number_of("_words", str(word), {"word": str(word)})

    def _number_of(self, table: str, key: Hashable, row: Row) -> int:
        known = self._shared.setdefault(table, {})
        if key not in known:
            known[key] = len(known) + 1
            super().add(table, [{"n": known[key], **row}])
        return known[key]


def _codes(strength: str) -> str:
    """Codes of the checks of one strength, as SQL lists them."""
    return ", ".join(f"'{code}'" for code, rule in rules().items() if rule.strength == strength)


def _unless(value: object, same: object) -> object:
    """A value, or the mark that says that it is the version's own."""
    return _SAME if value is not None and value == same else value


def _other(value: object, usual: object) -> object:
    """A value, or None where it is the usual one."""
    if value is None and usual is not None:
        raise ValueError(f"nothing where {usual} is usual")
    return None if value == usual else value


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
    if "{" in sentence or not all(isinstance(each, int | None) for each in (left, right)):
        return None
    texts = [empty if each is None else str(each) for each in (left, right)]
    before, found_right, after = sentence.rpartition(texts[1])
    start, found_left, middle = before.rpartition(texts[0])
    if not found_left or not found_right:
        return None
    return f"{start}{{left}}{middle}{{right}}{after}"
