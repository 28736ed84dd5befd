"""A work sheet in a real browser, opened from a disk: filled in, saved, and its page shut in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archive.audit.entries import Entry
from archive.audit.kit import Kit, write_kit
from archive.audit.originals import shown_of
from archive.audit.sheet import sheet
from archive.audit.transcript import read_transcripts
from tests.archived_roots import enemy, hostile

CELLS = "[data-table=t2][data-form='2021']"


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    made = Kit(tmp_path / "kit", "r", "0" * 64, 1, 2, {"001": "0" * 64, "002": "1" * 64})
    write_kit(made)
    return made


def test_a_sheet_is_filled_in_saved_and_read(kit: Kit, browser: Any) -> None:
    with enemy() as waiting:
        original = shown_of(
            hostile(waiting.address).encode(), "http://shili.invalid/", kit.folder, "001-1"
        )
        path = kit.folder / "sheets" / "001.html"
        path.parent.mkdir()
        path.write_text(sheet("001", kit.sample, [original]), "utf-8")
        page = browser.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(path.as_uri())
        _fill_in(page)
        with page.expect_download() as saved:
            page.click("[data-do=save]")
        name = saved.value.suggested_filename
        saved.value.save_as(kit.folder / "transcripts" / name)
        # The page that is shown ran nothing, reached nobody and took nobody away.
        frame = page.frames[1]
        for step in ("script", "away", "top", "new", "send"):
            frame.locator(f"#{step}").focus()
            page.keyboard.press("Enter")
        page.wait_for_timeout(200)
        assert (page.title(), page.url) == ("核验表 001", path.as_uri())
        assert len(page.context.pages) == 1
        assert (waiting.asked, waiting.knocks, wrong) == ([], 0, [])
        page.reload()  # what was entered is kept, as far as the browser keeps it
        assert page.input_value("[data-key=agency]") == "示例市教育局"
        page.close()
    assert name == "001.ab.json"
    (one,) = read_transcripts(kit)["001"]
    assert (one.document, one.tables["t3"], one.entries["year"]) == (
        "report",
        "none",
        Entry("2022"),
    )
    cells = [one.entries[key] for key in one.entries if key.startswith("t2_")]
    assert cells[:7] == [
        Entry("12"), Entry("1,345"), Entry(mark="blank"), *[Entry(mark="absent")] * 3, Entry("7"),
    ]  # fmt: skip
    assert set(cells[7:-1]) == {Entry(mark="blank")}
    assert cells[-1] == Entry("（单位：万元）")


def _fill_in(page: Any) -> None:
    page.click("[data-do=save]")
    assert "代号" in page.inner_text("#told")
    page.fill("[data-choice=by]", "ab")
    page.select_option("[data-choice=document]", "report")
    for key, text in (("title", "年报"), ("agency", "示例市教育局")):
        page.fill(f"[data-key={key}]", text)
    page.focus("[data-key=region]")
    page.keyboard.press("Control+Enter")
    page.select_option("[data-key=scope]", "own")
    page.fill("[data-key=year]", "22")
    for table, form in (("t2", "2021"), ("t3", "none"), ("t4", "none")):
        page.select_option(f"[data-choice={table}]", form)
    page.focus(f"{CELLS} [data-key] >> nth=0")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.keyboard.type("1,345")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")  # blank, and on to the next line
    page.keyboard.press("Control+Delete")  # which is not printed at all
    page.keyboard.type("7")
    page.click("[data-do=save]")
    assert "未录" in page.inner_text("#told")
    page.fill("[data-key='t2_fee_charged.unit'] >> visible=true", "件")
    page.click(f"{CELLS} [data-do=rest]")
    for key, text, why in (
        ("year", "2022", "四位"),
        ("t2_fee_charged.unit", "（单位：万元）", "单位"),
    ):
        page.click("[data-do=save]")
        assert why in page.inner_text("#told")
        page.fill(f"[data-key='{key}'] >> visible=true", text)
    assert page.inner_text("#count") == "已录 16 / 16"
