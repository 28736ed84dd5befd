"""The folder of an audit: which documents were drawn, by numbers that tell nothing of them.

`sample.json` names the release, the seed, and each document by a number and the digest of its
bytes; neither its report nor its stratum, both of which are readings of ours. `audit score` draws
again from the same release: whoever leaves out a document, or adds one, is found out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import AuditRefused, WriteFailed
from .draw import Drawn, Sample

FILE, KIND = "sample.json", "nianbao-audit-sample/1"
SHEETS, FILES, TRANSCRIPTS = "sheets", "files", "transcripts"
DIFFERENCES, SETTLED = "differences", "settled"
_LARGEST = 4 << 20
_NUMBER = re.compile(r"[0-9]{3,6}")


@dataclass(frozen=True, slots=True)
class Kit:
    """What `sample.json` says.

    Attributes:
        folder: The folder.
        release: The audited release.
        content_hash: Its content.
        seed: Of the draw.
        size: That was asked for.
        documents: Number → SHA-256 of the document.
    """

    folder: Path
    release: str
    content_hash: str
    seed: int
    size: int
    documents: dict[str, str]

    @property
    def sample(self) -> str:
        """Tells this sample from others: it stands in every transcript."""
        said = json.dumps(self.as_json(), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "kind": KIND,
            "release": self.release,
            "content_hash": self.content_hash,
            "seed": self.seed,
            "size": self.size,
            "documents": self.documents,
        }


def numbered(sample: Sample) -> Iterator[tuple[str, Drawn]]:
    """The drawn documents by their numbers, in an order that no stratum can be told from."""

    def place(drawn: Drawn) -> str:
        return hashlib.sha256(f"{sample.seed} {drawn.sha256} {drawn.key}".encode()).hexdigest()

    width = max(3, len(str(len(sample.drawn))))
    for number, drawn in enumerate(sorted(sample.drawn, key=place), 1):
        yield f"{number:0{width}}", drawn


def kit_of(sample: Sample, size: int, folder: Path) -> Kit:
    """The folder of a sample.

    Args:
        sample: What was drawn.
        size: That was asked for.
        folder: Where it is to be.
    """
    documents = {number: drawn.sha256 for number, drawn in numbered(sample)}
    return Kit(folder, sample.release, sample.content_hash, sample.seed, size, documents)


def write_kit(kit: Kit) -> None:
    """Write `sample.json`, and the empty folders that people put their files into.

    Raises:
        WriteFailed: The disk does not take it.
    """
    try:
        for name in (TRANSCRIPTS, SETTLED):
            (kit.folder / name).mkdir(parents=True, exist_ok=True)
        text = json.dumps(kit.as_json(), ensure_ascii=False, indent=1)
        (kit.folder / FILE).write_text(text + "\n", "utf-8")
    except OSError as error:
        raise WriteFailed(f"{kit.folder} cannot be written ({error.strerror})") from error


def read_kit(folder: Path) -> Kit:
    """What the folder of an audit says was drawn.

    Raises:
        AuditRefused: It is none, or its `sample.json` is not as `audit draw` wrote it.
    """
    path = folder / FILE
    said = load_json(path, _LARGEST)
    fields = {"kind": str, "release": str, "content_hash": str, "seed": int, "size": int}
    good = set(said) == {*fields, "documents"} and said["kind"] == KIND
    good = good and all(type(said[name]) is kind for name, kind in fields.items())
    documents = said.get("documents")
    if not good or not isinstance(documents, dict) or not documents:
        raise AuditRefused(f"{path} is not as `audit draw` writes it; draw again")
    for number, sha256 in documents.items():
        if not _NUMBER.fullmatch(number) or not isinstance(sha256, str):
            raise AuditRefused(f"{path}: {number[:20]!r} is no document; draw again")
    return Kit(
        folder, said["release"], said["content_hash"], said["seed"], said["size"], dict(documents)
    )


def load_json(path: Path, largest: int) -> dict[str, Any]:
    """A file that somebody handed in, as an object; nothing in it is trusted.

    Args:
        path: The file.
        largest: The most bytes that it may have.

    Raises:
        AuditRefused: It cannot be read, is too large, or is no JSON object; a name that stands
            in an object twice is refused, as one of the two would be lost.
    """
    try:
        with path.open("rb") as handle:
            body = handle.read(largest + 1)
    except OSError as error:
        raise AuditRefused(
            f"{path} cannot be read ({error.strerror}); give the folder that `audit draw` made, "
            "and let this user read it"
        ) from error
    if len(body) > largest:
        raise AuditRefused(f"{path} is larger than {largest} bytes; save it from the sheet again")
    try:
        said = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise AuditRefused(
            f"{path} is no JSON: {error!s:.120}; save it from the sheet again"
        ) from error
    if not isinstance(said, dict):
        raise AuditRefused(f"{path} is no JSON object; save it from the sheet again")
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands in an object twice")
    return found
