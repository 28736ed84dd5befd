"""Cells as HTML: whatever a page says stays text, in every state and attribute."""

from html.parser import HTMLParser

import pytest

from archive.site import markup
from archive.site.cells import Cell, Mark
from archive.site.words import FIGURE

HOSTILE = "\"'><script>alert({})</script>&amp;<b onclick=x>"


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(text))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _hostile(part: str) -> str:
    return HOSTILE.format(part)


@pytest.mark.parametrize("state", ["reported", *FIGURE, _hostile("state")])
def test_what_a_figure_says_stays_text(state: str) -> None:
    mark = Mark(7, _hostile("kind"), _hostile("sentence"))
    each = Cell(
        _hostile("text"), key=_hostile("key"), state=state, title=_hostile("title"), marks=(mark,)
    )
    found = _Tags(markup.cell(each, {_hostile("key")}, _hostile("original")))
    tags = {tag for tag, _ in found.tags}
    assert tags <= {"td", "a", "abbr"}
    _, cell = found.tags[0]
    assert cell == {
        "class": f"nb-{state}",
        "data-figure": _hostile("key"),
        "id": f"sz-{_hostile('key')}",
        "title": _hostile("title"),
    }
    assert _hostile("text") in found.text
    kind = _hostile("kind")
    assert f"nb-mark nb-mark-{kind}" in [said.get("class") for _, said in found.tags]
    assert f"{kind}：{_hostile('sentence')}" in [said.get("title") for _, said in found.tags]
    if state not in ("missing_cell", "absent"):
        place = f"{_hostile('original')}?cell={_hostile('key')}"
        assert place in [said.get("href") for _, said in found.tags]


def test_what_a_heading_says_stays_text() -> None:
    each = Cell(_hostile("text"), scope=_hostile("scope"), colspan=3, rowspan=2)
    found = _Tags(markup.row((each, each)))
    said = {"scope": _hostile("scope"), "colspan": "3", "rowspan": "2"}
    assert found.tags == [("th", said), ("th", said)]
    assert found.text == _hostile("text") * 2


def test_a_word_a_glyph_or_the_printed_stands_in_a_cell() -> None:
    assert str(markup.cell(Cell("", state="blank", title="空"))) == (
        '<td class="nb-blank" title="空"></td>'
    )
    assert str(markup.cell(Cell("", state="missing_cell", title="缺"))) == (
        '<td class="nb-missing_cell" title="缺"><abbr title="缺">未能对应</abbr></td>'
    )
    assert str(markup.cell(Cell("12", key="k", state="inferred", title="推"))) == (
        '<td class="nb-inferred" data-figure="k" id="sz-k" title="推">12'
        '<abbr class="nb-state" title="推">推</abbr></td>'
    )


def test_only_a_known_place_is_linked_and_a_link_without_text_has_a_name() -> None:
    empty = Cell("", key="k", state="blank")
    assert 'href="/o?cell=k" aria-label="空白格：看存档原件"' in markup.cell(empty, {"k"}, "/o")
    assert "<a" not in markup.cell(empty, {"other"}, "/o")
    assert "<a" not in markup.cell(empty, {"k"})


def test_an_empty_cell_is_marked_only_where_something_does_not_agree() -> None:
    marks = (Mark(1, "fail", "甲"), Mark(2, "informative", "乙"))
    assert markup.cell(Cell("", state="blank", marks=marks)).count("#yd-") == 1
    assert markup.cell(Cell("0", state="reported", marks=marks)).count("#yd-") == 2
