"""A packed reading as a build reads it: as `extract.codec` unpacks it, its figures by column."""

from __future__ import annotations

import json
import zlib
from typing import Any, cast

from extract.types import Cell, Evidence, Fact, Figure, Finding, Report

from .figures import Figures

#: The keys of a packed reading between which its figures stand: it has them in order.
_FIGURES, _FINDINGS = b',"figures":[', b',"findings":['
#: What `json.loads` comes to for a text that has nothing around its JSON.
_decoded = json.JSONDecoder().raw_decode


def unpack(packed: bytes) -> Report:
    """The report that `extract.codec.pack` was given; no figure is made before it is asked for."""
    text = zlib.decompress(packed)
    start, end = text.find(_FIGURES), text.rfind(_FINDINGS)
    # No text holds these, for quotation marks are escaped there; only other keys could.
    if 0 < start == text.rfind(_FIGURES) < end == text.find(_FINDINGS):
        data: dict[str, Any]
        data, _ = _decoded((text[:start] + text[end:]).decode())
        said = text[start + len(_FIGURES) : end - 1]
    else:
        data = json.loads(text)
        said = json.dumps(data["figures"], ensure_ascii=False, separators=(",", ":")).encode()[1:-1]
    # Whoever takes them one by one cannot tell them from a tuple.
    figures = cast("tuple[Figure, ...]", Figures.packed(said))
    data["figures"] = figures if len(figures) else ()
    check, status, left, right, *rest, keys = data["findings"]
    data["findings"] = tuple(map(Finding, check, status, left, right, map(tuple, keys), *rest))
    *columns, flags = data["facts"]
    data["facts"] = tuple(map(Fact, *columns, map(tuple, flags)))
    data["evidence"] = {
        about: tuple([Evidence(*piece) for piece in pieces])
        for about, pieces in data["evidence"].items()
    }
    data["attachments"] = tuple([(href, text) for href, text in data["attachments"]])
    data["leftovers"] = tuple(map(Cell, *data["leftovers"]))
    data["grids"] = tuple([tuple(map(tuple, grid)) for grid in data["grids"]])
    data["flags"] = tuple(data["flags"])
    return Report(**data)
