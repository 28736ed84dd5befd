"""`scrapy collect`: crawl the portals of a registry into a data root."""

from __future__ import annotations

import argparse
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from archive.cluster.connecting import require
from archive.errors import ArchiveError
from archive.ledger import Ledger

from ..alarm import STATUSES, Alarm, add_options, add_status_option
from ..disk import usual
from ..hooks import HookError
from ..registry import Registry, RegistryError
from ..runs.difference import difference
from ..runs.facts import RunFacts, run_facts, whole_crawl
from ..runs.lines import changes, remarks, table
from ..runs.report import write_all
from ..session import EmptyPart, EndedBefore, Session, session
from ..sharded.crawling import Asked, Crawl, crawled, ends, exit_status, planned
from ..spiders.annual_reports import AnnualReports
from ..verdict import EXITS
from ..window import next_hour
from ..wording import plain

#: So many more objects made than freed before the collector looks; 700 by default.
_BETWEEN = 10_000
#: As many as the name of a shard can say.
_MOST_SHARDS = 9999


class Command(ScrapyCommand):
    """Crawls, prints what each portal came to, tells the hooks, exits with 0 to 5 (`STATUSES`)."""

    requires_project = True
    requires_crawler_process = False  # made in `run`, after the registry was read

    def syntax(self) -> str:
        """What follows the command's name."""
        return (
            "--registry FILE --data DIR [--portal KEY ...] [--until HH:MM] "
            "[--shard I/N | --shards N [--cluster ADDRESS|local]]"
        )

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
            "--shards", metavar="N", type=int, default=None,
            help="crawl in N shards, a process each, on this machine or those of --cluster",
        )  # fmt: skip
        parser.add_argument(
            "--cluster", metavar="ADDRESS", default=None,
            help="with --shards: a Dask scheduler whose workers see DIR by the same path; or local",
        )  # fmt: skip
        # What --shards tells the process of a shard.
        parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
        parser.add_argument("--until-time", default="", help=argparse.SUPPRESS)
        parser.add_argument(
            "--until", metavar="HH:MM", default="",
            help="end in order at that hour, local time; else the setting UNTIL",
        )  # fmt: skip
        parser.add_argument("--all", action="store_true", help="print every portal's line")
        add_options(parser)
        add_status_option(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl."""
        if args:
            raise UsageError(f"unknown argument {args[0]}", print_help=False)
        _require(opts)
        try:
            alarm = Alarm.of(opts, os.environ)
        except HookError as error:
            raise UsageError(str(error), print_help=False) from error
        hour = opts.until or (self.settings["UNTIL"] if self.settings else "")
        try:
            until = next_hour(hour) if hour else None
            if opts.until_time:
                until = datetime.fromisoformat(opts.until_time)
        except UsageError as error:
            alarm.ended(2, "", (str(error),))
            raise
        try:
            collect = self._shards if opts.shards is not None else self._collect
            self.exitcode = collect(opts, until, alarm)
        except Exception as error:
            alarm.tell("failure", f"the crawl into {opts.data} broke off: {type(error).__name__}")
            raise

    def _collect(self, opts: argparse.Namespace, until: datetime | None, alarm: Alarm) -> int:
        try:
            with session(
                opts.registry, opts.data, tuple(opts.portal), until=until, shard=opts.shard,
                settings=self.settings, part=opts.part,
            ) as opened:  # fmt: skip
                alarm.look_at_disk(usual(opened.store.ledger))
                self._crawl(opened)
                status, lines = _report(opened, opts.all)
            alarm.look_at_disk()
            alarm.ended(status, opened.store.run_id, lines)
        except EmptyPart as error:
            print(f"collect: {error}", file=sys.stderr)
            return 0
        except EndedBefore as error:
            print(f"collect: {error}", file=sys.stderr)
            return EXITS.get(error.status, 3)
        except (RegistryError, ArchiveError) as error:
            print(f"collect: {error}", file=sys.stderr)
            alarm.ended(1, "", (str(error),))
            return 1
        return status

    def _shards(self, opts: argparse.Namespace, until: datetime | None, alarm: Alarm) -> int:
        """Crawl in shards, each a process of its own."""
        asked = Asked(
            opts.registry, opts.data, opts.shards, tuple(opts.portal), opts.cluster, until,
            (*opts.set, *((f"LOG_LEVEL={opts.loglevel}",) if opts.loglevel else ())),
        )  # fmt: skip
        try:
            if opts.cluster is not None:
                require(opts.cluster)  # before parts are made
            with planned(asked) as (crawl, needed):
                alarm.look_at_disk(needed)
                crawled(crawl, asked)
                status, lines = _report_all(crawl, opts.all)
            alarm.look_at_disk()
            alarm.ended(status, crawl.name, lines)
        except (RegistryError, ArchiveError) as error:
            print(f"collect: {error}", file=sys.stderr)
            alarm.ended(1, "", (str(error),))
            return 1
        return status

    def _crawl(self, opened: Session) -> None:
        # What Scrapy says about itself is left out; its warnings and errors stay.
        logging.disable(logging.INFO)
        process = AsyncCrawlerProcess(self.settings)
        logging.getLogger("scrapy").setLevel(logging.WARNING)
        logging.disable(logging.NOTSET)
        process.crawl(AnnualReports, session=opened)
        _look_less_for_garbage()
        process.start()
        if opened.fatal is None and len(opened.results) < len(opened.portals):
            print("collect: the crawl broke off; see the log above", file=sys.stderr)


def _look_less_for_garbage() -> None:
    """Python's collector walks through all modules' objects again and again for few cycles.

    What is there before the first request stays to the end. A crawl of unchanged pages, which
    does little else than pass objects on, takes a tenth less time (`make bench ONLY=crawl`,
    where memory stays flat over 20,000 pages).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_BETWEEN)


