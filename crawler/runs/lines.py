"""A run and the state of the portals as lines for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from ..wording import counted
from .difference import Change
from .facts import PortalFacts, RunFacts
from .health import Health, Standing
from .meanings import CUT, detail_of, of_outcome, to_do

#: With more portals than these, those that ended quietly are folded into one line.
MOST_LINES = 30
_HEAD = (
    "portal", "outcome", "expected", "found", "new", "changed", "unchanged", "gone", "failed",
)  # fmt: skip
_TEXTS = ("portal", "outcome", "failed")
_MOST_KINDS = 3
#: More lines than these that say the same are one.
_MOST_ALIKE = 3
_MOST_NAMES = 5


def table(run: RunFacts, *, every: bool = False) -> Iterator[str]:
    """The summary of a run: a line a portal, those that need a look first, and the totals.

    Args:
        run: The run.
        every: Print every portal, however many there are.
    """
    shown = list(run.portals)
    folded: list[PortalFacts] = []
    if not every and len(shown) > MOST_LINES:
        folded = [portal for portal in shown if _quiet(portal)]
        shown = [portal for portal in shown if not _quiet(portal)]
    rows = [_HEAD, *map(_row, shown)]
    if folded:
        label = f"({counted(len(folded), 'portal')} more)"
        rows.append((label, "as declared", *_numbers(folded), failures(folded)))
    ended = sum(portal.as_declared for portal in run.portals)
    rows.append(
        (
            counted(len(run.portals), "portal"),
            f"{ended} as declared",
            *_numbers(run.portals),
            failures(run.portals),
        )
    )
    yield from _aligned(rows)
    if folded:
        yield "Portals that ended as declared, without a failure, are one line; --all prints each."


def remarks(run: RunFacts) -> Iterator[str]:
    """A line for each portal that needs a look: what, where, and what to do."""
    cut: dict[str, list[str]] = {}
    for portal in run.portals:
        if portal.as_declared or not (portal.outcome or run.finished_at):
            continue
        outcome = portal.outcome or "stopped"
        detail = detail_of(outcome, portal.detail)
        why = f" ({detail})" if detail else ""
        line = (
            f"{portal.key}: {outcome}{why}, declared {portal.declared}: "
            f"{portal.entry.get('column', '')} → {to_do(outcome, portal.detail)}"
        )
        if outcome in CUT:
            cut.setdefault(outcome, []).append(line)
        else:
            yield line
    for outcome, lines in cut.items():
        means = of_outcome(outcome)
        folded = f"{len(lines)} portals: {outcome}: {means.means} → {means.do}"
        yield from lines if len(lines) <= _MOST_ALIKE else [folded]


def changes(run: RunFacts, found: Sequence[Change], *, every: bool = False) -> Iterator[str]:
    """What is otherwise than last time."""
    if not any(portal.outcome for portal in run.portals):
        yield "nothing to compare with last time: no portal has ended"
    elif not found:
        yield "as last time: every portal's outcome, candidates and kinds of issue"
    else:
        yield "otherwise than last time:"
        alike: dict[str, list[Change]] = {}
        for change in found:
            alike.setdefault("" if every else _in_common(change), []).append(change)
        # Those that came to something of their own first.
        for common, group in sorted(alike.items(), key=lambda pair: pair[0] != ""):
            if common and len(group) > _MOST_ALIKE:
                yield f"  {len(group)} portals {common}"
            else:
                yield from (f"  {change.words()}" for change in group)


def _in_common(change: Change) -> str:
    """What many portals may have in common, so that one line tells it; else ""."""
    if not change.before:
        return "crawled for the first time"
    is_cut = change.outcome[1] in CUT and not change.new_kinds
    return "were cut off: {} → {}".format(*change.outcome) if is_cut else ""


def failures(portals: Sequence[PortalFacts]) -> str:
    """Failures by reason, in words; the most frequent ones."""
    counts: dict[str, int] = {}
    for portal in portals:
        for kind, number in portal.failed.items():
            counts[kind] = counts.get(kind, 0) + number
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    said = [f"{kind} × {number}" for kind, number in ordered[:_MOST_KINDS]]
    rest = sum(number for _, number in ordered[_MOST_KINDS:])
    return ", ".join([*said, f"others × {rest}"] if rest else said)


def broken(state: Health) -> Iterator[str]:
    """What is broken, since when, when it last worked, and what to do."""
    if state.silence():
        yield f"{state.silence()}: is the timer on? what does its log say?"
    if state.broken:
        yield f"broken: {len(state.broken)} of {counted(len(state.every), 'portal')}"
        for one in state.broken:
            yield f"  {one.key} ({named(one)}): {outcome(one)}, {since(one)}; {worked(one)}"
            yield f"    {one.entry.get('column', '')}"
            yield f"    do: {to_do(one.outcome, one.detail)}"
    else:
        yield f"nothing is broken in {counted(len(state.every), 'portal')}"
    if state.cut:
        yield cut_off(state)
    for head, group in (
        ("never crawled to an end", state.never),
        ("declared otherwise, but complete (correct `outcome`)", state.mended),
    ):
        if group:
            yield f"{head}: {', '.join(one.key for one in group)}"
    if state.declared:
        said = ", ".join(f"{one.key} ({outcome(one)})" for one in state.declared)
        yield f"not complete, as declared: {said}"


def cut_off(state: Health) -> str:
    """Which portals the window or a stop cut off, those first that it cut off most often."""
    ordered = sorted(state.cut, key=lambda one: (-one.runs, one.key))
    keys = [f"{one.key} ({counted(one.runs, 'run')})" for one in ordered[:_MOST_NAMES]]
    more = ", …" if len(ordered) > _MOST_NAMES else ""
    return (
        f"cut off before their end: {len(ordered)} of {counted(len(state.every), 'portal')}: "
        f"{', '.join(keys)}{more}; the next run takes them first; if the runs become many, "
        "widen the window or use shards"
    )


def named(one: Standing) -> str:
    """Agency and region of a portal."""
    words = (one.entry.get("agency", ""), one.entry.get("region_name", ""))
    return ", ".join(word for word in words if word) or "several agencies"


def outcome(one: Standing) -> str:
    """Outcome and detail."""
    detail = detail_of(one.outcome, one.detail)
    return f"{one.outcome} ({detail})" if detail else one.outcome


def since(one: Standing) -> str:
    """Since when it is broken."""
    times = "1 run" if one.runs == 1 else f"{one.runs} runs in a row"
    return f"not as declared since {one.since[:10]} ({times})"


def worked(one: Standing) -> str:
    """When it last worked."""
    if not one.worked:
        return "never complete"
    return f"last complete {one.worked[:10]} ({counted(one.worked_found, 'candidate')})"


def _quiet(portal: PortalFacts) -> bool:
    return portal.as_declared and not portal.failed and not portal.gone


def _row(portal: PortalFacts) -> tuple[str, ...]:
    said = portal.outcome or "(no end yet)"
    if portal.outcome == portal.declared != "complete":
        said += " (declared)"
    return (portal.key, said, *_numbers([portal]), failures([portal]))


def _numbers(portals: Sequence[PortalFacts]) -> tuple[str, ...]:
    return tuple(
        str(sum(getattr(portal, name) for portal in portals))
        for name in _HEAD
        if name not in _TEXTS
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table; numbers are set to the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            text + " " * (width - _width(text)) if head in _TEXTS else text.rjust(width)
            for head, text, width in zip(_HEAD, row, widths, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
