"""The store where one file ends and the next begins, and where a run is taken up or not."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest

from archive import warcfile
from archive.errors import RecordDamaged, WriteFailed
from archive.ledger import Ledger
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from archive.warc import load_body, load_transferred, locate, read_record
from archive.warcfile import WarcFile
from archive.warcs import Warcs

DEMO = Registry("demo", fiction=True)


def exchange(number: int = 0, body: bytes = b"x", status: int = 200, **headers: str) -> Exchange:
    url = f"http://127.0.0.1/{number}.html"
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Exchange("GET", url, [("Host", "127.0.0.1")], b"", status, "OK", fields, body)


def article(portal: str = "shili") -> Context:
    return Context(portal, "article", "http://127.0.0.1/l/")


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.journal.LARGEST_FILE", 1 << 10)
    # No batch is entered for its age or size: what is lost is then lost for good.
    monkeypatch.setattr("archive.batch.MOST_ROWS", 10**6)
    monkeypatch.setattr("archive.batch.MOST_SECONDS", 10**6)


def rows_of(ledger: Ledger) -> list[dict[str, Any]]:
    return [dict(row) for row in ledger.rows("SELECT * FROM captures ORDER BY url")]


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("captures", [2, 3, 4])
def test_a_run_killed_after_a_file_was_full_has_all_its_rows(root: DataRoot, captures: int) -> None:
    store = Store(root, DEMO)
    made = [store.capture(exchange(n, os.urandom(3000)), article()) for n in range(captures)]
    files = sorted({row["warc_file"] for row in made})
    assert len(files) == captures, "each is larger than a file may be"
    closed = [(root.warc / name).exists() for name in files]
    assert closed == [True] * (captures - 1) + [False]
    store.close()  # as a kill leaves it: nothing is flushed, the last file stays open
    again = Store(root, DEMO)
    assert again.continued
    assert rows_of(again.ledger) == made
    for row in made:
        body = read_record(locate(root.warc, row["warc_file"]), row["warc_offset"])
        assert body.record_id == row["record_id"]
    again.close()


@pytest.mark.usefixtures("small_files")
def test_a_run_killed_before_the_next_file_is_begun_has_all_its_rows(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(root, DEMO)
    made = [store.capture(exchange(n, os.urandom(3000)), article()) for n in range(2)]

    def killed(*_: object) -> None:
        raise SystemExit("killed")

    # The full file is closed already, the next one not there yet.
    monkeypatch.setattr("archive.journal.WarcFile", killed)
    with pytest.raises(SystemExit):
        store.capture(exchange(2), article())
    store.close()
    monkeypatch.undo()
    assert not list(root.warc.glob("*.open"))
    again = Store(root, DEMO)
    assert rows_of(again.ledger) == made
    again.close()


def test_a_failed_write_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = WarcFile(tmp_path, "a")
    file.write((b"first",))
    write = os.write

    def full(handle: int, data: memoryview) -> int:
        if full.calls:  # type: ignore[attr-defined]  # counts its own calls
            raise OSError(28, "No space left on device")
        full.calls += 1  # type: ignore[attr-defined]  # as above
        return write(handle, data[:20])

    full.calls = 0  # type: ignore[attr-defined]  # as above
    with monkeypatch.context() as patched:
        patched.setattr("archive.warcfile.os.write", full)
        with pytest.raises(WriteFailed, match="nothing was recorded"):
            file.write((os.urandom(500),))
    assert file.path.stat().st_size == file.size
    place = file.write((b"x",))
    assert place == [(file.size - place[0][1], place[0][1])]
    assert file.path.stat().st_size == file.size
    file.close()
    assert warcfile.OPEN not in file.final.name


# -- taking a run up ----------------------------------------------------------------------


def broken_off(root: DataRoot, *portals: str) -> str:
    store = Store(root, DEMO, portals=portals)
    for key in portals:
        store.portal(key, {})
    store.capture(exchange(), article(portals[0]))
    store.close()
    return store.run_id


def test_a_broken_run_of_other_portals_is_ended_and_not_continued(
    root: DataRoot, caplog: pytest.LogCaptureFixture
) -> None:
    old = broken_off(root, "a", "b")
    with caplog.at_level(logging.WARNING):
        new = Store(root, DEMO, portals=("a", "c"))
    assert f"run {old} of other portals was broken off; not continued" in caplog.text
    assert not new.continued
    assert new.run_id != old
    assert new.done == ()
    rows = {row["run_id"]: row["status"] for row in new.ledger.rows("SELECT * FROM runs")}
    assert rows[old] == "stopped"
    new.close()


@pytest.mark.parametrize("portals", [("a", "b"), ("a", "b", "c"), ()])
def test_a_broken_run_of_these_portals_is_continued(
    root: DataRoot, portals: tuple[str, ...]
) -> None:
    old = broken_off(root, "a", "b")
    new = Store(root, DEMO, portals=portals)
    assert new.continued
    assert new.run_id == old
    new.close()


def test_a_304_without_last_modified_keeps_the_one_that_is_known(root: DataRoot) -> None:
    store = Store(root, DEMO)
    told = "Mon, 01 Mar 2021 00:00:00 GMT"
    store.capture(exchange(Last_Modified=told, ETag='"1"'), article())
    again = store.capture(exchange(status=304, body=b""), article())
    assert (again["last_modified"], again["etag"]) == (told, '"1"')
    later = store.capture(exchange(status=304, body=b"", Last_Modified="later"), article())
    assert later["last_modified"] == "later"
    known = store.latest("GET", "http://127.0.0.1/0.html")
    assert known is not None
    assert known["last_modified"] == "later"
    store.close()


# -- reading beside a crawl ---------------------------------------------------------------


@pytest.mark.parametrize("load", [load_body, load_transferred])
def test_a_file_that_is_closed_meanwhile_is_read(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch, load: Any
) -> None:
    store = Store(root, DEMO)
    row = store.capture(exchange(body=b"found"), article())
    look, calls = Warcs._here, []

    def close_while_looking(self: Warcs, name: str) -> Any:
        calls.append(name)
        if len(calls) == 1:
            store.finish("complete")  # renames the file between the two names that are tried
            return None
        return look(self, name)

    monkeypatch.setattr(Warcs, "_here", close_while_looking)
    assert load(root.warc, row) == b"found"
    assert len(calls) == 2


@pytest.mark.parametrize("load", [load_body, load_transferred])
def test_a_body_that_is_not_the_ledgers_is_named(root: DataRoot, load: Any) -> None:
    store = Store(root, DEMO)
    row = store.capture(exchange(body=b"found"), article())
    store.finish("complete")
    with pytest.raises(RecordDamaged, match="does not match its SHA-256"):
        load(root.warc, {**row, "sha256": "0" * 64, "payload": "0" * 64})
