"""What is captured again: revisit records, and rows that the ledger has not yet."""

from __future__ import annotations

import gzip
import re
import sqlite3
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.batch import MOST_ROWS
from archive.encoding import decode_content
from archive.entering import enter
from archive.errors import RecordDamaged, WriteFailed
from archive.ledger import SCHEMA, Ledger
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from archive.warc import locate, read_record, read_records

DEMO = Registry("demo", fiction=True)
ARTICLE = Context("shili", "article", "http://127.0.0.1/l/")
PAGE = "<p>示例县2021年政府信息公开工作年度报告</p>".encode() * 50
URL = "http://127.0.0.1/a.html"


def exchange(body: bytes, encoding: str = "", url: str = URL, **more: Any) -> Exchange:
    headers = [("Content-Type", "text/html"), ("Content-Length", str(len(body)))]
    headers += [("Content-Encoding", encoding)] if encoding else []
    headers += [("Date", f"day {len(body)}")]
    given = {"status": 200, "reason": "OK", **more}
    return Exchange("GET", url, (), b"", response_headers=headers, body=body, **given)


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def rows(root: DataRoot) -> list[dict[str, Any]]:
    """Captures as another process sees them."""
    connection = sqlite3.connect(root.ledger)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute("SELECT * FROM captures ORDER BY rowid")]
    finally:
        connection.close()


def by_warcio(path: Path, record_id: str) -> Any:
    """A record's fields, its HTTP headers and its body, as a library reads them."""
    for record in ArchiveIterator(BytesIO(path.read_bytes()), check_digests="raise"):
        body = record.raw_stream.read()
        if record.rec_headers["WARC-Record-ID"] == record_id:
            return dict(record.rec_headers.headers), dict(record.http_headers.headers), body
    raise AssertionError(record_id)


def test_a_server_that_compresses_anew_makes_no_new_version(root: DataRoot) -> None:
    store = Store(root, DEMO)
    held, anew = gzip.compress(PAGE, 9, mtime=0), gzip.compress(PAGE, 1, mtime=7)
    first = store.capture(exchange(held, "gzip"), ARTICLE)
    again = store.capture(exchange(anew, "gzip"), ARTICLE)
    third = store.capture(exchange(anew, "gzip"), ARTICLE)
    store.finish("complete")
    assert again["revisit_of"] == third["revisit_of"] == first["record_id"]
    assert again["sha256"] == first["sha256"]
    assert (store.tally("shili").captured, store.tally("shili").unchanged) == (1, 2)
    path = root.warc / again["warc_file"]
    fields, today, nothing = by_warcio(path, again["record_id"])
    of_holder, then, payload = by_warcio(path, first["record_id"])
    assert fields["WARC-Profile"].endswith("/identical-payload-digest")
    assert fields["WARC-Refers-To"] == first["record_id"]
    assert fields["WARC-Payload-Digest"] == of_holder["WARC-Payload-Digest"]
    assert nothing == b""
    # A replay puts today's headers before the holder's payload: they must fit each other.
    assert decode_content(payload, today["Content-Encoding"]) == PAGE
    assert today["Date"] != then["Date"]
    assert "Content-Length" not in today
    assert today["X-Archive-Orig-Content-Length"] == str(len(anew))


def test_the_same_bytes_keep_their_headers_as_they_were(root: DataRoot) -> None:
    store = Store(root, DEMO)
    store.capture(exchange(PAGE), ARTICLE)
    again = store.capture(exchange(PAGE), ARTICLE)
    store.finish("complete")
    _, today, _ = by_warcio(root.warc / again["warc_file"], again["record_id"])
    assert today["Content-Length"] == str(len(PAGE))


