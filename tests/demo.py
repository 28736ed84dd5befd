"""`make demo`: the whole line over the fictional portal, in a data root of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from tests.portal.world import registry

_START_SECONDS = 20


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/demo"))
@click.option("--portal-port", type=int, default=8790, show_default=True)
@click.option("--port", type=int, default=8001, show_default=True, help="The site's port.")
def main(data: Path, portal_port: int, port: int) -> None:
    """Start the test portal, crawl it, build a release, and say how to open it."""
    data.mkdir(parents=True, exist_ok=True)
    # Beside the captures, so that the demo's outcomes can be compared with what it declares.
    registry_file = data / "demo-portals.toml"
    registry_file.write_text(registry(portal_port), "utf-8")
    with _portal(portal_port):
        crawled = _run("scrapy", "collect", "--registry", str(registry_file), "--data", str(data))
    built = _run("archive", "build", "--data", str(data))
    if crawled or built:
        click.echo(f"the demo did not end well: crawl {crawled}, build {built}", err=True)
        sys.exit(crawled or built)
    click.echo(f"open it: make serve DATA={data} PORT={port}, then http://127.0.0.1:{port}/")


def _run(module: str, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode


@contextlib.contextmanager
def _portal(port: int) -> Iterator[None]:
    """The test portal as a process of its own; it also ends when this one dies."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.portal", "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith("ready"):
            process.wait(_START_SECONDS)
            click.echo(
                f"the test portal did not start on port {port}; is it in use? "
                "Give another with PORTAL_PORT= (the demo's addresses change with it)",
                err=True,
            )
            sys.exit(1)
        click.echo(line.strip())
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        if process.poll() is None:
            process.kill()
            process.wait(5)


if __name__ == "__main__":
    main()
