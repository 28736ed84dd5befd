"""A build upon the release before says what a build of everything says, and falls back to it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

import pytest

from archive.builder import builder_version
from archive.curation import Curation
from archive.delta import NotCertain
from archive.delta.among import Side, asking_beside
from archive.delta.building import likely_copies
from archive.delta.copies import Copies
from archive.delta.judging import Judged, digests_of
from archive.delta.keeping import changing_index
from archive.delta.kept import opened
from archive.delta.note import INDEX, NOTE, PARTS, is_behind
from archive.delta.releasing import Patching
from archive.delta.renewing import KINDS
from archive.errors import ReleaseRefused
from archive.kept import Reading
from archive.ledger import Ledger
from archive.manifest import FILES, reading
from archive.public import Public
from archive.release.sums import SUMS, write_sums
from archive.root import DataRoot
from archive.unread import told_and_unread
from archive.withholding.decision import Withheld
from tests.delta_builds import all_large, built, compare, in_parts
from tests.delta_country import Country
from tests.stored import DEMO

CITY = "示例市"
BEGIN = (("shi", f"{CITY}财政局", 2021, 1), ("shi", f"{CITY}财政局", 2020, 2),
         ("er", "示例二市财政局", 2021, 4), ("xian", "样本县审计局", 2021, 5))  # fmt: skip
_DECIDED = """
[[agency]]
name = "示例市某某服务中心"
portal = "*"
region = "990100"
kind = "finance"
relation = "alias"
reason = "a test"
source = "a test"
date = 2026-11-22
"""
PATCHED, WHOLE = "the release before was patched", "everything is built"


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    """A few captures are a large ledger, and all of it may change."""
    with all_large():
        yield


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Country:
    """A country with a release, as all begin with."""
    made = Country(DataRoot(tmp_path_factory.mktemp("country") / "data"), random.Random(3))
    made.publish(*BEGIN)
    with all_large():
        built(made.root)
    return made


@pytest.fixture
def country(begun: Country, tmp_path: Path) -> Country:
    """One of its own for each test."""
    shutil.copytree(begun.root.path.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    root, dice = DataRoot(tmp_path / "data"), random.Random(3)
    return replace(begun, root=root, dice=dice, there=dict(begun.there))


def test_releases_by_chance(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One of the countries of `make prove ONLY=delta`."""
    caplog.set_level("INFO")
    country = Country(DataRoot(tmp_path / "data"), random.Random(1))
    country.grow(20)
    with in_parts():
        built(country.root)
        for number in range(3):
            caplog.clear()
            moves = country.grow(2)
            assert compare(country.root, tmp_path) == [], (number, moves)
            assert PATCHED in caplog.text


def test_only_what_changed_is_written(country: Country, caplog: pytest.LogCaptureFixture) -> None:
    country.publish(("shi", f"{CITY}审计局", 2022, 6))
    with mock.patch("archive.delta.renewing.Making", wraps=_making()) as making:
        built(country.root)
    ((_, _, written), _) = making.call_args
    assert set(written) == {"990100-audit-2022"}


