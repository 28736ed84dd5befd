"""What a release says of its accuracy: the one place from which all its sentences come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from .measures import TITLES
from .published import Audit, Rate

#: Measures that the sentences name; the table `audits` has all.
_TOLD = {
    "wrong_reports": "reports with a wrong cell",
    "wrong_per_nonzero": "wrong cells per non-zero cell",
    "missing_per_nonzero": "missing cells per non-zero cell",
    "invented_per_nonzero": "invented cells per non-zero cell",
}
_PLACES = 4


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The sentences.

    Attributes:
        chinese: Text of the README's topic 准确性.
        english: Last sentence of its English topic.
    """

    chinese: str = "未经抽样核验。"
    english: str = "Not yet audited by sample."


def told(audits: Sequence[Audit], reader: str) -> Accuracy:
    """What the audits say of a release.

    Args:
        audits: Those of its registry, oldest first.
        reader: Version of the reader that read it.
    """
    if not audits:
        return Accuracy()
    audit = _foremost(audits, reader)
    same = audit.reader == reader
    rates = [rate for rate in audit.rates if rate.measure in _TOLD]
    chinese = (
        f"经抽样核验：{audit.date}，自发布 {audit.release} 随机抽取 {audit.reports} 份文件，"
        "两人不看读数、各自从存档页面抄录，第三人裁定分歧，再与读数逐格比较。"
        f"{'；'.join(_chinese(rate) for rate in rates)}。"
        + ("本次发布由所核验的同一读取程序读出。" if same else _LATER)
        + "各项见表 audits。"
    )
    english = (
        f"Audited by sample on {audit.date}: {audit.reports} documents of release "
        f"{audit.release}; {'; '.join(_english(rate) for rate in rates)} (table audits); "
        f"read by {'the same' if same else 'another'} reader as this release."
    )
    return Accuracy(chinese, english)


_LATER = "本次发布由另一版本的读取程序读出，上述结果说的是所核验的发布，不是本次发布。"


def audit_rows(audits: Sequence[Audit], reader: str) -> Iterator[dict[str, Any]]:
    """Rows of the table `audits`, the foremost audit first.

    Args:
        audits: Those of the release's registry.
        reader: Version of the reader that read the release.
    """
    for audit in audits:
        for rate in audit.rates:
            yield {
                "audit": audit.name,
                "measure": rate.measure,
                "title": TITLES[rate.measure],
                "errors": rate.errors,
                "of": rate.of,
                "estimate": rate.estimate,
                "low": rate.low,
                "high": rate.high,
                "cautious_high": rate.cautious_high,
                "reports": audit.reports,
                "release": audit.release,
                "content_hash": audit.content_hash,
                "reader": audit.reader,
                "seed": audit.seed,
                "size": audit.size,
                "is_current": int(audit.reader == reader),
                "date": audit.date,
            }


def percent(share: float, rounding: str = ROUND_HALF_EVEN) -> str:
    """A share in per cent, to two digits that tell something.

    >>> percent(0.00123), percent(0), percent(0.5), percent(0.010001, ROUND_CEILING)
    ('0.12%', '0%', '50%', '1.1%')
    """
    value = Decimal(repr(share)) * 100
    if not value:
        return "0%"
    step = Decimal(1).scaleb(max(value.adjusted() - 1, -_PLACES))
    return f"{value.quantize(min(step, Decimal(1)), rounding=rounding).normalize():f}%"


def interval_of(low: float, high: float) -> str:
    """An interval in per cent, rounded outwards: never narrower than it is."""
    return f"{percent(low, ROUND_FLOOR)}–{at_most(high)}"


def at_most(high: float) -> str:
    """An upper end in per cent, rounded up."""
    return percent(high, ROUND_CEILING)


def _foremost(audits: Sequence[Audit], reader: str) -> Audit:
    """The newest of this reader, else the newest."""
    return max(audits, key=lambda each: (each.reader == reader, each.date, each.name))


def _chinese(rate: Rate) -> str:
    between = interval_of(rate.low, rate.high)
    cautious = f"，谨慎上限 {at_most(rate.cautious_high)}" if rate.cautious_high > rate.high else ""
    return f"{TITLES[rate.measure]} {percent(rate.estimate)}（95% 区间 {between}{cautious}）"


def _english(rate: Rate) -> str:
    told = f"{percent(rate.estimate)} {_TOLD[rate.measure]}"
    cautious = rate.cautious_high > rate.high
    end = f", cautious end {at_most(rate.cautious_high)}" if cautious else ""
    return f"{told} (95 % interval {interval_of(rate.low, rate.high)}{end})"
