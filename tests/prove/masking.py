"""Two hundred telephone numbers, identity numbers and mails in reports: nowhere in a release.

In HTML, DOCX and PDF; in both databases, every file, the pages, the JSON, the search, a panel.
Two hundred numbers that look like them all stay, and so does every figure of the real documents.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.build import build
from archive.importing import import_files
from archive.masking import masked_report
from archive.masking.masks import MASK
from archive.root import DataRoot
from archive.site.serve import site
from extract import read
from tests.pages import pages
from tests.personal import Planted, look_alikes, personal
from tests.personal_release import found, planted_root, texts
from tests.portal.office import docx
from tests.portal.pdf import report_pdf
from tests.prove.search import CORPUS
from tests.stored import report_of

PERSONAL, LOOK_ALIKES = 200, 200
#: The telephone numbers in the real documents, found by hand: SHA-256 of their digits.
REAL = frozenset(
    {
        "1604a442a7842f2cbf50f20339226a580a1c1dc53ae2c8d802e9e36210a54c48",
        "7c824381f801a02cc5bfb6eeaada8b0a4892289f3477f6ff895b7e02e12ba5c4",
    }
)
_CALL = re.compile(r"0\d{2,3}-\d{7,8}")


def prove() -> bool:
    """Plant, build, and look everywhere."""
    planted = tuple(personal(PERSONAL))
    stays = tuple(words for words in look_alikes(LOOK_ALIKES + 20) if "备" not in words)
    stays = stays[:LOOK_ALIKES]
    with tempfile.TemporaryDirectory() as name:
        root = DataRoot(Path(name, "planted"))
        planted_root(root, planted, stays, files=True)
        fine = _say("tables", found(texts(root.current), planted))
        fine &= _say("files", found(_files(root.current), planted))
        fine &= _say("site", found(asyncio.run(_site(root, planted)), planted))
        said = "\n".join(text for where, text in texts(root.current) if where.endswith("chapters"))
        fine &= _say(f"{len(stays)} counts stay", [each for each in stays if each not in said])
        fine &= _say("DOCX and PDF", _formats(planted, stays))
        fine &= _real(Path(name))
    return fine


def _say(what: str, wrong: Sequence[str]) -> bool:
    print(f"  {what}: {len(wrong)} wrong {'; '.join(wrong[:3])}")
    return not wrong


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file beside the databases; archives unpacked, Parquet as its rows."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".db":
            yield from _file(path.name, path.read_bytes())


def _file(name: str, body: bytes) -> Iterator[tuple[str, str]]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for each in packed.namelist():
                yield from _file(f"{name}!{each}", packed.read(each))
    elif name.endswith(".parquet"):
        import pyarrow.parquet as parquet

        table = parquet.read_table(io.BytesIO(body))
        yield name, "\n".join(str(row) for row in table.to_pylist())
    else:
        for line in body.decode("utf-8", "replace").split("\n"):
            yield name, line


async def _site(root: DataRoot, planted: Sequence[Planted]) -> Iterator[tuple[str, str]]:
    """Every kind of page, every report in HTML and JSON, a panel, a search for each number."""
    client: Any = site(root.path).client
    with closing(sqlite3.connect(root.current / "nianbao.db")) as db:
        reports = [row[0] for row in db.execute("SELECT report_id FROM reports")]
    paths = [page.path for page in pages(root.path) if not page.path.startswith("/cundang")]
    paths += [f"/bg/{each}{end}" for each in reports for end in ("", ".json")]
    paths += ["/xiazai/mianban.zip?kind=finance", "/nianbao/unread", "/nianbao/sources"]
    told = []
    for path in paths:
        answer = await client.get(path, follow_redirects=True)
        kind = ".zip" if "zip" in answer.headers.get("content-type", "") else ".html"
        told += _file(path + kind, answer.content)
    for each in planted:
        for secret in each.secrets:
            answer = await client.get(f"/sousuo?q={quote(secret)}")
            # The page repeats the question, and must hold no hit.
            if "nb-hit" in answer.text or "<mark" in answer.text:
                told.append(("search", secret))
    return iter(told)


def _formats(planted: Sequence[Planted], stays: Sequence[str]) -> list[str]:
    """What a DOCX and a PDF still say, and what they lost."""
    wrong = []
    base = report_of(2022)
    for start in range(0, len(planted), 40):
        some = planted[start : start + 40]
        said = [each.words for each in some]
        report = replace(base, chapters={**base.chapters, "五": (*base.chapters["五"], *said)})
        kept = stays[start : start + 40]
        counted = replace(base, chapters={**base.chapters, "五": (*base.chapters["五"], *kept)})
        for name, make in (("docx", docx), ("pdf", report_pdf)):
            shown = masked_report(read(make(report)))
            wrong += found(((name, text) for text in shown.chapters.values()), some)
            if "".join(shown.chapters.values()).count(MASK) < 7 * len(some):
                wrong.append(f"{name}: what was planted was not read")
            whole = read(make(counted))
            if masked_report(whole) != whole:
                wrong.append(f"{name}: a count was masked")
    return wrong


def _real(folder: Path) -> bool:
    """Real documents: every figure and fact as before, no telephone number in a release."""
    if not CORPUS.is_dir():
        print(f"  no corpus at {CORPUS}")
        return False
    wrong = []
    figures = facts = 0
    paths = sorted(CORPUS.iterdir())
    for path in paths:
        whole = read(path.read_bytes())
        shown = masked_report(whole)
        figures, facts = figures + len(whole.figures), facts + len(whole.facts)
        same = whole.figures == shown.figures and whole.leftovers == shown.leftovers
        if not same or len(whole.facts) != len(shown.facts) or whole.grids != shown.grids:
            wrong.append(path.name)
    fine = _say(f"{figures} real figures, {facts} facts", wrong)
    root = DataRoot(folder / "real")
    import_files(root, paths, None)
    build(root)
    hits = []
    for where, text in (*texts(root.current), *_files(root.current)):
        for call in _CALL.findall(text):
            if hashlib.sha256(call.replace("-", "").encode()).hexdigest() in REAL:
                hits.append(f"{where}: {call}")
    return _say(f"{len(REAL)} real telephone numbers", hits) and fine
