"""Tables of what people did: corrections, what is withheld, audits by sample."""

from __future__ import annotations

TRUST = """
CREATE TABLE corrections (         -- 更正：人据存档页面读出的数值，叠加于机器读数之上
  correction_id TEXT PRIMARY KEY,  -- <report_id>.<figure>.<sha256, 12 digits of it>; of a whole
                                   -- document entered.<12 digits>
  kind         TEXT NOT NULL,      -- figure, or document (entered by hand, twice)
  state        TEXT NOT NULL,      -- applied, agrees (the machine reads the same by now), void
  void_because TEXT,               -- digest, no_report, no_figure, replaced (by a later one),
                                   -- machine_reads_it (otherwise, by now); NULL unless void
  report_id    TEXT,               -- today's id; as the decision names it if there is no such
                                   -- report, NULL of a document that became none
  version_id   TEXT,               -- version that it is of; NULL if there is none
  figure       TEXT,               -- column of figures; NULL of a document
  sha256       TEXT NOT NULL,      -- body in which people read it
  machine_printed TEXT,            -- what the machine read there, as before the correction
  machine_value ANY,
  machine_unit TEXT,
  machine_status TEXT,             -- NULL if it found no such cell; of a document why it is unread
  printed      TEXT,               -- what people read; empty if the cell is blank, NULL if there
                                   -- is no such cell, and of a document
  value        ANY,
  unit         TEXT,               -- printed in the cell or its heading
  status       TEXT,               -- as figure_notes has it: hand_read, blank …; NULL if void
  reason       TEXT NOT NULL,
  evidence     TEXT NOT NULL,
  contributor  TEXT NOT NULL,      -- a name, or anonymous
  checked_by   TEXT NOT NULL,
  date         TEXT NOT NULL
) STRICT;
CREATE INDEX corrections_reports ON corrections(report_id);
CREATE INDEX corrections_versions ON corrections(version_id);

CREATE TABLE withheld (            -- 隐去：不再展示的内容，此处只留日期与原因类别
  tombstone_id TEXT PRIMARY KEY,
  what         TEXT NOT NULL,      -- capture, page, span, or deleted (taken out of the WARC file)
  reason       TEXT NOT NULL,      -- privacy, court, rights, agency, mistake
  date         TEXT NOT NULL,
  report_id    TEXT,               -- report concerned, as far as one is
  version_id   TEXT,               -- of a span: that it is in; else one that is here no more
  chapter      TEXT,               -- of a span
  sha256       TEXT,               -- of the body concerned
  record_id    TEXT,               -- of a deleted record
  is_report    INTEGER NOT NULL    -- 1: nothing else is left of this report here
) STRICT;
CREATE INDEX withheld_reports ON withheld(report_id, is_report);
CREATE INDEX withheld_versions ON withheld(version_id);
CREATE INDEX withheld_bodies ON withheld(sha256);

CREATE TABLE audits (              -- 抽样核验的结果，一行一次核验的一项；没有一行即未经抽样核验
  audit        TEXT NOT NULL,
  measure      TEXT NOT NULL,      -- what is counted: wrong, invented, missing cells …
  title        TEXT NOT NULL,
  errors       INTEGER NOT NULL,   -- in the sample
  "of"         INTEGER NOT NULL,   -- units in the sample
  estimate     REAL NOT NULL,      -- weighted estimate for the audited release; 0.01 is 1 %; to
                                   -- non-zero cells it can be above 1
  low          REAL NOT NULL,      -- 95 % interval, clustered by report
  high         REAL NOT NULL,
  cautious_high REAL NOT NULL,     -- if reports wrong as a whole may be there, and none was drawn
  reports      INTEGER NOT NULL,   -- documents drawn and transcribed
  release      TEXT NOT NULL,      -- the audited release
  content_hash TEXT NOT NULL,      -- its content
  reader       TEXT NOT NULL,      -- version of the reader that read it
  seed         INTEGER NOT NULL,   -- of the draw: with both anybody draws the same documents
  size         INTEGER NOT NULL,   -- how many read reports were asked for
  is_current   INTEGER NOT NULL,   -- 1: this release is read by the audited reader
  date         TEXT NOT NULL,
  PRIMARY KEY (audit, measure)
) STRICT;
"""
