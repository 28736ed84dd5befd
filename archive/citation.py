"""How to cite a release, a version of a report and a figure: GB/T 7714—2015 and BibTeX.

No clock is read, so a page says the same as long as its release stands. The place of the day
of access (引用日期) has the day of the release: that names the state of the archive in which
the cited was seen, and whoever must give the day of access itself puts it there.

Names and titles come from crawled pages. They are made one line of visible signs, and what
is syntax for BibTeX is written as a command, braces too: BibTeX counts them even behind a
backslash.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urldefrag

from .schema.codes import FIGURE_STATUS

#: Who is named for the archive itself.
AUTHOR = "年报档案"
TITLE = "政府信息公开工作年度报告档案"
FICTION = "（演示数据：全部虚构）"
#: A figure's cell on the page of its version: this and the figure's column.
ANCHOR = "sz-"

_LONGEST = 300  # signs of one title; the longest real one has 80
_URL_SAFE = "%/:=&?#~+!$,;'@()*[]-._"
_IN_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        **{sign: f"\\{sign}" for sign in "$&%#_"},
    }
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation in two forms.

    Attributes:
        gbt: A line after GB/T 7714—2015 (`[DS/OL]`, `[R/OL]`).
        bibtex: An entry for BibTeX and biblatex.
    """

    gbt: str
    bibtex: str


def of_release(manifest: Mapping[str, object], address: str, *, doi: str = "") -> Citation:
    """How to cite a release as a whole.

    Args:
        manifest: The release's manifest.
        address: Where it is, with host; "" if it is nowhere yet.
        doi: Its DOI, if a data repository gave it one.
    """
    name, day = _release(manifest), _day(manifest.get("built_at"))
    title = f"{TITLE}{_fiction(manifest)}"
    given = f"DOI:{doi}" if doi else ""
    return Citation(
        _line(AUTHOR, f"{title}: 版次 {name}[DS/OL]", day, day, address, given),
        _entry(
            "dataset",
            _key(name),
            author=_whole(AUTHOR),
            title=_whole(title),
            version=_plain(name),
            year=day[:4],
            doi=_url(doi),
            url=_url(address),
            urldate=day,
            note=_plain(_joined("内容校验值 SHA-256：", manifest.get("content_hash"))),
        ),
    )


def of_report(
    manifest: Mapping[str, object], report: Mapping[str, object], address: str
) -> Citation:
    """How to cite a version of a report.

    Args:
        manifest: The manifest of the release in which it is read.
        report: `title` (or `title_derived`), `agency`, `year`, `version_id`, `published`; of its
            source `url`, `captured_at`, `sha256`. What is missing or None is not said.
        address: The permanent address of the version, with host (`…/bg/<id>.v1`).
    """
    title, agency = _title(manifest, report), visible(report.get("agency")) or "机关未确定"
    published, day = _day(report.get("published")), _day(manifest.get("built_at"))
    return Citation(
        _line(agency, f"{title}[R/OL]", published, day, address, *_seen(manifest, report)),
        _entry(
            "techreport",
            _key(str(report["version_id"])),
            author=_whole(agency),
            title=_whole(title),
            institution=_whole(agency),
            type=_whole("政府信息公开工作年度报告"),
            year=published[:4],
            url=_url(address),
            urldate=day,
            note=_plain(_provenance(manifest, report)),
        ),
    )


def of_figure(
    manifest: Mapping[str, object],
    report: Mapping[str, object],
    label: str,
    printed: str | None,
    status: str,
    address: str,
    *,
    by_hand: bool = False,
) -> Citation:
    """How to cite one figure of a version, with what the report prints there.

    Args:
        manifest: The manifest of the release in which it is read.
        report: As for `of_report`.
        label: The figure's line and column in words.
        printed: What the report prints in the cell, or None.
        status: The figure's status (`archive.schema.codes.FIGURE_STATUS`).
        address: The permanent address of its cell, with host (`…/bg/<id>.v1#sz-<figure>`).
        by_hand: Whether people read it, and not the machine.
    """
    agency = visible(report.get("agency")) or "机关未确定"
    title = (
        f"{_title(manifest, report)}: {visible(label)}，{said(printed, status, by_hand=by_hand)}"
    )
    published, day = _day(report.get("published")), _day(manifest.get("built_at"))
    figure = urldefrag(address).fragment.removeprefix(ANCHOR)
    return Citation(
        _line(agency, f"{title}[R/OL]", published, day, address, *_seen(manifest, report)),
        _entry(
            "misc",
            _key(str(report["version_id"]), figure or visible(label)),
            author=_whole(agency),
            title=_whole(title),
            year=published[:4],
            url=_url(address),
            urldate=day,
            note=_plain(_provenance(manifest, report)),
        ),
    )


