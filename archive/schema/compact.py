"""Tables that hold much in little, and the views through which people read them.

A country is 100,000 reports, and a release must stay a file that can be mailed about:
at most 1 KB a report. So what would be said again and again is said once (`_words`,
`_said`, `_equations`), digests and record ids are bytes, versions are numbered, and a
run of cells with the same note is one row. Names of such tables begin with `_`; the
views below give them back in words, with text ids, hex digests and ISO times.
"""

from __future__ import annotations

#: What a sentence of a finding says of a side without a number.
NOTHING, NOTHING_EN = "（空）", "empty"
#: How nearly all findings were read; not stored.
CERTAIN = "certain"

TABLES = """
CREATE TABLE _words (               -- texts that many rows share
  n INTEGER PRIMARY KEY, word TEXT NOT NULL
) STRICT;

CREATE TABLE _years (year INTEGER PRIMARY KEY) STRICT;  -- of coverage

CREATE TABLE _versions (            -- see the view versions
  n            INTEGER PRIMARY KEY, -- number in this file, no id: another release has others
  version_id   TEXT NOT NULL UNIQUE,
  number       INTEGER NOT NULL,
  report_id    TEXT AS (substr(version_id, 1, length(version_id) - 2 - length(number))) VIRTUAL,
  status       TEXT NOT NULL,
  title        TEXT,                -- its beginning
  title_end    INTEGER REFERENCES _words(n),
  title_derived TEXT,
  published    TEXT,
  signed       TEXT,
  format       TEXT,
  form         TEXT,
  form_t2      ANY,                 -- 1: as form
  form_t3      ANY,                 -- 1: as form
  base         INTEGER NOT NULL REFERENCES _words(n),
  path         TEXT NOT NULL,       -- the url behind its base
  flags        TEXT,
  pictures     INTEGER NOT NULL,
  text_sha256    BLOB NOT NULL,
  figures_sha256 BLOB NOT NULL
) STRICT;

CREATE TABLE _reports (             -- see the view reports
  n            INTEGER PRIMARY KEY REFERENCES _versions(n),  -- its current version
  report_id    TEXT NOT NULL UNIQUE,
  scope        TEXT NOT NULL,
  year         INTEGER NOT NULL,
  agency_id    TEXT AS (             -- report_id without year and -agg
    substr(report_id, 1, length(report_id) - CASE scope WHEN 'aggregate' THEN 9 ELSE 5 END)
  ) VIRTUAL REFERENCES agencies(agency_id),
  agency       TEXT,                -- NULL: as agencies.name
  region_name  TEXT,                -- NULL: as in agencies
  status       TEXT NOT NULL,
  form         TEXT,
  published_source INTEGER REFERENCES _words(n),
  portal       INTEGER NOT NULL REFERENCES _words(n),
  failed       INTEGER NOT NULL,
  uncertain    INTEGER NOT NULL,
  not_assessable INTEGER NOT NULL,
  passed       INTEGER NOT NULL,
  must_failed  INTEGER NOT NULL,
  informative  INTEGER NOT NULL
) STRICT;
CREATE INDEX _reports_agency ON _reports(agency_id, year);

CREATE TABLE _sources (             -- see the view sources
  version      INTEGER NOT NULL REFERENCES _versions(n),
  number       INTEGER NOT NULL,
  base         INTEGER REFERENCES _words(n),
  path         TEXT,                -- NULL: the url is that of the version
  sha256       BLOB NOT NULL,
  portal       INTEGER NOT NULL REFERENCES _words(n),
  role         INTEGER NOT NULL REFERENCES _words(n),
  listing      INTEGER REFERENCES _words(n),
  list_title   ANY,                 -- 1: the title of the version
  list_date    ANY,                 -- 1: the published date of the version
  http_status  INTEGER,
  content_type INTEGER REFERENCES _words(n),
  bytes        INTEGER NOT NULL,
  captured_at  ANY NOT NULL,        -- milliseconds since 1970, or as noted
  last_seen    ANY,                 -- NULL: captured_at
  gone_since   TEXT,
  unlisted_since TEXT,
  record_id    ANY NOT NULL,        -- bytes of its UUID, or as noted
  warc_file    INTEGER NOT NULL REFERENCES _words(n),
  warc_offset  INTEGER NOT NULL,
  PRIMARY KEY (version, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE _said (                -- what notes of figures say
  n            INTEGER PRIMARY KEY,
  printed      TEXT,
  status       TEXT NOT NULL,
  unit         TEXT,
  flags        TEXT
) STRICT;

CREATE TABLE _notes (               -- see the view figure_notes
  version      INTEGER NOT NULL REFERENCES _versions(n),
  first        INTEGER NOT NULL,    -- lines.position of the first figure of the run
  last         INTEGER NOT NULL,    -- and of the last
  said         INTEGER NOT NULL REFERENCES _said(n),
  printed      TEXT,                -- where a number is printed; else in _said
  PRIMARY KEY (version, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE _equations (           -- what findings say
  n            INTEGER PRIMARY KEY,
  "check"      TEXT NOT NULL,
  status       TEXT NOT NULL,
  figures      TEXT NOT NULL,
  open         INTEGER NOT NULL,    -- 1: {left}, {right} stand for the numbers of the finding
  sentence     TEXT NOT NULL,
  sentence_en  TEXT NOT NULL
) STRICT;

CREATE TABLE _findings (            -- see the view findings
  version      INTEGER NOT NULL REFERENCES _versions(n),
  number       INTEGER NOT NULL,
  equation     INTEGER NOT NULL REFERENCES _equations(n),
  "left"       ANY,
  "right"      ANY,
  PRIMARY KEY (version, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE _finding_more (        -- of the few that are not certain, or name another version
  version      INTEGER NOT NULL,
  number       INTEGER NOT NULL,
  reading      INTEGER REFERENCES _words(n),  -- NULL: certain
  related      INTEGER REFERENCES _versions(n),
  PRIMARY KEY (version, number)
) STRICT, WITHOUT ROWID;
"""


