"""Publishing a release: its folder written, checked, renamed and made current, or refused."""

from __future__ import annotations

import contextlib
import errno
import logging
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from extract.version import reader_version

from ..builder import builder_version
from ..contenthash import Digests
from ..curation import Curation
from ..errors import ReleaseDamaged, ReleaseRefused, WriteFailed
from ..histories import Gathered
from ..kept import Reading
from ..ledger import shut
from ..manifest import current_manifest, is_whole, sync, write_json
from ..public import Public
from ..root import DataRoot, Registry
from .checks import check, looking_through, totals
from .contents import Contents
from .databases import write_databases
from .files import write_files
from .history import Past, past
from .identity import Identity
from .looking import Early
from .pruning import prune, remove
from .rollback import forget, rolled_back, was_left
from .shelf import PARTIAL, folders, manifest_of, switch, tags_of
from .steps import step
from .sums import verify, write_sums

log = logging.getLogger(__name__)
#: What a disk says that is full, over its quota, failing, or read-only.
_DISK = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
)


def write_release(
    root: DataRoot,
    registry: Registry,
    gathered: Gathered,
    read: Callable[[str], Reading],
    accept: str = "",
    public: Public | None = None,
    processes: int = 1,
    writing: Writing | None = None,
    index: Path | None = None,
) -> Contents | None:
    """Write a release and make it current, unless it says nothing new.

    The folder bears another name until it is complete, checked and on the disk; then
    it is renamed and `current` is switched, each in one step. A kill at any moment
    leaves the old release current and whole, and so does a disk that is full.

    Args:
        root: The data root; hold its `build` lock, and `sweep` it before.
        registry: What the root belongs to.
        gathered: The reports.
        read: Gives what the body of a digest says.
        accept: Why a release that lost something is right all the same; "" refuses it.
        public: What of a reading is published; by no decisions if None.
        processes: How many make what is written.
        writing: Writes the databases; all of them is written if None.
        index: A new file that keeps by what texts were compared, if all is written; None for
            none.

    Returns:
        What the parts of the new current release are known by; None if there is no new one.

    Raises:
        ReleaseRefused: The new files did not pass their checks, or cannot be compared with a
            current release that is damaged; the old release stays.
        WriteFailed: The disk does not take it; the old release stays.
    """
    # What pruning goes by: if it is damaged, nothing is written.
    tags_of(root)
    rolled_back(root)
    with _errors_named(root):
        built = datetime.now(UTC)
        folder = root.releases / f"{built:%Y%m%d-%H%M%S-%f}{PARTIAL}"
        folder.mkdir()
        try:
            public = public or Public(Curation())
            writing = writing or _Whole(root, registry, gathered, read, public, processes, index)
            made = _write(root, registry, folder, built, (gathered, accept, processes, writing))
            if made is None:
                return None
            manifest, contents = made
            _publish(root, folder, manifest)
        finally:
            # What is not published only takes room, which a full disk has none of.
            shutil.rmtree(folder, ignore_errors=True)
    _tidy(root)
    return contents


@dataclass(frozen=True, slots=True)
class Written:
    """Databases that were written.

    Attributes:
        told: What they say of the past.
        counts: Of what is current.
        reports: How many reports should be in them.
        digests: What their content hash is made of; None if nobody knows yet.
        contents: By what its parts are known; by what the content hash is made of if None.
        early: What was found out of them meanwhile.
    """

    told: Past
    counts: dict[str, int]
    reports: int
    digests: Digests | None = None
    contents: Contents | None = None
    early: Early | None = None

    @property
    def changed(self) -> frozenset[str] | None:
        """Reports that were written anew, if all others were copied; None if all were written."""
        upon = self.contents.upon if self.contents else None
        return upon.reports if upon else None


#: Writes the databases of a release that is built at some time into a folder.
Writing = Callable[[Path, datetime], Written]


@dataclass(frozen=True, slots=True)
class _Whole:
    """Writes all of a release."""

    root: DataRoot
    registry: Registry
    gathered: Gathered
    read: Callable[[str], Reading]
    public: Public
    processes: int
    index: Path | None

    def __call__(self, folder: Path, built: datetime) -> Written:
        gathered, read, public = self.gathered, self.read, self.public
        # It numbers the versions.
        with step("past"):
            told = past(
                self.root, gathered, read, built, public.curation.corrections,
                processes=self.processes,
            )  # fmt: skip
        digests: list[Digests] = []
        counts = write_databases(
            folder, self.registry, gathered, read, told, public, self.processes, self.index,
            digests.append,
        )  # fmt: skip
        return Written(told, counts, len(gathered.reports), digests[0] if digests else None)


