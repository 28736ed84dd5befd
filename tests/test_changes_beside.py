"""What addresses beside one another say: twins, other portals, addresses not asked since."""

from __future__ import annotations

import pytest

from archive.root import DataRoot
from tests.stored import ENTRY, ID, SITE, Got, Run, build, db, keep
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
