"""Whether a page is itself a report, told by the chapters that every report must have."""

from __future__ import annotations

import re

#: The statutory chapters, of both forms; menus have such words, but not these.
_CHAPTERS = (
    r"总体情况|概述",
    r"主动公开政府信息(?:的)?情况",
    r"(?:收到和处理|依申请公开)政府信息(?:公开申请)?(?:的)?情况",
    r"行政复议(?:、|和|及)?(?:提起)?行政诉讼|收费(?:及|和|、)?减免",
    r"存在的?(?:主要)?(?:问题|不足)",
    r"其他需要报告的(?:事项|情况)",
)
_ENOUGH = 3
_BETWEEN = re.compile(r"<[^<>]*>|\s+")


def is_report(text: str) -> bool:
    """Whether a page has half of the chapters that every report must have."""
    text = _BETWEEN.sub("", text)
    return sum(bool(re.search(chapter, text)) for chapter in _CHAPTERS) >= _ENOUGH
