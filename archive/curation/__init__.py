"""What people decided by hand: the folder `curation/`, of the project or of one data root."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from ..audit.published import Audit
from ..corrections.correction import Corrections
from ..decisions import NONE, Decisions
from ..errors import CurationRefused
from ..withholding.decision import Withheld
from .agencies import FILE, read_agencies
from .audits import read_audits
from .corrections import read_corrections
from .strict import require_known
from .withheld import FILE as WITHHELD
from .withheld import read_withheld

#: The decisions that the project keeps, in its own folder.
FOLDER = Path(__file__).resolve().parent.parent.parent / "curation"
#: A data root that has this folder goes by it alone: so do invented portals.
OF_ROOT = "curation"

__all__ = ["FILE", "FOLDER", "Curation", "folder_of", "load", "load_all"]


@dataclass(frozen=True, slots=True)
class Curation:
    """All that people decided by hand.

    Attributes:
        agencies: Whose a printed name is, and who took over.
        corrections: What is printed where the machine read otherwise, or nothing.
        withheld: What is not shown.
        audits: Results of audits by sample, newest last.
    """

    agencies: Decisions = NONE
    corrections: Corrections = field(default_factory=Corrections)
    withheld: Withheld = field(default_factory=Withheld)
    audits: tuple[Audit, ...] = ()

    def digest(self) -> str:
        """What tells these decisions from others: reasons are part of a release, too."""
        told = (self.agencies.digest(), self.corrections.digest(), self.withheld.digest())
        return hashlib.sha256(" ".join((*told, repr(self.audits))).encode()).hexdigest()


def folder_of(root: Path, given: Path | None = None) -> Path:
    """The folder of decisions that holds for a data root.

    Args:
        root: The data root's folder.
        given: A folder that was asked for; it goes before all others.

    Raises:
        CurationRefused: The folder that was asked for is none, or the root's own leads nowhere
            or holds a file that nobody would read.
    """
    if given is not None:
        if not given.is_dir():
            raise CurationRefused(f"{given} is no folder; give the one that holds {FILE}")
        return given
    own = root / OF_ROOT
    require_known(own, (FILE, WITHHELD))
    return own if own.is_dir() else FOLDER


def load(folder: Path | None = None, *, fiction: bool = False) -> Decisions:
    """The decisions about agencies of a folder, the project's own if None.

    Raises:
        CurationRefused: The folder is none, or a decision is not as it must be.
    """
    if folder is not None and not folder.is_dir():
        raise CurationRefused(f"{folder} is no folder; give the one that holds {FILE}")
    return read_agencies(folder or FOLDER, fiction=fiction)


def load_all(folder: Path, *, fiction: bool = False) -> Curation:
    """All decisions of a folder.

    Args:
        folder: From `folder_of`.
        fiction: Whether they are for a root of invented regions.

    Raises:
        CurationRefused: A file cannot be read, or an entry is not as it must be.
    """
    require_known(folder, (FILE, WITHHELD))
    return Curation(
        read_agencies(folder, fiction=fiction),
        read_corrections(folder),
        read_withheld(folder),
        read_audits(folder),
    )
