"""Tables of `text.db`."""

from __future__ import annotations

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
