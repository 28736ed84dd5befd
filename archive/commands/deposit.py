"""A folder for a data repository: `deposit`."""

from __future__ import annotations

import click

COMMANDS: tuple[click.Command, ...] = ()
