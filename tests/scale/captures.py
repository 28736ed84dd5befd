"""Rows of the ledger and of the readings, as a crawl and a reader would have written them."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.absence import GONE
from archive.readings import head_of
from extract.codec import pack
from extract.types import Report, Value
from tests import synthetic
from tests.scale import figures
from tests.scale.figures import FIRST_YEAR, YEARS
from tests.scale.places import AGENCIES, Place, place, province_host, province_portal
from tests.scale.reports import Which, whole

#: Columns of `captures`, in the order of the schema.
COLUMNS = (
    "record_id", "run_id", "portal", "role", "request_key", "url", "fetched_at", "status",
    "content_type", "encoding", "etag", "last_modified", "payload", "sha256", "bytes",
    "revisit_of", "listing", "list_title", "list_date", "parent", "warc_file", "warc_offset",
    "warc_length", "tls",
)  # fmt: skip
#: What share of the addresses the second round asked for again.
_AGAIN = 0.4
_HTML, _PDF, _DOC = "text/html; charset=utf-8", "application/pdf", "application/msword"
_NO_REPORT = "the text is no annual report on open government"


#: SHA-256, status, detail, kind; head and packed report, or None.
Read = tuple[str, str, str, str, str | None, bytes | None]


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl of the country."""

    number: int

    @property
    def run_id(self) -> str:
        """Its id."""
        return f"{self.began:%Y%m%d%H%M%S}-{self.number:04x}"

    @property
    def began(self) -> datetime:
        """When it began."""
        years, quarter = divmod(self.number, 4)
        return datetime(2026 + years, 1 + 3 * quarter, 1, tzinfo=UTC)


