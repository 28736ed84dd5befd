"""The head of a reading: what gathering asks of it, kept beside it in `readings.db`.

To which report a page belongs is told by its title, its agency and its evidence, and whether it
says what another one says by digests. A whole reading is ten times as long, and is needed once
only, when its rows are made.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import fields
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from extract.types import Evidence, Report

from .digests import Digests
from .report_copies import replaced

#: What a head leaves out, and what of it is empty then.
_LONG: dict[str, Any] = {
    **dict.fromkeys(("figures", "findings", "leftovers", "grids", "facts"), ()),
    "chapters": {},
    "headings": {},
}
_SHORT = tuple(each.name for each in fields(Report) if each.name not in {*_LONG, "evidence"})
_values = attrgetter(*_SHORT)
#: Code that says what a head holds, beside the reader's: what is unpacked, digested and masked.
_CODE = (
    "digests.py", "figures.py", "heads.py", "inflating.py", "masking/*.py", "report_copies.py",
    "unpacking.py",
)  # fmt: skip
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decoded = json.JSONDecoder().raw_decode


def light(report: Report) -> Report:
    """A report without what is long: that is read again when it is written."""
    return replaced(report, _LONG)


@cache
def heads_version() -> str:
    """Twelve hex digits of SHA-256 of the code that makes heads, the reader's left out.

    Which signs are digits or print nothing, masking asks of Unicode's tables.
    """
    digest, here = hashlib.sha256(unicodedata.unidata_version.encode()), Path(__file__).parent
    for path in sorted(path for pattern in _CODE for path in here.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def pack_head(report: Report) -> str:
    """The head of a whole reading, as JSON; the same reading always gives the same."""
    digests = Digests.of(report)
    evidence = {
        about: [(piece.source, piece.value, piece.weight) for piece in pieces]
        for about, pieces in report.evidence.items()
    }
    return _encoded([
        heads_version(), digests.text, digests.figures, digests.filled, digests.masked,
        _values(report), evidence,
    ])  # fmt: skip


def unpack_head(packed: str) -> tuple[Report, Digests] | None:
    """A reading without what is long, and the digests of the whole.

    Returns:
        None if other code made it: what it digested or masked may be something else.
    """
    (version, *parts), _ = _decoded(packed)
    if version != heads_version():
        return None  # its parts may be others, too
    text, figures, filled, masked, values, evidence = parts
    said: dict[str, Any] = dict(zip(_SHORT, values, strict=True))
    said["attachments"] = tuple([(href, name) for href, name in said["attachments"]])
    said["flags"] = tuple(said["flags"])
    said["evidence"] = {
        about: tuple([Evidence(*piece) for piece in pieces]) for about, pieces in evidence.items()
    }
    return Report(**said), Digests(text, figures, filled, tuple(masked) if masked else None)
