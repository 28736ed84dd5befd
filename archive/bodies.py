"""What may be a report: the bodies that were obtained, in an order that timing cannot change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .ledger import OBTAINED, Ledger

#: Roles whose bodies may be reports.
ROLES = ("article", "attachment", "import")


@dataclass(frozen=True, slots=True)
class Body:
    """One body obtained at one address, however often.

    Attributes:
        capture: The ledger's row of the capture that holds it, with the portal, column
            and list title of the first run that saw it.
        last_seen: When the same bytes were obtained last.
        recency: 0 for the bytes that the address gave last, 1 for those before, …
        order: Sorts bodies by when they were first seen: the run, then the address.
            Two pages of one run have no order of their own, or a faster host would
            decide what the current version is.
    """

    capture: Mapping[str, Any]
    last_seen: str
    recency: int
    order: tuple[str, str, str]

    @property
    def url(self) -> str:
        """The address that gave it."""
        return str(self.capture["url"])

    @property
    def is_attachment(self) -> bool:
        """Whether an article links to it; a row of a list may be a file, too."""
        return bool(self.capture["role"] == "attachment")


def bodies(ledger: Ledger) -> list[Body]:
    """Every body that may be a report, in the order in which they were first seen."""
    marks = ", ".join("?" for _ in ROLES)
    with ledger.snapshot():
        started = {row["run_id"]: row["started_at"] for row in ledger.rows("SELECT * FROM runs")}
        captures = [
            dict(row)
            for row in ledger.rows(
                f"SELECT * FROM captures WHERE role IN ({marks}) AND {OBTAINED} "
                "ORDER BY fetched_at, rowid",
                *ROLES,
            )
        ]
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    last: dict[str, dict[str, int]] = {}
    for number, row in enumerate(captures):
        found.setdefault((row["url"], row["sha256"]), []).append(row)
        last.setdefault(row["url"], {})[row["sha256"]] = number
    made = [
        _body(rows, started, sorted(last[url].values(), reverse=True).index(last[url][sha256]))
        for (url, sha256), rows in found.items()
    ]
    return sorted(made, key=lambda body: body.order)


def _body(rows: list[dict[str, Any]], started: Mapping[str, str], recency: int) -> Body:
    """The body of one address and digest, from all its captures in order of time."""

    def first_seen(row: Mapping[str, Any]) -> tuple[str, ...]:
        run = started.get(row["run_id"], row["fetched_at"])
        return (
            run,
            row["portal"],
            row["listing"],
            row["list_title"],
            row["list_date"],
            row["parent"],
        )

    # Two portals may list one page in one run: which asked first must not matter.
    context = min(rows, key=first_seen)
    holder = next((row for row in rows if row["revisit_of"] is None), rows[0])
    names = ("portal", "role", "listing", "list_title", "list_date", "parent")
    capture = {**holder, **{name: context[name] for name in names}}
    capture["fetched_at"] = rows[0]["fetched_at"]
    order = (first_seen(context)[0], capture["url"], capture["sha256"])
    return Body(capture, rows[-1]["fetched_at"], recency, order)
