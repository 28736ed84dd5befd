"""A log of deletions that nobody here wrote, or a file that is another one: nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.deletion.deleting import delete, resume
from archive.deletion.log import FILE, entries
from archive.errors import RecordDamaged
from archive.root import DataRoot
from tests.deletions import BY_COURT, body_of, rows
from tests.stored import SITE, Got, Run, keep


@pytest.fixture
def begun(tmp_path: Path) -> DataRoot:
    """A root with a deletion that is begun, and of which nothing is done yet."""
    root = DataRoot(tmp_path / "data")
    keep(root, Run([Got(f"{SITE}/1.html", body_of()), Got(f"{SITE}/2.html", body_of(2021))]))
    before = {path: path.read_bytes() for path in root.warc.iterdir()}
    delete(root, BY_COURT, record_ids=[rows(root)[0]["record_id"]])
    for path, data in before.items():
        path.write_bytes(data)
    first = (root.path / FILE).read_bytes().splitlines(keepends=True)[0]
    (root.path / FILE).write_bytes(first)
    return root


def forge(root: DataRoot, **said: Any) -> None:
    line = json.loads((root.path / FILE).read_bytes())
    line["files"][0] |= said
    (root.path / FILE).write_text(json.dumps(line) + "\n", "utf-8")


@pytest.mark.parametrize("name", ["../ids.jsonl", "/etc/hostname", "..", "a/b.warc.gz", "x"])
def test_a_log_leads_nowhere_out_of_warc(begun: DataRoot, name: str) -> None:
    forge(begun, file=name)
    with pytest.raises(RecordDamaged, match="it names no file of warc"):
        entries(begun.path)


def test_another_record_is_not_written_over(begun: DataRoot) -> None:
    (path,) = begun.warc.glob("*.warc.gz")
    whole = path.read_bytes()
    line = json.loads((begun.path / FILE).read_bytes())
    members = line["files"][0]["members"]
    forge(begun, members=[{**each, "offset": each["offset"] + 7} for each in members])
    with pytest.raises(RecordDamaged, match="nothing was written"):
        resume(begun)
    assert path.read_bytes() == whole


def test_what_is_begun_rightly_is_ended(begun: DataRoot) -> None:
    assert [each.number for each in resume(begun)] == [1]
    assert [each.done for each in entries(begun.path)] == [True]
