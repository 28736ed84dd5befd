"""Words of the site that no statutory form prints: statuses, scopes, chapters.

Statuses are told by a word and a glyph, never by colour alone.
"""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """How a code is shown: a glyph, a word, and what it means."""

    glyph: str
    word: str
    meaning: str


#: Statuses of a report and of a cell of the coverage table.
REPORT = {
    "read": Word("●", "已读取", "已取得并读出"),
    "attachment_unread": Word("◐", "附件未读", "年报正文在附件中，附件尚未读取"),
    "needs_ocr": Word("▦", "待识别", "年报为扫描件，尚未识别文字"),
    "needs_converter": Word("◫", "待转换", "文件格式需要转换，尚未读取"),
    "unreadable": Word("⊘", "未能读出", "文件已取得，但未能读出"),
    "withheld": Word("▣", "已隐去", "已取得，依申请或依法不再展示；日期与原因类别见该年报页"),
    "not_found": Word("◇", "栏目中未见", "登记的栏目已读完，其中未见，本档案未取得"),
    "incomplete": Word("◔", "栏目未读完", "登记的栏目没有读完，本档案未取得"),
    "blocked": Word("▢", "栏目受阻", "栏目未能打开（访问验证、连接失败等），本档案未取得"),
    "robots": Word("▽", "网站不许抓取", "robots.txt 不允许，或未能取得，已遵守；本档案未取得"),
    "column_not_found": Word("△", "栏目地址失效", "登记的栏目地址已不存在或转到别处，本档案未取得"),
    "not_in_archive": Word("·", "未取得", "本档案未取得"),
}

#: Statuses of a cell of the frame: agencies that there should be × years.
FRAME = {
    "read": REPORT["read"],
    "unread": Word("◐", "已取得未读", "已取得，尚未读取（在附件中、须转换）或未能读出"),
    "needs_ocr": REPORT["needs_ocr"],
    "unresolved": Word("？", "机关未确定", "该地区当年有年报未能确定机关，其中可能有这一份"),
    **{
        code: REPORT[code]
        for code in ("withheld", "not_found", "incomplete", "blocked", "robots", "column_not_found")
    },
    "not_registered": Word("·", "未登记", "本档案没有登记其年报栏目"),
}

SCOPE = {"own": "本机关", "aggregate": "汇总", "unknown": "未确定"}

#: Kinds of findings (`finding_kind`). Neutral on purpose: numbers differ, nobody errs.
FINDING = {
    "fail": Word("※", "不相符", "报告所载的两处不相符"),
    "uncertain": Word("△", "无法判定", "有格未填数字，或未印单位"),
    "not_assessable": Word("□", "无法核对", "所需的格未读到"),
    "informative": Word("注", "说明", "只作说明，不作判断"),
}

#: How strong a check is (`extract.checks.rules.STRENGTHS`).
STRENGTH = {
    "must": Word("", "必须", "表格自印的恒等式"),
    "should": Word("", "应当", "由各格的含义推出"),
    "heuristic": Word("", "参考", "没有问题的报告也常不符合"),
    "informative": Word("", "说明", "只作说明，不作判断"),
}

#: Statuses of a figure. The glyph stands beside what is printed, or for it where nothing is.
FIGURE = {
    "blank": Word("", "空白", "报告此格为空白"),
    "dash": Word("", "横线", "报告此格印作横线"),
    "slash": Word("", "斜线", "报告此格印作斜线"),
    "none_word": Word("", "“无”", "报告此格印作“无”"),
    "unparsed": Word("？", "未能读作数字", "报告此格的文字未能读作数字"),
    "missing_cell": Word("未能对应", "未能对应", "未能确定报告中哪一格是此项"),
    "inferred": Word("推", "推定", "此数照印，所在行的行名缺失，按上下两行的位置推定"),
    "hand_read": Word("手", "人工读取", "此数由人工读取"),
    "absent": Word("未读到", "未读到", "未从报告中读到此项（不说明报告没有印出）"),
}

#: Chapters of a report; those with a table take their title from the form.
CHAPTERS = {
    "一": "总体情况",
    "二": "主动公开政府信息情况",
    "三": "收到和处理政府信息公开申请情况",
    "四": "政府信息公开行政复议、行政诉讼情况",
    "五": "存在的主要问题及改进情况",
    "六": "其他需要报告的事项",
}

LEGACY = "legacy"

#: Chapter that prints each statutory table.
CHAPTER_OF = {"t2": "二", "t3": "三", "t4": "四"}


def form_word(form: object) -> str:
    """The name of a form by its code; None is a form that could not be told."""
    if form is None:
        return "未确定"
    return "旧格式（2019 年以前）" if form == LEGACY else f"{form} 年格式"


def report_word(status: str) -> Word:
    """The word for a report's status; an unknown code is shown as it is."""
    return REPORT.get(status, Word("○", status, status))


def finding_kind(status: object, strength: object) -> str:
    """A finding's status; what an informative check says is no failure, but of its own kind."""
    is_note = status == "fail" and strength == "informative"
    return "informative" if is_note else str(status)


def finding_word(kind: str) -> Word:
    """The word for a kind of finding; an unknown code is shown as it is."""
    return FINDING.get(kind, Word("○", kind, kind))
