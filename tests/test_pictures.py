"""The pictures in the READMEs are of the release and the pages as they are now."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from bs4 import BeautifulSoup

from tests.demo_run import PROJECT
from tests.pictures import FOLDER, LARGEST, PICTURES, WIDTH, Picture, digest, said_by, shown
from tests.served import asking

READMES = ("README.md", "README.zh.md")


@pytest.fixture(scope="module")
def ask(demo: tuple[Path, str]) -> Callable[[str], str]:
    answered = asking(demo[0])
    return lambda path: str(answered(path).text)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_shows_the_page_as_it_is_now(demo: tuple[Path, str], picture: Picture) -> None:
    path = FOLDER / f"{picture.name}.png"
    assert said_by(path) == digest(demo[0], picture), (
        f"{path} shows {picture.path} as it was: run `make pictures`, and look at them"
    )


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_small_and_in_both_readmes(picture: Picture) -> None:
    path = FOLDER / f"{picture.name}.png"
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", head[16:20]) == (WIDTH,)
    assert path.stat().st_size <= LARGEST
    for name in READMES:
        text = (PROJECT / name).read_text("utf-8")
        assert f'src="docs/pictures/{picture.name}.png"' in text, name


def test_there_is_no_picture_that_the_command_does_not_make() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {picture.name for picture in PICTURES}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_it_shows_nothing_that_differs_from_build_to_build(
    ask: Callable[[str], str], picture: Picture
) -> None:
    text = "\n".join(shown(BeautifulSoup(ask(picture.path), "lxml"), picture.below))
    assert "演示数据：全部虚构" in text
    assert not re.search(r"127\.0\.0\.1|localhost|\d{8}-\d{6}|[0-9a-f]{32}|\d\d:\d\d|/tmp", text)


def test_the_report_shows_table_three_and_its_marks(ask: Callable[[str], str]) -> None:
    picture = next(each for each in PICTURES if each.name == "report")
    texts = list(shown(BeautifulSoup(ask(picture.path), "lxml"), picture.below))
    assert "三、收到和处理政府信息公开申请情况" in texts
    assert "53,726" in texts
    assert sum("※" in each for each in texts) >= 8
    assert "正文" in texts
    assert "来源" not in texts[texts.index("53,726") :]


PAGE = '<body><h1 class="a">甲</h1><!-- x --><p>乙 <b>丙</b></p><hr id="end"><p>丁</p></body>'


def of(page: str) -> list[str]:
    return list(shown(BeautifulSoup(page, "lxml"), "#end"))


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("甲", "戊", False),
        ("丙", "戊", False),
        ('class="a"', 'class="b"', False),
        ("<b>丙</b>", "<i>丙</i>", False),
        ("丁", "戊", True),
        ("<!-- x -->", "", True),
        ("乙 <b>", "乙\n<b>", True),
        ("<p>乙", '<p data-at="http://127.0.0.1:4711/">乙', True),
    ],
)
def test_what_counts_as_another_picture(before: str, after: str, same: bool) -> None:
    assert before in PAGE
    assert (of(PAGE.replace(before, after)) == of(PAGE)) is same


def test_a_page_without_the_place_where_the_picture_ends_is_an_error() -> None:
    with pytest.raises(click.ClickException, match="#end"):
        of(PAGE.replace("end", "other"))
