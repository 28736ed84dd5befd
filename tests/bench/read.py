"""How much CPU reading takes, beside parsing the same bytes alone and beside short scripts.

Every round reads as many different reports as there are: all figures differ, so that no
answer can come from a cache of whole cells; statutory labels recur, as they do in life.
"""

from __future__ import annotations

import importlib.util
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import lxml.html
from bs4 import BeautifulSoup

from extract import read
from tests.bench import SMALL, Figure, medians, pdf
from tests.portal.layouts import Layout
from tests.portal.render import article_html, body_html, text_dump
from tests.portal.reports import FictionalReport, make_report

_ROUNDS = 1 if SMALL else 9
_REPORTS = 2 if SMALL else 20
#: What Word writes into every cell of a table that it saves as HTML.
_CELL = (
    ' style="border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt;'
    'padding:0cm 5.4pt 0cm 5.4pt"'
)
_PARAGRAPH = ' class="MsoNormal" align="center" style="text-align:center;line-height:150%"'
_SPAN = ' lang="EN-US" style="font-size:10.5pt;font-family:宋体"'
_NUMBER = re.compile(r"-?[\d,]+(?:\.\d+)?")


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    has_pandas = _find_pandas()
    if not has_pandas:
        print("  pandas.read_html: skipped, pandas is not there (make bench-deps)")
    reports = _reports()
    word = [_as_word(article_html(report)).encode() for report in reports]
    short = [_short(report).encode() for report in reports]
    for pages in (word, short):
        size = f"{sum(map(len, pages)) / len(pages) / 1000:.0f} KB"
        others = (_soup, _frames) if has_pandas else (_soup,)
        parse, ours, soup, *frames = medians(
            _ROUNDS, *(_all(work, pages) for work in (_parse, read, *others))
        )
        if pages is word:  # a small page is all figures, and hardly any parsing
            yield Figure(f"reading ÷ lxml parsing, {size} page", ours / parse, 5, at_least=False)
        scripts = [(soup, "BeautifulSoup"), *((each, "pandas.read_html") for each in frames)]
        fastest, name = min(scripts)
        rate = fastest / ours
        yield Figure(f"20 lines of {name} ÷ reading, {size} page", rate, 3, at_least=True)
    yield from _texts(reports)
    yield from pdf.figures()


def _find_pandas() -> bool:
    """Whether pandas is where `make bench-deps` puts it: there, it slows nothing else."""
    folder = Path(sys.prefix, "bench")
    if folder.is_dir() and str(folder) not in sys.path:
        sys.path.append(str(folder))
    return importlib.util.find_spec("pandas") is not None


def _reports() -> list[FictionalReport]:
    layout = Layout()
    return [
        make_report(
            "示例市示例局", f"99{i:04d}", "justice", 2019 + i % 7,
            form=("2019", "2021")[i % 2], busy=True, layout=layout,
        )[0]
        for i in range(_REPORTS)
    ]  # fmt: skip


def _all(work: Callable[[bytes], object], pages: Sequence[bytes]) -> Callable[[], object]:
    return lambda: [work(page) for page in pages]


def _texts(reports: Sequence[FictionalReport]) -> Iterator[Figure]:
    """Text dumps in three styles."""
    styles = ("tika", "lines", "tsv")
    dumps = [text_dump(report, style).encode() for report in reports for style in styles]
    (spent,) = medians(_ROUNDS, _all(read, dumps))
    yield Figure("text reports per CPU-second", len(dumps) / spent, 300, at_least=True)


def _as_word(page: str) -> str:
    """The page with the inline styles that Word writes, about 80 KB."""
    return re.sub(
        r"<(t[dh])([^>]*)>(.*?)</t[dh]>",
        rf"<\1\2{_CELL}><p{_PARAGRAPH}><span{_SPAN}>\3<o:p></o:p></span></p></\1>",
        page,
        flags=re.S,
    )


def _short(report: FictionalReport) -> str:
    """The report without a portal around it, about 7 KB (its Chinese in GB18030 is 5)."""
    body = re.sub(r"\s*\n\s*| style=\"[^\"]*\"", "", body_html(report))
    return f"<html><body><h1>{report.title}</h1>{body}</body></html>"


def _parse(page: bytes) -> object:
    return lxml.html.fromstring(page)


Found = dict[tuple[int, str], list[float]]


def _soup(page: bytes) -> Found:
    """Twenty lines of BeautifulSoup: the numbers of the three tables by their labels."""
    found: Found = {}
    for table in BeautifulSoup(page, "lxml").find_all("table"):
        rows = [
            [cell.get_text(strip=True) for cell in row.find_all(["td", "th"])]
            for row in table.find_all("tr")
        ]
        _by_label(rows, found)
    return found


def _frames(page: bytes) -> Found:
    """The same with pandas.read_html; spans are copied into every cell, so labels repeat."""
    import pandas as pd

    found: Found = {}
    for frame in pd.read_html(io.StringIO(page.decode()), flavor="lxml", header=None):
        rows = [["" if pd.isna(cell) else str(cell) for cell in row] for row in frame.to_numpy()]
        _by_label(rows, found)
    return found


def _by_label(rows: list[list[str]], found: Found) -> None:
    words = {cell for row in rows for cell in row}
    kind = 2 if "信息内容" in words else 3 if "申请人情况" in words else 4
    for row in rows:
        numbers = [float(cell.replace(",", "")) for cell in row if _NUMBER.fullmatch(cell.strip())]
        labels = [cell for cell in row if cell and not _NUMBER.fullmatch(cell.strip())]
        if numbers:
            found[kind, labels[-1] if labels else ""] = numbers
