"""The same report in every format gives the same figures."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from extract import read
from extract.convert import Office
from extract.forms import forms
from tests.formats import WRITERS
from tests.oddities import scattered
from tests.portal.office import docx, xlsx
from tests.portal.reports import FictionalReport, make_report
from tests.readback import difference

REPORTS = {
    f"{form}-{marks}": scattered(form, number, marks)
    for number, (form, marks) in enumerate((form, m) for form in forms() for m in ("full", "mixed"))
}


def printed(report: FictionalReport) -> dict[str, str]:
    return {key: text for key, text in report.cells.items() if text not in ("", "/", "—")}


@pytest.mark.parametrize("form", sorted(REPORTS))
@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_figures(name: str, form: str) -> None:
    report = REPORTS[form]
    found = read(WRITERS[name](report))
    assert difference(found, report.values()).none
    texts = {f.key: f.printed for f in found.figures if f.value is not None}
    assert texts == printed(report)
    assert (found.agency, found.year, found.form) == (report.agency, report.year, report.form)


def test_a_workbook_and_a_print_by_libreoffice_itself(soffice: Office, tmp_path: Path) -> None:
    """XLS and PDF as LibreOffice writes them, not as we do."""
    report, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True, zero="dash")
    (tmp_path / "book.xlsx").write_bytes(xlsx(report, framed=True))
    (tmp_path / "report.docx").write_bytes(bordered(docx(report)))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for kind, file in (("xls", "book.xlsx"), ("pdf", "report.docx")):
        command = [str(soffice.program), profile, "--headless", "--convert-to", kind]
        subprocess.run(
            [*command, "--outdir", str(tmp_path), str(tmp_path / file)],
            check=True,
            capture_output=True,
            timeout=120,
        )
    for file in ("book.xls", "report.pdf"):
        assert difference(read((tmp_path / file).read_bytes()), report.values()).none, file


def bordered(body: bytes) -> bytes:
    """The DOCX with borders around the cells of its tables, as offices print them."""
    import io
    import zipfile

    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in sides)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode()
            if name == "word/document.xml":
                assert "<w:tblPr>" not in part
                table = f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
                part = part.replace("<w:tbl>", table)
            new.writestr(name, part)
    return out.getvalue()
