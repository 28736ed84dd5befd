"""A run and the state of the portals as lines for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from .difference import Change
from .facts import PortalFacts, RunFacts
from .health import Health, Standing
from .meanings import detail_of, of_outcome

#: With more portals than these, those that ended quietly are folded into one line.
MOST_LINES = 30
_HEAD = (
    "portal", "outcome", "expected", "found", "new", "changed", "unchanged", "gone", "failed",
)  # fmt: skip
_TEXTS = ("portal", "outcome", "failed")
_MOST_KINDS = 3


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
        label = f"({len(folded)} portals more)"
        rows.append((label, "as declared", *_numbers(folded), failures(folded)))
    ended = sum(portal.as_declared for portal in run.portals)
    rows.append(
        (
            f"{len(run.portals)} portals",
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
    for portal in run.portals:
        if portal.as_declared or not (portal.outcome or run.finished_at):
            continue
        outcome = portal.outcome or "stopped"
        detail = detail_of(outcome, portal.detail)
        why = f" ({detail})" if detail else ""
        yield (
            f"{portal.key}: {outcome}{why}, declared {portal.declared}: "
            f"{portal.entry.get('column', '')} → {of_outcome(outcome).do}"
        )


def changes(found: Sequence[Change], *, every: bool = False) -> Iterator[str]:
    """What is otherwise than last time."""
    new = [change.portal for change in found if not change.before]
    other = [change for change in found if change.before]
    if not found:
        yield "as last time: every portal's outcome, candidates and kinds of issue"
        return
    yield "otherwise than last time:"
    yield from (f"  {change.words()}" for change in other)
    if every or len(new) <= _MOST_KINDS:
        yield from (f"  {change.words()}" for change in found if not change.before)
    else:
        yield f"  {len(new)} portals crawled for the first time"


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
        yield f"broken: {len(state.broken)} of {len(state.every)} portals"
        for one in state.broken:
            yield f"  {one.key} ({named(one)}): {outcome(one)}, {since(one)}; {worked(one)}"
            yield f"    {one.entry.get('column', '')}"
            yield f"    do: {of_outcome(one.outcome).do}"
    else:
        yield f"nothing is broken in {len(state.every)} portals"
    for head, group in (
        ("never crawled to an end", state.never),
        ("declared otherwise, but complete (correct `outcome`)", state.mended),
    ):
        if group:
            yield f"{head}: {', '.join(one.key for one in group)}"
    if state.declared:
        said = ", ".join(f"{one.key} ({outcome(one)})" for one in state.declared)
        yield f"not complete, as declared: {said}"


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
    return f"last complete {one.worked[:10]} ({one.worked_found} candidates)"


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


def plain(text: str) -> str:
    """A line that can do nothing to a terminal: addresses and titles come from the web."""
    return "".join(sign if sign.isprintable() or sign == "\u3000" else "\ufffd" for sign in text)