def _word(column: str) -> str:
    """The text of a number; fetched only where the column is asked for."""
    return f"(SELECT word FROM _words WHERE n = {column})"


def _url(table: str) -> str:
    return f"{_word(f'{table}.base')} || {table}.path"


_TITLE = f"v.title || coalesce({_word('v.title_end')}, '')"


def _of_version(column: str) -> str:
    """A report's column that its current version holds."""
    return f"(SELECT v.{column} FROM _versions v WHERE v.n = r.n) AS {column}"


def _hex(column: str) -> str:
    return f"lower(hex({column}))"


def iso_time(column: str) -> str:
    """ISO time of a column in milliseconds; what is not in milliseconds stands as noted."""
    return (
        f"CASE typeof({column}) WHEN 'integer' THEN strftime('%Y-%m-%dT%H:%M:%S', "
        f"{column} / 1000, 'unixepoch') || printf('.%03dZ', {column} % 1000) ELSE {column} END"
    )


def _record_id(column: str) -> str:
    parts = ", '-', ".join(f"substr({_hex(column)}, {at}, {size})" for at, size in _UUID)
    joined = parts.replace(", '-', ", " || '-' || ")
    return (
        f"CASE typeof({column}) WHEN 'blob' THEN '<urn:uuid:' || {joined} || '>' ELSE {column} END"
    )


_UUID = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
_SEEN = "FROM _sources s WHERE s.version = v.n"
_LAST_SEEN = "coalesce(s.last_seen, s.captured_at)"


def _filled(column: str, nothing: str) -> str:
    """A finding's sentence with its numbers."""
    return (
        f"CASE e.open WHEN 1 THEN replace(replace({column}, "
        f"'{{left}}', coalesce(f.\"left\", '{nothing}')), "
        f"'{{right}}', coalesce(f.\"right\", '{nothing}')) ELSE {column} END"
    )


