"""Tables of `nianbao.db`."""

from __future__ import annotations

from extract.forms import Slot, columns, forms

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


def label_of(slots: tuple[Slot, ...], *, english: bool = False) -> str:
    """Label of a figure column: `三（一）予以公开 · 总计`.

    Where the forms word it differently, the newer form's wording is taken.
    """
    slot = slots[-1]
    if english:
        return f"{slot.line.label_en}: {slot.measure.label_en}"
    return f"{slot.line.name} · {slot.measure.label}"


def figures_table() -> str:
    """The statement that creates the wide table of figures, from the forms."""
    lines = [f'  "{key}" ANY,  -- {label_of(slots)}' for key, slots in columns().items()]
    return (
        "CREATE TABLE figures (  -- 数值：0 为印出的 0；NULL 为未填、未读出（见 figure_notes），\n"
        "                        -- 或该年报所用格式没有这一项（见 lines.forms）\n"
        + "\n".join(lines)
        + "\n  version_id TEXT PRIMARY KEY REFERENCES versions(version_id)\n) STRICT;"
    )


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
