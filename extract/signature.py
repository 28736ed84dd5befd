"""The end of a report: where its last chapter stops, and who signed it when."""

from __future__ import annotations

import re

from .dates import is_date_line, without_date
from .labels import flat
from .names import is_agency_line

#: Words that no sentence of a report holds.
_MARKS = re.compile(
    r"版权所有|网站标识码|ICP备|公网安备|您是第\S{0,3}\d+\S{0,3}位|[(]此件[^)]*[)]$"
    r"|(?i:copyright)|©|建议使用.{0,20}分辨率"
)
#: Ornaments before a line of furniture: `>> 上一篇`, `■ 相关链接`, `（责任编辑：…）`.
_ORNAMENT = re.compile(r"^[|·■●◆▪►>»<«(\[【]+")
#: A line that holds nothing but such words is furniture.
_WORDS = re.compile(
    r"(?:[|·■●◆▪►>»<«()\[\]【】、/:-]|打印|关闭|本页|窗口|页面|收藏|分享|字体|字号|[大中小]|我要|网站|"
    r"纠错|二维码|附件|下载|友情|原文|相关|链接|为您|推荐|阅读|是否有用|评价|一下|返回|顶部|首页|"
    r"[上下]一页|微信|微博|手机|扫码|(?i:pdf|word))+"
)
_LABELS = re.compile(
    r"(?:信息)?来源:|(?:发布|更新)(?:时间|日期):|(?:点击|浏览|阅读|访问)[数量次]*:|"
    r"(?:您)?(?:的|当前|现在|所在)*位置:|字[号体]:|分享:|地址:.*(?:邮编|邮政编码):|"
    r"(?:责编|编辑|审核|校对|初审|复审|终审|录入|撰稿)(?:人)?:[\u4e00-\u9fff·]{0,6}$"
)
#: What page furniture begins with; a sentence may begin so too, so the line must be short.
_BEGINS = re.compile(
    r"(?:主办|承办|技术支持|网站支持|扫一扫|分享到|返回顶部|上一[篇条]|下一[篇条]|"
    r"相关(?:链接|附件|文档|信息|稿件)|责任编辑|网站地图|联系我们|【?(?:打印|关闭|字体)|"
    r"\[?(?:打印|关闭)|浏览次数|附件[:\d]|文件下载|政策解读:?$)"
)
_WITHIN = re.compile(r"主办单位|承办单位|技术支持|扫一扫|分享到|返回顶部")
_LONGEST_FURNITURE = 120
_SHORT = 20
#: A signature with its date may be followed by a few lines that nobody can foresee.
_LONGEST_TRAILER = 40
_DEEPEST_SIGNATURE = 12


def split_end(lines: list[str], agency: str | None) -> tuple[list[str], tuple[str, ...]]:
    """Cut page chrome and the signature block off the last chapter.

    Args:
        lines: The chapter's lines, chrome and signature included.
        agency: The name in the report's title: without a date, only the agency's own
            name is a signature.

    Returns:
        The chapter's own lines, and the signature's.
    """
    cut = next((i for i in range(len(lines)) if _is_chrome(lines[i]) or _tails(lines, i)), None)
    cut = len(lines) if cut is None else cut
    kept, rest = lines[:cut], lines[cut:]
    start = _signature_start(kept)
    if start is not None:
        return kept[:start], _signing(kept[start:])
    if kept and _signs_undated(kept, agency):
        return kept[:-1], (kept[-1],)
    return kept, _after_chrome(rest)


def _is_chrome(line: str) -> bool:
    text = flat(line)
    if len(text) >= _LONGEST_FURNITURE:
        return False
    if _MARKS.search(text):
        return True
    if "。" in text:
        return False
    return bool(_BEGINS.match(_ORNAMENT.sub("", text))) or (
        len(text) <= _SHORT and bool(_WITHIN.search(text))
    )


def _tails(lines: list[str], i: int) -> bool:
    """Whether furniture that could stand in a chapter stands behind it: no sentence follows."""
    text = flat(lines[i])
    if len(text) > _LONGEST_TRAILER or "。" in text:
        return False
    if not (_WORDS.fullmatch(text) or _LABELS.match(_ORNAMENT.sub("", text))):
        return False
    return not any("。" in line for line in lines[i + 1 :])


def _signature_start(lines: list[str]) -> int | None:
    """Where the signature block begins, if lines end with a dated one."""
    for i in range(len(lines) - 1, max(-1, len(lines) - 1 - _DEEPEST_SIGNATURE), -1):
        if not _is_dated(lines[i]):
            continue
        start = i
        while start > 0 and is_agency_line(lines[start - 1]):
            start -= 1
        signed = start < i or not is_date_line(lines[i])
        return start if _nothing_follows(lines[i + 1 :], signed) else None
    return None


def _is_dated(line: str) -> bool:
    left = without_date(line)
    return is_date_line(line) or (left != flat(line) and is_agency_line(left))


def _nothing_follows(lines: list[str], signed: bool) -> bool:
    """Whether what follows a date says nothing more: a date inside a chapter signs nothing."""
    if all(is_agency_line(line) for line in lines):
        return True
    return signed and all(
        len(line) <= _LONGEST_TRAILER and not re.search(r"[。;；]", line) for line in lines
    )


def _signing(lines: list[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if is_agency_line(line) or _is_dated(line))


def _signs_undated(lines: list[str], agency: str | None) -> bool:
    """Whether the last line is the agency's name, and not the last item of a list."""
    name = flat(lines[-1])
    if not agency or not is_agency_line(name):
        return False
    listed = len(lines) > 1 and flat(lines[-2]).endswith((":", "、", ","))
    same = name.endswith(agency) or agency.endswith(name) or name == f"{agency}人民政府"
    return same and not listed


def _after_chrome(lines: list[str]) -> tuple[str, ...]:
    """The signature behind a list of attachments or a mark such as （此件公开发布）."""
    own = lines[:_DEEPEST_SIGNATURE]
    for i, line in enumerate(own):
        if _is_dated(line):
            start = i
            while start > 0 and is_agency_line(own[start - 1]):
                start -= 1
            return tuple(own[start : i + 1])
    return ()
