"""Articles whose report is not in their text: what the page is, and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_AT = "/bodies/nb/"


@dataclass(frozen=True, slots=True)
class Body:
    """An article.

    Attributes:
        html: What stands within the site's frame; `{files}` is the host of files.
        files: Paths that must be captured as its attachments.
        never: Paths that must not be asked for.
        pages: Paths that answer with a web page though they are named like files.
    """

    html: str
    files: tuple[str, ...]
    never: tuple[str, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)


def _zoom(inner: str) -> str:
    return f'<h1>年度报告</h1><div id="zoom">{inner}</div>'


BODIES: Mapping[str, Body] = {
    "viewer": Body(
        _zoom('<iframe src="/pdfjs/web/viewer.html?file=../../up/rel.pdf"></iframe>'
              '<iframe src="/pdfjs/web/viewer.html?file=%2Fup%2Fcoded.pdf&page=1"></iframe>'),
        ("/up/rel.pdf", "/up/coded.pdf"), ("/pdfjs/web/viewer.html",),
    ),
    "frames": Body(
        _zoom('<iframe src="./f.pdf"></iframe><embed src="/up/e.PDF">'
              '<object data="/up/o.ofd" type="application/ofd"></object>'),
        (_AT + "frames/f.pdf", "/up/e.PDF", "/up/o.ofd"),
    ),
    "click": Body(
        _zoom("""<span onclick="down3('/up/x.PDF')">2021年报</span>"""
              """<a href="javascript:down('/up/j.doc')">下载</a>"""
              """<a href="mailto:a@b.pdf">邮箱</a>"""),
        ("/up/x.PDF", "/up/j.doc"),
    ),
    "script": Body(
        _zoom("""<script>var att='<a href="./P021.doc">附件</a>'; show("/up/plain.xlsx");"""
              r"""var o={"url":"\/up\/json.wps"}; f('.pdf');</script>"""),
        (_AT + "script/P021.doc", "/up/plain.xlsx", "/up/json.wps"),
    ),
    "query": Body(
        _zoom('<a href="/module/download/downfile.jsp?classid=0&amp;filename=ab12">年报.pdf</a>'
              '<a href="/system/_content/download.jsp?owner=1&amp;wbfileid=7">附件【年报】</a>'
              '<a href="/attachment/0/77">2021年报.docx</a><a href="/other/?id=9">其他</a>'),
        ("/module/download/downfile.jsp?classid=0&filename=ab12",
         "/system/_content/download.jsp?owner=1&wbfileid=7", "/attachment/0/77"), ("/other/",),
    ),
    "base": Body(
        '<base href="/up/based/">' + _zoom('<a href="b.pdf" download="年报.pdf">下载</a>'),
        ("/up/based/b.pdf",),
    ),
    "images": Body(
        _zoom('<p>2021年</p><img src="./W020220120001.jpg"><img src="./W020220120002.jpg">'
              '<img src="/images/share_icon.png">'),
        (_AT + "images/W020220120001.jpg", _AT + "images/W020220120002.jpg"),
        ("/images/share_icon.png",),
    ),
    "elsewhere": Body(
        _zoom('<a href="http://{files}/doc/off.pdf">年报.pdf</a>'), ("//127.0.1.202/doc/off.pdf",),
    ),
    "misnamed": Body(
        _zoom('<a href="./lost.pdf">年报.pdf</a>'), (_AT + "misnamed/lost.pdf",),
        pages={_AT + "misnamed/lost.pdf": "<html><body>请输入验证码</body></html>"},
    ),
}  # fmt: skip
