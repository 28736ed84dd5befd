"""Properties of a DOCX's paragraphs and runs, their styles' included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from .package import attribute, child, local, whole

_HEADING = re.compile(r"(?:heading|标题|標題|title)\s*\d*$", re.I)
_OFF = frozenset({"0", "false", "off"})
_DEEPEST = 20  # styles that are based on each other in a ring end here
_BODY_LEVEL = 9  # outline level that means body text


class Styles:
    """The styles of one document, asked about one paragraph or run at a time."""

    def __init__(self, root: etree._Element | None) -> None:
        """Take the styles from styles.xml; without one only direct properties count."""
        self._styles: dict[str, etree._Element] = {}
        self._default: str | None = None
        for style in root if root is not None else ():
            if local(style) != "style":
                continue
            name = attribute(style, "styleId") or ""
            self._styles[name] = style
            is_default = (attribute(style, "default") or "0") not in _OFF
            if is_default and attribute(style, "type") == "paragraph":
                self._default = name

    def is_heading(self, paragraph: etree._Element) -> bool:
        """Whether a paragraph is a heading by its style's name or its outline level."""
        for properties in self._of_paragraph(paragraph):
            if local(properties) == "style":
                named = child(properties, "name")
                if named is not None and _HEADING.match(attribute(named, "val") or ""):
                    return True
                continue
            level = child(properties, "outlineLvl")
            if level is not None:
                return whole(attribute(level, "val"), _BODY_LEVEL) < _BODY_LEVEL
        return False

    def number(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """(list, level) of a numbered paragraph, or None."""
        numbered: str | None = None
        level: int | None = None
        for properties in self._of_paragraph(paragraph):
            found = child(properties, "numPr")
            if found is None:
                continue
            list_, at = child(found, "numId"), child(found, "ilvl")
            if level is None and at is not None:
                level = whole(attribute(at, "val"), 0)
            if numbered is None and list_ is not None:
                numbered = attribute(list_, "val")
        return (numbered, level or 0) if numbered not in (None, "0") and numbered else None

    def is_hidden(self, run: etree._Element) -> bool:
        """Whether a run is not shown or struck out: no reader of the page sees it."""
        return any(self._toggled(run, word) for word in ("vanish", "strike", "dstrike"))

    def _toggled(self, run: etree._Element, word: str) -> bool:
        for properties in self._of_run(run):
            found = child(properties, word)
            if found is not None:
                return (attribute(found, "val") or "1") not in _OFF
        return False

    def _of_run(self, run: etree._Element) -> Iterator[etree._Element]:
        properties = child(run, "rPr")
        if properties is None:
            return
        yield properties
        named = child(properties, "rStyle")
        if named is not None:
            yield from self._chain(attribute(named, "val"), lambda style: child(style, "rPr"))

    def _of_paragraph(self, paragraph: etree._Element) -> Iterator[etree._Element]:
        """Direct properties, then each style of the chain and its properties."""
        properties = child(paragraph, "pPr")
        named = None
        if properties is not None:
            yield properties
            named = child(properties, "pStyle")
        style = attribute(named, "val") if named is not None else self._default
        for element in self._chain(style, lambda style: style):
            yield element
            inner = child(element, "pPr")
            if inner is not None:
                yield inner

    def _chain(
        self, name: str | None, part: Callable[[etree._Element], etree._Element | None]
    ) -> Iterator[etree._Element]:
        passed: set[str | None] = set()
        while name not in passed and len(passed) < _DEEPEST:
            passed.add(name)
            style = self._styles.get(name or "")
            if style is None:
                return
            found = part(style)
            if found is not None:
                yield found
            based = child(style, "basedOn")
            name = attribute(based, "val") if based is not None else None
