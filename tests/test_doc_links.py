"""Each link in a document of ours leads to a file that is there, and to a heading that it has."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.demo_run import PROJECT

DOCUMENTS = sorted(
    [
        *PROJECT.glob("*.md"),
        *(PROJECT / "docs").glob("*.md"),
        *(PROJECT / "curation").glob("*.md"),
        *(PROJECT / "examples").glob("*.md"),
    ]
)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:href|src)=\"([^\"]+)\"")


def text_of(path: Path) -> str:
    """A document without its blocks of code, in which brackets are no links."""
    text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.M | re.S)
    return re.sub(r"^(?:    |\t).*$|`[^`\n]*`", "", text, flags=re.M)


@cache
def headings(path: Path) -> frozenset[str]:
    """The fragments of a document's headings, as GitHub makes them."""
    seen: Counter[str] = Counter()
    found = []
    text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.M | re.S)
    for said in re.findall(r"^#{1,6} +(.+?)\s*$", text, re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", said).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.append(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return frozenset(found)


def wrong(document: Path, text: str) -> list[str]:
    """Links of a document that lead nowhere."""
    found = []
    for link in (one or other for one, other in _LINK.findall(text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, fragment = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (fragment and fragment not in headings(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_lead_somewhere(document: Path) -> None:
    assert wrong(document, text_of(document)) == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    page = PROJECT / "README.md"
    said = "[a](docs/no.md) [b](docs/operating.md#no) [c](#two-commands) [d](docs/operating.md)"
    assert wrong(page, said) == ["docs/no.md", "docs/operating.md#no"]
    assert wrong(page, '<img src="docs/pictures/no.png"> [x](https://www.example.org/)') == [
        "docs/pictures/no.png"
    ]
    assert "有多准" in headings(PROJECT / "README.zh.md")


def test_every_document_is_reached_from_the_readme() -> None:
    """What nobody can find from the first page might as well not be there."""
    reached, ahead = set(), [PROJECT / "README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        for one, other in _LINK.findall(text_of(page)):
            target = (page.parent / (one or other).partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in reached:
                ahead.append(target)
    assert set(DOCUMENTS) <= reached, sorted(map(str, set(DOCUMENTS) - reached))


@pytest.mark.parametrize("name", ["README", "docs/reference"])
def test_both_languages_have_the_same_sections_tables_and_links(name: str) -> None:
    """What can be told without understanding either; the commands: test_readme.py."""

    def bones(path: Path) -> tuple[list[int], list[int], Counter[str]]:
        text = path.read_text("utf-8")
        levels = [len(said) for said in re.findall(r"^(#+) ", text, re.M)]
        tables = [len(rows.splitlines()) for rows in re.findall(r"(?:^\|.*\n)+", text, re.M)]
        links = (one or other for one, other in _LINK.findall(text_of(path)))
        plain = (link.partition("#")[0].replace(".zh.", ".") for link in links)
        return levels, tables, Counter(plain)

    assert bones(PROJECT / f"{name}.md") == bones(PROJECT / f"{name}.zh.md")
