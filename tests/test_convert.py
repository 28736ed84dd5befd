"""DOC, RTF and WPS through LibreOffice: exact, shut in, and never fatal to other documents."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import olefile  # type: ignore[import-untyped]  # it ships no types
import pytest

from archive.readings import Readings
from extract.convert import Office, is_convertible, to_docx
from extract.errors import NeedsConverter, NotAReport, ReadingError, ReadingLimit
from extract.reading import CONVERTED, read_documents
from extract.types import Report
from extract.worker import Outcome
from tests.portal import pages
from tests.portal.office import docx
from tests.portal.render import article_html
from tests.portal.reports import FictionalReport, make_report
from tests.readback import compare

KINDS = ("doc", "rtf", "wps")
RENDERED = {
    "2021": make_report("示例市财政局", "990100", "finance", 2022, busy=True)[0],
    "2019": make_report("示例市审计局", "990100", "audit", 2020, zero="blank")[0],
}
FORM = "<html><h1>信息公开申请表</h1><p>姓名：</p></html>".encode()


def packed(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, body in members.items():
            archive.writestr(f"{name}.dat", body)
    return made.getvalue()


@pytest.fixture(scope="session")
def old(soffice: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The reports as DOC and RTF, written by LibreOffice itself; WPS Office writes DOC."""
    folder = tmp_path_factory.mktemp("old")
    for form, rendered in RENDERED.items():
        (folder / f"{form}.docx").write_bytes(docx(rendered))
    files = [str(folder / f"{form}.docx") for form in RENDERED]
    for kind in ("doc", "rtf"):
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [str(soffice.program), profile, "--headless", "--convert-to", kind]
        subprocess.run(
            [*command, "--outdir", str(folder), *files],
            check=True,
            capture_output=True,
            timeout=120,
        )
    made = {
        f"{form}.{kind}": (folder / f"{form}.{kind}") for form in RENDERED for kind in KINDS[:2]
    }
    found = {name: path.read_bytes() for name, path in made.items()}
    return found | {f"{form}.wps": found[f"{form}.doc"] for form in RENDERED}


@pytest.fixture(scope="session")
def outcomes(soffice: Office, old: dict[str, bytes]) -> dict[str, Outcome]:
    """All of them read in one go, beside what needs no LibreOffice, and archives."""
    documents = {
        **old,
        "page.html": article_html(RENDERED["2021"], "trs").encode(),
        "one.zip": packed(form=FORM, report=old["2021.doc"]),
        "picture-first.zip": packed(a=b"\x89PNG\r\n\x1a\n....", b=old["2019.rtf"]),
        "form.zip": packed(form=FORM),
        "broken.zip": packed(a=old["2021.doc"][:700] + b"\x00" * 9000),
        "broken.rtf": old["2021.rtf"][:4000],
        "note.rtf": b"{\\rtf1\\ansi A note.\\par}",
    }
    read = read_documents(list(documents), documents.get, 2, lambda: soffice)
    return {outcome.key: outcome for outcome in read}


def read_one(outcome: Outcome) -> Report:
    assert outcome.report is not None, outcome.error
    return outcome.report


def assert_exact(outcome: Outcome, rendered: FictionalReport) -> Report:
    report = read_one(outcome)
    assert compare(report, rendered).none, compare(report, rendered)
    assert (report.title, report.agency, report.year) == (
        rendered.title,
        rendered.agency,
        rendered.year,
    )
    return report


@pytest.mark.parametrize("form", RENDERED)
@pytest.mark.parametrize("kind", KINDS)
def test_old_formats_read_back_as_they_were_written(
    outcomes: dict[str, Outcome], soffice: Office, form: str, kind: str
) -> None:
    report = assert_exact(outcomes[f"{form}.{kind}"], RENDERED[form])
    assert CONVERTED in report.flags
    assert [piece.value for piece in report.evidence["converter"]] == [soffice.version]
    assert soffice.version.startswith("LibreOffice ")


def test_what_needs_no_libreoffice_does_not_say_that_it_was_converted(
    outcomes: dict[str, Outcome],
) -> None:
    report = read_one(outcomes["page.html"])
    assert CONVERTED not in report.flags
    assert "converter" not in report.evidence


