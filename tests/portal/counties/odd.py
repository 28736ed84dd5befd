"""A fictional county whose reports lie in odd places (portals.md §3.3, §3.4), and what is there.

One site on 127.0.1.201, whose attachments partly lie on 127.0.1.202. Each column is a
portal of its own; `expected` says what a crawl must have of it, and in which role.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.portal.counties.county import Post, county
from tests.portal.counties.odd_bodies import BODIES
from tests.portal.pages import Page, Routes, anchor, pdf, robots, text_page
from tests.portal.render import body_html
from tests.portal.server import Portal

HOST, FILES, FOREIGN = "127.0.1.201", "127.0.1.202", "127.0.1.203"
PLACE = county(201, "odd")
_REPORT = "政府信息公开工作年度报告"


@dataclass(slots=True)
class Column:
    """One portal of the site.

    Attributes:
        path: Of its column.
        entry: Lines of its registry table beside address, hosts and family.
        outcome: How its crawl must end.
        found: Path (or address on another host) → role of everything that must be captured.
        never: Paths that must not be asked for.
        family: Its family.
    """

    path: str
    entry: str = ""
    outcome: str = "complete"
    found: dict[str, str] = field(default_factory=dict)
    never: set[str] = field(default_factory=set)
    family: str = "trs"


def columns() -> dict[str, Column]:
    """The portals by key."""
    return {**_hubs(), **_lists(), **_bodies()}


def _hubs() -> dict[str, Column]:
    return {
        "odd-hub": Column(
            "/hub/zfxxgknb/",
            'kind = "hub"\nexpect_reports = 9',
            found={
                "/gszbm/auto1/?id=1780/2138": "node",
                "/gszbm/auto1/202201/t20220120_1.html": "article",
                "/gszbm/auto1/202101/t20210120_2.html": "article",
                "/bm/jyj/zfxxgk_57/zfxxgknb_49029/": "node",
                "/bm/jyj/zfxxgk_57/zfxxgknb_49029/2021n/": "node",
                "/bm/jyj/zfxxgk_57/zfxxgknb_49029/2021n/202201/t20220121_3.html": "article",
                "/bm/jyj/zfxxgk_57/zfxxgknb_49029/2022n78/": "node",  # itself the article
                "/zhen/nb/index.html": "node",  # and /zhen/nb/ is the same page
                "/zhen/nb/P020220101.pdf": "article",
                "/szf/2020nb/": "node",
                "/szf/2020nb/mzj/": "node",
                "/szf/2020nb/mzj/202101/t20210122_4.html": "article",
                "/szf/2020nb/sjj/": "node",  # itself the article, a file beside it
                "/szf/2020nb/sjj/P0.docx": "attachment",
                "/hub/zfxxgknb/gknb2018/": "node",
                "/hub/zfxxgknb/gknb2018/201901/t20190101_5.html": "article",
                "/hub/zfxxgknb/202301/t20230101_6.html": "article",
            },
            never={
                "/hub/", "/", "/zhen/nb/", "/bsdt/", "/hub/zfxxgknb/zn/", "/bm/jyj/",
                "/bm/jyj/jgzn/",
            },
        ),
        "odd-deep": Column(
            "/deep/nb/", "depth = 1\nexpect_reports = 1", "incomplete",
            {"/deep/nb/202201/t20220120_1.html": "article", "/deep/nb/2021n/": "node"},
            {"/deep/nb/2021n/czj/"},
        ),
        "odd-single": Column(
            "/single/2020n/", 'kind = "single"\nexpect_reports = 1', found={
                "/single/2020n/": "node", "/single/2020n/P1.ofd": "attachment",
            }, never={"/single/2019n/"},
        ),
    }  # fmt: skip


def _lists() -> dict[str, Column]:
    return {
        "odd-years": Column(
            "/years/zfxxgknb/", "expect_reports = 3",
            found={
                "/years/zfxxgknb/202301/t20230120_1.html": "article",
                "/years/zfxxgknb/2021n/": "node",
                "/years/zfxxgknb/2021n/202201/t20220120_2.html": "article",
                "/years/zfxxgknb/2020n/": "node",
            },
            never={"/years/dongtai/", "/years/zfxxgknb/202201/t20220120_9.html"},
        ),
        "odd-long": Column(
            "/long/nb/", "max_pages = 3", "incomplete",
            {f"/long/nb/202201/t20220120_{number}.html": "article" for number in (1, 2, 3)},
            {"/long/nb/index_3.html"},
        ),
        "odd-mobile": Column(
            "/mobile-twins/nb/", "expect_reports = 3", family="generic",
            found={
                "/mobile-twins/nb/202201/t20220120_1.html": "article",
                "/mobile-twins/nb/202201/t20220120_2.html": "article",
                "/mobile-twins/nb/202201/t20220120_3_wap.html": "article",
            },
            never={f"/mobile-twins/nb/202201/t20220120_{number}_wap.html" for number in (1, 2)},
        ),
        "odd-files": Column(
            "/files/nb/", "expect_reports = 3",
            found={
                "/files/nb/P020220120.pdf": "article",
                f"//{FILES}/doc/2020.pdf": "attachment",
                "/files/nb/P020200120.pdf": "article",  # a page saved under .pdf
            },
            never={f"//{FOREIGN}/nb/t20220120_1.html"},
            outcome="incomplete",  # a page on another host is a candidate that is not followed
        ),
        "odd-leaving": Column(
            "/leaving/nb/",
            found={f"/leaving/nb/202201/t20220120_{n}.html": "article" for n in (1, 2, 3, 4)},
        ),
    }  # fmt: skip


def _bodies() -> dict[str, Column]:
    # A captcha came for one of the files.
    column = Column("/bodies/nb/", f"expect_reports = {len(BODIES)}", outcome="incomplete")
    for name, body in BODIES.items():
        path = f"/bodies/nb/{name}/t20220120_1.html"
        column.found[path] = "article"
        column.found |= dict.fromkeys(body.files, "attachment")
        column.never |= set(body.never)
    return {"odd-bodies": column}


def expected(key: str, port: int) -> dict[str, str]:
    """Address → role of everything that a crawl of a portal must have beside its lists."""
    return {address(path, port): role for path, role in columns()[key].found.items()}


def address(path: str, port: int) -> str:
    """The address of a path of the site, or of `//host/path`."""
    if path.startswith("//"):
        host, _, rest = path[2:].partition("/")
        return f"http://{host}:{port}/{rest}"
    return f"http://{HOST}:{port}{path}"


def registry(port: int) -> str:
    """A registry's TOML."""
    text = 'name = "odd"\nfiction = true\ncontact = "https://nianbao.invalid/about"\n'
    text += "delay = 0\nrecheck_days = 0\n"
    for key, column in columns().items():
        text += (
            f'[portals.{key}]\nagency = "{PLACE.name}财政局"\nregion = "{PLACE.code}"\n'
            f'region_name = "示例省 {PLACE.name}"\ncolumn = "{address(column.path, port)}"\n'
            f'family = "{column.family}"\nhosts = ["{HOST}"]\noutcome = "{column.outcome}"\n'
            f"{column.entry}\n"
        )
    return text


