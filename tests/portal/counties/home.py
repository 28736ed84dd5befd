"""A county's home page and the pages between it and its columns, in several layouts.

A county's number decides its layout. Each leads to all three columns within five clicks,
among links that lead nowhere: news with 年度报告 in their titles, other kinds of annual
reports, agencies without a column, sites of other counties.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from tests.portal.counties.county import County
from tests.portal.counties.families.base import Skeleton
from tests.portal.pages import Asked, Dynamic, Page, Routes, anchor, text_page

#: (address, text) of links.
Links = Sequence[tuple[str, str]]
#: Agencies that have a page and no column.
_IDLE = (
    "发展和改革局", "教育局", "科学技术局", "民政局", "司法局", "自然资源局", "住房和城乡建设局",
    "交通运输局", "水利局", "农业农村局", "商务局", "文化和旅游局", "卫生健康委员会", "应急管理局",
    "审计局", "统计局", "医疗保障局", "信访局", "政务服务和数据管理局", "机关事务服务中心",
)  # fmt: skip
_MENU = (
    ("/xwzx/", "新闻中心"), ("/bsfw/", "办事服务"), ("/hdjl/", "互动交流"), ("/zjsl/", "走进示例"),
    ("/zwgk/zcjd/", "政策解读"), ("/zwgk/czyjs/", "预算公开"), ("/zwgk/tjnb/", "统计年报"),
    ("/zwgk/fzzf/", "法治政府建设年度报告"), ("/zwgk/wznb/", "政府网站工作年度报表"),
)  # fmt: skip


class Site:
    """The pages of a county between its home page and its columns."""

    def __init__(self, county: County, skeleton: Skeleton) -> None:
        self.county = county
        self.skeleton = skeleton
        self.found: Routes = {}

    def column(self, slug: str) -> str:
        """Address of a column."""
        return self.skeleton.column(self.county, self.county.listing(slug))

    def agency(self, slug: str) -> str:
        """Whose column it is."""
        return self.county.listing(slug).agency

    def page(self, path: str, title: str, *links: tuple[str, str], body: str = "") -> None:
        """Serve a page of links, and of any further body."""
        self.found[self.county.host, path] = self._made(title, _list(links) + body)

    def _made(self, title: str, body: str) -> Page:
        return text_page(self.skeleton.page(self.county, title, body))

    def home(self, *links: tuple[str, str], body: str = "") -> None:
        """Serve the home page: news, menus and friends around what leads on."""
        number = self.county.number % 200 + 1

        def made(asked: Asked) -> Page:
            # A neighbour that is up, so that a crawler that goes astray is seen there.
            port = asked.headers.get("host", "").rpartition(":")[2]
            friends = (
                (f"http://127.0.1.{number}:{port}/", "示例邻县人民政府"),
                (f"http://127.0.1.{number}:{port}/zwgk/xxgk/", "邻县政府信息公开年报"),
                ("http://www.example.invalid/", "友情链接"),
            )
            whole = _list((*_MENU, *links, *friends)) + body + _news(self.county.name)
            return self._made(f"{self.county.name}人民政府", whole)

        dynamic: Dynamic = made
        self.found[self.county.host, "/"] = dynamic

    def office(self, slug: str, *, has_column: bool = True) -> Links:
        """The four links of an agency's disclosure page."""
        column = ((self.column(slug), "政府信息公开年报"),) if has_column else ()
        return (
            (f"/{slug}/zn.html", "政府信息公开指南"), (f"/{slug}/zd.html", "政府信息公开制度"),
            (f"/{slug}/fdzdgk/", "法定主动公开内容"), *column,
        )  # fmt: skip

    def offices(self) -> None:
        """Serve the pages of those agencies that have columns."""
        for slug in ("czj", "zhen"):
            self.page(f"/{slug}/", self.agency(slug), *self.office(slug))

    def distractions(self) -> None:
        """Serve pages that look like something, and are not."""
        name, host = self.county.name, self.county.host
        self.found[host, "/xwzx/"] = self._made("新闻中心", _news(name))
        self.page("/zwgk/tjnb/", "统计年报", ("/zwgk/tjnb/1.html", f"{name}2023年统计年报"))
        title = f"{name}2023年法治政府建设年度报告"
        self.page("/zwgk/fzzf/", "法治政府建设年度报告", ("/zwgk/fzzf/1.html", title))
        self.page("/zwgk/wznb/", "工作报表", ("/zwgk/wznb/1.html", "2023年政府网站工作年度报表"))
        for slug in ("szf", "czj", "zhen"):
            self.page(f"/{slug}/fdzdgk/", "法定主动公开内容", ("/zwgk/zcwj/", "政策文件"))


