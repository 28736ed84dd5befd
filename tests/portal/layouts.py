"""How one report happens to be laid out: drawn from its seed, or set by a test."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.portal.figures import dice

_HALF = str.maketrans("（），：；", "(),:;")


@dataclass(frozen=True, slots=True)
class Layout:
    """Choices that offices and their word processors make differently.

    Attributes:
        heads: Heading cells are `th` instead of `td`.
        spanned: Heading cells span rows; else empty cells stand below them.
        half_width: Labels are printed with half-width brackets and commas.
        numbering: What stands after the digit of a numbered label: `.`, `、` or `. `.
        spaced: Short labels have a space inside (总 计).
        wrapped: A cell's text stands in a `p` and `span` of its own.
        commas: Thousands are separated.
        short_chapter: Chapter five is headed 存在问题及改进情况.
        year_first: The title begins with the year.
    """

    heads: bool = False
    spanned: bool = True
    half_width: bool = False
    numbering: str = "."
    spaced: bool = False
    wrapped: bool = False
    commas: bool = False
    short_chapter: bool = False
    year_first: bool = False

    @classmethod
    def of(cls, seed: str) -> Layout:
        """The layout that belongs to a seed."""
        rng = dice("layout", seed)
        return cls(
            heads=rng.random() < 0.4,
            spanned=rng.random() < 0.6,
            half_width=rng.random() < 0.3,
            numbering=rng.choice((".", ".", "、", ". ")),
            spaced=rng.random() < 0.3,
            wrapped=rng.random() < 0.5,
            commas=rng.random() < 0.3,
            short_chapter=rng.random() < 0.3,
            year_first=rng.random() < 0.25,
        )

    def label(self, text: str) -> str:
        """Print a statutory label in this layout."""
        text = re.sub(r"^(\d)\.", rf"\g<1>{self.numbering}", text)
        if self.spaced and len(text) in (2, 4) and text.isalpha():
            text = f"{text[: len(text) // 2]} {text[len(text) // 2 :]}"
        return text.translate(_HALF) if self.half_width else text


def halved(text: str) -> str:
    """The text with half-width brackets and commas."""
    return text.translate(_HALF)
