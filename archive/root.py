"""The data root: its layout, the registry it belongs to, and its locks."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import RootBusy, RootRefused


@dataclass(frozen=True, slots=True)
class Registry:
    """The registry that a root belongs to: its name, and whether it is fiction."""

    name: str
    fiction: bool


class DataRoot:
    """A folder with `warc/`, `ledger.db`, `readings.db` and `releases/`.

    A root remembers the name of its registry and refuses another, so that fiction
    never mixes with fact.
    """

    def __init__(self, path: Path) -> None:
        """Name a root; nothing is created before `claim`."""
        self.path = path.absolute()
        self.warc = self.path / "warc"
        self.ledger = self.path / "ledger.db"
        self.readings = self.path / "readings.db"
        self.releases = self.path / "releases"
        self.current = self.releases / "current"
        self._mark = self.path / "root.json"

    def registry(self) -> Registry | None:
        """The registry that the root belongs to, or None for a new root."""
        try:
            mark = json.loads(self._mark.read_text("utf-8"))
            return Registry(mark["registry"], mark["fiction"])
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise RootRefused(f"{self._mark} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError) as error:
            raise RootRefused(
                f"{self._mark} is damaged ({error}); restore it from a backup"
            ) from error

    def claim(self, registry: Registry) -> None:
        """Create the layout if it is not there, and tie the root to its registry.

        Raises:
            RootRefused: The root belongs to another registry, or cannot be written.
        """
        known = self.registry()
        if known is not None and known != registry:
            raise RootRefused(
                f"{self.path} holds {_say(known)}, not {_say(registry)}; "
                "give another DATA= folder, so that the two never mix"
            )
        try:
            self.warc.mkdir(parents=True, exist_ok=True)
            self.releases.mkdir(exist_ok=True)
            if known is None:
                text = json.dumps({"registry": registry.name, "fiction": registry.fiction})
                partial = self._mark.with_suffix(".tmp")
                partial.write_text(text + "\n", "utf-8")
                partial.replace(self._mark)
        except OSError as error:
            raise RootRefused(f"{self.path} cannot be written: {error.strerror}") from error

    def require(self) -> Registry:
        """The root's registry.

        Raises:
            RootRefused: The root is empty: nothing was crawled or imported into it.
        """
        known = self.registry()
        if known is None:
            raise RootRefused(
                f"{self.path} is no data root yet; crawl (make crawl) or import into it first"
            )
        return known

    @contextlib.contextmanager
    def lock(self, what: str) -> Iterator[None]:
        """Hold the root's lock `what` (`crawl` or `build`) while the block runs.

        The kernel drops the lock when its holder dies, so a killed run leaves none.

        Raises:
            RootBusy: Somebody holds it; the message names the process.
            RootRefused: The root cannot be written.
        """
        path = self.path / f"{what}.lock"
        try:
            opened = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise RootRefused(f"{path} cannot be written: {error.strerror}") from error
        with opened as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.seek(0)
                raise RootBusy(
                    f"another {what} is at work in {self.path}: "
                    f"{handle.read().strip() or 'unknown holder'}; wait for it or stop it"
                ) from None
            handle.truncate(0)
            started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            handle.write(f"process {os.getpid()} on {socket.gethostname()} since {started}\n")
            handle.flush()
            yield


def _say(registry: Registry) -> str:
    return f"registry “{registry.name}”" + (" (fiction)" if registry.fiction else "")
