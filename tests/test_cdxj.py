"""The index of the whole archive: what stands in it, and what is left out."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.replay.cdxj import Counts, write_index
from archive.replay.sorting import Sorter
from archive.root import DataRoot
from archive.store import Store
from archive.warc import read_record
from tests import replay_root
from tests.stored import DEMO


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    return replay_root.make(tmp_path_factory.mktemp("cdxj") / "data")


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def index(root: DataRoot, **more: int) -> tuple[list[bytes], Counts]:
    out = io.BytesIO()
    counts = write_index(root, out, **more)
    return out.getvalue().splitlines(keepends=True), counts


def told(line: bytes) -> tuple[str, str, dict[str, Any]]:
    key, stamp, said = line.decode("ascii").split(" ", 2)
    return key, stamp, json.loads(said)


def test_the_lines_are_in_the_order_of_their_bytes(world: DataRoot) -> None:
    lines, _ = index(world)
    assert lines == sorted(lines)
    assert index(world, at_once=3)[0] == lines


def test_what_is_left_out_is_counted(world: DataRoot) -> None:
    lines, counts = index(world)
    rows = replay_root.captures(world)
    assert counts == Counts(lines=len(rows) - 2, unchanged=1, posted=1)
    found = [told(line)[2] for line in lines]
    assert replay_root.POSTED not in {said["url"] for said in found}
    assert "304" not in {said.get("status") for said in found}
    statuses = {said["url"]: said.get("status") for said in found}
    assert statuses[f"{replay_root.SITE}/robots.txt"] == "200"
    assert statuses[replay_root.LOST] == "404"
    assert statuses[replay_root.MOVED] == "302"
    assert statuses[replay_root.SAVED] is None  # nobody answered: a person brought it


def test_every_line_leads_to_its_record(world: DataRoot) -> None:
    rows = {(row["warc_file"], row["warc_offset"]): row for row in replay_root.captures(world)}
    for line in index(world)[0]:
        _, stamp, said = told(line)
        row = rows[said["filename"], int(said["offset"])]
        record = read_record(world.warc / said["filename"], int(said["offset"]))
        assert record.record_id == row["record_id"]
        assert record.length == int(said["length"])
        assert record.url == said["url"]
        assert replay_root.stamp(row) == stamp
        assert (said["mime"] == "warc/revisit") == (row["revisit_of"] is not None)


def test_a_revisit_has_the_digest_of_what_it_repeats(world: DataRoot) -> None:
    found = [told(line)[2] for line in index(world)[0]]
    held = {(said["url"], said["digest"]) for said in found if said["mime"] != "warc/revisit"}
    repeated = [said for said in found if said["mime"] == "warc/revisit"]
    assert len(repeated) == 7
    assert all((said["url"], said["digest"]) in held for said in repeated)


def test_the_indexer_of_webrecorder_finds_the_same(world: DataRoot) -> None:
    """cdxj-indexer knows nothing of our ledger; it indexes 304 and POST, too."""
    program = Path(sys.executable).with_name("cdxj-indexer")
    files = sorted(map(str, world.warc.glob("*.warc.gz")))
    words = [program, "--sort", "--records", "response,revisit,resource", *files]
    done = subprocess.run(words, capture_output=True, check=True, timeout=120)
    names = ("url", "digest", "length", "offset", "filename")
    theirs = {
        (key, stamp, *(str(said.get(name)) for name in names))
        for key, stamp, said in map(told, done.stdout.splitlines())
        if said.get("status") != "304" and said["url"] != replay_root.POSTED
    }
    ours = {
        (key, stamp, *(str(said.get(name)) for name in names))
        for key, stamp, said in map(told, index(world)[0])
    }
    assert ours == theirs


def test_a_file_that_is_still_written_is_left_out(root: DataRoot) -> None:
    with replay_root.crawl(root) as run:
        run.got(replay_root.GZIPPED, b"closed")
    store = Store(root, DEMO)
    replay_root.Crawl(store).got(replay_root.CHINESE, b"open")
    store.ledger  # noqa: B018  # enters what is waiting
    lines, counts = index(root)
    store.close()
    assert counts == Counts(lines=1, unfinished=1)
    assert replay_root.GZIPPED.encode() in lines[0]


def test_a_damaged_record_is_said_and_others_are_indexed(root: DataRoot, tmp_path: Path) -> None:
    with replay_root.crawl(root) as run:
        for name in ("a", "b"):
            run.got(f"{replay_root.SITE}/{name}", name.encode())
    row = replay_root.captures(root)[0]
    path = root.warc / row["warc_file"]
    data = bytearray(path.read_bytes())
    data[row["warc_offset"] + 12] ^= 0xFF
    path.write_bytes(data)
    out = tmp_path / "index.cdxj"
    result = CliRunner().invoke(main, ["cdxj", "--data", str(root.path), "--out", str(out)])
    assert result.exit_code == 1
    assert "no line in the index: 1" in result.output
    assert [told(line)[2]["url"] for line in out.read_bytes().splitlines()] == [
        f"{replay_root.SITE}/b"
    ]


def test_a_record_that_the_ledger_does_not_mean_is_damage(root: DataRoot) -> None:
    with replay_root.crawl(root) as run:
        for name in ("a", "b"):
            run.got(f"{replay_root.SITE}/{name}", name.encode())
    first, second = replay_root.captures(root)
    db = sqlite3.connect(root.ledger)
    with db:
        sql = "UPDATE captures SET warc_offset = ? WHERE record_id = ?"
        db.execute(sql, (second["warc_offset"], first["record_id"]))
    db.close()
    lines, counts = index(root)
    assert counts == Counts(lines=1, damaged=1)
    assert told(lines[0])[2]["url"] == second["url"]


def test_a_file_that_is_gone_is_damage(root: DataRoot) -> None:
    with replay_root.crawl(root) as run:
        run.got(replay_root.GZIPPED, b"x")
    for path in root.warc.glob("*.warc.gz"):
        path.unlink()
    lines, counts = index(root)
    assert (lines, counts.damaged) == ([], 1)


def test_a_record_without_a_digest_gets_one(root: DataRoot) -> None:
    """Files of other programs, and answers without a body, bear none."""
    with replay_root.crawl(root) as run:
        run.got(replay_root.GZIPPED, b"")
    ((_, _, said),) = map(told, index(root)[0])
    assert said["digest"] == "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"  # of no bytes


def test_the_command_writes_the_index(world: DataRoot, tmp_path: Path) -> None:
    out = tmp_path / "index.cdxj"
    result = CliRunner().invoke(main, ["cdxj", "--data", str(world.path), "--out", str(out)])
    assert result.exit_code == 0
    assert out.read_bytes() == b"".join(index(world)[0])
    assert "left out: unchanged (304): 1, answers to POST: 1" in result.output
    assert list(tmp_path.iterdir()) == [out]
    result = CliRunner().invoke(main, ["cdxj", "--data", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "no data root yet" in result.output


def test_lines_are_sorted_on_the_disk() -> None:
    lines = [b"%d %d\n" % (number * 7919 % 101, number) for number in range(100)]
    with Sorter(at_once=7) as sorter:
        for line in lines:
            sorter.add(line)
        assert list(sorter) == sorted(lines)
