"""When a hook fires: on failure, on silence, on a disk that fills. Options and environment."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .disk import shortage, size
from .hooks import Event, Hook, HookError, fire, parse

log = logging.getLogger(__name__)
#: What each exit status of `scrapy collect` means.
STATUSES = {
    0: "every portal ended as its registry declares",
    1: "the crawl could not begin or could not store",
    2: "the command was not understood (an option, an hour, a hook), and nothing was asked",
    3: "a portal ended otherwise",
    4: "merely fewer reports than expected",
    5: "merely stopped by its window (UNTIL)",
}
_ON = "1,2,3,4"
_MIN_FREE = "1G"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of all commands that tell."""
    parser.add_argument(
        "--hook", metavar="HOOK", action="append", default=[],
        help="whom to tell: a command, smtp://HOST/NAME@HOST, or http(s)://…; may be repeated; "
        "else one a line in NIANBAO_HOOK",
    )  # fmt: skip
    parser.add_argument(
        "--min-free", metavar="SIZE", default="",
        help=f"fewer bytes free are an alarm; else NIANBAO_MIN_FREE, else {_MIN_FREE}",
    )  # fmt: skip


def add_status_option(parser: argparse.ArgumentParser) -> None:
    """The option of the command that has such exit statuses."""
    parser.add_argument(
        "--hook-on", metavar="LIST", default="",
        help=f"exit statuses that fire the hooks; else NIANBAO_HOOK_ON, else {_ON}",
    )  # fmt: skip


@dataclass(slots=True)
class Alarm:
    """Who is told of what.

    Attributes:
        hooks: Who is told.
        statuses: Exit statuses that are a failure.
        min_free: Fewer bytes free are too few.
        data: The data root.
        low: What was wrong with the disk; said and told once.
    """

    hooks: tuple[Hook, ...]
    statuses: frozenset[int]
    min_free: int
    data: Path
    low: str = field(default="")

    @classmethod
    def of(cls, options: argparse.Namespace, environment: Mapping[str, str]) -> Alarm:
        """As the command line says, else as the environment does.

        Raises:
            HookError: An option cannot be understood.
        """
        said = [line for line in environment.get("NIANBAO_HOOK", "").splitlines() if line.strip()]
        hooks = tuple(parse(line.strip()) for line in options.hook or said)
        on = getattr(options, "hook_on", "") or environment.get("NIANBAO_HOOK_ON") or _ON
        free = options.min_free or environment.get("NIANBAO_MIN_FREE") or _MIN_FREE
        try:
            least = size(free)
        except ValueError as error:
            raise HookError(f"--min-free (NIANBAO_MIN_FREE): {error}") from error
        return cls(hooks, _statuses(on), least, options.data)

    def tell(self, name: str, text: str, lines: tuple[str, ...] = (), **facts: object) -> int:
        """Fire the hooks; returns how many failed."""
        return fire(self.hooks, Event(name, text, lines, {"data": str(self.data), **facts}))

    def ended(self, status: int, run_id: str, lines: tuple[str, ...]) -> None:
        """A crawl has ended; tell if its exit status is one to be told."""
        if status in self.statuses:
            text = (
                f"crawl into {self.data}: exit status {status}: {STATUSES.get(status, 'unknown')}"
            )
            self.tell("failure", text, lines, run_id=run_id, exit_status=status)

    def look_at_disk(self, needed: int = 0) -> str:
        """Warn and tell if the disk is short of room; returns what is wrong.

        Args:
            needed: What the crawl is likely to store.
        """
        if not self.low:
            self.low = shortage(self.data, self.min_free, needed)
            if self.low:
                log.warning("the disk fills: %s", self.low)
                self.tell("disk", self.low)
        return self.low


def _statuses(text: str) -> frozenset[int]:
    """The exit statuses of a list such as `1,3`."""
    words = [word.strip() for word in text.split(",")]
    known = {str(status): status for status in STATUSES}
    for word in words:
        if word not in known:
            raise HookError(
                f"--hook-on (NIANBAO_HOOK_ON): {word!r} is no exit status of a crawl; "
                f"write them as {_ON}; there are {', '.join(known)}"
            )
    return frozenset(known[word] for word in words)