def _list(links: Links) -> str:
    items = "\n".join(f"<li>{anchor(href, text)}</li>" for href, text in links)
    return f"<ul>\n{items}\n</ul>\n"


def _news(name: str) -> str:
    titles = (
        f"{name}政府办公室发布2023年政府信息公开工作年度报告", f"{name}春耕生产全面展开",
        f"{name}教育局公布2023年政府信息公开工作年度报告", f"{name}召开政府信息公开工作会议",
        f"图解：{name}2023年政府信息公开工作年度报告",
        f"{name}公布2024年重点工作任务清单",
    )  # fmt: skip
    rows = (
        f"<li>{anchor(f'/xwzx/202401/t20240117_{number}.html', title)}<span>2024-01-17</span></li>"
        for number, title in enumerate(titles, 7_000_001)
    )
    return '<ul class="news">\n' + "\n".join(rows) + "\n</ul>\n"


# -- layouts -------------------------------------------------------------------------------


def _plain(site: Site) -> None:
    """Lists of links; the departments' columns are five clicks away."""
    site.home(("/zwgk/", "政务公开"))
    site.page("/zwgk/", "政务公开", ("/zwgk/xxgk/", "政府信息公开"), ("/zwgk/zcwj/", "政策文件"))
    site.page(
        "/zwgk/xxgk/", "政府信息公开", *site.office("szf"),
        ("/zwgk/bm/", "部门信息公开"), ("/zwgk/xz/", "乡镇街道信息公开"),
    )  # fmt: skip
    site.page("/zwgk/bm/", "部门", ("/czj/", site.agency("czj")))
    site.page("/zwgk/xz/", "乡镇街道", ("/zhen/", "样板镇"))


def _platform(site: Site) -> None:
    """The national template: a menu on the left, a tab that shows the newest reports."""
    listing = site.county.listing("szf")
    rows = "\n".join(
        f"<li>{anchor(address, post.title[:12] + '...', post.title)}<b>{post.date}</b></li>"
        for post in listing.posts[:3]
        if (address := site.skeleton.article(site.county, listing, post))
    )
    menu = "".join(
        f'<li><a href="{href}"><i></i>{text}</a></li>' for href, text in site.office("szf")
    )
    body = (
        f'<div class="zfxxgk_menu"><ul>{menu}</ul></div>\n<div class="scroll_main">'
        f'<div class="zfxxgk_zdgkc"><ul>\n{rows}\n</ul></div></div>\n'
        '<div class="tabs"><span><a href="/zwgk/bm/">政府部门</a></span>'
        '<span><a href="/zwgk/xz/">乡镇（街道）</a></span></div>\n'
    )
    site.home(("/zwgk/zfxxgk/", "政府信息公开"))
    site.page("/zwgk/zfxxgk/", "政府信息公开专栏", body=body)
    site.page("/zwgk/bm/", "政府部门", ("/czj/", site.agency("czj")))
    site.page("/zwgk/xz/", "乡镇街道", ("/zhen/", site.county.name + "样板镇人民政府"))


def _pictures(site: Site) -> None:
    """Banners that say where they lead in `title` or `alt` only."""

    def picture(href: str, name: str, attribute: str) -> str:
        said = escape(name)
        if attribute == "title":
            return f'<p><a href="{href}" title="{said}"><img src="/images/a.png"></a></p>\n'
        return f'<p><a href="{href}"><img src="/images/b.png" alt="{said}"></a></p>\n'

    site.home(body=picture("/zwgk/xxgk/", "政府信息公开", "title"))
    body = (
        picture(site.column("szf"), "政府信息公开年报", "alt")
        + picture("/zwgk/bm/", "部门信息公开", "alt")
        + picture("/zwgk/xz/", "乡镇街道信息公开", "title")
    )
    site.page("/zwgk/xxgk/", "政府信息公开", ("/szf/zn.html", "政府信息公开指南"), body=body)
    site.page("/zwgk/bm/", "部门", body=picture("/czj/", site.agency("czj"), "title"))
    site.page("/zwgk/xz/", "乡镇街道", body=picture("/zhen/", "样板镇", "alt"))


