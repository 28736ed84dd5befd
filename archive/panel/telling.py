"""What a panel says of itself: README.txt, selection.json, CITATION.txt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..citation import Citation, of_release
from ..release.files.words import FICTION
from ..schema.codes import LEVEL
from ..schema.licence import LICENCE_TEXT
from .frame import Size
from .layout import statuses
from .selection import FIRST_YEAR, SCOPES, Selection

TITLE = "年报面板：机关 × 年度 × 范围"
TITLE_EN = "nianbao panel: agency by year by scope"


def about(
    asked: Selection, found: Size, manifest: Mapping[str, Any], address: str
) -> dict[str, str]:
    """What a file of the panel says of itself, by name."""
    told = {
        "title": TITLE + (f"（{FICTION}）" if manifest.get("fiction") else ""),
        "release": str(manifest.get("release", "")),
        "content_hash": str(manifest.get("content_hash", "")),
        "selection": json.dumps(asked.said(), ensure_ascii=False),
        "rows": f"{found.rows}, of which without a report {found.missing}",
        "citation": cite(manifest, address).gbt,
    }
    return {name: text for name, text in told.items() if text}


def cite(manifest: Mapping[str, Any], address: str) -> Citation:
    """How to cite the release that a panel is of, at the address where it was found."""
    return of_release(manifest, address)


def selection_words(asked: Selection) -> list[str]:
    """A selection in words, a part each."""
    return [
        f"年度：{asked.first_year}–{'' if asked.last_year == 9999 else asked.last_year}",
        f"范围：{SCOPES[asked.scope]}",
        f"机关类别：{'、'.join(asked.kinds) or '全部'}",
        f"层级：{'、'.join(LEVEL[level] for level in asked.levels) or '全部'}",
        f"地区：{asked.region + '（含其下各级）' if asked.region else '全部'}",
    ]


def selection_json(asked: Selection, found: Size, manifest: Mapping[str, Any]) -> str:
    """`selection.json`: what was asked, of which release, and how much there is."""
    told = {
        "selection": asked.said(),
        "release": manifest.get("release"),
        "content_hash": manifest.get("content_hash"),
        "rows": found.rows,
        "agencies": found.agencies,
        "held": found.held,
        "read": found.read,
        "missing": found.missing,
        "not_in_frame": found.outside,
        "scope_unknown_left_out": found.untold,
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def readme(
    asked: Selection,
    found: Size,
    manifest: Mapping[str, Any],
    files: Mapping[str, str],
    address: str,
) -> str:
    """`README.txt`, in Chinese and English.

    Args:
        asked: What was asked.
        found: How much there is.
        manifest: The release's manifest.
        files: The other files of the ZIP, each with its SHA-256.
        address: Where the release was found.
    """
    return _TEXT.format(
        fiction=f"{FICTION}。\n\n" if manifest.get("fiction") else "",
        title=TITLE,
        title_en=TITLE_EN,
        selection="\n".join(f"  {line}" for line in selection_words(asked)),
        size=found,
        release=manifest.get("release", "—"),
        content_hash=manifest.get("content_hash", "—"),
        statuses="\n".join(f"  {code:<13}{word}" for code, word, _ in statuses()),
        statuses_en="\n".join(f"  {code:<13}{word}" for code, _, word in statuses()),
        citation=cite(manifest, address).gbt,
        licence=LICENCE_TEXT,
        files="\n".join(f"  {digest}  {name}" for name, digest in files.items()),
        first=FIRST_YEAR,
        address=address.rstrip("/") + "/",
    )


_TEXT = """\
{title}
{fiction}
一行：一个机关、一个年度、一种范围（本机关 own，或一级政府汇总 aggregate）。
两种范围各为一行，不可相加。没有取得年报的机关年度也各为一行：held 为 0，数值为空，
status 为栏目所示的缘由。未取得不等于未公布。

选择
{selection}

数量
  {size.rows} 行，{size.agencies} 个机关
  取得年报的 {size.held} 行（n = {size.rows}），其中已读出的 {size.read} 行
  未取得的 {size.missing} 行，其中 {size.outside} 行的机关当年不在应有之列
  （existence 为 not_in_frame）
  范围未确定而未列入的年报：{size.untold} 份

数值
  所印的数，不作换算，不作补正。0 为印出的 0；没有数即为空，缘由见同名加 _status 的列。
  金额照印，单位见同名加 _unit 的列；单位不同、未印单位的金额不可直接相加。
  各列按 2019、2021 两种格式对照，两种格式同义的为一列。2019 年格式的“（六）其他处理”在
  2021 年格式中分为三行：列 t3_other_handling_… 在后者为三行之和，三行各自也有列。此外不作换算，
  一种格式独有的列在另一种格式的年报中为 not_on_form。第二章只有处理决定数量跨格式可比。
  格式按年报的表格判定，不由年度推得。
  见 codebook.csv 的 figures（所出之列）与 made（如何得出）。

中断
  {first} 年度起用 2019 年格式；2021 年度起用 2021 年格式；
  2024 年度起复议前置（通行理解，待核对）。列 break_before、period 标明。
  {first} 年度以前的年报格式不一，没有数值，不在面板之内；其正文在 text.db。

状态
{statuses}

文件
  panel.csv      UTF-8，有字节顺序标记（Excel 可直接打开），行尾 CR LF；
                 以 = + - @ 等开头的文字前加了一个撇号
  panel.dta      Stata 14 及以上：中文变量标签，状态为值标签，日期为 %td，缺失为 Stata 缺失值
  panel.parquet  整数为可空整数，列的元数据含标签
  codebook.csv   每一列的含义、单位、所出之列
  query.sql      从 nianbao.db 得出各数值的查询
  selection.json 选择与数量；CITATION.txt 引用
  三种格式的行、列、列名相同。列名是英文短名，Excel 中的中文含义查 codebook.csv；
  Stata 的变量标签、值标签即为中文。

打开
  Stata    use panel.dta, clear
           keep if scope == "own"
           egen id = group(agency_id)
           xtset id year
  R        p <- arrow::read_parquet("panel.parquet"); p <- p[p$scope == "own", ]
  Python   p = pandas.read_parquet("panel.parquet"); p = p[p["scope"] == "own"]
  一行回到网页：{address}bg/ 加 report_id 为该年报，加 version_id 为所据的那一版。

发布 {release}
内容校验值 {content_hash}

引用
  {citation}

{licence}

----
{title_en}

A row is an agency, a year and a scope (own, or aggregate: of a government for its territory).
Rows of two scopes never add up. Agency-years of which no report is held are rows, too: held is
0, figures are empty, status says what the column told. Not held does not mean not published.
{size.rows} rows, {size.agencies} agencies; {size.held} with a report ({size.read} read).
Rows without: {size.missing}, of which {size.outside} are not expected in their year.
Reports left out since their scope is not known: {size.untold}.

Figures are as printed, never converted or mended. 0 is a printed 0; an empty cell has its reason
in the column of its name and _status; money has its printed unit in the one ending in _unit.
t3_other_handling_… is printed by the form of 2019, and the sum of three lines of the form of
2021; nothing else is made comparable. Breaks: 2019, 2021 (forms), 2024 (review before suit,
general understanding, to be verified). Years before {first} are not in the panel.

Statuses
{statuses_en}

The page of a row: {address}bg/ and its report_id, or its version_id for the version read.
Agency and year are a key within one scope only: keep one before xtset or merge.

SHA-256
{files}
"""