def _more(column: str) -> str:
    """What few findings have."""
    of_it = "m.version = f.version AND m.number = f.number"
    return f"(SELECT {column} FROM _finding_more m WHERE {of_it})"


def _finding_columns(version_id: str) -> str:
    return f"""
  {version_id} AS version_id,
  f.number AS number,
  r.report_id AS report_id,
  e."check" AS "check",             -- C01 …
  e.status AS status,               -- fail / uncertain / not_assessable
  f."left" AS "left",               -- left side of the equation
  f."right" AS "right",
  e.figures AS figures,             -- JSON: keys of the figures concerned
  {_filled("e.sentence", NOTHING)} AS sentence,
  {_filled("e.sentence_en", NOTHING_EN)} AS sentence_en,
  coalesce({_more(_word("m.reading"))}, '{CERTAIN}') AS reading,  -- or shift_suspected
  {_more("(SELECT o.version_id FROM _versions o WHERE o.n = m.related)")} AS related
"""


_VERSION_ID = "SELECT v.version_id FROM _versions v WHERE v.n = r.n"
# The second line lets the index of version ids find the versions of a report.
_REPORT_OF_VERSION = """JOIN _reports r ON r.report_id = v.report_id
AND v.version_id > r.report_id || '.v' AND v.version_id < r.report_id || '.w'"""

#: The printed name of the agency of `_reports r`.
AGENCY = (
    "coalesce(r.agency, (SELECT a.name FROM agencies a WHERE a.agency_id = r.agency_id)) AS agency"
)

