"""Builds of large ledgers: upon the release before where that is certain, and noted for the next.

Nothing here decides what a release says: if a patch might say anything else than a build of
everything, everything is built.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ..builder import builder_version
from ..curation import Curation
from ..division import Part as GatheredPart
from ..division import Terms, division_of
from ..errors import ReleaseRefused
from ..histories import Gathered
from ..inputs import Inputs, last_row
from ..kept import Reading
from ..ledger import Ledger
from ..manifest import is_whole
from ..public import Public
from ..release import write_release
from ..release.contents import Contents
from ..release.looking import Early
from ..release.steps import step
from ..root import DataRoot, Registry
from ..withholding.decision import Withheld
from .anew import gathered_anew, said_of, told
from .copies import Copies
from .keeping import changing_index, drop, keep, new_index
from .kept import opened
from .note import is_behind
from .part import NotCertain
from .releasing import Patching

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Building:
    """What a build of a large ledger goes by.

    Attributes:
        root: The data root; hold its `build` lock.
        registry: What it belongs to.
        ledger: Its ledger.
        said: What that holds.
        terms: What gathering goes by.
        by: Tells the reader and the decisions by hand.
        public: What of a reading is published.
        processes: How many work.
        copies: Of the databases of the current release, if they are begun already.
    """

    root: DataRoot
    registry: Registry
    ledger: Ledger
    said: Inputs
    terms: Terms
    by: str
    public: Public
    processes: int
    copies: Copies | None = None

    def patch(
        self, read: Callable[[str], Reading], todo: Collection[str], accept: str
    ) -> bool | None:
        """Patch the current release, if that is certain to say what a build of all would.

        Args:
            read: Gives what the body of a digest says.
            todo: Bodies that were read for this build.
            accept: Why a release that lost something is right all the same; "" refuses it.

        Returns:
            Whether there is a new current release; None if it is not certain, and everything is
            to be built: the log says why.

        Raises:
            WriteFailed: The disk does not take it.
        """
        try:
            with (
                self.copies or copies_of_current(self.root) as copies,
                opened(self.root, self._by) as kept,
                changing_index(self.root) as index,
                gathered_anew(
                    self.root, self.ledger, self.said, self.terms, kept, todo, self.processes
                ) as anew,
                Early() as early,
            ):
                root, registry, public = self.root, self.registry, self.public
                writing = Patching(
                    root, registry, anew, read, public, index, copies.put, self.processes, early
                )
                contents = write_release(
                    root, registry, anew.gathered, read, accept, public, self.processes, writing
                )
                reports = list(told(anew.gathered.reports))
                is_kept = contents is not None and self._commit(index)
        except (NotCertain, ReleaseRefused) as why:
            # What is refused may be the patch's fault: if not, all of it is refused, too.
            log.info("everything is built: %s", why)
            return None
        log.info("the release before was patched: %s portals gathered anew", len(anew.portals))
        if is_kept and contents is not None:
            patches = anew.kept.patches + 1
            self._keep(anew.said, anew.parts, reports, contents, anew.gone, patches)
        return contents is not None

    def index(self) -> Path | None:
        """Where a build of everything keeps by what texts were compared; None if not at all."""
        if self.terms.withheld.entries:
            return None  # nothing would be patched
        try:
            return new_index(self.root)
        except OSError as error:
            log.warning("what the next build could take over was not kept: %s", error)
            return None

    def keep(self, parts: Collection[GatheredPart], gathered: Gathered, contents: Contents) -> None:
        """Keep what a build of everything came to.

        Args:
            parts: What was gathered.
            gathered: The same; its versions have their numbers.
            contents: What the parts of the release are known by.
        """
        said = said_of(self.said, division_of(self.ledger, self.said.captures))
        with step("keeping"):
            self._keep(said, parts, told(gathered.reports), contents, None)

    def _commit(self, index: sqlite3.Connection) -> bool:
        """Let the index of texts be that of the new release; nobody believes it before a note."""
        try:
            drop(self.root)
            index.commit()
        except (OSError, sqlite3.DatabaseError) as error:
            log.warning("what the next build could take over was not kept: %s", error)
            return False
        return True

    def _keep(
        self,
        said: Mapping[str, bytes],
        parts: Collection[GatheredPart],
        reports: Iterable[tuple[str, int, bytes]],
        contents: Contents,
        gone: Collection[int] | None,
        patches: int = 0,
    ) -> None:
        try:
            last = self.said.last
            keep(self.root, self._by, said, parts, reports, contents, gone, patches, last=last)
        except (OSError, sqlite3.DatabaseError) as error:
            log.warning("what the next build could take over was not kept: %s", error)

    @property
    def _by(self) -> str:
        return _by(self.by, self.registry)


def likely_copies(
    root: DataRoot,
    registry: Registry,
    ledger: Ledger,
    by: str,
    decided: Curation,
    withheld: Withheld,
) -> AbstractContextManager[Copies | None]:
    """Copies of the databases of the current release, if a patch of it is likely.

    To copy a country's takes longer than to look for what changed: it is begun before that.

    Args:
        root: The data root; hold its `build` lock.
        registry: What it belongs to.
        ledger: Its ledger.
        by: Tells the reader and the decisions by hand.
        decided: The decisions.
        withheld: What they and deletions withhold.
    """
    corrected = decided.corrections.figures or decided.corrections.documents
    if corrected or withheld.entries:
        return contextlib.nullcontext()  # nothing is patched
    if is_whole(root) and is_behind(root, _by(by, registry), last_row(ledger)):
        return copies_of_current(root)
    return contextlib.nullcontext()


def copies_of_current(root: DataRoot) -> Copies:
    """Copies of the databases of the current release, not begun yet."""
    return Copies(root.current.resolve(), root.releases)


def _by(by: str, registry: Registry) -> str:
    return f"{by} {builder_version()} {registry.name} {registry.fiction}"
