"""A page's source cut into tokens by the rules that browsers go by.

Source of the rules: HTML Standard, 13.2.5 (tokenization) and, where those hang on the tree,
13.2.6. libxml2 goes by almost the same ones; where the two part, text that one of them
takes for a comment or for the value of a field is a tag to the other. So what is added to
a page is checked a second time in `agreed`, its source with nothing left in it that they
could read in two ways.

Every scanner here takes time in proportion to the source: no page, however it is built,
stops the site. Possessive quantifiers, and searches whose failure ends the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_WS = r"\t\n\f\r "
_MARKUP = re.compile(rf"<(?:(/?)([A-Za-z][^{_WS}/>]*+)|!--|[!?]|/)")
_ATTRIBUTE = re.compile(
    rf"[{_WS}/]*+(?:(?P<end>>)|[^{_WS}/>][^{_WS}/>=]*+(?:"
    rf"[{_WS}]*+=[{_WS}]*+(?:\"[^\"]*+\"|'[^']*+'|(?=>)|[^{_WS}>\"'][^{_WS}>]*+)"
    rf"|(?![{_WS}]*+=)))"
)
_COMMENT_END = re.compile(r"--!?>")
_SCRIPT = re.compile(rf"<!(?=--)|-->|<(/?)script(?=[{_WS}/>])", re.I | re.A)
_BLANK = re.compile(rf"[{_WS}]*+")
#: Elements whose content is text up to their own end tag, whatever stands in it. Scripts do
#: not run where archived pages are shown, so what a `noscript` holds is markup.
_RAW = frozenset({"style", "xmp", "iframe", "noembed", "noframes", "title", "textarea"})
_RAW_END = {name: re.compile(rf"</{name}(?=[{_WS}/>])", re.I | re.A) for name in _RAW}
_TEXT_ONLY = _RAW | {"script", "plaintext"}
#: Elements that change how what follows is cut.
_DECIDE = frozenset({"svg", "select", "math", "frameset"})
#: Of these nothing is printed.
_UNPRINTED = frozenset({"script", "style", "iframe", "noembed", "noframes"})
#: What in an `svg` surely stays in it: any other tag may end it, or holds HTML again.
_DRAWN = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "textpath", "defs", "use", "symbol", "lineargradient", "radialgradient", "stop",
    "clippath", "mask", "pattern", "image", "a", "style", "script", "filter", "marker", "view",
})  # fmt: skip
#: Marks in `agreed` that what follows was not looked at: no number is printed so.
UNSURE = "\ufffd\ufffd"


class Token(NamedTuple):
    """A piece of a page's source.

    Attributes:
        kind: `start`, `end` (tags), `text`, `raw` (content of a script, a style sheet, a
            field …), `comment`, `doctype`, or `unsure`: from here on only a tree could tell.
        begin: Where it begins in the source.
        end: Where it ends.
        name: A tag's name in small letters; of `raw`, the element's.
    """

    kind: str
    begin: int
    end: int
    name: str = ""


def tokens(content: str) -> Iterator[Token]:
    """A page's tokens in their order; all that a browser drops at its end is left out."""
    at, where = 0, _Where()
    while (found := _MARKUP.search(content, at)) is not None:
        if found.start() > at:
            yield Token("text", at, found.start())
        token = _tag(content, found) if found[2] else _declaration(content, found)
        if token is None:  # the page ends inside it
            return
        at = token.end
        if (where.matters or token.name in _DECIDE) and not where.takes(content, token):
            yield Token("unsure", token.begin, len(content))
            return
        yield token
        if token.kind == "start" and token.name in _TEXT_ONLY and not where.drawing:
            end = _raw_end(content, token)
            if end > at:
                yield Token("raw", at, end, token.name)
                at = end
    if at < len(content):
        yield Token("text", at, len(content))


def prologue(content: str) -> int:
    """Where a page's doctype ends; 0 where it has none that a browser would heed."""
    at = _blank(content, 0)
    while (found := _MARKUP.match(content, at)) is not None and not found[2]:
        token = _declaration(content, found)
        if token is None:
            return 0
        if token.kind == "doctype":
            return token.end
        at = _blank(content, token.end)
    return 0


