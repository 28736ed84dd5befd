"""The build's own words, in both languages: flags, reasons, outcomes of portals.

Releases print them in their table `flags`, beside those of the reader (`extract.flags`).
"""

from __future__ import annotations

from extract.flags import FIGURE_FLAGS, REPORT_FLAGS

Words = dict[str, tuple[str, str]]

OFF_HOST = "off_host_attachment"
BODY_ELSEWHERE = "body_in_attachment_or_image"
GONE = "gone"
UNLISTED = "unlisted"
ENTERED = "entered_by_hand"
HAND_READ = "hand_read"

#: Flags of reports that only the build can set, for the bytes do not tell.
BUILD_FLAGS: Words = {
    OFF_HOST: (
        "正文或数值在登记主机以外的网站上的附件中",
        "its text or figures are in a file on a host that the registry does not name",
    ),
    BODY_ELSEWHERE: (
        "网页只有标题，正文在附件或图片中，尚未读出",
        "the page has the title alone; the text is in an attachment or in pictures, not read yet",
    ),
    GONE: (
        "原地址现已不能取得，本档案保留此前取得的版本",
        "its addresses give it no more; what was obtained before is kept",
    ),
    UNLISTED: (
        "栏目现已不再列出，本档案保留此前取得的版本",
        "its column lists it no more; what was obtained before is kept",
    ),
    ENTERED: (
        "程序未能读出各表，由两人各自录入并经比对",
        "no table of it was read by the machine: two people entered it, and the two were compared",
    ),
}
#: The same, of figures.
BUILD_FIGURE_FLAGS: Words = {
    HAND_READ: (
        "由人据存档页面读出，该格没有数",
        "read by people in the archived page: no number is printed in this cell",
    ),
}
#: Why a document that was obtained is no report here (table `unread`).
REASONS: Words = {
    "not_a_report": (
        "没有法定表格，法定各章也不足三章，不作年报",
        "no statutory table, and fewer than three statutory chapters",
    ),
    "soft_404": (
        "网站以正常状态（200）返回的是“页面不存在”一类的页面、空页，或转到了首页",
        "the site answered 200 with a page that says there is none, with nothing, or its home page",
    ),
    "wall": (
        "网站以正常状态（200）返回的是访问验证页，不是原文",
        "the site answered 200 with a challenge in the place of the page",
    ),
    "wrong_type": (
        "链接为附件，取得的却是网页（如错误页、验证页），不是文件",
        "linked as a file, and a web page by its bytes (an error page, a challenge)",
    ),
    "no_year": ("未能确定年度", "its report year is not known"),
    "no_agency": ("未能确定机关", "its agency is not known"),
    "differs_from_page": (
        "附件与网页所载数字不同，以网页为准",
        "the file prints other figures than its page; the page counts",
    ),
    "attachment_unread": (
        "正文在附件中，附件尚未读取",
        "the text is in an attachment that is not read yet",
    ),
    "needs_ocr": ("扫描件或图片，尚未识别文字", "a scan or a picture; not read yet"),
    "needs_converter": (
        "DOC、RTF、WPS 文件，须经 LibreOffice 转换",
        "DOC, RTF or WPS: LibreOffice must convert it first",
    ),
    "unreadable": ("文件已取得，但未能读出", "obtained, and could not be read"),
    "record_damaged": ("存档记录损坏或缺失", "the archive's record is damaged or missing"),
}
#: How the crawl of a portal ended (ledger, table `outcomes`).
OUTCOMES: Words = {
    "complete": ("完整：栏目与所列文件均已取得", "the lists and all that they name were obtained"),
    "fewer": (
        "少于预期：栏目已读完，所列少于登记的份数",
        "fewer reports than the registry expects",
    ),
    "empty": ("栏目已打开，没有可能是年报的条目", "the column lists nothing that may be a report"),
    "incomplete": ("不完整：有页面未能取得，原因另列", "read in part; the detail says why"),
    "window": ("到达约定时刻，按计划停止", "stopped in order at the hour asked for"),
    "stopped": ("中途停止", "stopped by hand or by a signal"),
    "not_found": ("栏目地址已不存在（404、410）", "the column's address is gone (404, 410)"),
    "off_host": ("栏目转到了登记以外的主机，未跟随", "leads to a host that is not registered"),
    "robots_denied": ("robots.txt 不允许抓取，已遵守", "robots.txt forbids it, and is obeyed"),
    "robots_unreachable": (
        "robots.txt 未能取得，本次不抓取该主机",
        "no answer for robots.txt, so the host was left alone in this run",
    ),
    "wall": ("网站以访问验证页应答，未作绕过", "a wall answered; it is never bypassed"),
    "js_shell": ("页面只有脚本，没有内容", "nothing but a script in the place of the page"),
    "tls": ("TLS（证书或加密连接）失败", "no TLS connection: certificate or cipher"),
    "dns": ("域名未能解析", "the host's name was not resolved"),
    "timeout": ("超时未应答", "no answer in time"),
    "unreachable": ("拒绝或中断连接", "the connection was refused, or broke off"),
    "too_large": ("栏目页超过大小上限", "the column is larger than the limit"),
    "wrong_type": ("栏目地址给出的不是网页", "the column's address gives no web page"),
}


def rows() -> list[dict[str, object]]:
    """Rows of a release's table `flags`."""
    parts: tuple[tuple[str, Words], ...] = (
        ("figure", FIGURE_FLAGS | BUILD_FIGURE_FLAGS),
        ("report", REPORT_FLAGS | BUILD_FLAGS),
        ("unread", REASONS),
        ("outcome", OUTCOMES),
    )
    return [
        {"about": about, "flag": flag, "meaning": meaning, "meaning_en": english}
        for about, words in parts
        for flag, (meaning, english) in words.items()
    ]
