"""WACZ 1.1.1: pages, their records and an index in one file that browsers replay.

The same release, archive and selection give the same bytes: names are numbers, the dates
are the release's, and the ZIP's own are fixed.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import SelectionRefused
from ..ledger import Ledger
from ..records import own_version
from ..root import DataRoot
from ..withholding.records import concealed
from .captures import captures_of, starts
from .files import whole_file
from .sources import Source, of_portal, open_release, release_of, still_here
from .warcs import Copies, Resource, Written, copy, entry

_VERSION = "1.1.1"
#: Lines of the index in one gzip member, as py-wacz has them.
_BLOCK = 1024
_INDEX = "indexes/index.cdx.gz"
_FICTION = "（虚构数据，仅供演示）"


@dataclass(frozen=True, slots=True)
class Made:
    """What an export holds.

    Attributes:
        pages: Documents.
        captures: Captures in the index.
        posted: Captures of answers to POST, which are in no index.
        size: Bytes of the file.
        left_out: Records of captures that are left out because they are withheld.
    """

    pages: int
    captures: int
    posted: int
    size: int
    left_out: frozenset[str] = frozenset()


def export_portal(root: DataRoot, portal: str, year: int, out: Path) -> Made:
    """Write the documents that a portal gave for the reports of a year.

    Args:
        root: The data root.
        portal: The registry's key, or `import`.
        year: The reports' year.
        out: The file to write.

    Raises:
        RootRefused: The folder is no data root.
        ReleaseMissing: It has no release.
        SelectionRefused: The release has nothing of this portal and year.
        RecordDamaged: A record is not what the ledger says.
        WriteFailed: The disk did not take the file.
    """
    folder, manifest = release_of(root)
    with open_release(folder) as db:
        sources = still_here(root, of_portal(db, portal, year))
    title = f"{portal}：{year}年政府信息公开工作年度报告存档"
    return write_wacz(root, manifest, sources, title, out)


def write_wacz(
    root: DataRoot,
    manifest: Mapping[str, Any],
    sources: Sequence[Source],
    title: str,
    out: Path,
) -> Made:
    """Write documents, and what proves them, as a WACZ.

    Args:
        root: The data root.
        manifest: That of the release which the documents are of.
        sources: The documents.
        title: The collection's title, in Chinese.
        out: The file to write.

    Raises:
        RecordDamaged: A record is not what the ledger says.
        WriteFailed: The disk did not take the file.
    """
    title += _FICTION if manifest["fiction"] else ""
    ledger = Ledger(root.ledger, read_only=True)
    try:
        with ledger.snapshot():
            every = captures_of(ledger, sources)
            hidden = concealed(root, ledger)
            captures = [row for row in every if not hidden.hides(row)]
            before = starts(ledger, captures)
    finally:
        ledger.close()
    _require_any(sources, captures)
    about = {
        "date": manifest["built_at"],
        "isPartOf": f"nianbao release {manifest['release']}",
        "description": f"{title}; records copied unchanged from an archive",
    }
    with whole_file(out) as partial:
        with zipfile.ZipFile(partial, "w") as package:
            copies = copy(package, root.warcs, captures, before, about)
            files = [*copies.files, *_index(package, sorted(copies.lines))]
            pages = list(_pages(sources, copies))
            files.append(_page_list(package, title, pages))
            _describe(package, title, manifest, files)
        size = partial.stat().st_size
    left = frozenset(row["record_id"] for row in every if hidden.hides(row))
    return Made(len(pages), len(copies.lines), copies.posted, size, left)


def _require_any(sources: Sequence[Source], captures: Sequence[Mapping[str, Any]]) -> None:
    """Refuse an export all of whose documents are withheld: nothing of it could be shown."""
    left = {row["record_id"] for row in captures}
    if sources and not any(source.record_id in left for source in sources):
        raise SelectionRefused(
            "all originals of this selection are withheld, also where only words of their text "
            "are; see the table withheld"
        )


def _index(package: zipfile.ZipFile, lines: Sequence[bytes]) -> Iterator[Resource]:
    """The lines in blocks that are found by the first of each."""
    begins = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    with package.open(entry(_INDEX, stored=True), "w") as out:
        file = Written(_INDEX, out)
        for number in range(0, len(lines), _BLOCK):
            block = gzip.compress(b"".join(lines[number : number + _BLOCK]), mtime=0)
            key, stamp, _ = lines[number].decode("ascii").split(" ", 2)
            place = {
                "offset": file.write(block),
                "length": len(block),
                "digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
            }
            begins.append(f"{key} {stamp} {json.dumps(place)}\n")
    yield file.resource
    yield _text(package, "indexes/index.idx", "".join(begins))


def _pages(sources: Iterable[Source], copies: Copies) -> Iterator[dict[str, str]]:
    """One page a document that a replayer finds, in the order of the versions."""
    seen = set()
    for source in sources:
        if source.record_id not in seen and source.record_id in copies.targets:
            seen.add(source.record_id)
            url, date = copies.targets[source.record_id]
            yield {
                "id": page_id(source),
                "url": url,
                "ts": date,
                "title": source.title or source.url,
            }


def page_id(source: Source) -> str:
    """Id of a document's page in a WACZ: that of its record."""
    return source.record_id.strip("<>").removeprefix("urn:uuid:")


def _page_list(
    package: zipfile.ZipFile, title: str, pages: Iterable[Mapping[str, str]]
) -> Resource:
    head = {"format": "json-pages-1.0", "id": "pages", "title": title}
    rows = (json.dumps(row, ensure_ascii=False) + "\n" for row in itertools.chain([head], pages))
    return _text(package, "pages/pages.jsonl", "".join(rows))


def _describe(
    package: zipfile.ZipFile, title: str, manifest: Mapping[str, Any], files: Iterable[Resource]
) -> None:
    """The package's own description, and the digest of that."""
    described = {
        "profile": "data-package",
        "wacz_version": _VERSION,
        "title": title,
        "description": (
            f"nianbao 发布版 {manifest['release']} 所据网页与附件的原始记录；"
            "各记录从存档逐字节复制，未作改动。"
        ),
        "created": manifest["built_at"],
        "modified": manifest["built_at"],
        "software": f"nianbao {own_version()}",
        "resources": [
            {
                "name": file.path.rpartition("/")[2],
                "path": file.path,
                "hash": f"sha256:{file.sha256}",
                "bytes": file.size,
            }
            for file in files
        ],
    }
    whole = _text(package, "datapackage.json", json.dumps(described, ensure_ascii=False, indent=2))
    digest = {"path": whole.path, "hash": f"sha256:{whole.sha256}"}
    _text(package, "datapackage-digest.json", json.dumps(digest, indent=2))


def _text(package: zipfile.ZipFile, path: str, text: str) -> Resource:
    data = text.encode()
    package.writestr(entry(path, stored=False), data)
    return Resource(path, hashlib.sha256(data).hexdigest(), len(data))
