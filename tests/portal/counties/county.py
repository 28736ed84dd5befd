"""A fictional county: its agencies, their columns, and the reports in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tests.portal.figures import dice
from tests.portal.reports import FictionalReport, make_report

YEARS = range(2021, 2024)
_DIGITS = "零一二三四五六七八九"
#: Slug of a column → (agencies in it: suffix of the name, kind of agency).
_CAST = {
    "szf": (("人民政府", "government"), ("审计局", "audit"), ("教育局", "education"),
            ("民政局", "civil_affairs"), ("司法局", "justice")),
    "czj": (("财政局", "finance"),),
    "zhen": (("样板镇人民政府", "town"),),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Post:
    """One report as a column lists it.

    Attributes:
        number: A number that no other post of the county has, 7 digits.
        agency: Printed name.
        kind: Slug of the agency's kind.
        region_code: Fictional code, 99xxxx, or nine digits for a town.
        year: Report year.
        date: List date (ISO).
        title: The full title.
    """

    number: int
    agency: str
    kind: str
    region_code: str
    year: int
    date: str
    title: str

    @property
    def report(self) -> FictionalReport:
        """The report itself, made when it is first asked for."""
        return _report(self.agency, self.region_code, self.kind, self.year)

    @property
    def long(self) -> int:
        """A number of 19 digits, as some families name their articles."""
        return 1_000_000_000_000_000_000 + self.number * 104_729

    @property
    def hex(self) -> str:
        """32 hexadecimal digits, likewise."""
        return f"{dice('hex', self.number, self.date).getrandbits(128):032x}"

    @property
    def uuid(self) -> str:
        """The same as a UUID."""
        text = self.hex
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@dataclass(frozen=True, slots=True)
class Listing:
    """One column: slug (`szf`, `czj`, `zhen`), whose it is, its posts with the newest first."""

    slug: str
    agency: str
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class County:
    """A county and its site.

    Attributes:
        number: 1 … 200.
        kind: Key of `SKELETONS`: which CMS it runs, in which variant.
        host: Loopback address.
        name: Fictional name, e.g. 示例一二县.
        code: Fictional region code.
        per_page: Rows on a page of a list.
        listings: Its columns.
    """

    number: int
    kind: str
    host: str
    name: str
    code: str
    per_page: int
    listings: tuple[Listing, ...]

    def listing(self, slug: str) -> Listing:
        """The column of that slug."""
        return next(each for each in self.listings if each.slug == slug)


@cache
def county(number: int, kind: str, *, per_page: int = 6, years: range = YEARS) -> County:
    """Make a county; the same one each time.

    Args:
        number: 1 … 200; decides host, name and code.
        kind: Key of `SKELETONS`.
        per_page: Rows on a page of a list.
        years: Report years; every agency has one report a year.
    """
    name = f"示例{''.join(_DIGITS[int(digit)] for digit in str(number))}县"
    code = f"99{20 + number // 50:02d}{21 + number % 50:02d}"
    listings = tuple(
        _listing(slug, cast, name, code, years, number) for slug, cast in _CAST.items()
    )
    return County(number, kind, f"127.0.1.{number}", name, code, per_page, listings)


def _listing(
    slug: str, cast: tuple[tuple[str, str], ...], name: str, code: str, years: range, seed: int
) -> Listing:
    posts = []
    for place, (suffix, kind) in enumerate(cast):
        region = f"{code}101" if kind == "town" else code
        for year in years:
            rng = dice("post", seed, slug, place, year)
            date = f"{year + 1}-01-{rng.randint(4, 29):02d}"
            at = list(_CAST).index(slug) * 1000 + place * 100 + year % 100
            title = f"{name}{suffix}{year}年政府信息公开工作年度报告"
            posts.append(
                Post(1_000_000 + seed * 10_000 + at, name + suffix, kind, region, year, date, title)
            )
    posts.sort(key=lambda post: (post.date, post.number), reverse=True)
    return Listing(slug, name + cast[0][0], tuple(posts))


@cache
def _report(agency: str, code: str, kind: str, year: int) -> FictionalReport:
    return make_report(agency, code, kind, year, zero="0")[0]