@dataclass(slots=True)
class Rows:
    """What one region leaves in a data root.

    Attributes:
        captures: Rows of the ledger, in the order of `COLUMNS`.
        issues: Rows of the ledger's issues.
        readings: As `readings` has them, but for the reader.
    """

    captures: list[tuple[Any, ...]] = field(default_factory=list)
    issues: list[tuple[str, ...]] = field(default_factory=list)
    readings: list[tuple[str, str, str, str, str | None, bytes | None]] = field(
        default_factory=list
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request was: of which run, which portal, why.

    Attributes:
        run: The crawl.
        portal: Key of the portal.
        url: What was asked for.
        role: `article` or `attachment`.
        title: The words of the list.
        dated: The date in the list.
        listing: The column.
        parent: The article of an attachment.
        kind: What its bytes are.
    """

    run: Run
    portal: str
    url: str
    role: str
    title: str
    dated: str
    listing: str
    parent: str = ""
    kind: str = "html"


def of_region(
    number: int,
    reports: int,
    *,
    years: tuple[int, int] = (0, YEARS),
    long_every: int = 1,
    run: int | None = None,
) -> Rows:
    """Rows of a region.

    Args:
        number: The region.
        reports: How many of its reports there are at most: agency by agency, year by year.
        years: The first year that is wanted, and the one behind the last, from `FIRST_YEAR`.
        long_every: One report in so many has chapters as long as real ones.
        run: The crawl that found them; the first two rounds if None.
    """
    values, rows, made = figures.region(number, years[1]), Rows(), 0
    maker = _Maker(place(number), rows, run)
    for organ in range(AGENCIES):
        for year in range(*years):
            if made == reports:
                return rows
            made += 1
            which = Which(number, organ, FIRST_YEAR + year)
            # Of a crawl that adds one year, every agency has one.
            counted = which.agency * YEARS + year if run is None else which.agency
            maker.add(which, values[organ][year], is_long=counted % long_every == 0)
    if run is None:
        maker.add_others()
    return rows


class _Maker:
    """Writes the rows of one region."""

    def __init__(self, region: Place, rows: Rows, run: int | None) -> None:
        self._place, self._rows, self._run = region, rows, run
        self._dice = synthetic._dice("captures", region.number, run)
        self._count = 0

    def add(self, which: Which, values: dict[str, Value], *, is_long: bool) -> None:
        """A report: all its editions, in all places that give them."""
        editions = which.editions if self._run is None else 1
        listed = self._place.listed
        for edition in range(editions):
            report = whole(which, values, edition, is_long=is_long)
            runs = [Run(edition if self._run is None else self._run)]
            again = editions == 1 and self._run is None and not which.is_gone
            if again and self._dice.random() < _AGAIN:
                runs.append(Run(1))
            self._article(which, report, edition, runs)
            if listed is not None and which.who.kind == "government":
                self._in_province(which, report, edition, runs, listed)

    def _article(self, which: Which, report: Report, edition: int, runs: list[Run]) -> None:
        host, month = self._place.host, f"{which.year + 1}01"
        listing = f"http://{host}/zwgk/fdzdgknr/zfxxgknb/{which.who.column}/"
        name = f"t{month}{4 + which.number % 25:02d}_{1_000_000 + which.number}"
        ending = "pdf" if report.kind == "pdf" else "html"
        title = which.title if which.number % 3 else f"{which.title}（全文）"
        asked = Asked(
            runs[0], self._place.portal, f"{listing}{month}/{name}.{ending}", "article", title,
            report.published or f"{which.year + 1}-01-{1 + which.number % 28:02d}", listing,
            kind=report.kind,
        )  # fmt: skip
        has_file = which.agency % 12 == 7 and report.status == "read" and report.kind == "html"
        file_url = f"{listing}{month}/P{which.number:09d}.doc"
        if has_file:
            file = replace(report, kind="doc", block={})
            if which.agency % 24 == 7:  # the page only links to it
                report = replace(
                    report, status="attachment_unread", figures=(), findings=(), passes=0,
                    form=None, forms={}, chapters={}, headings={}, facts=(), flags=(),
                )  # fmt: skip
            report = replace(report, attachments=((f"./P{which.number:09d}.doc", f"{title}.doc"),))
        self._obtained(asked, runs, report, f"{which.number}-{edition}")
        if which.is_gone and self._run is None:
            at = f"{Run(1).began:%Y-%m-%d}T12:00:00.000Z"
            said = (Run(1).run_id, asked.portal, asked.url, GONE, "http_404", at)
            self._rows.issues.append(said)
        if has_file:
            of_file = Asked(
                runs[0], asked.portal, file_url, "attachment", f"{title}.doc", asked.dated,
                listing, asked.url, "doc",
            )  # fmt: skip
            self._obtained(of_file, runs, file, f"{which.number}-{edition}-file")

    def _in_province(
        self, which: Which, report: Report, edition: int, runs: list[Run], listed: int
    ) -> None:
        """The same report on another page, which a column of the province lists."""
        folder = f"http://{province_host(listed)}/zfxxgknb/sxzf/"
        asked = Asked(
            runs[0], province_portal(listed), f"{folder}art_{which.number}.html", "article",
            which.title, report.published or "", folder,
        )  # fmt: skip
        self._obtained(asked, runs, report, f"{which.number}-{edition}-province")

    def add_others(self) -> None:
        """Articles that are no reports: most of them a list calls otherwise."""
        number = self._place.number
        listing = f"http://{self._place.host}/zwgk/fdzdgknr/zfxxgknb/"
        for each in range(12):
            words = "政府信息公开工作要点" if each % 4 else "政府信息公开工作年度报告"
            asked = Asked(
                Run(0), self._place.portal, f"{listing}other/t{each:04d}_{number}.html", "article",
                f"{self._place.name}{2010 + each}年{words}", f"{2011 + each}-03-01", listing,
            )  # fmt: skip
            self._failed(asked, [Run(0)], f"other-{number}-{each}")

    # -- rows -----------------------------------------------------------------------

    def _obtained(self, asked: Asked, runs: list[Run], report: Report, key: str) -> None:
        digest = hashlib.sha256(f"body\x1f{key}".encode()).hexdigest()
        self._capture(asked, runs, digest)
        kind = asked.kind
        packed = pack(report)
        self._rows.readings.append((digest, report.status, "", kind, head_of(packed), packed))

    def _failed(self, asked: Asked, runs: list[Run], key: str) -> None:
        digest = hashlib.sha256(f"body\x1f{key}".encode()).hexdigest()
        self._capture(asked, runs, digest)
        self._rows.readings.append((digest, "not_a_report", _NO_REPORT, asked.kind, None, None))

    def _capture(self, asked: Asked, runs: list[Run], digest: str) -> None:
        holder, dice = None, self._dice
        size = dice.randint(20_000, 90_000)
        for run in runs:
            self._count += 1
            record = f"<urn:uuid:{uuid.UUID(int=dice.getrandbits(128), version=4)}>"
            at = run.began + timedelta(milliseconds=3000 * self._count + dice.randint(0, 2000))
            content_type = {"html": _HTML, "pdf": _PDF}.get(asked.kind, _DOC)
            self._rows.captures.append((
                record, run.run_id, asked.portal, asked.role, asked.url, asked.url,
                f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z", 200, content_type, "",
                "", "", digest, digest, size, holder, asked.listing, asked.title, asked.dated,
                asked.parent, f"{run.run_id}-{self._place.number // 50:05d}.warc.gz",
                (self._place.number % 50 * 1000 + self._count) * 20_000, 700 if holder else 20_000,
                "",
            ))  # fmt: skip
            holder = holder or record
