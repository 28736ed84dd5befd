"""Which archived document a person is to enter."""

from __future__ import annotations

from ..bodies import Body, bodies
from ..errors import CurationRefused, ReleaseMissing
from ..ledger import Ledger
from ..manifest import FILES, is_whole, reading
from ..readings import Readings
from ..root import DataRoot
from .entered import by_machine

_SOURCES = """
SELECT s.url, s.sha256 FROM sources s JOIN reports r USING (version_id) WHERE r.report_id = ?"""


def document_of(root: DataRoot, sha256: str = "", report: str = "") -> Body:
    """The archived document that a digest or a report names.

    Args:
        root: The data root.
        sha256: Digest of a body; or "".
        report: Id of a report, if no digest is given: its file, or its page if it has none.

    Raises:
        CurationRefused: There is no such document, several may be meant, or the machine
            reads it already.
        ReleaseMissing: A report is named, and there is no release.
    """
    root.require()
    ledger = Ledger(root.ledger, read_only=True)
    try:
        known: dict[str, Body] = {}
        for body in bodies(ledger):
            known.setdefault(body.capture["sha256"], body)
    finally:
        ledger.close()
    if not sha256:
        sha256 = _only(_files(root, report, list(known.values())), report)
    if sha256 not in known:
        raise CurationRefused(
            f"no document with the digest {sha256} is archived here; "
            "table sources of a release has the digests"
        )
    readings = Readings(root.readings)
    try:
        said = readings.get(sha256)
    finally:
        readings.close()
    if said is not None and by_machine(said):
        raise CurationRefused(
            f"{known[sha256].url} is read by the machine; correct single figures of it instead "
            "(docs/corrections.md)"
        )
    return known[sha256]


def _files(root: DataRoot, report: str, found: list[Body]) -> list[Body]:
    """The files of a report's pages; its pages if there are none."""
    if not is_whole(root):
        raise ReleaseMissing(f"{root.path} has no release to look {report} up in; give --sha256")
    with reading(root.current / FILES[0]) as db:
        rows = db.execute(_SOURCES, (report,)).fetchall()
    urls, digests = {url for url, _ in rows}, {sha256 for _, sha256 in rows}
    mine = [body for body in found if body.url in urls and body.capture["sha256"] in digests]
    files = [b for b in found if b.is_attachment and (b in mine or b.capture["parent"] in urls)]
    return files or mine


def _only(found: list[Body], report: str) -> str:
    digests: dict[str, str] = {body.capture["sha256"]: body.url for body in found}
    if not digests:
        raise CurationRefused(f"there is no report {report} here; table reports has the ids")
    if len(digests) > 1:
        named = "; ".join(f"{sha256} {url}" for sha256, url in sorted(digests.items()))
        raise CurationRefused(f"{report} has several documents, so give --sha256: {named}")
    return digests.popitem()[0]
