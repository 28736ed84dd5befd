"""What a workbook prints for a number: its format decides, not the stored value.

A zero may be printed as a dash or not at all (the accounting formats do that), and 12
with `0"件"` is 12件. A format that this module cannot follow for certain gives a text
that no reader takes for a number ([ISO 29500-1] 18.8.30, 18.8.31).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

#: Formats that files name by number only, as Excel shows them in Chinese.
BUILT_IN: dict[int, str] = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"\\-#,##0',
    6: '"¥"#,##0;[Red]"¥"\\-#,##0',
    7: '"¥"#,##0.00;"¥"\\-#,##0.00',
    8: '"¥"#,##0.00;[Red]"¥"\\-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0_ ;\\-#,##0_ ",
    38: "#,##0_ ;[Red]\\-#,##0_ ",
    39: "#,##0.00_ ;\\-#,##0.00_ ",
    40: "#,##0.00_ ;[Red]\\-#,##0.00_ ",
    41: '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* \\-#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    48: "##0.0E+0",
    49: "@",
} | dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), "yyyy-mm-dd")
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)|(?P<digits>[#0?][#0?,.]*|\.[0#?]+)"
    r"|(?P<percent>%)|(?P<text>@)|(?P<other>.)",
    re.I | re.S,
)
_COLOUR = re.compile(
    r"(?:black|blue|cyan|green|magenta|red|white|yellow|color\s?\d+|颜色\d+)", re.I
)
_CURRENCY = re.compile(r"\$([^\-\]]*)(?:-[0-9A-Fa-f]+)?")
_LOCALE = re.compile(r"\$-[0-9A-Fa-f]+")
#: Characters that are printed as they are without quotes.
_LITERAL = re.compile(r"[-+()¥￥$:{}<>=\s、，。\u4e00-\u9fff]")
_DATE_LETTERS = frozenset("ymdhsYMDHS")
#: A workbook keeps 15 digits.
_MOST = 10**15
#: Decimals that Excel lets a format ask for, and its longest format.
_MOST_PLACES = 30
_MOST_CODE = 255
_EXACT = Context(prec=60)  # room for them all
#: Day 0 of a workbook: 1900 is counted as a leap year.
EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LAST_DAY = 2_900_000
#: Behind a number whose printed form is not known.
UNKNOWN = "（格式不明）"
#: The code of a format that the file does not hold.
UNKNOWN_FORMAT = "[?]"


def plain(value: float) -> str:
    """A number without a format: no exponent, no more digits than a workbook keeps.

    >>> plain(12.0), plain(763.0137000000001)
    ('12', '763.0137')
    """
    shown = f"{Decimal(f'{value:.15g}'):f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown == "-0" else shown


@lru_cache(maxsize=1024)
def is_date(code: str) -> bool:
    """Whether a format prints a number as a date or a time."""
    return any(
        kind == "other" and text in _DATE_LETTERS for kind, text in _tokens(_sections(code)[0])
    )


def printed(value: float, code: str, epoch: datetime) -> str:
    """What is printed for a number or a date; dates as ISO text.

    Args:
        value: The stored number; for a date the days since the epoch.
        code: The cell's number format.
        epoch: The workbook's first day.
    """
    if len(code) > _MOST_CODE or not is_date(code):
        return shown(value, code)
    if not 0 <= value < _LAST_DAY:
        return plain(value) + UNKNOWN
    moment = epoch + timedelta(days=value)
    return moment.isoformat(" ", "seconds") if value % 1 else moment.date().isoformat()


def shown(value: float, code: str) -> str:
    """What is printed for a number.

    Args:
        value: The stored number.
        code: The cell's number format.

    Returns:
        The printed text, "" where the format hides the number; the plain number with
        `UNKNOWN` behind it where its format is not understood.
    """
    if len(code) > _MOST_CODE:
        return plain(value) + UNKNOWN
    if code in ("General", "@", ""):
        return plain(value)
    text = _shown(value, code)
    return plain(value) + UNKNOWN if text is None else " ".join(text.split())


def _shown(value: float, code: str) -> str | None:
    sections = _sections(code)
    if any("[<" in s or "[>" in s or "[=" in s for s in sections):
        return None
    if len(sections) > 1 and value < 0:
        text = _print(Decimal(f"{-value:.15g}"), sections[1])
        # Red alone does not say that a number is negative.
        return text if text is None or not text or re.search(r"[-(（]", text) else None
    section = sections[2] if len(sections) > 2 and value == 0 else sections[0]
    return _print(Decimal(f"{value:.15g}"), section)


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[str, ...]:
    """Sections for positive, negative, zero and text; `;` in quotes parts nothing."""
    parts = re.split(r'("[^"]*"?|[\\!_*].|\[[^\]]*\])|(;)', code, flags=re.S)
    sections = [""]
    for part in filter(None, parts):
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    return tuple(sections)


@lru_cache(maxsize=1024)
def _tokens(section: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (match.lastgroup or "", match[match.lastgroup or 0] or "")
        for match in _TOKEN.finditer(section)
    )


def _print(value: Decimal, section: str) -> str | None:
    """A number in one section of a format, or None where it is not understood."""
    tokens = _tokens(section)
    if sum(kind in ("digits", "general") for kind, _ in tokens) > 1:
        return None
    for _ in range(sum(kind == "percent" for kind, _ in tokens)):
        value *= 100
    out = []
    for kind, text in tokens:
        printed = _token(value, kind, text)
        if printed is None:
            return None
        out.append(printed)
    negative = value < 0 and any(kind in ("digits", "general") for kind, _ in tokens)
    # What rounds to zero prints no sign.
    signed = negative and any(c in "123456789" for c in "".join(out))
    return ("-" if signed else "") + "".join(out)


def _token(value: Decimal, kind: str, text: str) -> str | None:
    if kind == "digits":
        return _digits(abs(value), text)
    if kind == "bracket":
        return _bracket(text)
    if kind == "other":
        return text if _LITERAL.fullmatch(text) else None
    fixed = {
        "general": plain(float(abs(value))),
        "percent": "%",
        "space": " ",
        "fill": "",
        "text": "",
    }
    return fixed.get(kind, text)


def _bracket(text: str) -> str | None:
    if _COLOUR.fullmatch(text) or _LOCALE.fullmatch(text):
        return ""
    match = _CURRENCY.fullmatch(text)
    return match[1] if match else None


def _digits(value: Decimal, pattern: str) -> str | None:
    """A number in digit placeholders; None for the commas that divide by a thousand."""
    if pattern.endswith(",") or ",." in pattern or pattern.count(".") > 1:
        return None
    whole, _, part = pattern.partition(".")
    if "," in part or len(part) > _MOST_PLACES or value >= _MOST:
        return None
    rounded = value.quantize(Decimal(1).scaleb(-len(part)), rounding=ROUND_HALF_UP, context=_EXACT)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    left, _, right = text.partition(".")
    least = whole.replace(",", "").count("0")
    left = "" if not least and left == "0" else left.zfill(least)
    kept = max(part.rfind("0") + 1, len(right.rstrip("0")))
    right = right[:kept]
    return f"{left}.{right}" if right or "." in pattern else left
