"""What `scrapy probe` prints: comments for a person, then tables to paste; all of it TOML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..titles import judge
from ..wording import counted, plain
from .survey import Found, Survey
from .tables import Table
from .verdicts import verdict

_ROWS = 5
_NAMES = 8


def page(survey: Survey, tables: Sequence[Table]) -> str:
    """Everything about a search, its tables last; what is no table is a comment."""
    lines = [f"# {plain(line)}".rstrip() for line in _said(survey)]
    return "\n".join(lines) + "\n" + "".join(f"\n{each.toml}" for each in tables)


def _said(survey: Survey) -> Iterator[str]:
    home, judged = survey.home, verdict(survey)
    yield survey.start
    at = f", at {home.url}" if home.url and home.url != survey.start else ""
    pages = counted(survey.pages, "page was", "pages were")
    yield f"  status {home.status or 'none'}{at}; {pages} read"
    for found in survey.columns:
        yield from ("", "A column of annual reports:", *_of_column(found))
    for found in survey.doubtful:
        yield from ("", "Doubtful; look at it yourself:", *_of_column(found))
    if survey.failures:
        yield from ("", "Not obtained:")
        for url, kind, detail in survey.failures[:_NAMES]:
            yield f"  {kind}  {url}  {detail}".rstrip()
        if len(survey.failures) > _NAMES:
            yield f"  and {len(survey.failures) - _NAMES} more"
    if survey.left:
        yield from ("", "Not followed:", *_left(survey))
    yield from ("", f"{judged.word}: {judged.reason}")


def _of_column(found: Found) -> Iterator[str]:
    reading = found.reading
    yield f"  {reading.url}"
    if len(found.trail) > 1:
        yield "  followed: " + " → ".join(step.text or step.url for step in found.trail[1:])
    score = reading.fingerprint.score if reading.fingerprint else 0
    others = f"; signs of {', '.join(reading.others)} too" if reading.others else ""
    yield f"  family {reading.family or 'unknown'}, {score} of 100{others}"
    for sign in reading.fingerprint.signs if reading.fingerprint else ():
        yield f"    seen: {sign}"
    for name, value in reading.params.items():
        yield f"    params: {name} = {value!r}"
    if reading.trouble:
        yield f"  trouble: {reading.trouble}"
    if found.kind == "single":
        yield "  the page is itself a report"
        return
    total = f", {reading.total} rows in all" if reading.total is not None else ""
    pages = "1 list page" if reading.pages == 1 else f"{reading.pages} list pages"
    counts = reading.judged
    yield (
        f"  {pages}{total}; of {len(reading.rows)} rows read: {counts['report']} reports, "
        f"{counts['candidate']} candidates, {counts['other']} others"
    )
    for row in reading.rows[:_ROWS]:
        yield f"    {judge(row.title):9}  {row.date:10}  {row.title}  {row.url}"
    if len(reading.rows) > _ROWS:
        yield f"    and {len(reading.rows) - _ROWS} more"


def _left(survey: Survey) -> Iterator[str]:
    hosts = [why for why in survey.left if why.startswith("another host")]
    for why, count in survey.left.most_common():
        if why not in hosts[_NAMES:]:
            examples = ", ".join(survey.examples.get(why, [])[:2])
            yield f"  {count} × {why}: {examples}"
    if len(hosts) > _NAMES:
        yield f"  and {len(hosts) - _NAMES} more hosts of other families"
