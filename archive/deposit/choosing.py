"""Which release may be deposited: whole, not fiction unless asked for, nothing withheld in it."""

from __future__ import annotations

from pathlib import Path

from ..errors import ReleaseRefused
from ..manifest import require_release, require_schema
from ..release.shelf import find, manifest_of
from ..release.sums import verify
from ..root import DataRoot
from ..withholding.kept import held


def choose(root: DataRoot, name: str | None, *, fiction: bool = False) -> Path:
    """The folder of the release that is to be deposited.

    What a repository has taken stays there for ever, so each reason to refuse is looked for
    first.

    Args:
        root: The data root.
        name: A release's name or tag; the current one if None.
        fiction: Whether one of invented data may go out, to practise.

    Raises:
        RootRefused: The folder is no data root.
        ReleaseMissing: There is no such release, or this program does not read its tables.
        ReleaseDamaged: It is not as it was published.
        ReleaseRefused: Its data are invented, or it holds what is withheld now.
    """
    root.require()
    folder = find(root, name) if name else require_release(root)
    verify(folder)
    require_schema(folder)
    if manifest_of(folder).get("fiction") and not fiction:
        raise ReleaseRefused(
            f"{folder.name} holds invented data, which belong in no repository; give --fiction to "
            "practise: each title says then that all of it is invented"
        )
    found = held(root, folder)
    if found:
        more = f" and {len(found) - 1} more" if found[1:] else ""
        raise ReleaseRefused(
            f"{folder.name} still holds what was withheld since it was built ({found[0].where}: "
            f"{found[0].entry.source}{more}); a repository would keep it for ever. Build a new "
            "release and deposit that; `python -m archive withheld` lists all of it"
        )
    return folder
