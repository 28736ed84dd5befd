"""WACZ files and the index: replayed by a real pywb, validated by the real wacz."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from archive.__main__ import main
from archive.errors import RecordDamaged, ReleaseMissing, SelectionRefused, WriteFailed
from archive.replay import wacz, warcs
from archive.replay.cdxj import write_index
from archive.replay.wacz import export_portal
from archive.root import DataRoot
from tests import pywb_server, replay_root
from tests.pywb_server import Pywb

YEARS = {
    2022: {replay_root.GZIPPED},
    2021: {replay_root.CHINESE},
    2020: {replay_root.LINKING, replay_root.FILE},
    2019: {replay_root.PACKED},
    2016: {replay_root.LATE},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    return replay_root.make(tmp_path_factory.mktemp("wacz") / "data")


@pytest.fixture(scope="module")
def made(world: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a WACZ of each year of the portal."""
    folder = tmp_path_factory.mktemp("made")
    for year in YEARS:
        export_portal(world, "shili", year, folder / f"{year}.wacz")
    return folder


@pytest.fixture(scope="module")
def pywb(world: DataRoot, made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pywb]:
    """One server: `whole` reads the archive in place, the others WACZ files."""
    folder = tmp_path_factory.mktemp("pywb")
    index = folder / "index.cdxj"
    with index.open("wb") as out:
        write_index(world, out)
    collections = {"whole": (index, world.warc)}
    for name, years in (("two", (2022, 2021)), ("one", (2016,))):
        paths = (made / f"{year}.wacz" for year in years)
        collections[name] = pywb_server.add_wacz(folder, name, *paths)
    with pywb_server.serve(folder, collections) as server:
        yield server


def rows(world: DataRoot, *urls: str) -> list[dict[str, Any]]:
    """Captures that replay, of some addresses or of all."""
    return [
        row
        for row in replay_root.captures(world)
        if row["status"] != 304
        and row["url"] != replay_root.POSTED
        and (not urls or row["url"] in urls)
    ]


# -- replay ----------------------------------------------------------------------------


def test_pywb_replays_every_capture_of_the_archive_byte_for_byte(
    world: DataRoot, pywb: Pywb
) -> None:
    found = rows(world)
    for row in found:
        answer = pywb.get("whole", replay_root.stamp(row), row["url"])
        told = (answer.status, answer.time)
        assert told == (row["status"] or 200, replay_root.stamp(row)), row["url"]
        assert answer.body == replay_root.transferred(world, row), row["url"]
    revisits = [row for row in found if row["revisit_of"]]
    assert {row["url"] for row in revisits} == {
        replay_root.GZIPPED,
        replay_root.CHINESE,
        replay_root.FILE,
        replay_root.LOST,
        replay_root.COLUMN,
        f"{replay_root.SITE}/robots.txt",
    }
    encodings = {row["encoding"] for row in found}
    assert encodings == {"", "gzip", "br"}


def test_the_time_of_an_unchanged_answer_gives_the_page_that_it_confirmed(
    world: DataRoot, pywb: Pywb
) -> None:
    (unchanged,) = [row for row in replay_root.captures(world) if row["status"] == 304]
    for collection in ("whole", "two"):
        answer = pywb.get(collection, replay_root.stamp(unchanged), unchanged["url"])
        assert answer.status == 200
        assert answer.body == replay_root.transferred(world, unchanged)
        near = [replay_root.stamp(row) for row in rows(world, unchanged["url"])]
        assert answer.time in near


def test_an_answer_to_post_does_not_answer_to_get(pywb: Pywb) -> None:
    assert pywb.get("whole", "20260105000000", replay_root.POSTED).status == 404


