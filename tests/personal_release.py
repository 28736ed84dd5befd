"""A release of reports with personal data planted everywhere, and all that it says."""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from archive.root import DataRoot
from archive.search.folding import fold
from tests.personal import Planted
from tests.portal.render import article_html, body_html
from tests.stored import SITE, Got, Run, build, keep, page, report_of
from tests.test_legacy import CHAPTERS, HEADS, STATISTICS, TITLE, table

AGENCIES = ("示例市财政局", "示例市审计局", "示例市民政局", "示例市教育局", "示例市水利局")
_DIGITS = str.maketrans("", "", " -()\u200b")


def planted_root(
    root: DataRoot, planted: Sequence[Planted], stays: Sequence[str], *, files: bool = False
) -> None:
    """Reports whose every text holds something personal, and a release of them.

    Args:
        root: An empty data root.
        planted: The first dozen go into titles, blocks, tables; the others into chapters.
        stays: Go into chapters as well.
        files: Whether to write the files beside the databases.
    """
    special, plain = planted[:12], planted[12:]
    years = range(2021, 2021 + 4)
    places = [(agency, year) for agency in AGENCIES for year in years][: max(1, len(plain) // 12)]
    got = []
    for number, (agency, year) in enumerate(places):
        said = [each.words for each in plain[number :: len(places)]]
        said += stays[number :: len(places)]
        more = special if number == 0 else ()
        got.append(_article(agency, year, said, more, f"{SITE}/{number}.html"))
    got.append(Got(f"{SITE}/old.html", _legacy(special), f"{TITLE} {special[8].words}"))
    work = page(f"<p>近日召开会议。{special[9].words}</p>", f"简报 {special[9].words}")
    got.append(
        Got(f"{SITE}/work.html", work, f"示例市财政局2020年政府信息公开年报 {special[10].words}")
    )
    keep(root, Run(got))
    build(root, files=files)


def _article(
    agency: str, year: int, said: Sequence[str], special: Sequence[Planted], url: str
) -> Got:
    report = report_of(year, agency)
    chapters = {**report.chapters, "六": (*report.chapters["六"], *said)}
    if special:
        chapters["五"] = (*chapters["五"], special[0].words)
    html = body_html(replace(report, chapters=chapters))
    if special:
        block = (
            f"<table><tr><td>索引号</td><td>014349/2021-00012</td><td>发布机构</td>"
            f"<td>{agency} {special[1].words}</td></tr></table>"
        )
        links = (
            '<p><a href="mailto:planted@example.org">来信</a>'
            f'<a href="/f/1.docx">附件 {special[2].words}.docx</a></p>'
        )
        html = block + html + links
    title = f"{report.title}（{special[3].words}）" if special else report.title
    listed = f"{report.title} {special[4].words}" if special else report.title
    return Got(url, article_html(replace(report, title=title), "trs", html).encode(), listed)


def _legacy(special: Sequence[Planted]) -> bytes:
    chapters = "".join(f"<p>{head}</p><p>{text}</p>" for head, text in CHAPTERS.items())
    chapters += f"<p>{special[5].words}</p>"
    annex = table(STATISTICS)
    annex += table(
        [[*HEADS[:1], "联系电话", "申请数"], ["办公室", special[11].secrets[-1], "7022345"],
         ["其他", special[6].words, "13812345678"]]
    )  # fmt: skip
    body = f"<div><h1>{TITLE}</h1><p>发布时间：2014-03-20</p>{chapters}{annex}</div>"
    return f"<html><body>{body}</body></html>".encode()


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every value of every table of both files, blobs unpacked: (where, text)."""
    for name in ("nianbao.db", "text.db"):
        with contextlib.closing(sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True)) as db:
            tables = db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            for (table_name,) in tables.fetchall():
                if table_name.startswith("_search"):
                    continue  # tokens: asked as a search
                for row in db.execute(f'SELECT * FROM "{table_name}"'):
                    for value in row:
                        yield f"{name} {table_name}", _text(value)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        with contextlib.suppress(zlib.error, UnicodeDecodeError):
            return zlib.decompress(value).decode()
        return ""
    return str(value)


def found(where_and_text: Iterator[tuple[str, str]], planted: Sequence[Planted]) -> list[str]:
    """Where something planted is found, as printed or without its separators."""
    said: dict[str, set[str]] = {}
    for where, text in where_and_text:
        said.setdefault(where, set()).add(text)
    hits = []
    for where, values in said.items():
        folded = fold("\n".join(sorted(values)))
        bare = folded.translate(_DIGITS)
        hits += [
            f"{where}: {secret}"
            for each in planted
            for secret in map(fold, each.secrets)
            if secret in folded or secret in bare
        ]
    return hits