def test_another_encoding_is_stored_for_its_replay_but_is_no_new_body(root: DataRoot) -> None:
    store = Store(root, DEMO)
    first = store.capture(exchange(gzip.compress(PAGE), "gzip"), ARTICLE)
    plain = store.capture(exchange(PAGE), ARTICLE)
    packed = store.capture(exchange(zlib.compress(PAGE), "deflate"), ARTICLE)
    again = [
        store.capture(exchange(gzip.compress(PAGE, 1), "gzip"), ARTICLE),
        store.capture(exchange(PAGE), ARTICLE),
    ]
    store.finish("complete")
    assert [row["revisit_of"] for row in again] == [first["record_id"], plain["record_id"]]
    assert [row["revisit_of"] for row in (first, plain, packed)] == [None] * 3
    assert {row["sha256"] for row in (first, plain, packed)} == {first["sha256"]}
    for row in (first, plain, packed):
        record = read_record(root.warc / row["warc_file"], row["warc_offset"])
        assert record.decoded() == PAGE


def test_what_a_damaged_holder_cannot_give_is_stored_again(root: DataRoot) -> None:
    store = Store(root, DEMO)
    first = store.capture(exchange(gzip.compress(PAGE, 9, mtime=0), "gzip"), ARTICLE)
    path = root.warc / f"{first['warc_file']}.open"
    data = bytearray(path.read_bytes())
    data[first["warc_offset"] + 60] ^= 0xFF
    path.write_bytes(data)
    again = store.capture(exchange(gzip.compress(PAGE, 1, mtime=0), "gzip"), ARTICLE)
    assert again["revisit_of"] is None
    assert store.body(again) == PAGE
    with pytest.raises(RecordDamaged):
        store.body(first)
    store.close()


# -- rows that are not in the ledger yet --------------------------------------------------


def test_what_is_not_in_the_ledger_yet_is_found(root: DataRoot) -> None:
    store = Store(root, DEMO)
    first = store.capture(exchange(PAGE), ARTICLE)
    confirmed = store.capture(exchange(b"", status=304), ARTICLE)
    failed = store.capture(exchange(b"x", status=503), ARTICLE)
    assert rows(root) == []
    assert store.latest("GET", URL) == confirmed
    assert confirmed["revisit_of"] == first["record_id"]
    assert store.body(confirmed) == PAGE
    again = store.capture(exchange(PAGE), ARTICLE)
    assert again["revisit_of"] == first["record_id"]
    assert store.latest("GET", URL) == again
    assert not store.latest("GET", "http://127.0.0.1/none.html")
    # Whoever asks the ledger itself is given all rows.
    assert len(list(store.ledger.rows("SELECT * FROM captures"))) == 4
    assert rows(root) == [first, confirmed, failed, again]
    assert store.latest("GET", URL) == again
    store.close()


