"""The audited release, found again by its content, and its sample, drawn again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from ..errors import AuditRefused
from ..manifest import FILES, reading, require_schema
from ..release.shelf import folders, manifest_of
from ..root import DataRoot
from .draw import Sample, draw
from .kit import Kit, kit_of


@contextlib.contextmanager
def audited(root: DataRoot, kit: Kit) -> Iterator[tuple[Sample, sqlite3.Connection]]:
    """The sample of an audit, and the nianbao.db that it was drawn from.

    Args:
        root: The data root that holds the release.
        kit: The audit.

    Raises:
        AuditRefused: The root has no release of that content by now, or what its seed draws is
            not what the folder says: documents were left out, added, or are others.
        ReleaseMissing: The release has tables that this program does not read.
    """
    root.require()
    for folder in reversed(folders(root)):
        manifest = manifest_of(folder)
        if manifest.get("content_hash") != kit.content_hash:
            continue
        require_schema(folder)
        with reading(folder / FILES[0]) as nianbao:
            sample = draw(nianbao, manifest, kit.seed, kit.size)
            if kit_of(sample, kit.size, kit.folder).documents != kit.documents:
                raise AuditRefused(
                    f"{kit.folder} holds other documents than seed {kit.seed} draws from release "
                    f"{folder.name}: none may be left out or added; restore its sample.json, or "
                    "use the program that drew it"
                )
            yield sample, nianbao
            return
    raise AuditRefused(
        f"{root.releases} holds no release of the audited content {kit.content_hash} (it was "
        f"{kit.release}); give the data root that it was drawn from, or restore that release"
    )
