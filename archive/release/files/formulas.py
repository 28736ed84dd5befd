"""Texts that a spreadsheet would take for a formula, made harmless in CSV."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

#: What a spreadsheet takes for the beginning of a formula, in its full-width forms, too.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_SUSPECT = "^[=+\\-@\t\r\n＝＋－＠]"


def guarded(value: object) -> object:
    """A text that a spreadsheet would take for a formula, with an apostrophe before it.

    A number is none, and neither is a sign alone, as cells without a number print it.

    >>> guarded("=1+1"), guarded("-5"), guarded("-")
    ("'=1+1", '-5', '-')
    """
    if isinstance(value, str) and value[:1] in _FORMULA and len(value.strip()) > 1:
        return value if _is_number(value) else "'" + value
    return value


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except ArithmeticError:
        return False
    return True


def without_formulas(texts: Any) -> Any:
    """A column of texts as a spreadsheet may have them; few differ."""
    import pyarrow as pa
    import pyarrow.compute as pc

    suspect = pc.fill_null(pc.match_substring_regex(texts, _SUSPECT), False)
    if not pc.any(suspect).as_py():
        return texts
    told = [guarded(text) for text in texts.filter(suspect).to_pylist()]
    return pc.replace_with_mask(texts, suspect, pa.array(told, pa.string()))
