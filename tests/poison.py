"""A copy of a data root whose texts are hostile: whatever a page or a column can print.

The release is a built one; its names, titles, printed cells, chapters and addresses are changed
in its databases, so that each reaches every page that shows it, whichever way it came in.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

#: A mark that turns round what follows ends it: nothing after it may be turned.
TURN = "\u202e"
POISON = f"\"'><img src=x onerror=alert(7)><script>alert(8)</script>{{{{7*7}}}}{TURN}"
FORMULA = "=1+1"
LINK = "javascript:alert(9)//"
_NIANBAO = (
    "UPDATE agencies SET name = name || :poison, short_name = short_name || :poison,"
    " region_name = region_name || :poison",
    "INSERT INTO agency_names SELECT agency_id, name, '', 'printed', 'alias', 2021, 2021, :poison"
    " FROM agencies",
    "UPDATE _reports SET agency = agency || :poison",
    "UPDATE _versions SET title = :formula || title || :poison, title_end = NULL,"
    " title_derived = title_derived || :poison, signed = signed || :poison",
    "UPDATE _said SET printed = coalesce(printed, '') || :poison WHERE printed <> ''",
    "UPDATE unread SET list_title = list_title || :poison, detail = detail || :poison,"
    " url = :link || url",
    "UPDATE _words SET word = :link || word WHERE n IN (SELECT base FROM _versions)",
)
_TEXT = (
    "UPDATE chapters SET heading = heading || :poison, text = text || :poison",
    "UPDATE facts SET quote = quote || :poison, unit = unit || :poison",
)


def poisoned(root: Path, folder: Path) -> Path:
    """Copy a root's current release and archive into a folder, and poison the copy.

    Args:
        root: A data root with a release.
        folder: An empty folder, or none yet.
    """
    release = folder / "releases" / "r1"
    shutil.copytree(root / "releases" / "current", release)
    shutil.copytree(root / "warc", folder / "warc")
    (folder / "releases" / "current").symlink_to("r1")
    said = {"poison": POISON, "formula": FORMULA, "link": LINK}
    for name, statements in (("nianbao.db", _NIANBAO), ("text.db", _TEXT)):
        (release / name).chmod(0o644)
        with closing(sqlite3.connect(release / name)) as db, db:
            for statement in statements:
                changed = db.execute(statement, said).rowcount
                assert changed, statement
    return folder