def test_what_changed_is_still_told_of_an_agency_with_another_name(
    country: Country, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    country.publish(("shi", f"{CITY}教育局", 2020, 1))
    country.publish(("shi", f"{CITY}教育局", 2020, 2))
    built(country.root)
    country.publish(("shi", f"{CITY}教育体育局", 2022, 3))
    caplog.clear()
    assert compare(country.root, tmp_path) == []
    assert PATCHED in caplog.text
    with reading(country.root.current / FILES[0]) as db:
        asked = (
            "SELECT agency, c.kind FROM changes c JOIN reports USING (report_id) ORDER BY number"
        )
        assert db.execute(asked).fetchall() == [
            (f"{CITY}教育局", "first"),
            (f"{CITY}教育局", "text"),
        ]


def test_a_process_beside_answers_as_this_one_does(country: Country, tmp_path: Path) -> None:
    release, current = tmp_path, country.root.current.resolve()
    nianbao, text = (shutil.copy(current / name, release / name) for name in FILES)
    with contextlib.closing(sqlite3.connect(nianbao)) as db, db:
        db.execute("UPDATE _versions SET text_sha256 = zeroblob(32)")  # now all are alike
    with reading(nianbao, text=text) as db:
        reports = frozenset(row[0] for row in db.execute("SELECT report_id FROM _reports"))
        digests = digests_of(db, reports)
        questions: list[Callable[[Side], Any]] = [
            partial(Side.judged, reports=reports),
            partial(Side.alike, digests=digests, reports=set(reports)),
            partial(Side.judged, reports=frozenset()),
            partial(Side.concerned, agencies={"990121-audit"}),
            partial(Side.digests, left_out=KINDS, agencies=["990121-audit"]),
            Side.within,
        ]
        here = [question(Side(release, db)) for question in questions]
        assert any(here[0].findings.values())
        assert any(here[0].passed.values())
        assert here[1]
        assert here[2] == Judged()
        assert "990121-audit" in here[3]
        assert [set(each) for each in here[4]] == [{"990121-audit"}] * len(KINDS)
        assert here[5]
        for worth in (0, 10_000):  # too few to be worth a process, the second time
            with (
                mock.patch("archive.delta.among.WORTH", worth),
                asking_beside(release, db, 2) as ask,
            ):
                ask(Side.learn)
                assert [each() for each in [ask(question) for question in questions]] == here


def test_copies_are_begun_before_the_ledger_is_looked_through(country: Country) -> None:
    begun: list[Copies] = []
    before: list[int] = []
    enter = Copies.__enter__

    def entered(copies: Copies) -> Copies:
        begun.append(copies)
        return enter(copies)

    def told(*given: Any) -> Any:
        before.append(len(begun))
        return told_and_unread(*given)

    country.publish(("shi", f"{CITY}审计局", 2022, 6))
    with (
        mock.patch.object(Copies, "__enter__", entered),
        mock.patch("archive.build.told_and_unread", told),
    ):
        assert built(country.root).is_new
        assert not built(country.root).is_new  # the ledger has nothing more
    assert before == [1, 2]
    assert len(begun) == 2
    assert begun[0] is begun[1]
    assert not list(country.root.releases.glob("copies*"))


@pytest.mark.parametrize("decided", ["nothing", "figures", "documents", "entries"])
def test_no_copies_are_begun_where_nothing_is_patched(country: Country, decided: str) -> None:
    country.publish(("shi", f"{CITY}审计局", 2022, 6))
    by = _by(country).partition(f" {builder_version()}")[0]
    given: dict[str, Any] = dict.fromkeys(("figures", "documents", "entries"), ())
    told = SimpleNamespace(**{**given, decided: (object(),)})
    curation, withheld = cast("Curation", SimpleNamespace(corrections=told)), cast("Withheld", told)
    with contextlib.closing(Ledger(country.root.ledger)) as ledger:
        found = likely_copies(country.root, DEMO, ledger, by, curation, withheld)
    assert isinstance(found, Copies) == (decided == "nothing")


def test_of_a_note_that_is_none_nothing_is_thought_likely(country: Country) -> None:
    path = country.root.derived / NOTE
    note = json.loads(path.read_text())
    by, last = note["by"], note["last"]
    assert is_behind(country.root, by, last + 1)
    assert not is_behind(country.root, by, last)
    assert not is_behind(country.root, f"{by} otherwise", last + 1)
    for said in ("", "[]", "{", json.dumps({**note, "last": "x"}), json.dumps({**note, "by": 1})):
        path.write_text(said)
        assert not is_behind(country.root, by, last + 1)
    path.unlink()
    assert not is_behind(country.root, by, last + 1)
    os.mkfifo(path)
    assert not is_behind(country.root, by, last + 1)


def _making() -> object:
    from archive.release.making import Making

    return Making


def _whole_again(country: Country, caplog: pytest.LogCaptureFixture, why: str) -> None:
    """The next build is one of everything, and says why; the one after it is none."""
    caplog.set_level("INFO")
    country.publish(("shi", f"{CITY}审计局", 2022, 6))
    assert built(country.root).is_new
    assert f"{WHOLE}: {why}" in caplog.text
    assert PATCHED not in caplog.text
    country.publish(("shi", f"{CITY}审计局", 2023, 7))
    assert built(country.root).is_new
    assert PATCHED in caplog.text


def _by(country: Country) -> str:
    by: str = json.loads((country.root.derived / NOTE).read_text())["by"]
    return by


def _refused(country: Country, by: str, why: str) -> None:
    """What was kept is not taken, and the reason is told."""
    with (
        pytest.raises(NotCertain, match=re.escape(why)),
        opened(country.root, by),
        changing_index(country.root),
    ):
        pass


def test_nothing_kept(country: Country, caplog: pytest.LogCaptureFixture) -> None:
    shutil.rmtree(country.root.derived)
    _whole_again(country, caplog, "nothing was kept of the release before")


@pytest.mark.parametrize("damage", ["note", "parts", "cut"])
def test_damaged(country: Country, caplog: pytest.LogCaptureFixture, damage: str) -> None:
    derived = country.root.derived
    if damage == "note":
        (derived / NOTE).write_text("{")
        why = "nothing was kept of the release before"
    elif damage == "parts":
        with contextlib.closing(sqlite3.connect(derived / PARTS)) as db, db:
            db.execute("UPDATE reports SET digest = zeroblob(16)")
        why = "what was kept is damaged"
    else:
        (derived / PARTS).write_bytes((derived / PARTS).read_bytes()[:5000])
        why = "what was kept is damaged"
    _whole_again(country, caplog, why)


def test_a_release_before_whose_sums_somebody_renewed(
    country: Country, caplog: pytest.LogCaptureFixture
) -> None:
    folder = country.root.current.resolve()
    with contextlib.closing(sqlite3.connect(folder / FILES[0])) as db, db:
        db.execute("UPDATE figures SET t3_received_new_total = t3_received_new_total + 1")
    (folder / SUMS).unlink()
    write_sums(folder)
    _whole_again(country, caplog, "SHA256SUMS of the release before is another than it was")
    with reading(country.root.current.resolve() / FILES[0]) as db:
        rows = db.execute("SELECT t3_received_new_total FROM figures ORDER BY 1").fetchall()
    country.root.releases.rename(country.root.path / "elsewhere")
    shutil.rmtree(country.root.derived)
    built(country.root)
    with reading(country.root.current.resolve() / FILES[0]) as db:
        asked = "SELECT t3_received_new_total FROM figures ORDER BY 1"
        assert db.execute(asked).fetchall() == rows


def test_a_release_before_that_is_not_as_it_was_published(
    country: Country, caplog: pytest.LogCaptureFixture
) -> None:
    """A bit that fell in a figure would be in every release from then on, with its old hash."""
    caplog.set_level("INFO")
    folder = country.root.current.resolve()
    with contextlib.closing(sqlite3.connect(folder / FILES[0])) as db, db:
        db.execute("UPDATE figures SET t3_received_new_total = 987654321")
    country.publish(("shi", f"{CITY}审计局", 2022, 6))
    with contextlib.suppress(ReleaseRefused):  # what it sums up to has moved
        built(country.root)
    assert f"{WHOLE}: the release before is not as it was published" in caplog.text
    with reading(country.root.current.resolve() / FILES[0]) as db:
        is_new = country.root.current.resolve() != folder
        wrong = db.execute("SELECT 1 FROM figures WHERE t3_received_new_total = 987654321")
        assert is_new is (wrong.fetchone() is None)


def test_after_many_patches_all_is_built(
    country: Country, caplog: pytest.LogCaptureFixture
) -> None:
    with mock.patch("archive.delta.note.PATCHES", 2):
        for year in (2018, 2019):
            caplog.clear()
            caplog.set_level("INFO")
            country.publish(("shi", f"{CITY}审计局", year, 6))
            built(country.root)
            assert PATCHED in caplog.text
        caplog.clear()
        _whole_again(country, caplog, "2 releases were patched one after the other")


@pytest.mark.parametrize("note", [[], "x", {}, {"patches": "x"}, {"register": 3}, {"sha256": None}])
def test_a_note_of_another_shape(country: Country, note: object) -> None:
    path, by = country.root.derived / NOTE, _by(country)
    whole = json.loads(path.read_text())
    path.write_text(json.dumps({**whole, **note} if isinstance(note, dict) and note else note))
    is_damage = note == {"sha256": None}
    nothing = "nothing was kept of the release before"
    _refused(country, by, "what was kept is damaged" if is_damage else nothing)


@pytest.mark.parametrize("name", [PARTS, INDEX])
@pytest.mark.parametrize("content", [b"no database" * 500, b""])
def test_what_is_none_under_its_own_digest(country: Country, name: str, content: bytes) -> None:
    (country.root.derived / name).write_bytes(content)
    _noted(country, name)
    is_empty = name == PARTS and not content
    why = "is not as this program keeps it" if is_empty else "is damaged"
    _refused(country, _by(country), f"what was kept {why}")


_NOT_OURS = "what was kept is not as this program keeps it"
_OF_ANOTHER = "what was kept does not come to what the release before says"


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE contents SET said = replace(said, '1', '2')", _OF_ANOTHER),
        ("INSERT INTO contents VALUES ('x', 'y', 'y', 'y', 'y')", _OF_ANOTHER),
        ("DELETE FROM reports WHERE report_id = (SELECT min(report_id) FROM reports)", _OF_ANOTHER),
        ("DROP TABLE agencies", _NOT_OURS),
        (
            "ALTER TABLE contents RENAME TO old; CREATE VIEW contents AS WITH RECURSIVE "
            "n(name, digest) AS (SELECT 'a', 'b' UNION ALL SELECT name, digest FROM n) "
            "SELECT * FROM n",
            _NOT_OURS,
        ),
        ("UPDATE parts SET given = x'01020304050607'", "what was kept is damaged"),
    ],
)
def test_rows_that_somebody_edited(country: Country, sql: str, why: str) -> None:
    with contextlib.closing(sqlite3.connect(country.root.derived / PARTS)) as db, db:
        db.executescript(sql)
    _noted(country, PARTS)
    _refused(country, _by(country), why)


