"""Audits by sample: `audit draw`, `audit compare`, `audit score`."""

from __future__ import annotations

import click

COMMANDS: tuple[click.Command, ...] = ()