def serve(**options: Any) -> Portal:
    """The site, its host of files, and a host that nobody may ask for pages."""
    return Portal(hosts=(HOST, FILES, FOREIGN), served=routes(), **options)


def routes() -> Routes:
    """Everything that the hosts answer; `{port}` in a page is not known before they serve."""
    found: Routes = {(host, "/robots.txt"): robots("") for host in (HOST, FILES, FOREIGN)}
    for path, role in ((p, r) for each in columns().values() for p, r in each.found.items()):
        host = FILES if path.startswith(f"//{FILES}") else HOST
        plain = path.removeprefix(f"//{FILES}").partition("?")[0]
        name = plain.rpartition("/")[2]
        if role == "attachment" or name.endswith(".pdf"):
            found[host, plain] = pdf(path) if ".pdf" in name.lower() else _file(path)
        elif role == "article" and not path.startswith("/bodies/"):
            found[host, plain] = _report(path)
    found |= _hub_pages() | _list_pages() | _body_pages()
    return found


def _file(path: str) -> Page:
    """A file that is none of a web page's kinds."""
    if path.endswith((".jpg", ".png")):
        return Page(b"\xff\xd8\xff\xe0" + path.encode(), content_type="image/jpeg")
    return Page(b"PK\x03\x04" + path.encode(), content_type="application/octet-stream")


