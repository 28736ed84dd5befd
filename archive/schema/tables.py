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
        + "\n  version_id TEXT PRIMARY KEY REFERENCES _versions(version_id)\n"
        ") STRICT, WITHOUT ROWID;"
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
