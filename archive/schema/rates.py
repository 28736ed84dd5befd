"""Views of rates: a report a row, and pooled by region and by kind of agency.

Made from the indicators (`archive.schema.indicators`). Pooled rates are sums over sums, of the
reports that have both numbers; reports of different scope and level never meet in one row.
A view that ends in `_blank0` takes a printed blank for 0; people choose it, so it costs nothing
to those who do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from extract.forms import columns

from . import indicators
from .compact import AGENCY
from .indicators import BLANK0, Value, blank_as_zero, break_before, figures_of, formula, printed

#: Current reports, unread ones too, each with its agency and its figures.
_FROM = """FROM _reports r JOIN _versions v ON v.n = r.n
LEFT JOIN agencies g ON g.agency_id = r.agency_id
LEFT JOIN figures f ON f.version_id = v.version_id"""
_BLANKS = "\nLEFT JOIN _blanks b ON b.n = r.n"
_FORM = "CASE v.form_t3 WHEN 1 THEN v.form ELSE v.form_t3 END"
#: What a pooled view tells of a group beside its rates: SQL over `_FROM`, and its meaning.
_COUNTS = {
    "reports": ("count(*)", "现行年报份数，未读出的也在内"),
    "read": ("sum(r.status = 'read')", "其中已读出的"),
    "must_failed": ("sum(r.must_failed > 0)", "其中有表格自印恒等式不相等的"),
    "form_2019": (f"sum({_FORM} IS '2019')", "其中第三章表为 2019 年格式的"),
    "form_2021": (f"sum({_FORM} IS '2021')", "其中第三章表为 2021 年格式的"),
}
_SCOPE = "范围代码：own 本机关，aggregate 汇总，unknown 未确定；不同范围不可相加"
_LEVEL = "层级：country、province、prefecture、county、township；空为未确定"
_VERTICAL = "1 为垂直管理系统（不在地方汇总之内），0 为地方，空为未确定"
_BREAK = "本年度起数列有中断：form 为 2021 年格式，review_first 为 2024 年复议前置；空为接续上年"
#: The keys of a pooled view: columns, each with its SQL and its meaning.
_REGION = {
    "region_code": ("g.region_code", "行政区划代码；机关未确定的合为一行，此列为空"),
    "level": ("g.level", f"机关的{_LEVEL}；乡镇、部门的本机关年报与政府汇总不在同一行"),
    "is_vertical": ("g.is_vertical", _VERTICAL),
    "scope": ("r.scope", _SCOPE),
}
_KIND = {
    "kind": ("g.kind", "机关类别代码；机关未确定的合为一行，此列为空"),
    "level": ("g.level", _LEVEL),
    "scope": ("r.scope", _SCOPE),
}
_POOLED = {
    "region": ("region_years", _REGION, "region_name", "max(g.region_name)", "地区"),
    "kind": ("kind_years", _KIND, "kind_name", "max(g.kind_name)", "机关类别"),
}
#: Of a report in agency_years: SQL and meaning.
_OF_REPORT = {
    "report_id": ("r.report_id", "年报标识"),
    "agency_id": ("r.agency_id", "机关标识"),
    "agency": (AGENCY.removesuffix(" AS agency"), "机关名称"),
    "region_code": ("g.region_code", "行政区划代码；未确定为空"),
    "region_name": ("coalesce(r.region_name, g.region_name)", "地区"),
    "level": ("g.level", _LEVEL),
    "kind": ("g.kind", "机关类别代码，其名称见 agencies.kind_name"),
    "is_vertical": ("g.is_vertical", _VERTICAL),
    "scope": ("r.scope", _SCOPE),
    "year": ("r.year", "年报所述年度"),
    "version_id": ("v.version_id", "现行版本的标识"),
    "status": ("r.status", "状态代码：read 已读取；其他的没有数，各列为空"),
    "form": (_FORM, "第三章表的格式；空为未能判定"),
    "break_before": (break_before("r.year"), _BREAK),
    "must_failed": ("r.must_failed", "表格自印恒等式不相等的核对数"),
}
#: Of a report in applicant_years, and what is told of each class of applicants.
_OF_CLASS = ("report_id", "agency_id", "region_code", "level", "kind", "scope", "year", "form")
_TOTAL = "_total"
_KEYS_BLANK0 = ("report_id", "agency_id", "scope", "year")


def rate_views() -> str:
    """The statements that create all views of rates."""
    return "\n".join(
        f"CREATE VIEW {name} AS  -- {text}\nSELECT {sql};"
        for name, text, sql in (*_agency_views(), _applicant_view(), *_pooled_views())
    )


def _agency_views() -> Iterator[tuple[str, str, str]]:
    own = [f"{sql} AS {name}" for name, (sql, _) in _OF_REPORT.items()]
    own += [f"{formula(code, printed)} AS {code}" for code in indicators.components()]
    yield "agency_years", "一行一份现行年报：各数与比率", _select([*own, *_rates(printed, "")])
    keys = [f"{_OF_REPORT[name][0]} AS {name}" for name in _KEYS_BLANK0]
    text = "同上，印出的空白按 0 计"
    yield f"agency_years{BLANK0}", text, _select([*keys, *_rates(blank_as_zero, BLANK0)]) + _BLANKS


def _applicant_view() -> tuple[str, str, str]:
    """A report and a class of applicants a row: the components that have such a class."""
    selects = []
    for measure in applicants():
        items = [f"'{measure}' AS applicant"]
        items += [f"{_OF_REPORT[name][0]} AS {name}" for name in _OF_CLASS]
        items += [f"{formula(code, _of_class(measure))} AS {code}" for code in _of_requests()]
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


def _of_requests() -> list[str]:
    """Components whose figures are all totals of table three."""
    return [
        code
        for code in indicators.components()
        if all(key[:3] == "t3_" and key.endswith(_TOTAL) for key in figures_of(code))
    ]


def _of_class(measure: str) -> Value:
    return lambda key: printed(f"{key.removesuffix(_TOTAL)}_{measure}")


def _select(items: list[str]) -> str:
    return ",\n  ".join(items) + f"\n{_FROM}"


def _rates(value: Value, end: str) -> Iterator[str]:
    for each in indicators.indicators().values():
        numerator = formula(each.numerator, value)
        denominator = formula(each.denominator, value)
        yield f"{_rate(f'({numerator})', f'({denominator})')} AS {each.code}{end}"


def _rate(numerator: str, denominator: str) -> str:
    """A rate to six places; NULL where one number is NULL, or there is nothing to divide by."""
    return f"round(1.0 * {numerator} / nullif({denominator}, 0), 6)"


def _pooled_views() -> Iterator[tuple[str, str, str]]:
    for name, keys, label, label_sql, _ in _POOLED.values():
        text = "Σ 分子 ÷ Σ 分母，_of 为 Σ 分母，_n 为两数俱全的年报份数"
        yield name, text, _pooled(keys, label, label_sql, printed, "")
        text = "同上，印出的空白按 0 计"
        yield f"{name}{BLANK0}", text, _pooled(keys, label, label_sql, blank_as_zero, BLANK0)


def _pooled(
    keys: dict[str, tuple[str, str]], label: str, label_sql: str, value: Value, end: str
) -> str:
    """Sums of each group, and the rates of the sums."""
    group = {name: sql for name, (sql, _) in keys.items()} | {"year": "r.year"}
    sums = {**group, label: label_sql, **{name: sql for name, (sql, _) in _COUNTS.items()}}
    for code, each in indicators.indicators().items():
        numerator = f"({formula(each.numerator, value)})"
        denominator = f"({formula(each.denominator, value)})"
        sums[f"{code}_"] = f"sum(CASE WHEN {denominator} IS NOT NULL THEN {numerator} END)"
        sums[f"{code}_of"] = f"sum(CASE WHEN {numerator} IS NOT NULL THEN {denominator} END)"
        sums[f"{code}_n"] = f"count({numerator} + {denominator})"
    known = {name: sql for name, (sql, _) in keys.items()}
    same = " AND ".join(f"k.{name} IS s.{name}" for name in known)
    picked = [f"s.{name} AS {name}" for name in (*group, label)]
    picked += [f"{break_before('s.year')} AS break_before"]
    picked += [f"s.{name} AS {name}" for name in _COUNTS]
    picked += ["k.agencies AS agencies", "round(1.0 * s.read / k.agencies, 4) AS coverage"]
    for code in indicators.indicators():
        picked.append(f"{_rate(f's.{code}_', f's.{code}_of')} AS {code}{end}")
        picked += [f"s.{code}{part} AS {code}{end}{part}" for part in ("_of", "_n")]
    source = f"{_FROM}{_BLANKS if end else ''}\n  GROUP BY {', '.join(group.values())}"
    return (
        ",\n  ".join(picked)
        + f"\nFROM (SELECT {_named(sums)}\n  {source}) s\n"
        + f"LEFT JOIN (SELECT {_named(known)}, count(DISTINCT r.agency_id) AS agencies\n"
        + "  FROM _reports r LEFT JOIN agencies g ON g.agency_id = r.agency_id\n"
        + f"  GROUP BY {', '.join(known.values())}) k ON {same}"
    )


def _named(columns: dict[str, str]) -> str:
    return ",\n  ".join(f"{sql} AS {name}" for name, sql in columns.items())


# -- what they say of themselves ------------------------------------------------------------


def titles() -> dict[str, str]:
    """Short names of the views."""
    found = {"agency_years": "机关逐年数与比率"}
    found |= {name: f"{said}逐年比率" for name, _, _, _, said in _POOLED.values()}
    found |= {f"{name}{BLANK0}": f"{said}（空白按 0）" for name, said in found.items()}
    return found | {"applicant_years": "各类申请人逐年各数"}


def texts() -> dict[str, str]:
    """What one row of each view is, and what must be known before it is used."""
    null = (
        "有一个组成数未填或未读出的，比率为空；2021 格式与 2024 复议前置两处中断见 break_before。"
    )
    pooled = (
        "比率为 Σ 分子 ÷ Σ 分母，只计两数俱全的年报；同名加 _of 的列为 Σ 分母，加 _n 的列为份数。"
        "own 与 aggregate 分行，不可相加；各层级分行。现行版本各计一次，镜像与转载不重复计。"
    )
    found = {
        "agency_years": f"一行一份现行年报。比率是 0 至 1 的小数，分母在列名之中。{null}",
        "region_years": "一行一个地区、层级、范围、年度。" + pooled + "垂直管理机关另成一行"
        "（is_vertical 为 1），不入地方；未确定地区的机关合为地区为空的行，不分到任何地区。" + null,
        "kind_years": "一行一个机关类别、层级、范围、年度。" + pooled + null,
    }
    blank = (
        "与同名而不带 _blank0 的视图相同，但印出的空白、横线、斜线、“无”按 0 计；未读出的仍为空。"
    )
    found |= {f"{name}{BLANK0}": blank for name in found}
    classes = "一行一份现行年报的一类申请人。许多年报对没有的申请人留空；留空不作 0，各数为空。"
    return found | {"applicant_years": classes}


def descriptions() -> dict[str, dict[str, str]]:
    """What each column of each view holds."""
    own = {name: text for name, (_, text) in _OF_REPORT.items()}
    own |= {code: f"{each.title}" for code, each in indicators.components().items()}
    found = {
        "agency_years": own | dict(_said_rates("")),
        f"agency_years{BLANK0}": {name: own[name] for name in _KEYS_BLANK0}
        | dict(_said_rates(BLANK0)),
    }
    classes = "，".join(f"{code} {name}" for code, name in applicants().items())
    found["applicant_years"] = {"applicant": f"申请人：{classes}"}
    found["applicant_years"] |= {name: own[name] for name in (*_OF_CLASS, *_of_requests())}
    for name, keys, label, _, said in _POOLED.values():
        of_group = {key: text for key, (_, text) in keys.items()}
        of_group |= {"year": "年度", label: said, "break_before": _BREAK}
        of_group |= {key: text for key, (_, text) in _COUNTS.items()}
        of_group["agencies"] = "本档案所知、同组（不分年度）有年报的机关数"
        of_group["coverage"] = "已读出的年报 ÷ agencies；与应有机关之比另见覆盖各表"
        for end in ("", BLANK0):
            found[f"{name}{end}"] = of_group | dict(_said_pooled(end))
    return found


def _said_rates(end: str) -> Iterator[tuple[str, str]]:
    known = indicators.components()
    for code, each in indicators.indicators().items():
        parts = f"{known[each.numerator].title} ÷ {known[each.denominator].title}"
        yield f"{code}{end}", f"{each.title}：{parts}" + ("；空白按 0 计" if end else "")


def _said_pooled(end: str) -> Iterator[tuple[str, str]]:
    known = indicators.components()
    for name, text in _said_rates(end):
        each = indicators.indicators()[name.removesuffix(end) if end else name]
        yield name, text
        yield f"{name}_of", f"Σ 分母：{known[each.denominator].title}"
        yield f"{name}_n", "分子、分母俱全的年报份数"
