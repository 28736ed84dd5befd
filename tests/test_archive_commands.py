"""The commands of `python -m archive`: found by name, imported when they are called."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
from click.testing import CliRunner

import archive.commands
from archive.__main__ import main

FOLDER = Path(str(archive.commands.__file__)).parent


def test_every_command_of_every_module_is_one() -> None:
    context = click.Context(main)
    modules = [path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__"]
    loaded = [import_module(f"archive.commands.{name}") for name in modules]
    every = [command for module in loaded for command in getattr(module, "COMMANDS", ())]
    assert sorted(main.list_commands(context)) == sorted(str(command.name) for command in every)
    assert all(main.get_command(context, str(command.name)) is command for command in every)


def test_help_tells_all_and_a_wrong_name_is_told() -> None:
    said = CliRunner().invoke(main, ["--help"]).output
    assert all(f"\n  {name} " in said for name in main.list_commands(click.Context(main)))
    wrong = CliRunner().invoke(main, ["biuld"])
    assert (wrong.exit_code, "No such command 'biuld'" in wrong.output) == (2, True)


def test_what_a_command_does_not_need_is_not_imported() -> None:
    code = (
        "import sys; from archive.__main__ import main; main(['merge', '--help'], "
        "standalone_mode=False); print([m for m in sys.modules if m in "
        "('archive.commands.audit', 'archive.build', 'extract.reader', 'datasette')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