def test_pywb_replays_wacz_files(world: DataRoot, pywb: Pywb) -> None:
    first, second = rows(world, replay_root.COLUMN)
    expected = [
        ("one", second),  # a revisit, and its holder is of another run
        *(("one", row) for row in rows(world, replay_root.LATE)),
        ("two", first),
        # Two versions, and the first one again; and the same bytes three times.
        *(("two", row) for row in rows(world, replay_root.CHINESE, replay_root.GZIPPED)),
        *(("two", row) for row in rows(world, replay_root.MOVED)),
    ]
    for collection, row in expected:
        answer = pywb.get(collection, replay_root.stamp(row), row["url"])
        assert (answer.status, answer.time) == (row["status"], replay_root.stamp(row)), row["url"]
        assert answer.body == replay_root.transferred(world, row), row["url"]
    stranger = rows(world, replay_root.ELSEWHERE)[0]
    assert pywb.get("two", replay_root.stamp(stranger), stranger["url"]).status == 404


def test_who_takes_no_encoding_gets_the_body_of_the_list(world: DataRoot, pywb: Pywb) -> None:
    """What the appendix of a paper tells its reader to do: the SHA-256 is of the decoded body."""
    for row in rows(world, replay_root.GZIPPED, replay_root.PACKED, replay_root.FILE):
        answer = pywb.get("whole", replay_root.stamp(row), row["url"], "identity")
        assert hashlib.sha256(answer.body).hexdigest() == row["sha256"]


# -- the file --------------------------------------------------------------------------


def files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def index_of(held: dict[str, bytes]) -> list[tuple[str, str, dict[str, Any]]]:
    lines = gzip.decompress(held["indexes/index.cdx.gz"]).decode("ascii").splitlines()
    assert lines == sorted(lines)
    split = (line.split(" ", 2) for line in lines)
    return [(key, stamp, json.loads(said)) for key, stamp, said in split]


def records(held: dict[str, bytes]) -> list[Any]:
    """Type, id, address, and place of each record of all WARC files of a WACZ."""
    found = []
    for name in sorted(held):
        if name.startswith("archive/"):
            archive = ArchiveIterator(io.BytesIO(held[name]))
            for record in archive:
                record.raw_stream.read()
                fields = record.rec_headers
                found.append(
                    (
                        record.rec_type,
                        fields.get_header("WARC-Record-ID"),
                        fields.get_header("WARC-Target-URI"),
                        (
                            name.removeprefix("archive/"),
                            str(archive.get_record_offset()),
                            str(archive.get_record_length()),
                        ),
                    )
                )
    return found


