"""`python -m archive COMMAND`: `--help` lists the commands."""

from __future__ import annotations

import os
import signal
import sys

STOPPED = 130  # as a shell says of a command that Ctrl-C ended


def _stopped(*_: object) -> None:
    """End in order: blocks give back what they hold, and nothing half done is published."""
    print("\nnianbao: stopped; nothing is lost, call the command again to go on", file=sys.stderr)
    raise SystemExit(STOPPED)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, _stopped)  # the imports below take most of a second

import logging  # noqa: E402

import click  # noqa: E402

from .commands import (  # noqa: E402
    audit,
    backup,
    correcting,
    deletion,
    deploying,
    deposit,
    fsck,
    keeping,
    ledger,
    merging,
    offload,
    panel,
    releases,
    replay,
    teaching,
    withholding,
)


@click.group()
def main() -> None:
    """Keep and publish what was archived."""
    logging.basicConfig(
        level=os.environ.get("NIANBAO_LOG", "WARNING"), format="%(levelname)s %(message)s"
    )


for _commands in (
    audit,
    backup,
    correcting,
    deletion,
    deploying,
    deposit,
    fsck,
    keeping,
    ledger,
    merging,
    offload,
    panel,
    releases,
    replay,
    withholding,
    teaching,
):
    for _command in _commands.COMMANDS:
        main.add_command(_command)

if __name__ == "__main__":
    main()
