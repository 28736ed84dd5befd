"""curation/withheld.toml is read strictly, and must not contain what it hides."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.curation import FOLDER
from archive.curation.withheld import FILE, read_withheld
from archive.errors import CurationRefused

TAIL = '\nreason = "privacy"\ndate = 2026-11-22\ndecided_by = "站长"\n'
SHA = "a1" * 32
CAPTURE = f'[[capture]]\nsha256 = "{SHA}"{TAIL}'
PAGE = f'[[page]]\nurl = "https://www.example.org/a.html"{TAIL}'
SPAN = (
    f'[[span]]\nsha256 = "{SHA}"\nchapter = "六"\nafter = "联系人为"\nbefore = "，地址不变"{TAIL}'
)


def read(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / FILE).write_text(text, "utf-8")
    return [each.what for each in read_withheld(tmp_path).entries]


def test_the_project_s_own_file_loads() -> None:
    read_withheld(FOLDER)
    assert (FOLDER / FILE).is_file()


def test_each_kind_is_read(tmp_path: Path) -> None:
    record = CAPTURE.replace(
        f'sha256 = "{SHA}"', f'record = "<urn:uuid:{"0" * 8}{"-0000" * 3}-{"0" * 12}>"'
    )
    report = PAGE.replace('url = "https://www.example.org/a.html"', 'report = "u-0a-2020-agg"')
    said = CAPTURE + record + PAGE + report + SPAN
    assert read(tmp_path, said) == ["capture", "capture", "page", "page", "span"]
    assert read(tmp_path, SPAN.replace("，地址不变", "")) == ["span"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[withheld]\n", "is nothing that is known here"),
        (CAPTURE.replace("a1", "A1"), "its sha256 is not as it must be"),
        (CAPTURE.replace("sha256", "digest"), "“digest” is no field"),
        (CAPTURE.replace(f'sha256 = "{SHA}"\n', ""), "does not name one thing"),
        (PAGE.replace("url", 'report = "x-2020"\nurl'), "does not name one thing"),
        (PAGE.replace("https:", "javascript:"), "its url is not as it must be"),
        (PAGE.replace("privacy", "因为某某"), "its reason is not as it must be"),
        (PAGE + 'note = "某某的电话"\n', "“note” is no field"),
        (PAGE.replace("站长", "某某 13912345678"), "its decided_by is not as it must be"),
        (PAGE.replace("站长", "某@example.org"), "its decided_by is not as it must be"),
        (SPAN.replace("联系人为", "电话010-12345"), "its after is not as it must be"),
        (SPAN.replace("联系人为", "电话１２３４５"), "its after is not as it must be"),
        (SPAN.replace("，地址不变", "短"), "its before is not as it must be"),
        (SPAN.replace("，地址不变", "长" * 41), "its before is not as it must be"),
        (SPAN.replace("，地址不变", "").replace("联系人为", ""), "its after is not as it must be"),
        (SPAN.replace('chapter = "六"', 'chapter = " "'), "“chapter” is missing"),
        (SPAN.replace("2026-11-22", '"2026-1-2"'), "is no day"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_must_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CurationRefused, match=said) as caught:
        read(tmp_path, text)
    # A message is read by more than the operator, and logged.
    assert not any(each in str(caught.value) for each in ("13912345678", "12345", "某@"))
