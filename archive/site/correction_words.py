"""Corrections in words: what the machine read, what people read, what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from archive.schema.codes import FIGURE_STATUS, VOID_BECAUSE
from archive.site.words import Word

Row = Mapping[str, object]

#: What became of a correction: (glyph, word, meaning).
STATES = {
    "applied": Word("手", "现用", "所示为人所读，机器的读数并列"),
    "agrees": Word("＝", "已一致", "机器如今读出的与人所读相同，更正不再改变什么"),
    "void": Word("×", "已失效", "所据的原件或那一格已不在，不再采用，记录保留"),
}
#: Of one that is applied to a version after which another came.
SUPERSEDED = Word("旧", "所据版本已被取代", "只用于所据的版本，不用于现行版本")
#: Why one is void.
VOID = {
    "digest": "现行的读数不出自所据的那份原件（SHA-256 不同），须据现在的原件重新读过",
    "no_report": "本版次没有这份年报",
    "no_figure": "这份年报的格式没有这一格",
    "replaced": "同一格另有较晚的更正",
    "machine_reads_it": "机器如今读得出这份文件，读数与录入的不同，以机器的为准，须再核对",
}
KINDS = {"figure": "一格", "document": "整份录入"}
_ANONYMOUS = ("", "anonymous")


def name(person: object) -> str:
    """Who did it, as it is shown.

    >>> name("anonymous"), name("示例甲")
    ('匿名', '示例甲')
    """
    text = str(person or "").strip()
    return "匿名" if text.lower() in _ANONYMOUS else text


def machine_said(row: Row) -> str:
    """What the machine read in a cell that people read, too.

    >>> machine_said({"machine_printed": None, "machine_value": 3, "machine_status": "reported"})
    '机器读作“3”'
    """
    status = row["machine_status"]
    if status is None:
        return "机器未读到此格"
    text = _text(row["machine_printed"], row["machine_value"], row.get("machine_unit"))
    word = FIGURE_STATUS.get(str(status), str(status))
    if not text:
        return f"机器所见为{word}"
    return f"机器读作“{text}”" if status == "reported" else f"机器读作“{text}”（{word}）"


def people_said(row: Row) -> str:
    """What people read in a cell.

    >>> people_said({"printed": " ", "value": None})
    '人读作空白'
    """
    if row["printed"] is None:
        return "人所见：没有印出此格"
    text = _text(row["printed"], row["value"], row.get("unit"))
    return f"人读作“{text}”" if text else "人读作空白"


def void_because(row: Row) -> str:
    """Why a correction is void, in words; an unknown code is shown as it is."""
    code = str(row["void_because"] or "")
    return VOID.get(code) or VOID_BECAUSE.get(code, code)


def is_superseded(row: Row) -> bool:
    """Whether a correction holds for a version that is not the current one.

    Args:
        row: The correction, with its report's current version as `now`.
    """
    now = row.get("now")
    return row["state"] == "applied" and now is not None and row["version_id"] != now


def word_of(row: Row) -> Word:
    """What became of a correction, in a word.

    >>> word_of({"state": "applied", "version_id": "r.v1", "now": "r.v2"}).word
    '所据版本已被取代'
    """
    return SUPERSEDED if is_superseded(row) else state_word(row["state"])


def state_word(code: object) -> Word:
    """The word for a state; an unknown code is shown as it is."""
    return STATES.get(str(code), Word("○", str(code), str(code)))


def _text(printed: object, value: object, unit: object) -> str:
    """What stands in a cell, with the unit that is printed above it."""
    text = "" if printed is None else str(printed).strip()
    text = text or ("" if value is None else str(value))
    return f"{text} {unit}" if text and unit and str(unit) not in text else text
