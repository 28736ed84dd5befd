"""`scrapy watch`: for a timer; tells the hooks when no crawl finishes, or the disk fills."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive.errors import ArchiveError

from ..alarm import Alarm, add_options
from ..hooks import HookError
from ..registry import RegistryError
from ..runs.health import SILENCE_DAYS, Health, health
from ..runs.report import write_page
from ..wording import counted
from .status import add_registry_option, opened, wanted

_MOST_NAMES = 5


class Command(ScrapyCommand):
    """Looks at ledger and disk, makes the page of what is broken anew; exits with 0 to 3."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What follows the command's name."""
        return "--data DIR [--registry FILE] [--days N] [--hook HOOK ...]"

    def short_desc(self) -> str:
        """One sentence."""
        return "Tell the hooks when no crawl has finished for long, or the disk fills"

    def long_desc(self) -> str:
        """The same with the exit statuses."""
        return (
            f"For a daily timer. Fires the hooks when no crawl has finished for {SILENCE_DAYS} "
            "days, a portal came to no outcome for as long, or the disk is short of room. "
            "Exit status: 0 all is well, 1 it could not look, 2 the command was not understood, "
            "3 it is not well, or with --test a hook failed."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of the command."""
        super().add_options(parser)
        parser.add_argument("--data", metavar="DIR", type=Path, required=True)
        add_registry_option(parser)
        parser.add_argument("--days", metavar="N", type=int, default=SILENCE_DAYS)
        parser.add_argument(
            "--test", action="store_true", help="fire the hooks now, to see that they work"
        )
        add_options(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look, and tell."""
        if args:
            raise UsageError(f"unknown argument {args[0]}", print_help=False)
        try:
            alarm = Alarm.of(opts, os.environ)
        except HookError as error:
            raise UsageError(str(error), print_help=False) from error
        if opts.days < 1:
            raise UsageError(f"--days: {opts.days} is no number of days", print_help=False)
        failed = _test(opts.data, alarm) if opts.test else 0
        try:
            self.exitcode = _watch(opts, alarm) or (3 if failed else 0)
        except (RegistryError, ArchiveError, OSError) as error:
            print(f"watch: {error}", file=sys.stderr)
            alarm.tell("silence", f"nobody can look at {opts.data}: {error}")
            self.exitcode = 1


def _test(data: Path, alarm: Alarm) -> int:
    """Fire the hooks for a test, and say what came of it; returns how many failed."""
    failed = alarm.tell("test", f"a test of the hooks of {data}")
    if not alarm.hooks:
        print("watch: there is no hook to test; give --hook or NIANBAO_HOOK", file=sys.stderr)
        return 1
    hooks = counted(len(alarm.hooks), "hook")
    print(f"watch: {failed} of {hooks} failed" if failed else f"{hooks} told", file=sys.stderr)
    return failed


def _watch(opts: argparse.Namespace, alarm: Alarm) -> int:
    with opened(opts.data) as ledger:
        named = wanted(opts.registry)
        state = health(ledger, named)
        silent = tuple(_silent(state, opts.days, named is not None))
        write_page(opts.data, ledger, named)
    if silent:
        print("\n".join(silent))
        alarm.tell("silence", f"{opts.data}: {silent[0]}", silent[1:])
    short = alarm.look_at_disk()
    if not silent and not short:
        print(f"all is well: a crawl finished {state.finished[:16]}Z")
    return 3 if silent or short else 0


def _silent(state: Health, days: int, registry_known: bool) -> Iterator[str]:
    """What has not been heard of; of single portals only where it is known which there are."""
    if state.silence(days):
        yield state.silence(days)
    elif registry_known and state.overdue(days):
        keys = state.overdue(days)
        more = ", …" if len(keys) > _MOST_NAMES else ""
        yield (
            f"{counted(len(keys), 'portal')} came to no outcome for {days} days: "
            f"{', '.join(keys[:_MOST_NAMES])}{more}; does each shard have its timer?"
        )