@pytest.mark.parametrize("year", [2020])
def test_wacz_validate_accepts_it(made: Path, year: int) -> None:
    program = Path(sys.executable).with_name("wacz")
    done = subprocess.run(
        [program, "validate", "-f", str(made / f"{year}.wacz")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("year", YEARS)
def test_the_index_leads_to_every_answer_and_to_nothing_else(made: Path, year: int) -> None:
    """`wacz validate` looks neither at the index nor at the pages."""
    held = files(made / f"{year}.wacz")
    places = {place: (kind, url) for kind, _, url, place in records(held)}
    found = index_of(held)
    for _, _, said in found:
        kind, url = places.pop((said["filename"], said["offset"], said["length"]))
        assert kind == ("revisit" if said["mime"] == "warc/revisit" else "response")
        assert url == said["url"]
    left = [(kind, url) for kind, url in places.values() if kind in ("response", "revisit")]
    unchanged = [("revisit", replay_root.GZIPPED)] if year == 2022 else []
    posted = [("response", replay_root.POSTED)] if year != 2016 else []  # of the first run
    assert sorted(left) == sorted([*posted, *unchanged])
    first, *blocks = held["indexes/index.idx"].decode().splitlines()
    assert json.loads(first.split(" ", 2)[2])["filename"] == "index.cdx.gz"
    begun = [tuple(block.split(" ", 2)[:2]) for block in blocks]
    assert begun == [found[0][:2]]


@pytest.mark.parametrize("year", YEARS)
def test_the_pages_are_the_documents_of_the_year(made: Path, year: int) -> None:
    held = files(made / f"{year}.wacz")
    head, *pages = map(json.loads, held["pages/pages.jsonl"].decode().splitlines())
    assert head["format"] == "json-pages-1.0"
    indexed = {(said["url"], stamp) for _, stamp, said in index_of(held)}
    for page in pages:
        assert (page["url"], "".join(filter(str.isdigit, page["ts"]))[:14]) in indexed
        assert "示例市财政局" in page["title"]
        assert f"{year}年" in page["title"]
    expected = {quoted(url) for url in YEARS[year]}
    assert {page["url"] for page in pages} == expected
    assert len(pages) == (2 if year == 2021 else len(expected))  # two versions at one address


def quoted(url: str) -> str:
    return pywb_server.quote(url, safe="%/:?#[]@!$&'()*+,;=~")


def test_what_led_to_a_document_is_there_too(world: DataRoot, made: Path) -> None:
    urls = {url for kind, _, url, _ in records(files(made / "2022.wacz")) if kind == "response"}
    assert urls == {
        replay_root.GZIPPED,
        replay_root.PICTURE,
        replay_root.MOVED,
        replay_root.COLUMN,
        replay_root.POSTED,
        f"{replay_root.SITE}/robots.txt",
    }


def test_records_are_copied_byte_for_byte_with_what_belongs_to_them(
    world: DataRoot, made: Path
) -> None:
    originals = b"".join(path.read_bytes() for path in sorted(world.warc.glob("*.warc.gz")))
    held = files(made / "2022.wacz")
    kinds: dict[str, int] = {}
    for kind, _, _, (name, offset, length) in records(held):
        data = held[f"archive/{name}"][int(offset) : int(offset) + int(length)]
        kinds[kind] = kinds.get(kind, 0) + 1
        assert data in originals or (kind, offset) == ("warcinfo", "0")
    answers = kinds["response"] + kinds["revisit"]
    assert kinds["request"] == answers
    assert kinds["metadata"] >= kinds["response"]
    assert kinds["warcinfo"] == 3  # its own, and those of the two runs


def test_the_holder_of_a_revisit_comes_along_from_another_run(world: DataRoot, made: Path) -> None:
    """The page is of the second run, whose list and robots.txt only repeat those of the first."""
    held = {identity for _, identity, _, _ in records(files(made / "2016.wacz"))}
    repeated = [row for row in rows(world) if row["revisit_of"] and row["record_id"] in held]
    assert {row["url"] for row in repeated} == {
        replay_root.COLUMN,
        f"{replay_root.SITE}/robots.txt",
    }
    assert {row["revisit_of"] for row in repeated} <= held
    runs = {row["record_id"]: row["run_id"] for row in rows(world)}
    assert all(runs[row["revisit_of"]] != row["run_id"] for row in repeated)


def test_the_package_says_what_it_is(world: DataRoot, made: Path) -> None:
    held = files(made / "2022.wacz")
    package = json.loads(held["datapackage.json"])
    release = json.loads((world.current / "manifest.json").read_text())
    assert package["created"] == release["built_at"]
    assert package["title"] == "shili：2022年政府信息公开工作年度报告存档（虚构数据，仅供演示）"
    assert release["release"] in package["description"]
    listed = {each["path"]: each["hash"] for each in package["resources"]}
    assert set(held) - set(listed) == {"datapackage.json", "datapackage-digest.json"}
    for path, digest in listed.items():
        assert digest == f"sha256:{hashlib.sha256(held[path]).hexdigest()}"
    said = json.loads(held["datapackage-digest.json"])
    assert said["hash"] == f"sha256:{hashlib.sha256(held['datapackage.json']).hexdigest()}"


def test_the_same_export_has_the_same_bytes(world: DataRoot, made: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.wacz"
    export_portal(world, "shili", 2022, again)
    assert again.read_bytes() == (made / "2022.wacz").read_bytes()
    with zipfile.ZipFile(again) as package:  # nor would it have them tomorrow otherwise
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_large_export_has_several_files(
    world: DataRoot, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warcs, "LARGEST_FILE", 4000)
    out = tmp_path / "many.wacz"
    export_portal(world, "shili", 2022, out)
    many, one = files(out), files(made / "2022.wacz")
    assert len([name for name in many if name.startswith("archive/")]) > 2
    places = {place for _, _, _, place in records(many)}
    found = index_of(many)
    assert [line[:2] for line in found] == [line[:2] for line in index_of(one)]
    assert all((s["filename"], s["offset"], s["length"]) in places for _, _, s in found)


def test_the_index_is_found_in_blocks(
    world: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wacz, "_BLOCK", 4)
    out = tmp_path / "blocks.wacz"
    export_portal(world, "shili", 2022, out)
    held = files(out)
    whole, lines = held["indexes/index.cdx.gz"], []
    for block in held["indexes/index.idx"].decode().splitlines()[1:]:
        key, stamp, said = block.split(" ", 2)
        place = json.loads(said)
        member = whole[place["offset"] :][: place["length"]]
        assert place["digest"] == f"sha256:{hashlib.sha256(member).hexdigest()}"
        part = gzip.decompress(member).decode("ascii").splitlines()
        assert part[0].startswith(f"{key} {stamp} ")
        lines += part
    assert len(lines) == 7
    assert lines == gzip.decompress(whole).decode("ascii").splitlines()


def test_an_imported_document_is_exported_like_any_other(world: DataRoot, tmp_path: Path) -> None:
    out = tmp_path / "import.wacz"
    export_portal(world, "import", 2017, out)
    ((_, _, said),) = index_of(files(out))
    assert said["url"] == replay_root.SAVED


# -- what cannot be exported -----------------------------------------------------------


def test_an_unknown_portal_or_year_is_told_what_there_is(world: DataRoot, tmp_path: Path) -> None:
    with pytest.raises(SelectionRefused, match="import, linxian, shili"):
        export_portal(world, "nowhere", 2022, tmp_path / "x.wacz")
    with pytest.raises(SelectionRefused, match="2019, 2020, 2021, 2022"):
        export_portal(world, "shili", 1999, tmp_path / "x.wacz")
    assert list(tmp_path.iterdir()) == []


def test_without_a_release_there_is_nothing_to_export(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    with replay_root.crawl(root) as run:
        run.got(replay_root.LOST, b"x", status=404)
    with pytest.raises(ReleaseMissing, match="make build"):
        export_portal(root, "shili", 2022, tmp_path / "x.wacz")


def test_a_damaged_record_is_not_passed_on(
    world: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "ledger.db"
    source = sqlite3.connect(world.ledger)
    copy = sqlite3.connect(ledger)
    source.backup(copy)
    with copy:
        copy.execute("UPDATE captures SET payload = ? WHERE status = 200", ("0" * 64,))
    source.close()
    copy.close()
    monkeypatch.setattr(world, "ledger", ledger)
    with pytest.raises(RecordDamaged, match="run fsck"):
        export_portal(world, "shili", 2022, tmp_path / "x.wacz")
    assert not list(tmp_path.glob("*wacz*"))


def test_a_disk_that_takes_nothing_leaves_the_old_file(
    world: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "x.wacz"
    out.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteFailed, match="No space left"):
        export_portal(world, "shili", 2022, out)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
    with pytest.raises(WriteFailed, match="nowhere"):
        export_portal(world, "shili", 2022, tmp_path / "nowhere" / "x.wacz")


def test_the_command_says_what_it_wrote(world: DataRoot, made: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.wacz"
    words = ["wacz", "--portal", "shili", "--year", "2022", "--data", str(world.path)]
    result = CliRunner().invoke(main, [*words, "--out", str(out)])
    assert result.exit_code == 0, result.output
    size = out.stat().st_size
    said = f"{out}: documents: 1, captures: 7, answers to POST (in no index): 1, bytes: {size}\n"
    assert result.output == said
