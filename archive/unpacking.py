"""A packed reading as a build reads it: as `extract.codec` unpacks it, its figures by column."""

from __future__ import annotations

import json
from typing import Any, cast

from extract.codec import put_together
from extract.types import Figure, Report

from .figures import Figures
from .inflating import inflated

#: The keys of a packed reading between which its figures stand: it has them in order.
_FIGURES, _FINDINGS = b',"figures":[', b',"findings":['
#: What `json.loads` comes to for a text that has nothing around its JSON.
_decoded = json.JSONDecoder().raw_decode


def unpack(packed: bytes) -> Report:
    """The report that `extract.codec.pack` was given; no figure is made before it is asked for."""
    text = inflated(packed)
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
    return put_together(data)
