"""How far a search goes, and what it says of what went wrong in itself."""

from __future__ import annotations

import asyncio
import logging

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.families.base import ListRequest
from crawler.probe.fetch import FamilyGate, Fetcher
from crawler.probe.journal import Journal
from crawler.probe.search import MOST_CLICKS, Search
from crawler.probe.survey import Survey

HOST = "www.shili.gov.cn"


def site(clicks: int) -> dict[str, str]:
    """A home page, and a column that so many clicks lead to."""
    paths = ["/", *(f"/zwgk/{n}/" for n in range(1, clicks)), "/zfxxgknb/"]
    found = {}
    for n, path in enumerate(paths[:-1]):
        text = "政府信息公开年报" if n == clicks - 1 else "政府信息公开"
        found[path] = f"<html><ul><li><a href='{paths[n + 1]}'>{text}</a></li></ul></html>"
    rows = "".join(
        f"<li><a href='/zfxxgknb/t{year}0129_{year}.html'>示例县{year - 1}年政府信息公开工作"
        f"年度报告</a><span>{year}-01-29</span></li>"
        for year in (2021, 2022, 2023)
    )
    found[paths[-1]] = f"<html><title>政府信息公开年报</title><ul>{rows}</ul></html>"
    return found


def searched(clicks: int) -> Survey:
    pages = site(clicks)

    async def download(request: Request) -> Response:
        path = request.url.partition(HOST)[2]
        return Response(request.url, 200 if path in pages else 404, body=pages[path].encode())

    async def run() -> Survey:
        journal = Journal()
        try:
            fetcher = Fetcher(download, "shili.gov.cn", journal, FamilyGate(public=False))
            return await Search(fetcher).run(f"http://{HOST}/")
        finally:
            journal.close()

    return asyncio.run(run())


@pytest.mark.parametrize("clicks", [1, MOST_CLICKS])
def test_a_column_within_five_clicks_is_found(clicks: int) -> None:
    survey = searched(clicks)
    assert [each.reading.url for each in survey.columns] == [f"http://{HOST}/zfxxgknb/"]
    assert len(survey.columns[0].trail) == clicks + 1


def test_a_column_six_clicks_away_is_left_and_said() -> None:
    assert MOST_CLICKS == 5
    survey = searched(6)
    assert survey.columns == []
    assert survey.left == {"more than 5 clicks away": 1}
    assert survey.examples == {"more than 5 clicks away": [f"http://{HOST}/zfxxgknb/"]}


def test_a_fault_of_the_program_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def download(request: Request) -> Response:
        raise KeyError("a fault of ours")

    async def run() -> str:
        journal = Journal()
        try:
            fetcher = Fetcher(download, "shili.gov.cn", journal, FamilyGate(public=False))
            return (await fetcher.get(ListRequest(f"http://{HOST}/"))).issue
        finally:
            journal.close()

    with caplog.at_level(logging.ERROR):
        assert asyncio.run(run()) == "crawler_error"
    (record,) = caplog.records
    assert f"http://{HOST}/" in record.getMessage()
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], KeyError)
