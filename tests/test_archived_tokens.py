"""Archived pages that are written against the outline: read as browsers read them, and fast."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

from archive.site import dumps
from archive.site.highlight import show
from archive.site.tokens import UNSURE, agreed, prologue, tokens
from extract import read
from tests.portal.render import article_html, dump_html, text_dump
from tests.stored import article, report_of

PAGE = article().decode()
FIGURE = next(figure for figure in read(PAGE.encode()).figures if figure.key == "t3_granted_total")
BARE = re.sub(r"(?i)<!doctype[^>]*>", "", PAGE)


def shown(page: str) -> Any:
    return show(page.encode(), FIGURE.place or "", FIGURE.printed or "")


def cut(page: str) -> list[str]:
    """A page's tokens as `kind:source`."""
    return [f"{each.kind}:{page[each.begin : each.end]}" for each in tokens(page)]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<!-->a-->", ["comment:<!-->", "text:a-->"]),
        ("<!--->a", ["comment:<!--->", "text:a"]),
        ("<!-- --!>a-->", ["comment:<!-- --!>", "text:a-->"]),
        ("<!----!>a", ["comment:<!----!>", "text:a"]),
        ("<!-- <!-- -->a", ["comment:<!-- <!-- -->", "text:a"]),
        ("<!-- a", []),
        ("<![CDATA[a>b]]>", ["comment:<![CDATA[a>", "text:b]]>"]),
        ("<?a?></ b>c</>", ["comment:<?a?>", "comment:</ b>", "text:c", "comment:</>"]),
        ("<!DocType><3 < a", ["doctype:<!DocType>", "text:<3 < a"]),
        ("<b c='>' d=\">\" e=>f", ["start:<b c='>' d=\">\" e=>", "text:f"]),
        ("<b c=d'>'>e", ["start:<b c=d'>", "text:'>e"]),
        ("<b c '>' d", ["start:<b c '>", "text:' d"]),
        ("<b/=>a<b c='>", ["start:<b/=>", "text:a"]),
        ("<title><b></titlex></TITLE >", ["start:<title>", "raw:<b></titlex>", "end:</TITLE >"]),
        ("<Textarea></b>", ["start:<Textarea>", "raw:</b>"]),
        ("<noscript><b></noscript>", ["start:<noscript>", "start:<b>", "end:</noscript>"]),
        ("<plaintext></plaintext>", ["start:<plaintext>", "raw:</plaintext>"]),
        (
            "<script><!--<script></script></script>a",
            ["start:<script>", "raw:<!--<script></script>", "end:</script>", "text:a"],
        ),
        ("<script><!--><script></script>a", ["start:<script>", "raw:<!--><script>",
                                             "end:</script>", "text:a"]),
        ("<svg><style><path></svg><style><b>", ["start:<svg>", "start:<style>", "start:<path>",
                                               "end:</svg>", "start:<style>", "raw:<b>"]),
        ("<svg><p>a", ["start:<svg>", "unsure:<p>a"]),
        ("<svg><![CDATA[>]]>", ["start:<svg>", "unsure:<![CDATA[>]]>"]),
        ("<svg/><title>a", ["start:<svg/>", "start:<title>", "raw:a"]),
        ("<select><textarea>a", ["start:<select>", "unsure:<textarea>a"]),
        ("<math>a", ["unsure:<math>a"]),
    ],
)  # fmt: skip
def test_a_page_is_cut_as_browsers_cut_it(page: str, expected: list[str]) -> None:
    assert cut(page) == expected


def test_what_both_read_alike_is_left() -> None:
    page = "<!--<td>--><td a='<td>'>1 < 2<script>'<td>'</script><svg><path/></svg><math><td>"
    assert agreed(page, "n") == (
        "<td n=11  a='<td>'>1 &lt; 2<script n=29 ></script><svg n=52 ></svg>" + UNSURE
    )


@pytest.mark.parametrize(
    ("page", "end"),
    [
        ("<!doctype html><p>", 15),
        (" <!-- x --><?xml?>\n</ x><!DOCTYPEhtml>", 38),
        ("<!--><textarea>--><!doctype html>", 0),
        ("\u3000<!doctype html>", 0),
        ("x<!doctype html>", 0),
        ("<!--x-->" * 40 + "<html>", 0),
        ("<!doctype", 0),
    ],
)
def test_a_doctype_is_found_where_browsers_heed_it(page: str, end: int) -> None:
    assert prologue(page) == end


# -- pages that would have another cell outlined, or none ---------------------------------

