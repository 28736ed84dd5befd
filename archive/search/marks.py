"""Marks in the index beside the text: what a search can be limited to.

An index without places (`detail=none`) has no columns to ask, so that a region is a token
as any pair of characters is. It begins with a private character, which no text brings
along (`folding.fold` drops those).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from archive.places.codes import stem

_REGION, _KIND, _SCOPE, _AGENCY, _JOIN = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
#: Lengths of the codes of provinces, prefectures, counties and townships.
_LEVELS = (2, 4, 6, 9)
#: What the tokenizer would take for a space.
_BETWEEN = re.compile(r"[^0-9A-Za-z]+")


def of_report(report: Mapping[str, object]) -> str:
    """The marks of a report's chapters, with spaces between."""
    code, kind = str(report["region_code"] or ""), str(report["kind"] or "")
    found = [_REGION + code[:length] for length in _LEVELS if len(code) >= length]
    found += [_KIND + _plain(kind)] if kind else []
    found += [_SCOPE + _plain(str(report["scope"])), _AGENCY + _plain(str(report["agency_id"]))]
    return " ".join(found)


def region(codes: Iterable[str]) -> str:
    """The filter for reports of these regions and of all that lies in them."""
    return _any(_REGION + _plain(stem(code)) for code in codes)


def kind(name: str) -> str:
    """The filter for reports of one kind of agency."""
    return _any([_KIND + _plain(name)])


def scope(name: str) -> str:
    """The filter for own, or for aggregate reports."""
    return _any([_SCOPE + _plain(name)])


def agency(agency_id: str) -> str:
    """The filter for the reports of one agency."""
    return _any([_AGENCY + _plain(agency_id)])


def _any(tokens: Iterable[str]) -> str:
    return "(" + " OR ".join(f'"{token}"' for token in tokens) + ")"


def _plain(text: str) -> str:
    return _BETWEEN.sub(_JOIN, text)
