"""Text → the tokens that the index holds of it; a question → what the index is asked.

Letters, digits and Chinese characters count alike. A chapter is held as the set of its
pairs of neighbours (信息公开 → 信息, 息公, 公开), of its single characters, and, of Latin
letters and digits, which are few, of its triples. What holds a question holds all its
pairs; the reverse is verified against the text (`folding.fold`, then `in`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .folding import fold

#: Neighbours: what is neither punctuation, symbol, nor the end of a paragraph.
_RUN = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[0-9a-z]{3,}")
#: More tokens of a question hardly make what is found fewer, and each costs time.
MOST_TOKENS = 48
#: What FTS5 takes for a question that nothing answers.
NOTHING = '""'


def spelled(text: str) -> str:
    """A text as the index takes it: its tokens, with spaces between.

    They are not sorted, nor each given once: the index does both, and faster.

    >>> spelled("信息，A股100")
    '信息 息   a a股 股1 10 00 信 息   a 股 1 0 0 100'
    """
    runs = " ".join(_RUN.findall(fold(text)))
    # Pairs over the space between two runs come out as single characters: those are held, too.
    triples = [
        latin[place : place + 3]
        for latin in _LATIN.findall(runs)
        for place in range(len(latin) - 2)
    ]
    return " ".join([*filter(None, [_pairs(runs)]), *runs, *triples])


def _pairs(runs: str) -> str:
    """Pairs of neighbours with spaces between, put together without a string for each of them."""
    each = list(runs)
    spelt = [" "] * (3 * len(each) - 3)
    spelt[0::3], spelt[1::3] = each[:-1], each[1:]
    return "".join(spelt[:-1])


def words(question: str) -> tuple[str, ...]:
    """A question's words, folded: all of them must stand in the text, wherever.

    Words of punctuation alone are left out; the index has none.

    >>> words("疫苗　接种 ， ＧＤＰ")
    ('疫苗', '接种', 'gdp')
    """
    folded = dict.fromkeys(fold(word) for word in question.split())
    return tuple(word for word in folded if _RUN.search(word))


def asked(word: str) -> tuple[str, ...]:
    """The tokens that a text holds if it holds a folded word.

    >>> asked("信息公开"), asked("税"), asked("2021年")
    (('信息', '息公', '公开'), ('税',), ('202', '021', '1年'))
    """
    found: dict[str, None] = {}
    for run in _RUN.findall(word):
        found.update(dict.fromkeys(_of_run(run)))
    return tuple(found)


def match(question: str, *filters: str) -> str:
    """The FTS5 expression for a question: all its tokens, and what each filter says.

    Nothing that the question brings can be syntax. What it finds may still lack the
    question as a whole.

    Args:
        question: As somebody typed it.
        filters: Expressions of `marks`.
    """
    found = dict.fromkeys(token for word in words(question) for token in asked(word))
    if not found:
        return NOTHING
    tokens = [f'"{token}"' for token in list(found)[:MOST_TOKENS]]
    return " AND ".join([*filters, *tokens])


def _of_run(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
        return
    # Pairs that lie in a triple say less than the triple.
    inside = {
        place for latin in _LATIN.finditer(run) for place in range(latin.start(), latin.end() - 1)
    }
    for place in range(len(run) - 1):
        if place not in inside:
            yield run[place : place + 2]
        elif place + 1 in inside:
            yield run[place : place + 3]
