"""Whom a release thanks: those who corrected figures and entered documents, and who checked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...corrections.correction import ANONYMOUS
from ...manifest import FILES, reading
from ...schema.codes import CORRECTION_STATE
from .changes import Section, has_table, listed

_NAMES = """
SELECT name FROM (
  SELECT contributor AS name FROM corrections WHERE state <> 'void'
  UNION SELECT checked_by FROM corrections WHERE state <> 'void')
WHERE name <> ? ORDER BY name"""
_ROWS = """
SELECT c.correction_id, c.kind, c.state, c.version_id, c.contributor, c.checked_by,
  (SELECT l.label FROM lines l WHERE l.figure = c.figure) AS label,
  c.machine_printed, c.printed, c.reason
FROM corrections c ORDER BY c.correction_id"""


def credited(db: sqlite3.Connection) -> list[str]:
    """Names of all who read, entered or checked what this release shows; nobody twice."""
    return [name for (name,) in db.execute(_NAMES, (ANONYMOUS,))]


def by_hand(db: sqlite3.Connection, before: Path | None) -> Iterator[Section]:
    """What people read by hand since the release before, and the names of all who did.

    Args:
        db: nianbao.db.
        before: Folder of the release before; None if there is none.
    """
    known = _known(before)
    rows = [row for row in db.execute(_ROWS) if (row[0], row[2]) not in known]
    names = credited(db)
    thanks = f"参与更正、录入与复核：{'、'.join(names)}。" if names else ""
    title, text = "人工更正与录入", f"{thanks}程序读数与人读到的原文并列于表 corrections。"
    if rows:
        yield listed(title, text, tuple(" ".join(_line(row).split()) for row in rows))
    elif names:
        yield Section(title, f"{text}与上一次发布相比没有增减。")


def _known(before: Path | None) -> set[tuple[str, str]]:
    """The corrections of the release before, each with what became of it."""
    if before is None:
        return set()
    with reading(before / FILES[0]) as db:
        if not has_table(db, "main", "corrections"):
            return set()
        return set(db.execute("SELECT correction_id, state FROM corrections"))


def _line(row: Sequence[str | None]) -> str:
    identity, kind, state, version, who, second, label, machine, printed, reason = row
    who = "匿名" if who == ANONYMOUS else who
    if kind == "document":
        what = f"{version or identity}：整份录入"
    else:
        what = f"{version or identity}：{label}，{_cell(machine)} → {_cell(printed)}"
    return f"{what}（{CORRECTION_STATE[str(state)]}；{who} 读，{second} 复核）。{reason}"


def _cell(text: str | None) -> str:
    if text is None:
        return "没有这一格"
    return f"“{text}”" if text else "空白"
