"""The columns of a panel that say whose a row is, and what is held of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..schema.codes import COVERAGE_STATUS, EXISTENCE, LEVEL, SCOPE, explained
from ..schema.indicators import breaks


@dataclass(frozen=True, slots=True)
class About:
    """A column that is no figure.

    Attributes:
        name: Its name.
        kind: `text` (of others), `code` (of ours), `integer` or `date`.
        label: In Chinese, at most 80 characters.
        label_en: In English.
        more: What must be known besides, in Chinese.
    """

    name: str
    kind: str
    label: str
    label_en: str
    more: str = ""


@cache
def about() -> tuple[About, ...]:
    """The columns before the figures, in their order."""
    return (
        About("agency_id", "code", "机关标识", "Agency id", "行政区划代码加类别；u- 开头的未确定"),
        About("agency", "text", "机关名称", "Name of the agency"),
        About("agency_printed", "text", "该年报所印机关名称", "Name as its report prints it"),
        About("short_name", "text", "机关简称", "Short name"),
        About("kind", "code", "机关类别代码", "Kind of agency, a code"),
        About("kind_name", "code", "机关类别", "Kind of agency, in Chinese"),
        About("level", "code", "层级", "Level", explained(LEVEL)),
        About("region_code", "code", "行政区划代码（年报所述年度的）", "Region code of the year"),
        About("region_name", "text", "地区名称", "Name of the region"),
        About("province_code", "code", "省级行政区划代码", "Code of the province"),
        About(
            "region_code_2020", "code", "行政区划代码（按 2020 年区划）",
            "Region code at the boundaries of 2020",
            "该地在 2020 年区划中的代码，用以跨年合并；当年不是一个区划的、乡级的、未确定的为空",
        ),
        About("year", "integer", "年度（年报所述年度）", "Report year"),
        About(
            "scope", "code", "范围", "Scope", f"{explained(SCOPE)}；不同范围的行不可相加"
        ),
        About(
            "period", "integer", "时期：该时期的第一年", "First year of the period",
            "2019、2021、2024 年度起各为一个时期；跨时期比较须看 break_before 与各列的说明",
        ),
        About(
            "break_before", "code", "本年度起的数列中断", "Break with which the year begins",
            f"form_2019 为 2019 年格式，{_breaks()}；空为接续上年",
        ),
        About("held", "integer", "本档案是否取得该年报：1 是，0 否", "Whether a report is held"),
        About("report_id", "code", "年报标识（永久）", "Permanent id of the report"),
        About("version_id", "code", "现行版本标识（永久）", "Permanent id of its current version"),
        About(
            "status", "code", "年报状态；未取得的，为栏目所示",
            "Status of the report, or of the column",
            f"{explained(COVERAGE_STATUS)}。未取得不等于未公布",
        ),
        About(
            "existence", "code", "该机关当年是否应有", "Whether the agency is expected in the year",
            f"{explained(EXISTENCE)}",
        ),
        About("form", "code", "年报格式", "Form of the report", "按其表格判定，不由年度推得"),
        About("form_t2", "code", "第二章表的格式", "Form of chapter two's table"),
        About("form_t3", "code", "第三章表的格式", "Form of chapter three's table"),
        About("published", "date", "网页所印公布日期", "Date printed by the page"),
        About("deadline", "date", "法定公布期限", "Statutory date", "没有法定日期的为空"),
        About(
            "days_late", "integer", "所印公布日期晚于法定期限的天数",
            "Days after the statutory date",
            "0 为不晚于；缺一日期的为空。网页所印日期未必是首次公布之日",
        ),
        About("url", "text", "现行版本的取得地址", "Address of the current version"),
        About("sha256", "code", "该地址所得文件的 SHA-256", "SHA-256 of the file obtained there"),
        About("captured_at", "code", "首次取得的时间（UTC）", "Time of its first capture, UTC"),
        About("flags", "code", "年报的标记", "Flags of the report", "含义见 nianbao.db 的表 flags"),
        About("checks_passed", "integer", "相符的核对数", "Checks passed"),
        About(
            "must_failed", "integer", "不相符的必要核对数", "Failed checks of strength must",
            "必要核对即表内合计等恒等关系；空为没有读出的年报",
        ),
        About("failed", "integer", "不相符的核对数", "Failed checks", "含必要核对，不含只作说明的"),
        About("uncertain", "integer", "无法判定的核对数", "Checks that could not be decided"),
        About("not_assessable", "integer", "无法核对的核对数", "Checks that could not be made"),
        About("informative", "integer", "只作说明的核对发现数", "Findings that only inform"),
    )  # fmt: skip


@cache
def periods() -> tuple[tuple[int, str], ...]:
    """First year and name of the break of each period."""
    return ((2019, "form_2019"), *((each.year, each.code) for each in breaks()))


def period_of(year: int) -> int:
    """First year of the period that a year is in."""
    return max(first for first, _ in periods() if first <= year)


def break_of(year: int) -> str | None:
    """Name of the break with which a year begins, or None."""
    return dict(periods()).get(year)


def _breaks() -> str:
    words = {"form": "2021 年格式", "review_first": "2024 年复议前置（通行理解，待核对）"}
    return "，".join(f"{each.code} 为 {words.get(each.code, each.code)}" for each in breaks())
