"""Findings told and counted by kind: not in agreement, uncertain, and what only informs."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from archive.__main__ import main
from archive.build import Built
from archive.importing import import_files
from archive.manifest import current_manifest
from archive.problems import problems
from archive.release.files.plain import plain_tables
from archive.root import DataRoot
from archive.site.serve import site
from tests.stored import build


@pytest.fixture(scope="module")
def root(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """An amount without a unit beside its district's (C17), and an old form kept (C26)."""
    folder = tmp_path_factory.mktemp("kinds")
    texts = [(corpus / "documents" / f"seed_{n}.txt").read_text("utf-8") for n in ("000", "002")]
    kept = (corpus / "documents" / "seed_003.txt").read_text("utf-8").replace("2020", "2024")
    files = [folder / f"{number}.txt" for number in range(3)]
    for file, text in zip(files, (*texts, kept), strict=True):
        file.write_text(text, "utf-8")
    root = DataRoot(folder / "data")
    import_files(root, files, None)
    build(root)
    return root


@pytest.fixture(scope="module")
def ask(root: DataRoot) -> Any:
    """The text of a page, and the page."""
    datasette = site(root.path)

    def page(path: str) -> BeautifulSoup:
        return BeautifulSoup(asyncio.run(datasette.client.get(path)).text, "lxml")

    return page


def text_of(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return "".join(found.get_text().split())


def kinds(root: DataRoot) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(root.current / "nianbao.db")) as db:
        return db.execute(
            "SELECT report_id, failed, uncertain, not_assessable, informative FROM reports "
            "WHERE failed + uncertain + not_assessable + informative ORDER BY 1"
        ).fetchall()


def test_all_count_alike_and_what_informs_is_apart(
    root: DataRoot, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kinds(root) == [("360902-finance-2020", 0, 1, 0, 0), ("360982-audit-2024", 0, 0, 0, 1)]
    known = Built(root.current.resolve(), is_new=True, counts=current_manifest(root)["counts"])
    monkeypatch.setattr("archive.commands.releases.build", lambda *_, **__: known)
    built = CliRunner().invoke(main, ["build", "--data", str(root.path)]).output
    assert "1 findings (0 did not agree), notes of informative checks: 1" in built
    lines = list(problems(root))
    assert lines[3].startswith("1 findings: 0 did not agree, 1 uncertain, 0 not assessable; ")
    notes = lines.index("notes of informative checks, which judge nothing (the same numbers):")
    assert [line.split()[0] for line in lines if line.startswith("  C")] == ["C17", "C26"]
    assert lines[notes + 1].startswith("  C26")
    counts = text_of(ask("/"), ".nb-counts")
    assert counts.endswith("处不相符0处说明1")
    assert "另有无法判定1处，无法核对0处。" in text_of(ask("/"), ".nb-counts + p")


def test_an_amount_without_a_unit_is_no_empty_cell(ask: Any) -> None:
    page = ask("/bg/360902-finance-2020")
    assert text_of(page, ".nb-summary").startswith("△无法判定1项")
    assert "△无法判定：有格未填数字，或未印单位" in text_of(page, ".nb-key")
    told = text_of(page, "#yidian li")
    assert "275788.31，未印单位" in told
    assert "4166.18万元" in told
    assert "左边" not in told  # bare numbers of different units


def test_the_page_of_an_agency_names_what_is_uncertain(ask: Any) -> None:
    page = ask("/jg/360902-finance")
    assert "未发现不相符的核对；另有1处无法判定（有格未填数字，或未印单位）。" in text_of(
        page, "h1 + p + p"
    )
    assert text_of(page, ".nb-years td:last-child a") == "△1"


def test_what_informs_stands_under_no_failure(root: DataRoot, ask: Any) -> None:
    page = ask("/bg/360982-audit-2024")
    assert text_of(page, ".nb-summary").startswith("注说明1项")
    assert text_of(page, "#yidian h3") == "注说明：1项"
    assert "※" not in page.get_text()


def test_the_files_say_so_too(root: DataRoot) -> None:
    with closing(sqlite3.connect(root.current / "nianbao.db")) as db:
        (table,) = (each for each in plain_tables(db) if each.name == "current_findings")
        names = [field.name for field in table.fields]
        rows = [dict(zip(names, row, strict=True)) for batch in table.batches() for row in batch]
    told = {row["check"]: row["status_name"] for row in rows}
    assert told == {"C17": "无法判定", "C26": "说明"}
