"""The table `README`: what a reader of the file must know first."""

from __future__ import annotations


def readme(fiction: bool) -> list[dict[str, object]]:
    """Rows of the table `README`: what a reader of the file must know first."""
    texts = {
        "这是什么": "中国行政机关政府信息公开工作年度报告的存档与数值库。"
        + ("本文件为演示数据，全部内容均属虚构。" if fiction else ""),
        "数值": "表 figures 每行为一份年报的一个版本，列名见 lines，"
        "现行版本见 reports.version_id。"
        "0 表示报告印出的 0。NULL 有三种：未填，或未读出（两者在 figure_notes 中各有一行说明），"
        "或该年报所用格式没有这一项（没有说明行；比较 lines.forms 与 versions.form_t2、form_t3）。"
        "表内数值一律照印，不作修正、换算或补全（折合元的另见“单位”）。",
        "单位": "金额照印，单位见 figure_notes.unit：2019 年格式的“采购总金额”未规定单位，"
        "同一列中元与万元并存，也有不写单位的，不可直接相加。"
        "视图 amounts_in_yuan 另列折合为元的数，只折算印出单位的。",
        "标记": "figure_notes.flags 与 versions.flags 中各词的含义见表 flags"
        "（about 为 figure 与 report）。"
        "no_t2、no_t3、no_t4 表示该章的表未从原件中读到，其数值列为 NULL，没有说明行。",
        "范围": "reports.scope：own 为机关本身，aggregate 为一级政府汇总，两者不可相加。",
        "疑点": "表 findings 为各版本未通过的核对，现行版本的见视图 current_findings。"
        "status：fail 报告所载数字不相等；uncertain 有空格，无法判定；not_assessable 有数值未读出。"
        "疑点只陈述数字，不作评价。",
        "出处": "表 sources 给出每个版本的网址、抓取时间与 SHA-256。"
        "warc_file 在数据目录的 warc/ 下，"
        "warc_offset 为记录所在的 gzip 成员的起点；SHA-256 为去除 Content-Encoding 之后的正文。",
        "地址": "sources.gone_since 为该地址自哪一天起未能取得（404、410，或返回“页面不存在”），"
        "unlisted_since 为栏目自哪一天起不再列出该地址；空值为最近一次仍在。"
        "年报一经取得即保留，不因此删除。原因可能是网站改版、迁移或其他，本档案无从知道，不作推断。",
        "未收文件": "表 unread 列出已取得而未收作年报的文件，原因见表 flags（about 为 unread）。"
        "栏目中标题不是年报、内容也不是年报的文件只在表 left_out 中计数。"
        "图片附件随其网页计数（versions.pictures），未识别文字。",
        "抓取结果": "未取得的年报，可能因栏目未登记，也可能因抓取未能完成。"
        "各栏目每次抓取的结果在数据目录的 ledger.db（表 outcomes），"
        "各词的含义见表 flags（about 为 outcome）。",
        "标题": "reports.title 为所印标题；未印标题的为 NULL，"
        "另在 title_derived 据机关与年度拟一个，不是原件文字。",
        "旧格式": "reports.form 为 legacy 的是 2008—2018 年通行的旧格式（2019、2020 年也有沿用），"
        "其统计口径与后来的格式不同，表格照录于 text.db 的 grids，不作数值。",
        "正文": "各章正文在 text.db 的 chapters；"
        "各数值在原件中的位置在其 locators（zlib 压缩的 JSON）。",
        "覆盖": "表 coverage 中 not_in_archive 表示本档案未取得，不表示该机关未公布。",
        "准确性": "未经抽样核验。",
        "English": "Figures of the annual open-government reports of Chinese agencies, as printed. "
        "0 is a printed 0. NULL is a blank or unread cell (each has a row in figure_notes) or a "
        "cell that the form of this report does not have (lines.forms). Nothing is repaired, "
        "imputed or converted; amounts mix units (figure_notes.unit). Do not add own and aggregate "
        "reports. Findings state unequal figures, no more; current_findings leaves superseded "
        "versions out. not_in_archive never means unpublished. title_derived is made up where no "
        "title is printed. gone_since, unlisted_since: since when an address gives it no more (it "
        "is kept). Tables of legacy reports stay raw (grids). Not yet audited by sample.",
    }
    return [{"topic": topic, "text": text} for topic, text in texts.items()]
