"""One page that says what is broken: HTML without script, image or any other address loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from ..wording import counted
from .health import Health, Standing
from .lines import named, outcome, since, worked
from .meanings import detail_of, of_outcome, to_do

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #bbb; padding: .4rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
.wrong { border-left: .4rem solid #b00; padding-left: .6rem; }
small { color: #555; }
"""
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>What is broken: {registry}</title><style>{style}</style></head><body>
<h1>What is broken</h1>"""


def page(registry: str, state: Health) -> str:
    """The page.

    Args:
        registry: Name of the root's registry.
        state: How its portals stand.
    """
    return "\n".join(_parts(registry, state)) + "\n"


def _parts(registry: str, state: Health) -> Iterator[str]:
    yield _HEAD.format(registry=escape(registry), style=_STYLE)
    last = state.finished[:16].replace("T", " ") or "never"
    counts = (
        f"{counted(len(state.every), 'portal')}, {len(state.broken)} broken, "
        f"{len(state.cut)} cut off, {len(state.well)} complete"
    )
    yield (
        f"<p>Registry “{escape(registry)}”: {counts}. "
        f"A crawl last finished: {escape(last)} UTC. "
        f"<small>Made {state.at:%Y-%m-%d %H:%M} UTC.</small></p>"
    )
    if state.silence():
        hint = "Is the timer on? What does its log say?"
        yield f'<p class="wrong">{escape(state.silence())}. {hint}</p>'
    if state.broken:
        yield from _table(state.broken)
    else:
        yield "<p>Nothing is broken: every portal that ended did so as its registry declares.</p>"
    yield from _list(
        "Cut off before their end",
        "By the window or a stop. The next run takes them first; "
        "if it stays so, widen the window or use shards.",
        state.cut,
    )
    yield from _list("Never crawled to an end", "No run came to an outcome.", state.never)
    yield from _list(
        "Declared otherwise, but complete", "Correct “outcome” in the registry.", state.mended
    )
    yield from _list(
        "Not complete, as declared", "Nothing to do; looked at in every run.", state.declared
    )
    yield "</body></html>"


def _table(broken: Sequence[Standing]) -> Iterator[str]:
    yield "<table><thead><tr><th>portal<th>what<th>since<th>last worked<th>what to do</tr></thead>"
    yield "<tbody>"
    for one in broken:
        detail = detail_of(one.outcome, one.detail)
        cells = (
            f"<b>{escape(one.key)}</b><br>{escape(named(one))}<br>{_link(one)}",
            f"<b>{escape(one.outcome)}</b>: {_words(of_outcome(one.outcome).means)}"
            f"<br><small>{escape(detail)}</small>",
            escape(since(one)),
            escape(worked(one)),
            _words(to_do(one.outcome, one.detail)),
        )
        yield f'<tr id="{escape(one.key)}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
    yield "</tbody></table>"


def _list(head: str, hint: str, group: Sequence[Standing]) -> Iterator[str]:
    if not group:
        return
    yield f"<h2>{escape(head)}</h2><p>{escape(hint)}</p><ul>"
    for one in group:
        said = f": {escape(outcome(one))}" if one.outcome else ""
        yield f"<li><b>{escape(one.key)}</b> {escape(named(one))}{said} {_link(one)}</li>"
    yield "</ul>"


def _words(text: str) -> str:
    """Our own words; what stands between backticks is shown as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


def _link(one: Standing) -> str:
    """The column, as a link if it is a web address; nothing of this page is sent along."""
    column = str(one.entry.get("column", ""))
    if not column.startswith(("http://", "https://")):
        return escape(column)
    return f'<a href="{escape(column)}" rel="noreferrer">{escape(column)}</a>'
