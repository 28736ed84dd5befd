"""Blue and green: a second process for a new release, then the proxy is told, then the first ends.

Two processes of the site take turns on two ports. What stands between them and the visitors
(nginx, `deploy/nginx.conf`) includes a file that names the port, the release and its folder.
That file is written here, whole or not at all, and it is all that there is to know: which
process serves is read from it.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .errors import SwitchFailed
from .site.release import Release, current

_PORT = re.compile(r"server 127\.0\.0\.1:(\d+)")
_RELEASE = re.compile(r'map \$host \$nianbao_release \{ default "([^"]*)"')
#: Names of releases and paths that stand in quotes in the proxy's file.
_SAFE = re.compile(r"[^\"'\\;{}$\s]+")
_LOOK = 0.1  # seconds between two looks at a process that is starting
#: Pages that must answer before visitors come; what they are made of is kept from then on.
PAGES = ("/", "/fugai", "/diqu", "/tubiao", "/yidian", "/xiazai", "/guanyu")


@dataclass(frozen=True, slots=True)
class Turn:
    """Which process serves: its port, and the release that it shows."""

    port: int
    release: str


@dataclass(frozen=True, slots=True)
class Commands:
    """How processes are started and ended and the proxy is told; `{port}` is put in.

    Attributes:
        start: Starts the site on a port and returns (`systemctl start …`).
        stop: Ends it.
        reload: Makes the proxy read its files again, without dropping a request.
    """

    start: str
    stop: str
    reload: str


def serving(conf: Path) -> Turn | None:
    """What the proxy's file says; None where there is none yet.

    Raises:
        SwitchFailed: The file is not one of ours.
    """
    try:
        text = conf.read_text("utf-8")
    except FileNotFoundError:
        return None
    port, release = _PORT.search(text), _RELEASE.search(text)
    if port is None or release is None:
        raise SwitchFailed(f"{conf} was not written by `archive switch`: move it away first")
    return Turn(int(port[1]), release[1])


def switch(
    root: Path,
    conf: Path,
    ports: Sequence[int],
    commands: Commands,
    *,
    wait: float = 60.0,
    drain: float = 10.0,
) -> tuple[Turn, bool]:
    """Make the proxy show the current release; whether anything had to be done.

    The process that served keeps serving until another one has answered with the new
    release and the proxy was told; whatever fails before that changes nothing.

    Args:
        root: The data root.
        conf: The file that the proxy includes.
        ports: The two ports that take turns.
        commands: How to start, end and tell.
        wait: Seconds that a new process may take to answer.
        drain: Seconds that the old one is left, for what it was asked before.

    Raises:
        ReleaseMissing: The root has no release.
        SwitchFailed: A command failed, the new process did not answer in time, or another
            switch is under way.
    """
    with _alone(conf):
        return _switch(current(root), conf, ports, commands, (wait, drain))


def _switch(
    release: Release,
    conf: Path,
    ports: Sequence[int],
    commands: Commands,
    times: tuple[float, float],
) -> tuple[Turn, bool]:
    now, (wait, drain) = serving(conf), times
    untold = conf.with_name(conf.name + ".untold")
    if now and now.release == release.name and _shows(now.port) == release.name:
        if untold.exists():  # one was broken off after it wrote the file
            _run(commands.reload, now.port)
            _end(commands.stop, [port for port in ports if port != now.port], drain)
            untold.unlink()
            return now, True
        return now, False
    port = next(each for each in ports if now is None or each != now.port)
    _run(commands.stop, port)  # what a switch that was broken off may have left there
    _run(commands.start, port)
    _await(port, release.name, wait)
    for path in PAGES:
        _try(port, path)
    before = conf.read_bytes() if now else None
    untold.touch()
    _write(conf, _conf(port, release.name, release.folder).encode())
    try:
        _run(commands.reload, port)
    except SwitchFailed:
        # The proxy still has what it read before; the next reload must find that, too.
        conf.unlink() if before is None else _write(conf, before)
        untold.unlink()
        _run(commands.stop, port)
        raise
    _end(commands.stop, [now.port] if now else [], drain)
    untold.unlink()
    return Turn(port, release.name), True


@contextmanager
def _alone(conf: Path) -> Iterator[None]:
    """No other switch, which would end the process that this one starts."""
    with conf.with_name(conf.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SwitchFailed("another `archive switch` is under way: let it end") from error
        yield


def _end(command: str, ports: Sequence[int], drain: float) -> None:
    """End processes that nobody is sent to any more, once they have answered."""
    if ports:
        time.sleep(drain)
    for port in ports:
        _run(command, port)


def _conf(port: int, release: str, folder: Path) -> str:
    for text in (release, str(folder)):
        if not _SAFE.fullmatch(text):
            raise SwitchFailed(f"{text!r} cannot stand in the proxy's file: rename the folder")
    return (
        "# Written by `archive switch`, which reads it too: do not edit.\n"
        f"upstream nianbao {{ server 127.0.0.1:{port} max_fails=0; keepalive 32; }}\n"
        f'map $host $nianbao_release {{ default "{release}"; }}\n'
        f'map $host $nianbao_folder {{ default "{folder}"; }}\n'
    )


def _write(path: Path, text: bytes) -> None:
    """Replace a file as a whole."""
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _run(command: str, port: int) -> None:
    words = [word.replace("{port}", str(port)) for word in shlex.split(command)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SwitchFailed(f"`{shlex.join(words)}` could not be run: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        last = said[-1] if said else "it said nothing"
        raise SwitchFailed(f"`{shlex.join(words)}` failed ({done.returncode}): {last}")


def _await(port: int, release: str, wait: float) -> None:
    end = time.monotonic() + wait
    while True:
        shown = _shows(port)
        if shown == release:
            return
        if time.monotonic() > end:
            said = f"shows release {shown}" if shown else "does not answer"
            raise SwitchFailed(
                f"the site on port {port} {said} after {wait:g} s and should show {release}; "
                "the old one serves on: look into the new one's log"
            )
        time.sleep(_LOOK)


def _try(port: int, path: str) -> None:
    """Ask for a page as a visitor would.

    Raises:
        SwitchFailed: It was not answered with 200.
    """
    try:
        status, _ = _get(port, path, 120)
    except (OSError, http.client.HTTPException) as error:
        raise SwitchFailed(f"the site on port {port} does not answer {path}: {error!r}") from error
    if status != http.client.OK:
        raise SwitchFailed(f"the site on port {port} answers {path} with {status}: look at its log")


def _get(port: int, path: str, timeout: float) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _shows(port: int) -> str | None:
    """The release that a process says it shows; None if it does not answer."""
    try:
        status, body = _get(port, "/-/health", 10)
        said = json.loads(body) if status == http.client.OK else {}
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return str(said.get("release")) if isinstance(said, dict) and "release" in said else None