def _unread(sha256: str) -> Reading:
    raise KeyError(sha256)


def test_files_are_not_written_for_what_is_in_none(country: Country, tmp_path: Path) -> None:
    """That a text stands elsewhere, too, is told in text.db alone: not in CSV, not in Parquet."""
    before = country.root.current.resolve()
    for name in FILES:
        shutil.copy(before / name, tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / FILES[1])) as db, db:
        told = "INSERT INTO duplicates VALUES ('990121-audit-2021.v1', 'x', 'own_year', 0.5, '[]')"
        db.execute(told)
    with contextlib.closing(sqlite3.connect(tmp_path / FILES[0])) as db, db:
        db.execute("UPDATE agencies SET name = 'x' WHERE agency_id = '990200-finance'")
        which = "(SELECT n FROM _versions WHERE version_id = '990100-finance-2021.v1')"
        assert db.execute(
            f"UPDATE _findings SET number = number + 90 WHERE version = {which}"
        ).rowcount
    told, named, found = "990121-audit", "990200-finance", "990100-finance"
    differing = _differing(country, tmp_path, {told, named, found, "990300-finance"})
    assert differing == {
        "said": {told, named, found}, "files": {named}, "counts": {named},
        "findings": {named, found},
    }  # fmt: skip


def test_most_files_are_not_written_for_counts_of_findings(
    country: Country, tmp_path: Path
) -> None:
    for name in FILES:
        shutil.copy(country.root.current / name, tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / FILES[0])) as db, db:
        db.execute("UPDATE _reports SET passed = 77 WHERE report_id GLOB '990121-audit-*'")
    told = {"990121-audit"}
    differing = _differing(country, tmp_path, {*told, "990200-finance"})
    assert differing == {"said": told, "files": set(), "counts": told, "findings": told}


