"""Releases that were kept: which still hold what is withheld, and what is done about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.errors import ReleaseRefused
from archive.fsck import fsck
from archive.release import releases, roll_back, tag
from archive.release.departed import Departed, departed
from archive.release.removing import REMOVED
from archive.release.shelf import find
from archive.root import DataRoot
from archive.site.serve import _tell_withheld
from archive.withholding.kept import held
from tests.stored import build, keep
from tests.test_withheld import DECISIONS, RUNS, copied, decide


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A tagged release without decisions, and one after it with all of them."""
    root = DataRoot(tmp_path_factory.mktemp("kept") / "data")
    keep(root, *RUNS)
    decide(root)
    build(root)
    tag(root, "current", "cited")
    decide(root, *DECISIONS.values())
    build(root)
    return root


@pytest.fixture
def root(made: DataRoot, tmp_path: Path) -> DataRoot:
    return copied(made, tmp_path)


def run(root: DataRoot, *more: str) -> str:
    result = CliRunner().invoke(main, ["withheld", "--data", str(root.path), *more])
    assert result.exit_code == (0 if "nianbao:" not in result.output else 1), result.output
    return result.output


def test_the_kept_release_is_named_with_what_it_holds(root: DataRoot) -> None:
    old, new = find(root, "cited"), root.current.resolve()
    assert {(each.where, each.entry.what) for each in held(root, old)} == {
        ("990100-finance-2019.v1", "capture"),
        ("990100-finance-2020.v1", "page"),
        ("990100-finance-2021.v1", "page"),
        ("990100-finance-2021.v2", "page"),
        ("990100-finance-2022.v1", "span"),
    }
    assert held(root, new) == []
    said = run(root)
    assert "withheld: capture: 1, page: 2, span: 1" in said
    assert f"{old.name}, tagged cited, is kept and still holds:" in said
    assert "releases without any of it: 1" in said


def test_nobody_goes_back_to_it(root: DataRoot) -> None:
    current = root.current.resolve()
    with pytest.raises(ReleaseRefused, match="still holds what was withheld since"):
        roll_back(root)
    assert root.current.resolve() == current
    decide(root)  # whoever takes the decisions back may
    assert roll_back(root, "cited")[0] == current.name


def test_it_can_be_taken_away_and_its_name_stays_reserved(root: DataRoot) -> None:
    old = find(root, "cited").name
    assert "is the current release" in run(root, "--remove", "current")
    assert "removed" in run(root, "--remove", "cited")
    assert [each.name for each in releases(root)] == [root.current.resolve().name]
    (note,) = map(json.loads, (root.releases / REMOVED).read_text("utf-8").splitlines())
    assert (note["release"], note["tags"]) == (old, ["cited"])
    assert isinstance(departed(root, old), Departed)
    assert note["reasons"] == ["agency", "court", "privacy"]
    assert "holds no release cited" in run(root, "--remove", "cited")
    with pytest.raises(ReleaseRefused, match="tag cited is release"):
        tag(root, "current", "cited")
    assert "releases without any of it: 1" in run(root)


def test_a_release_without_any_of_it_is_not_taken_away(root: DataRoot) -> None:
    decide(root)
    assert "holds nothing that is withheld" in run(root, "--remove", "cited")
    assert len(releases(root)) == 2


def test_before_the_build_the_addresses_to_refuse_are_named(root: DataRoot) -> None:
    more = '[[page]]\nreport = "990100-audit-2022"\nreason = "rights"\ndate = 2026-11-29\n'
    decide(root, *DECISIONS.values(), more + 'decided_by = "站长"\n')
    said = run(root)
    assert "is current and still holds:\n  990100-audit-2022.v1: withheld.toml" in said
    assert "    /bg/990100-audit-2022\n    /cundang/990100-audit-2022.v1\n" in said


def test_fsck_takes_no_offence(root: DataRoot) -> None:
    # The days of the runs are put in by hand, so rows differ from records.
    assert {each.kind for each in fsck(root).findings} == {"row_wrong"}


def test_the_site_says_if_it_shows_what_is_withheld(
    root: DataRoot, caplog: pytest.LogCaptureFixture
) -> None:
    _tell_withheld(root.path, root.current.resolve())
    assert not caplog.records
    _tell_withheld(root.path, root.releases / find(root, "cited").name)
    assert "still holds 5 things, 990100-finance-2019.v1 among them" in caplog.text
    decide(root, "[[page]]")
    _tell_withheld(root.path, root.current.resolve())
    assert "nobody can tell whether the release holds what is withheld" in caplog.text
