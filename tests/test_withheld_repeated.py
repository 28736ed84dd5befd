"""Hidden words are hidden wherever a reading has them, and no digest tells them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.digests import masked_digests, text_sha256
from archive.masking import masked_report
from archive.masking.masks import MASK
from archive.root import DataRoot
from archive.withholding.decision import Withholding
from archive.withholding.spans import found_in, hide
from extract import read
from tests.stored import SITE, TITLE, Got, Run, article, build, db, keep, report_of
from tests.test_withheld import AFTER, BEFORE, TAIL, decide, files_with, sha

END = '</p>\n<p style="text-align:right'
NAME, PHONE = "吴壹肆壹", "13812345678"


def page() -> bytes:
    """A report with a name in a chapter, and again in other places."""
    report = report_of()
    said = (*report.chapters["六"], f"{AFTER}{NAME}。{BEFORE}，手机{PHONE}。")
    html = article(replace(report, chapters={**report.chapters, "六": said})).decode()
    for old, new in (
        ("五、存在问题及改进情况", f"五、存在问题及改进情况（{NAME}）"),
        ("下一步，将", f"由{NAME[:2]} {NAME[2:]}负责，主动公开政府信息4321条。下一步，将"),
        ("<body>", f"<body><table><tr><td>索引号</td><td>1</td><td>{NAME}</td></tr></table>"),
        ('</p>\n<p style="text-align:right', f"<a href='/1.pdf'>{NAME}.pdf</a>{END}"),
    ):
        assert old in html
        html = html.replace(old, new, 1)
    return html.encode()


PAGE = page()
SPAN = Withholding(
    "span", "privacy", "2026-11-24", sha(PAGE), chapter="六", after=AFTER, before=BEFORE
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    root = DataRoot(tmp_path_factory.mktemp("repeated") / "data")
    keep(root, Run([Got(f"{SITE}/1.html", PAGE, f"{TITLE}（{NAME}）")], day="2026-01-01"))
    decide(
        root,
        f'[[span]]\nsha256 = "{sha(PAGE)}"\nchapter = "六"\nafter = "{AFTER}"\n'
        f'before = "{BEFORE}"\n' + TAIL.format("privacy", 4),
    )
    build(root)
    return root


def test_the_words_are_nowhere_in_the_release(root: DataRoot) -> None:
    assert files_with(root.current, (NAME,)) == {}
    chapters = db(root, "SELECT chapter FROM withheld WHERE what = 'span' ORDER BY 1")
    assert {("五",), ("六",)} <= {*chapters}


def test_the_digest_is_of_what_is_shown_where_something_is_masked_besides(root: DataRoot) -> None:
    whole = read(PAGE)
    shown = masked_report(hide(whole, (SPAN,))[0])
    assert MASK in shown.chapters["六"]
    (found,) = db(root, "SELECT text_sha256, figures_sha256 FROM versions")
    assert found == masked_digests(hide(whole, (SPAN,))[0])
    assert found[0] == text_sha256(shown) != text_sha256(masked_report(whole))


def test_facts_keep_their_place_beside_words_that_are_hidden_again() -> None:
    shown, (cut,) = hide(read(PAGE), (SPAN,))
    assert cut.is_exact
    assert {"五", "六"} <= {*cut.chapters}
    for fact in shown.facts:
        assert shown.chapters[fact.chapter][fact.start : fact.end] == fact.quote
    assert any("4321" in fact.quote for fact in shown.facts)


def test_what_tells_of_nobody_is_not_looked_for(tmp_path: Path) -> None:
    whole = read(PAGE.replace(NAME.encode(), b"2"))
    shown, (cut,) = hide(whole, (SPAN,))
    assert (cut.words, cut.chapters) == ("", ("六",))
    assert shown.chapters["五"] == whole.chapters["五"]


def test_words_that_are_in_no_chapter_may_be_in_a_table() -> None:
    whole = replace(read(PAGE), grids=((("经办", NAME),),))
    shown, _ = hide(whole, (replace(SPAN, after="没有这几个字"),))
    assert NAME not in repr((shown.chapters, shown.grids, shown.leftovers))
    exact, _ = hide(whole, (SPAN,))
    assert exact.grids == ((("经办", "［已隐去：个人信息，2026-11-24］"),),)


def test_words_that_stand_ten_thousand_times_take_no_memory() -> None:
    assert len(found_in((AFTER + BEFORE) * 20_000, SPAN)) == 2
    assert found_in(BEFORE * 20_000 + AFTER * 20_000, SPAN) == []
    assert len(found_in(f"{AFTER}甲{BEFORE}", SPAN)) == 1
