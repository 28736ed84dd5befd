"""`backup`: what cannot be made again, copied to another disk and proven there.

The data root is only read, so a crawl or build may be at work in it. The order matters:
releases first, then WARCs, then `ids.jsonl`, so that what is copied of one refers to what
is copied of the next; the little that a crawl or build adds meanwhile comes next time.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ..curation import OF_ROOT
from ..deletion.log import FILE as DELETIONS
from ..deletion.log import Deletion, entries, leads, require_ended
from ..elsewhere.remembered import FILE as ELSEWHERE
from ..errors import RecordDamaged, RootRefused, StoreUnreachable
from ..parts.part import parts_of
from ..register import FILE as IDS
from ..release.departed import NOTE as DEPARTED
from ..release.removing import REMOVED
from ..root import DataRoot, Registry
from ..warcfile import OPEN
from ..warcs import Lying
from .growth import require_grown, require_same, sound_dois, sound_tags, warcs_of
from .names import is_release, why_not
from .place import Place
from .sums import MANIFEST, SUMS, manifest_of, read_sums

#: Folder of releases in a data root and in a backup.
_RELEASES = "releases"
_TAGS = "releases/tags.json"
#: Whether originals are public, and who answers for them.
_OPERATOR = "operator.toml"
_DOIS = "releases/dois.json"
#: What is only ever appended to: ids, deletions, releases that are gone and why.
_GROWING = (IDS, DELETIONS, f"{_RELEASES}/{DEPARTED}", f"{_RELEASES}/{REMOVED}")


@dataclass(slots=True)
class Backed:
    """What a backup did.

    Attributes:
        copied: How many files were copied.
        size: How many bytes these have.
        present: How many were there already.
        left_open: WARC files that are still written, or that a killed run left: next time.
        unmerged: Parts of a crawl in shards, which become the root's when they are merged.
        wrong: What is not as it should be, one sentence each.
    """

    copied: int = 0
    size: int = 0
    present: int = 0
    left_open: list[str] = field(default_factory=list)
    unmerged: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def backup(
    root: DataRoot,
    to: Path,
    registry_file: Path | None = None,
    curation: Path | None = None,
    *,
    verify: bool = False,
) -> Backed:
    """Bring a backup up to date.

    Args:
        root: The data root; it is only read.
        to: The backup's folder, which must exist.
        registry_file: The registry's file, or None to leave it out.
        curation: The folder of decisions by hand, or None to leave it out.
        verify: Read all that the backup holds, too, and copy again what is damaged there.

    Returns:
        What was copied, and what is wrong with the root or was with the backup. A damaged
        file of the root never takes the place of the backup's.

    Raises:
        RootRefused: The root, the backup's folder or the registry's file is not what it must
            be, a deletion in the root has not ended, or the backup was made from another root
            or a later state of this one.
        RootBusy: Another backup into the folder is at work.
        WriteFailed: The folder takes no more; what was copied is kept.
    """
    registry = root.require()
    require_ended(root.path)
    log = entries(root.path)
    _apart(root.path, to)
    if registry_file is not None:
        _belongs(registry_file, registry)
    place = Place(to)
    with place.opened(registry) as last:
        require_same(root, place)
        work = _Work(root, place, log)
        if verify:
            work.done.wrong += place.damaged()
        tagged = {*last.get("tagged", ()), *work.tags().values()}
        current = work.releases(tagged, last.get("current"))
        work.warcs()
        work.done.unmerged = [str(part.path) for part in parts_of(root)]
        state = work.state(registry_file, curation)
        if entries(root.path) != log:
            what = "something was deleted while it was backed up; back up again"
            work.done.wrong.append(f"{root.path / DELETIONS}: {what}")
        state += _not_given(last.get("state", ()), registry_file, curation)
        note = {
            "registry": registry.name,
            "fiction": registry.fiction,
            "made_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "current": current,
            "tagged": sorted(name for name in tagged if place.has_release(name)),
            "own_curation": _is_own(root, curation, last),
            "state": sorted(name for name in state if name in place.sums),
            "left_open": work.done.left_open,
            "unmerged": len(work.done.unmerged),
        }
        held = (to / _RELEASES).glob("*/")
        needed = {*tagged, current}
        # A root that has lost something may not be the one to say what is not needed any more.
        aged = [path.name for path in held if path.name not in needed and not work.lost]
        place.commit(note, {f"{_RELEASES}/{name}/" for name in aged})
        return work.done


class _Work:
    """One backup at work."""

    def __init__(self, root: DataRoot, place: Place, log: list[Deletion]) -> None:
        self.root, self.place, self.done = root, place, Backed()
        #: Deletions, the only reason for which a closed WARC file may have changed.
        self._log = log
        #: Whether the root has lost a file.
        self.lost = False

    def tags(self) -> dict[str, str]:
        """Tag → release; where the file is damaged, what the last backup knew is to do."""
        try:
            return sound_tags(self.root)
        except RecordDamaged:
            return {}  # `state` says it

    def releases(self, tagged: set[str], last: str | None) -> str | None:
        """Keep the tagged releases and the current one; returns the latter's name."""
        current = self.root.current.resolve().name if self.root.current.exists() else None
        if current is not None and not is_release(current):
            current = None
        whole = {name: self._is_kept(name) for name in sorted({*tagged, *filter(None, [current])})}
        return current if current and whole[current] else last

    def _is_kept(self, name: str) -> bool:
        """Keep a release that must be there; whether all of it is in the backup now."""
        if (self.root.releases / name).is_dir():
            return self._release(name)
        self._lost(f"{_RELEASES}/{name}")
        return False

    def _release(self, name: str) -> bool:
        """Keep a release; whether all of it is in the backup now."""
        folder, good = self.root.releases / name, True
        try:
            sums = read_sums(folder / SUMS)
        except RecordDamaged as error:
            self.done.wrong.append(str(error))
            return False
        files = {
            path.relative_to(folder).as_posix(): path
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        for inside in sorted({*sums} - {*files}):
            self._lost(f"{_RELEASES}/{name}/{inside}")
            good = False
        for inside, path in files.items():
            if sums and inside != SUMS and inside not in sums:
                self.done.wrong.append(f"{path} is not in the {SUMS} beside it; not copied")
                good = False
                continue
            good &= self._keep(f"{_RELEASES}/{name}/{inside}", path, sums.get(inside))
        return good

    def warcs(self) -> None:
        """Keep every closed WARC file, its manifest after it."""
        files = sorted(self.root.warc.glob("*.warc.gz"))
        self.done.left_open = sorted(
            path.name.removesuffix(OPEN) for path in self.root.warc.glob(f"*{OPEN}")
        )
        with click.progressbar(
            length=sum(path.stat().st_size for path in files), label="backup", file=sys.stderr
        ) as bar:
            for path in files:
                self._warc(path)
                bar.update(path.stat().st_size)
        here = {path.name for path in files} | self._elsewhere()
        for name in warcs_of(self.place):
            if name.removesuffix(MANIFEST) not in here and not (self.root.warc / name).exists():
                self._lost(f"warc/{name}")

    def _elsewhere(self) -> set[str]:
        """Keep the files that lie in other places of the root; their names.

        One that the backup has already is not fetched again: the root's own manifest tells.
        """
        warcs = self.root.warcs
        if not warcs.elsewhere:
            return set()
        try:
            lying = warcs.others()
        except StoreUnreachable as error:
            self.lost = True
            self.done.wrong.append(f"{error}; of its WARC files nothing was copied this time")
            signs = self.root.warc.glob(f"*{MANIFEST}")
            return {path.name.removesuffix(MANIFEST) for path in signs}
        total = sum(each.size for each in lying.values())
        with click.progressbar(length=total, label="backup, elsewhere", file=sys.stderr) as bar:
            for name, each in lying.items():
                self._warc(self.root.warc / name, each)
                bar.update(each.size)
        return {*lying}

    def _warc(self, path: Path, lying: Lying | None = None) -> None:
        """Keep a file and its manifest.

        Args:
            path: The file, or where it would be.
            lying: Where it is, if that is another place.
        """
        beside = path.with_name(f"{path.name}{MANIFEST}")
        try:
            expected = manifest_of(path)
            changed = expected is not None and self._is_deleted_from(path.name, expected)
        except RecordDamaged as error:
            self.done.wrong.append(f"{error}; not copied: see archive fsck")
            return
        if lying is not None and expected is None:
            self.done.wrong.append(
                f"{lying} has no manifest in {path.parent}; not copied: archive reindex writes "
                "one, if the file is whole"
            )
            return
        kept = self._keep(f"warc/{path.name}", lying or path, expected, changed=changed)
        if kept and expected is not None:
            self._keep(f"warc/{beside.name}", beside, None, changed=changed)

    def _is_deleted_from(self, name: str, expected: str) -> bool:
        """Whether the backup's file is this one before a deletion."""
        known = self.place.digest_of(f"warc/{name}")
        return known is not None and leads(self._log, name, known, expected)

    def state(self, registry_file: Path | None, curation: Path | None) -> list[str]:
        """Stage what changes: ids, tags, the root's mark, registry, curation."""
        staged = []
        for name, path in self._changing(registry_file, curation):
            try:
                self._may_take(name, path)
                self._count(name, copied=self.place.stage(name, path))
            except RecordDamaged as error:
                self.done.wrong.append(str(error))
            staged.append(name)
        return staged

    def _changing(
        self, registry_file: Path | None, curation: Path | None
    ) -> Iterator[tuple[str, Path]]:
        yield "root.json", self.root.path / "root.json"
        if (self.root.path / ELSEWHERE).exists():
            yield ELSEWHERE, self.root.path / ELSEWHERE
        else:  # all files were brought home, which loses nothing
            self.place.sums.pop(ELSEWHERE, None)
        for name in (*_GROWING, _TAGS, _DOIS, _OPERATOR):
            if (self.root.path / name).exists():
                yield name, self.root.path / name
            elif name in self.place.sums:
                self._lost(name)
        if registry_file is not None:
            yield f"registry/{registry_file.name}", registry_file
        if curation is not None:
            for path in sorted(path for path in curation.rglob("*") if path.is_file()):
                yield f"curation/{path.relative_to(curation).as_posix()}", path

    def _may_take(self, name: str, path: Path) -> None:
        """Refuse a state that is damaged; one that the backup has lost has nothing to lose."""
        why = why_not(name)
        if why:
            raise RecordDamaged(f"{str(path)!r} is not in the backup: its name {why}; rename it")
        if name in _GROWING:
            rotten = self.place.is_rotten(name)
            require_grown(path, None if rotten else self.place.find(name))
        if name == _TAGS:
            sound_tags(self.root)
        if name == _DOIS:
            sound_dois(self.root)

    def _lost(self, name: str) -> None:
        self.lost = True
        there = self.place.path / name
        has_it = f"{there} has it: copy it back" if there.exists() else "no backup has it"
        self.done.wrong.append(f"{self.root.path / name} is lost; {has_it}")

    def _keep(
        self, name: str, path: Path | Lying, expected: str | None, *, changed: bool = False
    ) -> bool:
        """Keep a file; a damaged one is named, and the others go on."""
        why = why_not(name)
        if why:
            self.done.wrong.append(f"{str(path)!r} is not in the backup: its name {why}")
            return False
        try:
            have = self.place.stage if changed else self.place.keep
            copied = have(name, path, expected)
        except (RecordDamaged, StoreUnreachable) as error:
            self.done.wrong.append(str(error))
            return False
        self._count(name, copied=copied)
        return True

    def _count(self, name: str, *, copied: bool) -> None:
        if copied:
            self.done.copied += 1
            self.done.size += self.place.find(name).stat().st_size
        else:
            self.done.present += 1


def _apart(root: Path, to: Path) -> None:
    """A backup within what it is of is lost with it."""
    first, second = root.resolve(), to.resolve()
    if first == second or first in second.parents or second in first.parents:
        raise RootRefused(f"{to} and {root} lie within one another; back up to another disk")


def _not_given(last: Iterable[str], registry_file: Path | None, curation: Path | None) -> list[str]:
    """What the backup holds of registry and curation where these are left out this time."""
    left_out = [("registry/", registry_file), ("curation/", curation)]
    folders = tuple(folder for folder, given in left_out if given is None)
    return [name for name in last if name.startswith(folders)]


def _is_own(root: DataRoot, curation: Path | None, last: Mapping[str, Any]) -> bool:
    """Whether the decisions that a backup holds are the root's own, and belong into it again."""
    if curation is None:
        return bool(last.get("own_curation"))
    return curation.resolve() == (root.path / OF_ROOT).resolve()


def _belongs(path: Path, registry: Registry) -> None:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        found = Registry(data["name"], bool(data["fiction"]))
    except (OSError, ValueError, KeyError) as error:
        raise RootRefused(f"{path} cannot be read as a registry: {error}") from error
    if found != registry:
        raise RootRefused(
            f"{path} is registry “{found.name}”, the data root belongs to “{registry.name}”; "
            "give its own with --registry"
        )
