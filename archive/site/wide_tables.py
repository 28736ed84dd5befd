"""Which columns of a wide table are shown: a few by themselves, the others in groups.

Datasette shows all columns unless an address names some (`_col`). An address of a wide table
that names none is read as if it named those of a group: `_lie` chooses it, and `quan` is all.
Only pages are read so; JSON and CSV have all columns unless they are asked for fewer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl, quote_plus

from archive.schema import indicators, rates
from archive.schema.indicators import BLANK0
from extract.forms import columns

#: The parameter that names a group, and its value for all columns.
PARAMETER = "_lie"
ALL = "quan"


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that are shown together, beside those of `Wide.always`."""

    code: str
    title: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wide:
    """A wide table: what is always shown, and the groups; the first is shown by itself."""

    always: tuple[str, ...]
    groups: tuple[Group, ...]

    def group(self, code: str) -> Group:
        """The group of a code; the first where there is no such group."""
        return next((each for each in self.groups if each.code == code), self.groups[0])


#: Applicants of table three, as the forms name them.
_APPLICANTS = {
    "total": "总计",
    "natural": "自然人",
    "enterprise": "商业企业",
    "research": "科研机构",
    "ngo": "社会公益组织",
    "legal": "法律服务机构",
    "other_org": "其他",
}
_TOTALS = (
    "t3_received_new_total",
    "t3_carried_in_total",
    "t3_granted_total",
    "t3_partial_total",
    "t3_processed_total_total",
    "t3_carried_out_total",
    "t4_review_total",
    "t4_suit_direct_total",
    "t4_suit_after_review_total",
)
_REPORTS = Wide(
    ("report_id", "agency_id", "agency", "year"),
    (
        Group(
            "zhuyao",
            "主要各列",
            ("region_name", "kind", "scope", "form", "status", "title", "published", "failed"),
        ),
        Group(
            "heidui",
            "核对",
            ("status", "passed", "failed", "must_failed", "uncertain", "not_assessable",
             "informative"),
        ),
        Group(
            "laiyuan",
            "来源与日期",
            ("version_id", "url", "portal", "published", "published_source", "signed", "flags"),
        ),
    ),
)  # fmt: skip
_SOURCES = Wide(
    ("version_id",),
    (
        Group("zhuyao", "主要各列", ("url", "role", "content_type", "bytes", "captured_at",
                                 "last_seen", "gone_since", "unlisted_since", "sha256")),
        Group("lanmu", "栏目", ("portal", "listing", "list_title", "list_date")),
        Group("warc", "存档位置", ("record_id", "warc_file", "warc_offset", "http_status")),
    ),
)  # fmt: skip
_VERSIONS = Wide(
    ("version_id", "report_id", "number"),
    (
        Group("zhuyao", "主要各列", ("status", "title", "published", "form", "format", "first_seen",
                                 "last_seen")),
        Group("laiyuan", "来源与校验值", ("url", "flags", "pictures", "text_sha256",
                                     "figures_sha256", "signed")),
    ),
)  # fmt: skip
_LINES = Wide(
    ("label", "table"),
    (
        Group("zhuyao", "主要各列", ("forms", "unit", "definition", "relation", "counterparts")),
        Group("shuoming", "说明与依据", ("definition", "unsaid", "comparable", "basis")),
        Group("daima", "代码", ("position", "line", "measure", "kind", "unit", "forms")),
        Group("yingwen", "英文", ("label_en", "definition_en", "comparable_en")),
    ),
)
_FRAME = Wide(
    ("region_name", "kind_name", "year"),
    (
        Group("zhuyao", "主要各列", ("level", "part", "existence", "status", "how", "report_id")),
        Group("riqi", "日期", ("published", "deadline", "days_late", "first_seen",
                             "first_capture_late", "report_id")),
    ),
)  # fmt: skip


@cache
def wide_tables() -> dict[str, Wide]:
    """The wide tables and views by name."""
    pools = {
        f"{view}{end}": _pool(view, end)
        for view in ("region_years", "kind_years")
        for end in ("", BLANK0)
    }
    return {
        "figures": _figures(),
        "reports": _REPORTS,
        "sources": _SOURCES,
        "versions": _VERSIONS,
        "frame": _FRAME,
        "lines": _LINES,
        "agency_years": _agencies(""),
        f"agency_years{BLANK0}": _agencies(BLANK0),
        "applicant_years": _applicants(),
        **pools,
    }


