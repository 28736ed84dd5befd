"""What a server sends in the place of a page, with status 200: an error page, a challenge.

Asked where no report was read, so a phrase of these in a report does no harm. The crawler
asks too, before anybody has read anything: `asks_first` must hit no list and no report.
"""

from __future__ import annotations

import re
import unicodedata

from .decode import decode
from .errors import Challenge, NotAReport, SoftNotFound
from .filetypes import FILE_TYPES
from .formats import sniff

#: A page that says that there is none has its site's chrome around it, and no more.
_LARGEST = 256 << 10
#: A challenge is a small page: scripts, and a line of text or none.
_LARGEST_CHALLENGE = 64 << 10
#: The stubs seen have 160 to 1,200 bytes; what has links, pictures or frames is a page.
_LARGEST_STUB = 1200
#: Characters of text outside of links that such a page has at most.
_MOST_TEXT = 400
_MOST_TEXT_OF_CHALLENGE = 300
#: Home, back, whom to call; a page with more links is a list, or has its site's menu.
_MOST_LINKS_OF_CHALLENGE = 8

_WHAT = r"(?:页面?|网页|文件|内容|信息|文章|栏目|资源|链接|地址|记录)"
_GONE = re.compile(
    rf"{_WHAT}(?:已经?|可能|暂时|目前)*(?:不存在|丢失|失效|过期|无法(?:访问|显示|找到)|找不到)"
    rf"|{_WHAT}(?:已经?|可能)*(?:被|经)?(?:管理员|作者)?(?:删除|移除|撤下|撤销|下线|下架|屏蔽)"
    rf"|(?:没有|没|未能?|无法|不能)(?:找到|查到|查询到)[^。]{{0,12}}?{_WHAT}|找不到[^。]{{0,12}}?{_WHAT}"
    rf"|(?:访问|查看|请求|浏览|查找|寻找)的{_WHAT}[^。]{{0,12}}?(?:不存在|删除|未找到|没有|出错|丢失|失效)"
    r"|未找到(?:页面|网页|文件)?$|404.{0,6}(?:notfound|错误|页面|出错)|pagenotfound|filenotfound"
    r"|thepage(?:youarelookingfor|cannotbefound)",
    re.I,
)
_CHALLENGES = (
    ("加速乐 (wall:jsl)", re.compile(r"__jsl_clearance")),
    ("瑞数 (wall:rs)", re.compile(r"\$_ts\b")),
    ("阿里云 (wall:acw)", re.compile(r"acw_sc__v2")),
)
_ASKS = re.compile(
    r"验证码|人机验证|安全验证|滑动验证|拖动滑块|访问验证|浏览器安全检查|captcha"
    r"|(?:请|须)?(?:开启|启用|允许)(?:浏览器)?javascript|enablejavascript"
    r"|(?:访问|请求|操作)(?:已?被|过于|太|次数过)(?:拦截|阻断|拒绝|禁止|频繁|多)"
    r"|(?:已|被|遭)(?:系统|防火墙|网站|管理员|设置|成功){0,3}拦截|拦截(?:提示|页面|信息)"
    r"|安全威胁|(?:恶意|非法|可疑)(?:请求|访问|攻击)|(?:web应用|网站)防火墙|accessdenied"
    r"|(?:系统|服务器?|网站|网络)(?:正?忙|繁忙)|访问(?:人数|量)过[多大]|稍[后候]再?[试访重]"
    r"|toomanyrequests",
    re.I,
)
#: What a challenge never has: a table, a file, a report's name.
_CONTENT = re.compile(rf"<table\b|\.(?:{FILE_TYPES})(?![a-z0-9])|年度(?:工作)?报告|年报", re.I)
_ACTING = re.compile(r"location|document\.cookie|eval\s*\(|window\.", re.I)
#: What is said of a body that shows nothing.
_EMPTY, _STUB = "the file is empty", "a stub of"
_HAN = re.compile("[\u4e00-\u9fff]")
_SHOWING = re.compile(r"<\s*(?:a\s|img|table|iframe|frame|embed|object)", re.I)
# Hostile pages: none of these looks at a character more often than a few times.
_HIDDEN = re.compile(
    r"<(script|style|noscript|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.S | re.I
)
_ANCHOR = re.compile(r"<a\s", re.I)
_LINKS = re.compile(r"<a\s[^<>]*>.*?(?:</a\s*>|\Z)", re.S | re.I)
_TITLE = re.compile(r"<title[^<>]*>([^<]{0,200})", re.I)
_TAGS = re.compile(r"<[^<>]*>|&nbsp;?")


