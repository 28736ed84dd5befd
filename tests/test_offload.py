"""WARC files in a store that speaks S3: sent, proven, read from there, and what goes wrong."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.elsewhere import filesystem
from archive.elsewhere.place import place_of
from archive.elsewhere.remembered import FILE
from archive.entering import in_order
from archive.errors import ExtraMissing, RecordDamaged, RootRefused, StoreUnreachable
from archive.fsck import fsck
from archive.ledger import Ledger
from archive.manifest import current_hash
from archive.offload.recalling import recall
from archive.offload.sending import Sent, offload
from archive.recovery import recover
from archive.reindex import reindex
from archive.replay.cdxj import write_index
from archive.replay.wacz import export_portal
from archive.root import DataRoot, Registry
from archive.site import sights
from archive.site.serve import site
from archive.store import Store
from archive.warc import load_body
from tests import replay_root
from tests.replay_root import FILE as PDF
from tests.replay_root import GZIPPED, captures, crawl
from tests.s3_server import ADDRESS, BUCKET, closing_clients, running
from tests.s3_server import Store as Remote
from tests.stored import DEMO, article, build, db

if "CI" not in os.environ:
    for _extra in ("s3fs", "moto"):
        pytest.importorskip(_extra, reason="the extra [cluster]; call `make cluster-deps`")


@pytest.fixture(scope="module", autouse=True)
def remote() -> Iterator[Remote]:
    with running() as store:
        yield store


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is away is not asked a second time."""
    settings = {**filesystem._S3["config_kwargs"], "retries": {"max_attempts": 0}}
    monkeypatch.setitem(filesystem._S3, "config_kwargs", settings)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A root of three files, all its own."""
    return replay_root.make(tmp_path_factory.mktemp("made") / "root")


@pytest.fixture(scope="module")
def moved(made: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> tuple[DataRoot, Sent]:
    """The same root, its files in the store alone; tests only read it."""
    root = copied(made, tmp_path_factory.mktemp("moved") / "root")
    return root, offload(root, ADDRESS, remove=True)


@pytest.fixture
def root(moved: tuple[DataRoot, Sent]) -> DataRoot:
    return moved[0]


@pytest.fixture
def kept(remote: Remote) -> Iterator[Remote]:
    """The store, put back after a test that damaged what it holds."""
    before = dict(remote.objects())
    yield remote
    after = remote.objects()
    for name in {*before, *after}:
        if before.get(name) != after.get(name):
            remote.put(name, before.get(name))


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The store does not listen."""
    with socket.socket() as nobody, closing_clients():
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        yield


def copied(root: DataRoot, to: Path, *without: str) -> DataRoot:
    shutil.copytree(root.path, to, symlinks=True, ignore=shutil.ignore_patterns(*without))
    return DataRoot(to)


def names(root: DataRoot) -> list[str]:
    """WARC files that the root's own folder names by their manifests, older runs first."""
    return in_order(path.name.removesuffix(".sha256") for path in root.warc.glob("*.sha256"))


def holders(root: DataRoot) -> list[dict[str, Any]]:
    return [row for row in captures(root) if row["revisit_of"] is None]


@cache
def shown(path: Path) -> Any:
    return site(path)


def ask(root: DataRoot, path: str) -> Any:
    return asyncio.run(shown(root.path).client.get(path))


def source(root: DataRoot, url: str) -> str:
    """The address at which the site shows an original."""
    sql = "SELECT version_id, url FROM sources ORDER BY captured_at, url, sha256"
    version = next(row[0] for row in db(root, sql) if row[1] == url)
    numbered = [row[1] for row in db(root, sql) if row[0] == version]
    return f"/cundang/{version}/{numbered.index(url) + 1}"


# -- sending -----------------------------------------------------------------------------


def test_files_and_manifests_are_there_and_manifests_stay(
    moved: tuple[DataRoot, Sent], made: DataRoot, remote: Remote
) -> None:
    root, done = moved
    assert (done.sent, done.removed, done.wrong) == (3, 3, [])
    assert len(names(root)) == 3
    assert not list(root.warc.glob("*.warc.gz"))
    there = remote.objects()
    for path in made.warc.iterdir():
        assert there[path.name] == path.read_bytes()
    said = (root.path / FILE).read_text()
    assert json.loads(said) == {"elsewhere": [ADDRESS]}
    assert 'shili"' not in said.replace(BUCKET, ""), "no credentials"


def test_what_is_there_is_not_sent_again(made: DataRoot, tmp_path: Path, remote: Remote) -> None:
    root = copied(made, tmp_path / "root")
    del remote.asked[:]
    done = offload(root, f"{ADDRESS}/")
    assert (done.sent, done.present, done.proven, done.wrong) == (0, 3, 0, [])
    assert not [each for each in remote.asked if each[0] in ("PUT", "POST")]
    assert not remote.gets(), "size and manifest tell; nothing is read back"
    assert offload(root, ADDRESS, verify=True).proven == 3