def _post(path: str) -> Post:
    year = 2000 + sum(path.encode()) % 4 + 18
    agency = f"{PLACE.name}财政局"
    return Post(sum(path.encode()), agency, "finance", PLACE.code, year, "2022-01-20",
                f"{agency}{year}年{_REPORT}")  # fmt: skip


def _report(path: str, more: str = "", aside: str = "") -> Page:
    post = _post(path)
    return text_page(
        _framed(
            f'{aside}<h1>{post.title}</h1><div class="TRS_Editor">{body_html(post.report)}'
            f"{more}</div>"
        )
    )


def _framed(body: str) -> str:
    """A page of the site; its frame names a file and folders that are no report's."""
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>年报</title></head><body>'
        '<div class="nav"><a href="/">首页</a> <a href="/bsdt/">办事大厅</a></div>'
        '<div class="position">位置：<a href="/">首页</a> &gt; <a href="/hub/">政务公开</a></div>'
        f'{body}<div class="footer"><a href="/about.pdf">网站说明</a></div></body></html>'
    )


def _listed(*rows: tuple[str, str], pages: int = 0, more: str = "") -> Page:
    """A list as TRS makes it."""
    items = "".join(
        f"<li>{anchor(href, title)}<span>2022-01-20</span></li>" for href, title in rows
    )
    script = f"<script>createPageHTML({pages},0,'index','html');</script>" if pages else ""
    return text_page(_framed(f"{more}<ul>{items}</ul>{script}"))


def _row(href: str, year: int = 2021) -> tuple[str, str]:
    return href, f"{PLACE.name}财政局{year}年{_REPORT}"


def _hub_pages() -> Routes:
    hub = f"""<div class="scroll_tit">市直部门</div><div class="scroll_con"><ul>
    <li><a class="c-font1" href="/gszbm/auto1/?id=1780/2138">财政局</a></li>
    <li><a class="c-font1" href="/bm/jyj/zfxxgk_57/zfxxgknb_49029/">教育局（新）</a></li></ul></div>
    <div class="scroll_tit">乡镇街道</div><div class="scroll_con"><ul>
    <li><a class="c-font1" href="/zhen/nb/index.html">样板镇</a></li></ul></div>
    <ul><li><a href="/szf/2020nb/">2020年</a></li><li><a href="gknb2018/">2018年度</a></li>
    <li>{anchor("202301/t20230101_6.html", _row("", 2022)[1])}</li>
    <li><a href="zn/">政府信息公开指南</a></li><li><a href="http://{FOREIGN}/">友邻县政府</a></li>
    <li><a href="/zhen/nb/">样板镇</a></li></ul>"""
    jyj = "/bm/jyj/zfxxgk_57/zfxxgknb_49029/"
    years = f"""<div class="sidebar"><a href="{jyj}2021n/">2021年</a>
    <a href="{jyj}2022n78/">2022年</a></div><a href="/bm/jyj/">教育局</a>
    <a href="/bm/jyj/jgzn/">机构职能</a>"""
    pages: dict[str, Page] = {
        "/hub/zfxxgknb/": text_page(_framed(hub)),
        "/gszbm/auto1/": _listed(
            _row("/gszbm/auto1/202201/t20220120_1.html"),
            _row("/gszbm/auto1/202101/t20210120_2.html", 2020),
        ),
        jyj: text_page(_framed(years)),
        jyj + "2021n/": _listed(_row("202201/t20220121_3.html"), more=years),
        jyj + "2022n78/": _report(jyj, aside='<a href="../2021n/">2021年</a>'),
        "/zhen/nb/index.html": _listed(_row("P020220101.pdf")),
        "/szf/2020nb/": _listed(more='<a href="mzj/">民政局</a> <a href="sjj/">审计局</a>'),
        "/szf/2020nb/mzj/": _listed(_row("202101/t20210122_4.html", 2020)),
        "/szf/2020nb/sjj/": _report("sjj", more='<a href="P0.docx">附件</a>'),
        "/hub/zfxxgknb/gknb2018/": _listed(_row("201901/t20190101_5.html", 2018)),
        "/deep/nb/": _listed(_row("202201/t20220120_1.html"), more='<a href="2021n/">2021年</a>'),
        "/deep/nb/2021n/": _listed(more='<a href="czj/">财政局</a>'),
        "/single/2020n/": _report("single", more='<a href="P1.ofd">下载</a>',
                                  aside='<a href="../2019n/">2019年</a>'),
    }  # fmt: skip
    return {(HOST, path): page for path, page in pages.items()}


