"""What the operator must know of what is withheld: decisions that hold nothing, or too much."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from ..ledger import Ledger
from ..twins import plain
from .decision import DELETED, SPAN, Withheld, Withholding
from .spans import found_in

_TOMB = "SELECT 1 FROM withheld WHERE what = ? AND reason = ? AND date = ?"
#: Texts of the versions of reports in which a body stands, but not of those that are read
#: from it: what an agency put there later may hold the very same words.
_TEXTS = """
SELECT v.version_id, c.chapter, c.text FROM versions v
JOIN text.chapters c ON c.version_id = v.version_id
WHERE v.report_id IN (SELECT report_id FROM withheld WHERE sha256 = :sha256)
AND v.version_id NOT IN (SELECT version_id FROM withheld WHERE what = 'span' AND sha256 = :sha256)
ORDER BY 1, 2"""
#: Reports that have a version newer than one that a decision on its bytes took away or cut.
_NEWER = """
SELECT DISTINCT r.report_id, r.version_id FROM withheld w JOIN reports r USING (report_id)
WHERE w.sha256 = ? AND w.what IN ('capture', 'span') AND NOT EXISTS (
  SELECT 1 FROM withheld o WHERE o.version_id = r.version_id AND o.what = 'span')
ORDER BY 1"""
_WHOLE = """
SELECT DISTINCT version_id, group_concat(DISTINCT chapter) FROM withheld
WHERE what = 'span' AND sha256 = ? GROUP BY 1 ORDER BY 1"""


def told_of(
    db: sqlite3.Connection, withheld: Withheld, ledger: Ledger, today: str
) -> Iterator[str]:
    """Lines on decisions of `withheld.toml` that need a look.

    Args:
        db: nianbao.db of the current release, with text.db attached as `text`.
        withheld: The decisions.
        ledger: Knows what was obtained.
        today: ISO date.
    """
    for entry in withheld.resolved(ledger.digest_of).entries:
        if entry.what == DELETED:
            continue
        said = [*_of_state(db, entry, ledger), *_of_later(db, entry)]
        if entry.date > today:
            said.append(f"it is dated {entry.date}, a day to come; it holds already")
        yield from (f"  {entry.source}: {each}" for each in said)


def _of_state(db: sqlite3.Connection, entry: Withholding, ledger: Ledger) -> Iterator[str]:
    """Whether a decision is in the release, and holds what it says."""
    known = db.execute(_TOMB, (entry.what, entry.reason, entry.date))
    if entry.sha256:
        of_body = f"{_TOMB} AND sha256 = ?"
        known = db.execute(of_body, (entry.what, entry.reason, entry.date, entry.sha256))
    if known.fetchone() is None:
        if _is_known(entry, ledger):
            yield "it withholds nothing in this release; build it anew, or look at what it names"
        elif not _is_deleted(db, entry):
            yield "nothing that it names was ever obtained here: it withholds nothing"
    elif entry.what == SPAN:
        yield from _of_chapters(db, entry)


def _is_deleted(db: sqlite3.Connection, entry: Withholding) -> bool:
    """Whether its bytes were taken out of the archive: it stands for when they come again."""
    tomb = "SELECT 1 FROM withheld WHERE what = ? AND sha256 = ?"
    return bool(entry.sha256) and db.execute(tomb, (DELETED, entry.sha256)).fetchone() is not None


def _is_known(entry: Withholding, ledger: Ledger) -> bool:
    if entry.report:
        return True  # nobody but a build can tell
    if entry.url:
        urls = ledger.rows("SELECT DISTINCT url FROM captures")
        return any(plain(row["url"]) == plain(entry.url) for row in urls)
    return ledger.one("SELECT 1 FROM captures WHERE sha256 = ?", entry.sha256) is not None


def _of_chapters(db: sqlite3.Connection, entry: Withholding) -> Iterator[str]:
    for version_id, chapters in db.execute(_WHOLE, (entry.sha256,)):
        texts = db.execute(
            "SELECT chapter, text FROM text.chapters WHERE version_id = ?", (version_id,)
        ).fetchall()
        whole = [c for c, text in texts if c in chapters.split(",") and _is_mark(text)]
        if whole:
            yield (
                f"its words were not found so that one span results: of {version_id} the whole "
                f"chapter is hidden ({', '.join(whole)}); mend `after` and `before`"
            )


def _is_mark(text: str) -> bool:
    return text.startswith("［已隐去：") and text.endswith("］") and text.count("［") == 1


def _of_later(db: sqlite3.Connection, entry: Withholding) -> Iterator[str]:
    """Whether another text of the same report is shown, which may hold the same."""
    if entry.what == "page" or not entry.sha256:
        return
    for report_id, version_id in db.execute(_NEWER, (entry.sha256,)).fetchall():
        yield (
            f"{report_id} has other bytes by now or beside, and the decision does not hold for "
            f"them: look at {version_id}, and decide on it too, or on the page"
        )
    if entry.what == SPAN and entry.after and entry.before:
        for version_id, chapter, text in db.execute(_TEXTS, {"sha256": entry.sha256}):
            if found_in(text, entry):
                yield f"the words beside the span stand in {version_id}, chapter {chapter}, too"
