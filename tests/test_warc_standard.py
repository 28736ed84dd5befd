"""WARC/1.1 as other programs read it: every record is there, and every digest is right."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
import zlib
from collections import Counter
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from scrapy.settings import Settings

from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from archive.warc import read_records
from crawler.conditions import apply, said
from crawler.registry import Registry as Portals

DEMO = Registry("demo", fiction=True)
URL = "http://127.0.0.1/a.html"
#: A body whose first line a reader that undoes chunks would take for a chunk's length.
HEXADECIMAL = b"2026\r\n<p>\xe7\xa4\xba\xe4\xbe\x8b</p>"


def exchange(body: bytes = b"x", status: int = 200, url: str = URL, **more: str) -> Exchange:
    headers = [(name.replace("_", "-"), value) for name, value in more.items()]
    return Exchange("GET", url, [("Host", "127.0.0.1")], b"", status, "OK", headers, body)


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


@pytest.fixture
def written(root: DataRoot) -> Path:
    """A closed file with records of every kind."""
    store = Store(root, DEMO, settings={"robots": "obey", "note": "two\r\nlines: 示例"})
    article = Context("shili", "article", "http://127.0.0.1/l/", "示例局2020年年度报告")
    store.portal("shili", {"agency": "示例市财政局"})
    store.capture(exchange(HEXADECIMAL, Transfer_Encoding="chunked"), article)
    store.capture(exchange(HEXADECIMAL), article)
    store.capture(exchange(b"", 304), article)
    store.capture(exchange(b"", url=f"{URL}?empty"), article)
    posted = Exchange("POST", f"{URL}/查询", (), b"page=2\xff", 200, "OK", (), b"{}")
    store.capture(posted, article)
    store.import_document(b"%PDF-1.4", "urn:sha256:1", "年报.pdf", "application/pdf")
    store.issue("shili", f"{URL}?gone", "http_404", "gone")
    store.outcome("shili", "complete")
    store.finish("complete")
    (path,) = root.warc.glob("*.warc.gz")
    return path


def verified(data: bytes) -> Counter[str]:
    """Kinds of the records whose digests FastWARC finds right; it drops all others."""
    found: Counter[str] = Counter()
    for record in ArchiveIterator(BytesIO(data), verify_digests=True):
        assert record.headers["WARC-Block-Digest"]
        found[record.headers["WARC-Type"]] += 1
    return found


def test_fastwarc_verifies_every_record(written: Path) -> None:
    ours = Counter(record.kind for record in read_records(written))
    assert set(ours) == {"warcinfo", "metadata", "request", "response", "revisit", "resource"}
    assert verified(written.read_bytes()) == ours
    with written.open("rb") as handle:
        for record in ArchiveIterator(handle, record_types=WarcRecordType.response):
            if "WARC-Payload-Digest" in record.headers:
                assert record.verify_payload_digest(), record.headers.astuples()


def test_a_record_that_was_changed_is_not_verified(written: Path) -> None:
    """The other tests would notice: a member made anew has a checksum that is right."""
    data, parts = written.read_bytes(), []
    while data:
        member = zlib.decompressobj(31)
        parts.append(member.decompress(data).replace(b"%PDF-1.4", b"%PDF-1.5"))
        data = member.unused_data
    packed = b"".join(zlib.compress(part, 6, 31) for part in parts)
    lost = Counter(record.kind for record in read_records(written)) - verified(packed)
    assert lost == {"resource": 1}


def test_other_programs_find_nothing_wrong(written: Path) -> None:
    warcio = Path(sys.executable).with_name("warcio")
    for command in ([warcio, "check", "-v"], ["gzip", "-t"]):
        done = subprocess.run([*command, written], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "fail" not in done.stdout
        assert not done.stderr
    with written.open("rb") as handle:
        bodies = [
            record.reader.read()
            for record in ArchiveIterator(handle, record_types=WarcRecordType.response)
        ]
    assert bodies == [HEXADECIMAL, b"", b"{}"], "as they were transferred"


def test_each_member_is_one_record_with_an_id_of_its_own(written: Path) -> None:
    data = written.read_bytes()
    ids, at = [], 0
    for record in read_records(written):
        content = zlib.decompress(data[record.offset : record.offset + record.length], 31)
        assert record.offset == at
        assert content.startswith(b"WARC/1.1\r\n")
        assert content.endswith(b"\r\n\r\n")
        ids.append(uuid.UUID(record.record_id.removeprefix("<urn:uuid:").removesuffix(">")))
        at += record.length
    assert at == len(data)
    assert len(set(ids)) == len(ids)
    assert {each.version for each in ids} == {4}


def test_a_request_names_its_answer(written: Path) -> None:
    answers = [r for r in read_records(written) if r.kind in ("response", "revisit")]
    with written.open("rb") as handle:
        named = [
            record.headers["WARC-Concurrent-To"]
            for record in ArchiveIterator(handle, record_types=WarcRecordType.request)
        ]
    assert named == [record.record_id for record in answers]


def test_no_record_says_that_a_joined_body_is_in_chunks(written: Path) -> None:
    first = next(r for r in read_records(written) if r.kind == "response")
    assert first.header("Transfer-Encoding") == ""
    assert first.header("X-Archive-Orig-Transfer-Encoding") == "chunked"


def test_a_file_says_who_wrote_it_and_how(written: Path) -> None:
    first = next(read_records(written))
    fields = dict(line.split(": ", 1) for line in first.body.decode().splitlines())
    assert first.kind == "warcinfo"
    assert fields["software"].startswith("nianbao ")
    assert fields["format"] == "WARC File Format 1.1"
    assert written.name.startswith(f"{fields['isPartOf']}-")
    assert (fields["robots"], fields["note"]) == ("obey", "two lines: 示例")


def test_files_are_named_by_run_time_and_number(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.journal.LARGEST_FILE", 1)
    store = Store(root, DEMO)
    for number in range(3):
        store.capture(exchange(b"%d" % number, url=f"{URL}{number}"), Context("k", "article"))
    assert len(list(root.warc.glob("*.open"))) == 1
    store.finish("complete")
    names = sorted(path.name for path in root.warc.glob("*.warc.gz"))
    pattern = rf"{store.run_id}-2\d{{16}}-(\d{{5}})\.warc\.gz"
    found = [re.fullmatch(pattern, name) for name in names]
    assert [each and each[1] for each in found] == [f"{n:05d}" for n in range(1, len(names) + 1)]
    assert len(names) > 3, "each began a file: it was full"
    for path in root.warc.glob("*.warc.gz"):
        assert verified(path.read_bytes())["warcinfo"] == 1


# -- what a crawl says -----------------------------------------------------------------------


def portals(delay: float = 3.0) -> Portals:
    return Portals("demo", True, "mailto:who@example.org", delay, 30.0, ())


def test_what_a_run_was_told_is_what_scrapy_is_told() -> None:
    until = datetime.fromisoformat("2026-01-02T06:00:00+08:00")
    told = said(portals(), None, until, "2/8")
    assert told["http-header-user-agent"] == "nianbao/0.1 (+mailto:who@example.org)"
    assert told["operator"] == "mailto:who@example.org"
    assert (told["delay-seconds"], told["robots"]) == ("3.0", "obey")
    assert (told["until"], told["shard"]) == ("2026-01-02T06:00+08:00", "2/8")
    assert told["largest-body-bytes"] == str(50 << 20)
    assert "until" not in said(portals(), None, None, "")


def test_the_command_line_wins_and_is_told() -> None:
    settings = Settings({"DOWNLOAD_DELAY": 9}, "cmdline")
    told = said(portals(), settings, None, "")
    assert told["delay-seconds"] == "9"
    assert settings["USER_AGENT"].startswith("Scrapy"), "only looked at"
    apply(portals(), settings)
    assert settings["DOWNLOAD_DELAY"] == 9
    assert settings["USER_AGENT"] == told["http-header-user-agent"]