def _list_pages() -> Routes:
    twins = "202201/t20220120_{}.html"
    pages: dict[str, Page] = {
        "/years/zfxxgknb/": _listed(
            _row("202301/t20230120_1.html", 2022), _row("./2020n/", 2020),
            ("/years/dongtai/", "政务动态"),
            ("202201/t20220120_9.html", "《2021年政府信息公开工作年度报告》解读"),
            more='<select><option value="./2021n/">2021年</option></select>',
        ),
        "/years/zfxxgknb/2021n/": _listed(_row("202201/t20220120_2.html")),
        "/years/zfxxgknb/2020n/": _report("2020n"),
        "/mobile-twins/nb/": _listed(
            _row(twins.format("1_wap")), _row(twins.format(1)), _row(twins.format("2_wap")),
            _row(twins.format("3_wap")), more='<a href="index_1.html">下一页</a>',
        ),
        "/mobile-twins/nb/index_1.html": _listed(_row(twins.format(2))),
        "/leaving/nb/": _listed(*(_row(twins.format(number)) for number in (1, 2, 3, 4))),
    }  # fmt: skip
    for number in range(10):
        path = f"/long/nb/{f'index_{number}' if number else 'index'}.html"
        pages[path.replace("/index.html", "/")] = _listed(_row(twins.format(number + 1)), pages=10)
    found: Routes = {(HOST, path): page for path, page in pages.items()}

    def files(asked: object) -> Page:
        """The port of the other hosts is this one's."""
        port = asked.headers["host"].partition(":")[2]  # type: ignore[attr-defined]  # an `Asked`
        return _listed(
            _row("P020220120.pdf"), _row(f"http://{FILES}:{port}/doc/2020.pdf", 2020),
            _row("P020200120.pdf", 2019), _row(f"http://{FOREIGN}:{port}/nb/t20220120_1.html"),
        )  # fmt: skip

    found[HOST, "/files/nb/"] = files
    found[HOST, "/files/nb/P020200120.pdf"] = text_page(
        "<html><head><title>404</title></head><body>页面不存在</body></html>",
        content_type="application/pdf",
    )
    return found


def _body_pages() -> Routes:
    rows = [_row(f"{name}/t20220120_1.html") for name in BODIES]
    found: Routes = {(HOST, "/bodies/nb/"): _listed(*rows)}
    for name, body in BODIES.items():

        def page(asked: object, text: str = body.html) -> Page:
            port = asked.headers["host"].partition(":")[2]  # type: ignore[attr-defined]  # an `Asked`
            return text_page(_framed(text.replace("{files}", f"{FILES}:{port}")))

        found[HOST, f"/bodies/nb/{name}/t20220120_1.html"] = page
        for path, content in body.pages.items():
            found[HOST, path] = text_page(content, content_type="application/pdf")
    return found
