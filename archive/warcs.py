"""Where the WARC files of a data root lie: its own `warc/`, and other places behind it.

A place is a folder or an address that fsspec understands (`s3://bucket/nianbao/warc`). The root's
own folder comes first: files are written there alone. What is closed may be moved to another
place (`python -m archive offload`); the ledger names files, not places, so nothing else changes.
The manifest of a file that was moved stays in the root: what the store gives back is compared
with what the archive wrote, not with what the store says.
fsspec is asked for only when such an address is used: it comes with the extra `[cluster]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from . import manifests
from .elsewhere.folder import FolderPlace
from .elsewhere.mark import MARK, away, require_marked
from .elsewhere.place import PATIENCE, Place, place_of
from .elsewhere.remembered import remembered
from .errors import RecordDamaged
from .warcfile import OPEN

_WARC = ".warc.gz"


@dataclass(frozen=True, slots=True)
class Lying:
    """A closed WARC file in another place than the root's own folder.

    Attributes:
        name: Its name.
        address: The place.
        size: Its bytes.
        manifest: Whether its manifest lies beside it.
    """

    name: str
    address: str
    size: int
    manifest: bool

    def __str__(self) -> str:
        return f"{self.address}/{self.name}"

    def open(self, *, ahead: bool = True) -> BinaryIO:
        """The file, to be read from its beginning to its end.

        Raises:
            RecordDamaged: It is not there any more.
            StoreUnreachable: Its place does not answer.
        """
        try:
            return place_of(self.address).open(self.name, ahead=ahead)
        except FileNotFoundError as error:
            raise RecordDamaged(f"{self} is missing; restore it from a backup") from error

    def told(self) -> str | None:
        """The SHA-256 that the manifest beside it says, or None without one.

        Raises:
            RecordDamaged: The manifest is none, or another file's.
            StoreUnreachable: Its place does not answer.
        """
        if not self.manifest:
            return None
        name = f"{self.name}{manifests.SUFFIX}"
        try:
            data = place_of(self.address).small(name)
        except FileNotFoundError:
            return None
        return manifests.parse(data, self.name, f"{self.address}/{name}")


@dataclass(frozen=True, slots=True)
class Warcs:
    """The places of a root's WARC files; small, and picklable: workers of a cluster get it.

    Attributes:
        folder: The root's own `warc/`, where files are written.
        elsewhere: Folders or fsspec addresses of folders, asked in this order for a file that is
            not in `folder`.
        patience: Seconds that one request to an address may take.
        whole: The `warc/` of the root of which this is a part, asked before them.
    """

    folder: Path
    elsewhere: tuple[str, ...] = ()
    patience: float = PATIENCE
    whole: Path | None = None

    def open(self, name: str, at: int = 0, length: int = 0) -> BinaryIO:
        """A WARC file by its final name, closed or still open, for reading at any offset.

        A read may give less than was asked for where the file lies at an address.

        Args:
            name: The file's final name.
            at: Where reading will begin.
            length: How many bytes are wanted there, as far as that is known: of a file at an
                address they are fetched at once, and no others.

        Raises:
            RecordDamaged: It is in none of the places.
            StoreUnreachable: Its place is away or does not answer.
            ExtraMissing: Its place is an address, and fsspec is not installed.
        """
        found = self._here(name)
        if found is not None:
            return found
        for place in self._places():
            try:
                return place.open(name, at, length)
            except FileNotFoundError:
                continue
        # Closed and so renamed, or brought home, while the places were asked.
        found = self._here(name)
        if found is not None:
            return found
        self._require_there()
        raise self._missing(name)

    def stream(self, name: str) -> BinaryIO:
        """A WARC file that will be read from its beginning to its end.

        Raises:
            RecordDamaged, StoreUnreachable, ExtraMissing: As for `open`.
        """
        found = self._here(name)
        if found is not None:
            return found
        for place in self._places():
            try:
                return place.open(name, ahead=True)
            except FileNotFoundError:
                continue
        found = self._here(name)  # as for `open`
        if found is not None:
            return found
        self._require_there()
        raise self._missing(name)

    def others(self) -> dict[str, Lying]:
        """Closed files that lie in other places and not in the root's own, by name.

        Raises:
            StoreUnreachable: A place is away or does not answer: nobody can say what it has.
            ExtraMissing: A place is an address, and fsspec is not installed.
        """
        here = {path.name for path in self.folder.glob(f"*{_WARC}")}
        found: dict[str, Lying] = {}
        for place in self._places():
            files = self._files(place)
            for name in sorted(files):
                if name.endswith(_WARC) and name not in here:
                    manifest = f"{name}{manifests.SUFFIX}" in files
                    found.setdefault(name, Lying(name, place.address, files[name], manifest))
        return found

    def copies(self, name: str) -> list[str]:
        """Other places that have a file of this name, whether or not the root has it, too.

        Raises:
            StoreUnreachable, ExtraMissing: As for `others`.
        """
        return [place.address for place in self._places() if name in self._files(place)]

    def told(self, name: str) -> str | None:
        """The SHA-256 that a file's manifest says: the root's own, else the one in its place.

        Raises:
            RecordDamaged: The manifest is none, or another file's.
            StoreUnreachable: The place does not answer.
        """
        said = manifests.told(self.folder / name)
        if said is not None:
            return said
        lying = self.others().get(name)
        return lying.told() if lying else None

    def _here(self, name: str) -> BinaryIO | None:
        for suffix in ("", OPEN):
            path = self.folder / f"{name}{suffix}"
            try:
                return path.open("rb")
            except FileNotFoundError:
                continue
            except OSError as error:
                raise RecordDamaged(f"{path} cannot be opened: {error.strerror}") from error
        return None

    def _places(self) -> Iterator[Place]:
        """The other places; those, too, that the root was given since this was made."""
        if self.whole is not None:
            yield FolderPlace(str(self.whole))
        for address in dict.fromkeys((*self.elsewhere, *remembered(self.folder.parent))):
            yield place_of(address, self.patience)

    def _files(self, place: Place) -> dict[str, int]:
        """What lies at a place that is there."""
        files = place.files()
        if not self._is_whole(place):
            if MARK not in files:
                raise away(place, self.folder.parent)
            require_marked(place, self.folder.parent)
        return files

    def _require_there(self) -> None:
        """See that no place is away: what it has, nobody may say to be lost."""
        for place in self._places():
            if not self._is_whole(place):
                require_marked(place, self.folder.parent)

    def _is_whole(self, place: Place) -> bool:
        """Whether a place is the own folder of the whole root, which bears no mark."""
        return self.whole is not None and place.address == str(self.whole)

    def _missing(self, name: str) -> RecordDamaged:
        places = dict.fromkeys((*self.elsewhere, *remembered(self.folder.parent)))
        more = f" and in none of {', '.join(places)}" if places else ""
        return RecordDamaged(f"{self.folder / name} is missing{more}; restore it from a backup")


def warcs_of(where: Path | Warcs) -> Warcs:
    """Places from a folder alone, as many callers name them."""
    return where if isinstance(where, Warcs) else Warcs(where)
