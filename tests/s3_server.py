"""A store that speaks S3 over HTTP on the loopback (moto), and what was asked of it.

`python -m tests.s3_server --port 5555` runs one until it is stopped, for trying things by hand.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import click

BUCKET = "nianbao-shili"
ADDRESS = f"s3://{BUCKET}/cundang/warc"


@dataclass
class Store:
    """A store that runs.

    Attributes:
        url: Its address on the loopback.
        asked: Each request: its method, its path, and the range that it asked for.
    """

    url: str
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    _refuses: Callable[[], bool] = lambda: False
    _awaited: list[tuple[int, Callable[[], None]]] = field(default_factory=list)

    def at_put(self, number: int, do: Callable[[], None]) -> None:
        """Do something when so many requests to write have come, before that one is answered."""
        self._awaited[:] = [(number, do)]

    @contextlib.contextmanager
    def refusing(self, when: Callable[[], bool]) -> Iterator[None]:
        """Answer nothing but errors in the block, when that is said to be so."""
        self._refuses = when
        try:
            yield
        finally:
            self._refuses = lambda: False

    @property
    def is_refusing(self) -> bool:
        """Whether the store answers nothing but errors."""
        return self._refuses()

    def note(self, method: str, path: str, wanted: str) -> None:
        """Note a request."""
        self.asked.append((method, path, wanted))
        if method == "PUT" and self._awaited:
            number, do = self._awaited.pop()
            if number == 1:
                do()
            else:
                self._awaited.append((number - 1, do))

    @property
    def environment(self) -> dict[str, str]:
        """What leads AWS's programs there."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "shili",
            "AWS_SECRET_ACCESS_KEY": "shili",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def gets(self, ending: str = ".warc.gz") -> list[tuple[str, str, str]]:
        """Requests for bytes of files whose names end so."""
        return [each for each in self.asked if each[0] == "GET" and each[1].endswith(ending)]

    def objects(self) -> Mapping[str, bytes]:
        """What the folder at `ADDRESS` holds, by name."""
        from moto.s3.models import s3_backends

        (backend,) = (each["aws"] for each in s3_backends.values())
        keys = backend.buckets[BUCKET].keys
        folder = ADDRESS.removeprefix(f"s3://{BUCKET}/")
        held = {str(key): bytes(keys[key].value) for key in keys}
        return {
            key.removeprefix(f"{folder}/"): data
            for key, data in held.items()
            if key.startswith(f"{folder}/")
        }

    def put(self, name: str, data: bytes | None) -> None:
        """Change an object behind everybody's back; None removes it."""
        from moto.s3.models import s3_backends

        (backend,) = (each["aws"] for each in s3_backends.values())
        key = f"{ADDRESS.removeprefix(f's3://{BUCKET}/')}/{name}"
        if data is None:
            backend.delete_object(BUCKET, key)
        else:
            backend.put_object(BUCKET, key, data)


class _Noting:
    """Notes each request, and passes it on."""

    def __init__(self, app: Any, store: Store) -> None:
        self._app, self._store = app, store

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        wanted = environ.get("HTTP_RANGE", "")
        self._store.note(environ["REQUEST_METHOD"], environ["PATH_INFO"], wanted)
        if self._store.is_refusing:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        return self._app(environ, start_response)


@contextlib.contextmanager
def running(port: int = 0) -> Iterator[Store]:
    """A store with an empty bucket, to which the environment leads in the block."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = Store("")
    with mock.patch.dict(os.environ):
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
        server.start()
        try:
            host, at = server.get_host_and_port()
            store.url = f"http://{host}:{at}"
            served = server._server
            assert served is not None
            served.app = _Noting(served.app, store)
            os.environ.update(store.environment)
            with closing_clients():
                _make_bucket()
                yield store
        finally:
            server.stop()


def _make_bucket() -> None:
    from fsspec.core import url_to_fs

    filesystem, _ = url_to_fs(f"s3://{BUCKET}")
    filesystem.mkdir(BUCKET)


@contextlib.contextmanager
def closing_clients() -> Iterator[None]:
    """Begin and end without connections of this process to stores."""
    _close_clients()
    try:
        yield
    finally:
        _close_clients()


def _close_clients() -> None:
    from fsspec.asyn import sync
    from s3fs import S3FileSystem

    from archive.elsewhere.filesystem import _filesystem, _resting

    _filesystem.cache_clear()
    _resting.clear()
    for each in list(S3FileSystem._cache.values()):
        client = getattr(each, "_s3", None)
        if client is not None:
            sync(each.loop, client.close)
    S3FileSystem.clear_instance_cache()


@click.command()
@click.option("--port", type=int, default=5555, show_default=True)
def main(port: int) -> None:
    """Run a store until it is stopped."""
    import signal

    with running(port) as store:
        for name, value in store.environment.items():
            click.echo(f"export {name}={value}")
        click.echo(f"# then: python -m archive offload --to {ADDRESS}")
        signal.pause()


if __name__ == "__main__":
    main()
