"""Reading under limits: each worker is a process with a memory limit and a deadline.

Hostile bytes must not take the run down with them. A worker that passes its deadline
is killed and replaced; the document gets a named error, the others go on.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Self

from .codec import pack, unpack
from .errors import (
    Challenge,
    NeedsConverter,
    NeedsOcr,
    NotAReport,
    ReaderFault,
    ReadingError,
    ReadingLimit,
    SoftNotFound,
    TooLarge,
)
from .reader import read
from .types import Report

MEMORY = 1 << 30  # bytes of address space a worker may take
SECONDS = 30.0  # wall-clock time a reading may take
_START = 20.0  # seconds that a fresh process may take to import, on a busy machine
_NAMED = (
    Challenge, NeedsConverter, NeedsOcr, NotAReport, ReaderFault, ReadingError, ReadingLimit,
    SoftNotFound, TooLarge,
)  # fmt: skip
_ERRORS = {error.__name__: error for error in _NAMED}
_LONGEST = 600  # characters of a message


@dataclass(frozen=True, slots=True)
class Packed:
    """A report as its worker packed it: who only keeps it need not unpack it.

    Attributes:
        status: The report's status.
        data: As `codec.pack` makes it.
    """

    status: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document: a report, or the error that says why not.

    Attributes:
        key: The document's.
        made: The report, maybe packed still, or None.
        error: Why there is none.
    """

    key: str
    made: Report | Packed | None
    error: ReadingError | None

    @property
    def report(self) -> Report | None:
        """The report; a packed one is unpacked each time."""
        return unpack(self.made.data) if isinstance(self.made, Packed) else self.made

    @property
    def packed(self) -> Packed | None:
        """The report, packed."""
        if self.made is None or isinstance(self.made, Packed):
            return self.made
        return Packed(self.made.status, pack(self.made))


def read_all(
    documents: Iterable[tuple[str, bytes]],
    processes: int = 1,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Iterator[Outcome]:
    """Read documents in worker processes.

    Args:
        documents: (key, bytes); taken one by one, as workers become free.
        processes: Number of workers.
        seconds: Deadline for one document.
        memory: Limit of a worker's address space, in bytes.

    Yields:
        One outcome a document, in the order in which they are done.
    """
    with Crew(processes, seconds, memory) as crew:
        yield from crew.read(documents)


class Crew:
    """Worker processes that read one lot of documents after the other."""

    def __init__(self, processes: int = 1, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        """Start the workers.

        Args:
            processes: Number of workers.
            seconds: Deadline for one document.
            memory: Limit of a worker's address space, in bytes.
        """
        self._workers = [_Worker(seconds, memory) for _ in range(max(1, processes))]

    def read(self, documents: Iterable[tuple[str, bytes]]) -> Iterator[Outcome]:
        """Read documents, taken one by one as workers become free; see `read_all`."""
        workers, source = self._workers, iter(documents)
        try:
            for worker in workers:
                worker.take(source)
            while any(worker.key is not None for worker in workers):
                busy = [worker for worker in workers if worker.key is not None]
                left = min(worker.deadline for worker in busy) - time.monotonic()
                ready = wait([worker.pipe for worker in busy], max(0.0, left))
                for worker in busy:
                    answered = worker.pipe in ready or worker.pipe.poll()
                    if answered or time.monotonic() >= worker.deadline:
                        yield worker.finish(answered)
                        worker.take(source)
        finally:
            # Who is broken off in the middle owes an answer, which is nobody's next one.
            for worker in workers:
                if worker.key is not None:
                    worker.stop()

    def stop(self) -> None:
        """End the workers."""
        for worker in self._workers:
            worker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Worker:
    """One process, the document that it reads, and its deadline."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds, self._memory = seconds, memory
        self.key: str | None = None
        self.deadline = 0.0
        self._start()

    def _start(self) -> None:
        # spawn: the parent may hold an event loop, threads or SQLite connections.
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._memory, self._seconds), daemon=True
        )
        with deaf_to_ctrl_c():
            self._process.start()
        theirs.close()
        self._fresh = True

    def take(self, source: Iterator[tuple[str, bytes]]) -> None:
        """Begin the next document, if there is one."""
        self.key = None
        for key, body in source:
            if not self._process.is_alive():  # ended while it had nothing to do
                self.stop()
                self._start()
            self.key = key
            # A fresh process spends the first seconds importing.
            self.deadline = time.monotonic() + self._seconds + (_START if self._fresh else 0.0)
            self._fresh = False
            with contextlib.suppress(BrokenPipeError):  # seen as EOF in `finish`
                self.pipe.send_bytes(body)
            return

    def finish(self, answered: bool) -> Outcome:
        """The outcome of the document in hand; a worker that failed is replaced."""
        key = self.key or ""
        if answered:
            try:
                answer: Packed | tuple[str, str] = self.pipe.recv()
            except EOFError:
                return self._replace(key, "the reading ended its process (out of memory?)")
            if isinstance(answer, Packed):
                return Outcome(key, answer, None)
            name, message = answer
            return Outcome(key, None, _ERRORS.get(name, ReadingError)(message))
        return self._replace(key, f"reading took longer than {self._seconds:g} seconds")

    def _replace(self, key: str, message: str) -> Outcome:
        self.stop()
        self._start()
        return Outcome(key, None, ReadingLimit(message))

    def stop(self) -> None:
        """End the process."""
        self.key = None
        self.pipe.close()
        self._process.kill()
        self._process.join()


@contextlib.contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Let a process that begins here not hear Ctrl-C, which is the whole command's to answer.

    It would print a traceback for as long as it imports. This process hears it afterwards.
    """
    resource_tracker.ensure_running()  # else it begins within, and ends the blocking
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)  # a worker of Dask may be deaf itself


def _serve(pipe: Connection[Any, Any], memory: int, seconds: float) -> None:
    """Life of a worker: bytes in, a report or (error name, message) out."""
    _hush()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    orphaned = int(2 * seconds + _START) + 1  # long after the deadline that the parent keeps
    while True:
        try:
            body = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        # Where the parent was killed nobody keeps the deadline: the kernel ends this process.
        signal.alarm(orphaned)
        answer = _answer(body, memory)
        signal.alarm(0)
        # The answer is sent when no frame of the reading holds its memory any more.
        with contextlib.suppress(BrokenPipeError):
            pipe.send(answer)


def _answer(body: bytes, memory: int) -> Packed | tuple[str, str]:
    """The report in a body, or the name and message of the error that says why not.

    It is packed here: done by the one process that keeps them all, it would take a tenth
    of what reading takes, and two workers would wait for it.
    """
    try:
        report = read(body)
        return Packed(report.status, pack(report))
    except ReadingError as error:
        return type(error).__name__, _line(str(error))
    except MemoryError:
        return "ReadingLimit", f"reading took more than {memory >> 20} MB of memory"
    except RecursionError:
        return "ReadingError", "the document nests too deeply to be read"
    except Exception as error:
        # A fault of the reader: named as one, and never taken for a fact of the document.
        return "ReaderFault", f"fault of the reader, please report it: {error!r}"


def _line(message: str) -> str:
    """A message as one line that prints: it may quote what hostile bytes say."""
    text = "".join(c if c.isprintable() else " " for c in message)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _hush() -> None:
    """Keep what libraries print about a document off the terminal: the outcome says it."""
    logging.disable(logging.CRITICAL)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    for descriptor in (1, 2):  # C libraries write there without asking Python
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
