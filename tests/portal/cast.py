"""Who publishes what: the fictional agencies, their columns, and what is odd about whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

YEARS = range(2019, 2024)


@dataclass(frozen=True, slots=True)
class Agency:
    """A fictional 行政机关 and the registry key of the column that serves it."""

    name: str
    region_code: str
    kind: str
    column: str
    scope: str = "own"
    busy: bool = False


AGENCIES = (
    Agency("示例市人民政府", "990100", "government", "shili-government", "aggregate", busy=True),
    Agency("示例市财政局", "990100", "finance", "shili-finance", busy=True),
    Agency("示例市审计局", "990100", "audit", "shili-audit", busy=True),
    Agency("示例市教育局", "990100", "education", "shili-education"),
    Agency("示例市统计局", "990100", "statistics", "shili-statistics"),
    Agency("示例区财政局", "990102", "finance", "shiliqu", busy=True),
    Agency("示例区审计局", "990102", "audit", "shiliqu"),
    Agency("示例区教育局", "990102", "education", "shiliqu"),
    Agency("示例区民政局", "990102", "civil_affairs", "shiliqu"),
    Agency("示例区样板镇人民政府", "990102102", "town", "shiliqu", busy=True),
    Agency("示例区示范街道办事处", "990102001", "subdistrict", "shiliqu"),
    Agency("示例区人民政府", "990102", "government", "shiliqu-2023nb", "aggregate", busy=True),
    Agency("示例区人民政府办公室", "990102", "gov_office", "shiliqu-2023nb"),
    Agency("示例区卫生健康委员会", "990102", "health", "shiliqu-2023nb"),
    Agency("示例区市场监督管理局", "990102", "market_reg", "shiliqu-2023nb", busy=True),
    Agency("示例区司法局", "990102", "justice", "shiliqu-2023nb"),
    Agency("示例区农业农村局", "990102", "agriculture", "shiliqu-2023nb", busy=True),
    Agency("示例区范例镇人民政府", "990102101", "town", "shiliqu-fanlizhen"),
    Agency("样本县人民政府", "990121", "government", "yangben", "aggregate", busy=True),
    Agency("样本县财政局", "990121", "finance", "yangben", busy=True),
    Agency("样本县水利局", "990121", "water", "yangben"),
    Agency("样本县公安局", "990121", "public_security", "yangben"),
)

_RARE = "镕溪路和㵲水湾两处便民服务点的公示栏将补充更新。"

# (agency, year) → arguments of `make_report`, and `how` the report is served.
ODD: dict[tuple[str, int], dict[str, Any]] = {
    ("示例市审计局", 2020): {"error": "row_sum"},
    ("示例市财政局", 2021): {"error": "balance"},
    ("示例区财政局", 2022): {"error": "result_sum"},
    ("样本县财政局", 2021): {"error": "dispute_sum"},
    ("示例区样板镇人民政府", 2020): {"error": "not_whole"},
    ("示例区农业农村局", 2022): {"error": "row_sum"},
    ("示例区民政局", 2020): {"zero": "blank"},
    ("示例区民政局", 2022): {"zero": "blank"},
    ("示例区教育局", 2021): {"zero": "slash"},
    ("样本县水利局", 2019): {"zero": "slash"},
    ("示例区范例镇人民政府", 2020): {"zero": "dash"},
    ("示例区卫生健康委员会", 2023): {"zero": "dash"},
    ("示例区审计局", 2023): {"form": "2019"},
    ("示例区示范街道办事处", 2019): {"how": "attachment"},
    ("示例市统计局", 2019): {"how": "gb18030", "extra": _RARE},
    ("示例市统计局", 2020): {"how": "dump_p"},
    ("示例市统计局", 2021): {"how": "text"},
    ("示例市统计局", 2022): {"how": "pdf"},
    ("示例市统计局", 2023): {"how": "dump_pre"},
    ("样本县公安局", 2022): {"how": "dump_br"},
}


@dataclass(frozen=True, slots=True)
class Extra:
    """A row that is no report.

    Attributes:
        column: Registry key.
        title: List title.
        date: List date.
        kind: `other` (an article about something else), `dead` (404) or `soft404`.
    """

    column: str
    title: str
    date: str
    kind: str = "other"


EXTRAS = (
    Extra("shiliqu", "示例区人民政府网站工作年度报表（2020年度）", "2021-01-25"),
    Extra("shiliqu", "示例区人民政府网站工作年度报表（2021年度）", "2022-01-26"),
    Extra("shiliqu", "《示例区2022年政府信息公开工作年度报告》解读", "2023-02-03"),
    Extra("shiliqu", "关于做好2023年政府信息公开工作年度报告编制发布工作的通知", "2023-12-20"),
    Extra("shiliqu", "示例区教育局2018年政府信息公开工作年度报告", "2019-03-12", "dead"),
    Extra("shiliqu", "示例区民政局2018年政府信息公开工作年度报告", "2019-03-11", "soft404"),
    Extra("shiliqu-2023nb", "示例区人民政府网站工作年度报表（2022年度）", "2023-01-18"),
    Extra("shiliqu-2023nb", "示例区政府信息公开指南（2023年版）", "2023-05-16"),
    Extra("shiliqu-2023nb", "图解：示例区2023年政府信息公开工作年度报告", "2024-04-02"),
    Extra("yangben", "样本县政府网站工作年度报表（2022年度）", "2023-01-19"),
)

# Rows whose list title is cut without the full one in `@title`.
CUT = {("示例区民政局", 2022), ("示例区审计局", 2020)}
