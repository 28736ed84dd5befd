"""What a deposit says of its release, asked of the release itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from ..audit.accuracy import Accuracy, told
from ..audit.published import NUMBERS, RATE, TEXTS, Audit, Rate
from ..citation import Citation, of_release, visible
from ..manifest import FILES, reading
from ..release.dois import doi_of
from ..release.files.credits import credited
from ..release.shelf import manifest_of
from ..root import DataRoot
from ..site.operator import operator

_YEARS = "SELECT min(year), max(year) FROM reports"
_DAYS = "SELECT substr(min(captured_at), 1, 10), substr(max(captured_at), 1, 10) FROM sources"
_STATUSES = """
SELECT n.status, count(*) FROM figure_notes n
WHERE n.version_id IN (SELECT version_id FROM reports) GROUP BY 1 ORDER BY 2 DESC, 1"""
_CORRECTIONS = "SELECT state, count(*) FROM corrections GROUP BY 1 ORDER BY 1"
_WITHHELD = "SELECT what, count(*) FROM withheld GROUP BY 1 ORDER BY 1"
_READ = "SELECT status, count(*) FROM reports GROUP BY 1 ORDER BY 2 DESC, 1"
#: Columns of `audits` that an audit consists of, and each of its rates.
_AUDIT = (*(name for name in TEXTS if name != "registry"), *NUMBERS)
_RATES = f"""
SELECT audit, {", ".join(f"[{name}]" for name in (*_AUDIT, *RATE))} FROM audits
ORDER BY audit, rowid"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a release, and of who deposits it.

    Attributes:
        manifest: The release's manifest.
        years: First and last year that its reports are about; "" if it has none.
        captured: First and last day on which something of it was obtained; "" if unknown.
        read: How many reports have which status.
        statuses: Cells of current versions that are no plain number, by status.
        corrections: What people read by hand, by state.
        withheld: What is not shown, by what it is.
        accuracy: What the release says of its accuracy.
        credited: Who read and checked by hand.
        operator: Who runs the archive: `name`, `contact`, `note`; "" where it is not said.
        address: The release's permanent address on the operator's site, or "".
        doi: Its DOI, if it was given one already.
        doi_before: That of the release before.
    """

    manifest: Mapping[str, Any]
    years: tuple[str, str]
    captured: tuple[str, str]
    read: Mapping[str, int]
    statuses: Mapping[str, int]
    corrections: Mapping[str, int]
    withheld: Mapping[str, int]
    accuracy: Accuracy
    credited: tuple[str, ...]
    operator: Mapping[str, str]
    address: str
    doi: str
    doi_before: str

    @property
    def release(self) -> str:
        """The release's name."""
        return str(self.manifest["release"])

    @property
    def fiction(self) -> bool:
        """Whether its data are invented."""
        return bool(self.manifest.get("fiction"))

    @property
    def day(self) -> str:
        """The day on which it was built."""
        return str(self.manifest["built_at"])[:10]

    @property
    def counts(self) -> Mapping[str, int]:
        """How much it holds."""
        return dict(self.manifest.get("counts") or {})

    @property
    def citation(self) -> Citation:
        """How to cite it: by its DOI, or by its address."""
        return of_release(self.manifest, self.address, doi=self.doi)


def facts_of(root: DataRoot, folder: Path) -> Facts:
    """Ask a release, the operator's file and the DOIs.

    Raises:
        ReleaseRefused: The file of the DOIs is damaged.
    """
    manifest = manifest_of(folder)
    said = operator(root.path)
    with reading(folder / FILES[0]) as db:
        return Facts(
            manifest=manifest,
            years=_pair(db, _YEARS),
            captured=_pair(db, _DAYS),
            read=_counted(db, _READ),
            statuses=_counted(db, _STATUSES),
            corrections=_counted(db, _CORRECTIONS),
            withheld=_counted(db, _WITHHELD),
            accuracy=told(_audits(db, manifest), str(manifest.get("reader"))),
            credited=tuple(visible(name) for name in credited(db)),
            operator={key: visible(said.get(key)) for key in ("name", "contact", "note")},
            address=_address(said.get("url", ""), str(manifest["release"])),
            doi=doi_of(root, folder.name),
            doi_before=doi_of(root, str(manifest.get("before") or "")),
        )


def _pair(db: sqlite3.Connection, sql: str) -> tuple[str, str]:
    first, last = db.execute(sql).fetchone()
    return str(first or ""), str(last or "")


def _counted(db: sqlite3.Connection, sql: str) -> dict[str, int]:
    return dict(db.execute(sql))


def _audits(db: sqlite3.Connection, manifest: Mapping[str, Any]) -> list[Audit]:
    """The audits that the release itself tells of: a later one says nothing in its files."""
    rates: dict[str, list[Rate]] = {}
    audits: dict[str, dict[str, Any]] = {}
    for name, *rest in db.execute(_RATES):
        audits[name] = dict(zip(_AUDIT, rest[: len(_AUDIT)], strict=True))
        rate = dict(zip(RATE, rest[len(_AUDIT) :], strict=True))
        rates.setdefault(name, []).append(Rate(**rate))
    registry = str(manifest.get("registry"))
    return [
        Audit(name=name, registry=registry, rates=tuple(rates[name]), **said)
        for name, said in audits.items()
    ]


def _address(url: str, release: str) -> str:
    """The permanent address of a release on the operator's site; "" if he names no web site."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or not url.isprintable():
        return ""
    base = f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
    return quote(f"{base}/banci/{release}", safe=":/%~@-._")
