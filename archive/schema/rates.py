"""Views of rates: a report a row, and a class of a report's applicants a row.

Made from the indicators (`archive.schema.indicators`). A view that ends in `_blank0` takes a
printed blank for 0; it costs nothing to those who do not choose it.
"""

from __future__ import annotations

from collections.abc import Iterator

from extract.forms import columns

from . import indicators
from .compact import AGENCY
from .indicators import BLANK0, Value, blank_as_zero, break_before, figures_of, formula, printed

#: Current reports, unread ones too, each with its agency and its figures.
FROM = """FROM _reports r JOIN _versions v ON v.n = r.n
JOIN agencies g ON g.agency_id = r.agency_id
LEFT JOIN figures f ON f.version_id = v.version_id"""
BLANKS = "\nLEFT JOIN _blanks b ON b.n = r.n"
FORM = "CASE v.form_t3 WHEN 1 THEN v.form ELSE v.form_t3 END"
SCOPE = "范围代码：own 本机关，aggregate 汇总，unknown 未确定；不同范围不可相加"
LEVEL = "层级：country、province、prefecture、county、township；空为未确定"
VERTICAL = "1 为垂直管理系统（不在地方汇总之内），0 为地方，空为未确定"
BREAK = (
    "本年度起数列有中断：form 为 2021 年格式，review_first 为 2024 年复议前置"
    "（通行理解，待核对）；空为接续上年"
)
#: Of a report in agency_years: SQL and meaning.
OF_REPORT = {
    "report_id": ("r.report_id", "年报标识"),
    "agency_id": ("r.agency_id", "机关标识"),
    "agency": (AGENCY.removesuffix(" AS agency"), "机关名称"),
    "region_code": ("g.region_code", "行政区划代码；未确定为空"),
    "region_name": ("coalesce(r.region_name, g.region_name)", "地区"),
    "level": ("g.level", LEVEL),
    "kind": ("g.kind", "机关类别代码，其名称见 agencies.kind_name"),
    "is_vertical": ("g.is_vertical", VERTICAL),
    "scope": ("r.scope", SCOPE),
    "year": ("r.year", "年报所述年度"),
    "version_id": ("v.version_id", "现行版本的标识"),
    "status": ("r.status", "状态代码：read 已读取；其他的没有数，各列为空"),
    "form_t3": (
        FORM,
        "第三章表的格式（reports.form 以第二章表为先）；空为未能判定",
    ),
    "break_before": (break_before("r.year"), BREAK),
    "must_failed": ("r.must_failed", "表格自印恒等式不相等的核对数"),
}
#: Of a report in applicant_years, and what is told of each class of applicants.
OF_CLASS = ("report_id", "agency_id", "region_code", "level", "kind", "scope", "year", "form_t3")
_TOTAL = "_total"
KEYS_BLANK0 = ("report_id", "agency_id", "scope", "year")


def rate_views() -> str:
    """The statements that create these views."""
    return "\n".join(
        f"CREATE VIEW {name} AS  -- {text}\nSELECT {sql};"
        for name, text, sql in (*_agency_views(), _applicant_view())
    )


def _agency_views() -> Iterator[tuple[str, str, str]]:
    own = [f"{sql} AS {name}" for name, (sql, _) in OF_REPORT.items()]
    own += [f"{formula(code, printed)} AS {code}" for code in indicators.components()]
    yield "agency_years", "一行一份现行年报：各数与比率", _select([*own, *_rates(printed, "")])
    keys = [f"{OF_REPORT[name][0]} AS {name}" for name in KEYS_BLANK0]
    text = "同上，印出的空白按 0 计"
    yield f"agency_years{BLANK0}", text, _select([*keys, *_rates(blank_as_zero, BLANK0)]) + BLANKS


def _applicant_view() -> tuple[str, str, str]:
    """A report and a class of applicants a row: the components that have such a class."""
    selects = []
    for measure in applicants():
        items = [f"'{measure}' AS applicant"]
        items += [f"{OF_REPORT[name][0]} AS {name}" for name in OF_CLASS]
        items += [f"{formula(code, _of_class(measure))} AS {code}" for code in of_requests()]
        selects.append(_select(items))
    return (
        "applicant_years",
        "一行一份现行年报的一类申请人：各数",
        "\nUNION ALL SELECT ".join(selects),
    )


def applicants() -> dict[str, str]:
    """Classes of applicants: the columns of table three but the total, and their names."""
    return {
        slots[-1].measure.code: slots[-1].measure.label
        for slots in columns().values()
        if slots[-1].line.table == "t3" and slots[-1].measure.code != "total"
    }


def of_requests() -> list[str]:
    """Components whose figures are all totals of table three."""
    return [
        code
        for code in indicators.components()
        if all(key[:3] == "t3_" and key.endswith(_TOTAL) for key in figures_of(code))
    ]


def _of_class(measure: str) -> Value:
    return lambda key: printed(f"{key.removesuffix(_TOTAL)}_{measure}")


def _select(items: list[str]) -> str:
    return ",\n  ".join(items) + f"\n{FROM}"


def _rates(value: Value, end: str) -> Iterator[str]:
    for each in indicators.indicators().values():
        numerator = formula(each.numerator, value)
        denominator = formula(each.denominator, value)
        yield f"{rate_of(f'({numerator})', f'({denominator})')} AS {each.code}{end}"


def rate_of(numerator: str, denominator: str) -> str:
    """A rate to six places; NULL where one number is NULL, or there is nothing to divide by.

    A part may be printed larger than its whole: of less than nothing there is no share.
    """
    return f"round(1.0 * {numerator} / nullif(max({denominator}, 0), 0), 6)"