def _differing(country: Country, folder: Path, agencies: set[str]) -> dict[str, set[str]]:
    """Parts that are known by other contents than before, by what they are known for."""
    by = json.loads((country.root.derived / NOTE).read_text())["by"]
    before = country.root.current.resolve()
    with reading(before / FILES[0], text=before / FILES[1]) as db:
        was_known = Side(before, db).digests(KINDS, agencies)
    made: Any = SimpleNamespace(agencies=agencies, written=frozenset(), digests=was_known)
    with opened(country.root, by) as kept:
        anew: Any = SimpleNamespace(kept=kept)
        registry, public = country.root.require(), Public(Curation())
        index = sqlite3.connect("")
        patching = Patching(country.root, registry, anew, _unread, public, index)
        digests, now = patching._digests(folder, before, made)
        was = kept.contents
    assert digests.parts == now.said
    found = {}
    for kind in ("said", "files", "counts", "findings"):
        old, new = getattr(was, kind), getattr(now, kind)
        assert old.keys() == new.keys() == was.said.keys()
        found[kind] = {name for name in old if old[name] != new[name]}
    return found


@pytest.mark.parametrize(("name", "way"), [(NOTE, "fifo"), (PARTS, "link"), (INDEX, "fifo")])
def test_no_plain_file(
    country: Country, caplog: pytest.LogCaptureFixture, tmp_path: Path, name: str, way: str
) -> None:
    path, by = country.root.derived / name, _by(country)
    path.rename(tmp_path / name)
    if way == "link":
        path.symlink_to(tmp_path / name)
        _whole_again(country, caplog, f"{path} is no plain file")
        assert path.is_file()
        assert not path.is_symlink()
    else:
        os.mkfifo(path)
        _refused(country, by, f"{path} is no plain file")


