"""The fictional counties serve what they promise."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from tests.portal.counties import county, expected, kinds, serve


def get(url: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("kind", kinds())
def test_every_report_of_a_county_is_served(kind: str) -> None:
    place = county(1, kind)
    with serve([place]) as portal:
        found = expected(place, portal.port)
        assert len(found) == len(place.listings)
        for column, reports in found.items():
            assert get(column)[0] == 200, column
            for title, urls in reports.items():
                for url in urls:
                    status, body = get(url)
                    shown = any(title.encode(name) in body for name in ("utf-8", "gb18030"))
                    assert (status, shown) == (200, True), url
        assert get(portal.address(1) + "/")[0] == 200
        assert get(portal.address(1) + "/nothing-here/")[0] == 404
