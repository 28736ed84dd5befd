"""A report's history as bytes, and back: what waits on the disk until it is written.

A body is kept once, however often its history names it: who speaks for a version is told by
which body it is.
"""

from __future__ import annotations

import marshal
from dataclasses import fields
from operator import attrgetter
from typing import Any

from extract.types import Evidence, Report

from ..absence import Absence
from ..agencies import Agency
from ..bodies import Body, Seen
from ..briefs import Brief, Source, brief_of
from ..histories import ReportHistory, Version

#: What a release says of a capture, and what the build asks of it once reports are gathered.
_OF_CAPTURE = (
    "url", "sha256", "portal", "role", "listing", "list_title", "list_date", "parent", "status",
    "content_type", "bytes", "fetched_at", "record_id", "warc_file", "warc_offset", "warc_length",
)  # fmt: skip
_OF_AGENCY = tuple(field.name for field in fields(Agency))
_OF_REPORT = tuple(field.name for field in fields(Report) if field.name != "evidence")
_agency, _report = attrgetter(*_OF_AGENCY), attrgetter(*_OF_REPORT)
#: The version of marshal that says nothing of who else holds a text: equal histories, equal bytes.
_MARSHAL = 2
#: The place of `missed` in a packed brief.
_MISSED = 5


def pack(history: ReportHistory) -> bytes:
    """A history, its report without what is long, as bytes."""
    table = _Table()
    versions = [_version(version, table) for version in history.versions]
    said = (history.report_id, _agency(history.agency), history.year, table.rows, versions)
    # Not compressed: that takes a tenth of the time of gathering, and the file is soon gone.
    return marshal.dumps(said, _MARSHAL)


def unpack(packed: bytes) -> ReportHistory:
    """The history that `pack` was given."""
    report_id, agency, year, rows, versions = marshal.loads(packed)
    bodies = [_body(row) for row in rows]
    made = [_made(version, bodies) for version in versions]
    return ReportHistory(report_id, Agency(*agency), year, made)


def pack_brief(history: ReportHistory) -> bytes:
    """What a history is in brief, as bytes."""
    return marshal.dumps([_brief(brief_of(version)) for version in history.versions], _MARSHAL)


def unpack_brief(packed: bytes) -> tuple[Brief, ...]:
    """The versions that `pack_brief` was given."""
    return tuple([
        Brief(sha256.hex(), status, _texts(own), _texts(public or own), entered, missed,
              tuple([(digest.hex(), url) for digest, url in sources]), (first.hex(), address))
        for sha256, status, own, public, entered, missed, sources, (first, address)
        in marshal.loads(packed)
    ])  # fmt: skip


def has_changes(packed: bytes) -> bool:
    """`InBrief.has_changes` of the versions that `pack_brief` was given, told from the bytes."""
    versions = marshal.loads(packed)
    return len(versions) > 1 or any(version[_MISSED] for version in versions)


def unpack_firsts(packed: bytes) -> list[Source]:
    """`Brief.first` of the versions that `pack_brief` was given."""
    return [(sha256.hex(), url) for *_, (sha256, url) in marshal.loads(packed)]


def _brief(brief: Brief) -> tuple[Any, ...]:
    return (
        bytes.fromhex(brief.sha256),
        brief.status,
        _digests(brief.own),
        None if brief.public == brief.own else _digests(brief.public),
        brief.is_entered,
        brief.missed,
        [(bytes.fromhex(sha256), url) for sha256, url in brief.sources],
        (bytes.fromhex(brief.first[0]), brief.first[1]),
    )


def _digests(texts: tuple[str, str]) -> bytes:
    return bytes.fromhex(texts[0]) + bytes.fromhex(texts[1])


def _texts(digests: bytes) -> tuple[str, str]:
    text = digests.hex()
    return text[: len(text) // 2], text[len(text) // 2 :]


class _Table:
    """The bodies of a history, each once."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._places: dict[int, int] = {}
        self._held: list[Body] = []  # so that no other body gets the place of one in memory

    def of(self, body: Body) -> int:
        """A body's number."""
        place = self._places.get(id(body))
        if place is None:
            place = self._places[id(body)] = len(self.rows)
            self._held.append(body)
            capture = tuple(body.capture.get(name) for name in _OF_CAPTURE)
            origins = [(url, _seen(seen)) for url, seen in body.origins]
            seen = [_seen(each) for each in body.seen]
            self.rows.append((capture, seen, body.recency, body.order, origins))
        return place


def _seen(seen: Seen) -> tuple[str, str, str]:
    return seen.at, seen.run, seen.round


def _body(row: Any) -> Body:
    capture, seen, recency, order, origins = row
    return Body(
        dict(zip(_OF_CAPTURE, capture, strict=True)),
        tuple([Seen(*each) for each in seen]),
        recency,
        order,
        tuple([(url, Seen(*each)) for url, each in origins]),
    )


def _version(version: Version, table: _Table) -> tuple[Any, ...]:
    report = version.report
    evidence = [
        (about, [(piece.source, piece.value, piece.weight) for piece in found])
        for about, found in report.evidence.items()
    ]
    return (
        _report(report),
        evidence,
        version.sha256,
        version.text_sha256,
        version.figures_sha256,
        version.filled,
        [table.of(body) for body in version.bodies],
        [table.of(body) for body in version.beside],
        [(table.of(file), table.of(page)) for file, page in version.stands_for],
        [table.of(body) for body in version.led],
        version.twin_words,
        version.number,
        version.standing,
        version.flags,
        version.pictures,
        [(url, each.gone_since, each.unlisted_since) for url, each in version.absences.items()],
        [(url, [_seen(each) for each in every]) for url, every in version.missed.items()],
        version.masked,
    )


def _made(row: Any, bodies: list[Body]) -> Version:
    (
        report, evidence, sha256, text_sha256, figures_sha256, filled, own, beside, stands_for, led,
        twin_words, number, standing, flags, pictures, absences, missed, masked,
    ) = row  # fmt: skip
    told = {about: tuple([Evidence(*piece) for piece in found]) for about, found in evidence}
    return Version(
        Report(**dict(zip(_OF_REPORT, report, strict=True)), evidence=told),
        sha256,
        text_sha256,
        figures_sha256,
        filled,
        [bodies[place] for place in own],
        [bodies[place] for place in beside],
        [(bodies[file], bodies[page]) for file, page in stands_for],
        [bodies[place] for place in led],
        twin_words,
        number,
        standing,
        flags,
        pictures,
        {url: Absence(*each) for url, *each in absences},
        {url: tuple([Seen(*each) for each in every]) for url, every in missed},
        masked,
    )
