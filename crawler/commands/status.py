"""`scrapy status`: what the last crawl came to, and what is broken; also while one is at work."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from archive.ledger import Ledger
from archive.root import DataRoot

from ..registry import RegistryError, load
from ..runs.at_work import holder
from ..runs.difference import difference
from ..runs.facts import RunFacts, last_runs, run_facts, run_ids, whole_crawl
from ..runs.health import health
from ..runs.lines import broken, changes, remarks, table
from ..runs.report import data_of
from ..wording import plain


class Command(ScrapyCommand):
    """Prints from the ledger alone; asks nobody and writes nothing."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What follows the command's name."""
        return "--data DIR [--registry FILE] [--run RUN] [--all] [--json]"

    def short_desc(self) -> str:
        """One sentence."""
        return "Say what the last crawl came to, and what is broken since when"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of the command."""
        super().add_options(parser)
        parser.add_argument("--data", metavar="DIR", type=Path, required=True)
        add_registry_option(parser)
        parser.add_argument("--run", metavar="RUN", default="", help="another run than the last")
        parser.add_argument("--all", action="store_true", help="print every portal's line")
        parser.add_argument("--json", action="store_true", help="the run as data, as in run.json")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print."""
        if args:
            raise UsageError(f"unknown argument {args[0]}", print_help=False)
        try:
            with opened(opts.data) as ledger, ledger.snapshot():
                for text in _lines(ledger, opts):
                    print(plain(text))
        except BrokenPipeError:  # the reader has seen enough: | head
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (RegistryError, ArchiveError) as error:
            print(f"status: {error}", file=sys.stderr)
            self.exitcode = 1


def add_registry_option(parser: argparse.ArgumentParser) -> None:
    """The option that says which portals there should be."""
    parser.add_argument(
        "--registry", metavar="FILE", type=Path,
        help="its active portals are those that should be crawled; else all that any run had",
    )  # fmt: skip


@contextlib.contextmanager
def opened(data: Path) -> Iterator[Ledger]:
    """The ledger of a data root, for looking only.

    Raises:
        ArchiveError: There is none.
    """
    root = DataRoot(data)
    root.require()
    if not root.ledger.exists():
        raise ArchiveError(f"{root.ledger} is not there; the next crawl or build makes it again")
    with contextlib.closing(Ledger(root.ledger, read_only=True)) as ledger:
        yield ledger


def wanted(registry: Path | None) -> dict[str, dict[str, Any]] | None:
    """Entries of a registry's active portals.

    Raises:
        RegistryError: It cannot be read.
    """
    if registry is None:
        return None
    return {portal.key: portal.entry() for portal in load(registry).chosen()}


def _lines(ledger: Ledger, opts: argparse.Namespace) -> Iterator[str]:
    known = run_ids(ledger)
    if opts.run and opts.run not in known:
        raise ArchiveError(f"no run {opts.run} in {opts.data}; the last are {', '.join(known[:5])}")
    chosen = [run_facts(ledger, run) for run in ([opts.run] if opts.run else last_runs(ledger))]
    if not opts.run and any(run.crawl for run in chosen):
        chosen = [whole_crawl(chosen)]  # shards that one command crawled are one crawl
    if not opts.json:
        yield from at_work(opts.data)
    if not chosen:
        yield "no crawl yet"
    elif opts.json:
        data = data_of(ledger, chosen[0])
        yield from json.dumps(data, ensure_ascii=False, indent=1).split("\n")
    else:
        for run in chosen:
            yield from _run(ledger, run, opts)
        yield from broken(health(ledger, wanted(opts.registry)))


def at_work(data: Path) -> Iterator[str]:
    """A line for a crawl in shards that is at work: the ledger knows of it at its end."""
    for path in sorted(data.glob("crawl-allof*.lock")):
        count = path.stem.rpartition("of")[2]
        who = holder(data, f"all/{count}")
        if who:
            logs = sorted(path.name for path in data.glob("parts/*of*"))
            yield (
                f"a crawl in {count} shards is at work: {who}; not ended or not merged yet: "
                f"{', '.join(logs) or 'none'}; their logs are in {data / 'runs'}"
            )


def _run(ledger: Ledger, run: RunFacts, opts: argparse.Namespace) -> Iterator[str]:
    yield headline(run, holder(opts.data, run.shard))
    yield from table(run, every=opts.all)
    yield ""
    yield from remarks(run)
    yield from changes(run, difference(ledger, run), every=opts.all)
    yield ""


def headline(run: RunFacts, at_work: str) -> str:
    """Which run it is, and whether it has ended.

    Args:
        run: The run.
        at_work: Who crawls its portals now, or "".
    """
    part = f", shard {run.shard}" if run.shard else ""
    said = f"run {run.run_id} of registry “{run.registry}”{part}, began {run.started_at[:16]}Z"
    if run.finished_at:
        return (
            f"{said}, ended {run.finished_at[:16]}Z: {run.status} (exit status {run.exit_status})"
        )
    if at_work:
        return f"{said}: at work: {at_work}"
    return f"{said}: broken off; the next crawl continues it"
