"""Reports of the country, whole, as the reader would give them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extract.checks import run_checks
from extract.types import Evidence, Fact, Report, Value
from tests import prose, synthetic
from tests.scale.figures import FIRST_YEAR, ROOM, form_of, planted, printed
from tests.scale.places import AGENCIES, Organ, Place, organs, place

#: How many reports of a country have chapters as long as real ones.
LONG_TEXTS = 20_000
#: Stands in one report of a thousand, and in no other text.
PLANTED_WORD, _WORD_EVERY = "苇编竹简修缮", 1000
_SIGNS = "甲乙丙丁戊己庚辛壬癸"
#: What another edition of a report prints otherwise.
_CHANGED = "t2_license_decisions"


@dataclass(frozen=True, slots=True)
class Which:
    """One report of the country.

    Attributes:
        region: Number of its region.
        organ: Number of the agency within the region.
        year: Its year.
    """

    region: int
    organ: int
    year: int

    @property
    def agency(self) -> int:
        """Number of its agency, counted through the country."""
        return self.region * AGENCIES + self.organ

    @property
    def number(self) -> int:
        """Its own number: all numbers of one agency follow each other, with room for years."""
        return self.agency * ROOM + self.year - FIRST_YEAR

    @property
    def place(self) -> Place:
        """Its region."""
        return place(self.region)

    @property
    def who(self) -> Organ:
        """Its agency."""
        return organs()[self.organ]

    @property
    def report_id(self) -> str:
        """Its id in a release."""
        end = "-agg" if self.who.kind == "government" else ""
        return f"{self.agency_id}-{self.year}{end}"

    @property
    def agency_id(self) -> str:
        """The id of its agency."""
        return f"{self.place.code}-{self.who.kind}"

    @property
    def name(self) -> str:
        """Its agency's printed name."""
        return f"{self.place.name}{self.who.words}"

    @property
    def title(self) -> str:
        """Its printed title."""
        return f"{self.name}{self.year}年政府信息公开工作年度报告"

    @property
    def editions(self) -> int:
        """How many texts its address gave, one after the other."""
        return 2 if self.agency % 7 == 3 and self.year == FIRST_YEAR + self.agency % 5 else 1

    @property
    def is_unread(self) -> bool:
        """Whether its text is in a file that could not be had."""
        return self.agency % 50 == 21 and self.year == FIRST_YEAR + 1

    @property
    def is_gone(self) -> bool:
        """Whether its address gives nothing any more."""
        return self.agency % 45 == 9 and self.year == FIRST_YEAR and self.editions == 1

    @property
    def has_word(self) -> bool:
        """Whether it holds the planted word."""
        return (self.agency * 7 + self.year) % _WORD_EVERY == 5 and not self.is_unread


def whole(which: Which, values: dict[str, Value], edition: int, *, is_long: bool) -> Report:
    """The report as its bytes say it."""
    head = _head(which)
    if which.is_unread:
        return replace(
            head, status="attachment_unread", attachments=((f"./{which.number}.doc", which.title),)
        )
    form = form_of(which.year).code
    changed = (_CHANGED, 1) if edition else None
    chapters, facts = _chapters(which, values, edition, is_long=is_long)
    report = replace(
        head,
        form=form,
        forms={"t2": form, "t3": form},
        figures=printed(values, which.agency, which.year, changed),
        chapters=chapters,
        headings=_HEADINGS,
        facts=facts,
    )
    findings, passes = run_checks(report)
    return replace(report, findings=findings, passes=passes)


_HEADINGS = {
    "一": "一、总体情况",
    "二": "二、主动公开政府信息情况",
    "三": "三、收到和处理政府信息公开申请情况",
    "四": "四、政府信息公开行政复议、行政诉讼情况",
    "五": "五、存在的主要问题及改进情况",
    "六": "六、其他需要报告的事项",
}


def _head(which: Which) -> Report:
    """A report without its text and figures."""
    dice, name, year = synthetic._dice("head", which.number), which.name, which.year
    day = dice.randint(5, 29)
    evidence = {
        "year": (Evidence("title", str(year), 3), Evidence("period", str(year), 3)),
        "agency": (Evidence("title", name, 3), Evidence("signature", name, 2)),
        "published": (Evidence(dice.choice(("meta pubdate", "label", "under title")), name, 2),),
    }
    return Report(
        status="read",
        title=which.title,
        agency=name,
        year=year,
        published=f"{year + 1}-01-{day:02d}" if dice.random() < 0.85 else None,
        signed=f"{year + 1}-01-{day - 2:02d}" if dice.random() < 0.7 else None,
        evidence=evidence,
        kind="pdf" if which.agency % 20 == 4 else "html",
        scope="aggregate" if which.who.kind == "government" else "own",
        block={"索引号": f"{which.number:09d}/{year + 1}-00001", "发布机构": name},
    )


def _chapters(
    which: Which, values: dict[str, Value], edition: int, *, is_long: bool
) -> tuple[dict[str, str], tuple[Fact, ...]]:
    """The chapters, and what their prose states."""
    error = planted(which.agency, which.year)
    received = int(values["t3_received_new_total"] or 0)
    received += error.more if error and error.column == "t3_received_new_total" else 0
    published = 7 + which.number % 1913
    said = f"收到政府信息公开申请{received}件" if received else "未收到政府信息公开申请"
    opening = f"{which.year}年，{which.name}主动公开政府信息{published}条，全年{said}。"
    made = {
        "一": opening,
        "五": f"{which.name}{which.year}年存在的问题已经整改，代号{_in_words(which.number)}。",
    }
    if is_long:
        more = [
            prose.chapters(10**9 + 2 * which.number + i, which.name, which.year) for i in (0, 1)
        ]
        for chapter in ("一", "二", "五", "六"):
            texts = [made.get(chapter, ""), *(each[chapter] for each in more)]
            made[chapter] = "\n".join(filter(None, texts))
    if which.has_word:
        made["五"] += f"\n组织{PLANTED_WORD}活动。"
    if edition:
        made["五"] += f"\n第{edition + 1}稿。"
    facts = [
        _fact(
            "app_received", received if received else None, "件" if received else "", said, opening
        )
    ]
    return made, tuple(facts)


def _in_words(number: int) -> str:
    """A number that nobody takes for one, least of all for a telephone's."""
    return "".join(_SIGNS[int(digit)] for digit in str(number))


def _fact(code: str, value: Value, unit: str, quote: str, text: str) -> Fact:
    start = text.index(quote)
    return Fact(code, value, unit, quote, "一", start, start + len(quote))
