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
from typing import TextIO

from . import disk
from .deletion.log import require_ended
from .elsewhere.mark import parse
from .elsewhere.remembered import FILE as ELSEWHERE
from .elsewhere.remembered import remembered
from .errors import RootBusy, RootRefused
from .warcs import Warcs

#: Holds a root's locks while it ends what other holders must wait for.
DELETION = "deletion"


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
        #: What a build keeps for the next one; whoever removes it loses time alone.
        self.derived = self.path / "derived"
        self._mark = self.path / "root.json"
        self._elsewhere = self.path / ELSEWHERE
        #: There while a restore is at work, and after it was broken off.
        self._unfinished = self.path / "restoring.json"

    @property
    def warcs(self) -> Warcs:
        """Where its WARC files lie: `warc/`, and the places that were added.

        Raises:
            RootRefused: The file that names these cannot be read.
        """
        if not self._elsewhere.exists():  # asked for each body that is read
            return Warcs(self.warc)
        return Warcs(self.warc, remembered(self.path))

    @property
    def wal(self) -> bool:
        """Whether its ledger has a write-ahead log: all who open it are on one machine."""
        return True

    def registry(self) -> Registry | None:
        """The registry that the root belongs to, or None for a new root.

        Raises:
            RootRefused: Its mark cannot be read, or a restore into it has not ended.
        """
        if self._unfinished.exists():
            raise RootRefused(
                f"{self.path} is being restored, or that was broken off: wait for it, or call "
                "archive restore again; what it has so far is not the whole archive"
            )
        try:
            return Registry(*parse(self._mark.read_text("utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise RootRefused(f"{self._mark} cannot be read: {error.strerror}") from error
        except ValueError as error:
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
        with self._errors_named():
            self.warc.mkdir(parents=True, exist_ok=True)
            self.releases.mkdir(exist_ok=True)
            if known is None:
                self._tie(registry)

    def _tie(self, registry: Registry) -> None:
        text = json.dumps({"registry": registry.name, "fiction": registry.fiction})
        disk.write(self._mark, text + "\n", self._mark.with_suffix(f".{os.getpid()}.tmp"))

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
    def restoring(self, registry: Registry) -> Iterator[None]:
        """Hold a new root, or one whose restore was broken off, while it is restored.

        It belongs to its registry when the block has ended; until then, and for ever after a
        kill, nobody else takes it for an archive.

        Raises:
            RootRefused: It holds something already, or cannot be written.
            RootBusy: Another restore is at work in it.
        """
        with self._errors_named():
            self.path.mkdir(parents=True, exist_ok=True)
            self._require_empty()
        with self.lock("crawl", holder="restore"), self.lock("build", holder="restore"):
            self._require_empty()
            with self._errors_named():
                self._unfinished.touch()
                self.warc.mkdir(exist_ok=True)
                self.releases.mkdir(exist_ok=True)
                disk.sync(self.path)
            yield
            with self._errors_named():
                self._tie(registry)
                self._unfinished.unlink()
                disk.sync(self.path)

    def _require_empty(self) -> None:
        held = sorted(path.name for path in self.path.iterdir() if path.suffix != ".lock")
        if held and not self._unfinished.exists():
            raise RootRefused(
                f"{self.path} holds {held[0]}; restore into an empty folder, so that "
                "nothing is overwritten"
            )

    @contextlib.contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RootRefused(f"{self.path} cannot be written: {error.strerror}") from error

    @contextlib.contextmanager
    def opening(self) -> Iterator[None]:
        """Wait for one's turn to create or mend what is in the root: shards begin together.

        Raises:
            RootRefused: The root cannot be written.
        """
        with self._errors_named():
            self.path.mkdir(parents=True, exist_ok=True)
        with self._lock_file("opening") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def lock(self, what: str, shard: str = "", holder: str = "") -> Iterator[None]:
        """Hold the root's lock `what` (`crawl` or `build`) while the block runs.

        Shards of a crawl share the crawl's lock, and each holds one of its own: shards run
        side by side, but not twice, not beside a whole crawl, and not beside shards of
        another division, which would ask the same hosts at the same time.

        The kernel drops a lock when its holder dies, so a killed run leaves none.

        Args:
            what: `crawl` or `build`.
            shard: The part of the portals that is crawled, e.g. `2/8`, or "" for all.
            holder: What holds it where that is no crawl and no build.

        Raises:
            RootBusy: Somebody holds it; the message names the process.
            RootRefused: The root cannot be written, or a deletion was begun in it and has not
                ended: what its files and its ledger say does not agree then.
        """
        with contextlib.ExitStack() as held:
            if holder != DELETION:
                require_ended(self.path)
            whole = held.enter_context(self._lock_file(what))
            if not shard:
                self._take(whole, fcntl.LOCK_EX, f"another {what}")
                _sign(whole, f" ({holder})" if holder else "")
                yield
                return
            self._take(whole, fcntl.LOCK_SH, f"a whole {what}")
            _sign(whole, f" (shard {shard})")  # of several shards the last that began
            name, count = f"{what}-{shard.replace('/', 'of')}", shard.partition("/")[2]
            own = held.enter_context(self._lock_file(name))
            self._take(own, fcntl.LOCK_EX, f"another {what} of shard {shard}")
            _sign(own)
            # Its own lock is taken first: of two that begin together, one sees the other.
            for path in sorted(self.path.glob(f"{what}-*of*.lock")):
                number, _, parts = path.stem.removeprefix(f"{what}-").partition("of")
                if parts != count:
                    with self._lock_file(path.stem) as other:
                        self._take(other, fcntl.LOCK_SH, f"a {what} of shard {number}/{parts}")
            yield

    @contextlib.contextmanager
    def _lock_file(self, name: str) -> Iterator[TextIO]:
        path = self.path / f"{name}.lock"
        try:
            opened = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise RootRefused(f"{path} cannot be written: {error.strerror}") from error
        with opened as handle:
            yield handle

    def _take(self, handle: TextIO, how: int, who: str) -> None:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise RootBusy(
                f"{who} is at work in {self.path}: "
                f"{handle.read().strip() or 'unknown holder'}; wait for it or stop it"
            ) from None


def _sign(handle: TextIO, more: str = "") -> None:
    """Write into a lock's file who holds it."""
    handle.truncate(0)
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    handle.write(f"process {os.getpid()} on {socket.gethostname()} since {started}{more}\n")
    handle.flush()


def _say(registry: Registry) -> str:
    return f"registry “{registry.name}”" + (" (fiction)" if registry.fiction else "")
