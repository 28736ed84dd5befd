"""Tables of a release. The comments inside the statements travel in the file.

SQLite keeps the text of a CREATE statement, so whoever opens `nianbao.db` without
this project still reads what each column means.
"""

from __future__ import annotations

from sqlite_utils import Database

from extract.forms import Slot, columns, forms
from extract.units import YUAN

APPLICATION_ID = 0x6E627A78  # "nbzx", written into the file's header
SCHEMA_VERSION = 1

NIANBAO = """
CREATE TABLE agencies (            -- 行政机关
  agency_id    TEXT PRIMARY KEY,   -- region code + kind; u-… while unresolved
  name         TEXT NOT NULL,      -- printed name
  region_code  TEXT,               -- NULL while unresolved
  region_name  TEXT,
  kind         TEXT,               -- government, finance, audit, town …
  kind_name    TEXT,
  resolved     INTEGER NOT NULL,   -- 0: name not yet tied to a region and kind
  reports      INTEGER NOT NULL,   -- reports in this release
  first_year   INTEGER,
  last_year    INTEGER
) STRICT;

CREATE TABLE reports (             -- one row a current report, unread ones too
  report_id    TEXT PRIMARY KEY,   -- <agency_id>-<year>, -agg for an aggregate one
  agency_id    TEXT NOT NULL REFERENCES agencies(agency_id),
  agency       TEXT NOT NULL,
  region_code  TEXT,
  region_name  TEXT,
  kind         TEXT,
  scope        TEXT NOT NULL,      -- own / aggregate / unknown
  year         INTEGER NOT NULL,   -- report year
  status       TEXT NOT NULL,      -- read, attachment_unread, needs_ocr, needs_converter, …
  form         TEXT,               -- of table two, else three, by its labels; legacy before 2019
  title        TEXT,               -- printed title; NULL if none is printed
  title_derived TEXT,              -- made up from agency and year where none is printed
  published    TEXT,               -- date printed by the page, ISO
  published_source TEXT,           -- where the page prints it: label, meta pubdate, under title …
  signed       TEXT,               -- date of the signature block, ISO
  flags        TEXT,               -- year_conflict, form_year_conflict …, separated by spaces
  version_id   TEXT NOT NULL REFERENCES versions(version_id),
  url          TEXT NOT NULL,      -- where the current version was obtained
  portal       TEXT NOT NULL,      -- registry key, or import
  failed       INTEGER NOT NULL,   -- findings with status fail
  uncertain    INTEGER NOT NULL,   -- findings with status uncertain
  not_assessable INTEGER NOT NULL,
  passed       INTEGER NOT NULL    -- checks passed
) STRICT;
CREATE INDEX reports_agency ON reports(agency_id, year);
CREATE INDEX reports_year ON reports(year);
CREATE INDEX reports_kind ON reports(kind);
CREATE INDEX reports_region ON reports(region_code);
CREATE INDEX reports_form ON reports(form);
CREATE INDEX reports_status ON reports(status);

CREATE TABLE versions (            -- a report's text or figures, each time they changed
  version_id   TEXT PRIMARY KEY,   -- <report_id>.v1, .v2 …
  report_id    TEXT NOT NULL,
  number       INTEGER NOT NULL,
  status       TEXT NOT NULL,      -- as in reports
  title        TEXT,
  title_derived TEXT,
  published    TEXT,
  signed       TEXT,
  format       TEXT,               -- html, text, pdf, docx, sheet, ofd; NULL if unread
  form         TEXT,
  form_t2      TEXT,
  form_t3      TEXT,
  url          TEXT NOT NULL,      -- where it was obtained
  evidence     TEXT NOT NULL,      -- JSON: evidence for year, agency, scope and date; converter
  block        TEXT,               -- JSON: 索引号 block, label to text as printed
  flags        TEXT,               -- as in reports
  attachments  TEXT NOT NULL,      -- JSON: files linked from the page
  pictures     INTEGER NOT NULL,   -- picture files obtained with its page, and not read
  text_sha256  TEXT NOT NULL,      -- of title, agency and chapters, white space removed
  figures_sha256 TEXT NOT NULL     -- of printed texts and units
) STRICT;
CREATE INDEX versions_report ON versions(report_id);

CREATE TABLE sources (             -- where the bytes of a version were obtained; also pages
                                   -- that only link to its file, and files of a page that
                                   -- print its figures
  version_id   TEXT NOT NULL REFERENCES versions(version_id),
  url          TEXT NOT NULL,
  sha256       TEXT NOT NULL,      -- of the body, content-encoding removed
  portal       TEXT NOT NULL,
  role         TEXT NOT NULL,      -- article, node (a branch or column that is the article),
                                   -- attachment (a page links to it), import
  listing      TEXT,               -- address of the column that linked here
  list_title   TEXT,
  list_date    TEXT,
  http_status  INTEGER,            -- NULL for an imported document
  content_type TEXT,
  bytes        INTEGER NOT NULL,
  captured_at  TEXT NOT NULL,      -- first capture of these bytes, UTC
  last_seen    TEXT NOT NULL,      -- latest capture of the same bytes, UTC
  gone_since   TEXT,               -- day of the first run of those that in vain asked for this
                                   -- address, up to now; NULL if it gave a report last
  unlisted_since TEXT,             -- day of the first run since which its column omits it
  record_id    TEXT NOT NULL,      -- WARC-Record-ID of the first capture
  warc_file    TEXT NOT NULL,
  warc_offset  INTEGER NOT NULL,
  PRIMARY KEY (version_id, url, sha256)
) STRICT;

CREATE TABLE figure_notes (        -- only figures that are not a plain number
  version_id   TEXT NOT NULL REFERENCES versions(version_id),
  figure       TEXT NOT NULL REFERENCES lines(figure),
  printed      TEXT,               -- text of the cell as printed
  status       TEXT NOT NULL,      -- reported, blank, dash, slash, none_word, unparsed, …
  unit         TEXT,               -- unit printed in the cell or its heading
  flags        TEXT,               -- what is unusual, separated by spaces
  PRIMARY KEY (version_id, figure)
) STRICT;

CREATE TABLE findings (            -- checks that did not pass
  version_id   TEXT NOT NULL REFERENCES versions(version_id),
  number       INTEGER NOT NULL,
  report_id    TEXT NOT NULL,
  "check"      TEXT NOT NULL,      -- C01 …
  status       TEXT NOT NULL,      -- fail / uncertain / not_assessable
  "left"       ANY,                -- left side of the equation
  "right"      ANY,
  figures      TEXT NOT NULL,      -- JSON: keys of the figures concerned
  sentence     TEXT NOT NULL,
  sentence_en  TEXT NOT NULL,
  PRIMARY KEY (version_id, number)
) STRICT;
CREATE INDEX findings_check ON findings("check", status);

CREATE TABLE coverage (            -- agency × year, for every agency and year known here
  agency_id    TEXT NOT NULL REFERENCES agencies(agency_id),
  year         INTEGER NOT NULL,
  status       TEXT NOT NULL,      -- as in reports, or not_in_archive
  report_id    TEXT,
  PRIMARY KEY (agency_id, year)
) STRICT;

CREATE TABLE unread (              -- captured candidates that are no report here, and why
  url          TEXT NOT NULL,
  sha256       TEXT NOT NULL,
  portal       TEXT NOT NULL,
  list_title   TEXT,
  reason       TEXT NOT NULL,      -- not_a_report, soft_404, wrong_type, no_year …: see flags
  detail       TEXT NOT NULL,
  PRIMARY KEY (url, sha256)
) STRICT;

CREATE TABLE left_out (            -- documents of a column under titles that are no report's,
                                   -- and that are no reports: counted, not listed
  portal       TEXT PRIMARY KEY,
  documents    INTEGER NOT NULL
) STRICT;

CREATE TABLE lines (               -- the codebook: one row a column of figures
  figure       TEXT PRIMARY KEY,   -- name of the column
  position     INTEGER NOT NULL,
  "table"      TEXT NOT NULL,      -- t2, t3, t4: chapter of the report
  line         TEXT NOT NULL,
  measure      TEXT NOT NULL,
  label        TEXT NOT NULL,
  label_en     TEXT NOT NULL,
  kind         TEXT NOT NULL,      -- count, signed, money
  unit         TEXT,               -- unit named by the form
  basis        TEXT,               -- legal basis
  forms        TEXT NOT NULL       -- forms that print it
) STRICT;

CREATE TABLE flags (               -- 标记、原因与抓取结果的含义
  about        TEXT NOT NULL,      -- figure, report (flags), unread (reasons), outcome (crawls)
  flag         TEXT NOT NULL,
  meaning      TEXT NOT NULL,
  meaning_en   TEXT NOT NULL,
  PRIMARY KEY (about, flag)
) STRICT;

CREATE TABLE README (topic TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
"""

