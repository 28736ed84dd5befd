"""The site behind a proxy: `switch`."""

from __future__ import annotations

from pathlib import Path

import click

from ..root import DataRoot
from . import data_option, errors_in_one_line


@click.command("switch")
@data_option
@click.option(
    "--conf",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="File that the proxy includes; it is written anew.",
)
@click.option(
    "--ports",
    default="8001,8002",
    show_default=True,
    help="The two ports that take turns.",
)
@click.option(
    "--start",
    default="systemctl --user start nianbao-site@{port}",
    show_default=True,
)
@click.option(
    "--stop",
    default="systemctl --user stop nianbao-site@{port}",
    show_default=True,
)
@click.option("--reload", "tell", default="sudo -n nginx -s reload", show_default=True)
@click.option("--wait", default=60.0, show_default=True, help="Seconds to wait for the new one.")
@click.option("--drain", default=10.0, show_default=True, help="Seconds before the old one ends.")
@errors_in_one_line
def switch_command(
    data: Path,
    conf: Path,
    ports: str,
    start: str,
    stop: str,
    tell: str,
    wait: float,
    drain: float,
) -> None:
    """Make the proxy show the current release, without dropping a request."""
    from ..switching import Commands, switch  # imports the site, and so Datasette

    both = [int(each) for each in ports.split(",") if each.strip().isdigit()]
    if len(set(both)) != 2:
        raise click.UsageError("--ports: give two different ports, as in 8001,8002")
    commands = Commands(start, stop, tell)
    turn, is_new = switch(DataRoot(data).path, conf, both, commands, wait=wait, drain=drain)
    word = "now shows" if is_new else "shows already"
    click.echo(f"the proxy {word} release {turn.release}, on port {turn.port}")


COMMANDS = (switch_command,)
