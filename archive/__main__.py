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
    signal.signal(signal.SIGINT, _stopped)  # imports take most of a second

import logging  # noqa: E402
from importlib import import_module  # noqa: E402

import click  # noqa: E402

#: Module of `archive.commands` → its commands. One is imported when it is called: all of them
#: take most of a second, and some are called for every portal.
_COMMANDS = {
    "audit": ("audit",),
    "backup": ("backup", "restore"),
    "correcting": ("enter",),
    "deletion": ("delete",),
    "deploying": ("switch",),
    "deposit": ("deposit", "doi"),
    "fsck": ("fsck",),
    "keeping": ("import",),
    "ledger": ("reindex",),
    "merging": ("merge",),
    "offload": ("offload", "recall"),
    "panel": ("panel",),
    "releases": (
        "build", "check", "export", "serve", "releases", "tag", "rollback", "prune",
    ),
    "replay": ("cdxj", "wacz", "evidence"),
    "teaching": ("teaching",),
    "withholding": ("withheld",),
}  # fmt: skip
_MODULES = {name: module for module, names in _COMMANDS.items() for name in names}


class _Commands(click.Group):
    """Commands by their names; `--help` imports all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"archive.commands.{_MODULES[cmd_name]}")
        commands: tuple[click.Command, ...] = module.COMMANDS
        return next(each for each in commands if each.name == cmd_name)


@click.group(cls=_Commands)
def main() -> None:
    """Keep and publish what was archived."""
    logging.basicConfig(
        level=os.environ.get("NIANBAO_LOG", "WARNING"), format="%(levelname)s %(message)s"
    )


if __name__ == "__main__":
    main()
