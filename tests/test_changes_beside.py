"""What addresses beside one another say: twins, other portals, addresses not asked since."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest

from archive.root import DataRoot
from archive.site.past import on_day, past
from tests.portal.dumps import text_dump
from tests.stored import ENTRY, ID, SITE, Got, Run, build, db, keep, report_of, unread
from tests.test_changes import (
    FIGURES,
    FIRST,
    TEXT,
    A,
    B,
    U,
    changes,
    given,
    made,
    root,
    seen,
)

__all__ = ["root"]
#: The copy for phones of A, another page, and what a copy for phones puts otherwise.
M, C = f"{SITE}/a/t1_wap.html", f"{SITE}/c/t2.html"
MOB, MT = (body.replace("培训24次".encode(), "培训二十四次".encode()) for body in (U, TEXT))
CHANGED = ("text", "page", "v1", "v2")

#: A page of chapters whose figures are in a file, and two such files.
CHAPTERS = re.sub(rb"<table border.*?</table>", b"", U, flags=re.S)
FILES = [text_dump(report_of(error=error), "tika").encode() for error in (None, "balance")]


def filed(month: int, name: str, file: bytes) -> Run:
    """The page of chapters with a link to a file, and the file."""
    link = f'<a href="/{name}">{name}</a></body>'.encode()
    attachment = Got(f"{SITE}/{name}", file, role="attachment", parent=A)
    return seen(month, Got(A, CHAPTERS.replace(b"</body>", link)), attachment)


# -- twins ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("twin", [M, A.replace("http:", "https:")])
def test_a_page_that_changes_beside_its_lagging_twin_has_changed(root: DataRoot, twin: str) -> None:
    old, new = (MOB, MT) if twin == M else (U, TEXT)
    runs = [
        seen(1, Got(A, U), Got(twin, old)),
        seen(2, Got(A, TEXT), Got(twin, old)),
        *(seen(month, Got(A, TEXT), Got(twin, new)) for month in (3, 4)),
    ]
    assert made(root, *runs) == [FIRST, CHANGED]


def test_a_change_stays_when_the_twin_is_seen_beside_it(root: DataRoot) -> None:
    runs = [seen(1, Got(A, U), Got(M, MOB)), seen(2, Got(A, TEXT))]
    assert made(root, *runs) == [FIRST, CHANGED]
    assert made(root, seen(3, Got(A, TEXT), Got(M, MOB))) == [FIRST, CHANGED]


def test_a_twin_that_changes_first_tells_of_the_same_change(root: DataRoot) -> None:
    runs = [seen(1, Got(A, U), Got(M, MOB)), seen(2, Got(M, MT))]
    assert made(root, *runs) == [FIRST, CHANGED]
    assert made(root, seen(3, Got(A, U), Got(M, MT))) == [FIRST, CHANGED]
    keep(root, seen(4, Got(A, TEXT), Got(M, MT)))
    build(root)
    assert changes(root) == [FIRST, CHANGED]
    assert db(root, "SELECT url FROM versions ORDER BY number") == [(A,), (A,)]


def test_a_twin_in_other_markup_is_no_change(root: DataRoot) -> None:
    """It counts its visitors, beside a page that does not."""
    runs = [
        seen(n, Got(A, U), Got(M, MOB.replace(b"</body>", b"<i></i>" * n + b"</body>")))
        for n in (1, 2, 3)
    ]
    assert made(root, *runs, seen(4, Got(M, MOB))) == []


def test_a_version_keeps_its_place_when_a_twin_takes_the_lead(root: DataRoot) -> None:
    other = Run([Got(B, TEXT, portal="linju")], day="2024-02-01", entries={"linju": ENTRY})
    keep(root, seen(1, Got(M, MOB)), other, seen(3, Got(M, MOB), Got(A, U)))
    build(root)
    assert db(root, "SELECT number, url FROM versions ORDER BY number") == [(1, A), (2, B)]
    assert changes(root) == [FIRST]
    assert db(root, "SELECT url FROM changes") == [(M,)]


# -- other portals --------------------------------------------------------------------------------


def test_a_portal_that_lists_a_page_later_does_not_take_the_report(root: DataRoot) -> None:
    """Of another region, and first by its name."""
    entries = {"shili": ENTRY, "erli": {**ENTRY, "region": "990200", "region_name": "示例二市"}}
    later = [Got(A, FIGURES, portal=portal) for portal in entries]
    keep(root, given(1, U), Run(later, day="2024-02-01", entries=entries))
    keep(root, Run([Got(A, TEXT, portal="erli")], day="2024-03-01", entries=entries))
    build(root)
    assert db(root, "SELECT report_id, portal FROM reports") == [(ID, "shili")]
    assert changes(root) == [
        FIRST, ("figures", "page", "v1", "v2"), ("figures", "page", "v2", "v3"),
    ]  # fmt: skip


def test_the_version_of_a_day_was_known_on_that_day(root: DataRoot) -> None:
    keep(root, given(1, U), given(2, TEXT, url=B, portal="linju"))
    build(root)
    with closing(sqlite3.connect(root.current / "nianbao.db")) as conn:
        told = past(conn, ID, f"{ID}.v2")
        days = [on_day(conn, told, day).version_id for day in ("2024-01-15", "2024-02-15")]
    assert days == [f"{ID}.v1", f"{ID}.v2"]


# -- gone -----------------------------------------------------------------------------------------


def test_a_report_is_not_gone_while_a_page_of_it_was_not_asked_since(root: DataRoot) -> None:
    runs = [seen(1, Got(A, U), Got(C, U)), given(2, FIGURES), given(3, None)]
    told = [FIRST, ("figures", "page", "v1", "v2")]
    assert made(root, *runs) == told
    assert made(root, given(4, U, url=C)) == told
    assert made(root, given(5, None, url=C)) == [*told, ("gone", "page", "v2", None)]


def test_what_left_a_page_is_gone_when_both_were_asked(root: DataRoot) -> None:
    moved = [given(1, U), given(2, TEXT, url=B), given(3, None, url=B)]
    told = [FIRST, ("text", "migration", "v1", "v2")]
    assert made(root, *moved) == told
    assert made(root, given(4, None)) == [*told, ("gone", "page", "v2", None)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b'<html><title>loading</title><div id="app"></div><script src="/a.js"></script></html>',
        b"<html><body>Error establishing a database connection</body></html>",
    ],
)
def test_a_page_that_says_nothing_does_not_say_gone(root: DataRoot, body: bytes) -> None:
    assert made(root, given(1, U), given(2, body)) == []


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", ["0.doc", "1.doc"])
def test_a_file_that_takes_the_place_of_a_pages_figures_is_a_change(
    root: DataRoot, second: str
) -> None:
    keep(root, filed(1, "0.doc", FILES[0]), filed(2, second, FILES[1]))
    build(root)
    assert changes(root) == [FIRST, ("figures", "page", "v1", "v2")]
    assert db(root, "SELECT version_id, url FROM reports") == [(f"{ID}.v2", f"{SITE}/{second}")]
    assert unread(root) == {}


def test_another_file_beside_that_of_a_pages_figures_is_listed(root: DataRoot) -> None:
    other = Got(f"{SITE}/1.doc", FILES[1], role="attachment", parent=A)
    both = filed(2, "0.doc", FILES[0])
    keep(root, filed(1, "0.doc", FILES[0]), Run((*both.got, other), day=both.day))
    build(root)
    assert changes(root) == []
    assert unread(root) == {"/1.doc": "differs_from_page"}
