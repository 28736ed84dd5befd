"""Telephone numbers, identity numbers and e-mail addresses are masked; counts stay."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from archive.manifest import note_inputs
from archive.masking import masked, masked_cell, masked_report, masks
from archive.masking.grids import masked_grid
from archive.masking.identities import is_sound
from archive.masking.likeness import alike, is_masking
from archive.masking.masks import MASK
from archive.masking.rows import masked_rows
from archive.masking.view import view
from archive.root import DataRoot
from archive.search.asking import Question, search
from archive.search.folding import fold
from extract import read
from extract.types import Fact, Figure, Finding, Report
from tests.personal import look_alikes, personal
from tests.personal_release import found, planted_root, texts
from tests.stored import article, build, db

PHRASINGS = tomllib.loads(Path(__file__).with_name("masking_phrasings.toml").read_text("utf-8"))
PLANTED = tuple(personal(64))
#: Without what a reader takes for the foot of a page.
STAYS = tuple(words for words in look_alikes(50) if "备" not in words)


@pytest.mark.parametrize("batch", sorted(PHRASINGS))
def test_phrasings_of_real_texts(batch: str) -> None:
    for line in PHRASINGS[batch]:
        given = line.replace("⟦", "").replace("⟧", "")
        parts = line.replace("⟧", "⟦").split("⟦")
        want = "".join(
            "".join("\n" if sign == "\n" else MASK for sign in part) if odd % 2 else part
            for odd, part in enumerate(parts)
        )
        assert masked(given) == want


def test_invented_ones_over_all_forms_and_what_looks_like_them() -> None:
    for each in personal(260):
        got = fold(masked(each.words))
        assert not [secret for secret in each.secrets if fold(secret) in got], each.words
    for words in look_alikes(250):
        assert masked(words) == words


def test_a_masked_text_is_as_long_and_stays_so() -> None:
    lines = [line.replace("⟦", "").replace("⟧", "") for b in PHRASINGS.values() for line in b]
    for words in [*lines, *(each.words for each in PLANTED)]:
        once = masked(words)
        assert len(once) == len(words)
        assert masked(once) == once


def test_an_identity_number_without_its_check_digit_is_one_behind_its_word_only() -> None:
    assert is_sound("990101199003070015")
    assert not is_sound("990101199003070016")
    assert masked("编为990101199003070016。") == "编为990101199003070016。"
    assert masked("身份证990101199003070016。") == f"身份证{MASK * 18}。"
    assert masked("甲990101199003070015。") == f"甲{MASK * 18}。"


def test_a_long_run_of_digits_takes_no_time() -> None:
    for text in (
        "1" * 20_000,
        "0795-" * 4_000,
        "电话" * 10_000,
        "a@" * 10_000,
        "1 " * 10_000,
        "一 " * 10_000,
        "邮箱：" + "一" * 20_000 + "@a",
        "邮" + " " * 9_000,
        "电话12388、" * 4_000,
    ):
        assert len(masked(text)) == len(text)


def test_a_long_table_of_numbers_is_passed_once() -> None:
    grid = (("电话", "数量"), *((f"70{row:05}", "7022345") for row in range(3_000)))
    with mock.patch("archive.masking.grids.view", wraps=view) as looked:
        found = masked_grid(grid)
    assert set(found[1:]) == {("███████", "7022345")}
    assert looked.call_count < 10 * len(grid)


def test_a_bare_number_in_a_raw_table_is_what_its_heading_says() -> None:
    grid = (
        ("单位", "电话", "访问量", "金额（元）", "备注"),
        ("甲", "7022345", "7022346", "13812345678", "13912345678"),
        ("联系电话", "83661234", "13712345678", "2345678", ""),
    )
    got = masked_grid(grid)
    assert got[1] == ("甲", MASK * 7, "7022346", "13812345678", MASK * 11)
    assert got[2][1] == MASK * 8
    assert got[2][3] == "2345678"
    assert masked_cell("13812345678") == "13812345678"
    assert masked_cell("电话0795-7022345")[2:] == MASK * 12


def test_a_reading_is_masked_and_its_figures_are_as_they_were() -> None:
    text = "受理电话咨询12件，详询0795-7022345。"
    quote = text[:10]
    fact = Fact("calls", 12, "件", text, "六", 0, len(text))
    figure = Figure("t2", "rules", "made", "13812345678", 13812345678, "reported")
    words = Figure("t2", "rules", "valid", "见0795-7022345", None, "unparsed")
    finding = Finding("C19", "fail", 12, 13, (), f"正文称“{text}”。", f"“{text}”")
    report = Report(
        "read", title="年报 13912345678", chapters={"六": text}, facts=(fact,), findings=(finding,),
        figures=(figure, words), block={"联系电话": "7022345", "索引号": "07957022345"},
        attachments=(("mailto:a@example.org", "信"), ("/13912345678.pdf", "手机13912345678")),
    )  # fmt: skip
    got = masked_report(report)
    assert got.figures[0] == figure
    assert got.figures[1].printed == f"见{MASK * 12}"
    assert got.facts[0].quote == got.chapters["六"]
    assert got.facts[0].value == 12
    assert got.chapters["六"].startswith(quote)
    assert "7022345" not in got.findings[0].sentence
    assert got.title == f"年报 {MASK * 11}"
    assert got.block == {"联系电话": MASK * 7, "索引号": "07957022345"}
    assert got.attachments[0][0] == "mailto:" + MASK * 13
    assert got.attachments[1] == ("/13912345678.pdf", "手机" + MASK * 11)
    whole = read(article())
    assert masked_report(whole).figures == whole.figures


def test_what_reaches_a_release_beside_readings_is_masked() -> None:
    row = {
        "url": "http://www.example.org/13912345678",
        "list_title": "年报13912345678",
        "detail": None,
    }
    (got,) = masked_rows("unread", [row])
    assert got == {**row, "list_title": f"年报{MASK * 11}"}
    assert list(masked_rows("figures", [row])) == [row]


def test_masking_is_no_change_of_the_reader() -> None:
    whole = Report("read", title="甲", chapters={"六": "电话：0795-7022345，甲"})
    shown = masked_report(whole)
    partly = replace(whole, chapters={"六": whole.chapters["六"].replace("0795", MASK * 4)})
    for before in (whole, shown, partly):
        assert is_masking(*alike(before, whole))
    other = replace(whole, chapters={"六": "电话：0795-7022345，乙"})
    assert not is_masking(*alike(shown, other))
    assert not is_masking(*alike(replace(whole, chapters={}), replace(whole, chapters={})))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    root = DataRoot(tmp_path_factory.mktemp("personal"))
    planted_root(root, PLANTED, STAYS)
    return root


def test_nothing_personal_is_in_a_release_and_all_counts_are(root: DataRoot) -> None:
    said = list(texts(root.current))
    assert found(iter(said), PLANTED) == []
    assert "planted@example.org" not in "".join(text for _, text in said)
    chapters = "\n".join(text for where, text in said if where.endswith(" chapters"))
    assert [words for words in STAYS if words not in chapters] == []
    grids = "".join(text for where, text in said if where.endswith(" grids"))
    assert '"7022345"' in grids
    assert '"13812345678"' in grids


def test_a_search_for_a_number_tells_nothing(root: DataRoot) -> None:
    with closing(sqlite3.connect(f"file:{root.current / 'text.db'}?mode=ro", uri=True)) as db:
        for each in PLANTED:
            for secret in each.secrets:
                answer = search(db, Question(secret))
                assert answer.hits == ()
                assert answer.is_whole
        assert search(db, Question("政府信息公开")).hits


@pytest.fixture
def forgetting() -> Iterator[Callable[[], None]]:
    """Forgets what was found in short texts: by other rules it is something else."""
    masks._known.cache_clear()
    yield masks._known.cache_clear
    masks._known.cache_clear()


def test_the_first_masked_release_after_one_that_was_not_tells_no_change(
    tmp_path: Path, forgetting: Callable[[], None]
) -> None:
    root = DataRoot(tmp_path)
    with mock.patch("archive.masking.masks._windows", return_value=()):
        planted_root(root, PLANTED[:24], STAYS[:4])
    before = root.current.resolve()
    assert found(texts(before), PLANTED[:24])
    note_inputs(root, None)
    forgetting()
    with (
        mock.patch("archive.heads.heads_version", return_value="mended"),
        mock.patch("archive.release.history.builder_version", return_value="mended"),
    ):
        assert build(root).is_new
    assert root.current.resolve() != before
    assert found(texts(root.current), PLANTED[:24]) == []
    assert db(root, "SELECT * FROM changes WHERE cause IN ('reader', 'curation')") == []
    note_inputs(root, None)
    half = re.compile("[@＠]")  # rules that know less: mails only
    forgetting()
    with (
        mock.patch("archive.heads.heads_version", return_value="other"),
        mock.patch("archive.masking.masks._MAYBE", (half,)),
        mock.patch("archive.release.history.builder_version", return_value="other"),
    ):
        assert build(root).is_new
    assert db(root, "SELECT * FROM changes WHERE cause IN ('reader', 'curation')") == []
