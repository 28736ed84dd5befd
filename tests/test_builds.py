"""Builds of the same WARCs: one content hash whatever came first; what is known is not read."""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest import mock

import pytest

from archive.build import build as build_in_processes
from archive.manifest import current_hash
from archive.reindex import reindex
from archive.root import DataRoot
from archive.store import Context, Exchange, Store
from tests.stored import DEMO, LISTING, SITE, article, build, read_here, report_of


def shards(root: DataRoot) -> None:
    """Two shards that run side by side, and then once more, when one report has changed."""
    for error in (None, "balance"):
        stores = [Store(root, DEMO, shard=f"{number}/2") for number in (1, 2)]
        for year in range(2019, 2023):
            for number, store in enumerate(stores):
                agency = f"示例市示例{number}局"
                changed = error if year == 2020 else None
                body = article(report_of(year, agency, error=changed))
                url = f"{SITE}/{number}/{year}"
                exchange = Exchange("GET", url, [], b"", 200, "", [], body)
                title = f"{agency}{year}年政府信息公开工作年度报告"
                context = Context(f"p{number}", "article", LISTING, title, "2023-01-20", "")
                store.capture(exchange, context)
        for store in reversed(stores):
            store.finish("complete")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    root = DataRoot(tmp_path_factory.mktemp("made") / "data")
    shards(root)
    build(root)
    return root


def test_order_shards_and_processes_do_not_matter(made: DataRoot, tmp_path: Path) -> None:
    """The WARCs of each run alone, others first, the ledger made again, two processes."""
    files = sorted(path for path in made.warc.iterdir() if path.name.endswith(".gz"))
    assert len(files) == 4
    root = DataRoot(tmp_path / "data")
    root.claim(DEMO)
    for number, path in enumerate((files[1], files[0], files[3], files[2])):
        for each in made.warc.glob(f"{path.name}*"):
            shutil.copy(each, root.warc)
        if number % 2:
            reindex(root, force=True)
            build(root)
    assert current_hash(root) == current_hash(made)
    for derived in (root.ledger, root.readings):
        derived.unlink()
    shutil.rmtree(root.releases)
    with mock.patch("archive.release.publish.write_files", return_value={}):
        assert build_in_processes(root, 2).is_new
    assert current_hash(root) == current_hash(made)


def test_only_what_is_new_is_read(made: DataRoot, tmp_path: Path) -> None:
    shutil.copytree(made.path, tmp_path / "data", symlinks=True)
    root, asked = DataRoot(tmp_path / "data"), []

    def counted(keys: list[str], *more: object) -> object:
        asked.append(len(keys))
        return read_here(keys, *more)  # type: ignore[arg-type]

    store = Store(root, DEMO)
    body = article(report_of(2023))
    store.capture(
        Exchange("GET", f"{SITE}/new", [], b"", 200, "", [], body), Context("p0", "article")
    )
    store.finish("complete")
    with (
        mock.patch("archive.readings.read_documents", counted),
        mock.patch("archive.release.publish.write_files", return_value={}),
    ):
        assert build_in_processes(root, 1).is_new
        assert asked == [1]
        with mock.patch("archive.build.gathered_of", side_effect=AssertionError("gathered again")):
            assert not build_in_processes(root, 1).is_new
    assert asked == [1]
