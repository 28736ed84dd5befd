"""Metadata for Datasette, generated from the schema and the codebook.

English descriptions of columns are the comments of the schema; the figures' columns
take both languages from the forms.
"""

from __future__ import annotations

import re
from typing import Any

from archive.schema import NIANBAO, TEXT, label_of
from extract.forms import columns

TITLES = {
    "agencies": "行政机关",
    "reports": "年报",
    "versions": "年报版本",
    "sources": "来源",
    "figure_notes": "数值注记",
    "figures": "数值",
    "findings": "疑点",
    "coverage": "覆盖",
    "unread": "未收作年报的文件",
    "lines": "项目与计量列（数据字典）",
    "left_out": "不是年报的条目（只计数）",
    "flags": "标记、原因与抓取结果的含义",
    "README": "说明",
    "report_totals": "年报合计数",
    "amounts_in_yuan": "金额（折合元）",
    "chapters": "各章正文",
    "grids": "旧格式表格",
    "leftovers": "未归入数值的数字",
    "locators": "数值位置",
    "regions": "地区",
    "changes": "变更",
}

DESCRIPTIONS = {
    "reports": "一行一份年报（现行版本）。Annual reports, one row each.",
    "versions": "正文或数值有变即为新版本。A report's text or figures, each time they changed.",
    "sources": "各版本字节的取得地址、时间与校验值。Where the bytes were obtained.",
    "figure_notes": "凡不是单纯数字的格：空白、斜线、横线、“无”等，六者不同，均不作 0。"
    "Cells that are not a plain number.",
    "figures": "一行一个版本，一列一格。空值为未填或未读出（见 figure_notes），0 为印出的 0。"
    "One row a version, one column a cell.",
    "findings": "未通过的核对。只陈述报告所载数字是否相等，不作评价。Checks that did not pass.",
    "coverage": "机关 × 年度。not_in_archive 意为本档案未取得，不等于未公布。"
    "Agency × year; not_in_archive does not mean unpublished.",
    "unread": "已取得但未收作年报的文件及原因。Captured pages that are no report here, and why.",
    "left_out": "栏目中标题与内容都不是年报的文件，按门户计数。"
    "Documents of a column that are no reports and were not called so, counted by portal.",
    "amounts_in_yuan": "金额照印数与折合为元的数并列；未印单位的不折算（0 除外）。"
    "Amounts as printed and in yuan, where a unit is printed.",
    "lines": "数值各列的含义。The codebook of the figures.",
    "chapters": "不含标题与表格。Text of the chapters.",
    "grids": "2019 年以前旧格式年报的表格，照录，不作数值。Raw tables of legacy reports.",
    "leftovers": "法定表格中没有归入任何数值的数字。Numbers of a table that no figure took.",
}

#: Chinese names of the columns; their English is in the schema's comments.
COLUMNS = {
    "agency_id": "机关标识",
    "agency": "机关名称",
    "name": "所印名称",
    "region_code": "行政区划代码",
    "region_name": "地区",
    "kind": "机关类别",
    "kind_name": "类别名称",
    "resolved": "是否已确定机关",
    "reports": "年报份数",
    "first_year": "最早年度",
    "last_year": "最晚年度",
    "report_id": "年报标识",
    "scope": "范围：own 本机关，aggregate 汇总，unknown 未确定",
    "year": "年度",
    "status": "状态",
    "form": "格式",
    "title": "所印标题",
    "title_derived": "据机关与年度拟定的标题（原件未印）",
    "published_source": "公布日期的出处",
    "format": "文件格式",
    "block": "索引号等著录项",
    "heading": "所印章题",
    "rows": "各行",
    "place": "位置",
    "published": "公布日期",
    "signed": "落款日期",
    "version_id": "版本标识",
    "url": "取得地址",
    "portal": "门户网站",
    "failed": "不相等的核对",
    "uncertain": "有空白、无法判定的核对",
    "not_assessable": "缺项的核对",
    "passed": "通过的核对",
    "number": "序号",
    "form_t2": "第二章表的格式",
    "form_t3": "第三章表的格式",
    "evidence": "年度、机关、日期的依据",
    "attachments": "附件",
    "text_sha256": "正文校验值",
    "figures_sha256": "数值校验值",
    "sha256": "文件校验值",
    "role": "取得途径（列表所列、栏目页本身、附件、导入）",
    "listing": "栏目地址",
    "list_title": "栏目所列标题",
    "list_date": "栏目所列日期",
    "http_status": "HTTP 状态",
    "content_type": "内容类型",
    "bytes": "字节数",
    "captured_at": "首次取得时间（UTC）",
    "last_seen": "最近见到时间（UTC）",
    "gone_since": "自该日起未能取得（空为最近一次仍能取得）",
    "unlisted_since": "自该日起栏目不再列出（空为仍列出）",
    "pictures": "随网页取得的图片文件数",
    "documents": "文件数",
    "record_id": "WARC 记录号",
    "warc_file": "WARC 文件",
    "warc_offset": "WARC 偏移",
    "figure": "数值列名",
    "printed": "所印文字",
    "unit": "单位",
    "flags": "标记",
    "flag": "标记的词",
    "about": "关于什么：figure 数值，report 年报，unread 未收文件，outcome 抓取结果",
    "meaning": "含义",
    "meaning_en": "英文含义",
    "check": "核对代码",
    "left": "左边",
    "right": "右边",
    "figures": "所涉数值",
    "sentence": "说明",
    "sentence_en": "英文说明",
    "reason": "原因",
    "detail": "详情",
    "position": "次序",
    "table": "所在表",
    "line": "项目",
    "measure": "计量列",
    "label": "中文名",
    "label_en": "英文名",
    "basis": "法律依据",
    "forms": "印有此项的格式",
    "chapter": "章",
    "text": "文字",
    "places": "位置",
}

