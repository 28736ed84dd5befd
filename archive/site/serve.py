"""Serving a release: one process, Datasette under uvicorn, nothing is written.

`site` makes the Datasette object (tests ask it in-process), `running` serves it in a
thread for as long as a `with` block lasts, `serve` blocks until it is interrupted and
follows `current`: a build or a roll-back shows without anybody's doing.
"""

from __future__ import annotations

import gc
import logging
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from archive.errors import ArchiveError
from archive.root import DataRoot
from archive.site import access, error_pages, metadata, page_size, plugin, threads, warming
from archive.site.release import RELEASES, current, is_current
from archive.withholding.kept import held

log = logging.getLogger(__name__)
HERE = Path(__file__).parent
#: How often it is looked whether `current` leads elsewhere.
_LOOK = 2.0  # seconds

#: Only what differs from Datasette's own settings.
SETTINGS = {
    "suggest_facets": False,  # default on: seconds a page on 200 columns
    "default_facet_size": 35,  # default 30 cuts off a list of 31 provinces
    "facet_time_limit_ms": 1000,  # default 200
    "sql_time_limit_ms": 1500,  # default 1000
    "max_returned_rows": 2000,  # default 1000
    "max_csv_mb": 100,  # default 1: a CSV ended there with a line that says so, and no more
    "default_cache_ttl": 300,  # default 5 seconds; a release never changes
    "truncate_cells_html": 200,  # default 2048
}


def site(root: Path, *, sql: bool = True) -> Datasette:
    """The site of a data root's current release.

    Args:
        root: The data root.
        sql: Whether visitors may write statements of their own (and `_where` conditions).

    Raises:
        ReleaseMissing: The root has no release.
        ArchiveError: This Python cannot limit SQLite.
    """
    if not hasattr(sqlite3.Connection, "setlimit"):
        raise ArchiveError("this Python's sqlite3 has no setlimit: the site would be unsafe")
    release = current(root)
    if not pm.is_registered(plugin):
        pm.register(plugin)
        error_pages.take_over()
    datasette = page_size.Site(
        immutables=[str(path) for path in release.files()],
        metadata=metadata.build(),
        settings={**SETTINGS, "default_allow_sql": sql},
        template_dir=str(HERE / "templates"),
        static_mounts=[("static", str(HERE / "static"))],
    )
    access.open_to_all(datasette)
    datasette.executor = threads.Watched(
        lambda: [each._all_file_connections for each in datasette.databases.values()]
    )
    RELEASES[datasette] = release
    # Its constructor has made an application before the hooks could know the release.
    datasette.client.app = datasette.app()
    return datasette


def _tell_withheld(root: Path, folder: Path) -> None:
    """Say if a release was built before something of it was withheld."""
    try:
        found = held(DataRoot(root), folder)
    except ArchiveError as error:
        log.warning("nobody can tell whether the release holds what is withheld: %s", error)
        return
    if found:
        log.warning(
            "release %s still holds %d things, %s among them, that are withheld now; build a new "
            "one",
            folder.name,
            len(found),
            found[0].where,
        )


def serve(
    root: Path, port: int, host: str = "127.0.0.1", *, sql: bool = True, pinned: bool = False
) -> None:
    """Serve the current release until interrupted; prints the address once.

    When another release is made current it is opened instead; requests wait for that.

    Args:
        root: The data root.
        port: Where to listen; 0 takes a free one.
        host: On which address.
        sql: Whether visitors may write statements of their own.
        pinned: Whether to stay with this release: for a process that is one of two
            (`archive switch`).

    Raises:
        ReleaseMissing: The root has no release.
        ArchiveError: The port is taken.
    """
    # A page makes thousands of small objects, and modules and forms stay for ever.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    datasette = site(root, sql=sql)
    _tell_withheld(root, RELEASES[datasette].folder)
    with _listening(host, port) as listener, suppress(KeyboardInterrupt):
        print(f"{_address(host, listener)} (Ctrl-C stops it)", flush=True)
        if pinned:
            server = _server(datasette)
            _warm(datasette, listener, server)
            server.run(sockets=[listener.dup()])
            return
        while _serve_while_current(root, datasette, listener):
            datasette = site(root, sql=sql)
            log.warning("the site shows release %s now", RELEASES[datasette].name)


def _warm(datasette: Datasette, listener: socket.socket, server: uvicorn.Server) -> None:
    """Have a large release asked beforehand; the socket takes connections already."""
    if warming.is_large(RELEASES[datasette]):
        host, port = listener.getsockname()[:2]
        address = "127.0.0.1" if host == "0.0.0.0" else host, port
        warming.begin(address, lambda: server.should_exit)


def _serve_while_current(root: Path, datasette: Datasette, listener: socket.socket) -> bool:
    """Serve a release; whether it ended because another one is current."""
    server, shown = _server(datasette), RELEASES[datasette].folder
    ended, is_old = threading.Event(), threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK):
            if is_current(root, shown):
                continue
            is_old.set()
            server.should_exit = True
            return

    threading.Thread(target=look, daemon=True).start()
    _warm(datasette, listener, server)
    try:
        server.run(sockets=[listener.dup()])  # it closes what it is given
    finally:
        ended.set()
    return is_old.is_set()


@contextmanager
def running(root: Path, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve in a thread and yield the address, e.g. `http://127.0.0.1:40123/`."""
    server = _server(site(root))
    with _listening(host, port) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise ArchiveError("the site did not start")
                time.sleep(0.02)
            yield _address(host, listener)
        finally:
            server.should_exit = True
            thread.join(10)


def _server(datasette: Datasette) -> uvicorn.Server:
    config = uvicorn.Config(datasette.app(), log_level="warning", server_header=False)
    return uvicorn.Server(config)


def _address(host: str, listener: socket.socket) -> str:
    return f"http://{host}:{listener.getsockname()[1]}/"


def _listening(host: str, port: int) -> socket.socket:
    """A socket that is bound and takes connections, also between two servers."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ArchiveError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    listener.listen(128)
    return listener
