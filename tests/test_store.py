"""WARC and ledger: what is stored comes back byte for byte, and survives a crash."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive.encoding import decode_content
from archive.entering import enter
from archive.errors import RecordDamaged, RootBusy, RootRefused, WriteFailed
from archive.ledger import Ledger
from archive.recovery import _whole
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store, request_key
from archive.warc import locate, read_record, read_records

DEMO = Registry("demo", fiction=True)
ARTICLE = Context("shili", "article", "http://127.0.0.1/l/", "示例局2020年…年度报告", "2021-01-20")


def exchange(
    body: bytes, url: str = "http://127.0.0.1/a.html", status: int = 200, **kw: str
) -> Exchange:
    headers = [("Content-Type", "text/html"), ("X-Twice", "1"), ("X-Twice", "2"), *kw.items()]
    return Exchange("GET", url, [("Host", "127.0.0.1")], b"", status, "OK", headers, body)


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def test_a_capture_comes_back_by_its_offset(root: DataRoot) -> None:
    store = Store(root, DEMO)
    body = gzip.compress("镕㵲".encode(), mtime=0)
    row = store.capture(exchange(body, **{"Content-Encoding": "gzip"}), ARTICLE)
    store.finish("complete")
    record = read_record(locate(root.warc, row["warc_file"]), row["warc_offset"])
    assert record.body == body
    assert record.decoded().decode() == "镕㵲"
    assert [value for name, value in record.headers if name == "X-Twice"] == ["1", "2"]
    assert (record.record_id, record.status) == (row["record_id"], 200)


def test_header_bytes_that_are_not_ascii_are_kept(root: DataRoot) -> None:
    store = Store(root, DEMO)
    name = "年报.pdf".encode("gb18030").decode("latin-1")
    row = store.capture(
        exchange(b"x", **{"Content-Disposition": f"attachment; filename={name}"}), ARTICLE
    )
    record = read_record(locate(root.warc, row["warc_file"]), row["warc_offset"])
    assert (
        record.header("Content-Disposition")
        .encode("latin-1")
        .decode("gb18030")
        .endswith("年报.pdf")
    )
    store.close()


def test_an_unchanged_body_is_a_revisit(root: DataRoot) -> None:
    store = Store(root, DEMO)
    first = store.capture(exchange(b"same"), ARTICLE)
    again = store.capture(exchange(b"same"), ARTICLE)
    elsewhere = store.capture(exchange(b"same", url="http://127.0.0.1/b.html"), ARTICLE)
    changed = store.capture(exchange(b"other"), ARTICLE)
    assert again["revisit_of"] == first["record_id"]
    assert elsewhere["revisit_of"] is None
    assert changed["revisit_of"] is None
    assert (store.tally("shili").captured, store.tally("shili").unchanged) == (3, 1)
    store.close()


def test_a_304_keeps_the_digest_of_what_it_confirms(root: DataRoot) -> None:
    store = Store(root, DEMO)
    first = store.capture(exchange(b"same", ETag='"1"'), ARTICLE)
    confirmed = store.capture(exchange(b"", status=304), ARTICLE)
    assert (confirmed["revisit_of"], confirmed["sha256"]) == (first["record_id"], first["sha256"])
    kinds = [r.kind for r in read_records(store.root.warc / f"{first['warc_file']}.open")]
    assert kinds.count("revisit") == 1
    store.close()


def test_an_error_page_with_the_same_body_is_not_the_page(root: DataRoot) -> None:
    store = Store(root, DEMO)
    store.capture(exchange(b"x"), ARTICLE)
    assert store.capture(exchange(b"x", status=503), ARTICLE)["revisit_of"] is None
    store.close()


def test_posts_differ_by_their_bodies() -> None:
    assert request_key("POST", "u", b"1") != request_key("POST", "u", b"2")
    assert request_key("GET", "u") == "u"


def test_warcio_finds_nothing_wrong(root: DataRoot) -> None:
    store = Store(root, DEMO)
    store.portal("shili", {"agency": "示例市财政局"})
    for body in (b"a", b"a", b"b"):
        store.capture(exchange(body), ARTICLE)
    store.issue("shili", "http://127.0.0.1/x", "http_404", "gone")
    store.outcome("shili", "complete", candidates=1)
    store.finish("complete")
    files = [str(path) for path in root.warc.glob("*.warc.gz")]
    check = [str(Path(sys.executable).with_name("warcio")), "check", *files]
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")
    assert subprocess.run(["gzip", "-t", *files], check=False).returncode == 0


def rows(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(tuple(row) for row in ledger.rows(f"SELECT * FROM {table}"))
        for table in ("runs", "portals", "captures", "outcomes", "issues")
    }


def test_the_ledger_can_be_made_again_from_the_warc(root: DataRoot, tmp_path: Path) -> None:
    store = Store(root, DEMO)
    store.portal("shili", {"agency": "示例市财政局"})
    for body in (b"a", b"a", b"b"):
        store.capture(exchange(body), ARTICLE)
    store.issue("shili", "http://127.0.0.1/x", "http_404", "gone")
    store.outcome("shili", "complete", candidates=1)
    store.finish("complete")
    old, new = Ledger(root.ledger), Ledger(tmp_path / "new.db")
    enter([(path, path.name) for path in root.warc.glob("*.warc.gz")], new)
    assert rows(new) == rows(old)
    old.close()
    new.close()


@pytest.mark.parametrize("cut", [1, 20, 200, 700])
def test_a_torn_tail_is_cut_and_whole_records_stay(
    root: DataRoot, cut: int, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(root, DEMO)
    kept = store.capture(exchange(b"kept"), ARTICLE)
    store.capture(exchange(b"torn", url="http://127.0.0.1/b.html"), ARTICLE)
    store.close()
    path = root.warc / kept["warc_file"]
    torn = root.warc / f"{kept['warc_file']}.open"
    with torn.open("r+b") as handle:
        handle.truncate(torn.stat().st_size - cut)
    root.ledger.unlink()
    again = Store(root, DEMO)
    assert again.continued
    assert again.run_id == store.run_id
    assert "http://127.0.0.1/a.html" in again.done
    assert "torn record" in caplog.text
    assert _whole(path, 0) == path.stat().st_size
    assert subprocess.run(["gzip", "-t", str(path)], check=False).returncode == 0
    again.close()


def test_a_record_on_the_disk_that_the_ledger_missed_is_entered(root: DataRoot) -> None:
    store = Store(root, DEMO)
    row = store.capture(exchange(b"x"), ARTICLE)
    with store.ledger.db.conn:
        store.ledger.db.conn.execute("DELETE FROM captures")
    store.close()
    again = Store(root, DEMO)
    found = again.ledger.one("SELECT * FROM captures")
    assert found is not None
    assert dict(found) == row
    again.close()


def test_a_killed_writer_leaves_whole_records(root: DataRoot) -> None:
    code = f"""
