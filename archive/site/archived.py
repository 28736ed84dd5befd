"""Archived originals: a page with its banner, the bytes in their frame, the bytes to save.

| below `/cundang/<version>/<n>` | gives                                                  |
|--------------------------------|--------------------------------------------------------|
|                                | our page: what the original is, and its frame          |
| `/yuanjian`                    | an archived page, shut in; another file, to save       |
| `/yuanjian?xiazai=1`           | the bytes themselves, to save                          |
| `/ye?cell=…`                   | of the page of a PDF, the part that prints the figure, |
|                                | drawn; all of the page with `&quan=1`                  |

`?cell=<figure>` on the first two shows where the figure stands.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Any

from datasette import Response

from archive.errors import ArchiveError
from archive.site import (
    answers,
    changes,
    correction_words,
    deleted,
    drawing,
    figure,
    highlight,
    originals,
    past,
    places,
    policies,
    queries,
    reporting,
    tombstones,
    words,
)
from archive.site.answers import View, ask, missing, web_address
from archive.site.operator import are_originals_public
from archive.site.release import RELEASES
from archive.warc import load_body
from extract import read
from extract.decode import decode
from extract.errors import ReadingError
from extract.formats import zipped
from extract.forms import Slot, columns
from extract.locators import of_place
from extract.version import reader_version

log = logging.getLogger(__name__)

_CACHED = "public, max-age=300"
#: Lines of a text that are shown around the one that prints a figure.
_LINES_AROUND = 6
_LONGEST_LINE = 400
_CLOSED = (
    "本站不公开存档原件（由运行者设定）；数值与正文仍可查看，"
    "来源一节列有原网页的地址、取得时间与校验值（SHA-256），可据以核对"
)
_DAMAGED = "存档原件此刻读不出来：存档文件缺失，或与登记的校验值（SHA-256）不一致"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for.

    Attributes:
        report: The report that has the version.
        version_id: The version.
        number: Which of its sources, counted from 1.
        source: That source's row.
        figure: The figure that is looked for, or "".
        places: Where the version's figures stand, if that is known.
    """

    report: queries.Report
    version_id: str
    number: int
    source: queries.Row
    figure: str = ""
    places: places.Places | None = None

    @property
    def read_in(self) -> int | None:
        """Which source the figures were read from."""
        return self.places.source(self.report.sources) if self.places else None

    @property
    def place(self) -> str:
        """The figure's place in this very source, or ""."""
        if self.places is None or self.places.sha256 != self.source["sha256"]:
            return ""
        return self.places.by_figure.get(self.figure, "")

    @property
    def slot(self) -> Slot:
        """The figure's line and measure, as its newest form words them."""
        return columns()[self.figure][-1]

    @property
    def by_hand(self) -> queries.Row | None:
        """The correction that is laid over the figure, or None."""
        return self.report.by_hand.get(self.figure)

    @property
    def sought(self) -> str:
        """What stands at the figure's place: where people read it, what the machine read there."""
        row = self.by_hand
        if row is None:
            return self.printed
        text = row["machine_value"] if row["machine_printed"] is None else row["machine_printed"]
        return "" if text is None else str(text)

    @property
    def printed(self) -> str:
        """What the release says that the report prints for the figure."""
        texts = self.places.printed if self.places else {}
        return replace(self.report.figures, printed=texts).cell(self.slot).text


@dataclass(frozen=True, slots=True)
class Sight:
    """How an original is shown, and how a figure in it.

    Attributes:
        kind: What the bytes are.
        framed: Whether they are shown in a frame.
        outcome: Word for what became of the figure: `outlined`, `in_line` (its line is
            marked), `paragraph` (only what holds it could be outlined), `drawn`, `line`,
            `told` (in words), `elsewhere` (in another source), `unknown` (no place is
            known), `differs` (other text stands there).
        where: Its place in words.
        shown: The page for the frame.
        lines: Lines of a text around it, with their numbers.
    """

    kind: originals.Kind
    framed: bool
    outcome: str = ""
    where: str = ""
    shown: highlight.Shown | None = None
    lines: tuple[tuple[int, str], ...] = ()


async def archived(datasette: Any, request: Any) -> Response:
    """`/cundang/<version_id>/<n>`: our page around an archived original."""
    asked = await _asked(datasette, request)
    if isinstance(asked, Response):
        return asked
    sight, status = None, 200
    try:
        sight = await asyncio.to_thread(_sight_of, datasette, asked)
    except ArchiveError as error:
        if gone := _deleted(datasette, asked):
            return await answers.wrong(datasette, request, gone, 410)
        _report(asked, error)
        status = 503
    context = {
        "asked": asked,
        "source": asked.source,
        "report": asked.report.row,
        "sight": sight,
        "line": asked.slot if asked.figure else None,
        "told": correction_words,
        "damaged": _DAMAGED,
        "errors": _errors(datasette, request, asked),
        "words": words,
        "web_address": web_address,
    }
    headers = {"Content-Security-Policy": policies.FRAMING, "Cache-Control": _CACHED}
    return await answers.render(datasette, request, "archived.html", context, status, headers)


