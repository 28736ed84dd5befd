"""Backup, loss, restore: what comes back is what was there, and what is wrong is named."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.__main__ import main
from archive.errors import RecordDamaged, RootBusy, RootRefused, WriteFailed
from archive.keeping import copying
from archive.keeping.backup import Backed, backup
from archive.keeping.place import NEXT, Place
from archive.keeping.restore import restore
from archive.keeping.sums import read_sums, sha256_of
from archive.manifest import current_hash
from archive.root import DataRoot, Registry
from archive.store import Store
from tests.demo_run import PROJECT, make
from tests.stored import DEMO, SITE, Got, Run, article, build, keep, report_of

REGISTRY = 'name = "demo"\nfiction = true\n'
SNIPPET = '[[decision]]\nreport = "990100-finance-2022"\n'
CLOSED = 'archived_pages = "off"\n'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with a tagged release and another, current one; `copy` makes one's own."""
    folder = tmp_path_factory.mktemp("made")
    root = DataRoot(folder / "data")
    keep(root, Run([Got(f"{SITE}/{year}", article(report_of(year))) for year in (2021, 2022)]))
    first = build(root).folder
    assert first is not None
    (root.releases / "tags.json").write_text(json.dumps({"first": first.name}), "utf-8")
    keep(root, Run([Got(f"{SITE}/2023", article(report_of(2023)))]))
    second = build(root).folder
    assert second is not None
    assert second.name != first.name
    (folder / "portals.toml").write_text(REGISTRY, "utf-8")
    (folder / "curation").mkdir()
    (folder / "curation" / "reports.toml").write_text(SNIPPET, "utf-8")
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path) -> Path:
    """A folder with `data`, `portals.toml`, `curation`, and an empty `to`."""
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    (tmp_path / "to").mkdir()
    return tmp_path


def back_up(here: Path, *, verify: bool = False) -> Backed:
    root = DataRoot(here / "data")
    return backup(root, here / "to", here / "portals.toml", here / "curation", verify=verify)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in arguments])


def warcs(folder: Path) -> list[Path]:
    return sorted((folder / "warc").glob("*.warc.gz"))


def sums_hold(folder: Path) -> bool:
    """Whether coreutils agrees, and every file is listed."""
    order = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    done = subprocess.run(order, cwd=folder, capture_output=True, check=False)
    names = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } - {"SHA256SUMS", "backup.lock"}
    return done.returncode == 0 and names == set(read_sums(folder / "SHA256SUMS"))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


# -- there and back ----------------------------------------------------------------------


