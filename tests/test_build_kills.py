"""Kills of a build at two moments that matter; `make prove ONLY=archive` has twenty."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.root import DataRoot
from tests.build_kills import Unbroken, kill, make_root, points, unbroken, unsound


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataRoot, Unbroken]:
    folder = tmp_path_factory.mktemp("builds")
    root = make_root(folder / "made", 3)
    return root, unbroken(root, folder / "unbroken", 0)


@pytest.mark.parametrize("moment", ["before the rename", "after the rename"])
def test_after_a_killed_build_the_current_release_is_whole_and_the_next_build_ends(
    made: tuple[DataRoot, Unbroken], tmp_path: Path, moment: str
) -> None:
    root, whole = made
    assert kill(root, tmp_path, points(whole.steps)[moment], whole, 0) == []


def test_a_release_that_is_not_whole_is_told(made: tuple[DataRoot, Unbroken]) -> None:
    root = made[0]
    text = root.current / "text.db"
    data = text.read_bytes()
    text.unlink()
    assert unsound(root) == ["text.db is missing"]
    text.write_bytes(data.replace("政府信息".encode(), "政府公信息".encode()[:12], 1))
    assert unsound(root)
    text.write_bytes(data)
    assert unsound(root) == []