def _write(
    root: DataRoot,
    registry: Registry,
    folder: Path,
    built: datetime,
    what: tuple[Gathered, str, int, Writing],
) -> tuple[dict[str, Any], Contents] | None:
    """Write all files of a release; None if it says what the current one says."""
    gathered, accept, processes, writing = what
    made = writing(folder, built)
    is_patched = made.changed is not None
    with looking_through(folder, made.reports, is_patched=is_patched, early=made.early):
        found = _describe(root, registry, folder, built, (made, accept, processes))
    if found is None:
        return None
    made.told.register.enter(gathered, str(found[0]["release"]))
    return found


def _describe(
    root: DataRoot,
    registry: Registry,
    folder: Path,
    built: datetime,
    what: tuple[Written, str, int],
) -> tuple[dict[str, Any], Contents] | None:
    """Write what a release has beside its databases, if it says something new."""
    made, accept, processes = what
    before = root.current.resolve() if is_whole(root) else None
    with ThreadPoolExecutor(1) as beside:
        summed = beside.submit(totals, folder, before, made.changed)
        accepted = check(folder, made.counts, before, accept, made.changed)
    identity = Identity(folder, made.digests)
    if before and identity.is_of(current_manifest(root)):
        return None
    left = was_left(root, identity)
    if left:
        log.warning("what was built is release %s, which was rolled back; it stays out", left)
        return None
    manifest = {
        "release": f"{built:%Y%m%d-%H%M%S}-{identity.digests.hash[:8]}",
        **identity.said,
        "reader": reader_version(),
        "builder": builder_version(),
        "built_at": built.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "registry": registry.name,
        "fiction": registry.fiction,
        "before": before.name if before else None,
        "counts": made.counts,
        "totals": summed.result(),
        **({"accepted": {"reason": accept, "what": accepted}} if accepted else {}),
    }
    contents = made.contents or Contents.of_all(identity.digests.parts)
    known = write_files(folder, manifest, before, contents, processes, made.early)
    write_json(folder / "manifest.json", manifest)
    write_sums(folder, known)
    return manifest, contents


def _publish(root: DataRoot, folder: Path, manifest: dict[str, Any]) -> None:
    """Make a complete folder the current release."""
    with step("sync"):
        for path in sorted(folder.rglob("*")):
            sync(path)
        sync(folder)
    final = _left_over(root, manifest)
    if final is None:
        final = root.releases / str(manifest["release"])
        shutil.rmtree(final, ignore_errors=True)  # the same second, the same content
        folder.rename(final)
        sync(root.releases)
    switch(root, final.name)


def _left_over(root: DataRoot, manifest: dict[str, Any]) -> Path | None:
    """A release that a kill left behind, renamed but not current; one that is damaged goes.

    It says the same and was to follow the same release. Of the same content alone may be
    an old one, too, which tells other changes and was accepted for other reasons.
    """
    for folder in folders(root):
        found = manifest_of(folder)
        if any(found.get(n, "") != manifest[n] for n in ("content_hash", "schema", "before")):
            continue
        try:
            verify(folder)
        except ReleaseDamaged as error:
            if folder.name not in tags_of(root).values():
                log.warning("a damaged release of the same content is written anew: %s", error)
                remove(folder)
        else:
            return folder
    return None


def _tidy(root: DataRoot) -> None:
    """Do what follows the switch; whatever fails here, the new release is current."""
    for work in (forget, prune):
        try:
            work(root)
        except (OSError, ReleaseRefused) as error:
            log.warning("the new release is current, but not all was tidied up: %s", error)


@contextlib.contextmanager
def _errors_named(root: DataRoot) -> Iterator[None]:
    """Say of a full disk and of a damaged current release what to do; faults show."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise _no_room(root, error.strerror or str(error)) from error
    except (sqlite3.DatabaseError, zlib.error) as error:
        if isinstance(error, sqlite3.DatabaseError) and shut(root.releases, error):
            raise _no_room(root, str(error)) from error
        _require_sound_current(root, error)
        raise


def _no_room(root: DataRoot, why: str) -> WriteFailed:
    return WriteFailed(
        f"{root.releases} takes no release ({why}); make room, or let this user write there, "
        "then build again: the current release stays as it is"
    )


def _require_sound_current(root: DataRoot, error: Exception) -> None:
    """Refuse to publish if it is the current release that cannot be read."""
    folder = root.current.resolve()
    try:
        verify(folder)
    except ReleaseDamaged:
        raise ReleaseRefused(
            f"the current release cannot be read ({error}), so nobody can tell what a new one "
            f"would lose; restore {folder} from a backup, or move it away and build again "
            "(`python -m archive rollback` goes back to the release before)"
        ) from error
