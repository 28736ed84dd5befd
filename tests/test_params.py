"""What the registry may tell a family: declared by the family, and nothing else is taken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler import families
from crawler.families import FAMILIES
from crawler.registry import RegistryError, load

_READ = re.compile(r"""params(?:\.get\(|\[)['"](\w+)['"]|['"](\w+)['"] in \w*\.?params\b""")
_HEAD = 'name = "demo"\nfiction = true\ncontact = "https://nianbao.invalid/"\n'


def registry(folder: Path, family: str, params: str) -> Path:
    path = folder / "portals.toml"
    path.write_text(
        f"""{_HEAD}[portals.shili]
agency = "示例市财政局"
region = "990100"
region_name = "示例省 示例市"
column = "http://127.0.0.1/nb/"
family = "{family}"
hosts = ["127.0.0.1"]
params = {params}
""",
        "utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("family", "params", "said"),
    [
        ("trs", "{ page_strat = 1 }", "params: unknown key 'page_strat'; known are page_start,"),
        ("trs", '{ page_start = "1" }', "params: page_start: must be a whole number"),
        ("trs", "{ page_start = true }", "params: page_start: must be a whole number"),
        ("gkmlpt", "{ sid = 1.5 }", "params: sid: must be text or a whole number"),
        ("gkmlpt", "{ siteId = 1 }", "params: unknown key 'siteId'; known are sid, catId"),
        ("vsb", "{ page_start = 1 }", "params: family vsb takes none, not page_start"),
    ],
)
def test_what_the_family_does_not_take_is_refused(
    tmp_path: Path, family: str, params: str, said: str
) -> None:
    path = registry(tmp_path, family, params)
    with pytest.raises(RegistryError) as refused:
        load(path)
    assert str(refused.value).startswith(f"{path}: [portals.shili]: {said}")


@pytest.mark.parametrize(
    ("family", "params"),
    [
        ("henan", '{ page_start = 1, page_name = "{page}.html" }'),
        ("gkmlpt", '{ sid = 755001, catId = "21" }'),
        ("jiangxi", '{ webSiteCode = "sl", channelCode = "a,b" }'),
        ("vsb", "{}"),
    ],
)
def test_what_it_takes_is_taken(tmp_path: Path, family: str, params: str) -> None:
    assert load(registry(tmp_path, family, params)).portals[0].family == family


def test_what_the_families_read_is_what_they_declare() -> None:
    folder = Path(families.__file__).parent
    read = {
        name
        for path in folder.glob("*.py")
        for found in _READ.findall(path.read_text("utf-8"))
        for name in found
        if name
    }
    assert read == {name for each in FAMILIES.values() for name in each.params}
    assert len(read) > 10
