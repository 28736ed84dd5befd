"""docs/architecture.md names every module of crawler and site, and the spider is where it says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from crawler.families import FAMILIES

PROJECT = Path(__file__).resolve().parent.parent
CRAWLER = PROJECT / "crawler"
MODULES = sorted(
    path.relative_to(CRAWLER).as_posix()
    for path in CRAWLER.rglob("*.py")
    if path.name != "__init__.py"
)


def rows() -> list[str]:
    """The rows of the crawler's table."""
    text = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    part = text.split("## crawler/")[1].split("\n## ")[0]
    return [line for line in part.splitlines() if line.startswith("| `")]


def named(row: str) -> set[str]:
    """The modules that a row names, a folder's with the folder."""
    first = row.split("|")[1]
    folder = re.search(r"`(\w+/)`", first)
    words = set(re.findall(r"`([\w/]+\.py)`", row))
    return {f"{folder[1]}{word}" for word in words} if folder else words


def expected(module: str) -> str:
    """Where a module is explained: some have a name of their own elsewhere."""
    folder, _, name = module.rpartition("/")
    word = name.removesuffix(".py")
    if folder == "families" and word in FAMILIES:
        return ""  # docs/crawling.md, which a test of its own compares
    if folder == "commands":
        return f"scrapy {word}"
    return module


def test_every_module_is_named() -> None:
    there = set().union(*map(named, rows()))
    for wanted in map(expected, MODULES):
        if wanted.startswith("scrapy "):
            (row,) = [row for row in rows() if row.startswith("| `commands/`")]
            assert re.search(rf"`(?:scrapy )?{wanted.removeprefix('scrapy ')}`", row), wanted
        elif wanted:
            assert wanted in there


def test_no_module_is_named_that_is_not_there() -> None:
    assert set().union(*map(named, rows())) <= set(MODULES)


def test_only_the_command_knows_the_spider() -> None:
    for module in MODULES:
        tree = ast.parse((CRAWLER / module).read_text("utf-8"))
        imported = {
            f"{node.module or ''}.{each.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for each in node.names
        }
        knows = {name for name in imported if re.search(r"(?:^|\.)spiders\b", name)}
        assert bool(knows) is (module == "commands/collect.py"), (module, knows)


# -- the site's pages ------------------------------------------------------------------

SITE = PROJECT / "archive" / "site"


def of_the_site() -> list[list[str]]:
    """The rows of the site's table: modules, templates, style sheets of an address."""
    text = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    part = text.split("## archive/site/")[1].split("\n## ")[0]
    return [line.split("|")[2:5] for line in part.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize(
    ("column", "there"),
    [
        (0, {path.name for path in SITE.glob("*.py")} - {"__init__.py"}),
        (1, {path.name for path in SITE.glob("templates/*.html")}),
        (2, {path.name for path in SITE.glob("static/*.css")}),
    ],
    ids=["modules", "templates", "static"],
)
def test_the_site_s_files_stand_beside_an_address_each_once(column: int, there: set[str]) -> None:
    told = [name for row in of_the_site() for name in re.findall(r"`(\w+\.\w+)`", row[column])]
    told = [name for name in told if not name.endswith(".toml")]
    assert sorted(told) == sorted(there)


def test_where_to_change_what_leads_to_files_that_are_there() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    part = text.split("## Where to change what")[1].split("\n## ")[0]
    named = re.findall(r"`(archive/[\w/.]+)`", part)
    assert len(named) > 15
    assert not [path for path in named if not (PROJECT / path).is_file()]