@pytest.mark.parametrize(("name", "form"), [("one.zip", "2021"), ("picture-first.zip", "2019")])
def test_a_doc_in_an_archive_is_read(outcomes: dict[str, Outcome], name: str, form: str) -> None:
    report = assert_exact(outcomes[name], RENDERED[form])
    assert CONVERTED in report.flags
    places = {str(figure.place).partition("!")[0] for figure in report.figures if figure.place}
    assert places == {"report.dat" if form == "2021" else "b.dat"}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("form.zip", NotAReport),
        ("broken.zip", ReadingError),
        ("broken.rtf", ReadingError),
        ("note.rtf", NotAReport),
    ],
)
def test_what_is_no_report_has_a_reason(
    outcomes: dict[str, Outcome], name: str, error: type[ReadingError]
) -> None:
    assert type(outcomes[name].error) is error


# -- LibreOffice itself ------------------------------------------------------------------


def test_damaged_files_take_no_other_with_them(soffice: Office, old: dict[str, bytes]) -> None:
    whole = old["2021.doc"]
    locked = io.BytesIO(whole)
    with olefile.OleFileIO(locked, write_mode=True) as container:
        stream = bytearray(container.openstream("WordDocument").read())
        stream[0x0B] |= 1  # fEncrypted, [MS-DOC] 2.5.2
        stream[0x0E:0x12] = b"\x52\x13\x00\x00"
        container.write_stream("WordDocument", bytes(stream))
    results = to_docx(
        [
            ("garbage", olefile.MAGIC + bytes(range(256)) * 100),
            ("cut", whole[: len(whole) // 2]),
            ("locked", locked.getvalue()),
            ("rtf", old["2019.rtf"][:9000]),
            ("page", FORM),
            ("whole", whole),
        ],
        soffice,
    )
    assert isinstance(results.pop("whole"), bytes)
    for name, result in results.items():
        assert type(result) is ReadingError, (name, result)


def test_what_libreoffice_is_given_is_told_by_its_bytes(old: dict[str, bytes]) -> None:
    assert all(is_convertible(body) for body in old.values())
    assert not any(is_convertible(body) for body in (FORM, b"", b"PK\x03\x04", olefile.MAGIC))


# -- a LibreOffice that misbehaves -------------------------------------------------------

FAKE = """#!/bin/sh
# Converts what is good as it was told to; `sleep` stands for soffice.bin.
out=; want=
for word in "$@"; do
  if [ "$want" = out ]; then out=$word; want=; continue; fi
  case $word in
    --outdir) want=out;;
    *.rtf)
      name=$(basename "$word" .rtf)
      if grep -q HANG "$word"; then sleep 600 & echo $! >>{folder}/children; wait; fi
      if grep -q CRASH "$word"; then kill -9 $$; fi
      if grep -q NOTHING "$word"; then continue; fi
      if grep -q HALF "$word"; then echo PK >"$out/$name.docx"; continue; fi
      cp {folder}/good.docx "$out/$name.docx";;
  esac
done
"""


@pytest.fixture
def fake(tmp_path: Path) -> Office:
    (tmp_path / "good.docx").write_bytes(docx(RENDERED["2021"]))
    program = tmp_path / "soffice"
    program.write_text(FAKE.format(folder=tmp_path))
    program.chmod(0o755)
    return Office(program, "LibreOffice 0.0", seconds=0.5, start=1.0)


def rtf(word: str) -> bytes:
    return b"{\\rtf1 %s}" % word.encode()


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("HANG", ReadingLimit),
        ("CRASH", ReadingError),
        ("NOTHING", ReadingError),
        ("HALF", ReadingError),
    ],
)
def test_a_poisoned_file_fails_alone(fake: Office, word: str, error: type[ReadingError]) -> None:
    given = [("a", rtf("good")), ("bad", rtf(word)), ("z", rtf("good"))]
    results = to_docx(given, fake)
    good = (fake.program.parent / "good.docx").read_bytes()
    assert list(results) == ["a", "bad", "z"]
    assert (results["a"], results["z"]) == (good, good)
    assert type(results["bad"]) is error
    children = fake.program.parent / "children"
    assert children.exists() == (word == "HANG")
    if children.exists():  # what hangs is killed with its children
        _assert_none_lives(children.read_text().split())


def _assert_none_lives(children: list[str]) -> None:
    for _ in range(100):  # the kernel takes its time, and an init that reaps may be busy
        if not any(_lives(child) for child in children):
            break
        time.sleep(0.05)
    assert not any(_lives(child) for child in children)


def _lives(process: str) -> bool:
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return False