def _noted(country: Country, name: str) -> None:
    """Note the digest of a file that is kept as it is now."""
    path = country.root.derived / NOTE
    note = json.loads(path.read_text())
    note["sha256"][name] = hashlib.sha256((path.parent / name).read_bytes()).hexdigest()
    path.write_text(json.dumps(note))


@pytest.mark.parametrize(("name", "word"), [("release", "release"), ("format", "kind")])
def test_of_another(
    country: Country, caplog: pytest.LogCaptureFixture, name: str, word: str
) -> None:
    path = country.root.derived / NOTE
    path.write_text(json.dumps({**json.loads(path.read_text()), name: "another"}))
    _whole_again(country, caplog, f"what was kept is of another {word}")


def test_another_program(country: Country, caplog: pytest.LogCaptureFixture) -> None:
    with mock.patch("archive.delta.building.builder_version", return_value="another"):
        _whole_again(country, caplog, "what was kept is of another program")


def test_another_decision(country: Country, caplog: pytest.LogCaptureFixture) -> None:
    folder = country.root.path.parent / "curation"
    (folder / "withheld.toml").write_text("# nothing is withheld\n")
    caplog.set_level("INFO")
    country.publish(("shi", f"{CITY}审计局", 2022, 6))
    built(country.root)
    assert PATCHED in caplog.text  # it decides nothing
    (folder / "agencies.toml").write_text(_DECIDED)
    caplog.clear()
    _whole_again(country, caplog, "what was kept is of another program, reader or decision")


def test_the_register_is_another(country: Country, caplog: pytest.LogCaptureFixture) -> None:
    path = country.root.path / "ids.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    _whole_again(country, caplog, "ids.jsonl is another than it was")


def test_so_much_changed(country: Country, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    country.publish(("shi", f"{CITY}财政局", 2022, 6))
    with mock.patch("archive.delta.anew.MOST", 0.3):
        built(country.root)
    assert f"{WHOLE}: 2 of 4 reports are in parts that changed" in caplog.text


def test_what_is_rolled_back_is_not_built_upon(
    country: Country, caplog: pytest.LogCaptureFixture
) -> None:
    from archive.release import roll_back

    first = country.root.current.resolve().name
    country.publish(("shi", f"{CITY}审计局", 2022, 6))
    built(country.root)
    roll_back(country.root, first)
    caplog.set_level("INFO")
    country.publish(("shi", f"{CITY}审计局", 2023, 7))
    built(country.root)
    assert f"{WHOLE}: what was kept is of another release" in caplog.text


def test_portals_that_meet(
    country: Country, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A portal brings a report of an agency that is another one's: both are gathered."""
    caplog.set_level("INFO")
    country.publish(("xian", "示例二市财政局", 2022, 6))
    assert compare(country.root, tmp_path) == []
    assert f"{PATCHED}: 2 portals gathered anew" in caplog.text


def test_what_is_read_only_now(country: Country, caplog: pytest.LogCaptureFixture) -> None:
    """A body whose reading was lost is read again, and its report written again."""
    with contextlib.closing(sqlite3.connect(country.root.readings)) as db, db:
        with reading(country.root.current / FILES[0]) as was:
            ((sha256,),) = was.execute(
                "SELECT sha256 FROM sources WHERE version_id LIKE '990200-finance-2021.%'"
            )
        assert db.execute("DELETE FROM readings WHERE sha256 = ?", (sha256,)).rowcount == 1
    caplog.set_level("INFO")
    with mock.patch("archive.delta.renewing.Making", wraps=_making()) as making:
        built(country.root)
    ((_, _, written), _) = making.call_args
    assert set(written) == {"990200-finance-2021"}
    assert PATCHED in caplog.text
