"""Who may see what: everybody all of the release, nobody anything else.

Nobody logs in here, and no rule is in the metadata. Datasette would look for rules all the same,
a few times a page, each time in a deep copy of the descriptions of all columns (10 ms).
"""

from __future__ import annotations

from typing import Any

#: What a visitor may do with the databases of the release.
_PUBLIC = frozenset(
    ("view-instance", "view-database", "view-database-download", "view-table", "view-query")
)
#: Datasette's own database, of what the others hold.
INTERNAL = "_internal"


def open_to_all(datasette: Any) -> None:
    """Answer the questions for permission of a Datasette object."""

    async def allowed(
        actor: object, action: str, resource: object = None, default: object = False
    ) -> bool:
        database = resource[0] if isinstance(resource, (tuple, list)) else resource
        if database == INTERNAL:
            return False
        if action == "execute-sql":
            return bool(datasette.setting("default_allow_sql"))
        return action in _PUBLIC

    datasette.permission_allowed = allowed
