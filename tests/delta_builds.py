"""Builds upon the release before, held against builds of everything in a copy of the root."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pyarrow.parquet as pq

from archive.build import Built, build
from archive.manifest import current_manifest
from archive.release.files.partlist import NAME as PARTS
from archive.release.files.partlist import read_parts
from archive.release.files.tidy import NAME as TIDY
from archive.root import DataRoot
from tests.delta_country import differing
from tests.stored import read_here


@contextlib.contextmanager
def all_large() -> Iterator[None]:
    """A few captures are a large ledger, and all of it may change."""
    with (
        mock.patch("archive.build.LARGE", 1),
        mock.patch("archive.delta.anew.MOST", 1.0),
        mock.patch("archive.readings.read_documents", read_here),
    ):
        yield


@contextlib.contextmanager
def in_parts() -> Iterator[None]:
    """The files of few reports lie in parts."""
    with mock.patch("archive.release.files.divided.MANY", 0):
        yield


def built(root: DataRoot, accept: str = "tests") -> Built:
    """Build, by the decisions in the root's folder or none."""
    curation = root.path.parent / "curation"
    curation.mkdir(exist_ok=True)
    return build(root, processes=1, accept=accept, curation=curation)


@contextlib.contextmanager
def whole(root: DataRoot, folder: Path) -> Iterator[DataRoot]:
    """A copy of a root in which everything is built."""
    copy = DataRoot(folder / "whole" / "data")
    shutil.copytree(root.path, copy.path, symlinks=True)
    shutil.rmtree(copy.derived, ignore_errors=True)
    try:
        built(copy)
        yield copy
    finally:
        shutil.rmtree(folder / "whole")


def compare(root: DataRoot, folder: Path) -> list[str]:
    """Build upon the release before, and all in a copy; where the two differ."""
    with whole(root, folder) as copy:
        built(root)
        found = list(differing(copy.current, root.current))
        was, now = (current_manifest(each) for each in (copy, root))
        names = ("content_hash", "counts", "totals", "schema", "accepted", "before")
        found += [f"{n}: {was.get(n)}, {now.get(n)}" for n in names if was.get(n) != now.get(n)]
        found += differing_files(copy.current, root.current)
        for name in ("CHANGES.md", "ids.jsonl"):
            texts = [
                (each.path if name == "ids.jsonl" else each.current).joinpath(name).read_text()
                for each in (copy, root)
            ]
            names_ = [current_manifest(each)["release"] for each in (copy, root)]
            if texts[0].replace(names_[0], names_[1]) != texts[1]:
                found.append(f"{name}: {texts}")
    return found


def differing_files(one: Path, other: Path) -> list[str]:
    """Tables as CSV and Parquet that are not the same bytes, and what is said of their parts.

    Of the tidy table rows are compared: its Parquet files list all notes of the release they
    were written for, in an order that follows from all that was read before.
    """
    held = [
        {
            path.relative_to(each).as_posix(): _held(path)
            for path in (*each.glob("csv/*"), *each.glob("parquet/**/*.*"))
        }
        for each in (one.resolve(), other.resolve())
    ]
    found = {name for name in {*held[0], *held[1]} if held[0].get(name) != held[1].get(name)}
    # What a part that is taken over was made from is told as it was then.
    said = [
        [
            replace(part, state="", parquet="" if part.table == TIDY else part.parquet)
            for part in read_parts(each).values()
        ]
        for each in (one, other)
    ]
    return sorted({*found, *(() if said[0] == said[1] else [PARTS])})


def _held(path: Path) -> object:
    is_tidy = path.suffix == ".parquet" and TIDY in (path.parent.name, path.stem)
    return pq.read_table(path).to_pylist() if is_tidy else path.read_bytes()
