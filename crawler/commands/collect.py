"""`scrapy collect`: crawl the portals of a registry into a data root."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from archive.errors import ArchiveError

from ..registry import RegistryError
from ..session import Session, session, verdict
from ..spiders.annual_reports import AnnualReports
from ..summary import remarks, table
from ..window import next_hour


class Command(ScrapyCommand):
    """Crawls, prints what each portal came to, and exits with 0, 1, 3 or 4."""

    requires_project = True
    requires_crawler_process = False  # made in `run`, after the registry was read

    def syntax(self) -> str:
        """What follows the command's name."""
        return "--registry FILE --data DIR [--portal KEY ...]"

    def short_desc(self) -> str:
        """One sentence."""
        return "Crawl the portals of a registry into a data root"

    def long_desc(self) -> str:
        """The same with the exit statuses."""
        return (
            "Crawl the active portals of a registry into a data root. Exit status: 0 every "
            "portal ended as its registry declares, 1 the crawl could not begin or could not "
            "store, 3 a portal ended otherwise, 4 there were merely fewer reports than expected."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of the command."""
        super().add_options(parser)
        parser.add_argument("--registry", metavar="FILE", type=Path, required=True)
        parser.add_argument("--data", metavar="DIR", type=Path, required=True)
        parser.add_argument(
            "--portal", metavar="KEY", action="append", default=[], help="may be repeated"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl."""
        if args:
            raise UsageError(f"unknown argument {args[0]}", print_help=False)
        try:
            hour = self.settings["UNTIL"] if self.settings else ""
            until = next_hour(hour) if hour else None
            with session(opts.registry, opts.data, tuple(opts.portal), until) as opened:
                self.exitcode = self._crawl(opened)
        except (RegistryError, ArchiveError) as error:
            print(f"collect: {error}", file=sys.stderr)
            self.exitcode = 1

    def _crawl(self, opened: Session) -> int:
        # What Scrapy says about itself is left out; its warnings and errors stay.
        logging.disable(logging.INFO)
        process = AsyncCrawlerProcess(self.settings)
        logging.getLogger("scrapy").setLevel(logging.WARNING)
        logging.disable(logging.NOTSET)
        process.crawl(AnnualReports, session=opened)
        process.start()
        if opened.fatal is not None:
            print(f"collect: {opened.fatal}; the run is continued next time", file=sys.stderr)
            return 1
        # As the registry has them; the crawl takes them up in another order.
        keys = [portal.key for portal in opened.registry.portals]
        results = [opened.results[key] for key in keys if key in opened.results]
        for text in (*table(results), "", *remarks(results)):
            print(text)
        if process.bootstrap_failed or len(results) < len(opened.portals):
            print("collect: the crawl broke off; see the log above", file=sys.stderr)
            return 3
        stopped = any(course.stopped == "stopped" for course in opened.courses.values())
        return 3 if stopped else verdict(results)[1]
