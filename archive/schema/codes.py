"""The stable codes of a release, and the Chinese word for each.

SQLite has the codes; CSV and Parquet have both, the word under the plain heading (状态) and
the code under one that says so (状态代码). The site shows the same words.
"""

from __future__ import annotations

from collections.abc import Mapping

Codes = Mapping[str, str]

SCOPE: Codes = {"own": "本机关", "aggregate": "汇总", "unknown": "未确定"}
REPORT_STATUS: Codes = {
    "read": "已读取",
    "attachment_unread": "附件未读",
    "needs_ocr": "待识别",
    "needs_converter": "待转换",
    "unreadable": "未能读出",
}
#: Of what was not obtained: what the columns tell in which it would be listed.
REACH_STATUS: Codes = {
    "not_found": "栏目中未见",
    "incomplete": "栏目未读完",
    "blocked": "栏目受阻",
    "robots": "网站不许抓取",
    "column_not_found": "栏目地址失效",
}
#: Of a report that was obtained, and of which nothing is shown (`curation/withheld.toml`).
WITHHELD: Codes = {"withheld": "已隐去"}
COVERAGE_STATUS: Codes = {
    **REPORT_STATUS,
    **WITHHELD,
    **REACH_STATUS,
    "not_in_archive": "未取得",
}
FRAME_STATUS: Codes = {
    "read": "已读取",
    "unread": "已取得未读",
    "needs_ocr": "待识别",
    "unresolved": "机关未确定",
    **WITHHELD,
    **REACH_STATUS,
    "not_registered": "未登记",
}
EXISTENCE: Codes = {
    "certain": "确有",
    "likely": "多有",
    "unknown": "不详",
    "not_in_frame": "框架外",
}
PART: Codes = {
    "local": "地方部门",
    "vertical": "垂直管理",
    "devzone": "开发区",
    "town": "乡镇街道",
}
LEVEL: Codes = {
    "country": "国家级",
    "province": "省级",
    "prefecture": "地级",
    "county": "县级",
    "township": "乡级",
}
ORG_FORM: Codes = {
    "government": "政府",
    "office": "办公厅（室）",
    "department": "部门",
    "branch": "派出机构",
    "devzone": "开发区管委会",
    "institution": "其他机构",
}
NAME_SOURCE: Codes = {"printed": "年报所印", "registry": "登记", "curation": "人工确认"}
NAME_RELATION: Codes = {"name": "现名", "alias": "别称", "former": "曾用名"}
FIGURE_STATUS: Codes = {
    "reported": "数字",
    "blank": "空白",
    "dash": "横线",
    "slash": "斜线",
    "none_word": "“无”",
    "unparsed": "未能读作数字",
    "missing_cell": "未能对应",
    "inferred": "推定",
    "hand_read": "人工读取",
    "absent": "未读到",
}
FINDING_STATUS: Codes = {"fail": "不相符", "uncertain": "无法判定", "not_assessable": "无法核对"}
CHANGE_KIND: Codes = {
    "first": "首次取得",
    "cosmetic": "文字细微不同",
    "text": "文字不同",
    "figures": "数值不同",
    "gone": "未能再取得",
    "back": "重新取得",
}
CHANGE_CAUSE: Codes = {
    "page": "页面变更",
    "migration": "网站迁移",
    "reader": "本档案重新读取",
    "curation": "人工整理",
}
ROLE: Codes = {
    "article": "列表所列",
    "node": "栏目页本身",
    "attachment": "附件",
    "import": "人工导入",
}
ABOUT: Codes = {
    "figure": "数值",
    "report": "年报",
    "unread": "未收文件",
    "outcome": "抓取结果",
}
CORRECTION_KIND: Codes = {"figure": "单个数值", "document": "整份录入"}
CORRECTION_STATE: Codes = {"applied": "已采用", "agrees": "程序读数已相同", "void": "未采用"}
VOID_BECAUSE: Codes = {
    "digest": "现行读数不出自该文件",
    "no_report": "没有这份年报",
    "no_figure": "该年报没有这一项",
    "replaced": "另有较晚的更正",
    "machine_reads_it": "程序已能读出而读数不同",
}
WITHHELD_WHAT: Codes = {
    "capture": "一份文件",
    "page": "一个地址或一份年报",
    "span": "正文中的一段",
    "deleted": "已从存档文件中删除",
}
WITHHELD_REASON: Codes = {
    "privacy": "个人信息",
    "court": "裁判或有权机关决定",
    "rights": "著作权等权利",
    "agency": "发布机关要求",
    "mistake": "误收",
}
#: By the names that archive/release/files/plain.toml uses.
CODES: Mapping[str, Codes] = {
    "scope": SCOPE,
    "report_status": REPORT_STATUS,
    "coverage_status": COVERAGE_STATUS,
    "frame_status": FRAME_STATUS,
    "existence": EXISTENCE,
    "part": PART,
    "level": LEVEL,
    "org_form": ORG_FORM,
    "name_source": NAME_SOURCE,
    "name_relation": NAME_RELATION,
    "figure_status": FIGURE_STATUS,
    "finding_status": FINDING_STATUS,
    "change_kind": CHANGE_KIND,
    "change_cause": CHANGE_CAUSE,
    "role": ROLE,
    "about": ABOUT,
    "correction_kind": CORRECTION_KIND,
    "correction_state": CORRECTION_STATE,
    "void_because": VOID_BECAUSE,
    "withheld_what": WITHHELD_WHAT,
    "withheld_reason": WITHHELD_REASON,
}


def explained(codes: Codes) -> str:
    """All codes with their words, for the description of a column.

    >>> explained(SCOPE)
    'own 本机关，aggregate 汇总，unknown 未确定'
    """
    return "，".join(f"{code} {word}" for code, word in codes.items())


def case(column: str, codes: Codes) -> str:
    """SQL that says the word for a column's code; a code without a word stays itself."""
    arms = " ".join(f"WHEN '{code}' THEN '{word}'" for code, word in codes.items())
    return f"CASE {column} {arms} ELSE {column} END"
