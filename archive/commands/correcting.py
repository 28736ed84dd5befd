"""Corrections and documents entered by hand: `enter`, `corrections`."""

from __future__ import annotations

import click

COMMANDS: tuple[click.Command, ...] = ()