def said(printed: str | None, status: str, *, by_hand: bool = False) -> str:
    """What the report prints, in words: a blank is no number, and no word is one.

    Args:
        printed: What is printed in the cell, or None.
        status: The figure's status (`archive.schema.codes.FIGURE_STATUS`).
        by_hand: Whether people read it: a cell without a number keeps the status of what is there.
    """
    hand = FIGURE_STATUS["hand_read"]
    if by_hand and status == "missing_cell":
        return f"报告没有印出此格（{hand}）"
    told = _by_status(printed, status)
    return f"{told}（{hand}）" if by_hand and status != "hand_read" else told


def _by_status(printed: str | None, status: str) -> str:
    text, word = visible(printed), FIGURE_STATUS.get(status, status)
    if status == "reported":
        return f"报告所印“{text}”"
    if status in ("unparsed", "inferred", "hand_read") and text:
        return f"报告所印“{text}”（{word}）"
    return f"报告所印为{word}" if status in ("dash", "slash", "none_word") else f"此格{word}"


def _title(manifest: Mapping[str, object], report: Mapping[str, object]) -> str:
    printed = visible(report.get("title")) or visible(report.get("title_derived"))
    made_up = f"{visible(report.get('agency'))}{report.get('year')} 年度报告"
    return f"{printed or made_up}{_fiction(manifest)}"


def _fiction(manifest: Mapping[str, object]) -> str:
    return FICTION if manifest.get("fiction") else ""


def _release(manifest: Mapping[str, object]) -> str:
    return visible(manifest.get("release")) or "未定"


def _seen(manifest: Mapping[str, object], report: Mapping[str, object]) -> tuple[str, str]:
    """Where a version comes from, and in which release of the archive it is read."""
    return _origin(report), _joined(f"{AUTHOR}版次 ", manifest.get("release"))


def _provenance(manifest: Mapping[str, object], report: Mapping[str, object]) -> str:
    """The source of a version and the release in which it is read, in one sentence."""
    digest = _joined("，存档原件 SHA-256：", report.get("sha256"))
    return f"{_origin(report)}{digest}；据{AUTHOR}版次 {_release(manifest)}".lstrip("，；")


def _origin(report: Mapping[str, object]) -> str:
    """Where and when the version was obtained, or ""; a file imported by hand has no address."""
    taken, url = _day(report.get("captured_at")), _url(report.get("url"))
    where = "人工导入的文件" if url.startswith("urn:") else _joined("原载 ", url)
    # A word processor that makes a link of the address takes a Chinese comma into it.
    between = ", " if url and where.endswith(url) else "，"
    return where + (f"{between}{taken} 取得" if taken else "")


def _joined(words: str, value: object) -> str:
    text = visible(value)
    return f"{words}{text}" if text else ""


def _line(author: str, title: str, issued: str, day: str, address: str, *more: str) -> str:
    """A line: author. Title[type]. (day of issue)[day of access]. Address."""
    days = (f"({issued})" if issued else "") + (f"[{day}]" if day else "")
    parts = (author, title, days, _url(address), *more)
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _entry(kind: str, key: str, **fields: str) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _key(*parts: str) -> str:
    """A key of ASCII signs alone; others as their numbers, so that no two become one."""
    return ":".join(
        ("nianbao", *(re.sub(r"[^\w.\-]", _number, part, flags=re.ASCII) for part in parts))
    )


def _number(sign: re.Match[str]) -> str:
    return f"+{ord(sign[0]):x}+"


def _plain(text: str) -> str:
    """A text as the value of a field."""
    return visible(text, longest=2_000).translate(_IN_BIBTEX)


def _whole(text: str) -> str:
    """A name or a title as it is, not taken apart at “and” or a comma."""
    return f"{{{_plain(text)}}}"


def _url(address: object) -> str:
    """An address without a sign that ends it, breaks a line or counts as a brace."""
    return quote(visible(address, longest=2_000), safe=_URL_SAFE)


def _day(stamp: object) -> str:
    """The day of a time stamp or a date, or ""."""
    found = _DAY.match(str(stamp or ""))
    return found[0] if found else ""


def _sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if category[0] == "Z" or category == "Cc":
        return " "
    return "" if category in ("Cf", "Cs") else sign


def visible(text: object, longest: int = _LONGEST) -> str:
    """A text in one line, without signs that cannot be seen or turn round what follows.

    >>> visible("示例市  财政局", 6)
    '示例市 财…'
    """
    if text is None:
        return ""
    line = str(text)
    if not line.isprintable():  # nearly every text is
        line = "".join(map(_sign, line))
    line = " ".join(line.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
