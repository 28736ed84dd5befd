"""A backup that was cut, changed or crafted, a root that was: nothing is lost in silence."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import disk
from archive.__main__ import main
from archive.errors import ArchiveError, RecordDamaged
from archive.keeping.backup import Backed, backup
from archive.keeping.note import NOTE, differs
from archive.keeping.restore import Restored, restore
from archive.keeping.sums import SUMS, listed, read_sums, sha256_of
from archive.register import Register
from archive.root import DataRoot
from tests.stored import DEMO, SITE, Got, Run, article, build, keep, report_of

ODD = ["a\u2028b.toml", "中\u2029文.toml"]
REFUSED = ["a\x0bb.toml", "a\rb.toml", "a\nb.toml", "a\x85b.toml", "a\\b.toml", "a\udcffb.toml"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with a tagged, current release, and a backup of it in `to`."""
    folder = tmp_path_factory.mktemp("made")
    root = DataRoot(folder / "data")
    keep(root, Run([Got(f"{SITE}/2021", article(report_of(2021)))]))
    made = build(root).folder
    assert made is not None
    (root.releases / "tags.json").write_text(json.dumps({"first": made.name}), "utf-8")
    (folder / "portals.toml").write_text('name = "demo"\nfiction = true\n', "utf-8")
    (folder / "curation").mkdir()
    (folder / "curation" / "reports.toml").write_text("# none\n", "utf-8")
    (folder / "to").mkdir()
    assert back_up(folder).wrong == []
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path) -> Path:
    """One's own copy of all that."""
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path


def back_up(here: Path, *, verify: bool = False) -> Backed:
    root = DataRoot(here / "data")
    return backup(root, here / "to", here / "portals.toml", here / "curation", verify=verify)


def bring_back(here: Path) -> Restored:
    return restore(DataRoot(here / "back"), here / "to")


def run(here: Path) -> Result:
    order = ["restore", "--data", str(here / "back"), "--from", str(here / "to")]
    return CliRunner().invoke(main, order)


def without(part: str) -> Callable[[Path], None]:
    """Take the lines that hold a word out of the list."""

    def cut(to: Path) -> None:
        lines = (to / SUMS).read_text("utf-8").splitlines(keepends=True)
        (to / SUMS).write_text("".join(line for line in lines if part not in line), "utf-8")

    return cut


def changed(old: str, new: str) -> Callable[[Path], None]:
    def change(to: Path) -> None:
        text = (to / NOTE).read_text("utf-8")
        assert old in text
        (to / NOTE).write_text(text.replace(old, new), "utf-8")

    return change


def relist(to: Path, **more: str) -> None:
    """Write list and note as somebody does who knows how they vouch for each other."""
    note, sums = json.loads((to / NOTE).read_text("utf-8")), read_sums(to / SUMS) | more
    others = {name: digest for name, digest in sums.items() if name != NOTE}
    digest = hashlib.sha256(listed(others).encode()).hexdigest()
    note["listed"] = {"lines": len(others), "sha256": digest}
    assert differs(note, others) is None
    (to / NOTE).write_text(json.dumps(note), "utf-8")
    (to / SUMS).write_text(listed(sums | {NOTE: sha256_of(to / NOTE)}), "utf-8")


# -- the list and the note ---------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        without(" warc/"),
        without(f" {NOTE}"),
        without("ids.jsonl"),
        lambda to: (to / SUMS).unlink(),
        lambda to: (to / SUMS).write_bytes(b""),
        lambda to: (to / SUMS).write_bytes((to / SUMS).read_bytes()[:-9]),
        lambda to: (to / NOTE).unlink(),
        changed("ids.jsonl", "ids.jsonm"),
        changed('"fiction": true', '"fiction": false'),
        changed('"lines": ', '"lines": 1'),
    ],
    ids=["warcs", "note", "ids", "none", "empty", "torn", "no-note", "state", "fiction", "count"],
)
def test_a_list_or_note_that_was_cut_or_changed_is_no_backup(
    here: Path, spoil: Callable[[Path], None]
) -> None:
    before = sorted((here / "to").rglob("*"))
    spoil(here / "to")
    result = run(here)
    assert result.exit_code == 1, result.output
    assert "damaged" in result.output
    assert not (here / "back").exists()
    with pytest.raises(ArchiveError, match="damaged"):
        back_up(here)
    assert sorted({*(here / "to").rglob("*"), here / "to" / NOTE, here / "to" / SUMS}) == before


