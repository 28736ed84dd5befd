"""What the tables and columns of a release mean, in Chinese, for whoever opens the files.

The statements of the schema carry English comments; these texts reach the site
(`archive.site.metadata`) and the table `descriptions` of the release itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from extract.forms import columns

from . import codes, meanings, rate_words
from .codes import explained
from .tables import meaning_of

#: Short names of the public tables and views.
TITLES: dict[str, str] = {
    "agencies": "行政机关",
    "reports": "年报",
    "versions": "年报版本",
    "sources": "来源",
    "figures": "数值",
    "figure_notes": "数值注记",
    "findings": "疑点",
    "current_findings": "现行疑点",
    "coverage": "覆盖",
    "unread": "未收作年报的文件",
    "left_out": "不是年报的条目（只计数）",
    "lines": "项目与计量列（数据字典）",
    "flags": "标记、原因与抓取结果的含义",
    "README": "说明",
    "changes": "变更",
    "id_history": "标识沿革",
    "page_changes": "页面变更",
    "first_versions": "最初版本",
    "descriptions": "表与列的含义",
    "examples": "查询示例",
    "report_totals": "年报合计数",
    "amounts_in_yuan": "金额（折合元）",
    "regions": "地区",
    "chapters": "各章正文",
    "grids": "旧格式表格",
    "leftovers": "未归入数值的数字",
    "locators": "数值的位置与所印文字",
    "details": "版本的依据与附件",
}

#: What one row of each is, and what must be known before it is used.
TABLES: dict[str, str] = {
    "agencies": "一行一个行政机关。尚未确定地区与类别的机关，标识以 u- 开头。",
    "reports": "一行一份年报（现行版本），未能读出的也在内。",
    "versions": "一行一个版本。正文或数值有变即为新版本，旧版本保留。",
    "sources": "各版本字节的取得地址、时间、校验值与存档位置；"
    "也列出只链接到该文件的网页、载有同样数值的附件。",
    "figures": "一行一个版本，一列一格。空值为未填、未读出（见 figure_notes）"
    "或该格式没有这一项（见 lines.forms），0 为印出的 0。",
    "figure_notes": "凡不是单纯数字的格：空白、斜线、横线、“无”等，六者不同，均不作 0；"
    "以及印有单位、有标记的格。只是印法不同的数（如 1,234）不在此列，"
    "其所印文字见 text.db 的 locators。",
    "findings": "各版本未通过的核对，以及只作说明的（checks.strength 为 informative）。"
    "只陈述报告所载内容是否相符，不作评价。",
    "current_findings": "现行版本未通过的核对；findings 另含已被取代的版本。",
    "coverage": "机关 × 年度，只列本档案已知的机关；对照应有机关的见 frame。"
    "没有年报的一格意为本档案未取得，不等于未公布。",
    "unread": "已取得但未收作年报的文件及原因。",
    "left_out": "栏目中标题与内容都不是年报的文件，按门户计数。",
    "lines": "数值各列的含义（数据字典），由法定格式生成。",
    "flags": "各处所用标记、原因与结果代码的含义。",
    "README": "使用本文件之前须知。",
    "changes": "年报的变更，一行一次。原因有机关网页、门户迁移、读取程序、人工整理四种，"
    "只有 cause 为 page 的是网页变更；人工导入的文件另成版本，不在此表。",
    "id_history": "已改用新标识的旧标识。",
    "page_changes": "原网页前后所给文字或数值不同，或未能再取得、重新取得；新的在前。",
    "first_versions": "每份年报的最初版本，即首次取得的文本。",
    "descriptions": "各表各列的含义；column 为空的一行说明整个表。",
    "examples": "可直接运行的查询示例。",
    "report_totals": "现行年报的申请总数与办理结果；未填为空。不同 scope 不可相加。",
    "amounts_in_yuan": "金额照印数与折合为元的数并列；未印单位的不折算（0 除外）。",
    "chapters": "各章正文，不含标题与表格。网站上此表的检索框以相邻两字取章，"
    "偶有各对俱全而不相连的；逐字核对的检索在 /sousuo。",
    "grids": "2019 年以前旧格式年报的表格，照录，不作数值。",
    "leftovers": "法定表格中没有归入任何数值的数字。",
    "locators": "每个版本各数值在原件中的位置，以及与数值写法不同的所印文字；压缩，供程序读取。",
    "details": "每个版本的年度、机关、日期之依据，索引号等著录项，所链接的附件；压缩，供程序读取。",
}

_REPORT_STATUS = f"状态代码：{explained(codes.REPORT_STATUS)}；needs_ocr 为扫描件"
_FORM = "格式：2019、2021，legacy 为旧格式；以第二章表为先，没有的以第三章表；空为未能判定"
_FINDING_STATUS = (
    f"状态代码：{explained(codes.FINDING_STATUS)}；"
    "uncertain 因有格未填数字，或未印单位，not_assessable 因有数值未读出；"
    "核对的强弱为 informative 的（见 checks.strength）只作说明，其 fail 不是不相符"
)
_SCOPE = f"范围代码：{explained(codes.SCOPE)}；不同范围不可相加"
#: What the words for a cell's status do not say.
FIGURE_STATUS_MORE = (
    "none_word 为“无”等字，missing_cell 为未能确定是哪一格，inferred 为按上下文推定，"
    "absent 为未从原件中找到该表或该行"
)
_FLAGS = "标记，以空格分隔，含义见表 flags（about 为 report）"
_FINDINGS: dict[str, str] = {
    "version_id": "版本标识",
    "number": "该版本内的序号",
    "report_id": "年报标识",
    "check": "核对代码（C01 等）",
    "status": _FINDING_STATUS,
    "left": "左边的数，照印，不折算；单位见 sentence",
    "right": "右边的数，同上",
    "figures": "所涉指标，即数值的列名（JSON）",
    "sentence": "说明",
    "sentence_en": "英文说明",
}

_CHANGES: dict[str, str] = {
    "change_id": "变更标识：年报标识加 .c 与序号",
    "report_id": "年报标识",
    "number": "该年报内的序号，自 1 起",
    "kind": f"种类代码：{explained(codes.CHANGE_KIND)}",
    "cause": f"原因代码：{explained(codes.CHANGE_CAUSE)}；只有 page 是机关网页的变更",
    "from_version": "变更前的版本；没有为空",
    "to_version": "变更后的版本；没有为空",
    "url": "所涉地址",
    "seen_before": "最后一次见到原状的时间（UTC）",
    "seen_after": "首次见到新状的时间（UTC）",
    "cells": "所印文字有变的指标（JSON：指标，即列名 → [原, 新]）；"
    "没有的，SQLite 中为 {}，CSV 与 Parquet 中为空",
    "detail": "何处不同，或为何未作比较（SQLite 中为英文，CSV 与 Parquet 中为中文）",
}

#: Table → column → what it holds. The columns of `figures` come from the forms: `describe`.
COLUMNS: dict[str, dict[str, str]] = {
    "agencies": {
        "agency_id": "机关标识：行政区划代码加类别；未确定的以 u- 开头",
        "name": "所印名称",
        "region_code": "行政区划代码；未确定为空",
        "region_name": "地区",
        "kind": "机关类别代码（government、finance 等），其名称见 kind_name",
        "kind_name": "机关类别（政府、财政等）",
        "resolved": "是否已确定机关（1 是，0 否）",
        "reports": "本文件所收年报份数",
        "first_year": "最早年度",
        "last_year": "最晚年度",
    },
    "reports": {
        "report_id": "年报标识：机关标识加年度，汇总的另加 -agg；永久不变",
        "agency_id": "机关标识",
        "agency": "机关名称",
        "region_code": "行政区划代码；未确定为空",
        "region_name": "地区",
        "kind": "机关类别代码，其名称见 agencies.kind_name",
        "scope": _SCOPE,
        "year": "年报所述年度",
        "status": _REPORT_STATUS,
        "form": _FORM,
        "title": "所印标题；未印为空",
        "title_derived": "据机关与年度拟定的标题（原件未印），不是原件文字",
        "published": "网页所印公布日期",
        "published_source": "公布日期在原件中的出处：label、label behind 为所印字样旁，"
        "under title 为标题之下，meta 为网页元数据及其名称；"
        "以 page: 开头的，取自链接到该附件的网页",
        "signed": "落款日期",
        "flags": _FLAGS,
        "version_id": "现行版本的标识",
        "url": "现行版本的取得地址",
        "portal": "门户网站代码；import 为人工导入",
        "failed": "不相符的核对数，不含只作说明的",
        "uncertain": "无法判定的核对数：有格未填数字，或未印单位",
        "not_assessable": "无法核对的核对数：有数值未读出",
        "informative": "只作说明的核对数（强弱为 informative 的），不计入前三项",
        "passed": "通过的核对数",
    },
    "versions": {
        "version_id": "版本标识：年报标识加 .v 与序号；永久不变",
        "report_id": "年报标识",
        "number": "版本序号，自 1 起",
        "status": _REPORT_STATUS,
        "title": "所印标题；未印为空",
        "title_derived": "据机关与年度拟定的标题（原件未印），不是原件文字",
        "published": "网页所印公布日期",
        "signed": "落款日期",
        "format": "文件格式：html、text、pdf、docx、sheet、ofd，人工录入的另有 picture；未读出为空",
        "form": _FORM,
        "form_t2": "第二章表的格式",
        "form_t3": "第三章表的格式",
        "url": "取得地址",
        "flags": _FLAGS,
        "pictures": "随网页取得而未识别文字的图片数",
        "text_sha256": "所公布的标题、机关、正文（去空白，已遮盖）的 SHA-256",
        "figures_sha256": "所公布的各数值所印文字与单位的 SHA-256",
        "first_seen": "首次取得时间（UTC）",
        "last_seen": "最近见到时间（UTC）",
    },
    "sources": {
        "version_id": "版本标识",
        "url": "取得地址",
        "sha256": "文件的 SHA-256（去除 Content-Encoding 之后）",
        "portal": "门户网站代码；import 为人工导入",
        "role": f"取得途径代码：{explained(codes.ROLE)}",
        "listing": "栏目地址",
        "list_title": "栏目所列标题",
        "list_date": "栏目所列日期",
        "http_status": "HTTP 状态；导入的为空",
        "content_type": "服务器所称内容类型",
        "bytes": "字节数",
        "captured_at": "首次取得这些字节的时间（UTC）",
        "last_seen": "最近见到同样字节的时间（UTC）",
        "gone_since": "自该日起未能取得；空为最近一次仍能取得",
        "unlisted_since": "自该日起栏目不再列出；空为仍列出",
        "record_id": "首次取得时的 WARC 记录号",
        "warc_file": "WARC 文件名",
        "warc_offset": "该记录在 WARC 文件中的偏移",
    },
    "figures": {"version_id": "版本标识"},
    "figure_notes": {
        "version_id": "版本标识",
        "figure": "指标，即数值的列名，见 lines",
        "printed": "所印文字",
        "status": f"状态代码：{explained(codes.FIGURE_STATUS)}。{FIGURE_STATUS_MORE}",
        "unit": "格内或栏目所印单位",
        "flags": "标记，以空格分隔，含义见表 flags（about 为 figure）",
    },
    "findings": _FINDINGS,
    "current_findings": _FINDINGS,
    "coverage": {
        "agency_id": "机关标识",
        "year": "年度",
        "status": f"现行版本的状态代码：{explained(codes.COVERAGE_STATUS)}。"
        "未取得的，栏目中未见至栏目地址失效各项说明登记的栏目读到何处（几个栏目中以读得最远者为准），"
        "not_in_archive 为没有登记的栏目；均不等于未公布",
        "report_id": "年报标识；未取得为空",
    },
    "unread": {
        "url": "取得地址",
        "sha256": "文件的 SHA-256",
        "portal": "门户网站代码",
        "list_title": "栏目所列标题",
        "reason": "原因，含义见表 flags（about 为 unread）",
        "detail": "详情（英文）",
    },
    "left_out": {"portal": "门户网站代码", "documents": "文件数"},
    "lines": {
        "figure": "指标，即 figures 的列名",
        "position": "次序",
        "table": "所在表：t2、t3、t4 为第二、三、四章",
        "line": "项目代码",
        "measure": "计量列代码",
        "label": "指标名称",
        "label_en": "英文名",
        "kind": "count 件数，signed 增减数，money 金额",
        "unit": "格式规定的单位",
        "basis": "法律依据",
        "forms": "印有此项的格式，以空格分隔",
    },
    "flags": {
        "about": f"关于什么：{explained(codes.ABOUT)}",
        "flag": "所用的词",
        "meaning": "含义",
        "meaning_en": "英文含义",
    },
    "README": {"topic": "题目", "text": "内容"},
    "changes": _CHANGES,
    "page_changes": {**_CHANGES, "agency": "机关名称", "year": "年报所述年度"},
    "first_versions": {
        "report_id": "年报标识",
        "agency": "机关名称",
        "year": "年报所述年度",
        "scope": _SCOPE,
        "version_id": "首次取得的版本的标识",
        "status": _REPORT_STATUS,
        "title": "所印标题；未印为空",
        "published": "网页所印公布日期",
        "url": "取得地址",
    },
    "id_history": {
        "old_id": "旧标识",
        "new_id": "新标识",
        "what": "agency 机关，report 年报，version 版本",
        "reason": "缘由",
        "since": "自哪一次发布起",
    },
    "descriptions": {"table": "表名", "column": "列名；空为整个表", "text": "含义"},
    "examples": {"name": "名称", "theme": "主题", "sql": "查询语句", "text": "说明"},
    "report_totals": {
        "report_id": "年报标识",
        "agency": "机关名称",
        "year": "年度",
        "scope": _SCOPE,
        "form": _FORM,
        "本年新收": "本年新收政府信息公开申请数量，总计",
        "上年结转": "上年结转政府信息公开申请数量，总计",
        "予以公开": "予以公开，总计",
        "部分公开": "部分公开，总计",
        "办理总计": "本年度办理结果总计",
        "结转下年": "结转下年度继续办理，总计",
        "行政复议": "行政复议，总计",
        "直接起诉": "未经复议直接起诉，总计",
        "复议后起诉": "复议后起诉，总计",
    },
    "amounts_in_yuan": {
        "report_id": "年报标识",
        "agency": "机关名称",
        "year": "年度",
        "scope": _SCOPE,
        "figure": "指标，即数值的列名",
        "printed": "所印文字；印法与数值相同，或只差千分位等写法的为空",
        "印出数": "所印的数，不换算",
        "印出单位": "所印单位；未印为空",
        "折合元": "折合为元；未印单位的不折算（0 除外）",
    },
    "chapters": {
        "n": "检索次序，年度在后的大；随版次改变，不作标识；同 _search 的 rowid",
        "version_id": "版本标识",
        "chapter": "章：一至六；旧格式照印",
        "position": "在年报中的次序",
        "heading": "所印章题",
        "text": "正文；该章只有表格的为空字符串",
    },
    "grids": {
        "version_id": "版本标识",
        "number": "在年报中的次序",
        "rows": "各行各格的所印文字（JSON）",
    },
    "leftovers": {
        "version_id": "版本标识",
        "number": "序号",
        "printed": "所印文字",
        "place": "在原件中的位置",
    },
    "locators": {
        "version_id": "版本标识",
        "sha256": "读取各数值的文件之 SHA-256，其地址见 sources",
        "places": "zlib 压缩的 JSON：数值列名 → [位置, 所印文字]；"
        "所印文字与数值写法相同，或已在 figure_notes 的，只有位置",
    },
    "details": {
        "version_id": "版本标识",
        "said": "zlib 压缩的 JSON：evidence 年度、机关、日期的依据，block 索引号等著录项，"
        "attachments 所链接的附件",
    },
}


def describe() -> Iterator[tuple[str, str | None, str]]:
    """All descriptions: (table, column or None for the table itself, text)."""
    for table, text in TABLES.items():
        yield table, None, text
        for column, meaning in COLUMNS.get(table, {}).items():
            yield table, column, meaning
        if table == "figures":
            for key, slots in columns().items():
                yield table, key, meaning_of(key, slots)


TITLES |= rate_words.titles()
TABLES |= rate_words.texts()
COLUMNS |= rate_words.descriptions()
for _table, _said in meanings.said().items():
    TITLES |= {_table: _said["title"]} if "title" in _said else {}
    TABLES |= {_table: _said["text"]} if "text" in _said else {}
    COLUMNS[_table] = COLUMNS.get(_table, {}) | _said.get("columns", {})
