"""`scrapy probe`: find columns of annual reports and print their registry tables."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import logging
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from ..gate import host_of
from ..probe import lists, sheet, words
from ..probe.domains import family_of
from ..probe.fetch import Download, FamilyGate, Fetcher
from ..probe.journal import Journal
from ..probe.search import DEFAULT_PAGES, Search
from ..probe.spider import Probe, Work, settings
from ..probe.survey import Survey
from ..probe.tables import keyed, table
from ..probe.verdicts import status
from ..registry import Registry, RegistryError, load


class Command(ScrapyCommand):
    """Probes an address or a list of them; writes no WARC."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What follows the command's name."""
        return "URL | --list FILE.csv [--out DIR]"

    def short_desc(self) -> str:
        """One sentence."""
        return "Find columns of annual reports and print their registry tables"

    def long_desc(self) -> str:
        """The same with rules and exit statuses."""
        return (
            "Look at a column, or search a home page for columns: within five clicks, inside the "
            "address's family of hosts (its registered domain; below a province's domain one "
            "label more), with robots.txt, delay and contact of the registry. What is printed is "
            "TOML: comments, then the tables to paste. Exit status: 0 a column with reports was "
            "recognised, 1 the probe could not begin, 3 a wall or failure, 4 reachable but "
            "doubtful. With --list, addresses of a CSV file (columns: url, and if known key, "
            "agency, region, region_name) go into DIR/sheet.csv as accept, check or reject, and "
            "the tables into DIR/accepted.toml; run it again after a stop, and it goes on."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of the command."""
        super().add_options(parser)
        parser.add_argument(
            "--registry", metavar="FILE", type=Path, default=Path("crawler/portals.toml"),
            help="whose contact and delay are used; %(default)s if left out",
        )  # fmt: skip
        parser.add_argument(
            "--pages", metavar="N", type=int, default=DEFAULT_PAGES,
            help="ask for at most N pages for each address; %(default)s if left out",
        )  # fmt: skip
        parser.add_argument("--list", metavar="FILE", type=Path, dest="csv")
        parser.add_argument(
            "--out", metavar="DIR", type=Path, default=Path("probe"),
            help="where --list keeps its sheet and its progress; %(default)s if left out",
        )  # fmt: skip

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Probe."""
        if (len(args) != 1) == (opts.csv is None):
            raise UsageError("give one address, or --list FILE.csv", print_help=False)
        if args and not lists.is_address(args[0]):
            raise UsageError(f"no http(s) address: {args[0]}", print_help=False)
        if opts.pages < 1:
            raise UsageError(f"--pages: {opts.pages} is no number of pages", print_help=False)
        try:
            registry = load(opts.registry)
            if registry.anonymous:
                raise RegistryError(
                    f"{opts.registry}: contact: “{registry.contact}” reaches nobody; every request "
                    "names it, so set it to a web or mail address where site owners reach you"
                )
            if opts.csv:
                self.exitcode = self._list(registry, opts.csv, opts.out, opts.pages)
            else:
                self.exitcode = self._one(registry, args[0], opts.pages)
        except (RegistryError, lists.SheetError) as error:
            print(f"probe: {error}", file=sys.stderr)
            self.exitcode = 1

    def _one(self, registry: Registry, url: str, pages: int) -> int:
        done: list[Survey] = []
        gate = FamilyGate(public=not registry.fiction)

        async def work(download: Download) -> None:
            with contextlib.closing(Journal()) as journal:
                fetcher = Fetcher(download, family_of(host_of(url)), journal, gate)
                done.append(await Search(fetcher, pages).run(url))

        self._engine(registry, work, gate)
        if not done:
            print("probe: it was stopped before its end", file=sys.stderr)
            return 1
        (survey,) = done
        today = dt.date.today().isoformat()
        print(words.page(survey, keyed(table(found, today) for found in survey.columns)), end="")
        return status(survey)

    def _list(self, registry: Registry, file: Path, out: Path, pages: int) -> int:
        today = dt.date.today().isoformat()
        with sheet.Sheet(file, out, today) as opened:
            print(opened.begins, file=sys.stderr)
            gate = FamilyGate(public=not registry.fiction)
            self._engine(registry, lambda download: opened.work(download, pages, gate), gate)
            print(opened.write())
            return opened.status

    def _engine(self, registry: Registry, work: Work, gate: FamilyGate) -> None:
        assert self.settings is not None
        changed = settings(self.settings, registry)
        # What Scrapy says about itself is left out; its errors stay.
        logging.disable(logging.INFO)
        process = AsyncCrawlerProcess(changed)
        logging.disable(logging.NOTSET)
        process.crawl(Probe, work=work, gate=gate)
        process.start()
