"""Numbers of prose: 1,234件, 1.2万余条, 十二件."""

from __future__ import annotations

from ..types import Value

#: A number with its unit, wherever it is certain where the number begins.
#: Not of a range (3-5件), no ordinal (第3件), not some (数十件), not the rest of a longer one.
_HAN = "零〇一二两三四五六七八九十百千"
START = rf"(?<![\d第每{_HAN}万亿.])(?<!\d[,\s~—–\-至到、])(?<!件[至到-])"
#: Groups `n` (digits), `w` (万, 亿), `a` (余, 多).
AMOUNT = (
    r"(?P<n>\d{1,3}(?:,\d{3})+(?![\d,])|\d{1,12}(?:\.\d{1,4})?(?![.,]?\d)"
    rf"|(?<![数几上成好])[零〇一二两三四五六七八九十][{_HAN}]{{0,8}})(?P<w>[万亿])?(?P<a>[余多来])?"
)
_DIGIT = {char: value for value, char in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000}
_SCALES = {None: 1, "万": 10_000, "亿": 100_000_000}


def value_of(digits: str, scale: str | None) -> Value:
    """The number, scaled by a printed 万 or 亿; None if it is none (二〇, 三四).

    Args:
        digits: Arabic digits with commas and a point, or Chinese numerals below 万.
        scale: 万, 亿, or None.
    """
    if digits[0].isdigit():
        scaled = round(float(digits.replace(",", "")) * _SCALES[scale], 4)
        return int(scaled) if scaled.is_integer() else scaled
    whole = _from_han(digits)
    return None if whole is None else whole * _SCALES[scale]


def _from_han(numeral: str) -> int | None:
    """Chinese numerals below 10,000 as they are written out: 一百零五, 十二."""
    total, digit, last, zero = 0, None, 10_000, False
    for char in numeral:
        if char in _SCALE:
            scale = _SCALE[char]
            if scale >= last or (digit is None and (scale != 10 or total)):
                return None
            total, digit, last = total + (1 if digit is None else digit) * scale, None, scale
        elif char in "零〇":
            if digit is not None or zero:
                return None
            zero = True
        elif digit is None:
            digit = _DIGIT[char]
        else:
            return None  # 三四件: three or four
    if digit and last in (100, 1000) and not zero:
        return None  # 一百五: 105 or 150
    return total + (digit or 0)
