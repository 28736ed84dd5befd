"""The page that shows each step is what the reader does."""

from __future__ import annotations

from pathlib import Path

from tests.walkthrough import page

PAGE = Path(__file__).parent.parent / "docs" / "from-bytes-to-figures.md"


def test_the_page_shows_what_the_reader_does() -> None:
    assert PAGE.read_text("utf-8") == page(), (
        "the steps have changed: look at them, then "
        "python -m tests.walkthrough > docs/from-bytes-to-figures.md"
    )