def _report(opened: Session, every: bool) -> tuple[int, tuple[str, ...]]:
    """Print the run as the ledger has it, and write it down.

    Returns:
        The exit status, and a line for each portal that needs a look.
    """
    root, run_id = opened.store.root, opened.store.run_id
    if opened.fatal is not None:
        said = f"{opened.fatal}; the run is continued next time"
        print(f"collect: {said}", file=sys.stderr)
        return 1, (said,)
    with contextlib.closing(Ledger(root.ledger, read_only=True)) as ledger:
        run = run_facts(ledger, run_id)
        found = _told(ledger, run, every)
        _write(root.path, ledger, [run], opened.registry)
    # Of a run that did not come to its end nothing is known to be well.
    return 3 if run.exit_status is None else run.exit_status, found


def _report_all(crawl: Crawl, every: bool) -> tuple[int, tuple[str, ...]]:
    """The same of a crawl in shards, from the ledger into which they were merged."""
    with contextlib.closing(Ledger(crawl.root.ledger, read_only=True)) as ledger:
        runs = [run_facts(ledger, run) for run in crawl.runs(ledger).values()]
        lines = tuple(ends(crawl, runs))
        print("\n".join(lines))
        if not runs:
            return exit_status(crawl, ()), lines
        run = whole_crawl(runs)
        found = _told(ledger, run, every)
        _write(crawl.root.path, ledger, runs, crawl.registry)
        wrong = [
            line for shard, line in zip(crawl.shards, lines, strict=True) if crawl.failed(shard)
        ]
        return exit_status(crawl, run.portals), (*wrong, *found)


def _told(ledger: Ledger, run: RunFacts, every: bool) -> tuple[str, ...]:
    """Print a run; returns a line for each portal that needs a look."""
    found = tuple(remarks(run))
    for text in (*table(run, every=every), "", *found, *changes(run, difference(ledger, run))):
        print(plain(text))
    return found


def _write(folder: Path, ledger: Ledger, runs: Sequence[RunFacts], registry: Registry) -> None:
    try:
        wanted = {portal.key: portal.entry() for portal in registry.chosen()}
        write_all(folder, ledger, runs, wanted)
    except OSError as error:
        print(f"collect: no run.json: {error}", file=sys.stderr)


def _require(opts: argparse.Namespace) -> None:
    """See that options for shards go together.

    Raises:
        UsageError: They do not.
    """
    wrong = ""
    if opts.shards is not None and not 1 <= opts.shards <= _MOST_SHARDS:
        wrong = f"--shards: {opts.shards} is no number of shards"
    elif opts.shards and opts.shard:
        wrong = "--shard names one part, --shards crawls all of them; give one of the two"
    elif opts.cluster is not None and opts.shards is None:
        wrong = "--cluster: give --shards N, too: how many shards the cluster crawls"
    if wrong:
        raise UsageError(wrong, print_help=False)
