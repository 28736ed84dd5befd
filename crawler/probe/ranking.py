"""Which links lead towards a column of annual reports, told by their words and addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..families.base import is_file
from ..names import is_agency
from ..titles import judge
from .links import Link

#: What a followed link promises to be.
COLUMN, YEAR, DISCLOSURE, DIRECTORY, AGENCY = (
    "column", "year", "disclosure", "directory", "agency",
)  # fmt: skip

_COLUMN = re.compile(
    r"信息公开.{0,6}年(?:度)?(?:工作)?(?:报|总结)|公开(?:工作)?年(?:报|度)|^.{0,4}(?:年度)?(?:工作)?年报$|^年度(?:工作)?报告$"
)
_NOT_COLUMN = re.compile(
    r"网站|预算|决算|统计|法治|财务|审计报告|环境|质量|解读|图解|企业|指南|制度|规定|通知|模板|格式|申请"
)
#: Parts of addresses that columns of annual reports have on many sites (portals.md §5).
_COLUMN_ADDRESS = re.compile(
    r"(?:zf)?(?:xx)?gk(?:gz)?(?:nd)?nb(?![a-z])|zfxxgkgzndbg|xxgk(?:gz)?ndbg|gkndbg|/ndbg(?![a-z])"
    r"|annualreport|/nianbao|/\d{4}n[bf]/|/zfznb|bmnb\d{4}|niandubaogao",
    re.I,
)
_YEAR = re.compile(r"^(?:19|20)\d\d\s*年?度?(?:.{0,10}(?:年报|报告))?$")
_DISCLOSURE = re.compile(
    r"(?:政府|政务)?信息公开|政务公开|法定主动公开|主动公开|公开平台|公开专栏|^公开$"
)
_DISCLOSURE_ADDRESS = re.compile(r"xxgk|zwgk|zfgk|gkml", re.I)
#: The front page of disclosure itself: what it is called matters less.
_DISCLOSURE_FRONT = re.compile(
    r"/(?:\w{0,6}(?:xxgk|zwgk|zfgk)|gkml)/?(?:(?:index|default)\.\w+)?$", re.I
)
_DIRECTORY = re.compile(
    r"部门|委办局|直属(?:机构|单位)|组成(?:部门|单位)|工作机构|政府机构|组织机构|机构(?:目录|导航|列表)"
    r"|乡镇|镇乡|镇街|镇办|街镇|街道(?:办)?$|各?区县|县市区|县区|市县|公共企事业|公开单位|公开机构"
)
_NAME = re.compile(r"^[\u4e00-\u9fff·（）()、]{2,14}$")
#: News and services: many pages, and no column of reports among them.
_ELSEWHERE = re.compile(
    r"新闻|要闻|动态|公告|公示|视频|图片|专题|互动|信箱|咨询|投诉|征集|调查|访谈|回应|办事|服务大厅"
    r"|便民|营商|招商|招聘|采购|招标|旅游(?!局)|概况|走进|魅力|预算|决算|财政资金|政策|文件|法规|规章"
    r"|解读|指南|制度|规划|依申请|意见|建议|提案|权力|责任清单|权责|收费|处罚|强制|许可|双随机|应急"
    r"|统计(?!局)|数据(?!.*局)|人事|任免|领导|登录|注册|搜索|检索|无障碍|长者|繁体|English|手机版|微信|微博"
    r"|客户端|邮箱|下载|友情链接|网站地图|网站声明|关于我们|联系我们|版权|隐私|举报|RSS|快讯|机构职能"
    r"|机构设置|内设|工作分工|重点领域|年度计划|网站(?:工作)?年度|首页$"
)
_TURN = re.compile(
    r"^(?:[\d\s<>«»‹›.…|]+|首页|上一?页|下一?页|后一?页|前一?页|尾页|末页|更多|more)[\s>»]*$", re.I
)
_NEXT = re.compile(r"^(?:下一?页|后一?页)[\s>»]*$")
_ARTICLE = re.compile(
    r"/t\d{6,8}_\d+|/art/\d{4}/|/art_\d|/info/\d+/\d+\.|content_\d+|/post_\d+|/\d{4}/\d{2}-\d{2}/"
    r"|/\d{4}/\d{1,2}/\d{1,2}/|/[0-9a-f]{24,32}\.|/\d{6,8}/[^/]*\.s?html?$|[0-9a-f]{8}-[0-9a-f]{4}-.*\.s?html?$"
    r"|/\d{7,}\.s?html?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Rank:
    """What a link promises: 0 is not followed; `why` says so in words for a person."""

    score: int
    role: str
    why: str


_NOTHING = Rank(0, "", "no word or address that leads to annual reports")


def rank(link: Link, role: str) -> Rank:
    """Judge a link.

    Args:
        link: The link.
        role: What the page that it stands in promised to be; "" for the home page.
    """
    # Templates space the words of a menu: 政务&nbsp;公开, 年&ensp;报.
    text, path = re.sub(r"\s+", "", link.text), urlsplit(link.url).path
    if is_file(link.url):
        return Rank(0, "", "a file")
    if link.framed and role:
        return Rank(85, role, "a frame of the page")
    if is_column_name(text):
        return Rank(100, COLUMN, "its words")
    if _TURN.match(text):
        # A directory may have many pages; those of a column are its family's business.
        turns = role == DIRECTORY and _NEXT.match(text)
        return Rank(40, DIRECTORY, "the next page of a directory") if turns else _NOTHING
    if role in (COLUMN, YEAR) and _YEAR.match(text) and not _is_article(link.url):
        return Rank(80, YEAR, "a year of a column")
    if _is_article(link.url):
        return Rank(0, "", "an article")
    if is_column_address(path) and not _NOT_COLUMN.search(text) and judge(text) != "other":
        return Rank(90, COLUMN, "its address")
    return _towards(text, path, role)


def _towards(text: str, path: str, role: str) -> Rank:
    """Pages on the way: disclosure, directories, agencies."""
    named = is_agency(text)
    inside = role in (DISCLOSURE, DIRECTORY, AGENCY, COLUMN, YEAR)
    if _ELSEWHERE.search(text) and not (named and inside):
        return Rank(0, "", "news, services or other subjects")
    if _DIRECTORY.search(text):
        return Rank(58 if inside else 45, DIRECTORY, "a directory of agencies")
    if _DISCLOSURE.search(text):
        return Rank(65 if "信息公开" in text else 55, DISCLOSURE, "disclosure")
    if named and inside:
        return Rank(50, AGENCY, "an agency or town")
    if role in (DIRECTORY, COLUMN) and _NAME.match(text):
        return Rank(35, AGENCY, "a name in a directory")
    if _DISCLOSURE_FRONT.search(path) or (not text and _DISCLOSURE_ADDRESS.search(path)):
        return Rank(30, DISCLOSURE, "its address")
    return _NOTHING


def is_column_name(text: str) -> bool:
    """Whether words name a column of annual reports, not one report, and nothing else."""
    said = re.sub(r"\s+", "", text)
    if re.search(r"(?:19|20)\d\d", said) or len(said) > 40:
        return False
    return bool(_COLUMN.search(said)) and not _NOT_COLUMN.search(said)


def is_column_address(path: str) -> bool:
    """Whether a path says that it leads to annual reports."""
    return bool(_COLUMN_ADDRESS.search(path))


def is_year(text: str) -> bool:
    """Whether words name a year of a column, and nobody whose report it would be."""
    return bool(_YEAR.match(text))


def is_contents(text: str) -> bool:
    """Whether words name everything that an office must publish, reports among it."""
    return "主动公开" in text


def _is_article(url: str) -> bool:
    return bool(_ARTICLE.search(url))
