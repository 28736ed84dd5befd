"""What people decided not to show: `curation/withheld.toml`.

The file is public, so an entry must not contain what it hides, nor say anything of a person:
it names digests, addresses, ids, and harmless words that stand beside a span.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from extract.labels import flat

from ..masking import masked
from ..withholding.decision import CAPTURE, PAGE, REASONS, SPAN, Withheld, Withholding
from .strict import StrictFile, is_digest, is_report_id, tables_of

FILE = "withheld.toml"
_RECORD = re.compile(r"<urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}>")
_CHAPTER = re.compile(r"\S{1,20}")
_COMMON = ("reason", "date", "decided_by")
#: Five digits in a row, blanks and dashes aside, are of a number that tells of somebody: years
#: have four, and what stands beside a span can be chosen without any.
_NUMBER = re.compile(r"(?:[0-9][\s().*-]*){5,}")
#: Shorter words are found where nobody meant them, longer ones tell more than they need.
_SHORTEST, _LONGEST = 4, 40


def read_withheld(folder: Path) -> Withheld:
    """What a folder of decisions withholds; nothing where it holds no such file.

    Raises:
        CurationRefused: The file cannot be read, or an entry is not as it must be.
    """
    tables = tables_of(folder / FILE)
    return Withheld() if tables is None else _Reader(folder / FILE).read(tables)


class _Reader(StrictFile):
    """The file, entry by entry."""

    def read(self, tables: dict[str, Any]) -> Withheld:
        self.must_know(tables, (CAPTURE, PAGE, SPAN))
        made: list[Withholding] = []
        for name, read in ((CAPTURE, self._capture), (PAGE, self._page), (SPAN, self._span)):
            # Nothing of an entry is said again but its day: what it names may tell of somebody.
            for where, entry in self.entries(tables, name, "date"):
                made.append(read(where, entry))
        return Withheld(tuple(made))

    def _capture(self, where: str, entry: dict[str, Any]) -> Withholding:
        said = self._said(where, entry, ("sha256", "record"), one_of=True)
        self._must_digest(where, said)
        self.must(
            where, "record", "record" not in said or bool(_RECORD.fullmatch(said["record"])),
            "a WARC-Record-ID: <urn:uuid:…>, in small letters",
        )  # fmt: skip
        return self._made(CAPTURE, where, said)

    def _page(self, where: str, entry: dict[str, Any]) -> Withholding:
        said = self._said(where, entry, ("url", "report"), one_of=True)
        self.must(
            where, "url", "url" not in said or _is_address(said["url"]),
            "an address that begins with http:// or https://",
        )  # fmt: skip
        self.must(
            where, "report", "report" not in said or is_report_id(said["report"]),
            "the id of a report: 370300-finance-2022",
        )  # fmt: skip
        return self._made(PAGE, where, said)

    def _span(self, where: str, entry: dict[str, Any]) -> Withholding:
        said = self._said(where, entry, ("sha256", "chapter", "after", "before"))
        self._must_digest(where, said)
        self.must(
            where, "chapter", bool(_CHAPTER.fullmatch(said["chapter"])), "its number, as 一 or 六"
        )
        said |= {name: flat(said[name]) for name in ("after", "before")}
        for name in ("after", "before"):
            self._must_be_harmless(where, name, said[name])
        self.must(
            where, "after", bool(said["after"] or said["before"]),
            "words that stand before the span, or some behind it in `before`",
        )  # fmt: skip
        return self._made(SPAN, where, said)

    def _said(
        self, where: str, entry: dict[str, Any], fields: tuple[str, ...], *, one_of: bool = False
    ) -> dict[str, str]:
        optional = fields if one_of else ()
        said = self.strings(where, entry, (*fields, *_COMMON), optional, ("after", "before"))
        if one_of and len([name for name in fields if name in said]) != 1:
            todo = f"give {' or '.join(fields)}"
            self.refuse(where, "it does not name one thing", f"{todo}, and not both")
        self.must(where, "reason", said["reason"] in REASONS, " or ".join(REASONS))
        self._must_be_nobody(where, "decided_by", said["decided_by"])
        return said

    def _must_digest(self, where: str, said: dict[str, str]) -> None:
        fits = "sha256" not in said or is_digest(said["sha256"])
        self.must(where, "sha256", fits, "64 digits 0-9 a-f, as /bg/… and `sources` have them")

    def _must_be_harmless(self, where: str, name: str, text: str) -> None:
        length = not text or _SHORTEST <= len(text) <= _LONGEST
        self.must(
            where, name, length,
            f"{_SHORTEST} to {_LONGEST} signs, blanks not counted, or nothing for the chapter's "
            f"{'beginning' if name == 'after' else 'end'}",
        )  # fmt: skip
        self._must_be_nobody(where, name, text)

    def _must_be_nobody(self, where: str, name: str, text: str) -> None:
        """Refuse numbers and addresses: the file is public, and would show what it hides."""
        plain = unicodedata.normalize("NFKC", text)
        shows = bool(_NUMBER.search(plain)) or "@" in plain or masked(text) != text
        self.must(
            where, name, not shows,
            "words without a number of five digits or more and without a mail address: this "
            "file is public, and must not show what it hides",
        )  # fmt: skip

    def _made(self, what: str, where: str, said: dict[str, str]) -> Withholding:
        named = {name: text for name, text in said.items() if name != "decided_by"}
        return Withholding(what, source=f"{FILE} {where}", **named)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text == text.strip()