def added(table: str, query: str) -> str:
    """What an address of a page lacks to name its columns: `_col=…&_col=…`, or "".

    Args:
        table: Name of the table.
        query: Query string of the address.
    """
    wide = wide_tables().get(table)
    if wide is None:
        return ""
    asked = dict(parse_qsl(query))
    if "_col" in asked or "_nocol" in asked or asked.get(PARAMETER) == ALL:
        return ""
    return _named(table, asked.get(PARAMETER, ""))


@cache
def _named(table: str, code: str) -> str:
    wide = wide_tables()[table]
    names = dict.fromkeys((*wide.always, *wide.group(code).columns))
    return "&".join(f"_col={quote_plus(name)}" for name in names)


def _figures() -> Wide:
    keys = list(columns())
    groups = [Group("zongshu", "主要合计数", _TOTALS)]
    groups.append(Group("t2", "二、主动公开", tuple(k for k in keys if k.startswith("t2_"))))
    of_requests = [key for key in keys if key.startswith("t3_")]
    groups += [
        Group(f"t3_{code}", f"三、申请 · {name}", tuple(k for k in of_requests if _is_of(k, code)))
        for code, name in _APPLICANTS.items()
    ]
    groups.append(Group("t4", "四、复议与诉讼", tuple(k for k in keys if k.startswith("t4_"))))
    return Wide((), tuple(groups))  # Datasette adds the primary key itself


def _is_of(key: str, applicant: str) -> bool:
    return columns()[key][-1].measure.code == applicant


def _agencies(end: str) -> Wide:
    every = tuple(f"{code}{end}" for code in indicators.indicators())
    if end:
        shown = tuple(rate for rate in every if "_of_closed" in rate)
        return Wide(
            ("report_id", "agency_id", "year", "scope"),
            (Group("lv", "占办理总计", shown), Group("qita", "其他比率", _less(every, shown))),
        )
    parts = tuple(indicators.components())
    disputes = tuple(p for p in parts if p.startswith(("review", "suit", "dispute")))
    return Wide(
        ("report_id", "agency", "year", "scope", "form_t3", "break_before"),
        (
            Group("zhuyao", "主要各数", ("region_name", "received_new", "closed", "granted",
                                     "partial", "disclosed_of_closed", "disputes",
                                     "must_failed")),
            Group("banli", "申请与办理", _less(parts, disputes)),
            Group("zhengyi", "复议与诉讼", disputes),
            Group("lv", "比率", every),
        ),
    )  # fmt: skip


def _applicants() -> Wide:
    parts = tuple(name for name in rates.of_requests() if name in indicators.components())
    first = ("received_new", "closed", "granted", "partial", "denied", "unavailable")
    return Wide(
        ("applicant", "report_id", "year", "scope"),
        (
            Group("zhuyao", "主要各数", ("level", "kind", *(p for p in first if p in parts))),
            Group("suoyou", "申请与办理", parts),
        ),
    )


def _pool(view: str, end: str) -> Wide:
    of_region = ("region_name", "region_code", "is_vertical")
    first = of_region if view == "region_years" else ("kind_name",)
    codes = [f"{code}{end}" for code in indicators.indicators()]
    groups = {
        "gongkai": ("公开", ("disclosed", "granted", "partial")),
        "bugongkai": ("不予公开", ("denied", "redirected")),
        "qita": ("其他结果", ("unavailable", "not_processed", "other", "carried_out")),
        "shenqingren": ("申请人", ("natural", "enterprise")),
        "zhengyi": ("复议与诉讼", ("review", "suit", "dispute")),
    }
    return Wide(
        (*first, "level", "scope", "year", "break_before", "reports", "read", "of_known"),
        tuple(
            Group(code, name, tuple(_with_base(c for c in codes if c.startswith(starts))))
            for code, (name, starts) in groups.items()
        ),
    )


def _with_base(shown: Iterable[str]) -> list[str]:
    """A pooled rate never stands without its denominator and its number of reports."""
    return [f"{rate}{end}" for rate in shown for end in ("", "_of", "_n")]


def _less(names: tuple[str, ...], without: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in without)