import sys, os, signal
from pathlib import Path
from archive.root import DataRoot, Registry
from archive.store import Store, Context, Exchange
store = Store(DataRoot(Path({str(root.path)!r})), Registry("demo", True))
for i in range(10**6):
    url, body = f"http://127.0.0.1/{{i}}", os.urandom(5000)
    store.capture(Exchange("GET", url, [], b"", 200, "OK", [], body), Context("k", "article"))
    print(i, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 25:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    store = Store(root, DEMO)
    captured = list(store.ledger.rows("SELECT * FROM captures"))
    assert len(captured) > 25
    for row in captured:
        record = read_record(locate(root.warc, row["warc_file"]), row["warc_offset"])
        assert record.record_id == row["record_id"]
    store.close()


def test_a_full_disk_fails_the_request_and_loses_nothing(root: DataRoot) -> None:
    store = Store(root, DEMO)
    row = store.capture(exchange(b"before"), ARTICLE)
    size = (root.warc / f"{row['warc_file']}.open").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 500, hard))
    try:
        with pytest.raises(WriteFailed, match="cannot be written"):
            store.capture(exchange(os.urandom(9000), url="http://127.0.0.1/b.html"), ARTICLE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    after = store.capture(exchange(b"after", url="http://127.0.0.1/c.html"), ARTICLE)
    store.finish("complete")
    path = root.warc / row["warc_file"]
    assert read_record(path, after["warc_offset"]).body == b"after"
    assert [r.url for r in read_records(path) if r.kind == "response"] == [
        "http://127.0.0.1/a.html",
        "http://127.0.0.1/c.html",
    ]


def test_a_damaged_record_is_named(root: DataRoot) -> None:
    store = Store(root, DEMO)
    row = store.capture(exchange(b"x" * 500), ARTICLE)
    store.finish("complete")
    path = root.warc / row["warc_file"]
    whole = path.read_bytes()
    # Bytes 4 to 9 are gzip's own time and system, which say nothing about the record.
    for at in range(10, row["warc_length"], 7):
        data = bytearray(whole)
        data[row["warc_offset"] + at] ^= 0xFF
        path.write_bytes(data)
        with pytest.raises(RecordDamaged, match=path.name):
            read_record(path, row["warc_offset"])
    with pytest.raises(RecordDamaged, match="missing"):
        locate(root.warc, "none.warc.gz")


# -- the root ---------------------------------------------------------------------------


def test_a_root_refuses_another_registry(root: DataRoot) -> None:
    root.claim(DEMO)
    with pytest.raises(RootRefused, match="demo"):
        root.claim(Registry("portals", fiction=False))
    with pytest.raises(RootRefused):
        root.claim(Registry("demo", fiction=False))
    root.claim(DEMO)


def test_a_lock_names_its_holder(root: DataRoot) -> None:
    root.claim(DEMO)
    with root.lock("crawl"):
        with pytest.raises(RootBusy, match=f"process {os.getpid()}"), root.lock("crawl"):
            pass
        with root.lock("build"):
            pass
    with root.lock("crawl"):
        pass


# -- content-encodings ------------------------------------------------------------------


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * (300 << 20), 1)
    with pytest.raises(RecordDamaged, match="256 MB"):
        decode_content(bomb, "gzip")


def test_a_body_that_lies_about_its_encoding_is_kept_as_transferred(root: DataRoot) -> None:
    store = Store(root, DEMO)
    row = store.capture(exchange(b"not gzip", **{"Content-Encoding": "gzip"}), ARTICLE)
    assert row["sha256"] == row["payload"]
    store.close()
