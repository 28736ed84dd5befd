"""What people read by hand: `curation/corrections/*.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from extract.forms import columns, forms
from extract.labels import flat
from extract.units import YUAN

from ..corrections.cells import is_money, is_readable
from ..corrections.correction import ANONYMOUS, Correction, Corrections, HandDocument
from ..errors import CurationRefused
from .strict import StrictFile, is_day, is_digest, is_report_id, plain, require_known, tables_of

FOLDER = "corrections"
SCOPES = ("own", "aggregate", "unknown")
#: What a browser would run, or look for on the reader's own machine.
_NO_ADDRESS = re.compile(r"\s*(?:javascript|vbscript|data|file|blob)\s*:", re.I)
_YEARS = range(2008, 2100)
#: A cell, and what a person writes of one, is no longer than this.
_LONGEST = {"printed": 60, "contributor": 80, "checked_by": 80, "agency": 80, "title": 200}
_LONG = 1_000
_PROSE = ("reason", "evidence")
_WHO = ("contributor", "checked_by")
_OF_DOCUMENT = (
    "sha256", "agency", "form", "scope", "title", "published", "reason", "evidence", *_WHO, "date"
)  # fmt: skip
_OF_FIGURE = ("report", "figure", "sha256", "printed", "unit", "reason", "evidence", *_WHO, "date")


def read_corrections(folder: Path) -> Corrections:
    """The corrections and the documents entered by hand of a folder; none where it holds none.

    Raises:
        CurationRefused: A file cannot be read, or an entry is not as it must be.
    """
    within = folder / FOLDER
    if within.exists() and not within.is_dir():
        raise CurationRefused(f"{within} is no folder; put files of corrections into one")
    require_known(within, ())
    figures: dict[tuple[str, str, str], Correction] = {}
    documents: dict[str, HandDocument] = {}
    for path in sorted(within.glob("*.toml")):
        tables = tables_of(path)
        if tables is not None:
            _Reader(path, figures, documents).read(tables)
    return Corrections(tuple(figures.values()), tuple(documents.values()))


def require_sound(path: Path, text: str) -> None:
    """Refuse entries that a build would refuse.

    Args:
        path: Where they shall stand.
        text: The file's text.

    Raises:
        CurationRefused: An entry is not as it must be.
    """
    _Reader(path, {}, {}).read(tomllib.loads(text))


class _Reader(StrictFile):
    """One file, entry by entry; what other files hold already is known."""

    def __init__(
        self,
        path: Path,
        figures: dict[tuple[str, str, str], Correction],
        documents: dict[str, HandDocument],
    ) -> None:
        super().__init__(path)
        self._figures, self._documents = figures, documents
        # One that is made today in China may be of tomorrow here.
        self._last = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()

    def read(self, tables: dict[str, Any]) -> None:
        self.must_know(tables, ("figure", "document"))
        for where, entry in self.entries(tables, "figure", "figure", "report"):
            made = self._figure(where, entry)
            key = made.report, made.figure, made.sha256
            if key in self._figures:
                self._refuse_twice(where, "this figure is", self._figures[key].source)
            self._figures[key] = made
        for where, entry in self.entries(tables, "document", "sha256"):
            document = self._document(where, entry)
            if document.sha256 in self._documents:
                self._refuse_twice(
                    where, "this document is", self._documents[document.sha256].source
                )
            self._documents[document.sha256] = document

    def _refuse_twice(self, where: str, what: str, source: str) -> None:
        self.refuse(where, f"{what} read by hand in {source}, too", "remove one of the two")

    def _figure(self, where: str, given: dict[str, Any]) -> Correction:
        entry = dict(given)
        ways = [name for name in ("printed", "blank", "no_cell") if name in entry]
        marks = {name: entry.pop(name) for name in ("blank", "no_cell") if name in entry}
        if len(ways) != 1 or any(mark is not True for mark in marks.values()):
            self.refuse(
                where,
                "it does not say plainly what is printed",
                'write one of printed = "12", blank = true (an empty cell) '
                "and no_cell = true (no such cell is printed)",
            )
        said = self.strings(where, entry, _OF_FIGURE, ("printed", "unit"), ("unit",))
        self._must_be_sound(where, said)
        figure = said["figure"]
        if figure not in columns():
            self.refuse(where, f"no column is called {plain(figure)}", "take one of table lines")
        self.must(
            where, "report", is_report_id(said["report"]),
            "the id of a report: 990100-finance-2022",
        )  # fmt: skip
        self._must_have_unit(where, figure, said.get("unit"))
        printed = (
            said.pop("printed", None) if "printed" in ways else "" if "blank" in ways else None
        )
        if printed is not None and not is_readable(figure, printed):
            self.refuse(
                where, f"“{plain(printed)}” is no number",
                "write what the cell prints: a number as it stands there, or its mark (—, /, 无)",
            )  # fmt: skip
        return Correction(**said, printed=printed, source=f"{self.path.name} {where}")

    def _document(self, where: str, given: dict[str, Any]) -> HandDocument:
        entry = dict(given)
        printed = self._cells(where, "printed", entry.pop("printed", None))
        units = self._cells(where, "units", entry.pop("units", {}))
        year = entry.pop("year", None)
        if type(year) is not int or year not in _YEARS:
            self.refuse(where, "“year” is missing or no report year", "write year = 2022")
        may_lack = ("scope", "title", "published")
        said = self.strings(where, entry, _OF_DOCUMENT, may_lack, may_lack)
        self._must_be_sound(where, said)
        said["agency"] = flat(said["agency"])
        self.must(where, "agency", len(said["agency"]) > 1, "the name as the document prints it")
        self.must(where, "form", said["form"] in forms(), " or ".join(forms()))
        said["scope"] = said.get("scope") or SCOPES[-1]
        self.must(where, "scope", said["scope"] in SCOPES, " or ".join(SCOPES))
        published = said.get("published", "")
        self.must(where, "published", not published or is_day(published), "a day: 2023-01-31")
        if not printed:
            self.refuse(where, "no cell is entered", "fill the table [document.printed]")
        self._must_be_of(where, said["form"], {**printed, **units})
        for figure, unit in units.items():
            self._must_have_unit(where, figure, unit)
        return HandDocument(
            **said, year=year, printed=printed, units=units, source=f"{self.path.name} {where}"
        )

    def _cells(self, where: str, name: str, given: object) -> Mapping[str, str]:
        """A table of cells: figure → text, in the order of the columns."""
        if not isinstance(given, dict):
            self.refuse(where, f"“{name}” is missing or no table", f"write [document.{name}]")
        unknown = sorted(set(given) - set(columns()))
        if unknown:
            what = f"no column is called {plain(unknown[0])}"
            self.refuse(f"{where} {name}", what, "take one of table lines")
        fields = [figure for figure in columns() if figure in given]
        said = self.strings(f"{where} {name}", given, fields, (), fields)
        for figure, text in said.items():
            long = len(text) > _LONGEST["printed"]
            self.must(f"{where} {name}", figure, not long, "what one cell prints")
        return said

    def _must_be_of(self, where: str, form: str, cells: Collection[str]) -> None:
        known = {slot.key for slot in forms()[form].slots()}
        other = [figure for figure in cells if figure not in known]
        if other:
            self.refuse(
                where, f"form {form} has no {other[0]}", "take its own columns, or mend form"
            )

    def _must_have_unit(self, where: str, figure: str, unit: str | None) -> None:
        if unit is None:
            return
        self.must(where, "unit", is_money(figure), f"none: {figure} is no amount of money")
        self.must(where, "unit", unit == "" or unit in YUAN, f"one of {', '.join(YUAN)}")

    def _must_be_sound(self, where: str, said: Mapping[str, str]) -> None:
        """Refuse what cannot be: a wrong digest, a day to come, one person for two."""
        for name, text in said.items():
            most = _LONGEST.get(name, _LONG)
            is_short = len(text) <= most and (name in _PROSE or len(text.splitlines()) < 2)
            self.must(where, name, is_short, f"at most {most} characters, in one line")
        self.must(
            where, "sha256", is_digest(said["sha256"]),
            "the SHA-256 of the archived file, 64 digits and small letters (table sources)",
        )  # fmt: skip
        self.must(
            where, "evidence", not _NO_ADDRESS.match(said["evidence"]),
            "an address that begins with http:// or https://, or words",
        )  # fmt: skip
        if said["date"] > self._last:
            self.refuse(where, f"{said['date']} is a day to come", "write the day of the check")
        who, second = (flat(said[name]).casefold() for name in _WHO)
        if second == ANONYMOUS:
            self.refuse(where, "nobody answers for the check", "name the second person")
        if who == second:
            todo = "have a second person read the page, and name them"
            self.refuse(where, f"{plain(said['checked_by'])} checked their own reading", todo)
