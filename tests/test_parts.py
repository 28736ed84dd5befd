"""Parts of a data root: what a shard knows of earlier crawls, and how all of it becomes the root's.

Killed between any two steps of a merging, and merged again: nothing lost, nothing twice.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner

from archive import build, manifests
from archive.__main__ import main
from archive.deletion.deleting import delete
from archive.errors import RootBusy, WriteFailed
from archive.fsck.check import fsck
from archive.ledger import Ledger
from archive.parts import Part, make_part, merge_part, merge_parts, parts_of
from archive.root import DataRoot
from archive.rounds import rounds
from archive.store import Store
from tests.crawls import ledger as rows_of
from tests.crawls import whole
from tests.deletions import BY_COURT
from tests.part_kills import (
    DEMO,
    A,
    B,
    capture,
    crawl,
    digest,
    kills,
    merge,
    opened,
    parted,
    sound,
    told,
)  # fmt: skip


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory, if there is one: kills lose nothing that only a power cut would."""
    place = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=place if os.access(place, os.W_OK) else None) as name:
        yield Path(name)


@pytest.fixture
def tmp_path(memory: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=memory))


@pytest.fixture(scope="module")
def made(memory: Path) -> DataRoot:
    return parted(memory / "made")


@pytest.fixture
def root(made: DataRoot, tmp_path: Path) -> DataRoot:
    shutil.copytree(made.path, tmp_path / "root")
    return DataRoot(tmp_path / "root")


# -- what a part knows ------------------------------------------------------------------------


def test_a_shard_knows_what_earlier_crawls_had_and_merging_gives_none_of_it_back(
    root: DataRoot,
) -> None:
    one, two = parts_of(root)
    with contextlib.closing(Store(one, DEMO, shard="1/2")) as store:
        known = {row["url"]: row["list_title"] for row in store.known_articles("pa")}
        assert known == {f"{A}{n}": f"title of {A}{n}" for n in (1, 2, 3)}
        assert store.known_articles("pb") == []
        latest = store.latest("GET", A + "1")
        assert latest is not None
        assert latest["revisit_of"]
        assert store.body(latest) == b"first page of a"  # of the root's own file
        assert store.is_plain(digest("pa"), "finder of pa")
        # What was named as not what was asked for is asked for again, due or not.
        noted = [url for url, _ in store.ledger.noted(["http_404"])]
        assert noted == [A + "lost"] * 2  # in the root's crawl, and in the part's own
    run = rows_of(root.path, "SELECT * FROM runs")
    with opened(root) as ledger:  # a deletion since: what is not known any more stays so
        ledger.db.execute("DELETE FROM issues")
        ledger.db.conn.commit()
    merge(root)
    assert rows_of(root.path, "SELECT * FROM runs WHERE shard = ''") == run
    assert len(rows_of(root.path, "SELECT * FROM issues")) == 2
    assert two.path.exists() is False


def test_merged_parts_are_the_root_s_own(root: DataRoot) -> None:
    with opened(root) as ledger:
        ledger.db.execute("DELETE FROM plain")
        ledger.db.conn.commit()
    merge(root)
    with opened(root) as ledger:
        assert ledger.is_plain(digest("pb"), "finder of pb")
    whole(root.path)
    assert not any((root.path / "parts").iterdir())
    sound(root)
    captures = rows_of(root.path, "SELECT url, status, revisit_of FROM captures")
    assert len(captures) == 8, "of two pages and one, then of three and two"
    runs = rows_of(root.path, "SELECT run_id, shard, status, crawl FROM runs ORDER BY shard")
    name = "20240101000000-c1"
    assert [tuple(run.values()) for run in runs[1:]] == [
        (f"{name}-1of2", "1/2", "complete", name),
        (f"{name}-2of2", "2/2", None, name),
    ]
    with opened(root) as ledger:
        began = rounds(ledger)
        assert began[f"{name}-1of2"] == began[f"{name}-2of2"] != began[runs[0]["run_id"]]
    again = Store(root, DEMO, shard="2/2", portals=["pb"])
    assert (again.continued, again.run_id) == (True, f"{name}-2of2")
    assert B + "2" in again.done
    again.finish("complete")
    sound(root)