def _directory(site: Site) -> None:
    """Many agencies on two pages of a directory; one of them has a column."""
    name = site.county.name
    site.home(("/zwgk/", "政务公开"))
    site.page(
        "/zwgk/", "政务公开", (site.column("szf"), "政府信息公开年报"),
        ("/zwgk/bm/", "部门信息公开"), ("/zwgk/xz/", "乡镇街道信息公开"),
    )  # fmt: skip
    idle = [(f"/bm{number}/", name + text) for number, text in enumerate(_IDLE)]
    site.page("/zwgk/bm/", "部门信息公开", *idle[:12], ("/zwgk/bm/index_1.html", "下一页"))
    own = ("/czj/", site.agency("czj"))
    site.page("/zwgk/bm/index_1.html", "部门信息公开", *idle[12:16], own, *idle[16:])
    for path, agency in idle:
        links = site.office(path.strip("/"), has_column=False)
        site.page(path, agency, *links)
    towns = [(f"/xz{number}/", f"第{text}镇") for number, text in enumerate("一二三四五")]
    site.page("/zwgk/xz/", "乡镇街道", *towns, ("/zhen/", "样板镇"))
    for path, town in towns:
        site.page(path, town, *site.office(path.strip("/"), has_column=False))


def _choices(site: Site) -> None:
    """Towns in a menu of choices, departments behind buttons; nothing of it needs a script."""
    options = '<option value="">请选择乡镇</option><option value="/zhen/">样板镇</option>'
    body = (
        f'<select onchange="window.open(this.value)">{options}</select>\n'
        f"<button onclick=\"location.href='/czj/'\">{site.agency('czj')}</button>\n"
        f"<a href=\"javascript:window.open('{site.column('szf')}')\">政府信息公开年度报告</a>\n"
    )
    site.home(("/xxgk/", "信息公开"))
    site.page("/xxgk/", "政府信息公开", ("/szf/zn.html", "政府信息公开指南"), body=body)


def _deep(site: Site) -> None:
    """Five clicks to every column, and one column more that six would reach."""
    site.home(("/zwgk/", "政务公开"))
    site.page("/zwgk/", "政务公开", ("/zwgk/pt/", "信息公开平台"))
    site.page(
        "/zwgk/pt/", "信息公开平台", ("/zwgk/szf/", "县政府"), ("/zwgk/bm/", "县直部门"),
        ("/zwgk/xz/", "乡镇街道"),
    )  # fmt: skip
    site.page("/zwgk/szf/", "县政府", ("/zwgk/szf/fd/", "法定主动公开内容"))
    site.page("/zwgk/szf/fd/", "法定主动公开内容", (site.column("szf"), "政府信息公开年报"))
    site.page("/zwgk/bm/", "县直部门", ("/czj/", site.agency("czj")))
    own = (("/zhen/", "样板镇"), ("/zhen2/", "远镇"))
    site.page("/zwgk/xz/", "乡镇街道", *own)
    site.page("/zhen2/", "远镇", ("/zhen2/xxgk/", "政府信息公开"))
    site.page("/zhen2/xxgk/", "政府信息公开", ("/zhen2/zfxxgknb/", "政府信息公开年报"))


def _shell(site: Site) -> None:
    """A home page that is a plain script to the real one, which shows its menu in a frame."""
    script = '<script>window.location.replace("./web/");</script>'
    shell = f"<!DOCTYPE html><html><head>{script}</head><body></body></html>"
    site.home(("/zwgk/xxgk/", "政府信息公开"))
    site.found[site.county.host, "/web/"] = site.found[site.county.host, "/"]
    site.found[site.county.host, "/"] = text_page(shell)
    frame = '<iframe src="/zwgk/xxgk/menu.html"></iframe>'
    site.page("/zwgk/xxgk/", "政府信息公开", body=frame)
    site.page(
        "/zwgk/xxgk/menu.html", "目录", *site.office("szf"), ("/czj/", site.agency("czj")),
        ("/zhen/", site.agency("zhen")),
    )  # fmt: skip


LAYOUTS: tuple[Callable[[Site], None], ...] = (
    _plain, _platform, _pictures, _directory, _choices, _deep, _shell,
)  # fmt: skip


def layout(county: County) -> str:
    """Name of a county's layout."""
    return LAYOUTS[(county.number - 1) % len(LAYOUTS)].__name__.strip("_")


def ways(county: County, skeleton: Skeleton) -> Routes:
    """The home page, and what lies between it and the columns."""
    site = Site(county, skeleton)
    site.offices()
    site.distractions()
    LAYOUTS[(county.number - 1) % len(LAYOUTS)](site)
    return site.found
