"""What a probe comes to: accept, check or reject, with one reason in words."""

from __future__ import annotations

from dataclasses import dataclass

from .survey import Survey

ACCEPT, CHECK, REJECT = "accept", "check", "reject"
#: Failures that tomorrow may have passed; all others are facts about the address.
_PASSING = frozenset(
    ("timeout", "refused", "connection_lost", "data_loss", "robots_unreachable",
     "http_408", "http_425", "http_429", "crawler_error")
)  # fmt: skip
_STATUS = {ACCEPT: 0, REJECT: 3, CHECK: 4}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with an address.

    Attributes:
        word: `accept`, `check` or `reject`.
        reason: Why, in one line.
    """

    word: str
    reason: str

    @property
    def status(self) -> int:
        """Exit status of `scrapy probe`."""
        return _STATUS[self.word]


def verdict(survey: Survey) -> Verdict:
    """Judge an address by what was found."""
    issue, detail = survey.home.issue, survey.home.detail
    if issue and not survey.columns:
        passing = issue in _PASSING or issue.startswith("http_5")
        said = f"{issue}: {detail}".rstrip(": ")
        return Verdict(CHECK, f"{said}; try again") if passing else Verdict(REJECT, said)
    if survey.columns:
        reports = sum(len(found.reading.reports) or 1 for found in survey.columns)
        families = sorted({found.reading.family for found in survey.columns})
        many = "1 column" if len(survey.columns) == 1 else f"{len(survey.columns)} columns"
        return Verdict(ACCEPT, f"{many} ({', '.join(families)}), {reports} reports on first pages")
    if survey.doubtful:
        first = survey.doubtful[0].reading
        said = first.trouble or (
            f"{len(first.reports)} rows of {len(first.rows)} say that they are reports"
        )
        return Verdict(CHECK, f"{first.url} is a doubtful column: {said}")
    budget = next((why for why in survey.left if why.startswith("the budget")), "")
    if budget:
        return Verdict(CHECK, f"no column among {survey.pages} pages; {budget}")
    return Verdict(CHECK, f"no column of annual reports among {survey.pages} pages")


def status(survey: Survey) -> int:
    """Exit status: 0 a column with reports, 3 a wall or failure, 4 reachable but doubtful."""
    if survey.home.issue and not survey.columns:
        return 3
    return verdict(survey).status