TABLE_SETTINGS: dict[str, dict[str, object]] = {
    "reports": {
        "sort_desc": "year",
        "facets": ["year", "kind", "region_name", "form", "status"],
        "label_column": "report_id",
    },
    "agencies": {"sort": "agency_id", "facets": ["kind"], "label_column": "name"},
    "versions": {"label_column": "version_id"},
    "lines": {"sort": "position", "facets": ["table", "forms"], "label_column": "label"},
    "findings": {"facets": ["check", "status"]},
    "coverage": {"facets": ["year", "status"], "sort_desc": "year"},
    "unread": {"facets": ["reason"]},
    "figure_notes": {"facets": ["status"]},
    # 226 columns: reachable by its address, useless as a list.
    "figures": {"hidden": True},
    "locators": {"hidden": True},
}

_TABLE = re.compile(r"CREATE TABLE (\w+) \((.*?)\n\) STRICT", re.DOTALL)
_COLUMN = re.compile(
    r'^\s+"?(\w+)"?\s+(?:TEXT|INTEGER|ANY|REAL|BLOB)\b[^\n]*?(?:--\s*(.*))?$', re.M
)


def schema_comments(sql: str) -> dict[str, dict[str, str]]:
    """Columns of every table in a schema, each with its comment or ""."""
    return {
        table: {name: (comment or "").strip() for name, comment in _COLUMN.findall(body)}
        for table, body in _TABLE.findall(sql)
    }


def build() -> dict[str, Any]:
    """The metadata of both databases of a release."""
    return {
        "title": "年报档案",
        "databases": {
            "nianbao": {"title": "年报", "tables": _tables(NIANBAO) | _generated()},
            "text": {"title": "正文", "tables": _tables(TEXT)},
        },
    }


def _tables(sql: str) -> dict[str, Any]:
    return {
        table: {**_head(table), "columns": {n: _describe(n, c) for n, c in comments.items()}}
        for table, comments in schema_comments(sql).items()
    }


def _generated() -> dict[str, Any]:
    """Metadata of the tables that the schema makes from the forms."""
    described = {"version_id": _describe("version_id", "")}
    for key, slots in columns().items():
        described[key] = f"{label_of(slots)} / {label_of(slots, english=True)}"
    return {
        "figures": {**_head("figures"), "columns": described},
        "report_totals": _head("report_totals"),
        "amounts_in_yuan": _head("amounts_in_yuan"),
    }


def _head(table: str) -> dict[str, object]:
    head: dict[str, object] = {"title": f"{TITLES.get(table, table)} {table}"}
    if table in DESCRIPTIONS:
        head["description"] = DESCRIPTIONS[table]
    return {**head, **TABLE_SETTINGS.get(table, {})}


def _describe(column: str, comment: str) -> str:
    english = comment or column.replace("_", " ")
    return f"{COLUMNS[column]} / {english}" if column in COLUMNS else english
