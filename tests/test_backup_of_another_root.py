"""A backup is of one root: another one, or an older copy, is not merged into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.keeping.backup import backup
from archive.keeping.note import NOTE
from archive.keeping.sums import read_sums
from archive.root import DataRoot
from tests.stored import SITE, Got, Run, article, build, keep, report_of


def grow(root: DataRoot, *years: int, publish: bool = True) -> DataRoot:
    """Another crawl, and a release of it."""
    keep(root, Run([Got(f"{SITE}/{year}", article(report_of(year))) for year in years]))
    if publish:
        build(root)
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`older`, the state before the last of `data`, of which `to` is the backup."""
    folder = tmp_path_factory.mktemp("made")
    root = grow(DataRoot(folder / "data"), 2021)
    shutil.copytree(root.path, folder / "older", symlinks=True)
    grow(root, 2022)
    (folder / "to").mkdir()
    assert backup(root, folder / "to").wrong == []
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path) -> Path:
    """One's own copy of all that."""
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def recrawled(here: Path) -> DataRoot:
    return grow(DataRoot(here / "empty"), 2023)


def recrawled_and_not_built(here: Path) -> DataRoot:
    return grow(DataRoot(here / "empty"), 2023, publish=False)


def older(here: Path) -> DataRoot:
    return DataRoot(here / "older")


def older_that_went_on(here: Path) -> DataRoot:
    return grow(older(here), 2023)


@pytest.mark.parametrize("other", [recrawled, recrawled_and_not_built, older, older_that_went_on])
@pytest.mark.parametrize("verify", [False, True], ids=["", "verify"])
def test_another_root_is_refused_and_nothing_is_written(
    here: Path, other: Callable[[Path], DataRoot], verify: bool
) -> None:
    root, before = other(here), content(here / "to")
    order = ["backup", "--data", str(root.path), "--to", str(here / "to")]
    result = CliRunner().invoke(main, [*order, *(["--verify"] if verify else [])])
    assert result.exit_code == 1, result.output
    said = f"{root.path} is another root, or an older one, than {here / 'to'} was made from"
    assert said in result.output
    assert "back it up into another folder, or restore this backup first" in result.output
    assert content(here / "to") == before


def test_of_one_sign_alone_the_backup_goes_on_and_removes_nothing(here: Path) -> None:
    """A disk that loses a file is no other root; and it does not say what is needed no more."""
    root = DataRoot(here / "data")
    lost = sorted(root.warc.glob("*.warc.gz"))[0]
    saved = {path: path.read_bytes() for path in root.warc.glob(f"{lost.name}*")}
    grow(root, 2023)
    for path in saved:
        path.unlink()
    before = content(here / "to")
    done = backup(root, here / "to")
    assert len(done.wrong) == 2
    assert all("has it: copy it back" in line for line in done.wrong)
    assert {*content(here / "to")} > {*before}
    assert len([*(here / "to/releases").glob("*/")]) == 2
    for path, data in saved.items():
        path.write_bytes(data)
    assert backup(root, here / "to").wrong == []
    assert len([*(here / "to/releases").glob("*/")]) == 1


def test_ids_that_rot_in_the_backup_tell_nothing_of_the_root(here: Path) -> None:
    """Else the backup of a root that lost a file could not be mended any more."""
    (here / "to/ids.jsonl").write_text('{"rot": 1}\n', "utf-8")
    root = DataRoot(here / "data")
    sorted(root.warc.glob("*.warc.gz"))[0].unlink()
    assert any(
        "ids.jsonl is damaged" in line for line in backup(root, here / "to", verify=True).wrong
    )
    assert (here / "to/ids.jsonl").read_bytes() == (root.path / "ids.jsonl").read_bytes()


def test_each_file_is_counted_once(here: Path) -> None:
    root = DataRoot(here / "data")
    (root.releases / "tags.json").write_text(f'{{"cited": "{root.current.resolve().name}"}}')
    (here / "new").mkdir()
    first = backup(root, here / "new")
    files = {*read_sums(here / "new/SHA256SUMS")} - {NOTE}
    assert (first.copied, first.present) == (len(files), 0)
    sizes = sum((here / "new" / name).stat().st_size for name in files)
    assert first.size == sizes
    again = backup(root, here / "new")
    assert (again.copied, again.present) == (0, len(files))