VIEWS = """
CREATE VIEW report_totals AS       -- 现行年报的申请总数与办理结果（未填为空；各 scope 不可相加）
SELECT r.report_id, r.agency, r.year, r.scope, r.form,
  f.t3_received_new_total AS 本年新收, f.t3_carried_in_total AS 上年结转,
  f.t3_granted_total AS 予以公开, f.t3_partial_total AS 部分公开,
  f.t3_processed_total_total AS 办理总计, f.t3_carried_out_total AS 结转下年,
  f.t4_review_total AS 行政复议, f.t4_suit_direct_total AS 直接起诉,
  f.t4_suit_after_review_total AS 复议后起诉
FROM reports r JOIN figures f USING (version_id);

CREATE VIEW current_findings AS    -- 现行版本的疑点；表 findings 另含已被取代的版本
SELECT f.* FROM findings f JOIN reports USING (version_id);
"""

TEXT = """
CREATE TABLE chapters (            -- 各章正文，不含标题与表格
  version_id   TEXT NOT NULL,
  chapter      TEXT NOT NULL,      -- 一 … 六; of a legacy report as printed
  position     INTEGER,            -- order in the report
  heading      TEXT,               -- as printed, with its number
  text         TEXT NOT NULL,      -- "" where the chapter holds a table only
  PRIMARY KEY (version_id, chapter)
) STRICT;

CREATE TABLE grids (               -- 旧格式年报中的表格，照录，不作数值
  version_id   TEXT NOT NULL,
  number       INTEGER NOT NULL,   -- order in the report
  rows         TEXT NOT NULL,      -- JSON: rows of cell texts as printed
  PRIMARY KEY (version_id, number)
) STRICT;

CREATE TABLE leftovers (           -- 法定表格中未归入任何数值的数字
  version_id   TEXT NOT NULL,
  number       INTEGER NOT NULL,
  printed      TEXT NOT NULL,
  place        TEXT NOT NULL,      -- place in the document
  PRIMARY KEY (version_id, number)
) STRICT;

CREATE TABLE locators (            -- place of each figure in the document that it was read from
  version_id   TEXT PRIMARY KEY,
  sha256       TEXT NOT NULL,      -- of that body; its address is in sources
  places       BLOB NOT NULL       -- zlib-compressed JSON: figure → place
) STRICT;
"""

