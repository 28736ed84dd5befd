"""The charts as data: what each asks, of which figures, and the statement that answers.

Every statement gives a row a year. What is added up is added up over the reports that print
all parts (their number is `n`): a report with a blank among them would make the whole too small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archive.places.codes import span
from archive.schema.codes import FRAME_STATUS, REPORT_STATUS
from archive.schema.indicators import components, indicators
from archive.schema.rates import applicants
from archive.site.pooling import UNKNOWN
from archive.site.queries import Parameters, Statement

FORM, REVIEW = "form", "review_first"


@dataclass(frozen=True, slots=True)
class Choice:
    """Of which reports a chart tells; "" for any.

    Attributes:
        scope: `own` or `aggregate`: they are never added together.
        level: Of the agencies; `wei` where it is not known.
        kind: Of the agencies.
        region: A region's code; those below belong to it.
    """

    scope: str = "own"
    level: str = ""
    kind: str = ""
    region: str = ""

    def where(self, *, scoped: bool = True) -> tuple[str, Parameters]:
        """Conditions on `agency_years`, and their parameters."""
        said: list[tuple[str, Parameters]] = []
        if scoped:
            said.append(("scope = :scope", {"scope": self.scope}))
        if self.level == UNKNOWN:
            said.append(("level IS NULL", {}))
        elif self.level:
            said.append(("level = :level", {"level": self.level}))
        if self.kind:
            sql = "agency_id IN (SELECT agency_id FROM agencies WHERE kind = :kind)"
            said.append((sql, {"kind": self.kind}))
        elif scoped:
            said.append(("is_vertical IS NOT 1", {}))
        if self.region:
            first, last = span(self.region)
            said.append(
                ("report_id >= :first AND report_id < :last", {"first": first, "last": last})
            )
        parameters: Parameters = {}
        for _, each in said:
            parameters |= each
        return " AND ".join(sql for sql, _ in said) or "1", parameters


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Attributes:
        name: Last part of its address.
        title: In Chinese.
        lead: What it tells, in a sentence or two.
        draw: `shares` of their sum, `counts` or `rates`.
        series: Column of the statement → name.
        unit: What is counted.
        breaks: Codes of the breaks that concern it.
        source: What the figures are taken from: `figures`, `reports`, `frame`.
        more: Further columns of its table: column → heading.
        parts: SQL of each series, if it adds up figures.
        joined: Whether these need the table of figures itself.
    """

    name: str
    title: str
    lead: str
    draw: str
    series: Mapping[str, str]
    unit: str
    breaks: frozenset[str] = frozenset()
    source: str = "figures"
    more: Mapping[str, str] | None = None
    parts: Mapping[str, str] | None = None
    joined: bool = False

    def statement(self, choice: Choice) -> Statement:
        """The statement, and its parameters."""
        if self.source == "frame":
            return _coverage(choice)
        if self.source == "reports":
            return _held(choice)
        if self.draw == "rates":
            return _rates(self.series, choice)
        if self.name == "xinshou":
            return _new_requests(choice)
        return _shares(self, choice)


def _coverage(choice: Choice) -> Statement:
    conditions = ["part = 'local'", "year >= (SELECT min(year) FROM _years)"]
    conditions.append("existence <> 'unknown'" if choice.kind else "existence = 'certain'")
    parameters: Parameters = {}
    for column, value in (("level", choice.level), ("kind", choice.kind)):
        if value:
            conditions.append(f"{column} = :{column}")
            parameters[column] = value
    if choice.region:
        conditions.append("province_code = :province")
        parameters["province"] = f"{choice.region[:2]}0000"
    sums = ", ".join(f'sum("{status}") AS "{status}"' for status in FRAME_STATUS)
    return (
        f"SELECT year, sum(cells) AS cells, {sums}\nFROM frame_summary\n"
        f"WHERE {' AND '.join(conditions)}\nGROUP BY year ORDER BY year",
        parameters,
    )


def _held(choice: Choice) -> Statement:
    where, parameters = choice.where(scoped=False)
    sums = ", ".join(f"sum(status = '{status}') AS \"{status}\"" for status in REPORT_STATUS)
    return (
        f"SELECT year, count(*) AS reports, sum(scope = 'aggregate') AS aggregate, {sums}\n"
        f"FROM agency_years\nWHERE {where}\nGROUP BY year ORDER BY year",
        parameters,
    )


def _rates(series: Mapping[str, str], choice: Choice) -> Statement:
    where, parameters = choice.where()
    picked = []
    for code in series:
        above, below = indicators()[code].numerator, indicators()[code].denominator
        both = f"{above} + {below} IS NOT NULL"
        picked += [
            f"sum(iif({both}, {above}, NULL)) AS {code}_above",
            f"sum(iif({both}, {below}, NULL)) AS {code}_below",
            f"sum({both}) AS {code}_n",
        ]
    return (
        "SELECT year, count(*) AS reports, sum(must_failed > 0) AS must_failed,\n  "
        + ",\n  ".join(picked)
        + f"\nFROM agency_years\nWHERE status = 'read' AND {where}\nGROUP BY year ORDER BY year",
        parameters,
    )


