"""A real pywb on a loopback port, over collections that a test names.

pywb runs as a process of its own: it is GPL, and gevent would change this one.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.demo_run import free_port

#: warcio speaks the API of another package called brotli (webrecorder/warcio#73).
_START = """
import sys
import brotli
from warcio.bufferedreaders import BufferedReader

class Decoder:
    unused_data = None
    def __init__(self):
        self._decoder = brotli.Decompressor()
    def decompress(self, data):
        return self._decoder.process(data)
    def flush(self):
        return b""

BufferedReader.DECOMPRESSORS["br"] = Decoder
from pywb.apps.cli import wayback
wayback(sys.argv[1:])
"""
_START_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What pywb replays.

    Attributes:
        status: HTTP status.
        body: The body, as it was transferred once.
        time: 14 digits: the time of the capture that was replayed; pywb silently takes
            another one where it cannot load what was asked for.
        headers: The answer's headers.
    """

    status: int
    body: bytes
    time: str
    headers: Mapping[str, str]


class Pywb:
    """A server at work."""

    def __init__(self, port: int) -> None:
        self._port = port

    def get(
        self, collection: str, stamp: str, url: str, encodings: str = "gzip, deflate, br"
    ) -> Answer:
        """Replay the capture of an address nearest to a time, untouched (`id_`)."""
        address = quote(url, safe="%/:?#[]@!$&'()*+,;=~")
        return self._ask(f"/{collection}/{stamp}id_/{address}", encodings)

    def _ask(self, path: str, encodings: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.putrequest("GET", path, skip_accept_encoding=True)
            # pywb gives the bytes as transferred only to who takes their encoding.
            connection.putheader("Accept-Encoding", encodings)
            connection.endheaders()
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            told = headers.get("memento-datetime")
            at = parsedate_to_datetime(told).strftime("%Y%m%d%H%M%S") if told else ""
            return Answer(response.status, response.read(), at, headers)
        finally:
            connection.close()

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it answers."""
        ends = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._ask("/", "identity")
            except OSError:
                assert process.poll() is None, "pywb did not start"
                assert time.monotonic() < ends, "pywb does not answer"
                time.sleep(0.02)
            else:
                return


@contextmanager
def serve(folder: Path, collections: Mapping[str, tuple[Path, Path]]) -> Iterator[Pywb]:
    """Serve collections.

    Args:
        folder: Where its configuration is written.
        collections: Index (a file or a folder) and folder of WARCs by name.
    """
    lines = ["enable_auto_colls: false", "collections:"]
    for name, (index, archive) in collections.items():
        lines += [f"  {name}:", f"    index_paths: {index}", f"    archive_paths: {archive}/"]
    config = folder / "pywb.yaml"
    config.write_text("\n".join(lines) + "\n", "utf-8")
    port = free_port()
    words: list[Any] = [sys.executable, "-c", _START, "-b", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(
        words,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYWB_CONFIG_FILE": str(config)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Pywb(port)
        server.wait(process)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def add_wacz(folder: Path, name: str, *waczs: Path) -> tuple[Path, Path]:
    """Take WACZ files in as pywb's users do.

    Returns:
        The index and the folder of WARCs, for `serve`.
    """
    made = folder / "collections" / name
    for part in (
        "archive",
        "indexes",
    ):  # as `wb-manager init` makes them, which takes half a second
        (made / part).mkdir(parents=True)
    manager = Path(sys.executable).with_name("wb-manager")
    words = [manager, "add", "--unpack-wacz", name, *map(str, waczs)]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return made / "indexes", made / "archive"