def agreed(content: str, attribute: str = "") -> str:
    """The same page, with nothing in it that browsers and libxml2 may read in two ways.

    Args:
        content: A page's source.
        attribute: Name of an attribute to be put into each start tag, first: where the tag
            begins in `content`.

    Returns:
        Its tags and text, without comments, and without what is never printed. Where only a
        browser's tree could tell how it goes on, it ends, with `UNSURE`.
    """
    made: list[str] = []
    drawing = 0
    for token in tokens(content):
        if token.name == "svg":
            drawing += _opens(content, token) - (token.kind == "end")
        elif drawing > 0:
            continue
        made.append(_as_agreed(content, token, attribute))
    return "".join(made)


def _as_agreed(content: str, token: Token, attribute: str) -> str:
    source = content[token.begin : token.end]
    if token.kind == "start" and attribute:
        name = 1 + len(token.name)
        return f"{source[:name]} {attribute}={token.begin} {source[name:]}"
    if token.kind == "text":
        return source.replace("<", "&lt;")
    if token.kind == "comment" or (token.kind == "raw" and token.name in _UNPRINTED):
        return ""
    return UNSURE if token.kind == "unsure" else source


class _Where:
    """What of the tree decides how tokens are cut: drawings, and lists to choose from."""

    def __init__(self) -> None:
        self.drawing = 0
        self.choosing = False

    @property
    def matters(self) -> bool:
        """Whether the next token may be one of those that are not certain."""
        return self.choosing or self.drawing > 0

    def takes(self, content: str, token: Token) -> bool:
        """Go past a token; whether it is certain how the next ones are cut."""
        if self.drawing:
            if token.kind in ("start", "end") and token.name not in _DRAWN:
                return False
            if content.startswith("<![", token.begin):  # CDATA, or a comment
                return False
        if token.name == "svg":
            self.drawing = max(0, self.drawing + _opens(content, token) - (token.kind == "end"))
        elif token.name == "select":
            self.choosing = token.kind == "start"
        elif token.kind == "start" and self.choosing and not self.drawing:
            return token.name not in _RAW and token.name != "plaintext"
        return token.kind != "start" or token.name not in ("math", "frameset")


def _opens(content: str, token: Token) -> bool:
    """Whether a start tag opens an element of a drawing."""
    return token.kind == "start" and not content.endswith("/>", token.begin, token.end)


def _tag(content: str, found: re.Match[str]) -> Token | None:
    """A tag with its attributes."""
    at = found.end()
    if content.startswith(">", at):
        return Token("end" if found[1] else "start", found.start(), at + 1, found[2].lower())
    while (attribute := _ATTRIBUTE.match(content, at)) is not None:
        at = attribute.end()
        if attribute["end"]:
            kind = "end" if found[1] else "start"
            return Token(kind, found.start(), at, found[2].lower())
    return None


def _declaration(content: str, found: re.Match[str]) -> Token | None:
    """A comment, a doctype, or what a browser takes for a comment."""
    begin, at = found.span()
    if found[0] == "<!--":
        for short in (">", "->"):
            if content.startswith(short, at):
                return Token("comment", begin, at + len(short))
        closed = _COMMENT_END.search(content, at)
        return Token("comment", begin, closed.end()) if closed else None
    end = content.find(">", at)
    if end < 0:
        return None
    named = content[begin : begin + 9].lower() == "<!doctype"
    return Token("doctype" if named else "comment", begin, end + 1)


def _raw_end(content: str, token: Token) -> int:
    """Where the content of an element ends that holds text only; where its tag ends if none."""
    if token.name == "plaintext":
        return len(content)
    if token.name == "script":
        return _script_end(content, token.end)
    closed = _RAW_END[token.name].search(content, token.end)
    return closed.start() if closed else len(content)


def _script_end(content: str, at: int) -> int:
    """A script that hides itself in a comment may name a script in it."""
    hidden = nested = False
    for found in _SCRIPT.finditer(content, at):
        if found[0] == "<!":
            hidden = True
        elif found[0] == "-->":
            hidden = nested = False
        elif not found[1]:
            nested = hidden
        elif nested:
            nested = False
        else:
            return found.start()
    return len(content)


def _blank(content: str, at: int) -> int:
    found = _BLANK.match(content, at)
    return found.end() if found else at