def _new_requests(choice: Choice) -> Statement:
    where, parameters = choice.where()
    return (
        "SELECT year, count(*) AS reports, count(asked) AS n,\n"
        "  sum(must_failed > 0 AND asked IS NOT NULL) AS must_failed, sum(asked) AS received_new,\n"
        "  avg(iif(place IN ((n + 1) / 2, (n + 2) / 2), asked, NULL)) AS median,\n"
        "  max(asked) AS most, sum(asked = 0) AS none\n"
        "FROM (SELECT year, must_failed, received_new AS asked,\n"
        "  row_number() OVER (PARTITION BY year ORDER BY received_new IS NULL, received_new)"
        " AS place,\n  count(received_new) OVER (PARTITION BY year) AS n\n"
        f"  FROM agency_years WHERE status = 'read' AND {where})\nGROUP BY year ORDER BY year",
        parameters,
    )


def _shares(chart: Chart, choice: Choice) -> Statement:
    where, parameters = choice.where()
    parts = dict(chart.parts or {code: code for code in chart.series})
    picked = parts | {code: code for code in (chart.more or {})}
    named = [code if sql == code else f"{sql} AS {code}" for code, sql in picked.items()]
    table = "agency_years" + (" JOIN figures USING (version_id)" if chart.joined else "")
    whole = " + ".join(f"({sql})" if " " in sql else sql for sql in parts.values())
    sums = ", ".join(f"sum(iif(whole IS NULL, NULL, {code})) AS {code}" for code in picked)
    return (
        "SELECT year, count(*) AS reports, count(whole) AS n,\n"
        "  sum(must_failed > 0 AND whole IS NOT NULL) AS must_failed, sum(whole) AS whole,\n"
        f"  {sums}\nFROM (SELECT {', '.join(('year, must_failed', *named))},\n"
        f"  {whole} AS whole\n  FROM {table} WHERE status = 'read' AND {where})\n"
        "GROUP BY year ORDER BY year",
        parameters,
    )


_RESULTS = {
    "upheld": "结果维持",
    "corrected": "结果纠正",
    "other": "其他结果",
    "pending": "尚未审结",
}
_GROUNDS = {
    "denied_mandatory": "法定不公开（第十四条）",
    "denied_third_party": "保护第三方（第十五条）",
    "denied_discretionary": "可以不公开（第十六条）",
    "redirected": "行政查询事项",
}
_OUTCOMES = {
    "granted": "予以公开",
    "partial": "部分公开",
    "denied": "不予公开",
    "unavailable": "无法提供",
    "not_processed": "不予处理",
    "other": "其他处理",
}
_RATES = {
    code: indicators()[code].title
    for code in ("disclosed_of_closed", "disclosed_of_handled", "disclosed_of_decided")
}

CHARTS: Mapping[str, Chart] = {
    chart.name: chart
    for chart in (
        Chart(
            "nianbao", "收有的年报",
            "各年度收有多少份年报，读出了多少。这是本档案所收，不是应有，也不是已公布的份数。",
            "counts", REPORT_STATUS, "份", source="reports", more={"aggregate": "其中汇总"},
        ),
        Chart(
            "fugai", "应有机关的覆盖",
            "应有的县级以上政府及其部门（存在确定的）中，各年度读取了多少，其余为何没有。",
            "shares", FRAME_STATUS, "个", source="frame",
        ),
        Chart(
            "xinshou", "本年新收申请",
            "各年度印有这一数的年报合计新收多少件。收有的年报逐年不同，合计不能直接当作增减；"
            "中位数与份数见表。",
            "counts", {"received_new": components()["received_new"].title}, "件",
            more={"median": "中位数", "most": "最大", "none": "印作 0 的份数"},
        ),
        Chart(
            "shenqingren", "申请人",
            "新收申请中各类申请人所占。只计六类都印有数字的年报。",
            "shares", applicants(), "件",
            parts={code: f"t3_received_new_{code}" for code in applicants()}, joined=True,
        ),
        Chart(
            "jieguo", "办理结果",
            "六项结果在其合计中所占。其他处理 2021 年起分作三行，此处相加，前后可比。",
            "shares", _OUTCOMES, "件", frozenset({FORM}), more={"closed": "所印总计（七）"},
        ),
        Chart(
            "gongkailv", "公开率",
            "同为予以公开与部分公开之和，分母有三种算法，得数不同，引用时请写明。",
            "rates", _RATES, "件", frozenset({FORM}),
        ),
        Chart(
            "liyou", "不予公开的理由",
            "第（三）项八种理由按条例归为四组。行政查询事项是引导至其他途径，并非保密理由。",
            "shares", _GROUNDS, "件",
        ),
        Chart(
            "fuyi", "行政复议的结果",
            "复议各项结果在其合计中所占。",
            "shares", _RESULTS, "件", frozenset({REVIEW}),
            parts={code: f"t4_review_{code}" for code in _RESULTS}, joined=True,
        ),
        Chart(
            "susong", "行政诉讼的结果",
            "未经复议直接起诉与复议后起诉两栏之和，各项结果所占。格式未载审级、是否生效、是否共同被告。",
            "shares", _RESULTS, "件", frozenset({REVIEW}),
            parts={c: f"t4_suit_direct_{c} + t4_suit_after_review_{c}" for c in _RESULTS},
            joined=True,
        ),
    )
}  # fmt: skip
