"""Reading under Dask gives what reading in processes gives, whatever becomes of the workers."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO
from unittest import mock

import pytest

from archive.cluster import crews
from archive.cluster.batches import MOST, MOST_BYTES, batches, digest_of
from archive.cluster.connecting import LOCAL, Cluster, opened, require
from archive.cluster.driving import Patience, answers
from archive.cluster.reading import read_under
from archive.cluster.task import Answer, Job
from archive.errors import ClusterFailed
from archive.ledger import Ledger
from archive.manifest import current_manifest
from archive.readings import Readings
from archive.root import DataRoot
from archive.warc import load_body
from archive.warcs import Warcs
from extract.convert import Office
from extract.version import reader_version
from tests.stored import SITE, Got, Run, article, build, keep, read_here, report_of

if "CI" not in os.environ:
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")

REPORTS = 12
RTF = rb"{\rtf1 \'b9\'ab\'bf\'aa 2022}"


# -- a worker's own children ----------------------------------------------------------


def test_who_was_broken_off_in_a_batch_reads_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may owe an answer, which the next batch would keep for a body of its own."""
    stopped: list[Any] = []
    monkeypatch.setattr(crews, "Crew", lambda processes: mock.Mock(stop=lambda: stopped.append(1)))
    with crews.borrowed("a run") as kept:
        pass
    with pytest.raises(KeyError), crews.borrowed("a run") as broken:
        raise KeyError("digest")
    with crews.borrowed("a run") as another:
        pass
    crews.dismiss("a run")
    assert broken is kept
    assert another is not kept
    assert len(stopped) == 2


# -- batches --------------------------------------------------------------------------


def row(name: str, offset: int, length: int | None = 1000) -> dict[str, Any]:
    return {"warc_file": name, "warc_offset": offset, "warc_length": length, "sha256": "ab" * 32}


