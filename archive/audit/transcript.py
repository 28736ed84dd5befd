"""What one person read in one document: `transcripts/<number>.<initials>.json`.

The file comes from somebody's browser, by mail or by stick: it is read as strictly as a
stranger's. Each document is transcribed by two people, who do not see what the other one read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ..curation.strict import plain
from ..errors import AuditRefused
from .entries import (
    ABOUT,
    ABSENT,
    DOCUMENTS,
    LONGEST,
    MARKS,
    REPORT,
    SCOPES,
    TABLES,
    UNIT,
    Entry,
    entries_of,
)  # fmt: skip
from .kit import TRANSCRIPTS, Kit, load_json
from .printed_words import unit_of

KIND = "nianbao-audit-transcript/1"
#: How many people transcribe each document.
PEOPLE = 2
LARGEST = 256 << 10
INITIALS = re.compile(r"[a-z]{2,12}")
_NAME = re.compile(r"([0-9]{3,6})\.([a-z]{2,12})\.json")
_FIELDS = frozenset({"kind", "sample", "number", "by", "document", "tables", "entries", "note"})
_NOTE = 2000
_YEAR = re.compile(r"(19|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Transcript:
    """What somebody read in a document.

    Attributes:
        number: The document's number in the audit.
        by: Initials of who read it.
        document: One of `DOCUMENTS`.
        tables: In which form each table is printed.
        entries: What was entered; empty unless the document is a report.
        note: What else is worth saying.
    """

    number: str
    by: str
    document: str
    tables: Mapping[str, str]
    entries: Mapping[str, Entry]
    note: str = ""


def read_transcripts(kit: Kit) -> dict[str, list[Transcript]]:
    """All transcripts of an audit, by number; of each document at most two.

    Raises:
        AuditRefused: One is not as a sheet saves it, or a document has more than two.
    """
    found: dict[str, list[Transcript]] = {}
    for path in sorted((kit.folder / TRANSCRIPTS).iterdir()) if _has_any(kit) else ():
        if path.name.startswith("."):
            continue
        one = _read(path, kit)
        found.setdefault(one.number, []).append(one)
        if len(found[one.number]) > PEOPLE:
            who = ", ".join(each.by for each in found[one.number])
            raise AuditRefused(
                f"{path.parent}: document {one.number} has {len(found[one.number])} transcripts "
                f"({who}); keep the two of those who were asked"
            )
    return found


def _has_any(kit: Kit) -> bool:
    return (kit.folder / TRANSCRIPTS).is_dir()


def missing(kit: Kit, found: Mapping[str, list[Transcript]]) -> Iterator[tuple[str, int]]:
    """Documents that lack transcripts, and how many each lacks."""
    for number in kit.documents:
        lacks = PEOPLE - len(found.get(number, ()))
        if lacks:
            yield number, lacks


def _read(path: Path, kit: Kit) -> Transcript:
    name = _NAME.fullmatch(path.name)
    if name is None or path.is_symlink():
        raise AuditRefused(
            f"{path.parent}: {plain(path.name)} is not named <number>.<initials>.json; "
            "save it from the sheet again, whole (a .draft.json is not), or take it away"
        )
    return _Reader(path, kit).read(name[1], name[2])


class _Reader:
    """One file."""

    def __init__(self, path: Path, kit: Kit) -> None:
        self._path = path
        self._kit = kit

    def read(self, number: str, by: str) -> Transcript:
        said = load_json(self._path, LARGEST)
        if set(said) != _FIELDS or said["kind"] != KIND:
            self._refuse("it has other fields than a sheet saves")
        if said["sample"] != self._kit.sample or number not in self._kit.documents:
            self._refuse("it is of another audit")
        if (said["number"], said["by"]) != (number, by):
            self._refuse("its name says another document or person than it does")
        document, note = said["document"], said["note"]
        if not isinstance(document, str) or document not in DOCUMENTS:
            self._refuse("it does not say what the document is")
        if not isinstance(note, str) or len(note) > _NOTE:
            self._refuse("its note is no text, or too long")
        tables = self._tables(said["tables"], is_report=document == REPORT)
        wanted = entries_of(tables) if document == REPORT else ()
        return Transcript(number, by, document, tables, self._entries(said, wanted), note)

    def _tables(self, said: Any, *, is_report: bool) -> dict[str, str]:
        if not isinstance(said, dict) or set(said) != set(TABLES):
            self._refuse("it does not say in which form each table is printed")
        for table, form in said.items():
            if form not in (TABLES[table] if is_report else ("none",)):
                self._refuse(f"table {table} is printed in no form that is known")
        return dict(said)

    def _entries(self, said: dict[str, Any], wanted: tuple[str, ...]) -> dict[str, Entry]:
        entries = said["entries"]
        if not isinstance(entries, dict):
            self._refuse("its entries are no object")
        unknown = sorted(set(entries) - set(wanted))
        if unknown:
            self._refuse(f"the form has no cell {unknown[0][:40]!r}")
        lacking = [key for key in wanted if key not in entries]
        if lacking:
            self._refuse(f"{len(lacking)} cells are not entered, {lacking[0]} first")
        return {key: self.entry(key, entries[key]) for key in wanted}

    def entry(self, key: str, said: Any) -> Entry:
        """One entry, as strictly as its kind allows."""
        try:
            return entry_of(key, said)
        except ValueError as error:
            self._refuse(f"cell {key}: {error}")

    def _refuse(self, why: str) -> NoReturn:
        raise AuditRefused(f"{self._path}: {why}; save it from the sheet again")


def entry_of(key: str, said: Any) -> Entry:
    """An entry as a sheet saves it.

    Args:
        key: Of which cell, or of what about the document.
        said: What stands in the JSON.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(said, dict) or set(said) not in ({"text"}, {"mark"}):
        raise ValueError("neither a text nor a mark")
    ((kind, value),) = said.items()
    if not isinstance(value, str):
        raise ValueError("neither a text nor a mark")
    if kind == "mark":
        if value not in MARKS or key == "document" or (value == ABSENT and key in ABOUT):
            raise ValueError("no mark that is known")
        return Entry(mark=value)
    if not value.strip() or len(value) > LONGEST:
        raise ValueError(f"an empty text, or one of more than {LONGEST} characters")
    _must_fit(key, value)
    return Entry(value)


def _must_fit(key: str, value: str) -> None:
    if key == "scope" and value not in SCOPES:
        raise ValueError("no scope that is known")
    if key == "document" and value not in DOCUMENTS:
        raise ValueError("nothing that a document can be")
    if key == "year" and not _YEAR.fullmatch(value):
        raise ValueError("no year of four digits")
    if key.endswith(UNIT) and not unit_of(value):
        raise ValueError("no unit of money; write 元, 万元 …, or mark it as blank")
