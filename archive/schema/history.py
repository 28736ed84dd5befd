"""Tables and views of what changed: `changes`, `id_history`, first versions, page changes."""

from __future__ import annotations

from .compact import AGENCY

#: What the view page_changes selects. The view of reports joins two tables; on the right of a
#: LEFT JOIN all of it would be worked out first, a country's for six changes.
PAGE_CHANGES = f"""
SELECT c.change_id, c.report_id, {AGENCY}, r.year, c.kind, c.from_version, c.to_version, c.url,
  c.seen_before, c.seen_after, c.cells, c.detail
FROM changes c LEFT JOIN _reports r USING (report_id)
WHERE c.cause = 'page' AND c.kind <> 'first'"""

HISTORY = f"""
CREATE TABLE changes (             -- 年报的变动，每次一行；只有一个版本的年报没有 first 行
  change_id    TEXT PRIMARY KEY,   -- <report_id>.c1, .c2 …
  report_id    TEXT NOT NULL,
  number       INTEGER NOT NULL,   -- order within the report; causes reader, curation come last
  kind         TEXT NOT NULL,      -- first, cosmetic, text, figures, gone (its addresses give it
                                   -- no more), back (again there, or an earlier text put back)
  cause        TEXT NOT NULL,      -- page (the address gives something else), migration (other
                                   -- addresses give other words), reader (the same bytes read
                                   -- otherwise by a later reader), curation (decided by hand)
  from_version TEXT,               -- version before; NULL if none, or if the same came back
  to_version   TEXT,               -- version after; NULL if gone
  url          TEXT NOT NULL,      -- address concerned
  seen_before  TEXT,               -- when the state before was seen last, UTC
  seen_after   TEXT NOT NULL,      -- when the state after was seen first, UTC; the change was
                                   -- made at some time between the two
  cells        TEXT NOT NULL,      -- JSON: figure to [printed before, printed after]
  detail       TEXT                -- chapters that differ; what was not compared
) STRICT;
CREATE INDEX changes_report ON changes(report_id, number);
CREATE INDEX changes_cause ON changes(cause, seen_after);

CREATE TABLE id_history (          -- 旧标识及其现指
  old_id       TEXT PRIMARY KEY,   -- an id that a release gave and this one does not
  new_id       TEXT NOT NULL,      -- what holds its first body now
  what         TEXT NOT NULL,      -- agency, report or version
  reason       TEXT NOT NULL,      -- identified (an agency became known), merged (the present
                                   -- reader reads two versions alike), reassigned (read as another
                                   -- year's or agency's)
  since        TEXT NOT NULL       -- begins the name of the first release that said so
) STRICT;

CREATE VIEW page_changes AS        -- 页面变更：原网页前后所给文本或数值不同，新的在前{PAGE_CHANGES}
ORDER BY c.seen_after DESC, c.change_id;

CREATE VIEW first_versions AS      -- 每份年报的最初版本（首次取得的文本）
SELECT r.report_id, r.agency, r.year, r.scope, v.version_id, v.status, v.title, v.published, v.url
FROM reports r JOIN versions v ON v.version_id = coalesce(
  (SELECT c.to_version FROM changes c WHERE c.report_id = r.report_id AND c.kind = 'first'),
  r.version_id);
"""
