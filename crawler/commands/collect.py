"""`scrapy collect`: crawl the portals of a registry into a data root."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from archive.errors import ArchiveError
from archive.ledger import Ledger

from ..alarm import STATUSES, Alarm, add_options, add_status_option
from ..disk import usual
from ..hooks import HookError
from ..registry import RegistryError
from ..runs.difference import difference
from ..runs.facts import run_facts
from ..runs.lines import changes, plain, remarks, table
from ..runs.report import write
from ..session import Session, session, verdict
from ..spiders.annual_reports import AnnualReports
from ..window import next_hour


class Command(ScrapyCommand):
    """Crawls, prints what each portal came to, tells the hooks, exits with 0, 1, 3, 4 or 5."""

    requires_project = True
    requires_crawler_process = False  # made in `run`, after the registry was read

    def syntax(self) -> str:
        """What follows the command's name."""
        return "--registry FILE --data DIR [--portal KEY ...] [--shard I/N] [--until HH:MM]"

    def short_desc(self) -> str:
        """One sentence."""
        return "Crawl the portals of a registry into a data root"

    def long_desc(self) -> str:
        """The same with the exit statuses."""
        said = ", ".join(f"{status} {meaning}" for status, meaning in STATUSES.items())
        return (
            f"Crawl the active portals of a registry into a data root. Exit status: {said}. "
            "`scrapy status` prints the same summary at any time."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of the command."""
        super().add_options(parser)
        parser.add_argument("--registry", metavar="FILE", type=Path, required=True)
        parser.add_argument("--data", metavar="DIR", type=Path, required=True)
        parser.add_argument(
            "--portal", metavar="KEY", action="append", default=[], help="may be repeated"
        )
        parser.add_argument(
            "--shard", metavar="I/N", default="", help="only the I-th of N parts, split by host"
        )
        parser.add_argument(
            "--until", metavar="HH:MM", default="", help="end in order at that hour"
        )
        parser.add_argument("--all", action="store_true", help="print every portal's line")
        add_options(parser)
        add_status_option(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl."""
        if args:
            raise UsageError(f"unknown argument {args[0]}", print_help=False)
        try:
            alarm = Alarm.of(opts, os.environ)
        except HookError as error:
            raise UsageError(str(error), print_help=False) from error
        try:
            self.exitcode = self._collect(opts, alarm)
        except Exception as error:
            alarm.tell("failure", f"the crawl into {opts.data} broke off: {type(error).__name__}")
            raise

    def _collect(self, opts: argparse.Namespace, alarm: Alarm) -> int:
        try:
            with session(
                opts.registry, opts.data, tuple(opts.portal), **_part(opts, self.settings)
            ) as opened:
                alarm.look_at_disk(usual(opened.store.ledger))
                status = self._crawl(opened)
                lines = tuple(_report(opened, opts.all))
            alarm.look_at_disk()
            alarm.ended(status, opened.store.run_id, lines)
        except (RegistryError, ArchiveError) as error:
            print(f"collect: {error}", file=sys.stderr)
            alarm.ended(1, "", (str(error),))
            return 1
        return status

    def _crawl(self, opened: Session) -> int:
        # What Scrapy says about itself is left out; its warnings and errors stay.
        logging.disable(logging.INFO)
        process = AsyncCrawlerProcess(self.settings)
        logging.getLogger("scrapy").setLevel(logging.WARNING)
        logging.disable(logging.NOTSET)
        process.crawl(AnnualReports, session=opened)
        process.start()
        if opened.fatal is not None:
            return 1
        if process.bootstrap_failed or len(opened.results) < len(opened.portals):
            print("collect: the crawl broke off; see the log above", file=sys.stderr)
            return 3
        stopped = any(course.stopped == "stopped" for course in opened.courses.values())
        return 3 if stopped else verdict(list(opened.results.values()))[1]


def _part(opts: argparse.Namespace, settings: BaseSettings | None) -> dict[str, Any]:
    """What part of a registry is crawled, and until when."""
    hour = opts.until or (settings["UNTIL"] if settings else "")
    part: dict[str, Any] = {"until": next_hour(hour)} if hour else {}
    return {**part, "shard": opts.shard} if opts.shard else part


def _report(opened: Session, every: bool) -> Iterator[str]:
    """Print the run as the ledger has it, and write it down; yields what needs a look."""
    root, run_id = opened.store.root, opened.store.run_id
    if opened.fatal is not None:
        said = f"{opened.fatal}; the run is continued next time"
        print(f"collect: {said}", file=sys.stderr)
        yield said
        return
    with contextlib.closing(Ledger(root.ledger, read_only=True)) as ledger:
        run = run_facts(ledger, run_id)
        found = list(remarks(run))
        for text in (*table(run, every=every), "", *found, *changes(difference(ledger, run))):
            print(plain(text))
        try:
            wanted = {portal.key: portal.entry() for portal in opened.registry.chosen()}
            write(root.path, ledger, run_id, wanted)
        except OSError as error:
            print(f"collect: no run.json: {error}", file=sys.stderr)
    yield from found
