"""Manifests: one beside each closed file, true, and never made up for what nobody knows."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive import manifests
from archive.errors import RecordDamaged, WriteFailed
from archive.importing import import_files
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from archive.warc import read_record
from archive.warcfile import WarcFile

DEMO = Registry("demo", fiction=True)
ARTICLE = Context("shili", "article", "http://127.0.0.1/l/")


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def capture(store: Store, number: int, body: bytes = b"") -> dict[str, Any]:
    url = f"http://127.0.0.1/{number}.html"
    return store.capture(
        Exchange("GET", url, [], b"", 200, "OK", [], body or os.urandom(3000)), ARTICLE
    )


def one_run(root: DataRoot, shard: str = "") -> Path:
    """The WARC file of a run that has ended."""
    store = Store(root, DEMO, shard=shard)
    name = capture(store, 1)["warc_file"]
    store.finish("complete")
    return root.warc / str(name)


def sound(folder: Path) -> bool:
    """Whether `sha256sum` finds each closed file as its manifest says, and no file lacks one."""
    closed = {path.name for path in folder.glob("*.warc.gz")}
    said = {path.name.removesuffix(".sha256") for path in folder.glob("*.sha256")}
    names = [f"{name}.sha256" for name in sorted(said)]
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", *names], cwd=folder, capture_output=True, check=False
    )
    return done.returncode == 0 and closed == said and bool(closed)


def test_sha256sum_checks_each_closed_file(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.journal.LARGEST_FILE", 1 << 10)
    store = Store(root, DEMO)
    for number in range(3):
        capture(store, number)
    assert len(list(root.warc.glob("*.open"))) == 1
    assert not list(root.warc.glob("*.open.sha256"))
    assert sound(root.warc), "files that were full are closed while the run goes on"
    store.finish("complete")
    assert sound(root.warc)
    assert len(list(root.warc.glob("*.sha256"))) == 4
    path = min(root.warc.glob("*.warc.gz"))
    assert manifests.told(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    data = bytearray(path.read_bytes())
    data[5] ^= 1  # gzip's own time, which no checksum covers
    path.write_bytes(data)
    assert not sound(root.warc)


def test_an_import_has_one_too(root: DataRoot, tmp_path: Path) -> None:
    document = tmp_path / "年报.pdf"
    document.write_bytes(b"%PDF-1.4")
    import_files(root, [document], None)
    assert sound(root.warc)


def test_the_digest_is_right_after_a_write_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = WarcFile(tmp_path, "a")
    file.write((b"first",))
    write = os.write

    def part(handle: int, data: memoryview) -> int:
        if len(data) <= 20:
            raise OSError(28, "No space left on device")
        return write(handle, data[:-20])

    with monkeypatch.context() as patched:
        patched.setattr("archive.warcfile.os.write", part)
        with pytest.raises(WriteFailed, match="nothing was recorded"):
            file.write((os.urandom(500),))
    file.write((b"second",))
    file.close()
    assert sound(tmp_path)


def test_nothing_is_written_behind_a_record_that_cannot_be_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = WarcFile(tmp_path, "a")
    file.write((b"first",))

    def fail(*_: object) -> int:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("archive.warcfile.os.write", fail)
        patched.setattr("archive.warcfile.os.ftruncate", fail)
        with pytest.raises(WriteFailed, match="Input/output error"):
            file.write((b"second",))
    with pytest.raises(WriteFailed, match="torn record"):
        file.write((b"third",))
    with pytest.raises(WriteFailed, match="torn record"):
        file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.warc.gz.open"]


# -- closing that is broken off ---------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


def killed_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """End the process at a step of a file's closing: before it is 0, 1, 2 or 3 of four."""
    steps = iter(range(4))

    def stop(do: Callable[..., Any]) -> Callable[..., Any]:
        def doing(*arguments: Any) -> Any:
            if next(steps) == step:
                raise Killed
            return do(*arguments)

        return doing

    # The partial manifest to the disk, its name, the file's name, the manifest's.
    monkeypatch.setattr("archive.manifests.os.fsync", stop(os.fsync))
    monkeypatch.setattr("archive.manifests.sync", stop(lambda _: None))
    monkeypatch.setattr(Path, "rename", stop(Path.rename))


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_a_closing_that_was_broken_off_is_ended_by_the_next_run(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    store = Store(root, DEMO)
    row = capture(store, 1, b"kept")
    store._journal.flush()
    file, store._journal._file = store._journal._file, None
    assert file is not None
    monkeypatch.setattr(file, "sync", lambda: None)
    with monkeypatch.context() as patched:
        killed_at(patched, step)
        with pytest.raises(Killed):
            file.close()
    store.close()
    path = root.warc / row["warc_file"]
    assert path.exists() == (step == 3)
    assert not manifests.manifest_of(path).exists()
    one_run(root)
    assert sound(root.warc)
    assert not [name for name in os.listdir(root.warc) if name.endswith((".open", ".partial"))]
    assert read_record(path, row["warc_offset"]).body == b"kept"


def test_a_file_that_was_closed_by_a_crash_keeps_the_digest_of_what_was_written(
    root: DataRoot,
) -> None:
    path = one_run(root)
    manifest = manifests.manifest_of(path)
    manifest.rename(f"{manifest}.partial")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    one_run(root)
    assert manifests.told(path) not in (None, manifests.digest(path)), "the damage is not covered"


def test_another_shards_closing_is_left_to_it(root: DataRoot) -> None:
    path = one_run(root, "1/2")
    manifest = manifests.manifest_of(path)
    partial = manifest.rename(f"{manifest}.partial")
    one_run(root, "2/2")
    assert partial.exists()
    one_run(root, "1/2")
    assert manifest.exists()


def test_a_manifest_that_was_taken_away_is_not_made_up(root: DataRoot) -> None:
    path = one_run(root)
    manifests.manifest_of(path).unlink()
    one_run(root)
    assert manifests.told(path) is None


@pytest.mark.parametrize("line", ["", "0" * 64 + "\n", "0" * 63 + "  {}\n", "0" * 64 + "  b\n"])
def test_a_manifest_that_is_none_is_named(root: DataRoot, line: str) -> None:
    path = one_run(root)
    manifests.manifest_of(path).write_text(line.format(path.name))
    with pytest.raises(RecordDamaged, match=path.name):
        manifests.told(path)


# -- files that a killed run left ---------------------------------------------------------------


def killed(root: DataRoot, captures: int) -> tuple[Path, list[dict[str, Any]]]:
    """The open file of a run that was killed, and the rows of what it captured."""
    store = Store(root, DEMO)
    rows = [capture(store, number) for number in range(captures)]
    store.close()
    root.ledger.unlink()
    return root.warc / f"{rows[0]['warc_file']}.open", rows


def test_a_mended_file_has_a_manifest(root: DataRoot) -> None:
    path, rows = killed(root, 2)
    with path.open("r+b") as handle:
        handle.truncate(path.stat().st_size - 100)
    Store(root, DEMO).close()
    assert [each.name for each in root.warc.glob("*.warc.gz")] == [rows[0]["warc_file"]]
    assert sound(root.warc)


def test_what_stands_behind_a_hole_is_put_aside(
    root: DataRoot, caplog: pytest.LogCaptureFixture
) -> None:
    path, rows = killed(root, 4)
    data = path.read_bytes()
    hole = rows[1]["warc_offset"] + 500
    path.write_bytes(data[:hole] + bytes(1000) + data[hole + 1000 :])
    again = Store(root, DEMO)
    assert [row["url"] for row in again.ledger.rows("SELECT url FROM captures")] == [rows[0]["url"]]
    again.close()
    assert sound(root.warc)
    (torn,) = root.warc.glob("*.torn")
    assert torn.read_bytes().endswith(data[rows[2]["warc_offset"] :])
    assert f"{torn.name}: kept what follows a hole" in caplog.text
