"""A small release and people who audit it: what they read is what the pages were made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive.audit.entries import ABOUT, TABLES, UNIT, keys_of
from archive.audit.kit import Kit
from archive.root import DataRoot
from tests.portal.render import page_html
from tests.portal.reports import FictionalReport
from tests.stored import SITE, Got, Run, article, build, keep, page, report_of

Entry = Mapping[str, str]
#: Address → the report on its page; both forms, and every way to print a zero.
REPORTS: dict[str, FictionalReport] = {
    f"{SITE}/{number}.html": report
    for number, report in enumerate(
        (
            report_of(2019, "示例市财政局"),
            report_of(2020, "示例市审计局", zero="blank"),
            report_of(2022, "示例市教育局", zero="slash"),
            report_of(2023, "示例市水利局", zero="dash"),
            report_of(2024, "示例市民政局"),
        ),
        1,
    )
}
PLAN = f"{SITE}/plan.html"
PICTURE = f"{SITE}/picture.html"
PAGES = {url: article(report) for url, report in REPORTS.items()}
PAGES |= {
    PLAN: page("<p>近期工作要点。</p>"),
    PICTURE: page_html(
        "trs", title="示例市档案局2022年政府信息公开工作年度报告", date="2023-01-20", source="",
        body='<p><img src="a.png"></p>',
    ).encode(),
}  # fmt: skip
BLANK, ABSENT = {"mark": "blank"}, {"mark": "absent"}


def make_root(path: Path) -> DataRoot:
    """A data root with a release of these reports, and two documents that are none."""
    root = DataRoot(path)
    titles = {PLAN: "示例市统计局2022年政府信息公开工作年度报告", PICTURE: ""}
    runs = [
        Got(url, body, titles.get(url, REPORTS[url].title if url in REPORTS else ""))
        for url, body in PAGES.items()
    ]
    keep(root, Run(runs))
    build(root)
    return root


def numbers(kit: Kit) -> dict[str, str]:
    """Address of a page → its number in an audit."""
    digests = {hashlib.sha256(body).hexdigest(): url for url, body in PAGES.items()}
    return {digests[sha256]: number for number, sha256 in kit.documents.items()}


def read_by_people(url: str) -> dict[str, Any]:
    """What an attentive person enters for a page: its fields of a transcript."""
    report = REPORTS.get(url)
    if report is None:
        tables = dict.fromkeys(TABLES, "none")
        return {"document": "other", "tables": tables, "entries": {}, "note": ""}
    tables = {"t2": report.form, "t3": report.form, "t4": "2021"}
    entries: dict[str, Entry] = {
        "title": {"text": report.title},
        "agency": {"text": report.agency},
        "region": {"text": "示例市"},
        "year": {"text": str(report.year)},
        "scope": {"text": report.scope},
    }
    for table, form in tables.items():
        for key in keys_of(table, form):
            if key.endswith(UNIT):
                printed = report.units()[key.removesuffix(UNIT)]
            else:
                printed = report.cells[key]
            entries[key] = {"text": printed} if printed else BLANK
    assert set(entries) >= set(ABOUT)
    return {"document": "report", "tables": tables, "entries": entries, "note": ""}


def hand_in(kit: Kit, number: str, by: str, said: Mapping[str, Any]) -> Path:
    """Put a transcript where the sheet's download goes."""
    whole = {
        "kind": "nianbao-audit-transcript/1", "sample": kit.sample, "number": number, "by": by,
        **said,
    }  # fmt: skip
    path = kit.folder / "transcripts" / f"{number}.{by}.json"
    path.write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
    return path


def settle(kit: Kit, told: Mapping[str, Any], answers: Mapping[str, Entry], by: str = "ef") -> Path:
    """Put a third person's answers where the sheet's download goes.

    Args:
        kit: The audit.
        told: An entry of differences.json.
        answers: By key.
        by: Who settles.
    """
    number = told["number"]
    whole = {
        "kind": "nianbao-audit-settled/1", "sample": kit.sample, "number": number, "by": by,
        "of": told["of"], "answers": answers,
    }  # fmt: skip
    path = kit.folder / "settled" / f"{number}.json"
    path.write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
    return path
