"""HTML source to a tree of what the page shows, and the words for its elements.

libxml2 parses as browsers do but for a few things that real pages do; those are put
right in the source before, each only where the source has it.
"""

from __future__ import annotations

import re

from lxml import etree

from ..errors import ReadingError, ReadingLimit

#: Elements of which nothing is shown, or nothing that is text of the page.
SKIPPED = frozenset(
    """script style head noscript noframes template select datalist iframe object svg button rp
    audio video canvas annotation annotation-xml""".split()
)
#: Elements that begin a line of their own; any other, known or not, runs on in its line.
BLOCKS = frozenset(
    """address article aside blockquote body br caption center col colgroup dd details dialog dir
    div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr
    html legend li listing main marquee menu nav ol p plaintext pre search section summary table
    tbody td tfoot th thead tr ul xmp""".split()
)
#: Elements that are no part of the number beside them: a raised 1, a reading aid, the two
#: numbers of a fraction.
_APART = frozenset("sup sub rt mn mi mo ms mtext".split())
#: What ends a line inside a cell.
BREAKS = BLOCKS | _APART
#: Form controls print what they hold.
CONTROLS = frozenset({"input", "textarea"})
CELLS = frozenset({"td", "th"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Preformatted text, of which line breaks and tabs count.
PREFORMATTED = frozenset({"pre", "listing", "xmp", "plaintext"})
#: Attribute that keeps the name of an element that is hidden; its new name is `template`.
WAS = "nianbao-was"

#: No real page has a tenth of it (a million links are told at once to be none).
MOST_TAGS = 1_000_000
#: The parser itself goes no deeper than 2,047 and drops what is below.
_DEEPEST = 2_000
_PREFIXED = re.compile(rb"<(/?)(?:x?html|h):", re.I)
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.S)
_WORD_BREAK = re.compile(rb"</?wbr\b[^>]*>", re.I)
_END_OF_PAGE = re.compile(rb"</(?:body|html)\s*>", re.I)
_GOES_ON = re.compile(rb"<(?!/?(?:body|html)\b|!--)", re.I)
_HIDES = (
    re.compile(rb"display\s*:\s*none"),
    re.compile(rb"visibility\s*:\s*(?:hidden|collapse)"),
    re.compile(rb"\shidden[\s=>/]"),
    re.compile(rb"<(?:del|s|strike)[\s>]"),
)
_MAY_BE_HIDDEN = etree.XPath("//@hidden/.. | //@style/.. | //del | //s | //strike")
_STYLE = re.compile(r"(?:^|;)\s*(display|visibility)\s*:\s*([a-z-]+)", re.I)


def parse(content: str) -> etree._Element:
    """Parse a page.

    Args:
        content: The decoded page.

    Returns:
        The root element; comments and processing instructions are gone.

    Raises:
        ReadingError: No element is in it, or it nests deeper than 2,000.
        ReadingLimit: It has more than `MOST_TAGS` tags.
    """
    source = content.encode("utf-8", "replace")
    if source.count(b"<") > MOST_TAGS:
        raise ReadingLimit(f"the page has more than {MOST_TAGS:,} tags; no report has so many")
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(_mended(source), parser)
    except etree.XMLSyntaxError as error:  # libxml2 recovers from all but its own limits
        raise ReadingError(f"the page cannot be parsed: {error}") from error
    if root is None:
        raise ReadingError("the page holds no element")
    last = parser.error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        raise ReadingError(f"the page nests too deeply to be read (deeper than {_DEEPEST:,})")
    return root


def _mended(source: bytes) -> bytes:
    """The source with what libxml2 and browsers take differently."""
    lower = source.lower()
    if b"<wbr" in lower:  # libxml2 does not know that it is empty: it would hold the next cells
        source = _WORD_BREAK.sub(b"", source)
    if b"1999/xhtml" in lower and _PREFIXED.search(lower):
        source = _PREFIXED.sub(rb"<\1", source)
    if b"<![cdata[" in lower and lower.lstrip().startswith(b"<?xml"):
        source = _CDATA.sub(lambda match: match[1].replace(b"<", b"&lt;"), source)
    end = _END_OF_PAGE.search(lower)
    if end and _GOES_ON.search(lower, end.end()):
        # A whole page pasted into the article: libxml2 drops what follows its end.
        source = _END_OF_PAGE.sub(b"", source)
    return source


def blank_hidden(root: etree._Element, content: str) -> None:
    """Take out of the tree what no reader of the page sees.

    Elements stay where they are, so that the places of the others still hold; they lose
    what is in them, and hidden ones become a `template`. A rule of a style sheet hides
    nothing here: what it hides may be shown by a script.

    Args:
        root: The page.
        content: Its source: most pages hide nothing, which the source tells quickly.
    """
    lower = content.encode("utf-8", "replace").lower()
    if any(pattern.search(lower) for pattern in _HIDES):
        for node in _MAY_BE_HIDDEN(root):
            hides = _hides(node)
            if hides:
                tag = str(node.tag)
                node.clear(keep_tail=True)
                if hides == "display" or tag not in CELLS:  # an invisible cell keeps its place
                    node.set(WAS, tag)
                    node.tag = "template"
    for node in list(root.iter(*SKIPPED)):
        if node.tag != "template" and len(node) + len(node.text or "") > 0:
            node.clear(keep_tail=True)


def _hides(node: etree._Element) -> str:
    """`display` or `visibility` where that hides an element, else ""."""
    if node.tag in ("del", "s", "strike") or node.get("hidden") is not None:
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
