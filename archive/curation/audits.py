"""Results of audits: `curation/audits/*.toml`, as `archive audit score --publish` writes them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..audit.measures import TITLES
from ..audit.published import FOLDER, NAME, NUMBERS, RATE, TEXTS, Audit, Rate
from .strict import StrictFile, is_digest, require_known, tables_of

#: Ratios of errors to few units may be above 1; no infinity, and nothing that is no number.
_MOST = 1_000_000


def read_audits(folder: Path) -> tuple[Audit, ...]:
    """The audits of a folder of decisions, oldest first.

    Raises:
        CurationRefused: A file cannot be read, or is not as `audit score` writes it.
    """
    require_known(folder / FOLDER, ())
    found = [_File(path).read() for path in sorted((folder / FOLDER).glob("*.toml"))]
    return tuple(sorted(found, key=lambda audit: (audit.date, audit.name)))


class _File(StrictFile):
    """One audit: `[audit]` and one `[[rate]]` a measure."""

    def read(self) -> Audit:
        tables = tables_of(self.path) or {}
        self.must_know(tables, ("audit", "rate"))
        self.must("name", "file name", bool(NAME.fullmatch(self.path.stem)), "a-z, 0-9 and -")
        said = tables.get("audit")
        if not isinstance(said, dict):
            self.refuse("[audit]", "it is missing", "let `audit score --publish` write the file")
        texts = self.strings("[audit]", _without(said, NUMBERS), TEXTS)
        numbers = {name: self._whole("[audit]", said, name) for name in NUMBERS}
        hashed = is_digest(texts["content_hash"])
        self.must("[audit]", "content_hash", hashed, "64 hexadecimal digits")
        rates = [
            self._rate(where, entry) for where, entry in self.entries(tables, "rate", "measure")
        ]
        names = [rate.measure for rate in rates]
        self.must("[[rate]]", "measures", len(names) == len(set(names)) > 0, "each one once")
        self.must("[audit]", "reports", numbers["reports"] > 0, "how many were transcribed")
        said = {"name": self.path.stem, **texts, **numbers, "rates": tuple(rates)}
        return Audit(**said)

    def _rate(self, where: str, entry: dict[str, Any]) -> Rate:
        said = self.strings(where, _without(entry, RATE[1:]), ("measure",))
        self.must(where, "measure", said["measure"] in TITLES, f"one of {', '.join(TITLES)}")
        errors, of = self._whole(where, entry, "errors"), self._whole(where, entry, "of")
        estimate, low, high, cautious = (self._share(where, entry, name) for name in RATE[3:])
        rising = low <= estimate <= high <= cautious
        self.must(where, "interval", rising, "low ≤ estimate ≤ high ≤ cautious_high")
        return Rate(said["measure"], errors, of, estimate, low, high, cautious)

    def _whole(self, where: str, entry: dict[str, Any], name: str) -> int:
        value = entry.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
            self.refuse(where, f"“{name}” is missing or no whole number", f"give its {name}")
        return value

    def _share(self, where: str, entry: dict[str, Any], name: str) -> float:
        value = entry.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST:
            self.refuse(where, f"“{name}” is missing or no share", "give a number, 0.01 for 1 %")
        return float(value)


def _without(entry: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    gone = set(names)
    return {name: value for name, value in entry.items() if name not in gone}
