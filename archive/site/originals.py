"""What archived bytes truly are, and how they are named when they are saved.

The kind is told by the bytes (`extract.formats.sniff`), never by the server's header: a
server that calls a page a picture, or a picture a page, must not decide what a browser does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from extract.errors import ReadingError
from extract.formats import ole, sniff, zipped

#: The largest page that is shown; real ones have some hundred kilobytes, pictures and all.
LARGEST_SHOWN = 8 << 20
_LONGEST_NAME = 120
_PICTURES = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"), (b"\x89PNG", "image/png", ".png"),
    (b"GIF8", "image/gif", ".gif"), (b"BM", "image/bmp", ".bmp"),
    (b"II*\x00", "image/tiff", ".tif"), (b"MM\x00*", "image/tiff", ".tif"),
    (b"RIFF", "image/webp", ".webp"),
)  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument"
_PACKAGES = {
    "docx": (f"{_OFFICE}.wordprocessingml.document", ".docx", "Word 文档"),
    "sheet": (f"{_OFFICE}.spreadsheetml.sheet", ".xlsx", "Excel 表格"),
    "ofd": ("application/ofd", ".ofd", "OFD 版式文件"),
}
_XML_DECLARATION = re.compile(rb"\s*<\?xml\b", re.I)
_FIRST_ELEMENT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_BEFORE = b"\xef\xbb\xbf \t\r\n\x00"
#: What a server may call a page that is one. Another name means that it was not shown as one.
_PAGE_TYPES = frozenset({
    "", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream",
    "application/unknown", "text/xml", "application/xml",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """What bytes are.

    Attributes:
        mime: Media type.
        suffix: Ending of a file's name.
        word: What it is called on the site.
        others: Endings that are right, too.
    """

    mime: str
    suffix: str
    word: str
    others: tuple[str, ...] = ()


PAGE = Kind("text/html", ".html", "网页", (".htm", ".shtml"))
PDF = Kind("application/pdf", ".pdf", "PDF 文件")
TEXT = Kind("text/plain", ".txt", "文本文件")
_UNKNOWN = Kind("application/octet-stream", ".bin", "未知格式的文件")
#: Office programs name a page `.doc` or `.xls`; so it opens where it was made to be opened.
_OFFICE_PAGE = Kind("text/html", ".html", "网页格式的办公文档", (".htm", ".doc", ".xls", ".mht"))


def kind_of(body: bytes) -> Kind:
    """What a body is by its bytes."""
    found = sniff(body)
    if found in ("html", "text"):
        return _characters(body, found)
    if found == "zip":
        return _package(body)
    if found == "ole":
        return _ole(body)
    if found == "picture":
        head = body[:1024].lstrip(_BEFORE)
        mime, suffix = next((m, s) for magic, m, s in _PICTURES if head.startswith(magic))
        return Kind(mime, suffix, "图片")
    rtf = Kind("application/rtf", ".rtf", "RTF 文档", (".doc",))
    return {"pdf": PDF, "rtf": rtf, "office": _OFFICE_PAGE}.get(found, _UNKNOWN)


def is_shown(kind: Kind, source: Mapping[str, object]) -> bool:
    """Whether an original is shown in a frame: a page, obtained as a page.

    What came as an attachment, or what the server called a document, a picture or a script,
    is only ever saved, whatever its bytes are.
    """
    served = str(source["content_type"] or "").partition(";")[0].strip().lower()
    return (
        kind is PAGE
        and source["role"] != "attachment"
        and served in _PAGE_TYPES
        and int(str(source["bytes"])) <= LARGEST_SHOWN
    )


def _characters(body: bytes, found: str) -> Kind:
    """Markup or text; XML that is no page is neither shown nor called one."""
    head = body[:4096].lstrip(_BEFORE)
    declared = _XML_DECLARATION.match(head)
    first = _FIRST_ELEMENT.search(head) if head.startswith(b"<") else None
    name = first[1].lower() if first else b""
    if name == b"svg":
        return Kind("image/svg+xml", ".svg", "SVG 图形")
    if declared and b"<!doctype html" not in head.lower() and name != b"html":
        return Kind("application/xml", ".xml", "XML 文件")
    return PAGE if found == "html" else TEXT


def _package(body: bytes) -> Kind:
    try:
        found = zipped.kind(body)
    except ReadingError:  # damaged, encrypted, or a format that is not read
        found = ""
    known = _PACKAGES.get(found)
    return Kind(*known) if known else Kind("application/zip", ".zip", "压缩包")


def _ole(body: bytes) -> Kind:
    try:
        found = ole.kind(body)
    except ReadingError:
        found = ""
    if found == "sheet":
        return Kind("application/vnd.ms-excel", ".xls", "Excel 表格", (".et",))
    if found:
        return Kind("application/msword", ".doc", "Word 文档", (".wps",))
    return Kind("application/x-ole-storage", ".ole", "办公文档", (".doc", ".xls", ".ppt", ".wps"))


def disposition(kind: Kind, source: Mapping[str, object], plain: str) -> str:
    """Content-Disposition (RFC 6266) that saves a body under its own name.

    Args:
        kind: What it is; decides the ending of the name.
        source: Its row in `sources`.
        plain: Name without ending for programs that know ASCII only.
    """
    ascii_name = re.sub(r"[^A-Za-z0-9._-]", "_", plain) + kind.suffix
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{_own_name(kind, source)}"


def _own_name(kind: Kind, source: Mapping[str, object]) -> str:
    """The last part of the address, as RFC 5987 writes it, ending as the bytes say."""
    try:
        last = unquote(urlsplit(str(source["url"])).path).rpartition("/")[2]
    except ValueError:  # an address that is none
        last = ""
    # Not printable: controls, and marks that turn the reading order to hide an ending.
    name = "".join(c for c in last if c.isprintable() and c not in '\\/:*?"<>|').strip(". ")
    stem, dot, ending = name.rpartition(".")
    if dot and f".{ending.lower()}" in (kind.suffix, *kind.others):
        return quote(f"{stem[:_LONGEST_NAME]}.{ending}", safe="")
    return quote(f"{name[:_LONGEST_NAME] or 'yuanjian'}{kind.suffix}", safe="")
