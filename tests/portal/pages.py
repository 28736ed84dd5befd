"""What one address answers: a stored response, and the pages that no family owns."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from html import escape

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Page:
    """A response.

    Attributes:
        body: Bytes before any content encoding.
        content_type: Header.
        status: Status code.
        modified: Value of Last-Modified, or "" for none.
        tagged: Whether it has an ETag.
        zipped: Whether a client that accepts gzip gets gzip.
        chunked: Whether it is sent with chunked transfer encoding.
    """

    body: bytes
    content_type: str = HTML
    status: int = 200
    modified: str = ""
    tagged: bool = False
    zipped: bool = False
    chunked: bool = False

    @property
    def etag(self) -> str:
        """Strong validator of the body as it is before encoding."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, for pages that depend on more than their path.

    Attributes:
        method: GET, HEAD or POST.
        host: Loopback address.
        path: Path without the query.
        query: Fields of the query, in order, repeated ones repeated.
        form: Fields of a POSTed form, likewise.
        headers: Request headers, names in lower case.
    """

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def first(self, name: str, default: str = "") -> str:
        """The first field of that name in the query, then in the form."""
        return next((v for k, v in (*self.query, *self.form) if k == name), default)

    def number(self, name: str, default: int) -> int:
        """A field as a positive number; the default if it is none."""
        value = self.first(name)
        return int(value) if value.isdigit() and int(value) > 0 else default


#: A page made anew for each request.
Dynamic = Callable[[Asked], Page]
#: What is answered at (host, path); a plain page answers GET and HEAD alone.
Routes = dict[tuple[str, str], Page | Dynamic]


def text_page(text: str, **options: object) -> Page:
    """An HTML page of the given text in UTF-8; options as for `Page`."""
    return Page(text.encode(), **options)  # type: ignore[arg-type]


def http_date(date: str) -> str:
    """08:30 in China on an ISO date, as an HTTP date."""
    morning = dt.datetime.fromisoformat(f"{date}T00:30:00").replace(tzinfo=dt.UTC)
    return format_datetime(morning, usegmt=True)


def not_found() -> Page:
    """The portal's own 404 page."""
    return text_page(
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>404</title></head>"
        "<body><h1>404</h1><p>页面未找到</p></body></html>",
        status=404,
    )


def soft_not_found() -> str:
    """A missing page that says so with status 200."""
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>提示信息</title></head>"
        "<body><p>您访问的页面不存在或已删除</p><a href='/'>返回首页</a></body></html>"
    )


def wall() -> Page:
    """What a cloud wall answers to a client without its cookie."""
    script = "<script>document.cookie='__jsl_clearance=0.000|0|fiction;path=/';</script>"
    return text_page(script, content_type="text/html", status=521)


def robots(text: str) -> Page:
    """A robots.txt."""
    return text_page(text, content_type="text/plain")


def pdf(title: str) -> Page:
    """A small valid PDF of one page; its text is ASCII and says nothing."""
    note = hashlib.sha256(title.encode()).hexdigest()[:12]
    stream = f"BT /F1 12 Tf 72 720 Td (Fictional attachment {note}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + (
        b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    )
    return Page(body, content_type="application/pdf")


def shortened(title: str, most: int = 16) -> str:
    """A title as a list cuts it."""
    return title if len(title) <= most else f"{title[:most]}..."


def anchor(href: str, text: str, title: str = "") -> str:
    """A link; `title` is the attribute."""
    attribute = f' title="{escape(title)}"' if title else ""
    return f'<a href="{href}"{attribute} target="_blank">{escape(text)}</a>'
