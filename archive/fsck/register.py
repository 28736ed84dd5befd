"""The register of ids: each number given once, and every version of the release in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from .kinds import Finding


def register_findings(path: Path, versions: Collection[str]) -> Iterator[Finding]:
    """What is wrong with the register.

    Args:
        path: `ids.jsonl`.
        versions: Ids of the current release's versions.
    """
    if not path.exists():
        if versions:
            what = f"it is not there, and the release has {len(versions)} versions"
            yield Finding("register_wrong", path.name, what)
        return
    given: dict[str, str] = {}
    # An address may hold what `splitlines` and text mode take for the end of a line.
    *lines, rest = path.read_bytes().decode("utf-8", "replace").split("\n")
    for number, line in enumerate([*lines, *filter(None, [rest])], 1):
        place = f"line {number}"
        try:
            row = json.loads(line)
            version, body = f"{row['report']}.v{row['number']}", f"{row['sha256']} {row['url']}"
        except (ValueError, KeyError, TypeError):
            # A build that was killed leaves a line without its end, and gives the id again.
            kind = "register_wrong" if line.endswith("}") else "register_torn"
            yield Finding(kind, path.name, "the line cannot be read", place)
            continue
        if given.setdefault(version, body) != body:
            what = f"{version} was given to another body before"
            yield Finding("register_wrong", path.name, what, place)
    missing = sorted(set(versions) - set(given))
    if missing:
        what = f"it lacks {len(missing)} versions of the current release, {missing[0]} first"
        yield Finding("register_wrong", path.name, what)
