"""How large a page or a text may be. Real reports stay below a tenth of each limit.

The largest pages of reports seen are some megabytes, pictures and all. Beyond these limits
reading would only take its 30 seconds or its gigabyte before it failed (`extract.worker`).
"""

from __future__ import annotations

from ..errors import TooLarge

#: Bytes of a page or a text.
MOST_BYTES = 32 << 20
#: `<` in a page.
MOST_TAGS = 500_000
#: Rows and paragraphs of a page, lines of a text.
MOST_ROWS = 50_000


def check_bytes(count: int) -> None:
    """Refuse a page or a text of so many bytes, if they are too many.

    Raises:
        TooLarge: They are.
    """
    if count > MOST_BYTES:
        raise TooLarge(
            f"{count >> 20} MB of text; no report has more than {MOST_BYTES >> 20} MB: "
            "look at the file, and import its part that is the report"
        )


def check_tags(count: int) -> None:
    """The same for the tags of a page."""
    if count > MOST_TAGS:
        raise TooLarge(f"the page has more than {MOST_TAGS:,} tags; no report has so many")


def check_rows(count: int) -> None:
    """The same for rows, paragraphs and lines."""
    if count > MOST_ROWS:
        raise TooLarge(f"more than {MOST_ROWS:,} rows or lines; no report has so many")
