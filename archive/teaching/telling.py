"""What a teaching subset says of itself: manifest, rows of README, README.txt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..citation import of_release
from ..manifest import FILES, reading
from ..release.files.words import FICTION
from ..schema.licence import LICENCE_TEXT

_COUNTS = {
    "reports": "SELECT count(*) FROM reports",
    "read": "SELECT count(*) FROM reports WHERE status = 'read'",
    "agencies": "SELECT count(*) FROM agencies",
    "versions": "SELECT count(*) FROM versions",
    "findings": "SELECT count(*) FROM current_findings",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a subset in several places.

    Attributes:
        release: The release that it is of.
        reports: How many reports it has.
        of: How many the release has.
        agencies: How many agencies it has.
    """

    release: str
    reports: int
    of: int
    agencies: int

    @property
    def name(self) -> str:
        """Its id, and the folder inside the ZIP. No release has such a name."""
        return f"{self.release}-teaching"

    @property
    def title(self) -> str:
        """Behind the release's title."""
        return f"：教学子集（{self.of} 份年报中的 {self.reports} 份）"

    @property
    def warning(self) -> str:
        """What must be known before anything is counted."""
        return (
            f"这是发布 {self.release} 的教学子集：{self.of} 份年报中的 {self.reports} 份，"
            f"{self.agencies} 个机关，各机关的年报全部在内。机关为教学而挑选，少见的情形先取，"
            "不是抽样：合计、比率、覆盖只就子集而言，不代表发布，更不代表全部机关，不得引为总体的数。"
            "单个数值与发布所载相同，可以引用，引用时写明原发布。"
        )

    @property
    def warning_en(self) -> str:
        """The same in English."""
        return (
            f"A teaching subset of release {self.release}: {self.reports} of {self.of} reports, "
            f"all those of {self.agencies} agencies. They were chosen to teach (what is rare comes "
            "first), not sampled: totals, rates and coverage are those of the subset, and not to "
            "be cited for the release or for agencies at large. Single figures are the release's."
        )

    def rows(self) -> list[tuple[str, str]]:
        """Rows of the table README that stand before all others."""
        return [
            ("教学子集", self.warning),
            (
                "子集没有的",
                "应有机关（视图 frame、frame_summary）为空：没有选入的机关不是没有取得。"
                "kind_years、region_years 只由子集的年报合计。疑点若与未选入的年报相比，"
                "related 为空。表 unread 至多 20 行。WARC 不在其内。",
            ),
            ("Teaching subset", self.warning_en),
        ]

    def readme(self, manifest: Mapping[str, Any]) -> str:
        """README.txt."""
        return _TEXT.format(
            fiction=f"{FICTION}。\n\n" if manifest.get("fiction") else "",
            words=self,
            citation=of_release(manifest, "").gbt,
            licence=LICENCE_TEXT,
        )


def manifest(of: Mapping[str, Any], words: Words, folder: Path) -> dict[str, Any]:
    """The manifest of a subset.

    Args:
        of: The release's manifest.
        words: What is said of the subset.
        folder: Where its databases are.
    """
    with reading(folder / FILES[0]) as db:
        counts = {name: db.execute(sql).fetchone()[0] for name, sql in _COUNTS.items()}
    kept = {name: of[name] for name in ("reader", "builder", "built_at", "fiction") if name in of}
    return {
        "release": words.name,
        "content_hash": "",
        **kept,
        "teaching": {
            "of": words.release,
            "of_content_hash": of.get("content_hash"),
            "reports": words.reports,
            "of_reports": words.of,
            "not_for": "citation of totals, rates or coverage",
        },
        "counts": counts,
    }


_TEXT = """\
年报档案：教学子集
{fiction}
{words.warning}

文件
  nianbao.db      SQLite：先看表 README，再看 lines（各列）与 examples（查询）
  text.db         SQLite：正文，各数值在原件中的位置
  csv/            同样的表，Excel 可直接打开；dictionary.csv 为数据字典
  panel/panel.dta 机关 × 年度 × 范围，Stata 14 及以上；codebook.csv 为各列的含义
  examples/       notebook.ipynb（Python）、first.R、first.do，以及 exercises.md（五题，附答案）
  SHA256SUMS      在本文件夹内执行 sha256sum -c SHA256SUMS

开始
  在本文件夹内：sqlite3 -readonly nianbao.db "SELECT topic, text FROM README"
               python3 examples/run.py examples/notebook.ipynb
               Rscript examples/first.R
  教学子集的练习答案与整个发布的不同；exercises.md 所列为演示发布的。

引用单个数值时写明原发布 {words.release}。引用子集本身：
  {citation}

{licence}

----
{words.warning_en}
"""
