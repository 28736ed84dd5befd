"""Names of files in a backup: which ones a list of digests may hold.

A list may come from a disk that others had in their hands, and what it names is written to:
each name must stay within its folder, and must be one line of the list and no more.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from ..errors import RecordDamaged

_RELEASE = re.compile(r"\w[\w.-]*", re.ASCII)
#: Files of a data root that have no folder of their own kind.
_SINGLE = {
    "ids.jsonl", "deletions.jsonl", "root.json", "releases/tags.json", "releases/dois.json",
    "releases/departed.jsonl", "releases/removed.jsonl", "operator.toml", "warcs.json",
}  # fmt: skip


def why_not(name: str) -> str | None:
    """Why a name cannot be in a list, or None if it can.

    >>> why_not("warc/a.warc.gz"), why_not("warc/../b"), why_not("/etc/passwd")
    (None, 'leads out of its folder', 'leads out of its folder')
    >>> why_not("curation/a" + chr(10))
    'holds a control character, a backslash or bytes that are no UTF-8'
    """
    if any(part in ("", ".", "..") for part in name.split("/")):
        return "leads out of its folder"
    # Cc: control characters, of which sha256sum escapes some; Cs: bytes that are no UTF-8.
    if "\\" in name or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        return "holds a control character, a backslash or bytes that are no UTF-8"
    return None


def is_release(name: object) -> bool:
    """Whether this can be a release's folder.

    >>> is_release("20260101-000000-0123abcd"), is_release("../x"), is_release("current")
    (True, False, False)
    """
    return isinstance(name, str) and bool(_RELEASE.fullmatch(name)) and name != "current"


def is_of_a_root(name: str) -> bool:
    """Whether a backup holds files of such a name, and a restore may write them.

    >>> is_of_a_root("warc/a.warc.gz"), is_of_a_root("ledger.db"), is_of_a_root("warc/a/b")
    (True, False, False)
    """
    top, *rest = name.split("/")
    if top == "releases" and len(rest) > 1:
        return is_release(rest[0])
    return (
        name in _SINGLE
        or (top == "warc" and len(rest) == 1)
        or (top in ("registry", "curation") and bool(rest))
    )


def no_links(folder: Path, name: str) -> None:
    """Make sure that a name leads to nothing but a file of the folder.

    Raises:
        RecordDamaged: It, or a folder on the way to it, is a symbolic link.
    """
    path = folder
    for part in name.split("/"):
        path /= part
        if path.is_symlink():
            raise RecordDamaged(
                f"{path} is a symbolic link, and a backup has none; put what it leads to there"
            )