def test_a_damaged_copy_is_found_before_the_file_is_removed(
    made: DataRoot, tmp_path: Path, kept: Remote
) -> None:
    root = copied(made, tmp_path / "root")
    name = names(root)[1]
    kept.put(name, flipped(kept.objects()[name]))
    done = offload(root, ADDRESS, remove=True)
    assert [f"{ADDRESS}/{name} was damaged" in line for line in done.wrong] == [True]
    assert (done.sent, done.present, done.removed) == (1, 2, 3)
    assert kept.objects()[name] == (made.warc / name).read_bytes()


def test_what_is_open_or_unsigned_or_damaged_here_stays(
    made: DataRoot, tmp_path: Path, remote: Remote
) -> None:
    root, to = copied(made, tmp_path / "root"), f"s3://{BUCKET}/another"
    still, unsigned, damaged = names(root)
    (root.warc / still).rename(root.warc / f"{still}.open")
    (root.warc / f"{unsigned}.sha256").unlink()
    (root.warc / damaged).write_bytes(flipped((root.warc / damaged).read_bytes()))
    done = offload(root, to, remove=True)
    assert (done.sent, done.removed, done.left_open) == (0, 0, [still])
    assert {line.split()[0].rpartition("/")[2] for line in done.wrong} == {unsigned, damaged}
    assert set(place_of(to).files()) == {"root.json"}


def test_a_killed_offload_is_ended_by_the_next(
    made: DataRoot, tmp_path: Path, remote: Remote
) -> None:
    root, to = copied(made, tmp_path / "root"), f"s3://{BUCKET}/killed"
    calls = [sys.executable, "-m", "archive", "offload", "--data", str(root.path), "--to", to]
    process = subprocess.Popen([*calls, "--remove"], stderr=subprocess.DEVNULL)
    # The mark of the place, a file, its manifest; in the middle of the second file it dies.
    remote.at_put(4, lambda: process.send_signal(signal.SIGKILL))
    assert process.wait(30) == -signal.SIGKILL
    here = {path.name for path in root.warc.glob("*.warc.gz")}
    assert len(here) == 2, "one was moved, one was on its way"
    there = place_of(to).files()
    assert not set(names(root)) - here - there.keys(), "each is here, or there"
    done = offload(root, to, remove=True)
    assert (done.sent + done.present, done.removed, done.wrong) == (len(here), len(here), [])
    assert fsck(root).wrong == 0


def test_places_of_others_and_passwords_are_refused(root: DataRoot, tmp_path: Path) -> None:
    other = DataRoot(tmp_path / "other")
    Store(other, other_registry()).finish("complete")
    with pytest.raises(RootRefused, match=r"holds WARC files of registry “demo”"):
        offload(other, ADDRESS)
    with pytest.raises(RootRefused, match="holds a password"):
        offload(root, "s3://KEY:SECRET@bucket/warc")
    with pytest.raises(StoreUnreachable, match="there is no such bucket"):
        offload(root, "s3://nobodys-bucket/warc")
    assert json.loads((root.path / FILE).read_text()) == {"elsewhere": [ADDRESS]}


# -- reading from there ------------------------------------------------------------------


def test_a_body_is_one_request_for_its_bytes(root: DataRoot, remote: Remote) -> None:
    rows = holders(root)
    del remote.asked[:]
    for row in rows:
        load_body(root.warcs, row)
    ends = [row["warc_offset"] + row["warc_length"] - 1 for row in rows]
    wanted = [f"bytes={row['warc_offset']}-{end}" for row, end in zip(rows, ends, strict=True)]
    assert [each[2] for each in remote.asked] == wanted
    # A release's row has no length of the record, and has the body's.
    (pdf,) = [row for row in rows if row["url"] == PDF]
    del pdf["warc_length"], remote.asked[:]
    assert load_body(root.warcs, pdf).startswith(b"%PDF")
    assert len(remote.asked) == 1


