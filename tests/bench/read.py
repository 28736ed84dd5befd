"""How much CPU reading takes, beside parsing the same bytes alone."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.html
from bs4 import BeautifulSoup

from extract import read
from tests.bench import SMALL, Figure, medians
from tests.portal.render import article_html, text_dump
from tests.portal.reports import FictionalReport, make_report

_LARGE = 80_000  # bytes of a page as Word's HTML makes them


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    rounds = 3 if SMALL else 15
    rendered, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
    plain = article_html(rendered, "trs")
    large = _styled(plain)
    for name, page in (("80 KB", large.encode()), ("small", plain.encode())):
        parse, ours, soup = medians(
            rounds,
            lambda page=page: lxml.html.fromstring(page),
            lambda page=page: read(page),
            lambda page=page: _soup(page),
        )
        if name == "80 KB":  # a small page is all figures, and hardly any parsing
            yield Figure(f"reading ÷ lxml parsing, {name} page", ours / parse, 5, at_least=False)
        yield Figure(f"20 lines of BeautifulSoup ÷ reading, {name} page", soup / ours, 3, True)
    yield _text_rate(rendered, rounds)


def _text_rate(rendered: FictionalReport, rounds: int) -> Figure:
    dumps = [text_dump(rendered, style).encode() for style in ("tika", "lines", "tsv")]
    (spent,) = medians(rounds, lambda: [read(dump) for dump in dumps])
    return Figure("text reports per CPU-second", len(dumps) / spent, 300, at_least=True)


def _styled(page: str) -> str:
    """The page with a word processor's inline styles, about 80 KB."""
    style = (
        ' style="border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt;padding:0cm"'
    )
    cells = page.count("<td")
    filler = style * max(1, round((_LARGE - len(page.encode())) / max(1, cells) / len(style)))
    return page.replace("<td", f"<td{filler[: len(style)]}").replace(
        "<p>", f"<p{style}><span{style}></span>"
    )


def _soup(page: bytes) -> list[list[str]]:
    """What a researcher writes in twenty lines: every row's cells."""
    rows = []
    for row in BeautifulSoup(page, "lxml").find_all("tr"):
        cells = [cell.get_text(strip=True) for cell in row.find_all(["td", "th"])]
        if len(cells) > 1:
            rows.append(cells)
    return rows
