"""A packed reading as a build reads it: as `extract.codec` unpacks it, its figures by column."""

from __future__ import annotations

import json
import zlib
from typing import Any, cast

from isal import isal_zlib

from extract.codec import put_together
from extract.types import Figure, Report

from .figures import Figures

#: The keys of a packed reading between which its figures stand: it has them in order.
_FIGURES, _FINDINGS = b',"figures":[', b',"findings":['
#: What `json.loads` comes to for a text that has nothing around its JSON.
_decoded = json.JSONDecoder().raw_decode
_NOT_PACKED: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # the stub has an instance


def unpack(packed: bytes) -> Report:
    """The report that `extract.codec.pack` was given; no figure is made before it is asked for."""
    text = _decompressed(packed)
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


def _decompressed(packed: bytes) -> bytes:
    try:
        return isal_zlib.decompress(packed)  # half the time of zlib, for each report twice
    except _NOT_PACKED:
        return zlib.decompress(packed)  # whose error those who ask know