async def original(datasette: Any, request: Any) -> Response:
    """`/cundang/<version_id>/<n>/yuanjian`: the bytes, shut in or to save."""
    asked = await _asked(datasette, request)
    if isinstance(asked, Response):
        return asked
    saved = bool(request.args.get("xiazai"))
    if not saved and request.headers.get("sec-fetch-dest") == "document":
        # An archived page is not shown without our banner.
        here = datasette.urls.path(request.path.removesuffix("/yuanjian"))
        cell = f"?cell={asked.figure}" if asked.figure else ""
        return Response.redirect(here + cell, status=303)
    try:
        return await asyncio.to_thread(_bytes, datasette, asked, saved)
    except ArchiveError as error:
        if gone := _deleted(datasette, asked):
            return await answers.wrong(datasette, request, gone, 410)
        _report(asked, error)
        return await answers.wrong(datasette, request, _DAMAGED, 503)


async def drawn(datasette: Any, request: Any) -> Response:
    """`/cundang/<version_id>/<n>/ye?cell=…`: the page of a PDF, with a box around the figure."""
    asked = await _asked(datasette, request)
    if isinstance(asked, Response):
        return asked
    try:
        whole = bool(request.args.get("quan"))
        picture = await asyncio.to_thread(_picture, datasette, asked, whole)
    except ArchiveError as error:
        if gone := _deleted(datasette, asked):
            return await answers.wrong(datasette, request, gone, 410)
        _report(asked, error)
        return await answers.wrong(datasette, request, "这一页此刻画不出来，请下载原件查看", 503)
    if picture is None:
        return await missing(datasette, request, "没有这一页的图")
    return Response(
        picture,
        content_type="image/png",
        headers={"Cache-Control": _CACHED, "Cross-Origin-Resource-Policy": "same-origin"},
    )


_ONE = r"^/cundang/(?P<id>[^/]+)/(?P<n>[0-9]{1,4})"
ROUTES: list[tuple[str, View]] = [
    (rf"{_ONE}$", archived),
    (rf"{_ONE}/yuanjian$", original),
    (rf"{_ONE}/ye$", drawn),
]


async def _asked(datasette: Any, request: Any) -> Asked | Response:
    """What is asked for, or the page that says that the archive does not have it."""
    version_id, number = request.url_vars["id"], int(request.url_vars["n"])
    figure = request.args.get("cell") or ""
    if not are_originals_public(RELEASES[datasette].root):
        return await missing(datasette, request, _CLOSED)
    found = await ask(datasette, lambda conn: queries.report(conn, version_id))
    if found is None:
        return await _moved(datasette, request)
    if found.version["version_id"] != version_id or not 1 <= number <= len(found.sources):
        return await missing(datasette, request, "本档案没有这份原件")
    sha256 = str(found.sources[number - 1]["sha256"])
    tomb = await ask(datasette, lambda c: tombstones.of_original(c, version_id, sha256))
    if tomb is not None:
        return await tombstones.answer(datasette, request, tomb, original=True)
    if figure and figure not in columns():
        return await missing(datasette, request, "本档案没有这一项数值")
    known = None
    if figure and "text" in datasette.databases:
        known = await ask(datasette, lambda c: places.places_of(c, version_id), "text")
    return Asked(found, version_id, number, found.sources[number - 1], figure, known)


async def _moved(datasette: Any, request: Any) -> Response:
    """Where an old id leads: to the same file, if there is but one; else to the list of them.

    Versions that became one have their sources counted anew.
    """
    new_id = await ask(datasette, lambda conn: past.moved(conn, request.url_vars["id"]))
    number = int(request.url_vars["n"])
    sources = await ask(datasette, lambda conn: queries.sources(conn, new_id)) if new_id else []
    if new_id and len(sources) == number == 1:
        rest = request.path.partition("/cundang/")[2].partition("/")[2]
        return await changes.gone(datasette, request, "cundang", "", f"/{rest}")
    return await changes.gone(datasette, request, "bg", "本档案没有这份原件", at="#laiyuan")


def _report(asked: Asked, error: ArchiveError) -> None:
    log.error("archived bytes of %s/%s cannot be read: %s", asked.version_id, asked.number, error)


def _deleted(datasette: Any, asked: Asked) -> str | None:
    return deleted.sentence(RELEASES[datasette].root, str(asked.source["record_id"]))