def test_nothing_is_left_behind(
    fake: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    to_docx([("a", rtf("good")), ("bad", rtf("CRASH"))], fake)
    assert list(place.iterdir()) == []


def test_the_environment_is_not_given_on(
    fake: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_OPERATOR", "1")
    fake.program.write_text(
        f"#!/bin/sh\nenv >{tmp_path}/environment\nulimit -v >{tmp_path}/limit\n"
    )
    to_docx([("a", rtf("good"))], fake)
    names = {line.partition("=")[0] for line in (tmp_path / "environment").read_text().split("\n")}
    assert "HOME" in names
    assert not names & {"SECRET_OF_THE_OPERATOR", "DISPLAY"}
    home = next(
        line for line in (tmp_path / "environment").read_text().split("\n") if "HOME=" in line
    )
    assert home != f"HOME={os.environ.get('HOME')}"
    assert int((tmp_path / "limit").read_text()) == fake.memory // 1024


# -- with and without it -----------------------------------------------------------------


def test_without_libreoffice_a_document_says_what_to_do() -> None:
    (outcome,) = read_documents(["a"], {"a": rtf("good")}.get, find=lambda: None)
    assert type(outcome.error) is NeedsConverter
    assert "RTF" in str(outcome.error)
    assert "make system-deps" in str(outcome.error)


def test_libreoffice_is_not_looked_for_where_nothing_needs_it() -> None:
    def find() -> Office | None:
        raise AssertionError("looked for")

    (outcome,) = read_documents(["a"], {"a": FORM}.get, find=find)
    assert type(outcome.error) is NotAReport


def test_a_document_that_cannot_be_loaded_has_no_outcome(fake: Office) -> None:
    documents = {"a": rtf("good"), "b": None}
    outcomes = list(read_documents(["a", "b"], documents.get, find=lambda: fake))
    assert [outcome.key for outcome in outcomes] == ["a"]


def test_many_documents_are_converted_in_batches(fake: Office) -> None:
    given = {f"{n:02}": rtf("good") for n in range(45)}
    given["07"] = rtf("NOTHING")
    outcomes = {o.key: o for o in read_documents(list(given), given.get, 2, lambda: fake)}
    assert sorted(outcomes) == sorted(given)
    failed = [key for key, outcome in outcomes.items() if outcome.report is None]
    assert failed == ["07"]


def test_what_was_kept_unread_is_read_once_libreoffice_is_there(
    fake: Office, tmp_path: Path
) -> None:
    bodies = {"a": rtf("good"), "b": FORM}

    def status(find: Office | None) -> tuple[list[str], list[str]]:
        readings = Readings(tmp_path / "readings.db", lambda: find)
        todo = readings.missing(bodies)
        readings.read(todo, bodies.__getitem__, 1)
        kept = [reading.status for name in bodies if (reading := readings.get(name))]
        readings.close()
        return todo, kept

    assert status(None) == (["a", "b"], ["needs_converter", "not_a_report"])
    assert status(None) == ([], ["needs_converter", "not_a_report"])
    assert status(fake) == (["a"], ["read", "not_a_report"])
    assert status(fake) == ([], ["read", "not_a_report"])
    assert status(None) == ([], ["read", "not_a_report"])


# -- the command -------------------------------------------------------------------------


def test_the_command_reads_what_it_can_and_says_the_rest_in_a_line_each(
    tmp_path: Path, old: dict[str, bytes]
) -> None:
    font, level = pages.pdf("x").body, pages.pdf("y").body
    files = {
        "report.doc": old["2021.doc"],
        "picture.doc": b"\x89PNG\r\n\x1a\n....",
        # Both make pdfminer say something on stderr.
        "font.pdf": font.replace(b"/F1 12 Tf", b"/Fx 12 Tf"),
        "level.pdf": level.replace(b"/F1 12 Tf", b"(a)(b)g/F1 9 Tf"),
        "broken.rtf": old["2019.rtf"][:5000],
        "page.html": article_html(RENDERED["2019"], "trs").encode(),
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    command = [sys.executable, "-m", "extract", *(str(tmp_path / name) for name in files)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 1
    said = sorted(Path(line.partition(": ")[0]).name for line in result.stderr.splitlines())
    assert said == ["broken.rtf", "font.pdf", "level.pdf", "picture.doc"]
    heads = [line for line in result.stdout.splitlines() if line.startswith("== ")]
    assert [Path(head.removeprefix("== ")).name for head in heads] == ["report.doc", "page.html"]


def test_a_report_from_a_converted_file_survives_its_packing(fake: Office, tmp_path: Path) -> None:
    readings = Readings(tmp_path / "readings.db", lambda: fake)
    readings.read(["a"], {"a": rtf("good")}.__getitem__, 1)
    kept = readings.get("a")
    readings.close()
    assert kept is not None
    assert kept.report is not None
    assert CONVERTED in kept.report.flags
