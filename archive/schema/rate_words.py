"""What the views of rates say of themselves, in Chinese."""

from __future__ import annotations

from collections.abc import Iterator

from . import indicators
from .indicators import BLANK0
from .pooled import COUNTS, POOLS
from .rates import BREAK, KEYS_BLANK0, OF_CLASS, OF_REPORT, applicants, of_requests


def titles() -> dict[str, str]:
    """Short names of the views."""
    found = {"agency_years": "机关逐年数与比率"}
    found |= {pool.view: f"{pool.title}逐年比率" for pool in POOLS}
    found |= {f"{name}{BLANK0}": f"{title}（空白按 0）" for name, title in found.items()}
    return found | {"applicant_years": "各类申请人逐年各数"}


def texts() -> dict[str, str]:
    """What one row of each view is, and what must be known before it is used."""
    null = "有一个组成数未填或未读出的，比率为空；数列的中断（2021 年格式、2024 年复议前置，"
    null += "后者为通行理解，待核对）见 break_before。"
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
    blank = "同名视图的另一算法：印出的空白、横线、斜线、“无”按 0 计；未读出的仍为空。"
    found |= {f"{name}{BLANK0}": blank for name in found}
    classes = "一行一份现行年报的一类申请人。许多年报对没有的申请人留空；留空不作 0，各数为空。"
    return found | {"applicant_years": classes}


def descriptions() -> dict[str, dict[str, str]]:
    """What each column of each view holds."""
    own = {name: text for name, (_, text) in OF_REPORT.items()}
    own |= {code: each.title for code, each in indicators.components().items()}
    classes = "，".join(f"{code} {name}" for code, name in applicants().items())
    found = {
        "agency_years": own | dict(_rates("")),
        f"agency_years{BLANK0}": {name: own[name] for name in KEYS_BLANK0} | dict(_rates(BLANK0)),
        "applicant_years": {"applicant": f"申请人：{classes}"}
        | {name: own[name] for name in (*OF_CLASS, *of_requests())},
    }
    for pool in POOLS:
        of_group = {key: text for key, (_, text) in pool.keys.items()}
        of_group |= {"year": "年度", pool.label: pool.title, "break_before": BREAK}
        of_group |= {key: text for key, (_, text) in COUNTS.items()}
        of_group["agencies"] = "本档案所知、同组（不分年度）有年报的机关数"
        of_group["of_known"] = (
            "已读出的年报 ÷ agencies：只对照本档案所知的机关；对照应有机关的见 frame_summary"
        )
        for end in ("", BLANK0):
            found[f"{pool.view}{end}"] = of_group | dict(_pooled(end))
    return found


def exported() -> Iterator[tuple[str, str, str]]:
    """Numbers of agency_years in the files: column, heading in CSV, kind."""
    for component in indicators.components().values():
        yield component.code, component.title, "number"
    for each in indicators.indicators().values():
        yield each.code, each.title, "number"


def _rates(end: str) -> Iterator[tuple[str, str]]:
    known = indicators.components()
    for code, each in indicators.indicators().items():
        parts = f"{known[each.numerator].title} ÷ {known[each.denominator].title}"
        yield f"{code}{end}", f"{each.title}：{parts}" + ("；空白按 0 计" if end else "")


def _pooled(end: str) -> Iterator[tuple[str, str]]:
    known = indicators.components()
    texts = dict(_rates(end))
    for code, each in indicators.indicators().items():
        yield f"{code}{end}", texts[f"{code}{end}"]
        yield f"{code}{end}_of", f"Σ 分母：{known[each.denominator].title}"
        yield f"{code}{end}_n", "分子、分母俱全的年报份数"
