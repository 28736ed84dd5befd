"""What Scrapy makes of our commands: their help, and arguments that will not do."""

from __future__ import annotations

import re
from collections.abc import Callable
from configparser import ConfigParser
from functools import partial
from pathlib import Path

import pytest
from scrapy.cmdline import ScrapyArgumentParser, ScrapyHelpFormatter
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from crawler.commands import collect, lint, probe, status, watch
from tests.crawls import ROOT, scrapy

COMMANDS = {
    module.__name__.rpartition(".")[2]: module.Command()
    for module in (collect, lint, probe, status, watch)
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_of_a_help_is_taken_for_a_heading(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    command: ScrapyCommand = COMMANDS[name]
    command.settings = Settings()
    # Scrapy underlines whatever ends in a colon, a word at the end of a wrapped line too.
    for columns in range(60, 140, 2):
        monkeypatch.setenv("COLUMNS", str(columns))
        # Its own options have colons; only ours are looked at.
        theirs = shown(name, partial(ScrapyCommand.add_options, command))
        ours = shown(name, command.add_options)
        assert underlined(ours) == underlined(theirs), (columns, ours)


def shown(name: str, add_options: Callable[[ScrapyArgumentParser], None]) -> str:
    """A help as Scrapy makes it."""
    parser = ScrapyArgumentParser(
        formatter_class=ScrapyHelpFormatter,
        usage=f"scrapy {name} {COMMANDS[name].syntax()}",
        conflict_handler="resolve",
        description=COMMANDS[name].long_desc(),
    )
    add_options(parser)
    return parser.format_help()


def underlined(text: str) -> int:
    return len(re.findall(r"^[=-]+$", text, re.M))


def test_an_hour_that_is_none_is_one_line_of_the_spider_alone(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(
        'name = "demo"\nfiction = true\ncontact = "https://nianbao.invalid/"\n[portals]\n', "utf-8"
    )
    done = scrapy(
        "crawl", "annual_reports", "-a", "portal=shili", "-a", f"registry={tmp_path / 'r.toml'}",
        "-a", f"data={tmp_path / 'data'}", "-s", "UNTIL=6x", "-s", "LOG_LEVEL=WARNING",
    )  # fmt: skip
    assert done.returncode == 1
    assert re.fullmatch(r"scrapy crawl annual_reports: UNTIL: '6x' is no hour .*\n", done.stderr), (
        done.stderr
    )
    assert not (tmp_path / "data").exists()


def test_no_crawl_with_a_window_is_made_up_for_by_day() -> None:
    for path in (ROOT / "deploy").glob("*.timer"):
        read = ConfigParser(interpolation=None, strict=True)
        read.read_string(path.read_text("utf-8"))
        if "--until" in path.with_suffix(".service").read_text("utf-8"):
            assert "Persistent" not in read["Timer"], path
            return
    raise AssertionError("no service has a window")