def test_a_batch_is_entered_when_it_is_full_or_old(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(root, DEMO)
    clock = [0.0]
    monkeypatch.setattr("archive.batch.time.monotonic", lambda: clock[0])
    for number in range(MOST_ROWS - 1):
        store.capture(exchange(b"%d" % number), ARTICLE)
    assert rows(root) == []
    store.capture(exchange(b"last"), ARTICLE)
    assert len(rows(root)) == MOST_ROWS
    store.capture(exchange(b"one more"), ARTICLE)
    store.flush_if_due()
    assert len(rows(root)) == MOST_ROWS
    clock[0] = 1.5
    store.flush_if_due()
    assert len(rows(root)) == MOST_ROWS + 1
    store.close()


def test_no_transaction_is_open_between_batches(root: DataRoot) -> None:
    store = Store(root, DEMO)
    store.capture(exchange(PAGE), ARTICLE)
    other = sqlite3.connect(root.ledger, timeout=0)
    with other:
        other.execute("UPDATE runs SET status = status")
    other.close()
    store.finish("complete")


def test_a_ledger_that_takes_no_batch_loses_nothing(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(root, DEMO)
    row = store.capture(exchange(PAGE), ARTICLE)

    def full(_: object) -> None:
        raise WriteFailed("the ledger takes nothing more")

    monkeypatch.setattr(store._journal._ledger, "put_all", full)
    with pytest.raises(WriteFailed):
        _ = store.ledger
    store.close()
    monkeypatch.undo()
    again = Store(root, DEMO)
    assert again.continued
    assert rows(root) == [row]
    again.close()


def test_a_failing_disk_fails_the_capture_that_completes_the_batch(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(root, DEMO)
    for number in range(MOST_ROWS - 1):
        store.capture(exchange(b"%d" % number), ARTICLE)

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("archive.warcfile.os.fsync", fail)
    with pytest.raises(WriteFailed, match="Input/output error"):
        store.capture(exchange(b"last"), ARTICLE)
    assert rows(root) == []  # no row of what may not be on the disk
    store.close()


# -- TLS, and ledgers of before -----------------------------------------------------------


def test_how_tls_was_verified_is_in_ledger_and_warc(root: DataRoot) -> None:
    store = Store(root, DEMO)
    made = [
        store.capture(exchange(PAGE, url=f"http://127.0.0.1/{tls}", tls=tls), ARTICLE)
        for tls in ("", "verified", "unverified")
    ]
    store.finish("complete")
    assert [row["tls"] for row in rows(root)] == ["", "verified", "unverified"]
    fields = [by_warcio(root.warc / row["warc_file"], row["record_id"])[0] for row in made]
    assert [each.get("TLS-Certificate") for each in fields] == [None, "verified", "unverified"]
    root.ledger.unlink()
    Store(root, DEMO).close()
    assert [row["tls"] for row in rows(root)] == ["", "verified", "unverified"]


def test_a_ledger_made_before_gets_its_new_columns(root: DataRoot) -> None:
    root.claim(DEMO)
    connection = sqlite3.connect(root.ledger)
    bare = re.sub(r"\s*--[^\n]*", "", SCHEMA)
    connection.executescript(re.sub(r",\n  (?:shard|crawl|tls) [^\n,]*", "", bare))
    connection.execute("INSERT INTO runs VALUES ('1', 'crawl', 'demo', '', '', '', 'complete')")
    old = ("1", "1", "k", "list", "u", "u", "", 200, *[""] * 6, 1, None, *[""] * 5, 0, 0)
    connection.execute(f"INSERT INTO captures VALUES ({', '.join('?' * len(old))})", old)
    connection.commit()
    connection.close()
    again = Store(root, DEMO)
    again.capture(exchange(PAGE, tls="verified"), ARTICLE)
    again.finish("complete")
    assert [row["tls"] for row in rows(root)] == ["", "verified"]
    ledger = Ledger(root.ledger)
    assert [row["shard"] for row in ledger.rows("SELECT shard FROM runs")] == ["", ""]
    ledger.close()


# -- what others read -----------------------------------------------------------------------


def test_odd_addresses_and_headers_make_sound_records(root: DataRoot) -> None:
    store = Store(root, DEMO)
    name = "年报.pdf".encode("gb18030").decode("latin-1")
    odd = Exchange(
        "POST", "http://127.0.0.1/查 询?页=1\r\nX: 1", [("Host", "127.0.0.1")], b"a=1&b=\xff", 200,
        "OK", [("Content-Disposition", f"filename={name}"), ("X", ""), ("X", "b")], PAGE,
    )  # fmt: skip
    row = store.capture(odd, ARTICLE)
    store.import_document(b"%PDF-1.4 x", "urn:sha256:1", "年报.pdf", "application/pdf")
    store.finish("complete")
    path = root.warc / row["warc_file"]
    read = {record.record_id: record for record in read_records(path)}
    ours = read_record(path, row["warc_offset"])
    # Two readers, one that reads whole files and one that reads single records, agree.
    assert read[row["record_id"]] == ours
    assert (ours.body, ours.headers) == (PAGE, tuple(odd.response_headers))
    assert "\r" not in ours.url
    tool = str(Path(sys.executable).with_name("warcio"))
    done = subprocess.run([tool, "check", str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")
    kinds = [record.kind for record in read.values()]
    assert kinds.count("request") == kinds.count("response") == kinds.count("resource") == 1


def test_runs_from_elsewhere_are_entered(root: DataRoot, tmp_path: Path) -> None:
    """The WARCs of a shard that another machine crawled are copied in."""
    there = DataRoot(tmp_path / "there")
    for at in (root, there):
        store = Store(at, DEMO)
        row = store.capture(exchange(PAGE, url=f"http://127.0.0.1/{at.path.name}"), ARTICLE)
        store.finish("complete")
    locate(there.warc, row["warc_file"]).rename(root.warc / row["warc_file"])
    Store(root, DEMO).close()
    assert [row["url"].rpartition("/")[2] for row in rows(root)] == ["data", "there"]
    ledger = Ledger(root.ledger)
    ended = [run["status"] for run in ledger.rows("SELECT status FROM runs ORDER BY rowid")]
    assert ended.count("complete") == 2
    ledger.close()


# -- rows of revisits ---------------------------------------------------------------------


def test_a_revisit_says_in_its_record_what_its_row_has_of_its_own(
    root: DataRoot, tmp_path: Path
) -> None:
    store = Store(root, DEMO)
    first = store.capture(exchange(PAGE), ARTICLE)
    same = store.capture(exchange(b"", status=304), ARTICLE)
    moved = Context("other", "attachment", "http://127.0.0.1/m/", "标题\r\n二", "2021", URL)
    other = store.capture(exchange(b"", status=304, tls="verified"), moved)
    store.finish("complete")
    records = {r.record_id: r for r in read_records(root.warc / first["warc_file"])}
    assert records[first["record_id"]].row == ""
    assert records[same["record_id"]].row == "{}"
    assert "\n" not in records[other["record_id"]].row
    about = [record.refers_to for record in records.values() if record.kind == "metadata"]
    assert first["record_id"] in about
    assert same["record_id"] not in about
    new = Ledger(tmp_path / "new.db")
    enter([(root.warc / first["warc_file"], first["warc_file"])], new)
    found = [dict(row) for row in new.rows("SELECT * FROM captures ORDER BY rowid")]
    assert found == [first, same, other] == rows(root)
    new.close()


def test_a_posted_request_that_is_unchanged_keeps_its_own_key(
    root: DataRoot, tmp_path: Path
) -> None:
    store = Store(root, DEMO)
    asked = Exchange("POST", URL, (), b"page=2", 200, "OK", (), PAGE)
    made = [store.capture(asked, ARTICLE), store.capture(asked, ARTICLE)]
    store.finish("complete")
    assert made[1]["revisit_of"] == made[0]["record_id"]
    new = Ledger(tmp_path / "new.db")
    enter([(path, path.name) for path in root.warc.glob("*.warc.gz")], new)
    assert [dict(row) for row in new.rows("SELECT * FROM captures ORDER BY rowid")] == made
    new.close()


def test_a_revisit_of_a_file_that_comes_later_is_entered_too(
    root: DataRoot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = []
    for body, status in ((PAGE, 200), (b"", 304)):
        store = Store(root, DEMO)
        files.append(root.warc / store.capture(exchange(body, status=status), ARTICLE)["warc_file"])
        store.finish("complete")
    new = Ledger(tmp_path / "new.db")
    enter([(path, path.name) for path in reversed(files)], new)
    found = [row["revisit_of"] is None for row in new.rows("SELECT * FROM captures ORDER BY url")]
    assert sorted(found) == [False, True]
    new.close()
    lost = Ledger(tmp_path / "lost.db")
    enter([(files[1], files[1].name)], lost)
    assert not list(lost.rows("SELECT * FROM captures"))
    assert "the record that it refers to is lost" in caplog.text
    lost.close()


def test_a_body_that_names_no_files_is_known_by_its_digest_and_finder(root: DataRoot) -> None:
    store = Store(root, DEMO)
    row = store.capture(exchange(PAGE), ARTICLE)
    assert not store.is_plain(row["sha256"], "a")
    store.note_plain(row["sha256"], "a")
    store.finish("complete")
    again = Store(root, DEMO)
    assert again.is_plain(row["sha256"], "a")
    assert not again.is_plain(row["sha256"], "b"), "another finder must look again"
    again.note_plain(row["sha256"], "b")
    assert len(list(again.ledger.rows("SELECT * FROM plain"))) == 1
    again.close()