#: Columns that do not enter the content hash (shared design): ids of records and runs,
#: times of capture.
VOLATILE: dict[str, frozenset[str]] = {
    "sources": frozenset({"captured_at", "last_seen", "record_id", "warc_file", "warc_offset"}),
}


def label_of(slots: tuple[Slot, ...], *, english: bool = False) -> str:
    """Label of a figure column: `三（一）予以公开 · 总计`.

    Where the forms word it differently, the newer form's wording is taken.
    """
    slot = slots[-1]
    if english:
        return f"{slot.line.label_en}: {slot.measure.label_en}"
    return f"{slot.line.name} · {slot.measure.label}"


def _figures_table() -> str:
    lines = [f'  "{key}" ANY,  -- {label_of(slots)}' for key, slots in columns().items()]
    return (
        "CREATE TABLE figures (  -- 数值：0 为印出的 0；NULL 为未填、未读出（见 figure_notes），\n"
        "                        -- 或该年报所用格式没有这一项（见 lines.forms）\n"
        + "\n".join(lines)
        + "\n  version_id TEXT PRIMARY KEY REFERENCES versions(version_id)\n) STRICT;"
    )


def _amounts_view() -> str:
    """Money of current reports beside its amount in yuan, where a unit is printed."""
    cases = " ".join(f"WHEN '{unit}' THEN {factor}" for unit, factor in YUAN.items())
    selects = [
        f"SELECT r.report_id, r.agency, r.year, r.scope, '{key}' AS figure, n.printed, "
        f'f."{key}" AS 印出数, n.unit AS 印出单位,\n'
        f'  CASE WHEN f."{key}" = 0 THEN 0 ELSE round(f."{key}" * '
        f"CASE n.unit {cases} END, 2) END AS 折合元\n"
        "FROM reports r JOIN figures f USING (version_id)\n"
        f"LEFT JOIN figure_notes n ON n.version_id = r.version_id AND n.figure = '{key}'\n"
        f'WHERE f."{key}" IS NOT NULL'
        for key, slots in columns().items()
        if slots[-1].measure.kind == "money"
    ]
    return (
        "CREATE VIEW amounts_in_yuan AS    -- 金额折合为元：未印单位的不折算（0 除外）\n"
        + "\nUNION ALL\n".join(selects)
        + ";"
    )


def create(nianbao: Database, text: Database) -> None:
    """Create the tables of a release in two empty databases."""
    nianbao.executescript(NIANBAO + _figures_table() + VIEWS + _amounts_view())
    nianbao.executescript(
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
    )
    text.executescript(TEXT)


def codebook() -> list[dict[str, object]]:
    """Rows of the table `lines`, from the forms."""
    printed = {code: frozenset(form.slots()) for code, form in forms().items()}
    return [
        {
            "figure": key,
            "position": position,
            "table": slots[-1].line.table,
            "line": slots[-1].line.code,
            "measure": slots[-1].measure.code,
            "label": label_of(slots),
            "label_en": label_of(slots, english=True),
            "kind": slots[-1].measure.kind,
            "unit": slots[-1].measure.unit or None,
            "basis": slots[-1].line.basis or None,
            "forms": " ".join(c for c, own in printed.items() if not own.isdisjoint(slots)),
        }
        for position, (key, slots) in enumerate(columns().items())
    ]


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