def test_a_broken_run_is_continued_in_the_next_part_and_ends_once(root: DataRoot) -> None:
    merge(root)
    part = make_part(root, "2/2", "c2", portals={"pb"}, others={"pa"}, registry="#")
    assert part.continues == "20240101000000-c1-2of2"
    assert part.ended() == ""
    store = Store(part, DEMO, shard="2/2", portals=["pb"], crawl=part.crawl)
    assert store.continued
    assert B + "2" in store.done
    capture(store, "pb", B + "3", b"third page of b")
    store.finish("complete")
    assert part.ended() == "complete"
    merge(root)
    ends = rows_of(root.path, "SELECT status FROM runs WHERE shard = '2/2'")
    assert ends == [{"status": "complete"}]
    sound(root)


def test_the_order_of_merging_changes_nothing(root: DataRoot, made: DataRoot) -> None:
    merge(root)
    other = DataRoot(root.path.with_name("other"))
    shutil.copytree(made.path, other.path)
    with opened(other) as ledger:
        for part in reversed(parts_of(other)):
            merge_part(part, ledger)
    assert told(other) == told(root)
    assert sorted(p.name for p in other.warc.iterdir()) == sorted(
        p.name for p in root.warc.iterdir()
    )


def test_a_part_at_work_is_left_alone(root: DataRoot) -> None:
    two = parts_of(root)[1]
    with two.lock("crawl", "2/2"), opened(root) as ledger:
        merge_parts(root, ledger, alone=False)
        assert [part.shard for part in parts_of(root)] == ["2/2"]
        for shard in ("", "2/2", "1/3"):
            with pytest.raises(RootBusy, match=r"process \d+"), root.lock("crawl", shard):
                pass
    merge(root)
    assert parts_of(root) == []
    sound(root)


def test_a_file_of_another_that_lies_in_a_part_is_kept(
    root: DataRoot, caplog: pytest.LogCaptureFixture
) -> None:
    one = parts_of(root)[0]
    (one.warc / "mine.txt").write_text("notes")
    merge(root)
    assert "mine.txt is no file of ours" in caplog.text
    assert (one.warc / "mine.txt").read_text() == "notes"
    merge(root)  # and it stands in nobody's way
    assert fsck(root, 1).wrong == 0


def test_a_build_merges_what_shards_left_unless_a_crawl_is_at_work(root: DataRoot) -> None:
    with opened(root) as ledger:
        with root.lock("crawl", "1/2"):
            build._mend(root, ledger)
        assert len(parts_of(root)) == 2
        build._mend(root, ledger)
    assert parts_of(root) == []
    sound(root)


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_part_is_merged_into_warc_on_another_disk(
    root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_killed: bool
) -> None:
    disk = Path(tempfile.mkdtemp(dir="/var/tmp"))
    try:
        if disk.stat().st_dev == root.path.stat().st_dev:
            pytest.skip("there is one disk alone")
        shutil.copytree(root.warc, disk / "warc")
        shutil.rmtree(root.warc)
        root.warc.symlink_to(disk / "warc")
        if is_killed:  # right after a file was given its name there
            with monkeypatch.context() as broken:
                broken.setattr(Path, "unlink", mock.Mock(side_effect=OSError("killed")))
                with pytest.raises(WriteFailed):
                    merge(root)
        merge(root)
        assert parts_of(root) == []
        assert not list(root.warc.glob("*.merging"))
        sound(root)
    finally:
        shutil.rmtree(disk)


