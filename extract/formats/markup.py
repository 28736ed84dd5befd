"""HTML source to a tree of what the page shows, and the words for its elements.

libxml2 parses as browsers do but for a few things that real pages do; those are put
right in the source before, each only where the source has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from lxml import etree

from ..errors import ReadingError, ReadingLimit
from .limits import MOST_TAGS, check_tags

#: Elements of which nothing is shown, or nothing that is text of the page.
SKIPPED = frozenset({
    "script", "style", "head", "noscript", "noframes", "template", "select", "datalist", "iframe",
    "object", "svg", "button", "rp", "audio", "video", "canvas", "annotation", "annotation-xml",
})  # fmt: skip
#: Elements that begin a line of their own; any other, known or not, runs on in its line.
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "col",
    "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "html", "legend", "li", "listing", "main", "marquee", "menu", "nav", "ol", "p",
    "plaintext", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul", "xmp",
})  # fmt: skip
#: Elements that are no part of the number beside them: a raised 1, a reading aid, the two
#: numbers of a fraction.
_APART = frozenset({"sup", "sub", "rt", "mn", "mi", "mo", "ms", "mtext"})
#: What ends a line inside a cell.
BREAKS = BLOCKS | _APART
#: Form controls print what they hold.
CONTROLS = frozenset({"input", "textarea"})
CELLS = frozenset({"td", "th"})
_TABLE = frozenset({"table", "caption", "col", "colgroup", "tbody", "thead", "tfoot", "tr"}) | CELLS
#: What hardly any table has in a cell; looked for once a table.
RARE = tuple((BREAKS | CONTROLS) - _TABLE - {"p"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Preformatted text, of which line breaks and tabs count.
PREFORMATTED = frozenset({"pre", "listing", "xmp", "plaintext"})
#: Attribute that keeps the name of an element that is hidden; its new name is `template`.
WAS = "nianbao-was"

#: The parser itself goes no deeper than 2,047 and drops what is below.
_DEEPEST = 2_000
#: Where a page says what it is.
_HEAD = 4096
_PREFIXED = re.compile(rb"<(/?)(?:x?html|h):", re.I)
_CDATA = re.compile(rb"<!\[CDATA\[((?:(?!\]\]>|<!\[CDATA\[).)*)\]\]>", re.S)
_WORD_BREAK = re.compile(rb"</?wbr\b[^<>]*>", re.I)
_END_OF_PAGE = re.compile(rb"</(?:body|html)\s*>", re.I)
_GOES_ON = re.compile(rb"<(?!/?(?:body|html)\b|!--)")
_STRUCK = ("del", "s", "strike")
# One path: libxml2 takes quadratic time to unite several.
_MAY_BE_HIDDEN = etree.XPath("//*[@style or @hidden or self::del or self::s or self::strike]")
_STYLE = re.compile(r"(?:^|;)\s*(display|visibility)\s*:\s*([a-z-]+)", re.I)


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page.

    Attributes:
        root: Its root element; comments and processing instructions are gone.
        hides: Whether its source has anything that may hide an element.
    """

    root: etree._Element
    hides: bool


def parse(content: str) -> Page:
    """Parse a page.

    Args:
        content: The decoded page.

    Raises:
        ReadingError: No element is in it, or it nests deeper than 2,000.
        TooLarge: It has more tags than any report.
    """
    source = content.encode("utf-8", "replace")
    check_tags(source.count(b"<") if len(source) > MOST_TAGS else 0)
    lower = source.lower()
    source = _as_html(source, lower)
    end = lower.find(b"</html")
    if end >= 0 and _GOES_ON.search(lower, end):
        source = _END_OF_PAGE.sub(b"", source)  # libxml2 drops what follows its first end
    root = _tree(source)
    if next(root.iter("wbr"), None) is not None or root[-1].tag not in ("body", "frameset"):
        # libxml2 puts what follows into a `wbr`, and what follows the body behind it.
        root = _tree(_END_OF_PAGE.sub(b"", _WORD_BREAK.sub(b"", source)))
    hides = b"none" in lower or b"hidden" in lower or next(root.iter(*_STRUCK), None) is not None
    return Page(root, hides)


def _tree(source: bytes) -> etree._Element:
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:  # libxml2 recovers from all but its own limits
        if str(error).startswith("unknown error"):  # so lxml calls libxml2's lack of memory
            raise ReadingLimit("the page takes more memory to parse than allowed") from error
        raise ReadingError(f"the page cannot be parsed: {error}") from error
    if root is None or not len(root):
        raise ReadingError("the page holds no element")
    last = parser.error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        raise ReadingError(f"the page nests too deeply to be read (deeper than {_DEEPEST:,})")
    return root


def _as_html(source: bytes, lower: bytes) -> bytes:
    """XHTML as the HTML that says the same: no prefixes, no CDATA sections."""
    head = lower[:_HEAD]
    if b"1999/xhtml" in head and b"xmlns:" in head:
        source = _PREFIXED.sub(rb"<\1", source)
    if head.lstrip().startswith(b"<?xml") and b"<![cdata[" in lower:
        source = _CDATA.sub(lambda match: match[1].replace(b"<", b"&lt;"), source)
    return source


def blank_hidden(page: Page) -> None:
    """Take out of the tree what no reader of the page sees.

    Elements stay where they are, so that the places of the others still hold; they lose
    what is in them, and hidden ones become a `template`. A rule of a style sheet hides
    nothing here: what it hides may be shown by a script.
    """
    if page.hides:
        found = cast("list[etree._Element]", _MAY_BE_HIDDEN(page.root))
        for node in found:
            hides = _hides(node)
            if hides:
                tag = str(node.tag)
                _empty(node)
                if hides == "display" or tag not in CELLS:  # an invisible cell keeps its place
                    node.set(WAS, tag)
                    node.tag = "template"
    for node in list(page.root.iter(*SKIPPED)):
        if len(node) or node.text:
            _empty(node)


def _empty(node: etree._Element) -> None:
    """Take out all that is in an element; what follows it stays."""
    tail = node.tail
    node.clear()
    node.tail = tail


def _hides(node: etree._Element) -> str:
    """`display` or `visibility` where that hides an element, else ""."""
    if node.tag in _STRUCK or node.get("hidden") is not None:
        return "display"
    said = {name.lower(): value.lower() for name, value in _STYLE.findall(node.get("style", ""))}
    if said.get("display") == "none":
        return "display"
    return "visibility" if said.get("visibility") in ("hidden", "collapse") else ""


def clean(text: str) -> str:
    """Text with runs of white space as one blank."""
    return " ".join(text.split())


def all_text(node: etree._Element) -> str:
    """All text in an element, as it stands in the source."""
    return etree.tostring(node, method="text", encoding="unicode", with_tail=False)
