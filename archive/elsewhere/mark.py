"""The mark of a place, `root.json` beside the WARC files: whose they are, and that it is there.

A disk that is not mounted leaves an empty folder, and an address of folders that is gone lists no
files: neither may be taken for a place that has lost its files. `offload` marks a place before the
root remembers it, and `recall` forgets it before the mark goes. So a remembered place without the
mark of its root is away, and nothing is known of what lies there.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from ..errors import StoreUnreachable
from .place import Place, has_folders, is_address

#: Says at a place whose files lie there, and in a root whose it is.
MARK = "root.json"


def parse(data: bytes | str) -> tuple[str, bool]:
    """The registry that a mark names, and whether it is fiction.

    Raises:
        ValueError: It is no mark.
    """
    try:
        said = json.loads(data)
        name, fiction = said["registry"], said["fiction"]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{error!r}") from error
    if not isinstance(name, str) or not isinstance(fiction, bool):
        raise ValueError("registry must be a text, fiction true or false")
    return name, fiction


def require_marked(place: Place, root: Path) -> None:
    """See that a place which a root remembers is there: that it bears the root's mark.

    Args:
        place: The place.
        root: The data root, or the part of one.

    Raises:
        StoreUnreachable: It is away, or does not answer.
    """
    own = None
    with contextlib.suppress(OSError, ValueError):  # whose root it is, others ask and say
        own = parse((root / MARK).read_bytes())
    try:
        found = parse(place.small(MARK))
    except FileNotFoundError:
        raise away(place, root) from None
    except ValueError as error:
        raise StoreUnreachable(
            f"{place.address}/{MARK} is no mark of an archive ({error}), so nobody can say whose "
            f"files lie there; see that this is the disk or the address of {root}"
        ) from error
    if own is not None and found != own:
        raise StoreUnreachable(
            f"{place.address} bears the mark of registry “{found[0]}” and {root} is of "
            f"“{own[0]}”: another disk is mounted there, or the address leads elsewhere; mount "
            "the right one, then call this again"
        )


def away(place: Place, root: Path) -> StoreUnreachable:
    """What to say of a remembered place without its mark."""
    on_disk = not is_address(place.address) or has_folders(place.address)
    what = "mount its disk" if on_disk else "see that the address is right, and the store whole"
    return StoreUnreachable(
        f"{place.address}, where WARC files of {root} lie, is away: there is no {MARK}, which "
        f"marks it; {what}, then call this again. Nothing was changed"
    )
