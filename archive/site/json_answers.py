"""How pages for programs answer: JSON with its release, addresses with their host.

A number is a number, what is not there is null, never 0 and never "". Keys are only added: a
program that reads one today reads it with the next release. `docs/api.md` describes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from datasette import Response

from archive.site import past, tombstones
from archive.site.answers import ask
from archive.site.links import absolute
from archive.site.release import RELEASES, Release

_JSON = "application/json; charset=utf-8"


class Site:
    """Addresses and answers of one request."""

    def __init__(self, datasette: Any, request: Any) -> None:
        self._datasette = datasette
        self._request = request
        self.release: Release = RELEASES[datasette]

    def absolute(self, path: str) -> str:
        """An address with host."""
        return absolute(self._datasette, self._request, path)

    def to(self, kind: str, identity: object, end: str = "") -> str:
        """The address of a report, a version or an agency."""
        return self.absolute(f"/{kind}/{quote(str(identity), safe='')}{end}")

    def answer(self, body: Mapping[str, Any]) -> Response:
        """A body as JSON, with the release that it comes from."""
        whole = {"release": self.release.name, "fiction": self.release.fiction, **body}
        ttl = self._datasette.setting("default_cache_ttl")
        return _json(whole, headers={"Cache-Control": f"max-age={ttl}"})


def _json(body: Mapping[str, Any], status: int = 200, **more: Any) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=status, content_type=_JSON, **more)


async def unknown(datasette: Any, request: Any, kind: str, message: str) -> Response:
    """An id that the release does not have: it leads to another, is withheld, or is nobody's."""
    identity = request.url_vars["id"]
    new_id = await ask(datasette, lambda conn: past.moved(conn, identity))
    tomb = await tombstones.at(datasette, identity) if new_id is None else None
    if tomb is not None:
        said = {"error": tombstones.MESSAGE, "withheld": tomb.told, "report_id": tomb.report_id}
        return _json({"ok": False, "status": tombstones.STATUS, **said}, tombstones.STATUS)
    if new_id is None:
        return _json({"ok": False, "status": 404, "error": message}, 404)
    query = f"?{request.query_string}" if request.query_string else ""
    path = datasette.urls.path(f"/{kind}/{quote(new_id, safe='')}.json")
    return Response("", status=308, headers={"Location": f"{path}{query}"})


def picked(row: Mapping[str, object], names: Sequence[str]) -> dict[str, object]:
    """Some columns of a row; those that it lacks are null."""
    return {name: row.get(name) for name in names}
