"""What lies in a region, told by codes alone (GB/T 2260: two digits a level, `00` below)."""

from __future__ import annotations


def stem(code: str) -> str:
    """What the codes of a region, and of all that lies in it, begin with.

    >>> stem("360000"), stem("360900"), stem("360902"), stem("360902001"), stem("36")
    ('36', '3609', '360902', '360902001', '36')
    """
    if len(code) != 6:
        return code
    return code[:4].removesuffix("00") if code.endswith("00") else code


def span(code: str) -> tuple[str, str]:
    """The ids of agencies and reports in a region: not less than the first, less than the last.

    >>> span("360000"), span("360902001")
    (('36', '36~'), ('360902001', '360902001~'))
    """
    first = stem(code)
    return first, f"{first}~"