DECOYS: dict[str, str] = {
    "entity": PAGE.replace("<td", '<td id="nianbao&#45;cell"', 1),
    "capitals": BARE.replace("<td", '<td id="NIANBAO-CELL"', 1),
    "all names": PAGE.replace("<td", '<td id="nianbao-cell" class="nianbao-cell"'),
    "short comment": "<!--><textarea>--><!doctype html></textarea>" + BARE,
    "comment with a bang": "<!-- --!><textarea>--><!doctype html></textarea>" + BARE,
    "made idle": PAGE.replace("<body>", "<body><noembed></iframe></noembed>", 1),
}


@pytest.mark.parametrize("page", DECOYS.values(), ids=DECOYS)
def test_only_the_cell_answers_to_the_anchor(page: str) -> None:
    made = shown(page)
    assert made.anchor.lower() not in page.lower()
    assert len(made.anchor) > 40
    assert made.html.count(f'id="{made.anchor}"') == 1
    printed = re.search(f'id="{made.anchor}"[^>]*>([^<]*)<', made.html)
    assert printed is not None
    assert printed[1] == FIGURE.printed


def test_an_anchor_is_of_its_page_and_place_and_the_same_twice() -> None:
    other = next(figure for figure in read(PAGE.encode()).figures if figure != FIGURE)
    anchors = [
        shown(PAGE).anchor, shown(PAGE + " ").anchor,
        show(PAGE.encode(), other.place or "", other.printed or "").anchor,
    ]  # fmt: skip
    assert len({*anchors}) == 3
    assert shown(PAGE).anchor == anchors[0]


@pytest.mark.parametrize(
    "before",
    [
        "<svg><title><textarea></title></svg></textarea>",
        "<svg><foreignObject><p></svg><style><!--</style>",
        "<select><textarea></select></textarea>",
        "<math><mi><style></mi></math></style>",
        "<noembed></iframe><textarea></noembed>",  # ends early once it is idle
        "<iframe></noembed><textarea></iframe>",
    ],
)
def test_where_a_browser_may_read_otherwise_nothing_is_outlined(before: str) -> None:
    made = shown(PAGE.replace("<body>", f"<body>{before}", 1))
    assert not made.anchor
    assert "outline" not in made.html.partition("</style>")[0]


def test_letters_that_only_look_like_a_tags_are_left_alone() -> None:
    for tag in ("ıframe", "lİnk", "ſet", "lin\u212a"):
        assert f"<{tag} src=x>" in show(f"<html><body><{tag} src=x></body>".encode()).html


def test_a_drawings_link_gets_no_address_later() -> None:
    tags = ("animate", "set", "ANIMATEmotion", "animateTransform", "animateColor")
    page = "<svg><a>x" + "".join(f"<{tag} attributeName=href to=//x></{tag}>" for tag in tags)
    made = show(f"<html><body>{page}".encode()).html
    assert not re.search(r"</?(?:set|animate)", made, re.I)
    assert made.count("<nianbao-") == made.count("</nianbao-") == len(tags)


# -- pages that would stop the site -------------------------------------------------------

MANY: dict[str, str] = {
    "comments": "<!--x-->\n", "declarations": "<?x", "open comments": "<!--", "dashes": "<!--- -",
    "bogus": "</ x", "tags": "<a b", "quotes": "<a b='", "attributes": " b =", "blanks": "  \t\n",
    "slashes": "<a/////", "scripts": "<script>", "hidden": "<script><!--", "titles": "<title>",
    "ends": "</title", "drawings": "<svg>", "own names": "nianbao-cell-x", "lines": "<br>1|2",
    "marks": "<mark>1</mark>", "numbers": "&#1111111111111", "lists": "<select>",
}  # fmt: skip


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python it takes; C code between them is the regular expressions'."""
    count = 0

    def count_lines(_frame: object, event: str, _arg: object) -> Any:
        nonlocal count
        count += event == "line"
        return count_lines

    before = sys.gettrace()
    sys.settrace(count_lines)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", MANY.values(), ids=MANY)
def test_four_times_the_page_takes_four_times_the_steps(piece: str) -> None:
    def work(times: int) -> None:
        page = piece * times
        prologue(page)
        agreed(page, "n")
        list(dumps._lines(page, 0, breaks=True))

    assert steps(lambda: work(1600)) <= 4.2 * steps(lambda: work(400)) + 200


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", MANY.values(), ids=MANY)
def test_no_regular_expression_takes_forever(piece: str) -> None:
    """A quadratic one would take minutes for these sizes, an exponential one for ever."""
    page = piece * (1_000_000 // len(piece))
    prologue(page)
    agreed(page)
    show(page[:300_000].encode())


def test_a_number_of_no_character_is_only_not_found() -> None:
    page = article_html(report_of(), "trs", dump_html(text_dump(report_of(), "tsv"), "br"))
    page = page.replace("</body>", f"<p>&#{'1' * 5000};</p></body>")
    figure = read(page.encode()).figures[80]
    assert show(page.encode(), figure.place or "", figure.printed or "").line