# The view of reports joins the agencies: who filters by kind or region has these looked through,
# and not all reports. Every report has its agency's row.
VIEWS = f"""
CREATE VIEW reports AS              -- one row a current report, unread ones too
SELECT
  r.report_id AS report_id,         -- <agency_id>-<year>, -agg for an aggregate one
  r.agency_id AS agency_id,
  coalesce(r.agency, a.name) AS agency,
  a.region_code AS region_code,     -- of the report's year; NULL while unresolved
  coalesce(r.region_name, a.region_name) AS region_name,
  a.kind AS kind,
  r.scope AS scope,                 -- own / aggregate / unknown
  r.year AS year,                   -- report year
  r.status AS status,               -- read, attachment_unread, needs_ocr, needs_converter, …
  r.form AS form,                   -- of table two, else three, by its labels; legacy before 2019
  (SELECT {_TITLE} FROM _versions v WHERE v.n = r.n) AS title,  -- printed title, or NULL
  {_of_version("title_derived")},   -- made up from agency and year where none is printed
  {_of_version("published")},       -- date printed by the page, ISO
  {_word("r.published_source")} AS published_source,  -- where: label, meta pubdate, …
  {_of_version("signed")},          -- date of the signature block, ISO
  {_of_version("flags")},           -- year_conflict, form_year_conflict …, separated by spaces
  ({_VERSION_ID}) AS version_id,    -- the current one
  (SELECT {_url("v")} FROM _versions v WHERE v.n = r.n) AS url,  -- where that was obtained
  {_word("r.portal")} AS portal,    -- registry key, or import
  r.failed AS failed,               -- findings with status fail; not of informative checks
  r.uncertain AS uncertain,         -- findings with status uncertain: a blank, no unit printed
  r.not_assessable AS not_assessable,
  r.passed AS passed,               -- checks passed
  r.must_failed AS must_failed,     -- of failed, those whose check's strength is must
  r.informative AS informative      -- findings of informative checks, counted apart
FROM _reports r JOIN agencies a ON a.agency_id = r.agency_id;

CREATE VIEW versions AS             -- a report's text or figures, each time they changed
SELECT
  v.version_id AS version_id,       -- <report_id>.v1, .v2 …
  r.report_id AS report_id,
  v.number AS number,
  v.status AS status,               -- as in reports
  {_TITLE} AS title,
  v.title_derived AS title_derived,
  v.published AS published,
  v.signed AS signed,
  v.format AS format,               -- html, text, pdf, docx, sheet, ofd, picture; NULL if unread
  v.form AS form,
  CASE v.form_t2 WHEN 1 THEN v.form ELSE v.form_t2 END AS form_t2,
  CASE v.form_t3 WHEN 1 THEN v.form ELSE v.form_t3 END AS form_t3,
  {_url("v")} AS url,               -- where it was obtained
  v.flags AS flags,                 -- as in reports
  v.pictures AS pictures,           -- picture files obtained with its page, and not read
  {_hex("v.text_sha256")} AS text_sha256,  -- of title, agency, chapters as published, no space
  {_hex("v.figures_sha256")} AS figures_sha256,  -- of printed texts and units as published
  (SELECT min({iso_time("s.captured_at")}) {_SEEN}) AS first_seen,  -- of its sources, UTC
  (SELECT max({iso_time(_LAST_SEEN)}) {_SEEN}) AS last_seen  -- of its sources, UTC
FROM _versions v {_REPORT_OF_VERSION};

CREATE VIEW sources AS              -- where the bytes of a version were obtained; also pages
                                    -- that only link to its file, and files of a page that
                                    -- print its figures
SELECT
  v.version_id AS version_id,
  CASE WHEN s.path IS NULL THEN {_url("v")} ELSE {_url("s")} END AS url,
  {_hex("s.sha256")} AS sha256,     -- of the body, content-encoding removed
  {_word("s.portal")} AS portal,
  {_word("s.role")} AS role,        -- article, attachment (a page links to it), import,
                                    -- node (a branch or column that is the article)
  {_word("s.listing")} AS listing,  -- address of the column that linked here
  CASE s.list_title WHEN 1 THEN {_TITLE} ELSE s.list_title END AS list_title,
  CASE s.list_date WHEN 1 THEN v.published ELSE s.list_date END AS list_date,
  s.http_status AS http_status,     -- NULL for an imported document
  {_word("s.content_type")} AS content_type,
  s.bytes AS bytes,
  {iso_time("s.captured_at")} AS captured_at,  -- first capture of these bytes, UTC
  {iso_time(_LAST_SEEN)} AS last_seen,  -- latest capture of the same bytes, UTC
  s.gone_since AS gone_since,       -- day of the first run of those that in vain asked for this
                                    -- address, up to now; NULL if it gave a report last
  s.unlisted_since AS unlisted_since,  -- day of the first run since which its column omits it
  {_record_id("s.record_id")} AS record_id,  -- WARC-Record-ID of the first capture
  {_word("s.warc_file")} AS warc_file,
  s.warc_offset AS warc_offset
FROM _sources s JOIN _versions v ON v.n = s.version;

CREATE VIEW figure_notes AS         -- only figures that are not a plain number
SELECT
  v.version_id AS version_id,
  l.figure AS figure,
  coalesce(n.printed, t.printed) AS printed,  -- text of the cell as printed
  t.status AS status,               -- reported, blank, dash, slash, none_word, unparsed, …
  t.unit AS unit,                   -- unit printed in the cell or its heading
  t.flags AS flags                  -- what is unusual, separated by spaces
FROM _notes n JOIN _versions v ON v.n = n.version JOIN _said t ON t.n = n.said
JOIN lines l ON l.position BETWEEN n.first AND n.last;

CREATE VIEW findings AS             -- checks that did not pass
SELECT{_finding_columns("v.version_id")}FROM _versions v {_REPORT_OF_VERSION}
JOIN _findings f ON f.version = v.n JOIN _equations e ON e.n = f.equation;

CREATE VIEW current_findings AS     -- 现行版本的疑点；表 findings 另含已被取代的版本
SELECT{_finding_columns(f"({_VERSION_ID})")}FROM _reports r
JOIN _findings f ON f.version = r.n JOIN _equations e ON e.n = f.equation;
"""
