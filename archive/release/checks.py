"""What a new release must pass before it is made current."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..errors import ReleaseRefused
from ..manifest import FILES, reading
from .looking import Early, Looked, looked_through
from .losses import TOTALS, all_withheld, losses
from .shelf import manifest_of
from .steps import step


def check(
    folder: Path,
    counts: dict[str, int],
    before: Path | None,
    accept: str = "",
    changed: Collection[str] | None = None,
) -> list[str]:
    """Refuse databases that lost something that is current.

    Args:
        folder: The new release's folder.
        counts: What was written.
        before: The current release's folder; None if there is none.
        accept: Why losses are right this time; "" refuses them.
        changed: Reports that were written anew, if all others were copied from the current
            release; None if all were written.

    Returns:
        The losses that were accepted.

    Raises:
        ReleaseRefused: It must not become current; the message says why.
    """
    if before is None:
        return []
    had = manifest_of(before).get("counts", {}).get("reports")
    if had and not counts["reports"] and not all_withheld(folder, before):
        raise ReleaseRefused(
            f"the new release would hold no report where the current one holds {had}; "
            "it stays current. Are the WARC files and the ledger all there?"
        )
    with step("losses"):
        lost = losses(folder, before, changed)
    if lost and not accept.strip():
        raise ReleaseRefused(
            f"the new release is refused, and {before.name} stays current: {'; '.join(lost)}. "
            'If that is right, `python -m archive build --accept "REASON"` publishes it and '
            "keeps the reason"
        )
    return lost


@contextlib.contextmanager
def looking_through(
    folder: Path, reports: int, *, is_patched: bool = False, early: Early | None = None
) -> Iterator[None]:
    """Look through the databases of a release while the block works with them.

    Args:
        folder: The new release's folder.
        reports: How many should be in it.
        is_patched: Whether it is a proven copy of the current one, but for some reports.
        early: What was found out of files of such a one while others were written.

    Raises:
        ReleaseRefused: They are broken or incomplete; if so, nothing else is said of them.
    """
    # SQLite looks through each without Python's lock.
    with ThreadPoolExecutor(len(FILES)) as pool:
        looked = [
            (early and early.looked(folder / name))
            or pool.submit(looked_through, folder / name, is_patched=is_patched)
            for name in FILES
        ]
        try:
            yield
        except (sqlite3.DatabaseError, ReleaseRefused):
            _require_sound(folder, reports, looked)
            raise
        with step("integrity"):
            _require_sound(folder, reports, looked)


def _require_sound(folder: Path, reports: int, looked: Sequence[Future[Looked]]) -> None:
    for name, each in zip(FILES, looked, strict=True):
        verdict, broken, written = each.result()
        if verdict != "ok" or broken:
            raise ReleaseRefused(
                f"{folder / name}: {verdict}, {broken} broken references; "
                "the old release stays current"
            )
        if written and written["reports"] != reports:
            raise ReleaseRefused(
                f"{folder / name} holds {written['reports']} of {reports} reports; "
                "the old release stays current"
            )


#: Scope → main total → its sum; None where no report prints it.
Totals = dict[str, dict[str, Any]]


def totals(
    folder: Path, before: Path | None = None, changed: Collection[str] | None = None
) -> Totals:
    """Sums of the main totals over current reports, by scope: scopes must not be added.

    Args:
        folder: The new release's folder.
        before: The current release's folder; None if there is none.
        changed: Reports that were written anew, or are no more, if all others were copied from
            the current release: its manifest's sums and the difference. None if all were written.
    """
    if before is not None and changed is not None:
        was = manifest_of(before).get("totals")
        gone, new = _totals(before, changed), _totals(folder, changed)
        made = None if was is None else _moved(was, gone, new)
        if made is not None:
            return made
    return _totals(folder)


def _totals(folder: Path, some: Collection[str] | None = None) -> Totals:
    """Sums over all current reports, or over some."""
    names = [name for group in TOTALS.values() for name in group]
    sums = ", ".join(f'sum("{name}")' for name in names)
    sql = f"SELECT scope, {sums} FROM reports JOIN figures USING (version_id)"
    if some is not None:
        sql += " WHERE report_id IN (SELECT value FROM json_each(?))"
    parameters = () if some is None else (json.dumps(sorted(some)),)
    with reading(folder / FILES[0]) as db:
        found = db.execute(f"{sql} GROUP BY 1 ORDER BY 1", parameters)
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in found}


def _moved(was: Totals, gone: Totals, new: Totals) -> Totals | None:
    """Sums without those of reports that are gone, and with those of new ones.

    None if that is not certain: where nothing is left nobody knows whether a 0 was printed, and
    fractions add up to something else in another order.
    """
    every = [value for each in (was, gone, new) for row in each.values() for value in row.values()]
    if not all(value is None or type(value) is int for value in every):
        return None
    made: Totals = {}
    for scope in sorted({*was, *gone, *new}):
        names = next(each[scope] for each in (was, new, gone) if scope in each)
        row: dict[str, Any] = {}
        for name in names:
            had, less, more = (each.get(scope, {}).get(name) for each in (was, gone, new))
            is_some = had is not None or more is not None
            row[name] = (had or 0) - (less or 0) + (more or 0) if is_some else None
        if scope in gone and not all(row.values()):
            return None
        made[scope] = row
    return made


def schema_digest(folder: Path) -> str:
    """Digest of all statements that made the tables, views and indexes."""
    digest = hashlib.sha256()
    for name in FILES:
        with reading(folder / name) as db:
            for row in db.execute("SELECT name, sql FROM sqlite_master ORDER BY name"):
                digest.update(json.dumps(row).encode())
    return digest.hexdigest()
