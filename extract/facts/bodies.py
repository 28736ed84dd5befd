"""Whose count it is: the report's own, or that of a body which the sentence names.

A government's report counts for all its bodies, so what its office or one of its bureaus received
is a part of it. 我局, 本机关 and a bureau of which the chapter speaks from its start are its own.
"""

from __future__ import annotations

import re

from .hits import Hit

_NAMED = re.compile(
    r"[^,;:()Y\d]{2}(?:(?<![我本全该格布结])局(?![限面部])"
    r"|(?<![我本全])委(?!托|派|员(?!会))|(?<![我本全])厅)"
)
_OTHER = re.compile(
    r"政府办|办公室|(?:[市县区州省旗盟镇乡]|政府)本级|代表[^,;:]{0,8}(?:政府|办公室)"
    r"|(?<![我本])部门|县区"
    r"|各(?:乡|镇|街|单位|科|股|处|县|区|委办)"
)
#: Never the report's own, even with 我局 before it.
_UNDER = re.compile(
    r"下属|下辖|所属|直属|(?:系统|二级|所辖)单位|其[他它](?:机关|单位)"
    r"|\d+个(?:部门|单位|乡|镇|街|县|区)"
)
_OWN = re.compile("[我本](?:局|委|厅|办|院|校|机关|单位|部门|中心)")
#: Without any of these there is none of the above.
_HINT = re.compile("[局委厅办属辖]|本级|单位|部门|机关|代表|各|县区|个[乡镇街县区]")
_COUNTING = re.compile("收|受理|接到|接收|办理|答复|办结|处理")
_WHEN = re.compile(r"[^,;:()Y\d]*$")
_PREFIX = re.compile(r"(?:年度|全年|年|共|其中|中|由)*")
#: How much of a chapter says whom it is about.
_OPENING = 120


def is_of_a_body(hit: Hit) -> bool:
    """Whether a body is named that need not be the whole; its own clause's joins the quotation."""
    if not _HINT.search(hit.before):
        return False
    at = _body(hit, hit.clause)
    if at is not None:
        opening = len(hit.before) - len(hit.clause)
        stretch = hit.clause[:at]
        found = _WHEN.search(stretch)
        first = found.start() if found else at
        skipped = _PREFIX.match(stretch, first)
        hit.start = opening + (skipped.end() if skipped else first)
        return True
    if _OWN.search(hit.clause):
        # 我委机关收到3件, 直属单位收到2件
        return "机关" in hit.clause and _UNDER.search(hit.sentence.plain.masked) is not None
    clauses = hit.before[: len(hit.before) - len(hit.clause)].rpartition(";")[2].split(",")
    return any(_COUNTING.search(each) and _body(hit, each) is not None for each in clauses)


def _body(hit: Hit, clause: str) -> int | None:
    """Where a clause names such a body."""
    under = _UNDER.search(clause)
    if under:
        return under.start()
    if _OWN.search(clause):
        return None
    other = _OTHER.search(clause)
    if other:
        return other.start()
    for named in _NAMED.finditer(clause):
        if named[0] not in hit.sentence.chapter_text[: min(_OPENING, hit.sentence.start)]:
            return named.start()
    return None