@pytest.mark.parametrize("is_linked", [False, True])
def test_what_is_deleted_does_not_come_back_with_a_part(root: DataRoot, is_linked: bool) -> None:
    body = b"third page of a"
    (path,) = parts_of(root)[0].warc.glob("*.warc.gz")
    assert body in gzip.decompress(path.read_bytes())
    if is_linked:  # the merging was killed before files leave the part
        manifests.complete(manifests.partials(path.parent, "*"))
        manifests.link(path, root.warc / path.name)
    made = delete(root, BY_COURT, digests=[hashlib.sha256(body).hexdigest()])
    assert made.chosen
    assert [row["url"] for row in made.chosen.captures] == [A + "3"]
    merge(root)
    assert parts_of(root) == []
    files = [gzip.decompress(each.read_bytes()) for each in root.warc.glob("*.warc.gz")]
    assert not any(body in each for each in files)


def test_shards_of_one_crawl_are_one_round_whichever_began_first(tmp_path: Path) -> None:
    runs = [
        ("a1", "1/2", "a", "01"),  # its second shard did not begin at all
        ("b2", "2/2", "b", "02"), ("b1", "1/2", "b", "03"),
        ("c", "", "", "04"),
        ("d1", "1/2", "", "05"), ("d2", "2/2", "", "06"), ("e2", "2/2", "", "07"),
    ]  # fmt: skip
    with contextlib.closing(Ledger(tmp_path / "ledger.db")) as ledger:
        for run, shard, crawl, began in runs:
            row = {"run_id": run, "kind": "crawl", "registry": "demo", "software": "s"}
            ledger.put("runs", {**row, "started_at": began, "shard": shard, "crawl": crawl})
        assert rounds(ledger) == {
            "a1": "01", "b2": "02", "b1": "02", "c": "04", "d1": "05", "d2": "05", "e2": "07",
        }  # fmt: skip


# -- kills ------------------------------------------------------------------------------------


def test_killed_before_any_step_it_is_merged_all_the_same(made: DataRoot, tmp_path: Path) -> None:
    done, wrong = kills(made, tmp_path, slice(6, 1000, 8))  # all of them: make prove ONLY=shards
    assert wrong == []
    assert len(done) > 4, "there were fewer steps than files to move"


