"""A fictional report as it is printed, and what an honest reader must report of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extract.forms import Form, forms
from tests.portal import prose
from tests.portal.errors import Broken, plant
from tests.portal.figures import Figures, Number, dice, figures
from tests.portal.layouts import Layout

PHRASES = ("政府信息公开工作年度报告", "政府信息公开年度报告")
ZEROS = {"0": "0", "blank": "", "slash": "/", "dash": "—"}


@dataclass(frozen=True, slots=True)
class FictionalReport:
    """One 年度报告 of an agency that does not exist.

    Attributes:
        agency: Printed name.
        region_code: 99xxxx, or nine digits for a town.
        kind: Slug of the agency's kind (finance, audit, town, …).
        scope: `own` or `aggregate`.
        year: Report year.
        form: Code of the form that it is printed in.
        title: Printed title.
        published: Date that the portal prints.
        signed: Date of the signature block.
        preamble: Paragraph before chapter one.
        chapters: 一…六 → paragraphs, without headings and tables.
        cells: Slot key → printed text, for every slot of the form.
        amount_unit: Unit printed with 采购总金额 (2019 form), or "".
        planted: What does not add up, on purpose.
        layout: How it is laid out.
    """

    agency: str
    region_code: str
    kind: str
    scope: str
    year: int
    form: str
    title: str
    published: dt.date
    signed: dt.date
    preamble: str
    chapters: Mapping[str, tuple[str, ...]]
    cells: Mapping[str, str]
    amount_unit: str = ""
    planted: tuple[Broken, ...] = ()
    layout: Layout = Layout()  # noqa: RUF009  # frozen, so one for all is safe

    @property
    def seed(self) -> str:
        """What the report's choices are drawn from."""
        return f"{self.region_code}-{self.kind}-{self.year}"

    @property
    def statutory(self) -> Form:
        """The form's data."""
        return forms()[self.form]

    def values(self) -> dict[str, int | float | None]:
        """Slot key → the printed number; None where no number is printed."""
        return {key: number(text) for key, text in self.cells.items()}

    def units(self) -> dict[str, str]:
        """Slot key → unit printed in the heading, for money alone."""
        money = (slot for slot in self.statutory.slots() if slot.measure.kind == "money")
        return {slot.key: slot.measure.unit or self.amount_unit for slot in money}

    def heading(self, chapter: str) -> str:
        """The printed heading of a chapter."""
        titles = self.statutory.titles
        words = {"一": "总体情况", "六": "其他需要报告的事项"}
        words |= {"二": titles["t2"], "三": titles["t3"], "四": titles["t4"]}
        fifth = "存在问题及改进情况" if self.layout.short_chapter else "存在的主要问题及改进情况"
        return f"{chapter}、{words.get(chapter, fifth)}"


def added_up(form: Form, members: Sequence[Figures]) -> Figures:
    """What a government prints of its members: the sum in every cell of the form.

    A member that prints （六）其他处理 in one line, as the form of 2019 does, has it under 3.其他.
    """
    found: Figures = {slot.key: 0 for slot in form.slots()}
    for member in members:
        for key, value in member.items():
            own = key if key in found else key.replace("_other_handling_", "_other_misc_")
            if own in found:
                found[own] += value
    return found


def number(printed: str) -> int | float | None:
    """The number that a cell prints, or None."""
    if printed in ("", "/", "—"):
        return None
    plain = printed.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def shown(value: Number, *, zero: str = "0", commas: bool = False) -> str:
    """Print a figure.

    Args:
        value: The figure.
        zero: What is printed for 0.
        commas: Whether thousands are separated.
    """
    if not value:
        return zero
    return f"{value:,}" if commas else f"{value}"


def make_report(
    agency: str,
    region_code: str,
    kind: str,
    year: int,
    *,
    form: str | None = None,
    scope: str = "own",
    busy: bool = False,
    zero: str = "0",
    error: str = "",
    before: Mapping[str, Number] | None = None,
    members: Sequence[Figures] | None = None,
    extra: str = "",
    layout: Layout | None = None,
) -> tuple[FictionalReport, Figures]:
    """Make a report, and its figures to continue next year with.

    Args:
        agency: Printed name.
        region_code: 99xxxx, or nine digits for a town.
        kind: Slug of the agency's kind.
        year: Report year.
        form: Code of the form; None for the form of the year.
        scope: `own` or `aggregate`.
        busy: See `figures.figures`.
        zero: A key of `ZEROS`.
        error: What to plant (`errors.PLANTS`), or "".
        before: Last year's figures.
        members: Figures whose sums an aggregate report prints; None for figures of its own.
        extra: A sentence to end chapter five with.
        layout: None for the one that belongs to the report.
    """
    statutory = forms()[form or ("2019" if year <= 2020 else "2021")]
    seed = f"{region_code}-{kind}-{year}"
    rng = dice("report", seed)
    layout = layout or Layout.of(seed)
    if members is not None:
        found = added_up(statutory, members)
    else:
        # Of the fictional agencies only the government of a city with districts may make 规章.
        rules = kind == "government" and region_code.endswith("00")
        found = figures(seed, statutory, busy=busy, before=before, rules=rules)
    planted: tuple[Broken, ...] = ()
    if error:
        found, planted = plant(found, statutory, error)
    cells = {
        key: shown(value, zero=ZEROS[zero], commas=layout.commas) for key, value in found.items()
    }
    month = 3 if scope == "aggregate" else 1
    published = dt.date(year + 1, month, rng.randint(6, 29))
    phrase = rng.choice(
        ("政府信息公开工作年度报告", "政府信息公开工作年度报告", "政府信息公开年度报告")
    )
    title = f"{year}年{agency}{phrase}" if layout.year_first else f"{agency}{year}年{phrase}"
    requests = tuple(
        int(found[f"t3_{code}_total"]) for code in ("received_new", "carried_in", "processed_total")
    )
    report = FictionalReport(
        agency=agency,
        region_code=region_code,
        kind=kind,
        scope=scope,
        year=year,
        form=statutory.code,
        title=title,
        published=published,
        signed=published - dt.timedelta(days=rng.randint(1, 4)),
        preamble=prose.preamble(agency, year),
        chapters=prose.chapters(rng, agency, year, (requests[0], requests[1], requests[2]), extra),
        cells=cells,
        amount_unit=rng.choice(("", "万元")) if statutory.code == "2019" else "",
        planted=planted,
        layout=layout,
    )
    return report, found
