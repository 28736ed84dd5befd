"""A report that its page only linked to, and what the page says later: nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.root import DataRoot
from tests.stored import DEMO, ID, SITE, Got, build, db, keep
from tests.test_attachments import linking, silent
from tests.test_changes import (
    FIGURES,
    TEXT,
    TITLE,
    A,
    Run,
    U,
    changes,
    given,
    linking_to,
    report_of,
    seen,
)

F = f"{SITE}/a/f1.doc"
WITHOUT_TITLE = silent(report_of())
VERSIONS = "SELECT version_id, status, title, published FROM versions ORDER BY 1"


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    made = DataRoot(tmp_path / "data")
    made.claim(DEMO)
    return made


def link_only(month: int, file: bytes = U, page: bytes | None = None) -> Run:
    """A page that only links to a file, and the file."""
    return seen(month, Got(A, page or linking_to(F)), Got(F, file, role="attachment", parent=A))


def built(root: DataRoot, *runs: Run) -> None:
    """Build after each of the runs."""
    for run in runs:
        keep(root, run)
        build(root)


def held(root: DataRoot) -> set[tuple[object, ...]]:
    """Each version's addresses."""
    return set(db(root, "SELECT version_id, url FROM sources"))


def numbers(root: DataRoot) -> list[object]:
    """What each version prints of new requests."""
    sql = "SELECT t3_received_new_total FROM figures ORDER BY version_id"
    return [value for (value,) in db(root, sql)]


def test_a_page_that_prints_other_figures_later_changed_its_figures(root: DataRoot) -> None:
    built(root, link_only(1))
    (before,) = db(root, "SELECT * FROM figures")
    built(root, given(2, FIGURES))
    assert db(root, f"SELECT * FROM figures WHERE version_id = '{ID}.v1'") == [before]
    assert held(root) == {(f"{ID}.v1", A), (f"{ID}.v1", F), (f"{ID}.v2", A)}
    assert changes(root) == [("first", "page", None, "v1"), ("figures", "page", "v1", "v2")]
    assert not db(root, "SELECT * FROM unread")
    ((cells,),) = db(root, "SELECT cells FROM changes WHERE kind = 'figures'")
    assert json.loads(cells)["t3_received_new_total"] == ["52,494", "52,501"]


def test_so_it_is_where_the_page_still_links_to_the_file(root: DataRoot) -> None:
    page = FIGURES.replace(b"</body>", f'<p><a href="{F}">f1.doc</a></p></body>'.encode())
    built(root, link_only(1), link_only(2, page=page))
    assert numbers(root) == [52494, 52501]
    assert changes(root) == [("first", "page", None, "v1"), ("figures", "page", "v1", "v2")]


def test_words_that_a_page_had_in_a_file_are_a_version_beside_its_own(root: DataRoot) -> None:
    built(root, link_only(1), given(2, TEXT))
    assert changes(root) == [("first", "page", None, "v1"), ("text", "page", "v1", "v2")]
    assert (f"{ID}.v1", F) in held(root)
    assert (f"{ID}.v2", F) not in held(root)


def test_a_file_that_takes_the_place_of_a_pages_own_figures_is_a_version(root: DataRoot) -> None:
    built(root, given(1, FIGURES), link_only(2))
    assert numbers(root) == [52501, 52494]
    assert changes(root) == [("first", "page", None, "v1"), ("figures", "page", "v1", "v2")]


def test_a_file_speaks_from_when_its_page_prints_nothing_itself(root: DataRoot) -> None:
    """It was there before, beside a page that printed other figures."""
    page = FIGURES.replace(b"</body>", f'<p><a href="{F}">f1.doc</a></p></body>'.encode())
    built(root, link_only(1, page=page), link_only(2))
    assert numbers(root) == [52501, 52494]
    assert changes(root) == [("first", "page", None, "v1"), ("figures", "page", "v1", "v2")]


@pytest.mark.parametrize("often", [True, False])
def test_what_a_file_said_first_is_the_first_version(root: DataRoot, often: bool) -> None:
    """Built once or after each run, the same text was obtained first."""
    runs = link_only(1), given(2, FIGURES), given(3, U)
    for run in runs:
        keep(root, run)
        if often:
            build(root)
    build(root)
    rows = [
        ("first", "page", None, "v1"),
        ("figures", "page", "v1", "v2"),
        ("back", "page", "v2", "v1"),
    ]
    assert changes(root) == rows
    assert db(root, "SELECT version_id FROM first_versions") == [(f"{ID}.v1",)]


@pytest.mark.parametrize(
    ("old", "new"), [(TITLE, f"{TITLE}（更正）"), ("2023-01-20", "2023-03-31")]
)
def test_a_file_keeps_the_title_and_date_that_its_page_had_first(
    root: DataRoot, old: str, new: str
) -> None:
    page = linking("f1.doc")
    assert old.encode() in page
    built(root, link_only(1, WITHOUT_TITLE, page))
    before = db(root, VERSIONS)
    built(root, link_only(2, WITHOUT_TITLE, page.replace(old.encode(), new.encode())))
    assert db(root, VERSIONS) == before
    assert not changes(root)


def test_a_file_that_was_replaced_before_its_page_fell_silent_speaks_for_nothing(
    root: DataRoot,
) -> None:
    """It differed from its page; the file that stands there now is the report."""
    page = FIGURES.replace(b"</body>", f'<p><a href="{F}">f1.doc</a></p></body>'.encode())
    built(root, link_only(1, page=page), link_only(2, TEXT))
    assert held(root) == {(f"{ID}.v1", A), (f"{ID}.v2", F), (f"{ID}.v2", A)}
    assert changes(root) == [("first", "page", None, "v1"), ("figures", "page", "v1", "v2")]
    assert db(root, "SELECT reason FROM unread") == [("differs_from_page",)]
