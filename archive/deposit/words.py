"""What a deposit is called and how it is described, in Chinese and English."""

from __future__ import annotations

from ..release.files.words import TITLE, TITLE_EN
from .facts import Facts

#: Before each title and description of invented data.
FICTION = "【演示数据：全部虚构】"
FICTION_EN = "[Demonstration data, all of it invented] "
KEYWORDS = (
    ("政府信息公开", "zh"),
    ("政府信息公开工作年度报告", "zh"),
    ("行政复议", "zh"),
    ("行政诉讼", "zh"),
    ("open government information", "en"),
    ("freedom of information", "en"),
    ("annual reports", "en"),
    ("public administration", "en"),
    ("China", "en"),
)


def title(facts: Facts) -> str:
    """The title in Chinese."""
    return FICTION * facts.fiction + TITLE


def title_en(facts: Facts) -> str:
    """The title in English."""
    return FICTION_EN * facts.fiction + TITLE_EN


def keywords(facts: Facts) -> list[tuple[str, str]]:
    """Keywords, each with its language; those of invented data name no country."""
    return [pair for pair in KEYWORDS if not (facts.fiction and pair[0] == "China")]


def abstract(facts: Facts) -> str:
    """What it is, in Chinese."""
    counts = facts.counts
    return (
        f"{FICTION * facts.fiction}"
        "行政机关政府信息公开工作年度报告的存档与数值库："
        f"{counts.get('reports', 0)} 份年报，{counts.get('agencies', 0)} 个机关"
        f"{_of_years(facts)}。数值照所印文字收录，不修正、不换算、不补全；印出的 0 与空白、斜线、"
        "横线、未读出各自分开。每个版本都有原地址、取得时间与原件的 SHA-256。页面改动后旧版本保留。"
        f"准确性：{facts.accuracy.chinese}本档案未取得，不等于未公布。"
    )


def abstract_en(facts: Facts) -> str:
    """What it is, in English."""
    counts = facts.counts
    years = f" on {_span(facts, '–')}" if facts.years[0] else ""
    return (
        f"{FICTION_EN * facts.fiction}"
        "Archive and figures of the annual open-government reports of Chinese agencies: "
        f"{counts.get('reports', 0)} reports of {counts.get('agencies', 0)} agencies{years}. "
        "Figures stand as printed; nothing is repaired, converted or imputed, and a printed 0, a "
        "blank, a slash, a dash and a cell that was not read are kept apart. Each version has its "
        "address, the time of capture and the SHA-256 of the original; earlier versions are kept. "
        f"Accuracy: {facts.accuracy.english} A report that is not in the archive is not thereby "
        "unpublished."
    )


def methods(facts: Facts) -> str:
    """How it was made, in Chinese."""
    return (
        "程序按登记抓取各门户网站的年报栏目，遵守 robots.txt，不绕过访问验证；所得字节连同地址、"
        "时间存入 WARC。读取程序按法定格式的行列名称对应表格，无法确定的不取；再由核对查出"
        "报告所载不相符之处，只标注，不修正。读错的格可由人据原件更正，程序的读数同时保留。"
        f"读取程序版本 {facts.manifest.get('reader')}。"
    )


def methods_en(facts: Facts) -> str:
    """How it was made, in English."""
    return (
        "Registered columns of web portals were crawled under robots.txt, without passing any "
        "access control; the bytes were stored in WARC files with address and time. One reader "
        "maps tables to the statutory forms by the names of rows and columns and takes nothing "
        "that it cannot place. Checks mark what does not agree in a report and change nothing. A "
        "cell that was read wrongly is corrected by two people from the original; the machine's "
        f"reading stays beside it. Version of the reader: {facts.manifest.get('reader')}."
    )


def _of_years(facts: Facts) -> str:
    return f"，{_span(facts, '—')} 年度" if facts.years[0] else ""


def _span(facts: Facts, dash: str) -> str:
    first, last = facts.years
    return first if first == last else f"{first}{dash}{last}"