def test_loss_and_restore_on_a_fresh_clone_give_the_same_release(here: Path) -> None:
    """As an operator does it: make backup, the disk is lost, git clone, make restore, build."""
    data, clone = here / "data", here / "clone"
    want, ids = current_hash(DataRoot(data)), (data / "ids.jsonl").read_bytes()
    assert ids
    done = subprocess.run(
        make("backup", f"DATA={data}", f"DEST={here / 'to'}", f"REGISTRY={here / 'portals.toml'}"),
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert sums_hold(here / "to")
    shutil.rmtree(data)
    subprocess.run(["git", "clone", "-q", PROJECT, clone], check=True)
    order = make("restore", "build", f"SRC={here / 'to'}", "DATA=data")
    # What is new in this checkout, and not committed yet, is to be proven, too.
    for folder in ("archive", "extract"):
        shutil.copytree(PROJECT / folder, clone / folder, dirs_exist_ok=True)
    shutil.copy(PROJECT / "Makefile", clone)
    done = subprocess.run(order, cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    back = DataRoot(clone / "data")
    assert current_hash(back) == want
    assert (back.path / "ids.jsonl").read_bytes() == ids
    assert (back.path / "restored/registry/portals.toml").read_text("utf-8") == REGISTRY
    shutil.rmtree(back.releases)  # and it is the WARCs that say so
    assert build(back).is_new
    assert current_hash(back) == want


def test_a_restored_root_is_as_it_was(here: Path) -> None:
    before = DataRoot(here / "data")
    (before.path / "operator.toml").write_text(CLOSED, "utf-8")
    back_up(here)
    made = restore(DataRoot(here / "back"), here / "to")
    back = DataRoot(here / "back")
    assert made.captures == 3
    assert back.registry() == DEMO
    assert [path.name for path in warcs(back.path)] == [path.name for path in warcs(before.path)]
    assert back.current.resolve().name == before.current.resolve().name
    assert {path.name for path in back.releases.glob("*/")} == {
        path.name for path in before.releases.glob("*/")
    }
    assert (back.path / "restored/curation/reports.toml").read_text("utf-8") == SNIPPET
    assert (back.path / "operator.toml").read_text("utf-8") == CLOSED  # else its originals open
    keep(back, Run([Got(f"{SITE}/2020", article(report_of(2020)))]))  # and it goes on
    assert build(back).counts["reports"] == 4


def test_the_last_line_of_a_restore_tells_the_hash_and_how_to_prove_it(here: Path) -> None:
    want = current_hash(DataRoot(here / "data"))
    back_up(here)
    said = run("restore", "--data", here / "back", "--from", here / "to")
    last = said.output.splitlines()[-1]
    assert f"content hash {want}; to prove it" in last
    move = f"mv {here}/back/releases {here}/back/releases.restored"
    assert f"`{move} && make build DATA={here}/back`" in last
    # Beside the release that was restored, a build proves less: it does not write one.
    assert "nothing new" in run("build", "--data", here / "back").output
    subprocess.run(move.split(), check=True)
    assert "new release" in run("build", "--data", here / "back").output
    assert f"{here}/back/releases/current/manifest.json" in last
    made = json.loads((here / "back/releases/current/manifest.json").read_text("utf-8"))
    assert made["content_hash"] == want


def test_a_restore_of_what_was_never_built_tells_no_hash(here: Path) -> None:
    for name in ("releases", "ids.jsonl"):
        path = here / "data" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    back_up(here)
    said = run("restore", "--data", here / "back", "--from", here / "to")
    assert said.output.splitlines()[-1].endswith("makes a release from the WARCs")


# -- incremental -------------------------------------------------------------------------


def test_what_is_there_is_not_copied_again(here: Path) -> None:
    first = back_up(here)
    assert first.present == 0
    first_names = {path.name for path in (here / "to" / "warc").iterdir()}
    again = back_up(here)
    assert (again.copied, again.wrong) == (0, [])
    root = DataRoot(here / "data")
    keep(root, Run([Got(f"{SITE}/2020", article(report_of(2020)))]))
    third = back_up(here)
    new = {path.name for path in (here / "to" / "warc").iterdir()} - first_names
    assert {name.removesuffix(".sha256") for name in new} == {warcs(here / "data")[-1].name}
    assert third.copied == len(new)
    assert sums_hold(here / "to")


def test_a_file_that_is_written_is_left_for_the_next_backup_and_said(here: Path) -> None:
    """Beside a crawl at work, which is not disturbed."""
    root = DataRoot(here / "data")
    with root.lock("crawl"):
        store = Store(root, DEMO)
        result = run("backup", "--data", root.path, "--to", here / "to")
        assert result.exit_code == 0, result.output
        (left,) = Path(root.warc).glob("*.open")
        name = left.name.removesuffix(".open")
        assert f"their run has not ended: {name}\n" in result.output
        store.finish("complete")
    back_up(here)
    assert (here / "to" / "warc" / name).is_file()


def test_only_tagged_releases_and_the_current_one_are_held(here: Path) -> None:
    root = DataRoot(here / "data")
    back_up(here)
    second = root.current.resolve().name
    tagged = json.loads((root.releases / "tags.json").read_text())["first"]
    assert {path.name for path in (here / "to/releases").glob("*/")} == {tagged, second}
    keep(root, Run([Got(f"{SITE}/2020", article(report_of(2020)))]))
    build(root)
    (root.releases / "tags.json").write_text("{}", "utf-8")  # a tag once given holds for good
    back_up(here)
    held = {path.name for path in (here / "to/releases").glob("*/")}
    assert held == {tagged, root.current.resolve().name}
    assert sums_hold(here / "to")


# -- what is damaged ---------------------------------------------------------------------


def test_a_damaged_warc_never_takes_the_place_of_the_backups(here: Path) -> None:
    back_up(here)
    path = warcs(here / "data")[0]
    there = here / "to" / "warc" / path.name
    before = there.read_bytes()
    flip(path)
    there.unlink()  # so that it would be copied, were it not for its manifest
    if path.with_name(f"{path.name}.sha256").exists():
        done = back_up(here)
        assert f"{path} is damaged" in " ".join(done.wrong)
        assert not there.exists()
    there.write_bytes(before)
    result = run("backup", "--data", here / "data", "--to", here / "to")
    assert result.exit_code in (0, 3)
    assert there.read_bytes() == before


def test_a_flip_in_the_backup_is_found_and_mended(here: Path) -> None:
    back_up(here)
    there = here / "to" / "warc" / warcs(here / "data")[0].name
    before = there.read_bytes()
    flip(there)
    assert back_up(here).wrong == []  # size and manifest are as they were
    with pytest.raises(RecordDamaged, match=f"{there.name} is damaged"):
        restore(DataRoot(here / "back"), here / "to")
    result = run("backup", "--data", here / "data", "--to", here / "to", "--verify")
    assert result.exit_code == 3
    assert f"wrong: {there} is damaged: its SHA-256 is not the one in SHA256SUMS" in result.output
    assert there.read_bytes() == before
    assert back_up(here, verify=True).wrong == []


def test_what_the_root_has_lost_is_named_and_stays_in_the_backup(here: Path) -> None:
    back_up(here)
    lost = warcs(here / "data")[0]
    for path in here.glob(f"data/warc/{lost.name}*"):
        path.unlink()
    wrong = back_up(here).wrong
    assert any(f"{lost} is lost; {here / 'to/warc' / lost.name} has it" in line for line in wrong)
    assert (here / "to" / "warc" / lost.name).is_file()
    assert sums_hold(here / "to")


def test_other_bytes_under_one_name_are_never_overwritten(here: Path) -> None:
    back_up(here)
    first, second = warcs(here / "data")[:2]
    there = here / "to" / "warc" / first.name
    before = there.read_bytes()
    shutil.copy(second, first)
    beside = first.with_name(f"{first.name}.sha256")
    beside.write_text(f"{sha256_of(first)}  {first.name}\n", "utf-8")
    assert f"{there} holds other bytes than {first}" in " ".join(back_up(here).wrong)
    assert there.read_bytes() == before


@pytest.mark.parametrize("spoil", [flip, Path.unlink], ids=["flipped", "gone"])
def test_a_damaged_backup_is_no_archive_unless_told(
    here: Path, spoil: Callable[[Path], None]
) -> None:
    back_up(here)
    bad = here / "to" / "warc" / warcs(here / "data")[0].name
    spoil(bad)
    result = run("restore", "--data", here / "back", "--from", here / "to")
    assert result.exit_code == 1
    assert str(bad) in result.output
    assert "--without-damaged" in result.output
    for command in ("build", "import"):
        more = [here / "portals.toml"] if command == "import" else []
        result = run(command, *more, "--data", here / "back")
        assert result.exit_code == 1
        assert "is being restored, or that was broken off" in result.output
    result = run("restore", "--data", here / "back", "--from", here / "to", "--without-damaged")
    assert result.exit_code == 3
    assert f"left out: {bad}" in result.output
    assert DataRoot(here / "back").registry() == DEMO


# -- broken off --------------------------------------------------------------------------


def test_a_backup_that_was_killed_anywhere_is_ended_by_the_next(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each rename: the folder can be restored from the last whole backup, then goes on."""
    back_up(here)
    root = DataRoot(here / "data")
    keep(root, Run([Got(f"{SITE}/2020", article(report_of(2020)))]))
    build(root)
    ids = [(folder / "ids.jsonl").read_text("utf-8") for folder in (here / "to", root.path)]
    assert ids[0] != ids[1]
    shutil.copytree(here / "to", here / "before")
    renames = 0
    real = Path.replace

    def killed(path: Path, target: Path) -> Path:
        nonlocal renames
        if path.is_relative_to(here / "to"):
            renames += 1
            if renames > allowed:
                raise KeyboardInterrupt
        return real(path, target)

    monkeypatch.setattr(Path, "replace", killed)
    for allowed in range(30):  # read by `killed`
        renames = 0
        shutil.rmtree(here / "to")
        shutil.copytree(here / "before", here / "to")
        try:
            back_up(here)
        except KeyboardInterrupt:
            back = DataRoot(here / f"back{allowed}")
            restore(back, here / "to")
            assert (back.path / "ids.jsonl").read_text("utf-8") in ids
        else:
            break
    assert allowed > 8
    assert sums_hold(here / "to")
    assert not list((here / "to").rglob(f"*{NEXT}"))


def test_a_restore_that_was_broken_off_goes_on(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back_up(here)
    copied: list[Path] = []
    real = copying.copy

    def broken(source: Path, target: Path, expected: str | None = None) -> str:
        if len(copied) == 2:
            raise KeyboardInterrupt
        copied.append(target)
        return real(source, target, expected)

    monkeypatch.setattr("archive.keeping.restore.copy", broken)
    root = DataRoot(here / "back")
    with pytest.raises(KeyboardInterrupt):
        restore(root, here / "to")
    with pytest.raises(RootRefused, match="is being restored, or that was broken off"):
        root.require()
    with pytest.raises(RootRefused, match="is being restored, or that was broken off"):
        root.claim(DEMO)
    monkeypatch.setattr("archive.keeping.restore.copy", real)
    times = {path: path.stat().st_mtime_ns for path in copied}
    restore(root, here / "to")
    assert times == {path: path.stat().st_mtime_ns for path in copied}
    assert root.require() == DEMO


def test_a_restore_does_not_mix_two_archives(here: Path) -> None:
    back_up(here)
    back = DataRoot(here / "back")
    with contextlib.suppress(KeyboardInterrupt), back.restoring(DEMO):
        (back.warc / "another.warc.gz").write_bytes(b"x")
        raise KeyboardInterrupt
    with pytest.raises(RootRefused, match=r"another\.warc\.gz is none of this backup's files"):
        restore(back, here / "to")


# -- what is refused ---------------------------------------------------------------------


def test_folders_that_cannot_be_a_backup(here: Path) -> None:
    root, registry = DataRoot(here / "data"), here / "portals.toml"
    with pytest.raises(RootRefused, match="mount its disk, or make the folder"):
        backup(root, here / "nowhere")
    with pytest.raises(RootRefused, match="mount its disk, or make the folder"):
        backup(root, registry)
    for inside in (root.path, root.path / "warc", here):
        with pytest.raises(RootRefused, match="lie within one another"):
            backup(root, inside)
    (here / "other").mkdir()
    (here / "other" / "photos").mkdir()
    with pytest.raises(RootRefused, match="holds photos and no backup"):
        backup(root, here / "other")
    registry.write_text('name = "real"\nfiction = false\n', "utf-8")
    with pytest.raises(RootRefused, match="is registry “real”, the data root belongs to “demo”"):
        backup(root, here / "to", registry)
    with pytest.raises(RootRefused, match="is no data root yet"):
        backup(DataRoot(here / "none"), here / "to")
    assert list((here / "to").iterdir()) == []


def test_fiction_never_mixes_with_fact_in_a_backup(here: Path) -> None:
    real = DataRoot(here / "real")
    real.claim(Registry("nianbao", fiction=False))
    backup(real, here / "to")
    with pytest.raises(RootRefused, match="holds a backup of registry “nianbao”, not of “demo”"):
        back_up(here)


def test_two_backups_into_one_folder(here: Path) -> None:
    with Place(here / "to").opened(DEMO), pytest.raises(RootBusy, match="another backup is at"):
        back_up(here)


def test_folders_that_cannot_be_restored(here: Path) -> None:
    for source in (here / "nowhere", here / "to", here / "portals.toml"):
        with pytest.raises(RootRefused, match="holds no backup that was ended"):
            restore(DataRoot(here / "back"), source)
    back_up(here)
    for target in (here / "data", here):
        with pytest.raises(RootRefused, match="restore into an empty folder"):
            restore(DataRoot(target), here / "to")
    back, busy = DataRoot(here / "back"), r"another crawl is at work in .*\(restore\)"
    with back.restoring(DEMO), pytest.raises(RootBusy, match=busy):
        restore(DataRoot(here / "back"), here / "to")


def test_a_disk_that_gives_back_other_bytes_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.keeping.copying.digest_of", lambda _: "0" * 64)
    with pytest.raises(WriteFailed, match="reads back otherwise than it was written"):
        back_up(here)
    assert not warcs(here / "to")


def test_a_roots_own_decisions_and_notes_come_back_into_it(here: Path) -> None:
    data, back = here / "data", here / "back"
    told = {
        "curation/withheld.toml": "# nothing is withheld\n",
        "operator.toml": 'archived_pages = "off"\n',
        "releases/departed.jsonl": '{"release": "20240101-000000-aaaaaaaa"}\n',
        "releases/removed.jsonl": '{"release": "20240102-000000-bbbbbbbb"}\n',
    }
    (data / "curation").mkdir()
    for name, text in told.items():
        (data / name).write_text(text, "utf-8")
    assert run("backup", "--data", data, "--to", here / "to").exit_code == 0
    assert run("restore", "--data", back, "--from", here / "to").exit_code == 0
    assert {name: (back / name).read_text("utf-8") for name in told} == told
    assert not (back / "restored" / "curation").exists()
    (data / "releases/departed.jsonl").write_text("\n")
    assert any("departed.jsonl is damaged" in line for line in back_up(here).wrong)
