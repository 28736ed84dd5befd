"""The content hash of a release whose files are whole one after the other.

Of a country to digest `nianbao.db` takes minutes, in which `text.db` is still being written. What
is begun of each part is kept by the process that began it: no other can go on with a digest.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from .contenthash import Digests
from .contentparts import add_span, asking, spans_of
from .contenttables import tables
from .parallel import beside


@contextlib.contextmanager
def digests_beside(processes: int) -> Iterator[Callable[[Path], Callable[[], Digests]]]:
    """Processes that digest the files of a release one after the other, as each is whole.

    Args:
        processes: How many.

    Yields:
        Begins with a file, and gives what waits until it is digested: the digests of all files so
        far. The first one has the agencies, and the next is begun when the one before was waited
        for.
    """
    done: list[Path] = []
    with contextlib.ExitStack() as stack:
        crew = [stack.enter_context(beside(_Share(n, processes))) for n in range(processes)]

        def begin(file: Path) -> Callable[[], Digests]:
            done.append(file)
            waiting = [begun(file) for begun in crew]

            def digested() -> Digests:
                found: dict[str, str] = {}
                for each in waiting:
                    found |= each()
                return Digests(tuple(tables(done)), found)

            return digested

        yield begin


class _Share:
    """A share of the parts of a release, and their digests as far as files were given."""

    def __init__(self, number: int, of: int) -> None:
        self._number, self._of = number, of
        self._spans: list[tuple[str, str]] | None = None
        self._digests: dict[str, hashlib._Hash] = {}

    def __call__(self, file: Path) -> dict[str, str]:
        """Add a file; the digests so far."""
        if self._spans is None:
            self._spans = spans_of(file)[self._number :: self._of]
        with asking((file,)) as asked:
            for span in self._spans:
                add_span([(self._digests, frozenset())], asked, span)
        return {name: digest.hexdigest() for name, digest in self._digests.items()}