def test_batches_follow_the_files_and_are_bounded_by_number_and_bytes() -> None:
    rows = [row(name, offset) for offset in range(MOST, 0, -1) for name in ("b.warc", "a.warc")]
    made = list(batches([*rows, row("c.warc", 7, None)]))
    assert [len(batch) for batch in made] == [MOST, MOST, 1]
    places = [(name, offset) for batch in made for name, offset, _, _ in batch]
    assert places == sorted(places)
    assert digest_of(made[0][0]) == "ab" * 32
    large = list(batches([row("a.warc", n, MOST_BYTES // 2 + 1) for n in range(3)]))
    assert [len(batch) for batch in large] == [1, 1, 1]
    assert list(batches([row("a.warc", 0, 2 * MOST_BYTES)])) == [
        (("a.warc", 0, 2 * MOST_BYTES, b"\xab" * 32),)
    ]
    assert list(batches([])) == []


# -- one cluster of our own for all of these ------------------------------------------


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    # One worker, begun again by its nanny where it is killed; `make prove` has several.
    with opened(LOCAL, 1) as made:
        yield made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    root = DataRoot(tmp_path_factory.mktemp("cluster") / "data")
    got = [
        Got(f"{SITE}/{n}", article(report_of(2010 + n)), f"示例市财政局{2010 + n}年度报告")
        for n in range(REPORTS)
    ]
    keep(root, Run([*got, Got(f"{SITE}/rtf", RTF), Got(f"{SITE}/none", b"<html>")]))
    return root


def captures(root: DataRoot) -> list[dict[str, Any]]:
    ledger = Ledger(root.ledger)
    try:
        return [dict(each) for each in ledger.rows("SELECT * FROM captures ORDER BY sha256")]
    finally:
        ledger.close()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name.startswith("archive")]


def place_of(root: DataRoot, end: str) -> dict[str, Any]:
    return next(each for each in captures(root) if each["url"].endswith(end))


def kept(path: Path) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT * FROM readings ORDER BY sha256").fetchall()


def under(
    cluster: Cluster, root: DataRoot, path: Path, warcs: Warcs, office: Office | None = None
) -> tuple[list[tuple[Any, ...]], list[str]]:
    """What is kept of a root's captures that are read under a cluster, and what is left."""
    readings = Readings(path / "readings.db")
    with mock.patch("archive.cluster.batches.MOST", 4), contextlib.closing(readings):
        left = read_under(cluster, readings, captures(root), warcs, lambda: office)
    return kept(path / "readings.db"), left


def test_what_no_worker_answered_for_is_read_here(made: DataRoot, tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    shutil.copytree(made.path, root.path, dirs_exist_ok=True)
    silent = mock.patch("archive.cluster.reading.read", return_value=[])
    with silent, mock.patch("tests.stored.build_in_processes", under_cluster):
        build(root)
    assert len(kept(root.readings)) == REPORTS + 2


def test_a_build_under_dask_gives_the_same_release_and_the_same_readings(
    cluster: Cluster, made: DataRoot, tmp_path: Path
) -> None:
    roots = []
    for name in ("here", "there"):
        root = DataRoot(tmp_path / name)
        root.path.mkdir()
        for entry in made.path.iterdir():
            (root.path / entry.name).symlink_to(entry) if entry.name == "warc" else None
            if entry.is_file():
                (root.path / entry.name).write_bytes(entry.read_bytes())
        roots.append(root)
    here, there = roots
    build(here)
    answer = contextlib.nullcontext(cluster)
    with (
        mock.patch("archive.cluster.reading.opened", return_value=answer),
        mock.patch("tests.stored.build_in_processes", under_cluster),
    ):
        build(there)
    assert current_manifest(here)["content_hash"] == current_manifest(there)["content_hash"]
    assert kept(here.readings) == kept(there.readings)
    assert len(kept(there.readings)) == REPORTS + 2


def under_cluster(root: DataRoot, *args: Any, **kw: Any) -> Any:
    from archive.build import build as whole

    return whole(root, *args, **kw, cluster=LOCAL, find=lambda: None)


class Elsewhere(Warcs):
    """Places that are otherwise on a worker than here."""

    def open(self, name: str, at: int = 0, length: int = 0) -> BinaryIO:
        if multiprocessing.parent_process() is None:
            return super().open(name, at, length)
        return self.open_there(name)

    def open_there(self, name: str) -> BinaryIO:
        raise NotImplementedError


class KillsOnce(Elsewhere):
    """Kills the first worker that opens a file."""

    def open_there(self, name: str) -> BinaryIO:
        with contextlib.suppress(FileExistsError):
            Path(self.elsewhere[0]).touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)
        return Warcs(self.folder).open(name)


class Unmounted(Elsewhere):
    """A worker without the shared folder."""

    def open_there(self, name: str) -> BinaryIO:
        return Warcs(Path("/not/mounted")).open(name)


def test_a_killed_worker_and_another_libreoffice_change_nothing(
    cluster: Cluster, made: DataRoot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (rtf,) = (each["sha256"] for each in captures(made) if each["url"].endswith("/rtf"))
    killing = KillsOnce(made.warc, (str(tmp_path / "killed"),))
    office = Office(Path("/none"), "LibreOffice 0.1")  # no worker converts with another one
    rows, left = under(cluster, made, tmp_path, killing, office)
    assert (tmp_path / "killed").exists()
    assert left == [rtf]
    assert rows == [row for row in kept_here(made, tmp_path) if row[0] != rtf]
    assert len(rows) == REPORTS + 1
    assert not [each for each in told(caplog) if "ended over" in each]


def kept_here(root: DataRoot, path: Path) -> list[tuple[Any, ...]]:
    """What is kept of a root's captures that are read in this process."""
    rows = {each["sha256"]: each for each in captures(root)}
    readings = Readings(path / "here.db")
    with mock.patch("archive.readings.read_documents", read_here), contextlib.closing(readings):
        readings.read(list(rows), lambda digest: load_body(root.warcs, rows[digest]), 1)
    return kept(path / "here.db")


def test_a_worker_without_the_folder_is_named_and_a_lost_file_is_left(
    cluster: Cluster, made: DataRoot, tmp_path: Path
) -> None:
    with pytest.raises(ClusterFailed) as failed:
        under(cluster, made, tmp_path, Unmounted(made.warc))
    assert socket.gethostname() in str(failed.value)
    assert "/not/mounted" in str(failed.value)
    assert str(made.warc) in str(failed.value)
    assert kept(tmp_path / "readings.db") == []
    rows, left = under(cluster, made, tmp_path, Warcs(tmp_path))
    assert rows == []
    assert sorted(left) == [each["sha256"] for each in captures(made)]


def test_a_body_that_is_not_as_the_ledger_says_is_left(cluster: Cluster, made: DataRoot) -> None:
    one = place_of(made, "/0")
    wrong = (one["warc_file"], one["warc_offset"], one["warc_length"], b"\x01" * 32)
    job = Job(made.warcs, reader_version(), None, "test")
    (answer,) = answers(cluster, job, [(wrong,)])
    assert not answer.rows
    assert "does not match its SHA-256" in answer.left["01" * 32]


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (("html", None, b"packed"), "by {by}, for which nobody asked"),
        ((b"packed", "html"), "in 6 columns, here they are 7: install the same nianbao"),
    ],
)
def test_nothing_is_kept_that_was_not_asked_for(
    cluster: Cluster, made: DataRoot, tmp_path: Path, rest: tuple[Any, ...], said: str
) -> None:
    one, strange = place_of(made, "/0"), "02" * 32
    row: Any = (strange, reader_version(), "read", "", *rest)
    said = said.format(by=reader_version())
    readings = Readings(tmp_path / "readings.db")
    with (
        mock.patch("archive.cluster.reading.answers", return_value=iter_of(Answer("m", [row]))),
        contextlib.closing(readings),
        pytest.raises(ClusterFailed, match=f"m gave a reading of {strange} {said}"),
    ):
        read_under(cluster, readings, [one], made.warcs, lambda: None)
    assert kept(tmp_path / "readings.db") == []


def iter_of(*answers: Answer) -> Iterator[Answer]:
    yield from answers


def test_another_reader_is_refused_with_both_versions(cluster: Cluster, made: DataRoot) -> None:
    job = Job(made.warcs, "an older one", None, "test")
    one = next(batches(captures(made)))
    with pytest.raises(ClusterFailed, match="an older one") as failed:
        list(answers(cluster, job, [one]))
    assert reader_version() in str(failed.value)
    assert socket.gethostname() in str(failed.value)


def test_an_address_with_certificates_is_reached_with_those_of_the_configuration(
    cluster: Cluster,
) -> None:
    import dask

    address = cluster.target.scheduler_address
    assert address.startswith("tls://127.0.0.1:")
    with pytest.raises(ClusterFailed, match="takes certificates"):
        Cluster(address, address).client(5)
    given = cluster.target.security
    tls = {
        "distributed.comm.tls.ca-file": given.tls_ca_file,
        "distributed.comm.tls.client.cert": given.tls_client_cert,
        "distributed.comm.tls.client.key": given.tls_client_key,
    }
    with dask.config.set(tls):
        client = Cluster(address, address).client(5)
        assert len(client.nthreads()) == 1
        client.close()


# -- schedulers -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "", "10.0.0.1:8786", "tcp://10.0.0.1", "http://a:1", "LOCAL", "tcp://127.0.0.1:99999",
        "tcp://a:0", "tcp://:8786", "tcp://a..b:1", "tcp://-a:1", "tcp://10.0.0.300:1",
        "tcp://10.0.1:8786", "tcp://[::1:8786", "tcp://[::g]:1", "tcp://a:8786/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ClusterFailed, match="--cluster takes tcp://HOST:PORT"):
        require(address)


@pytest.mark.parametrize(
    "address",
    [
        "local",
        "tcp://10.0.0.1:8786",
        "tls://a-1.b_2.example.:65535",
        "tcp://[fd00::1]:1",
        "tcp://a:1",
    ],
)
def test_what_is_an_address_is_taken(address: str) -> None:
    require(address)


def test_where_nothing_or_something_else_answers_one_line_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for address in (f"tcp://127.0.0.1:{port}", "tcp://127.0.0.1:9"):
            with pytest.raises(ClusterFailed, match="no Dask scheduler can be reached") as failed:
                Cluster(address, address).client(0.2)
            assert len(str(failed.value).splitlines()) == 1
    with pytest.raises(ClusterFailed, match="takes certificates"):
        Cluster("tls://127.0.0.1:9", "tls://127.0.0.1:9").client(0.2)


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "nothing listens at that port"),
        (socket.gaierror(socket.EAI_NONAME, "not known"), "its host is not known"),
        (OSError(113, "No route to host"), "No route to host"),
        (None, "timed out trying to connect"),
    ],
)
def test_why_nobody_answers_is_named(cause: OSError | None, said: str) -> None:
    """Dask says only that time is up, and what went before it."""
    error = OSError("timed out trying to connect\nto tcp://x")
    error.__cause__ = cause
    with (
        mock.patch("archive.cluster.connecting._greet", side_effect=error),
        pytest.raises(ClusterFailed, match=rf"at tcp://x:1: .*{said}.*-m dask scheduler") as failed,
    ):
        Cluster("tcp://x:1", "tcp://x:1").client()
    assert len(str(failed.value).splitlines()) == 1