def test_what_the_list_lacks_of_the_evidence_is_named(here: Path) -> None:
    without(" warc/")(here / "to")
    (name, _) = sorted(path.name for path in (here / "to/warc").iterdir())
    with pytest.raises(RecordDamaged, match=rf"lacks 2 files of warc/: 'warc/{name}'"):
        bring_back(here)


@pytest.mark.parametrize("key", ["state", "tagged", "current"])
def test_an_entry_of_the_note_that_the_list_lacks_is_an_error(here: Path, key: str) -> None:
    note = json.loads((here / "to" / NOTE).read_text("utf-8"))
    other = "20200101-000000-01234567"
    note[key] = other if key == "current" else [*note[key], other]
    (here / "to" / NOTE).write_text(json.dumps(note), "utf-8")
    relist(here / "to")
    with pytest.raises(RecordDamaged, match=f"{other} is in {NOTE} and not in {SUMS}"):
        bring_back(here)
    assert DataRoot(here / "back").current.exists() is False


def test_evidence_of_a_backup_that_was_broken_off_is_named(here: Path) -> None:
    (here / "to" / "warc" / "later.warc.gz").write_bytes(b"x")
    result = run(here)
    assert result.exit_code == 3
    assert f"later.warc.gz' is not in {SUMS} and was left out" in result.output


# -- names -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "warc/../../payload",
        "curation/../../../payload",
        "/payload",
        "warc//payload",
        "./payload",
        "warc\\payload",
        "warc/a/payload",
        "payload",
        "restoring.json",
        "releases/current/payload",
        "releases/../payload",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(here: Path, name: str) -> None:
    (here / "to/payload").write_text("x", "utf-8")
    relist(here / "to", **{name: sha256_of(here / "to/payload")})
    with pytest.raises(RecordDamaged, match=r"leads out|backslash|belongs to no data root"):
        bring_back(here)
    assert not (here / "back").exists()
    assert not (here / "payload").exists()


@pytest.mark.parametrize("key", ["tagged", "current"])
def test_a_release_of_the_note_is_a_plain_name(here: Path, key: str) -> None:
    note = json.loads((here / "to" / NOTE).read_text("utf-8"))
    note[key] = "../../x" if key == "current" else ["../../x"]
    (here / "to" / NOTE).write_text(json.dumps(note), "utf-8")
    relist(here / "to")
    with pytest.raises(ArchiveError, match=f"{NOTE} is damaged"):
        bring_back(here)


def test_links_in_a_backup_are_not_followed(here: Path) -> None:
    (here / "to/warc").rename(here / "elsewhere")
    (here / "to/warc").symlink_to(here / "elsewhere")
    with pytest.raises(RecordDamaged, match="warc is a symbolic link"):
        bring_back(here)
    wrong = " ".join(back_up(here).wrong)
    assert "warc is a symbolic link" in wrong


def test_names_that_others_take_for_two_lines_come_back(here: Path) -> None:
    for name in ODD:
        (here / "curation" / name).write_text("# odd\n", "utf-8")
    assert back_up(here).wrong == []
    assert back_up(here, verify=True).wrong == []
    bring_back(here)
    assert {path.name for path in (here / "back/restored/curation").iterdir()} > {*ODD}


def test_names_that_no_list_can_hold_are_refused_and_the_others_kept(here: Path) -> None:
    for name in REFUSED:
        Path(os.fsdecode(here / "curation" / name)).write_text("# odd\n", "utf-8")
    (here / "curation" / "more.toml").write_text("# more\n", "utf-8")
    order = ["backup", "--data", here / "data", "--to", here / "to", "--curation"]
    result = CliRunner().invoke(main, [*map(str, order), str(here / "curation")])
    assert result.exit_code == 3, result.output
    assert result.output.count("rename it") == len(REFUSED)
    held = {path.name for path in (here / "to/curation").iterdir()}
    assert held == {"reports.toml", "more.toml"}
    bring_back(here)


