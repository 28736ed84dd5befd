"""Families gkmlpt, nfcms, ucap, jiangxi, lonsun, epoint, hebei and generic, against their sites."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.families import FAMILIES, ListError, ListPage, ListRequest, fingerprints
from crawler.families.base import MOST_LIST_PAGES
from crawler.registry import Portal as Entry
from tests.crawls import addresses, collect, ledger
from tests.portal import Portal
from tests.portal.counties import SKELETONS, County, county, expected, registry, serve
from tests.portal.counties.families.gkmlpt import Gkmlpt
from tests.portal.counties.families.jiangxi import Script

MINE = ("gkmlpt", "nfcms", "ucap", "jiangxi", "lonsun", "epoint", "hebei", "generic")
KINDS = [kind for kind, skeleton in SKELETONS.items() if skeleton.family in MINE]
#: Two years: enough for a second page of the government's column, and for one agency's.
COUNTIES = [
    county(100 + number, kind, years=range(2021, 2023)) for number, kind in enumerate(KINDS)
]


@dataclass
class Crawl:
    """What one crawl of all the counties left."""

    portal: Portal
    data: Path
    status: int
    asked: Counter[str]
    outcomes: dict[str, tuple[str, str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("families")
    with serve(COUNTIES) as portal:
        (folder / "portals.toml").write_text(registry(COUNTIES, portal.port), "utf-8")
        done = collect(folder / "portals.toml", folder / "data")
        rows = ledger(folder / "data", "SELECT portal, outcome, detail FROM outcomes")
        found = {row["portal"]: (row["outcome"], row["detail"]) for row in rows}
        yield Crawl(portal, folder / "data", done.returncode, addresses(portal), found)


def test_every_portal_is_complete(crawl: Crawl) -> None:
    keys = {f"county{place.number}-{each.slug}" for place in COUNTIES for each in place.listings}
    assert crawl.outcomes == dict.fromkeys(keys, ("complete", ""))
    assert crawl.status == 0
