"""Tables of `nianbao.db`."""

from __future__ import annotations

from extract.forms import Slot, columns
from extract.forms.meaning import of_figure, told

NIANBAO = """
CREATE TABLE agencies (            -- 行政机关
  agency_id    TEXT PRIMARY KEY,   -- region code + kind; cn-… of the State; u-… while unresolved
  name         TEXT NOT NULL,      -- printed name; others are in agency_names
  region_code  TEXT,               -- of the reports' years; NULL while unresolved, and for cn-…
  region_name  TEXT,
  kind         TEXT,               -- government, finance, audit, town …
  kind_name    TEXT,
  short_name   TEXT,               -- 区财政局
  level        TEXT,               -- country, province, prefecture, county, township
  org_form     TEXT,               -- department, government, office, branch, devzone, institution
  is_vertical  INTEGER,            -- 1: 垂直管理 (tax, customs …), not in the local aggregate
  parent_id    TEXT,               -- agency above it: of a department its government
  successor_id TEXT,               -- agency that took over
  resolved     INTEGER NOT NULL,   -- 0: name not yet tied to a region and kind
  reports      INTEGER NOT NULL,   -- reports in this release
  first_year   INTEGER,
  last_year    INTEGER
) STRICT;

CREATE TABLE agency_names (        -- other names of agencies: printed, registered, decided
  agency_id    TEXT NOT NULL REFERENCES agencies(agency_id),
  name         TEXT NOT NULL,
  portal       TEXT NOT NULL,      -- where it is printed; "" if decided by hand for all
  source       TEXT NOT NULL,      -- printed, registry, curation
  relation     TEXT NOT NULL,      -- name, alias, former
  first_year   INTEGER,            -- of the reports that bear it; NULL if none does
  last_year    INTEGER,
  reason       TEXT,               -- of a decision by hand
  PRIMARY KEY (agency_id, name, portal)
) STRICT, WITHOUT ROWID;

CREATE TABLE regions (             -- 行政区划，含已变更的；一行一段有效期
  region_code  TEXT NOT NULL,
  valid_from   INTEGER NOT NULL,   -- first year; 0 if as long as the sources know
  valid_to     INTEGER,            -- first year in which it was no more; NULL while it is
  name         TEXT NOT NULL,
  short_name   TEXT NOT NULL,
  level        TEXT NOT NULL,      -- province, prefecture, county, township
  kind         TEXT NOT NULL,      -- 市辖区, 县, 街道 …
  parent_code  TEXT,
  province_code TEXT NOT NULL,
  successor_code TEXT,
  code_2020    TEXT,               -- the code of its territory at the boundaries of 2020
  source       TEXT NOT NULL,
  PRIMARY KEY (region_code, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE portals (             -- 门户：登记的年报栏目与最近一次抓取结果
  portal       TEXT PRIMARY KEY,
  agency       TEXT,               -- the only agency of the column
  agency_id    TEXT,               -- its id; NULL while unresolved
  region_code  TEXT,
  family       TEXT,
  column_url   TEXT,
  confidence   TEXT,               -- verified, inferred, guess
  status       TEXT,               -- active, moved, merged, closed
  outcome      TEXT,               -- of the latest run: see flags (about outcome)
  detail       TEXT,
  first_look   TEXT                -- end of the first crawl that saw the column, UTC
) STRICT;

CREATE TABLE checks (              -- 核对规则 C01–C26
  "check"      TEXT PRIMARY KEY,
  title        TEXT NOT NULL,
  title_en     TEXT NOT NULL,
  strength     TEXT NOT NULL,      -- must, should, heuristic, informative
  needs        TEXT NOT NULL,      -- report, archive (other reports, or the agency)
  is_on        INTEGER NOT NULL,   -- 0: not run until its false alarms are measured
  formula      TEXT NOT NULL,
  innocent     TEXT NOT NULL,      -- reasons why a report in order may not pass
  innocent_en  TEXT NOT NULL,
  source       TEXT NOT NULL
) STRICT;

CREATE TABLE fact_kinds (          -- 正文所述数字的种类
  fact         TEXT PRIMARY KEY,
  label        TEXT NOT NULL,
  label_en     TEXT NOT NULL,
  meaning      TEXT NOT NULL,
  compares     TEXT                -- figures that it may be held against
) STRICT;

CREATE TABLE deadlines (           -- 法定公布期限；没有一行即没有法定日期
  scope        TEXT NOT NULL,      -- own, aggregate
  level        TEXT NOT NULL,      -- country, province, prefecture, county
  first_year   INTEGER NOT NULL,   -- report years, both included
  last_year    INTEGER,            -- NULL: still
  month        INTEGER NOT NULL,   -- of the year after the report year
  day          INTEGER NOT NULL,
  source       TEXT NOT NULL,      -- the law's article
  is_verified  INTEGER NOT NULL,   -- 0: general knowledge, not read in the source
  PRIMARY KEY (scope, level, first_year)
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
  position     INTEGER NOT NULL UNIQUE,
  "table"      TEXT NOT NULL,      -- t2, t3, t4: chapter of the report
  line         TEXT NOT NULL,
  measure      TEXT NOT NULL,
  label        TEXT NOT NULL,
  label_en     TEXT NOT NULL,
  kind         TEXT NOT NULL,      -- count, signed, money
  unit         TEXT,               -- what is counted; of money the form's unit, if it has one
  basis        TEXT,               -- legal basis
  forms        TEXT NOT NULL,      -- forms that print it
  definition   TEXT,               -- what is counted
  definition_en TEXT,
  unsaid       TEXT,               -- what the form leaves unsaid
  relation     TEXT NOT NULL,      -- to the other form: same, sum, part, unlike, none
  counterparts TEXT,               -- figures of the other form that it is the same as, the sum
                                   -- or a part of; with unlike, those not to be taken for it
  comparable   TEXT,               -- with which figure of the other form, or why with none
  comparable_en TEXT
) STRICT;

CREATE TABLE indicators (          -- 比率的定义；数值见 agency_years、region_years、kind_years
  indicator    TEXT PRIMARY KEY,   -- name of the column; the denominator is in it
  position     INTEGER NOT NULL UNIQUE,
  title        TEXT NOT NULL,
  title_en     TEXT NOT NULL,
  numerator    TEXT NOT NULL,      -- formula of columns of figures
  denominator  TEXT NOT NULL,
  numerator_title   TEXT NOT NULL,
  denominator_title TEXT NOT NULL,
  note         TEXT NOT NULL,      -- what must be known before it is used
  legal        TEXT NOT NULL       -- what the law says of it
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
        + "\n  version_id TEXT PRIMARY KEY REFERENCES _versions(version_id)\n"
        ") STRICT, WITHOUT ROWID;"
    )


def codebook() -> list[dict[str, object]]:
    """Rows of the table `lines`, from the forms."""
    return [_line(position, key, slots) for position, (key, slots) in enumerate(columns().items())]


def meaning_of(key: str, slots: tuple[Slot, ...]) -> str:
    """What a figure column holds, for the descriptions: label, unit, definition."""
    unit = slots[-1].measure.unit
    head = f"{label_of(slots)}（{unit}）" if unit else label_of(slots)
    return f"{head}：{told(key, lambda entry: entry.definition)}"


def _line(position: int, key: str, slots: tuple[Slot, ...]) -> dict[str, object]:
    found = of_figure(key)
    links = [link for entry in found.values() for link in entry.links]
    counterparts = dict.fromkeys(figure for link in links for figure in link.figures)
    return {
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
        "forms": " ".join(found),
        "definition": told(key, lambda entry: entry.definition),
        "definition_en": told(key, lambda entry: entry.definition_en),
        "unsaid": told(key, lambda entry: entry.unsaid),
        "relation": " ".join(dict.fromkeys(link.relation for link in links)),
        "counterparts": " ".join(counterparts) or None,
        "comparable": told(key, lambda entry: entry.comparable),
        "comparable_en": told(key, lambda entry: entry.comparable_en),
    }
