"""A data root with two releases, corrections and ids of before, for the pages of trust."""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import json
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from archive.site.serve import site
from tests.test_site import PAGE, Fake, unique

OLD, NEW, GONE = (
    "20250301-000000-0a0a0a0a",
    "20260301-000000-abc12300",
    "20240301-000000-0b0b0b0b",
)
UNKNOWN = "20230301-000000-0c0c0c0c"
REPORT = "990101-finance-2021"
VERSION = f"{REPORT}.v1"
#: Read by hand in the new release; read otherwise by the machine, and in the old release.
FIGURE = "t3_granted_natural"
#: Of the same report, not current; its `t3_granted_total` is 4242.
ANOTHER = f"{REPORT}.v2"
#: Not told in the old release: its report was obtained later.
LATER = "990101-finance-2023.v1"
#: Has another id in the old release.
BEFORE, NOW = "u-0123456789ab-2022", "990101-finance-2022"
DIGEST = hashlib.sha256(PAGE).hexdigest()
HOSTILE = "<script>alert(7)</script>\u202e反"


@dataclass
class Asked:
    """The site, asked in this process."""

    root: Path

    def __post_init__(self) -> None:
        """Open the site."""
        self.datasette = site(self.root)

    def __call__(self, path: str) -> Any:
        """The answer to an address."""
        return asyncio.run(self.datasette.client.get(path))

    def page(self, path: str, status: int = 200) -> BeautifulSoup:
        """The page at an address."""
        answer = self(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
        return BeautifulSoup(answer.text, "lxml")

    def leads(self, path: str) -> str:
        """Where a permanent redirect leads."""
        answer = self(path)
        assert answer.status_code == 308, (path, answer.status_code)
        return str(answer.headers["location"])


@cache
def made() -> Path:
    """The data root, the same for all that only read it: making one takes two seconds."""
    folder = Path(tempfile.mkdtemp(prefix="nianbao-trust-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return _make(folder)


def _make(root: Path) -> Path:
    _release(root / "old", OLD, BEFORE.removesuffix("-2022"), 11, range(2021, 2023))
    made = _release(root / "new", NEW, "990101-finance", None, range(2021, 2024))
    (root / "old" / "releases" / OLD).rename(made / "releases" / OLD)
    with sqlite3.connect(made / "releases" / NEW / "nianbao.db") as db:
        led = (BEFORE, NOW, "report"), (f"{BEFORE}.v1", f"{NOW}.v1", "version")
        led += ((BEFORE.removesuffix("-2022"), "990101-finance", "agency"),)
        for old, new, what in led:
            db.execute("INSERT INTO id_history VALUES (?, ?, ?, 'identified', ?)",
                       (old, new, what, NEW))  # fmt: skip
        add_corrections(db, _corrections())
        _add_version(db)
    db.close()
    (made / "releases" / OLD / "SHA256SUMS").write_text(f"{'f' * 64}  manifest.json\n", "utf-8")
    (made / "releases" / "tags.json").write_text(json.dumps({"论文-2025": OLD}), "utf-8")
    (made / "ids.jsonl").write_text(
        f'{{"report": "x", "number": 1, "sha256": "", "url": "", "release": "{GONE}"}}\n' * 2
    )
    return made


def _add_version(db: sqlite3.Connection) -> None:
    """A version that is not the current one, with a figure of its own."""
    db.row_factory = sqlite3.Row

    def copy(table: str, where: str, **other: Any) -> None:
        row = {**db.execute(f"SELECT * FROM {table} WHERE {where}").fetchone(), **other}
        stored = {each[1] for each in db.execute(f"PRAGMA table_info({table})")}
        row = {name: value for name, value in row.items() if name in stored}
        marks = ", ".join("?" * len(row))
        names = ", ".join(f'"{name}"' for name in row)
        db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))

    ((n,),) = db.execute(f"SELECT n FROM _versions WHERE version_id = '{VERSION}'")
    copy("_versions", f"n = {n}", n=99, version_id=ANOTHER, number=2)
    copy("figures", f"version_id = '{VERSION}'", version_id=ANOTHER, t3_granted_total=4242)
    copy("_sources", f"version = {n}", version=99)


def add_corrections(db: sqlite3.Connection, rows: list[dict[str, Any]]) -> None:
    """Enter rows of the table `corrections`."""
    for row in rows:
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        db.execute(f"INSERT INTO corrections ({names}) VALUES ({marks})", tuple(row.values()))


def correction(figure: str, state: str = "applied", **more: Any) -> dict[str, Any]:
    """A row of the table `corrections`."""
    return {
        "correction_id": f"{more.get('report_id', REPORT)}.{figure}.{DIGEST[:12]}",
        "kind": "figure",
        "state": state,
        "void_because": None,
        "report_id": REPORT,
        "version_id": None if state == "void" else VERSION,
        "figure": figure,
        "sha256": DIGEST,
        "machine_printed": "3o7",
        "machine_value": None,
        "machine_status": "unparsed",
        "printed": "307",
        "value": 307,
        "unit": None,
        "machine_unit": None,
        "status": "hand_read" if state == "applied" else None,
        "reason": "字母 o 实为数字",
        "evidence": "存档原件第 3 行",
        "contributor": "anonymous",
        "checked_by": "示例甲",
        "date": "2026-02-03",
        **more,
    }


def _corrections() -> list[dict[str, Any]]:
    entered = f"entered.{DIGEST[:12]}"
    return [
        correction(FIGURE),
        correction("t3_granted_enterprise", "void", void_because="digest", date="2026-02-05",
                   sha256="e" * 64, machine_printed=None, machine_status=None, printed="",
                   value=None, reason=HOSTILE, contributor=HOSTILE, checked_by="示例乙"),
        correction("t3_granted_research", "agrees", machine_value=1021, machine_printed=None,
                   machine_status="reported", date="2026-02-04", printed="1021", value=1021),
        correction("t3_granted_ngo", "void", void_because="no_report", report_id="990101-x-2021"),
        correction("", correction_id=entered, kind="document", report_id=NOW,
                   version_id=f"{NOW}.v1", machine_status="needs_ocr", machine_printed=None,
                   printed=None, contributor="示例丙", checked_by="示例丁", date="2026-01-01")
        | {"figure": None},
    ]  # fmt: skip


def _release(root: Path, name: str, agency: str, other: int | None, years: range) -> Path:
    """One release; the figure read by hand, or `other` as the machine read it before."""
    fake = Fake(root)
    fake.agency("990101-finance", "示例市财政局", "示例市", "finance", years)
    if agency != "990101-finance":  # not known yet whose the last report is
        fake.agency(agency, "示例市财政局", "示例市", "finance", years)
    for year in years:
        figures: dict[str, Any] = unique("2021")
        if year == 2021:
            figures[FIGURE] = 307 if other is None else other
            del figures["t3_granted_legal"], figures["t3_granted_other_org"]
        made = fake.report(
            agency if year == 2022 else "990101-finance",
            year,
            figures,
            title=f"示例市财政局{year}年年报",
        )
        if year == 2021 and other is None:
            fake.note(made, FIGURE, "307", "hand_read")
            fake.note(made, "t3_granted_legal", HOSTILE, "unparsed")
    built = f"{name[:4]}-{name[4:6]}-{name[6:8]}T00:00:00Z"
    fake.publish(release=name, built_at=built, counts={"reports": len(years)})
    (root / "releases" / "r1").rename(root / "releases" / name)
    (root / "releases" / "current").unlink()
    (root / "releases" / "current").symlink_to(name)
    return root