class Future:
    """Of a scheduler of our own making, for what a real one does only when it is killed."""

    status = "pending"

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def add_done_callback(self, call: Callable[[Future], None]) -> None:
        call(self)

    def result(self, timeout: float) -> Answer:
        assert timeout
        return self.answer

    def release(self) -> None:
        pass


class Client:
    """Answers so many batches, then its scheduler is gone."""

    status = "running"

    def __init__(self, count: int, threads: int = 1) -> None:
        self.count, self.threads = count, threads

    def nthreads(self) -> dict[str, int]:
        return {"tcp://x": self.threads} if self.threads else {}

    def submit(self, _: Any, job: Job, batch: Any, **__: Any) -> Future:
        future = Future(Answer("x", left={batch: ""}))
        self.count -= 1
        future.status = "cancelled" if self.count < 0 else "finished"
        return future

    def run(self, *_: Any, **__: Any) -> None:
        pass

    def close(self) -> None:
        self.status = "closed"


class Schedulers:
    """Clients one after the other; None where none can be reached."""

    name = "tcp://example.invalid:1"

    def __init__(self, *clients: Client | None) -> None:
        self.clients = list(clients)

    def client(self, *_: float) -> Client:
        client = self.clients.pop(0) if self.clients else None
        if client is None:
            raise ClusterFailed("not there")
        return client