def test_a_backup_names_parts_that_it_does_not_hold(root: DataRoot, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    to.mkdir()
    parts = [str(part.path) for part in parts_of(root)]
    command = ["backup", "--data", str(root.path), "--to", str(to)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert f"archive merge, when the crawl has ended): {', '.join(parts)}\n" in done.output
    merge(root)
    assert "nobody merged" not in CliRunner().invoke(main, command).output
    assert {path.name for path in to.rglob("*.warc.gz")} == {
        path.name for path in root.warc.glob("*.warc.gz")
    }


# -- another machine's root -------------------------------------------------------------------


def archive(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["merge", *map(str, arguments)])
    return done.exit_code, done.output


def elsewhere(path: Path, pages: dict[str, bytes], status: str = "complete") -> DataRoot:
    root = DataRoot(path)
    store = Store(root, DEMO, shard="2/2")
    crawl(store, "pb", B, pages)
    store.finish(status) if status else store.close()
    return root


def names(root: DataRoot) -> dict[str, bytes]:
    return {
        str(path.relative_to(root.path)): path.read_bytes()
        for path in root.path.rglob("*")
        if path.is_file() and path.suffix != ".lock" and not path.name.startswith("ledger.db-")
    }


def test_another_root_is_taken_in_and_stays_as_it_is(root: DataRoot, tmp_path: Path) -> None:
    other = elsewhere(tmp_path / "other", {"7": b"seventh page of b"})
    before = names(other)
    status, said = archive("--data", root.path, "--from", other.path)
    assert (status, said.split(": ")[1][:20]) == (0, "3 WARC files merged,"), said
    captured = rows_of(root.path, f"SELECT 1 FROM captures WHERE url = '{B}7'")
    assert len(captured) == 1
    want = told(root)
    assert "0 WARC files merged" in archive("--data", root.path, "--from", other.path)[1]
    elsewhere(other.path, {"8": b"eighth page of b"})  # it grows
    assert "1 WARC file merged" in archive("--data", root.path, "--from", other.path)[1]
    assert {row for rows in want.values() for row in rows} < {
        row for rows in told(root).values() for row in rows
    }
    assert before.items() - names(other).items() == {
        pair for pair in before.items() if pair[0] == "ledger.db"
    }
    sound(root)
    new = tmp_path / "new"
    assert archive("--data", new, "--from", other.path)[0] == 0
    sound(DataRoot(new))


def test_a_run_that_was_broken_off_there_waits(root: DataRoot, tmp_path: Path) -> None:
    elsewhere(tmp_path / "other", {"7": b"seventh page of b"}, status="")
    other = elsewhere(tmp_path / "other", {"9": b"ninth page of b"}, status="")
    assert sorted(path.suffix for path in other.warc.iterdir()) == [".gz", ".open", ".sha256"]
    status, said = archive("--data", root.path, "--from", other.path)
    assert status == 0
    assert "waits: it was broken off" in said
    assert rows_of(root.path, f"SELECT 1 FROM captures WHERE url = '{B}7'") == []
    elsewhere(other.path, {"8": b"eighth page of b"})
    assert "1 WARC file merged" not in archive("--data", root.path, "--from", other.path)[1]
    assert len(rows_of(root.path, "SELECT 1 FROM captures WHERE url GLOB '*/b/[789]'")) == 3
    sound(root)


def damaged(other: DataRoot) -> None:
    (file,) = other.warc.glob("*.warc.gz")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def bare(other: DataRoot) -> None:
    (manifest,) = other.warc.glob("*.sha256")
    manifest.unlink()


def piped(other: DataRoot) -> None:
    (file,) = other.warc.glob("*.warc.gz")
    file.unlink()
    os.mkfifo(file)  # opened, it would be waited for without end


def absent(other: DataRoot) -> None:
    (file,) = other.warc.glob("*.warc.gz")
    file.unlink()


def mixed(other: DataRoot) -> None:
    (other.path / "root.json").write_text('{"registry": "demo", "fiction": false}\n')


def other_registry(other: DataRoot) -> None:
    (other.path / "root.json").write_text('{"registry": "demo2", "fiction": true}\n')


def deleted(other: DataRoot) -> None:
    (other.path / "deletions.jsonl").write_text("")


def unmerged(other: DataRoot) -> None:
    make_part(other, "1/2", "c9", portals={"pa"}, others=set(), registry="#")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (damaged, "is not what its manifest says"),
        (bare, "has no manifest"),
        (piped, "is no file; copy it again"),
        (absent, "is missing, and its manifest is there"),
        (mixed, "never mix"),
        (other_registry, "never mix"),
        (deleted, "something was deleted"),
        (unmerged, "that are not merged"),
    ],
)
def test_what_cannot_be_trusted_is_refused(
    root: DataRoot, tmp_path: Path, spoil: Callable[[DataRoot], None], said: str
) -> None:
    merge(root)
    other, want = elsewhere(tmp_path / "other", {"7": b"seventh page of b"}), names(root)
    spoil(other)
    status, found = archive("--data", root.path, "--from", other.path)
    assert (status, said in found) == (1, True), found
    assert len(found.splitlines()) == 1
    assert names(root) == want


def test_a_root_in_use_and_the_root_itself_are_refused(root: DataRoot, tmp_path: Path) -> None:
    other = elsewhere(tmp_path / "other", {"7": b"seventh page of b"})
    for held in (root, other):
        with held.lock("crawl"):
            status, said = archive("--data", root.path, "--from", other.path)
            assert (status, "another crawl is at work" in said) == (1, True), said
    status, said = archive("--data", root.path, "--from", root.path)
    assert (status, "is this root itself" in said) == (1, True)


def test_a_part_is_named_by_its_shard(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    for name in ("10of12", "2of12", ".3of12.new", "x", "1of2"):
        (tmp_path / "parts" / name).mkdir(parents=True)
    assert [part.shard for part in parts_of(root)] == ["1/2", "2/12", "10/12"]
    assert Part(root, "2/12").path.name == "2of12"
