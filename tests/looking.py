"""Looking at pages in a real browser: what each must be, whatever it shows.

Of every page: its status, its language, one heading, no scroll to the side, nothing asked of
another host, no message in the console, no dialog. axe-core tells what a keyboard or a screen
reader cannot use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from tests.pages import Page

WIDE, NARROW = 1280, 360
#: Violations of these impacts fail; those below are told.
GRAVE = ("serious", "critical")
_MEASURE = """() => {
  const named = element => [element.tagName.toLowerCase(), ...element.classList].join('.');
  const scrolls = element => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const inside = element => { for (let at = element.parentElement; at && at !== document.body;
    at = at.parentElement) if (scrolls(at)) return true; return false; };
  const limit = document.documentElement.clientWidth + 1;
  return {
    lang: document.documentElement.lang, title: document.title,
    h1: document.querySelectorAll('h1').length,
    over: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth,
    wide: [...document.body.querySelectorAll('*')].filter(each => {
      const box = each.getBoundingClientRect();
      return box.width && box.right > limit && !inside(each);
    }).slice(0, 4).map(named),
    shut: [...document.querySelectorAll('main *')].filter(each => scrolls(each) &&
      each.scrollWidth > each.clientWidth + 1 && each.tabIndex < 0 &&
      !['TEXTAREA', 'INPUT', 'SELECT'].includes(each.tagName) &&
      !each.closest('.CodeMirror') &&
      !each.querySelector('a[href], button, input, select, textarea, summary, [tabindex="0"]')
    ).slice(0, 4).map(named),
  };
}"""


#: What hostile text would make where it is taken for markup, and marks that turn round what is
#: not theirs: in an attribute, in the page's name, or before more text of the same isolate.
_HOSTILE = """turn => {
  const isolates = ['isolate', 'isolate-override', 'plaintext'];
  const wrong = [...document.querySelectorAll(
    '[onerror], img[src="x"], a[href^="javascript:" i], script:not([src]):not([nonce])')]
    .map(each => 'made ' + each.outerHTML.slice(0, 90));
  if (document.title.includes(turn)) wrong.push('title turns');
  for (const each of document.querySelectorAll('[title]'))
    if (each.title.includes(turn)) wrong.push('title= turns: ' + each.outerHTML.slice(0, 90));
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const at = node.data.lastIndexOf(turn);
    if (at < 0 || node.parentElement.closest('title, option, textarea, script, .CodeMirror'))
      continue;
    let holder = node.parentElement;
    while (holder !== document.body && !isolates.includes(getComputedStyle(holder).unicodeBidi))
      holder = holder.parentElement;
    const range = document.createRange();
    range.setStart(node, at + 1); range.setEndAfter(holder.lastChild);
    // a quotation may hold all of a text, heading and paragraphs
    if (range.toString().trim() && holder.tagName !== 'BDI')
      wrong.push(`turns “${range.toString().trim().slice(0, 20)}” in ` +
        `${holder.tagName.toLowerCase()}.${holder.className}`);
  }
  return [...new Set(wrong)];
}"""


@dataclass(slots=True)
class Seen:
    """A page as a browser showed it: what is wrong with it, and what axe says less gravely."""

    page: Page
    width: int
    title: str = ""
    wrong: list[str] = field(default_factory=list)
    moderate: list[str] = field(default_factory=list)


class Looking:
    """One browser at one width, page after page."""

    def __init__(self, context: Any, address: str, width: int) -> None:
        self.address, self._width = address.rstrip("/"), width
        self._said: list[str] = []
        context.route("**/*", self._kept_here)
        self.tab = context.new_page()
        self.tab.on("console", lambda message: self._said.append(f"console: {message.text}"))
        self.tab.on("pageerror", lambda error: self._said.append(f"script: {error}"))
        self.tab.on("dialog", self._dismissed)

    def _kept_here(self, route: Any) -> None:
        if urlsplit(route.request.url).netloc in ("", urlsplit(self.address).netloc):
            route.fallback()
            return
        self._said.append(f"asked {route.request.url}")
        route.abort()

    def _dismissed(self, dialog: Any) -> None:
        self._said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def at(self, page: Page, *, axe: bool = False) -> Seen:
        """Open a page and say what is wrong with it."""
        self._said.clear()
        seen = Seen(page, self._width)
        answer = self.tab.goto(self.address + page.path, wait_until="load")
        if answer.status != page.status:
            seen.wrong.append(f"status {answer.status}")
        found = self.tab.evaluate(_MEASURE)
        seen.title = found["title"]
        seen.wrong += _shape(found)
        # The browser itself says so of every answer that is an error.
        seen.wrong += [
            said
            for said in self._said
            if page.status == 200 or f"status of {page.status}" not in said
        ]
        if axe:
            self._ask_axe(seen)
        return seen

    def hostile(self, turn: str) -> list[str]:
        """What hostile text has done to the page of the tab."""
        found: list[str] = self.tab.evaluate(_HOSTILE, turn)
        return found

    def _ask_axe(self, seen: Seen) -> None:
        for each in violations(self.tab):
            told = f"axe {each['impact']} {each['id']} × {len(each['nodes'])}: {_node(each)}"
            (seen.wrong if each["impact"] in GRAVE else seen.moderate).append(told)


def _shape(found: dict[str, Any]) -> Iterator[str]:
    if found["lang"] != "zh-CN":
        yield f"lang {found['lang']!r}"
    if found["h1"] != 1:
        yield f"{found['h1']} headings of the first level"
    if found["over"] > 0:
        yield f"{found['over']} px too wide: {', '.join(found['wide'])}"
    if found["shut"]:
        yield f"scrolls, but not by keyboard: {', '.join(found['shut'])}"


def _node(violation: dict[str, Any]) -> str:
    return " ".join(violation["nodes"][0]["html"].split())[:160]


def violations(tab: Any) -> list[dict[str, Any]]:
    """What axe-core finds in the page of a tab, archived pages in frames apart.

    The tab's browser must run scripts: axe waits for promises, which never come without.
    """
    # In a world of its own: the page's policy forbids scripts, and its own is not changed.
    session = tab.context.new_cdp_session(tab)
    try:
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
        where = {"contextId": world["executionContextId"]}
        session.send("Runtime.evaluate", {"expression": f"{_axe()};0", **where})
        kept = {"awaitPromise": True, "returnByValue": True}
        answer = session.send("Runtime.evaluate", {"expression": _RUN, **where, **kept})
    finally:
        session.detach()
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    found: list[dict[str, Any]] = json.loads(answer["result"]["value"])
    return found


_RUN = (
    "axe.run(document, {resultTypes: ['violations'], iframes: false, preload: false})"
    ".then(found => JSON.stringify(found.violations))"
)


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


@contextmanager
def looking(browser: Any, address: str, width: int, *, script: bool = True) -> Iterator[Looking]:
    """A browser of one width; without JavaScript unless `script`."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=script, locale="zh-CN"
    )
    try:
        yield Looking(context, address, width)
    finally:
        context.close()