JOB = Job(Warcs(Path("/")), "1", None, "test")


def given(schedulers: Any, patience: Patience | None = None) -> set[str]:
    todo: Any = [f"batch {n}" for n in range(10)]
    return {key for answer in answers(schedulers, JOB, todo, patience) for key in answer.left}


def test_a_scheduler_that_comes_back_is_given_what_was_not_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = Client(4), Client(99)
    assert given(Schedulers(first, None, second)) == {f"batch {n}" for n in range(10)}
    assert 99 - second.count == 6
    assert first.status == second.status == "closed"
    said = told(caplog)
    assert "gone; waiting 300 s" in said[0]
    assert "is back" in said[1]


class Deadly(Client):
    """A cluster whose workers end over one capture, and over the batch that it is in."""

    def submit(self, _: Any, job: Job, batch: Any, **__: Any) -> Future:
        future = Future(Answer("x", left={digest_of(each): "" for each in batch}))
        future.status = "error" if DEADLY in batch else "finished"
        return future


DEADLY = ("a.warc", 7, 900, b"\x07" * 32)


def test_what_ends_its_workers_is_read_one_by_one_and_then_left_to_the_builder(
    caplog: pytest.LogCaptureFixture,
) -> None:
    others = [("a.warc", n, 900, bytes([n]) * 32) for n in (1, 2, 3)]
    with mock.patch.object(Future, "exception", killed, create=True):
        schedulers: Any = Schedulers(Deadly(9))
        todo = [(others[0], DEADLY, others[1]), (others[2],)]
        given = list(answers(schedulers, JOB, todo))
    found = sorted(key for answer in given for key in answer.left)
    assert found == sorted(digest_of(each) for each in (*others, DEADLY))
    assert [each.left for each in given if not each.machine] == [
        {"07" * 32: "workers ended over a.warc at byte 7, again and again"}
    ]
    said = told(caplog)
    assert "a batch of 3 captures of a.warc, from byte 1 on" in said[0]
    assert said[1] == "workers ended over a.warc at byte 7, again and again; this machine reads it"
    assert len(said) == 2


def killed(_: Future) -> Exception:
    from distributed import KilledWorker

    return KilledWorker("task", None, 4)


def test_a_scheduler_that_does_not_come_back_ends_the_build_with_an_error() -> None:
    first = Client(4)
    with pytest.raises(ClusterFailed, match="did not come back in 0 s; what was read is kept"):
        given(Schedulers(first), Patience(scheduler=0.01))
    assert first.status == "closed"


def test_without_a_worker_the_build_waits_and_then_says_what_to_start(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (
        mock.patch("archive.cluster.driving._LOOK", 0.01),
        mock.patch("archive.cluster.driving._TELL", 0.02),
        pytest.raises(
            ClusterFailed, match=r"no worker for 0 s; start one \(\S+ -m dask worker tcp"
        ),
    ):
        given(Schedulers(Client(99, threads=0)), Patience(workers=0.05))
    assert "has no worker; waiting 0 s" in caplog.text
