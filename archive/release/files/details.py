"""What a change's `detail` says, in Chinese."""

from __future__ import annotations

import re

from ...schema.codes import REPORT_STATUS

_WORDS = {
    "title": "标题",
    "raw tables differ": "旧格式表格不同",
    "corrected by hand": "人工更正",
    "correction withdrawn": "撤回人工更正",
    "entered by hand": "人工录入",
    "entry withdrawn": "不再采用人工录入",
}
_NOT_COMPARED = "not compared: "
_TIMES = {"before": "此前", "after": "此后"}
_CHAPTER = re.compile(r"chapter (\S+)")


def said(detail: str | None) -> str | None:
    """A detail as `archive.changes.kinds` writes it, in Chinese; anything else as it is.

    >>> said("title, chapter 一"), said("not compared: after needs_ocr"), said("raw tables differ")
    ('标题、第一章', '未作比较：此后待识别', '旧格式表格不同')
    """
    if not detail:
        return None
    told, parts = "", detail
    if detail.startswith(_NOT_COMPARED):
        told, parts = "未作比较：", detail.removeprefix(_NOT_COMPARED)
    return told + "、".join(map(_part, parts.split(", ")))


def _part(part: str) -> str:
    time, _, status = part.partition(" ")
    if time in _TIMES and status in REPORT_STATUS:
        return _TIMES[time] + REPORT_STATUS[status]
    return _WORDS.get(part) or _CHAPTER.sub(r"第\1章", part)
