"""What follows from the measured rates for a district, a province and the country.

Plain arithmetic, every assumption by name: `docs/scale.md` prints both beside each other, so that
who knows better figures can put in their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.scale.rates import Rate

#: Rates that must have been measured.
NEEDED = (
    "pages_a_second",
    "reports_read_a_cpu_second",
    "build_ms_a_report",
    "database_kb_a_report",
    "release_kb_a_report",
)


@dataclass(frozen=True, slots=True)
class Assumed:
    """What no bench can measure.

    Attributes:
        seconds_a_request: Between two requests to one host: `delay`, and the answer.
        requests_a_report: Of all kinds: `make prove ONLY=portals` has 4,133 for 3,000 reports.
        warc_kb_a_report: Compressed, with its attachments; a generated page of 72 KB takes 5, real
            ones compress less, and some have files of hundreds.
        agencies: Agencies of a county that publish a report.
        years: Years that a column holds.
        hosts_at_once: `CONCURRENT_REQUESTS`: one request a host, so as many hosts.
        core_hour: Price of a rented core for an hour, US dollars.
        gb_month: Price of a gigabyte on a rented disk for a month, US dollars.
    """

    seconds_a_request: float = 3.5
    requests_a_report: float = 1.4
    warc_kb_a_report: float = 25.0
    agencies: int = 40
    years: int = 17
    hosts_at_once: int = 64
    core_hour: float = 0.04
    gb_month: float = 0.08


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the country: its name, and how many counties, each with a host, it has."""

    name: str
    counties: int


PLACES = (Place("a county", 1), Place("a province", 100), Place("the country", 3000))


def reports(place: Place, assumed: Assumed) -> int:
    """How many reports a place has published."""
    return place.counties * assumed.agencies * assumed.years


def crawl_hours(place: Place, rates: Mapping[str, Rate], assumed: Assumed) -> float:
    """Hours of the first crawl by one process: of patience, or of what one core fetches."""
    requests = reports(place, assumed) * assumed.requests_a_report
    at_once = min(place.counties, assumed.hosts_at_once)
    polite = at_once / assumed.seconds_a_request
    return requests / min(polite, rates["pages_a_second"].value) / 3600


def read_hours(place: Place, rates: Mapping[str, Rate], assumed: Assumed) -> float:
    """CPU-hours to read everything once, and as many to read it again."""
    return reports(place, assumed) / rates["reports_read_a_cpu_second"].value / 3600


def build_hours(place: Place, rates: Mapping[str, Rate], assumed: Assumed) -> float:
    """Hours of a full build from ready readings, on as many cores as it was measured on."""
    return reports(place, assumed) * rates["build_ms_a_report"].value / 3.6e6


def table(rates: Mapping[str, Rate], assumed: Assumed | None = None) -> str:
    """The table of what follows, in Markdown.

    Raises:
        KeyError: A rate was not measured.
    """
    given = assumed or Assumed()
    head = " | ".join(place.name for place in PLACES)
    lines = [f"| | {head} |", "|---|" + "--:|" * len(PLACES)]
    for label, cells in _rows(rates, given):
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _rows(rates: Mapping[str, Rate], given: Assumed) -> list[tuple[str, list[str]]]:
    def each(work: object) -> list[str]:
        return [work(place) for place in PLACES]  # type: ignore[operator]  # one of the lambdas

    def kb(name: str, place: Place) -> float:
        return reports(place, given) * rates[name].value * 1024

    def warc(place: Place) -> float:
        return reports(place, given) * given.warc_kb_a_report * 1024

    def cost(place: Place) -> float:
        hours = crawl_hours(place, rates, given) + read_hours(place, rates, given)
        hours += 2 * build_hours(place, rates, given)
        return hours * given.core_hour

    def month(place: Place) -> float:
        gb = (warc(place) + kb("release_kb_a_report", place)) / 1e9
        return gb * given.gb_month

    return [
        ("reports", each(lambda p: f"{reports(p, given):,}")),
        ("hosts", each(lambda p: f"{p.counties:,}")),
        ("first crawl, one process", each(lambda p: _time(crawl_hours(p, rates, given)))),
        ("WARC files", each(lambda p: _size(warc(p)))),
        ("reading, and reading again", each(lambda p: _cpu(read_hours(p, rates, given)))),
        ("full build, two cores", each(lambda p: _time(build_hours(p, rates, given)))),
        ("`nianbao.db`", each(lambda p: _size(kb("database_kb_a_report", p)))),
        ("a release, all files", each(lambda p: _size(kb("release_kb_a_report", p)))),
        ("rented: crawl, read, build once", each(lambda p: f"${cost(p):,.2f}")),
        ("rented: disk for WARC files and a release, a month", each(lambda p: f"${month(p):,.2f}")),
    ]


def _time(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:,.0f} min" if hours * 60 >= 1 else f"{hours * 3600:,.0f} s"
    return f"{hours:,.1f} h" if hours < 48 else f"{hours / 24:,.1f} days"


def _cpu(hours: float) -> str:
    return f"{hours:,.1f} CPU-h" if hours >= 1 else f"{hours * 60:,.1f} CPU-min"


def _size(size: float) -> str:
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size / 1e3:,.0f} KB"