def test_threads_and_forks_read_side_by_side(root: DataRoot) -> None:
    rows, warcs = holders(root), root.warcs
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda row: load_body(warcs, row), rows))) == len(rows)
    child = os.fork()
    if not child:
        signal.alarm(20)
        os._exit(0 if load_body(warcs, rows[0]) is not None else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert load_body(warcs, rows[0]) is not None, "the parent's connections live on"


def test_a_build_from_there_is_the_same_release(
    root: DataRoot, made: DataRoot, tmp_path: Path
) -> None:
    fresh = copied(root, tmp_path / "root", "releases", "readings.db*")
    assert build(fresh).is_new
    assert current_hash(fresh) == current_hash(made)


def test_fsck_and_reindex_read_all_of_it(root: DataRoot, tmp_path: Path, remote: Remote) -> None:
    verdict = fsck(root)
    assert (verdict.wrong, verdict.files, verdict.elsewhere[ADDRESS]) == (0, 3, 3)
    assert f"3 files, 3 at {ADDRESS}, " in str(verdict)
    again = copied(root, tmp_path / "root", "*.sha256", "releases")
    done = reindex(again)
    assert (done.files, done.wrong, done.foreign) == (3, [], [])
    assert names(again) == names(root), "the root says again itself what the store must give"
    for path in again.path.glob("ledger.db*"):
        path.unlink()
    with closing(Ledger(again.ledger)) as ledger:
        recover(again.warc, ledger)  # enters what it does not know, by the manifests that stayed
    assert len(captures(again)) == len(captures(root))


def flipped(data: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("damage", "kinds"),
    [
        (lambda data: flipped(data), {"file_changed", "record_damaged", "row_lost"}),
        (lambda data: data[:-40], {"file_changed", "record_damaged"}),
        (lambda _: None, {"file_lost", "holder_lost"}),
    ],
    ids=["flipped", "cut", "removed"],
)
def test_fsck_finds_damage_there(
    root: DataRoot, kept: Remote, damage: Any, kinds: set[str]
) -> None:
    name = names(root)[0]
    kept.put(name, damage(kept.objects()[name]))
    found = [each for each in fsck(root).findings if each.is_wrong]
    assert kinds <= {each.kind for each in found}
    assert {each.file for each in found if each.kind.startswith("file_")} == {f"warc/{name}"}


def test_fsck_compares_the_manifests_there(root: DataRoot, kept: Remote) -> None:
    lost, forged, _ = names(root)
    kept.put(f"{lost}.sha256", None)
    kept.put(f"{forged}.sha256", f"{'0' * 64}  {forged}\n".encode())
    found = {(each.kind, each.file) for each in fsck(root).findings if each.is_wrong}
    assert found == {
        ("manifest_missing", f"warc/{lost}"),
        ("manifest_wrong", f"warc/{forged}.sha256"),
    }


def test_pages_show_originals_from_there(root: DataRoot, made: DataRoot, remote: Remote) -> None:
    bodies = {row["url"]: load_body(made.warcs, row) for row in holders(made)}
    for url, rest in (
        (GZIPPED, ""),
        (GZIPPED, "/yuanjian"),
        (PDF, "/yuanjian?xiazai=1"),
        (PDF, "/ye?cell=t3_granted_total"),
    ):
        del remote.asked[:]
        answer = ask(root, source(root, url) + rest)
        assert answer.status_code == 200
        assert len(remote.asked) == 1, "one request a body"
        if "xiazai" in rest:
            assert answer.content == bodies[PDF]
        elif rest == "/yuanjian":
            assert "示例市财政局" in answer.text
    assert answer.content.startswith(b"\x89PNG")


def test_exports_are_the_same_bytes(root: DataRoot, made: DataRoot, tmp_path: Path) -> None:
    for number, each in enumerate((made, root)):
        export_portal(each, "shili", 2020, tmp_path / f"{number}.wacz")
        with (tmp_path / f"{number}.cdxj").open("wb") as out:
            assert write_index(each, out).damaged == 0
    assert (tmp_path / "0.wacz").read_bytes() == (tmp_path / "1.wacz").read_bytes()
    assert (tmp_path / "0.cdxj").read_bytes() == (tmp_path / "1.cdxj").read_bytes()


def test_a_later_crawl_repeats_nothing(root: DataRoot, tmp_path: Path) -> None:
    later = copied(root, tmp_path / "root")
    anew = gzip.compress(article(), 9, mtime=5)  # other bytes for a page that the store holds
    with crawl(later) as run:
        run.got(GZIPPED, anew, [("Content-Encoding", "gzip")])
        known = run._store.latest("GET", GZIPPED)
        assert known is not None
        assert run._store.body(known) == article()
    assert captures(later)[-1]["revisit_of"]
    assert fsck(later).wrong == 0


def test_files_come_home(root: DataRoot, tmp_path: Path, remote: Remote) -> None:
    home = copied(root, tmp_path / "root")
    first, *_ = names(home)
    assert recall(home, [first]).brought == 1
    assert offload(home, f"s3://{BUCKET}/second", remove=True).removed == 1
    done = recall(home, remove=False)
    assert (done.brought, done.wrong) == (3, [])
    assert fsck(home).elsewhere == {}
    second = recall(home, [first], remove=True)
    remote.put(first, (home.warc / first).read_bytes())  # the module's other tests read it
    remote.put(f"{first}.sha256", (home.warc / f"{first}.sha256").read_bytes())
    assert second.removed == 2
    assert json.loads((home.path / FILE).read_text()) == {"elsewhere": [ADDRESS]}


# -- a store that is away ----------------------------------------------------------------


def test_a_store_without_the_mark_is_away(root: DataRoot, kept: Remote) -> None:
    """Another bucket of that name, or one that somebody emptied, is not what the root sent."""
    for name in list(kept.objects()):
        kept.put(name, None)
    for command in (["recall", "--remove"], ["fsck"], ["offload", "--to", ADDRESS]):
        result = CliRunner().invoke(main, [command[0], "--data", str(root.path), *command[1:]])
        assert (result.exit_code, "is away: there is no root.json" in result.output) == (1, True)
    with pytest.raises(StoreUnreachable, match="is away"):
        load_body(root.warcs, holders(root)[0])
    assert json.loads((root.path / FILE).read_text()) == {"elsewhere": [ADDRESS]}
    assert not kept.objects()


@pytest.mark.usefixtures("away")
def test_a_store_that_is_away_is_no_damage(root: DataRoot, tmp_path: Path) -> None:
    for call in (fsck, lambda each: load_body(each.warcs, holders(each)[0])):
        with pytest.raises(StoreUnreachable, match=r"s3://\S+ cannot be reached: .*AWS_ENDPOINT"):
            call(root)
    fresh = copied(root, tmp_path / "root", "releases", "readings.db*")
    with pytest.raises(StoreUnreachable):
        build(fresh)
    assert not fresh.current.exists(), "nothing was published without them"
    done = reindex(fresh)
    assert not done.replaced
    assert "cannot be reached" in done.wrong[0]
    assert not [line for line in done.wrong if "is missing" in line]
    result = CliRunner().invoke(main, ["offload", "--data", str(fresh.path), "--to", ADDRESS])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    with crawl(fresh) as run:  # goes on; what it cannot compare it stores again
        run.got(GZIPPED, gzip.compress(article(), 9, mtime=5), [("Content-Encoding", "gzip")])
        with pytest.raises(RecordDamaged, match="cannot be reached"):
            run._store.body(holders(root)[-1])
    assert captures(fresh)[-1]["revisit_of"] is None


@pytest.mark.usefixtures("away")
def test_a_page_says_calmly_that_the_store_is_away(root: DataRoot) -> None:
    for rest in ("", "/yuanjian"):
        answer = ask(root, source(root, GZIPPED) + rest)
        assert answer.status_code == 503
        assert "存档原件存放在另一处存储中，此刻连接不上；原件并未丢失" in answer.text
        assert "s3://" not in answer.text
    assert ask(root, source(root, GZIPPED).replace("cundang", "bg")[:-2]).status_code == 200


def test_a_store_that_hangs_is_waited_for_no_longer_than_said(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, closing_clients():
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(sights, "PATIENCE", 0.2)
        answer = ask(root, source(root, GZIPPED))
        assert (answer.status_code, "此刻连接不上" in answer.text) == (503, True)
        with pytest.raises(StoreUnreachable, match="did not answer a moment ago"):
            load_body(dataclasses.replace(root.warcs, patience=0.2), holders(root)[0])
        filesystem._resting.clear()
        warcs = root.warcs
        with pytest.raises(StoreUnreachable, match=r"has not answered within 0\.2 s"):
            place_of(warcs.elsewhere[0], 0.2).files()


def test_what_is_not_allowed_is_told_apart(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    fs, _ = filesystem._filesystem(os.getpid(), ADDRESS)
    monkeypatch.setattr(fs, "cat_file", denied)
    with pytest.raises(StoreUnreachable, match=r"does not let us: Access Denied; credentials"):
        load_body(root.warcs, holders(root)[0])


def other_registry() -> Registry:
    return dataclasses.replace(DEMO, name="another")


def denied(*_: object, **__: object) -> bytes:
    raise PermissionError("Access Denied")


@pytest.mark.parametrize("missing", ["fsspec", "s3fs"])
def test_without_the_extra_one_line_says_what_to_install(
    root: DataRoot, made: DataRoot, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    if missing == "fsspec":
        monkeypatch.setitem(sys.modules, "fsspec.core", None)
    else:
        monkeypatch.setattr("fsspec.core.url_to_fs", not_installed)
    filesystem._filesystem.cache_clear()
    with pytest.raises(ExtraMissing, match=rf"{ADDRESS}: that needs {missing},.*cluster-deps"):
        fsck(root)
    assert fsck(made).wrong == 0
    result = CliRunner().invoke(main, ["fsck", "--data", str(root.path)])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)


def not_installed(*_: object, **__: object) -> None:
    raise ImportError("Install s3fs to access S3")