def _errors(datasette: Any, request: Any, asked: Asked) -> reporting.Links:
    """Where 报告错误 leads for the figure, or for the version."""
    key = asked.figure if reporting.has_figures(asked.report) else ""
    return reporting.links(datasette, request, figure.Seen(asked.report, asked.places), key)


def _load(datasette: Any, asked: Asked) -> bytes:
    return load_body(RELEASES[datasette].root / "warc", asked.source)


def _known(datasette: Any, asked: Asked, body: bytes) -> Asked:
    """The same; without the place where today's reader would number the page otherwise."""
    reader = RELEASES[datasette].manifest.get("reader")
    if not asked.place or reader in (None, reader_version()):
        return asked
    try:
        found = {figure.key: figure.place for figure in read(body).figures}
    except ReadingError:
        found = {}
    if found.get(asked.figure) == asked.place:
        return asked
    return replace(asked, places=None)


def _bytes(datasette: Any, asked: Asked, saved: bool) -> Response:
    """The page for the frame, or bytes to save."""
    body = _load(datasette, asked)
    kind = originals.kind_of(body)
    headers = {**policies.AROUND_BYTES, "Cache-Control": _CACHED, "Vary": "Sec-Fetch-Dest"}
    if not saved and originals.is_shown(kind, asked.source):
        asked = _known(datasette, asked, body)
        shown = highlight.show(body, asked.place, asked.sought if asked.figure else "")
        headers["Content-Security-Policy"] = policies.ARCHIVED
        return Response(shown.html, headers=headers, content_type="text/html; charset=utf-8")
    plain = f"{asked.version_id}-{asked.number}"
    headers["Content-Security-Policy"] = policies.SAVED
    headers["Content-Disposition"] = originals.disposition(kind, asked.source, plain)
    return Response(body, headers=headers, content_type=kind.mime)


def _sight_of(datasette: Any, asked: Asked) -> Sight:
    """How the original is shown on our page."""
    body = _load(datasette, asked)
    kind = originals.kind_of(body)
    sight = Sight(kind, originals.is_shown(kind, asked.source))
    if sight.framed:
        asked = _known(datasette, asked, body)
    if not asked.figure:
        shown = highlight.show(body) if sight.framed else None
        return replace(sight, shown=shown)
    if not asked.place:
        elsewhere = asked.read_in not in (None, asked.number)
        shown = highlight.show(body) if sight.framed else None
        return replace(sight, outcome="elsewhere" if elsewhere else "unknown", shown=shown)
    where = places.in_words(asked.place, str(asked.report.version["format"]))
    sight = replace(sight, where=where, outcome="told")
    if sight.framed:
        shown = highlight.show(body, asked.place, asked.sought)
        return replace(sight, shown=shown, outcome=_outcome(shown))
    if kind is originals.TEXT:
        return _with_lines(sight, body, asked)
    if of_place(asked.place).box and originals.kind_of(_member(body, asked)) is originals.PDF:
        return replace(sight, outcome="drawn")
    return sight


def _outcome(shown: highlight.Shown) -> str:
    if not shown.anchor:
        return "differs"
    if shown.line:
        return "in_line"
    return "outlined" if shown.whole else "paragraph"


def _with_lines(sight: Sight, body: bytes, asked: Asked) -> Sight:
    """The lines of a text around the figure."""
    at = of_place(asked.place).line
    content = decode(body)[0].replace("\f", "\n").replace("\r\n", "\n").replace("\r", "\n")
    lines = content.split("\n")
    if at is None or at > len(lines):
        return sight
    if "".join(asked.sought.split()) not in "".join(lines[at - 1].split()):
        return replace(sight, outcome="differs")
    first, last = max(1, at - _LINES_AROUND), min(len(lines), at + _LINES_AROUND)
    around = [(number, lines[number - 1][:_LONGEST_LINE]) for number in range(first, last + 1)]
    return replace(sight, outcome="line", lines=tuple(around))


def _picture(datasette: Any, asked: Asked, whole: bool) -> bytes | None:
    """The drawn page of a PDF, or None where the figure has no place in one."""
    found = of_place(asked.place)
    if found.page is None or found.box is None:
        return None
    body = _member(_load(datasette, asked), asked)
    if originals.kind_of(body) is not originals.PDF:
        return None
    around = drawing.WHOLE if whole else drawing.AROUND
    return drawing.draw(body, found.page, found.box, around)


def _member(body: bytes, asked: Asked) -> bytes:
    """The file of an archive in which a figure stands; the body itself if it is none."""
    member = of_place(asked.place).member
    if not member:
        return body
    try:
        return dict(zipped.members(body)).get(member, b"")
    except ReadingError as error:
        raise ArchiveError(f"the ZIP archive cannot be unpacked: {error}") from error
