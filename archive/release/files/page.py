"""index.html: what a release is, for people; one file that asks for nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ...manifest import FILES as DATABASES
from ...manifest import reading
from ...schema.codes import ABOUT, REPORT_STATUS
from ...schema.describe import HOW_TO_ATTACH, IN_PYTHON, example_rows
from ...schema.licence import LICENCE, LICENCE_TEXT
from . import partlist
from .changes import Section
from .words import FICTION, FILES, TITLE, citation
from .writing import Written

NAME = "index.html"
#: What the view `coverage` says, without all its cells: each agency has one of each year.
_COVERAGE = """
SELECT y.year, (SELECT count(*) FROM agencies) AS agencies, coalesce(o.obtained, 0) AS obtained,
  coalesce(o.read, 0) AS read, (SELECT count(*) FROM agencies) - coalesce(o.obtained, 0) AS missing
FROM _years y LEFT JOIN (
  SELECT year, count(*) AS obtained, sum(status = 'read') AS read
  FROM (SELECT agency_id, year, status, min(report_id) FROM _reports GROUP BY 1, 2) GROUP BY 1
) o ON o.year = y.year ORDER BY 1"""
_FRAME = """
SELECT year, sum(cells) AS cells, sum("read") AS "read", sum(unread + needs_ocr) AS unread,
  sum(unresolved) AS unresolved, sum(not_found + incomplete) AS looked,
  sum(blocked + robots + column_not_found) AS closed, sum(not_registered) AS not_registered
FROM frame_summary WHERE part = 'local' AND existence = 'certain' GROUP BY 1 ORDER BY 1"""
_REGIONS = """
SELECT coalesce(substr(r.region_code, 1, 2), '') AS region,
  (SELECT region_name FROM agencies a
   WHERE a.region_code = substr(r.region_code, 1, 2) || '0000' LIMIT 1) AS name,
  count(*) AS reports, count(DISTINCT r.agency_id) AS agencies,
  min(r.year) AS first, max(r.year) AS last
FROM reports r GROUP BY 1 ORDER BY 1"""
_FORMS = """
SELECT coalesce(form, '未能判定') AS form, status, count(*) AS reports
FROM reports GROUP BY 1, 2 ORDER BY 1, 2"""


class Summary(NamedTuple):
    """What index.html says of all reports: rows as the template takes them."""

    coverage: Sequence[Sequence[Any]]
    frame: Sequence[Sequence[Any]]
    regions: Sequence[Sequence[Any]]
    forms: Sequence[Sequence[Any]]


def summary_of(release: Path) -> Summary:
    """Ask a release what its index.html says of all reports: of a country, that takes seconds.

    Args:
        release: Its folder.
    """
    with reading(release / DATABASES[0], text=release / DATABASES[1]) as db:
        every = (_COVERAGE, _FRAME, _REGIONS, _FORMS)
        return Summary(*(db.execute(sql).fetchall() for sql in every))


def write_page(
    folder: Path,
    manifest: Mapping[str, Any],
    written: Sequence[Written],
    changes: Sequence[Section],
    summary: Summary,
    db: sqlite3.Connection,
) -> None:
    """Write index.html.

    Args:
        folder: The release's folder; its other files are there.
        manifest: Its manifest.
        written: The tables that are there as CSV and Parquet.
        changes: What is otherwise than in the release before.
        summary: What it says of all reports.
        db: nianbao.db, with text.db attached as `text`.
    """
    sizes = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file()
    }
    text = _template().render(
        title=TITLE,
        fiction=FICTION if manifest["fiction"] else "",
        manifest=manifest,
        citation=citation(dict(manifest)),
        licence=LICENCE,
        licence_text=LICENCE_TEXT,
        readme=db.execute("SELECT topic, text FROM README ORDER BY rowid").fetchall(),
        files=[
            (name, text, sizes.get(name))
            for name, text in FILES.items()
            if name != partlist.NAME or name in sizes
        ],
        tables=[
            (each, sizes.get(each.csv), sum(sizes[path] for path in each.parts or [each.parquet]))
            for each in written
        ],
        divided=next((each for each in written if each.parts), None),
        **summary._asdict(),
        lines=db.execute(
            "SELECT label, figure, kind, unit, basis, forms, definition, unsaid, comparable "
            "FROM lines ORDER BY position"
        ).fetchall(),
        columns=[each for each in written if not each.table.name.startswith("wide_")],
        flags=db.execute("SELECT about, flag, meaning FROM flags ORDER BY 1, 2").fetchall(),
        examples=example_rows(),
        how_to_attach=HOW_TO_ATTACH,
        in_python=IN_PYTHON,
        about_words=ABOUT,
        status_words=REPORT_STATUS,
        changes=changes,
    )
    (folder / NAME).write_text(text, "utf-8")


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["size"] = _size
    return environment.get_template("index.html.jinja")


def _size(count: int | None) -> str:
    if count is None:
        return "—"
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} KB"
