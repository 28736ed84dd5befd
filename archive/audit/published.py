"""The result of an audit, and the file in which it is published: `curation/audits/*.toml`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ..errors import CurationRefused, WriteFailed

FOLDER = "audits"
#: What a file of an audit may be called: it stands in tables and sentences.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
#: Fields of `[audit]` and of `[[rate]]`, in the order of the file.
TEXTS = ("registry", "release", "content_hash", "reader", "date")
NUMBERS = ("seed", "size", "reports")
RATE = ("measure", "errors", "of", "estimate", "low", "high", "cautious_high")


@dataclass(frozen=True, slots=True)
class Rate:
    """An estimated rate with its 95 % interval, as fractions of 1.

    A ratio of errors to units that are fewer than they may be more than 1.

    Attributes:
        measure: What is counted: a name of `archive.audit.measures`.
        errors: How many were found in the sample.
        of: Among how many.
        estimate: Weighted estimate for the release.
        low: Lower end of the interval.
        high: Upper end.
        cautious_high: Upper end if there may be reports that are wrong as a whole, and the
            sample holds none of them.
    """

    measure: str
    errors: int
    of: int
    estimate: float
    low: float
    high: float
    cautious_high: float


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of one audit.

    Attributes:
        name: Of its file.
        registry: Name of the registry of the audited root: an audit of another one says nothing.
        release: The audited release.
        content_hash: Its content.
        reader: Version of the reader that read it.
        date: The day on which it was scored, ISO.
        seed: Of the draw.
        size: How many read reports were asked for.
        reports: How many documents were drawn and transcribed.
        rates: What was found.
    """

    name: str
    registry: str
    release: str
    content_hash: str
    reader: str
    date: str
    seed: int
    size: int
    reports: int
    rates: tuple[Rate, ...]


def of_registry(audits: Iterable[Audit], registry: str) -> tuple[Audit, ...]:
    """Those that say something of a root: of its own registry, oldest first."""
    return tuple(audit for audit in audits if audit.registry == registry)


def as_toml(audit: Audit) -> str:
    """An audit as its file says it; `read_audits` gives the same back."""
    lines = ["[audit]"]
    for name in TEXTS:
        lines.append(f"{name} = {_quoted(getattr(audit, name))}")
    lines += [f"{name} = {getattr(audit, name)}" for name in NUMBERS]
    for rate in audit.rates:
        said = asdict(rate)
        lines += ["", "[[rate]]", f"measure = {_quoted(rate.measure)}"]
        lines += [f"{name} = {said[name]!r}" for name in RATE[1:]]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A text as TOML writes it; those of an audit hold no controls."""
    if not text.isprintable():
        raise CurationRefused(f"{text!r} cannot stand in the file of an audit")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def publish(audit: Audit, folder: Path) -> Path:
    """Put an audit among the decisions of a folder; the next build has it in its release.

    Args:
        audit: The audit.
        folder: The folder of decisions that holds for the audited root.

    Returns:
        Its file.

    Raises:
        CurationRefused: Its name cannot be one, or an audit of that name says something else.
        WriteFailed: The disk does not take it.
    """
    if not NAME.fullmatch(audit.name):
        raise CurationRefused(f"{audit.name!r} cannot name an audit: a-z, 0-9 and -, at most 63")
    path, text = folder / FOLDER / f"{audit.name}.toml", as_toml(audit)
    try:
        if path.exists() and path.read_text("utf-8") != text:
            raise CurationRefused(
                f"{path} holds another result already; give this audit another --name"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(text, "utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise WriteFailed(f"{path} cannot be written ({error.strerror})") from error
    return path
