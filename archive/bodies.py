"""What may be a report: the bodies that were obtained, in an order that timing cannot change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from .ledger import OBTAINED, Ledger
from .rounds import rounds
from .twins import KEPT, place

#: Roles whose bodies may be reports.
ROLES = ("article", "node", "attachment", "import")
REDIRECTED = "status IN (301, 302, 303, 307, 308)"


@dataclass(frozen=True, slots=True)
class Seen:
    """One capture of a body: when, in which run, and when the run's round began."""

    at: str
    run: str
    round: str


@dataclass(frozen=True, slots=True)
class Body:
    """One body obtained at one address, however often.

    Attributes:
        capture: The ledger's row of the capture that holds it, with the column and list
            title of the first run that saw it, and the portal by which its address was
            first known: one that lists the address later does not take the report.
        seen: All captures of these bytes at this address, in order of time.
        recency: 0 for the bytes that the address gave last, 1 for those before, …
        order: Sorts bodies by when they were first seen: the round (a run, or a run of each
            shard), then the address. Two pages of one round have no order of their own, or
            a faster host would decide what the current version is.
        origins: Addresses of the same row of a list that were redirected here, and when.
    """

    capture: Mapping[str, Any]
    seen: tuple[Seen, ...]
    recency: int
    order: tuple[str, str, str]
    origins: tuple[tuple[str, Seen], ...] = ()

    @property
    def url(self) -> str:
        """The address that gave it."""
        return str(self.capture["url"])

    @property
    def is_attachment(self) -> bool:
        """Whether an article links to it; a row of a list may be a file, too."""
        return bool(self.capture["role"] == "attachment")

    @property
    def is_node(self) -> bool:
        """Whether it may be a list: a branch of a hub, or a column that may be the article."""
        return bool(self.capture["role"] == "node")

    @property
    def last_seen(self) -> str:
        """When the same bytes were obtained last."""
        return self.seen[-1].at


@dataclass(frozen=True, slots=True)
class Slice:
    """Some portals of a ledger, as it was at one moment.

    Attributes:
        portals: Their keys.
        last: Row of the last capture that is seen: a crawl may be writing.
    """

    portals: tuple[str, ...]
    last: int


@dataclass(slots=True)
class Captured:
    """Rows of the ledger of which bodies are made.

    Attributes:
        captures: Those that may be reports, in order of time.
        redirects: Answers that led elsewhere.
        began: Run → when its round began.
    """

    captures: list[dict[str, Any]] = field(default_factory=list)
    redirects: list[dict[str, Any]] = field(default_factory=list)
    began: Mapping[str, str] = field(default_factory=dict)


def captured(ledger: Ledger, only: Slice | None = None) -> Captured:
    """What a ledger says of bodies that may be reports.

    Args:
        ledger: The ledger.
        only: The portals that are asked for; all if None.
    """
    roles = ", ".join(f"'{role}'" for role in ROLES)
    some, given = "", []
    if only is not None:
        some = " AND portal IN (SELECT value FROM json_each(?)) AND rowid <= ?"
        given = [json.dumps(only.portals), only.last]
    asked = f"SELECT * FROM captures WHERE role IN ({roles}) AND {OBTAINED}{some}"
    led = f"SELECT * FROM captures WHERE {REDIRECTED}{some} ORDER BY rowid"
    with ledger.snapshot():
        return Captured(
            [dict(row) for row in ledger.rows(f"{asked} ORDER BY fetched_at, rowid", *given)],
            [dict(row) for row in ledger.rows(led, *given)],
            rounds(ledger),
        )


def bodies(ledger: Ledger) -> list[Body]:
    """Every body that may be a report, in the order in which they were first seen."""
    return bodies_of(captured(ledger))


def bodies_of(rows: Captured) -> list[Body]:
    """The bodies that rows of the ledger tell of, in the order in which they were first seen."""
    captures, began = rows.captures, rows.began
    obtained = {(row["run_id"], key_of(row["url"])) for row in captures}
    origins: dict[tuple[str, ...], list[str]] = {}
    for row in rows.redirects:
        if (row["run_id"], key_of(row["url"])) not in obtained:
            origins.setdefault(_asked_for(row), []).append(row["url"])
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    last: dict[str, dict[str, int]] = {}
    homes = _homes(captures, began)
    for number, row in enumerate(captures):
        found.setdefault((row["url"], row["sha256"]), []).append(row)
        last.setdefault(row["url"], {})[row["sha256"]] = number
    made = [
        _body(
            rows,
            homes[place(url)],
            began,
            origins,
            sorted(last[url].values(), reverse=True).index(last[url][sha256]),
        )
        for (url, sha256), rows in found.items()
    ]
    return sorted(made, key=lambda body: body.order)


@lru_cache(maxsize=KEPT)
def key_of(url: str) -> str:
    """An address without its scheme: http leads to https, and notes name one of them."""
    return urlsplit(url)._replace(scheme="").geturl()


def _homes(rows: list[dict[str, Any]], began: Mapping[str, str]) -> dict[str, str]:
    """Place → the portal by which it was first known, whatever it gave then."""
    first: dict[str, tuple[str, bool, str]] = {}
    for row in rows:
        key, round_ = place(row["url"]), began.get(row["run_id"], row["fetched_at"])
        # Two portals may list one page in one round: which asked first must not matter.
        known = (round_, row["role"] == "node", row["portal"])
        first[key] = min(known, first.get(key, known))
    return {key: portal for key, (_, _, portal) in first.items()}


def _asked_for(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The row of a list that an address was asked for; a redirect keeps it."""
    names = ("run_id", "portal", "role", "listing", "list_title", "list_date", "parent")
    return tuple(str(row[name]) for name in names)


def _body(
    rows: list[dict[str, Any]],
    home: str,
    began: Mapping[str, str],
    origins: Mapping[tuple[str, ...], list[str]],
    recency: int,
) -> Body:
    """The body of one address and digest, from all its captures in order of time."""

    def first_seen(row: Mapping[str, Any]) -> tuple[object, ...]:
        return (
            row["role"] == "node",  # what a list names as an article is one
            row["portal"] != home,
            began.get(row["run_id"], row["fetched_at"]),
            row["portal"],
            row["listing"],
            row["list_title"],
            row["list_date"],
            row["parent"],
        )

    context = min(rows, key=first_seen)
    holder = next((row for row in rows if row["revisit_of"] is None), rows[0])
    names = ("role", "listing", "list_title", "list_date", "parent")
    capture = {**holder, **{name: context[name] for name in names}, "portal": home}
    capture["fetched_at"] = rows[0]["fetched_at"]
    seen = tuple(
        Seen(row["fetched_at"], row["run_id"], began.get(row["run_id"], row["fetched_at"]))
        for row in rows
    )
    order = (min(each.round for each in seen), capture["url"], capture["sha256"])
    led = [
        (url, each)
        for row, each in zip(rows, seen, strict=True)
        for url in origins.get(_asked_for(row), ())
    ]
    return Body(capture, seen, recency, order, tuple(led))