# -- what changes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-20],
        lambda data: b"",
        lambda data: bytes(len(data)),
        lambda data: data + bytes(512),
        lambda data: data.replace(b"990100", b"990200"),
    ],
    ids=["cut", "emptied", "nulls", "nulls-after", "changed"],
)
def test_damaged_ids_never_take_the_place_of_the_backups(
    here: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path, there = here / "data/ids.jsonl", here / "to/ids.jsonl"
    good = path.read_bytes()
    path.write_bytes(spoil(good))
    for verify in (False, True):
        (said,) = back_up(here, verify=verify).wrong
        assert f"{path} is damaged" in said
        assert "the backup's stays as it is" in said
        assert there.read_bytes() == good
    bring_back(here)
    assert (here / "back/ids.jsonl").read_bytes() == good


def test_ids_that_have_grown_are_taken_also_after_a_torn_line(here: Path) -> None:
    path, there = here / "data/ids.jsonl", here / "to/ids.jsonl"
    good = path.read_bytes()
    for data in (good + b'{"rep', good + b'{"rep\n' + good, good + good):
        path.write_bytes(data)
        back_up(here)
        there_now = there.read_bytes()
        assert there_now == (data if data != good + good else good + b'{"rep\n' + good)


def test_ids_that_the_backup_has_lost_are_copied_again_unless_damaged_here_too(here: Path) -> None:
    path, there = here / "data/ids.jsonl", here / "to/ids.jsonl"
    good = path.read_bytes()
    there.write_bytes(good[:9])
    path.write_bytes(good + bytes(9))
    assert len(back_up(here, verify=True).wrong) == 2
    assert there.read_bytes() == good[:9]
    path.write_bytes(good)
    back_up(here, verify=True)
    assert there.read_bytes() == good


@pytest.mark.parametrize("text", ["{", "[]", '{"a": "../../x"}', '{"a": 1}', "\0"])
def test_damaged_tags_never_take_the_place_of_the_backups(here: Path, text: str) -> None:
    good = (here / "to/releases/tags.json").read_bytes()
    (here / "data/releases/tags.json").write_text(text, "utf-8")
    keep(DataRoot(here / "data"), Run([Got(f"{SITE}/2020", article(report_of(2020)))]))
    done = back_up(here)
    (said,) = done.wrong
    assert "tags.json is damaged" in said
    assert (here / "to/releases/tags.json").read_bytes() == good
    assert done.copied  # the evidence is kept all the same


def test_what_was_lost_before_the_last_backup_comes_back(here: Path) -> None:
    names = ("ids.jsonl", "releases/tags.json")
    good = [(here / "data" / name).read_bytes() for name in names]
    for name in names:
        (here / "data" / name).unlink()
    assert len(back_up(here).wrong) == 2
    bring_back(here)
    assert [(here / "back" / name).read_bytes() for name in names] == good


def test_what_is_left_out_of_one_backup_comes_back(here: Path) -> None:
    backup(DataRoot(here / "data"), here / "to")
    bring_back(here)
    for name in ("registry/portals.toml", "curation/reports.toml"):
        assert (here / "back/restored" / name).is_file()


def test_a_release_whose_list_was_cut_is_not_taken_for_whole(here: Path) -> None:
    current = DataRoot(here / "data").current.resolve()
    lines = (current / SUMS).read_text("utf-8").splitlines(keepends=True)
    (current / SUMS).write_text("".join(lines[:-1]), "utf-8")
    wrong = " ".join(back_up(here).wrong)
    assert f"{lines[-1].split('  ')[1].strip()} is not in the {SUMS} beside it" in wrong


# -- the register and the mark -----------------------------------------------------------


def test_an_id_whose_address_holds_a_line_separator_is_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    row = {"report": "990100-finance-2021", "number": 1, "sha256": "0" * 64}
    line = json.dumps(row | {"url": f"{SITE}/a\u2028b\x85c", "release": "r"}, ensure_ascii=False)
    (tmp_path / "ids.jsonl").write_text(line + "\n", "utf-8")
    (given,) = Register(tmp_path / "ids.jsonl").given
    assert (given.version_id, given.url[-3:]) == ("990100-finance-2021.v1", "b\x85c")
    assert caplog.text == ""


def test_new_names_are_brought_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    real = disk.sync
    monkeypatch.setattr(disk, "sync", lambda path: (synced.append(path), real(path)))
    root = DataRoot(tmp_path / "data")
    root.claim(DEMO)
    assert synced == [root.path]
    keep(root, Run([Got(f"{SITE}/2021", article(report_of(2021)))]))
    synced.clear()
    build(root)
    assert root.path in synced
    synced.clear()
    disk.make_folder(tmp_path / "a" / "b")
    assert {*synced} == {tmp_path, tmp_path / "a"}
