"""`scrapy lint`: check a registry beyond what loading it checks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from ..lint import lint, notes
from ..registry import RegistryError


class Command(ScrapyCommand):
    """Prints a line for each finding and exits with 1 if there is one."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What follows the command's name."""
        return "[--registry FILE]"

    def short_desc(self) -> str:
        """One sentence."""
        return "Check a registry: one line a finding, exit status 1 if there is one"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Options of the command."""
        super().add_options(parser)
        parser.add_argument(
            "--registry", metavar="FILE", type=Path, default=Path("crawler/portals.toml")
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check."""
        if args:
            raise UsageError(f"unknown argument {args[0]}", print_help=False)
        try:
            found = lint(opts.registry)
            for line in notes(opts.registry):
                print(f"note: {line}")
        except RegistryError as error:
            found = [str(error)]
        for line in found:
            print(line, file=sys.stderr)
        self.exitcode = int(bool(found))
