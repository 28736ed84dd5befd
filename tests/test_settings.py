"""The settings list only what differs from Scrapy's, and tell its defaults rightly."""

from __future__ import annotations

import ast
import contextlib
import re
from typing import Any

import pytest
from scrapy.settings import default_settings

from archive.site.operator import KEYS, ORIGINALS
from crawler import settings
from tests.crawls import ROOT

#: Told in words, because the default is long or is not a literal; no name of Scrapy's.
IN_WORDS = {
    "USER_AGENT", "DEFAULT_REQUEST_HEADERS", "RETRY_HTTP_CODES", "RETRY_EXCEPTIONS",
    "DOWNLOAD_HANDLERS", "LOG_FORMAT", "LOG_DATEFORMAT", "LOG_VERSIONS",
}  # fmt: skip
OUR_OWN = {"ATTACHMENT_TIMEOUT", "UNTIL"}


def told() -> dict[str, str]:
    """Name of each setting → the comment beside it."""
    source = (ROOT / "crawler" / "settings.py").read_text("utf-8")
    lines, found = source.splitlines(), {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found[ast.unparse(target)] = lines[node.lineno - 1].partition("  # ")[2]
    return found


@pytest.mark.parametrize(("name", "beside"), told().items())
def test_a_setting_differs_and_tells_its_default(name: str, beside: str) -> None:
    if name in OUR_OWN:
        assert beside.startswith("our own; ")
        assert not hasattr(default_settings, name)
        return
    default: Any = getattr(default_settings, name, None)
    assert getattr(settings, name) != default
    assert beside.startswith("default"), beside
    if name in IN_WORDS:
        return
    said: Any = beside.removeprefix("default ").partition(";")[0].partition(",")[0].split()[0]
    with contextlib.suppress(ValueError):
        said = ast.literal_eval(said)
    assert said == default


def test_the_table_of_an_operators_keys_has_all_of_them() -> None:
    table = (ROOT / "docs" / "operating.md").read_text("utf-8").split("operator -->")[1]
    assert re.findall(r"^\| `(\w+)` \|", table, re.M) == [*KEYS, ORIGINALS]