def stand_in(body: bytes) -> NotAReport | None:
    """What a body that holds no report is instead: `SoftNotFound`, `Challenge`, or None.

    Args:
        body: The bytes, content-encoding removed.
    """
    if not body.strip():
        return SoftNotFound(_EMPTY)
    if len(body) > _LARGEST or sniff(body) != "html":
        return None
    page = decode(body)[0]
    title = _titled(page)
    said = _plain(_LINKS.sub("", _HIDDEN.sub("", page)))
    return _challenge(page, title, said) or _missing(page, title, said)


def shows_nothing(detail: str) -> bool:
    """Whether a `SoftNotFound` with these words is of a blank page, that says nothing at all.

    >>> shows_nothing(str(stand_in(b""))), shows_nothing(str(stand_in(b"<html>404 Not Found")))
    (True, False)
    """
    return detail.startswith((_EMPTY, _STUB))


def asks_first(body: bytes) -> str:
    """What a small page wants before it shows anything (a captcha, patience), or "".

    Args:
        body: The bytes, content-encoding removed; a large one is not looked at.
    """
    markup = body.lower() if len(body) < _LARGEST_CHALLENGE else b""
    # Most pages of a crawl are told by their bytes, in a fiftieth of the time.
    if markup.count(b"<a ") > _MOST_LINKS_OF_CHALLENGE or b"<table" in markup:
        return ""
    if not markup or sniff(body) != "html":
        return ""
    page = decode(body)[0]
    return _asked(page, _plain(_LINKS.sub("", _HIDDEN.sub("", page))), _titled(page))


def _asked(page: str, said: str, title: str) -> str:
    said = title + said
    asks = _ASKS.search(said) if len(said) <= _MOST_TEXT_OF_CHALLENGE else None
    if asks is None or _CONTENT.search(page):
        return ""
    return _about(said, asks) if len(_ANCHOR.findall(page)) <= _MOST_LINKS_OF_CHALLENGE else ""


def _challenge(page: str, title: str, said: str) -> Challenge | None:
    if len(page) > _LARGEST_CHALLENGE or len(title + said) > _MOST_TEXT_OF_CHALLENGE:
        return None
    for name, sign in _CHALLENGES:
        if sign.search(page):
            return Challenge(f"a challenge of {name} with status 200")
    asks = _asked(page, said, title)
    if asks:
        return Challenge(f"a page that asks for something first: “{asks}”")
    script = "<script" in page.lower() and _ACTING.search(page)
    if script and len(page) < 2 * _LARGEST_STUB and not title + said and not _SHOWING.search(page):
        return Challenge("a script that sends the browser on, and nothing else (js_shell)")
    return None


def _missing(page: str, title: str, said: str) -> SoftNotFound | None:
    gone = _GONE.search(title) or (_GONE.search(said) if len(said) <= _MOST_TEXT else None)
    if gone:
        return SoftNotFound(f"the page says “{_about(gone.string, gone)}”")
    stub = len(page.encode()) <= _LARGEST_STUB and not _SHOWING.search(page)
    if stub and not _HAN.search(title + said):
        return SoftNotFound(f"{_STUB} {len(page.encode())} bytes that shows nothing")
    return None


def _titled(page: str) -> str:
    match = _TITLE.search(page)
    return _plain(match[1]) if match else ""


def _plain(markup: str) -> str:
    """Text without tags and white space."""
    return "".join(unicodedata.normalize("NFKC", _TAGS.sub("", markup)).split())


def _about(text: str, match: re.Match[str]) -> str:
    """A match with a few characters around it."""
    return text[max(0, match.start() - 6) : match.end() + 6]
