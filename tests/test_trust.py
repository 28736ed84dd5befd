"""A correction, a withheld span and page over a whole small release; and what they must not lose.

The long proof is `make prove ONLY=trust`.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.curation.withheld import read_withheld
from archive.masking.masks import MASK
from archive.masking.rows import masked_rows
from archive.root import DataRoot
from archive.site.correction_words import word_of
from archive.site.serve import site
from archive.withholding.spans import hide, mark
from extract.types import Report
from tests import trust_line as line
from tests.stored import build
from tests.trust_line import CELL, EMPTY, Seen, ask, content_hash


@pytest.fixture(scope="module")
def trusted(
    demo: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[DataRoot, dict[str, Any]]:
    """A copy of the demo's root after decisions, and what it said before."""
    root = DataRoot(tmp_path_factory.mktemp("trusted") / "root")
    shutil.copytree(demo[0], root.path, symlinks=True)
    shown = {who: line.seen(root, who) for who in (line.FIGURE, line.BLANK, line.PAGE)}
    corrected, emptied = shown[line.FIGURE], shown[line.BLANK]
    ((machine,),) = ask(
        root, f"SELECT {CELL} FROM figures WHERE version_id = ?", corrected.version_id
    )
    told = {"hash": content_hash(root), "machine": machine, "hand": machine + 7, "shown": shown}
    message = {
        cell: get(root, f"/bg/{of.version_id}/baocuo?cell={cell}")
        for of, cell in ((corrected, CELL), (emptied, EMPTY))
    }
    line.decide_figures(
        root,
        line.entry_of(message[CELL], f'printed = "{machine + 7}"'),
        line.entry_of(message[EMPTY], "blank = true"),
    )
    line.withhold(root, shown[line.PAGE], Seen("", "", "", "0" * 64), Seen("", "", "", "1" * 64))
    build(root)
    return root, told


def get(root: DataRoot, path: str, status: int = 200) -> str:
    client: Any = site(root.path).client
    answer = asyncio.run(client.get(path))
    assert answer.status_code == status, (path, answer.text[:200])
    return str(answer.text)


def test_the_offered_entry_filled_in_is_the_figure(trusted: tuple[DataRoot, Any]) -> None:
    root, told = trusted
    corrected, emptied = told["shown"][line.FIGURE], told["shown"][line.BLANK]
    sql = "SELECT {} FROM figures WHERE version_id = ?"
    assert ask(root, sql.format(CELL), corrected.version_id) == [(told["hand"],)]
    assert ask(root, sql.format(EMPTY), emptied.version_id) == [(None,)]
    said = ask(
        root,
        'SELECT "check", status FROM findings WHERE version_id = ? AND figures LIKE ?',
        corrected.version_id,
        f'%"{CELL}"%',
    )
    assert said == [("C03", "fail")]  # the balance holds, and the row's sum does not any more
    (rate,) = ask(
        root,
        "SELECT granted_of_closed, granted_of_closed_n FROM kind_years WHERE kind = 'audit' "
        "AND level = 'county' AND scope = 'own' AND year = 2021",
    )
    assert rate == (None, 0)
    assert ask(root, "SELECT DISTINCT evidence FROM corrections") == [(line.SEEN_AT,)]
    (reason,) = ask(root, "SELECT DISTINCT reason FROM corrections")[0]
    assert reason.endswith(f"可来电{MASK * 11}")


def test_the_pages_say_both_readings(trusted: tuple[DataRoot, Any]) -> None:
    root, told = trusted
    page = get(root, "/gengzheng")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "人读作空白" in page
    assert f"机器读作“{told['machine']:,}”" in page
    empty = get(root, f"/bg/{told['shown'][line.BLANK].version_id}")
    cell = empty.partition(f'id="sz-{EMPTY}"')[2].partition("</td>")[0]
    assert ">手<" in cell


def test_the_page_is_nowhere_and_all_comes_back(trusted: tuple[DataRoot, Any]) -> None:
    root, told = trusted
    of = told["shown"][line.PAGE]
    get(root, f"/bg/{of.report_id}", 410)
    for table in ("sources", "versions", "unread"):
        assert ask(root, f"SELECT 1 FROM {table} WHERE url = ?", of.url) == []
    shutil.rmtree(root.path / "curation")
    (root.path / "curation").mkdir()
    build(root, accept="the decisions are taken back")
    assert content_hash(root) == told["hash"]


@pytest.mark.parametrize("comma", ["，", ","])
def test_words_beside_a_span_are_found_in_any_width(tmp_path: Path, comma: str) -> None:
    (tmp_path / "withheld.toml").write_text(
        f'[[span]]\nsha256 = "{"a" * 64}"\nchapter = "六"\nafter = "经办（一）："\n'
        f'before = "{comma}接待时间照旧"\nreason = "privacy"\ndate = 2026-11-20\n'
        'decided_by = "站长"\n'
    )
    (span,) = read_withheld(tmp_path).spans
    text = "经办㈠： 周示例，接待时间照旧，别的不变"
    shown, (cut,) = hide(Report("read", chapters={"六": text, "五": "，无"}), [span])
    assert cut.is_exact
    assert shown.chapters == {"六": f"经办㈠： {mark(span)}，接待时间照旧，别的不变", "五": "，无"}


def test_what_the_machine_read_in_the_place_of_a_number_is_masked() -> None:
    row = {"machine_printed": "详询13812345678", "printed": "13812345678", "evidence": line.SEEN_AT}
    (got,) = masked_rows("corrections", [row])
    assert got == {**row, "machine_printed": f"详询{MASK * 11}"}


def test_a_correction_of_an_older_version_says_so() -> None:
    row = {"state": "applied", "version_id": "r-2021.v1", "now": "r-2021.v2"}
    assert word_of(row).word == "所据版本已被取代"
    assert word_of({**row, "now": "r-2021.v1"}).word == "现用"
    assert word_of({**row, "state": "agrees"}).word == "已一致"
