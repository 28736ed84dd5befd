"""Corrections are read strictly: what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.corrections.correction import Corrections
from archive.curation import FOLDER
from archive.curation.corrections import read_corrections
from archive.errors import CurationRefused

FIGURE = f"""
[[figure]]
report = "990100-finance-2022"
figure = "t2_fee_charged"
sha256 = "{"ab" * 32}"
printed = "12.5"
unit = "万元"
reason = "读作上一行的数"
evidence = "https://www.example.org/a"
contributor = "anonymous"
checked_by = "乙"
date = 2026-11-01
"""
DOCUMENT = f"""
[[document]]
sha256 = "{"cd" * 32}"
agency = "示例市财政局"
year = 2022
form = "2021"
reason = "scan"
evidence = "the document"
contributor = "甲"
checked_by = "乙"
date = 2026-11-01
[document.printed]
t3_granted_total = "12"
t2_fee_charged = ""
[document.units]
t2_fee_charged = "元"
"""


def said(tmp_path: Path, *files: str) -> Corrections:
    folder = tmp_path / "corrections"
    folder.mkdir()
    for number, text in enumerate(files):
        (folder / f"{number}.toml").write_text(text, "utf-8")
    return read_corrections(tmp_path)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    found = said(tmp_path, FIGURE, DOCUMENT)
    (figure,), (document,) = found.figures, found.documents
    assert (figure.printed, figure.unit, figure.date) == ("12.5", "万元", "2026-11-01")
    assert figure.source == "0.toml [[figure]] 1 (t2_fee_charged)"
    assert dict(document.printed) == {"t2_fee_charged": "", "t3_granted_total": "12"}
    assert (document.year, document.scope, document.title) == (2022, "unknown", "")
    assert found.digest() != Corrections(found.figures).digest()


@pytest.mark.parametrize(
    ("line", "printed"), [("blank = true", ""), ("no_cell = true", None), ('printed = "—"', "—")]
)
def test_three_ways_to_say_what_is_printed(tmp_path: Path, line: str, printed: str | None) -> None:
    (found,) = said(tmp_path, FIGURE.replace('printed = "12.5"', line)).figures
    assert found.printed == printed


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"t2_fee_charged"', '"t2_fee_\u202e"', "has characters that nobody sees"),
        ('"t2_fee_charged"', '"t9_x"', "no column is called t9_x; take one of table lines"),
        ('"990100-finance-2022"', '"../x-2022"', "its report is not as it must be"),
        ("ab" * 32, "AB" * 32, "its sha256 is not as it must be"),
        ("ab" * 32, "", "“sha256” is missing"),
        ('printed = "12.5"', "", "does not say plainly what is printed"),
        ('printed = "12.5"', 'printed = "1"\nblank = true', "does not say plainly"),
        ('printed = "12.5"', "blank = false", "does not say plainly"),
        ('printed = "12.5"', 'printed = ""', "“printed” is missing"),
        ('printed = "12.5"', 'printed = "=SUM(A1)"', "“=SUM(A1)” is no number"),
        ('printed = "12.5"', 'printed = "约12"', "is no number; write what the cell prints"),
        ('printed = "12.5"', f'printed = "{"1" * 70}"', "at most 60 characters"),
        ('"万元"', '"dollars"', "its unit is not as it must be; write one of 元"),
        ("t2_fee_charged", "t3_granted_total", "no amount of money"),
        ('"https://www.example.org/a"', '" JavaScript:alert(1)"', "its evidence is not"),
        ('"anonymous"', '"乙 "', "乙 checked their own reading; have a second person"),
        ('"anonymous"', '"甲\\n乙"', "in one line"),
        ('"乙"', '"Anonymous"', "nobody answers for the check"),
        ("2026-11-01", "2999-01-01", "2999-01-01 is a day to come"),
        ("2026-11-01", '"1 Nov"', "is no day"),
        ("reason", "why", "“why” is no field"),
        ("[[figure]]", "[figure]", "is one table; write [[figure]]"),
        ("[[figure]]", "[[figures]]", "[figures] is nothing that is known here"),
    ],
)
def test_a_figure_is_refused_with_file_and_entry(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(CurationRefused, match=r"0\.toml") as caught:
        said(tmp_path, FIGURE.replace(old, new))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("year = 2022", 'year = "2022"', "write year = 2022"),
        ("year = 2022", "year = true", "write year = 2022"),
        ('"2021"', '"2020"', "write 2019 or 2021"),
        ("[document.printed]", "[document.units]", "is no TOML"),
        ('t3_granted_total = "12"\nt2_fee_charged = ""', "", "no cell is entered"),
        ("t3_granted_total", "t3_granted", "no column is called t3_granted;"),
        ("t3_granted_total", "t2_rules_made", "form 2021 has no t2_rules_made"),
        ('"12"', "12", "“t3_granted_total” is missing or no text"),
        ('= "元"', '= "件"', "its unit is not"),
        ("form =", 'scope = "all"\nform =', "write own or aggregate or unknown"),
        ("form =", 'published = "2023"\nform =', "write a day"),
    ],
)
def test_a_document_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(CurationRefused) as caught:
        said(tmp_path, DOCUMENT.replace(old, new, 1))
    assert told in str(caught.value)


@pytest.mark.parametrize("text", [FIGURE, DOCUMENT])
def test_nothing_is_decided_twice(tmp_path: Path, text: str) -> None:
    with pytest.raises(CurationRefused, match=r"1\.toml.*read by hand in 0\.toml .*remove one"):
        said(tmp_path, text, text)


def test_the_project_s_own_corrections_load() -> None:
    read_corrections(FOLDER)
    assert (FOLDER / "corrections").is_dir()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "corrections").write_text("")
    with pytest.raises(CurationRefused, match="is no folder"):
        read_corrections(tmp_path)
