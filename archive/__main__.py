"""`python -m archive COMMAND`: `--help` lists the commands."""

from __future__ import annotations

import logging

import click

from .commands import keeping, releases, replay


@click.group()
def main() -> None:
    """Keep and publish what was archived."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")


for _command in (*releases.COMMANDS, *keeping.COMMANDS, *replay.COMMANDS):
    main.add_command(_command)

if __name__ == "__main__":
    main()
