"""Tables of `text.db`."""

from __future__ import annotations

from ..search.index import SQL as SEARCH

TEXT = """
CREATE TABLE chapters (            -- 各章正文，不含标题与表格
  n            INTEGER PRIMARY KEY, -- in the order of searches, the newest year highest
  version_id   TEXT NOT NULL,
  chapter      TEXT NOT NULL,      -- 一 … 六; of a legacy report as printed
  position     INTEGER,            -- order in the report
  heading      TEXT,               -- as printed, with its number
  text         TEXT NOT NULL,      -- "" where the chapter holds a table only
  UNIQUE (version_id, chapter)
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

CREATE TABLE facts (               -- 正文所述的数字，附原句
  version_id   TEXT NOT NULL,
  number       INTEGER NOT NULL,   -- order in the report
  fact         TEXT NOT NULL,      -- app_received, disc_total …: see fact_kinds in nianbao.db
  value        ANY,                -- as stated; NULL where words deny and print no 0
  unit         TEXT,               -- as printed
  part         TEXT NOT NULL,      -- total, part
  channel      TEXT,               -- what a part is limited to
  chapter      TEXT NOT NULL,
  start        INTEGER NOT NULL,   -- of the quotation in chapters.text, from 0
  "end"        INTEGER NOT NULL,
  quote        TEXT NOT NULL,
  flags        TEXT,
  PRIMARY KEY (version_id, number)
) STRICT;

CREATE TABLE duplicates (          -- 与其他年报相同或相近的段落
  version_id   TEXT NOT NULL,
  other        TEXT NOT NULL,      -- version that has the same, of an earlier year or agency
  kind         TEXT NOT NULL,      -- own_year: last year's of the same agency; other_agency
  share        REAL NOT NULL,      -- part of this version's text that stands in the other, 0 … 1
  passages     TEXT NOT NULL,      -- JSON: [chapter, start, end, and these there] each
  PRIMARY KEY (version_id, other)
) STRICT;

CREATE TABLE locators (            -- each figure's place in the document it was read from, and
                                   -- its printed text: see archive.printed
  version_id   TEXT PRIMARY KEY,
  sha256       TEXT NOT NULL,      -- of that body; its address is in sources
  places       BLOB NOT NULL       -- zlib-compressed JSON: figure → place, or [place, printed]
                                   -- where the text is neither the number's nor in figure_notes
) STRICT;

CREATE TABLE details (             -- what a version's reading rests on: see archive.printed
  version_id   TEXT PRIMARY KEY,
  said         BLOB NOT NULL       -- zlib-compressed JSON: evidence (for year, agency, scope and
                                   -- date; converter), block (索引号 block: label to text as
                                   -- printed), attachments (files linked from the page)
) STRICT;
"""
TEXT += SEARCH
