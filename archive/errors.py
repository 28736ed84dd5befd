"""What archiving and publishing can fail with. Messages say what, where, what to do."""

from __future__ import annotations


class ArchiveError(Exception):
    """Base of all errors that a command reports in one line, with exit status 1."""


class RootRefused(ArchiveError):
    """A data root belongs to another registry, or is no data root. Raised by `DataRoot`."""


class RootBusy(ArchiveError):
    """Another run or build holds the root's lock; the message names it."""


class WriteFailed(ArchiveError):
    """The disk did not take a capture, whose request has failed, or a file that was asked for."""


class RecordDamaged(ArchiveError):
    """A WARC record is not where the ledger says, or its bytes do not match its digest."""


class StoreUnreachable(ArchiveError):
    """A place of WARC files beside the root does not answer, or does not allow it.

    Nothing is known to be damaged: what was asked for may be whole, and be read later.
    """


class DatabaseDamaged(ArchiveError):
    """A SQLite file of the root cannot be read; the message says how to get it back."""


class ReleaseMissing(ArchiveError):
    """The root has no current release yet; `make build` makes one."""


class ReleaseRefused(ArchiveError):
    """A new release did not pass its checks; the old one stays current."""


class ReleaseDamaged(ArchiveError):
    """A release on disk is not as it was published; the message names the files."""


class SelectionRefused(ArchiveError):
    """What is to be exported names nothing of the release; the message says what there is."""


class CurationRefused(ArchiveError):
    """A decision by hand is not as it must be; the message names the file and the entry."""


class AuditRefused(ArchiveError):
    """An audit is not complete, or a file of it is not as it must be; the message says which."""


class WorkerDied(ArchiveError):
    """A process that worked for a command ended before its work did."""


class SwitchFailed(ArchiveError):
    """The site of a new release did not come up, or the proxy was not told; the old one serves."""


class ExtraMissing(ArchiveError):
    """What was asked for needs the extra `[cluster]`, which is not installed here."""

    def __init__(self, what: str, package: str) -> None:
        """Say what needs which package, and how to install it."""
        super().__init__(
            f"{what}: that needs {package}, which is not installed; call `make cluster-deps` "
            "(the extra [cluster] of pyproject.toml), here and on each machine that takes part"
        )


class ClusterFailed(ArchiveError):
    """A cluster cannot be reached, or its workers cannot do the work; the message says why."""
