"""A release of the country held against what the country was made of: nothing may differ."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from archive.manifest import FILES
from archive.search import Question, search
from archive.site.numerals import share
from tests.bench.site.served import Served
from tests.scale import expected
from tests.scale.expected import ADDED, Cell, Country, Sums
from tests.scale.reports import PLANTED_WORD, Which

#: Reports whose figures are asked for, one by one.
ASKED = 200
#: Checks that tell of reports that are alike; short texts and few numbers are, now and then.
_ALIKE = ("C24",)


def release(root: Path, country: Country, sums: Sums) -> Iterator[str]:
    """What a release says otherwise than it should, by SQL and by the search."""
    with closing(_opened(root, FILES[0])) as db:
        yield from _differences("reports", _reports(db), sums.reports)
        yield from _differences("read", _reports(db, "AND r.status = 'read'"), sums.read)
        for column in ADDED:
            wanted = Counter({cell: n for (cell, key), n in sums.added.items() if key == column})
            yield from _differences(f"sum of {column}", _added(db, column), wanted)
        yield from _differences("coverage", _coverage(db), _by_year(sums.read))
        yield from _differences("frame", _frame(db), _framed(db, sums.framed))
        found = {
            (str(report), str(check))
            for report, check in db.execute(
                "SELECT report_id, \"check\" FROM current_findings WHERE status = 'fail'"
            )
            if check not in _ALIKE
        }
        for each in sorted(found ^ sums.failing)[:5]:
            yield f"finding {each}: {'not planted' if each in found else 'not found'}"
        for which in country.some(ASKED):
            yield from _figures(db, which)
    with closing(_opened(root, FILES[1])) as db:
        hits = {each.rpartition(".v")[0] for each in _hits(db, PLANTED_WORD)}
        if hits != sums.words:
            yield f"search: {len(hits)} reports hold the planted word, not {len(sums.words)}"


def _opened(root: Path, name: str) -> sqlite3.Connection:
    path = (root / "releases" / "current" / name).resolve()
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


def _differences(what: str, found: Counter[object], wanted: Counter[object]) -> Iterator[str]:
    wrong = [key for key in found.keys() | wanted.keys() if found[key] != wanted[key]]
    for key in sorted(wrong, key=str)[:3]:
        yield f"{what}: {key}: {found[key]:,}, not {wanted[key]:,} ({len(wrong)} such)"


def _reports(db: sqlite3.Connection, where: str = "") -> Counter[object]:
    sql = f"""SELECT a.level, a.kind, r.year, count(*) FROM _reports r
    JOIN agencies a ON a.agency_id = r.agency_id WHERE 1 {where} GROUP BY 1, 2, 3"""
    return Counter({Cell(*row): count for *row, count in db.execute(sql)})


def _added(db: sqlite3.Connection, column: str) -> Counter[object]:
    sql = f"""SELECT a.level, a.kind, r.year, coalesce(sum(f."{column}"), 0) FROM reports r
    JOIN agencies a ON a.agency_id = r.agency_id JOIN figures f ON f.version_id = r.version_id
    GROUP BY 1, 2, 3"""
    return Counter({Cell(*row): total for *row, total in db.execute(sql)})


def _coverage(db: sqlite3.Connection) -> Counter[object]:
    sql = "SELECT year, count(*) FROM coverage WHERE status = 'read' GROUP BY 1"
    return Counter(dict(db.execute(sql).fetchall()))


def _by_year(counts: Counter[Cell]) -> Counter[object]:
    found: Counter[object] = Counter()
    for cell, count in counts.items():
        found[cell.year] += count
    return found


def _frame(db: sqlite3.Connection) -> Counter[object]:
    """What the frame calls read, for the agencies that it expects."""
    sql = """SELECT level, kind, year, sum("read") FROM frame_summary
    WHERE part <> 'devzone' GROUP BY 1, 2, 3 HAVING sum("read") > 0"""
    return Counter({Cell(*row): count for *row, count in db.execute(sql)})


def _framed(db: sqlite3.Connection, read: Counter[Cell]) -> Counter[object]:
    """What was read of the kinds that the frame expects of a level and a year."""
    years = {year for (year,) in db.execute("SELECT year FROM _frame_years")}
    expects = {
        Cell(level, kind, year)
        for level, kind, first, last in db.execute(
            "SELECT level, kind, first_year, last_year FROM expected"
        )
        for year in years
        if first <= year <= (last or 9999)
    }
    return Counter({cell: count for cell, count in read.items() if count and cell in expects})


def _figures(db: sqlite3.Connection, which: Which) -> Iterator[str]:
    cursor = db.execute(
        "SELECT f.* FROM figures f JOIN reports r ON r.version_id = f.version_id "
        "WHERE r.report_id = ?",
        (which.report_id,),
    )
    names, row = [column[0] for column in cursor.description], cursor.fetchone()
    if row is None:
        yield f"{which.report_id}: not there"
        return
    found, wanted = dict(zip(names, row, strict=True)), expected.numbers(which)
    wrong = {key: found.get(key) for key, value in wanted.items() if found.get(key) != value}
    more = [key for key, value in found.items() if value is not None and key not in wanted]
    if wrong or set(more) - {"version_id", "report_id"}:
        yield f"{which.report_id}: {wrong or more}"


def _hits(db: sqlite3.Connection, word: str) -> Iterator[str]:
    question = Question(word)
    while True:
        page = search(db, question)
        yield from (hit.version_id for hit in page.hits)
        if page.after is None:
            return
        question = Question(word, before=page.after)


def pages(root: Path, country: Country, sums: Sums) -> Iterator[str]:
    """What the served site says otherwise than it should."""
    with Served(root) as served:

        def get(path: str, *words: str) -> Iterator[str]:
            status, body = served.get(path)
            text = body.decode("utf-8")
            if status != 200:
                yield f"{path}: {status}"
            missing = [word for word in words if word not in text]
            if missing:
                yield f"{path}: does not say {', '.join(missing)}"

        read, size = sum(sums.read.values()), sum(sums.reports.values())
        latest = max(cell.year for cell in sums.reports)
        yield from get("/", f"{size:,}")
        yield from get("/tubiao/nianbao", f"{_by_year(sums.reports)[latest]:,}")
        yield from get("/tubiao", "<svg")
        yield from get("/diqu?nian=2023", f"{_by_year(sums.reports)[2023]:,}")
        yield from get("/fugai", share(*_certain(root)))
        yield from get("/nianbao/reports", f"{size:,}")
        yield from get("/nianbao/coverage?_facet=status", f"{read:,}")
        for which in country.some(12):
            yield from _of_report(get, served, which)
        for report, check in sorted(sums.failing)[:3]:
            yield from get(f"/yidian?hedui={check}&jieguo=fail&nian={report[-4:]}", report)
            yield from get(f"/bg/{report}", check)
        question = quote(PLANTED_WORD)
        yield from get(f"/sousuo?q={question}", PLANTED_WORD)
        status, body = served.get(f"/sousuo.json?q={question}")
        hits = {hit["report_id"] for hit in json.loads(body)["hits"]} if status == 200 else set()
        if bool(hits) != bool(sums.words) or not hits <= sums.words:
            yield f"/sousuo.json: {sorted(hits)[:3]}"


def _certain(root: Path) -> tuple[int, int]:
    """Of all certain cells of the frame's best year those that were read."""
    with closing(_opened(root, FILES[0])) as db:
        sql = """SELECT sum("read"), sum(cells) FROM frame_summary
        WHERE part = 'local' AND existence = 'certain' AND year = 2023"""
        found: tuple[int, int] = db.execute(sql).fetchone()
        return found


def _of_report(get: Callable[..., Iterator[str]], served: Served, which: Which) -> Iterator[str]:
    yield from get(f"/bg/{which.report_id}", which.title)
    yield from get(f"/jg/{which.agency_id}", which.name, str(which.year))
    yield from get(f"/diqu/{which.place.code}", which.place.name)
    status, body = served.get(f"/bg/{which.report_id}.json")
    figures = json.loads(body)["figures"] if status == 200 else []
    found = {each["figure"]: each["value"] for each in figures}
    if any(found.get(key) != value for key, value in expected.numbers(which).items()):
        yield f"/bg/{which.report_id}.json: status {status}, other figures"
