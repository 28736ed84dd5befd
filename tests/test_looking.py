"""What is found out of a database while the other one is still written."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from archive.errors import ReleaseRefused
from archive.release import checks
from archive.release.checks import looking_through
from archive.release.files import _digests
from archive.release.looking import Early, Looked, looked_through


def databases(folder: Path) -> None:
    folder.mkdir()
    for name, table in (("nianbao.db", "reports"), ("text.db", "chapters")):
        with sqlite3.connect(folder / name) as db:
            db.execute(f"CREATE TABLE {table} (id)")
            db.executemany(f"INSERT INTO {table} VALUES (?)", [(each,) for each in range(300)])
        db.close()


def test_nothing_is_asked_twice_of_a_file_that_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases(tmp_path / "made")
    asked: list[str] = []

    def spied(path: Path, *, is_patched: bool) -> Looked:
        asked.append(path.name)
        return looked_through(path, is_patched=is_patched)

    monkeypatch.setattr(checks, "looked_through", spied)
    text = tmp_path / "made/text.db"
    digest = hashlib.sha256(text.read_bytes()).hexdigest()
    with Early() as early:
        early.begin(text)
        looked = early.looked(text)
        assert looked is not None
        assert looked.result() == ("ok", 0, {})
        assert early.digest(text) == digest
        assert early.looked(tmp_path / "made/nianbao.db") is None
        assert early.digest(tmp_path / "made/nianbao.db") is None
        with looking_through(tmp_path / "made", 300, is_patched=True, early=early):
            pass
    assert asked == ["nianbao.db"]
    with (
        pytest.raises(ReleaseRefused, match="holds 300 of 299 reports"),
        looking_through(tmp_path / "made", 299, is_patched=True, early=early),
    ):
        pass


def test_a_file_that_was_written_to_since_is_looked_at_again(tmp_path: Path) -> None:
    databases(tmp_path / "made")
    text = tmp_path / "made/text.db"
    with Early() as early:
        early.begin(text)
        first = early.digest(text)
        with sqlite3.connect(text) as db:
            db.execute("UPDATE chapters SET id = 999 WHERE id = 7")
        db.close()
        told = text.stat()
        later = told.st_mtime_ns + 10_000_000  # a tick, where the disk's clock is coarse
        os.utime(text, ns=(told.st_atime_ns, later))
        assert early.looked(text) is None
        assert early.digest(text) is None
        now = _digests(tmp_path / "made", ("text.db",), early)["text.db"]
    assert now == hashlib.sha256(text.read_bytes()).hexdigest()
    assert now != first


def test_what_is_found_broken_early_refuses_the_release(tmp_path: Path) -> None:
    databases(tmp_path / "made")
    text = tmp_path / "made/text.db"
    content = bytearray(text.read_bytes())
    content[4096 + 8 : 4096 + 200] = b"\xff" * 192
    text.write_bytes(content)
    with Early() as early:
        early.begin(text)
        with (
            pytest.raises(ReleaseRefused, match=r"text\.db.*stays current"),
            looking_through(tmp_path / "made", 300, is_patched=True, early=early),
        ):
            pass
