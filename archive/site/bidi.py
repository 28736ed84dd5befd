"""Marks in a text that turn round how what follows is shown: kept, and held where they stand.

They are data: nobody takes them out of a page's texts. A title or a name is held by its element
(`unicode-bidi` in nianbao.css, `<bdi>`); a sentence of ours that quotes one, clause by clause,
so that a quotation turns round itself, and no number beside it.
"""

from __future__ import annotations

import re
from typing import TypeVar

#: Embeddings, overrides and isolates, and the marks that are letters of a direction.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CLAUSE = re.compile("([^，。；：、（）“”]+)")


_Text = TypeVar("_Text", bound=str)


def straight(text: _Text) -> _Text:
    """A text without these marks: for `<title>` and `title=`, where no element can hold them.

    >>> straight("示例市\u202e局")
    '示例市局'
    """
    return type(text)(_TURNING.sub("", text)) if _TURNING.search(text) else text


def apart(sentence: str) -> list[tuple[str, bool]]:
    """A sentence in pieces, and whether each is to stand apart from its neighbours.

    >>> apart("正文称“无”，读作0。")
    [('正文称“无”，读作0。', False)]
    """
    if not _TURNING.search(sentence):
        return [(sentence, False)]
    pieces = _CLAUSE.split(sentence)
    return [(piece, bool(place % 2)) for place, piece in enumerate(pieces) if piece]
