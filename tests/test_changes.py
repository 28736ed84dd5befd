"""What changed in a report and why: kinds, causes, and what is no change at all."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import extract.reader
from archive.absence import Absences
from archive.agencies import Resolver
from archive.bodies import bodies
from archive.changes import compare
from archive.gather import gather
from archive.importing import import_files
from archive.kept import Reading
from archive.ledger import Ledger
from archive.manifest import current_hash
from archive.places import regions
from archive.release.history import past
from archive.root import DataRoot
from archive.twins import place
from archive.warc import load_body
from extract import read
from extract.errors import ReadingError
from extract.formats import sniff
from extract.types import Report
from tests.portal.dumps import text_dump
from tests.stored import (
    DEMO,
    ENTRY,
    ID,
    SITE,
    TITLE,
    Got,
    Run,
    article,
    build,
    db,
    keep,
    page,
    report_of,
)

A, B = f"{SITE}/a/t1.html", f"{SITE}/b/t9.html"
U = article()
COSMETIC = U.replace("明确专人负责".encode(), "明确专人管理".encode())
TEXT = U.replace(
    "下一步，将完善制度，加强培训".encode(),
    "下一步，将从制度、培训、考核、平台四个方面着手，逐项列出清单".encode(),
)
FIGURES = article(report_of(error="balance"))


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    made = DataRoot(tmp_path / "data")
    made.claim(DEMO)
    return made


def seen(number: int, *got: Got, **more: Any) -> Run:
    """The run of a month."""
    return Run(got, day=f"2024-{number:02}-01", **more)


def given(number: int, *bodies: bytes | None, url: str = A, portal: str = "shili") -> Run:
    """A run in which an address gave these bodies, or was gone (None)."""
    got = [Got(url, body, portal=portal) for body in bodies if body is not None]
    issues = [(url, "gone") for body in bodies if body is None]
    return seen(number, *got, issues=issues, entries={portal: ENTRY})


Short = tuple[str | None, ...]
FIRST: Short = ("first", "page", None, "v1")


def short(row: Mapping[str, Any]) -> Short:
    """Kind, cause and the numbers of both versions."""
    assert row["report_id"] == ID
    ends = (row["from_version"], row["to_version"])
    return row["kind"], row["cause"], *(each and each[len(ID) + 1 :] for each in ends)


def changes(root: DataRoot) -> list[Short]:
    """The changes of the current release."""
    names = "report_id, kind, cause, from_version, to_version"
    rows = db(root, f"SELECT {names} FROM changes ORDER BY number")
    return [short(dict(zip(names.split(", "), row, strict=True))) for row in rows]


@cache
def reading(body: bytes) -> Reading:
    """What a body says."""
    try:
        return Reading("", "read", "", read(body), sniff(body))
    except ReadingError as error:
        return Reading("", error.status, str(error), None, sniff(body))


def rows_of(root: DataRoot, *runs: Run) -> list[Mapping[str, Any]]:
    """The rows that a release would have after more runs, without writing one."""
    keep(root, *runs)
    ledger = Ledger(root.ledger)
    try:
        found = bodies(ledger)
        captures = {body.capture["sha256"]: body.capture for body in found}

        def load(sha256: str) -> Reading:
            return reading(load_body(root.warc, captures[sha256]))

        resolver = Resolver(regions(fiction=True))
        gathered = gather(ledger, found, load, Absences(ledger), resolver)
    finally:
        ledger.close()
    return list(past(root, gathered, load, datetime.now(UTC)).changes)


def made(root: DataRoot, *runs: Run) -> list[Short]:
    """The changes that a release would have after more runs."""
    return [short(row) for row in rows_of(root, *runs)]


def test_the_fixtures_are_what_they_are_called() -> None:
    readings = [read(body) for body in (U, COSMETIC, TEXT, FIGURES)]
    kinds = [compare(readings[0], other).kind for other in readings[1:]]
    assert kinds == ["cosmetic", "text", "figures"]


# -- kinds ------------------------------------------------------------------------------------


def test_each_change_of_a_page_has_its_kind(root: DataRoot) -> None:
    keep(root, *(given(n, body) for n, body in enumerate((U, COSMETIC, TEXT, FIGURES), 1)))
    build(root)
    assert changes(root) == [
        FIRST,
        ("cosmetic", "page", "v1", "v2"),
        ("text", "page", "v2", "v3"),
        ("figures", "page", "v3", "v4"),
    ]
    ((cells, before, after, url, detail),) = db(
        root, "SELECT cells, seen_before, seen_after, url, detail FROM changes WHERE number = 4"
    )
    differing = json.loads(cells)
    assert differing
    for key, (old, new) in differing.items():
        ((was, now),) = db(
            root,
            f'SELECT a."{key}", b."{key}" FROM figures a, figures b '
            f"WHERE a.version_id = '{ID}.v3' AND b.version_id = '{ID}.v4'",
        )
        assert (old.replace(",", ""), new.replace(",", "")) == (str(was), str(now))
        assert was != now
    assert (before[:10], after[:10], url, detail) == ("2024-03-01", "2024-04-01", A, None)
    ((chapter,),) = db(root, "SELECT detail FROM changes WHERE number = 3")
    assert chapter == "chapter 一, chapter 五"


def test_a_page_without_changes_has_no_rows(root: DataRoot) -> None:
    markup = U.replace(b"<body>", b"<body class='x'>")
    keep(root, given(1, U), given(2, markup), given(3, U))
    build(root)
    assert changes(root) == []
    assert db(root, "SELECT version_id FROM first_versions") == [(f"{ID}.v1",)]


def test_a_changed_number_in_prose_is_no_cosmetic_change(root: DataRoot) -> None:
    other = U.replace("培训24次".encode(), "培训42次".encode())
    assert other != U
    assert made(root, given(1, U), given(2, other))[1][0] == "text"


def test_an_earlier_text_put_back_is_back(root: DataRoot) -> None:
    told = made(root, given(1, U), given(2, FIGURES), given(3, U), given(4, FIGURES))
    assert told[1:] == [
        ("figures", "page", "v1", "v2"),
        ("back", "page", "v2", "v1"),
        ("back", "page", "v1", "v2"),
    ]


def test_gone_and_obtained_again(root: DataRoot) -> None:
    rows = rows_of(root, given(1, U), given(2, None), given(3, None), given(4, U), given(5, None))
    assert [short(row) for row in rows] == [
        ("gone", "page", "v1", None),
        ("back", "page", None, "v1"),
        ("gone", "page", "v1", None),
    ]
    days = [(row["seen_before"][:7], row["seen_after"][:7]) for row in rows]
    assert days == [("2024-01", "2024-02"), ("2024-03", "2024-04"), ("2024-04", "2024-05")]


def test_what_was_put_back_between_two_builds_is_something_new(root: DataRoot) -> None:
    """The address gave last what it gave before the build before."""
    keep(root, given(1, U), given(2, FIGURES))
    build(root)
    keep(root, given(3, U), given(4, FIGURES))
    assert build(root).is_new
    keep(root, given(5, None), given(6, FIGURES))
    assert build(root).is_new
    keep(root, given(7, FIGURES))
    assert not build(root).is_new
    assert changes(root)[1:] == [
        ("figures", "page", "v1", "v2"),
        ("back", "page", "v2", "v1"),
        ("back", "page", "v1", "v2"),
        ("gone", "page", "v2", None),
        ("back", "page", None, "v2"),
    ]


def test_gone_and_back_in_other_words_tells_the_cells(root: DataRoot) -> None:
    rows = rows_of(root, given(1, U), given(2, None), given(3, FIGURES))
    told = [short(row) for row in rows]
    assert told == [FIRST, ("gone", "page", "v1", None), ("back", "page", "v1", "v2")]
    assert len(json.loads(rows[2]["cells"])) == 2


def test_a_soft_404_is_gone_and_a_wall_says_nothing(root: DataRoot) -> None:
    none = "<html><p>您访问的页面不存在".encode()
    assert made(root, given(1, U), given(2, none)) == [("gone", "page", "v1", None)]


def test_what_was_not_read_is_not_compared() -> None:
    whole = read(U)
    scan = Report("needs_ocr", title=whole.title)
    told = compare(whole, scan)
    assert (told.kind, told.cells) == ("text", {})
    assert "needs_ocr" in told.detail


def test_units_and_cells_that_only_one_has_are_told() -> None:
    whole = read(U)
    one = whole.figures[0]
    other = replace(whole, figures=(replace(one, unit="万元"), *whole.figures[2:]))
    cells = compare(whole, other).cells
    assert cells[one.key] == (one.printed, f"{one.printed} 万元")
    assert cells[whole.figures[1].key] == (whole.figures[1].printed, None)
    assert len(cells) == 2


def test_long_texts_are_compared_by_clauses() -> None:
    clauses = [f"第{chr(0x4E00 + n)}项工作按时完成，" for n in range(900)]
    long = Report("read", chapters={"一": "".join(clauses)})
    near = replace(long, chapters={"一": "".join(clauses[3:440] + clauses[445:])})
    far = replace(long, chapters={"一": "".join(clauses[::2])})
    assert [compare(long, other).kind for other in (near, far)] == ["cosmetic", "text"]


# -- causes -------------------------------------------------------------------------------------


def test_with_tls_and_www_it_is_the_same_page(root: DataRoot) -> None:
    other = A.replace("http://", "https://")
    told = made(root, given(1, U), given(2, FIGURES, url=other))
    assert told[1] == ("figures", "page", "v1", "v2")
    assert place("http://www.shili.gov.cn/a?x=1") == place("https://shili.gov.cn/a?x=1#top")
    assert place("http://m.shili.gov.cn/a") != place("http://shili.gov.cn/a")


def test_other_words_from_another_address_are_a_migration(root: DataRoot) -> None:
    moved = seen(2, Got(B, TEXT), issues=[(A, "unlisted")])
    keep(root, given(1, U), moved)
    build(root)
    assert changes(root) == [FIRST, ("text", "migration", "v1", "v2")]
    assert db(root, "SELECT url FROM changes WHERE cause = 'migration'") == [(B,)]
    assert db(root, "SELECT count(*) FROM page_changes") == [(0,)]


def test_after_a_migration_the_new_address_counts(root: DataRoot) -> None:
    told = made(
        root, given(1, U), given(2, TEXT, url=B), given(3, FIGURES, url=B), given(4, None, url=B),
        given(5, None),
    )  # fmt: skip
    assert told[1:] == [
        ("text", "migration", "v1", "v2"),
        ("figures", "page", "v2", "v3"),
        ("gone", "page", "v3", None),
    ]


def test_back_at_another_address_is_a_migration(root: DataRoot) -> None:
    told = made(root, given(1, U), given(2, None), given(3, U, url=B))
    assert told == [("gone", "page", "v1", None), ("back", "migration", None, "v1")]


def test_two_portals_with_their_own_words_are_no_change(root: DataRoot) -> None:
    told = made(root, given(1, U), given(2, TEXT, url=B, portal="linju"), given(3, U))
    assert told == [FIRST]


def test_a_second_address_of_a_portal_is_no_change_while_the_first_is_seen(root: DataRoot) -> None:
    told = made(root, given(1, U), given(2, TEXT, url=B), given(3, U))
    assert told == [FIRST]


def test_another_portals_words_take_no_place_where_the_first_was_not_asked_since(
    root: DataRoot,
) -> None:
    assert made(root, given(1, U), given(2, TEXT, url=B, portal="linju")) == [FIRST]


def test_another_portals_copy_takes_the_place_of_what_is_unlisted(root: DataRoot) -> None:
    run = Run(
        [Got(B, TEXT, portal="linju")], [(A, "unlisted")], "2024-02-01", entries={"linju": ENTRY}
    )
    assert made(root, given(1, U), run)[1] == ("text", "migration", "v1", "v2")


def test_two_addresses_that_change_alike_tell_of_one_change(root: DataRoot) -> None:
    both = [seen(n, Got(A, body), Got(B, body)) for n, body in ((1, U), (2, FIGURES))]
    later = seen(3, Got(A, FIGURES))
    assert made(root, *both, later)[1:] == [("figures", "page", "v1", "v2")]
    slow = [seen(4, Got(A, U), Got(B, FIGURES)), seen(5, Got(B, U))]
    assert made(root, *slow)[1:] == [
        ("figures", "page", "v1", "v2"),
        ("back", "page", "v2", "v1"),
    ]


def test_one_of_two_addresses_gone_is_not_gone(root: DataRoot) -> None:
    both = seen(1, Got(A, U), Got(B, U))
    assert made(root, both, given(2, None), given(3, U, url=B)) == []
    assert made(root, given(4, None, url=B)) == [("gone", "page", "v1", None)]


# -- what is no change --------------------------------------------------------------------------


def test_two_texts_side_by_side_in_one_round_are_no_flood(root: DataRoot) -> None:
    """Two servers behind one address, each with its own words."""
    runs = [given(n, *(bodies if n % 2 else bodies[::-1])) for n in range(1, 9)
            for bodies in [(U, TEXT)]]  # fmt: skip
    assert made(root, *runs) == [FIRST]


def test_two_texts_that_once_stood_side_by_side_change_places_once(root: DataRoot) -> None:
    runs = [given(1, U), given(2, U, TEXT), *(given(n, TEXT if n % 2 else U) for n in range(3, 9))]
    rows = rows_of(root, *runs)
    assert [short(row) for row in rows] == [FIRST, ("text", "page", "v1", "v2")]
    assert rows[1]["seen_before"] < rows[1]["seen_after"]


def test_an_earlier_text_beside_the_present_one_is_no_return(root: DataRoot) -> None:
    told = made(root, given(1, U), given(2, TEXT), given(3, U, TEXT))
    assert told == [FIRST, ("text", "page", "v1", "v2")]


def test_a_page_and_its_file_in_other_words_are_no_change(root: DataRoot) -> None:
    file = Got(f"{SITE}/a/t1.doc.html", TEXT, role="attachment", parent=A)
    assert made(root, seen(1, Got(A, U), file), seen(2, Got(A, U), file)) == []


def test_a_file_says_nothing_of_which_text_came_first(root: DataRoot) -> None:
    """It was there before the later text, to which it belongs."""
    file = Got(f"{SITE}/0.doc", FIGURES_OF_U, role="attachment", parent=A)
    runs = [seen(month, Got(A, with_file(body)), file) for month, body in ((1, U), (2, TEXT))]
    rows = rows_of(root, *runs)
    assert [short(row) for row in rows] == [FIRST, ("text", "page", "v1", "v2")]
    assert rows[1]["detail"] == "chapter 五"


def test_a_file_says_nothing_of_when_its_page_was_seen(root: DataRoot) -> None:
    """It prints the figures of both texts of the page, which moved: it belongs to the later."""
    file = Got(f"{SITE}/0.doc", FIGURES_OF_U, role="attachment", parent=A)
    first, second = (Got(url, with_file(body)) for url, body in ((A, U), (B, TEXT)))
    moved = seen(2, second, replace(file, parent=B), issues=[(A, "unlisted")])
    told = made(root, seen(1, first, file), moved)
    assert told == [FIRST, ("text", "migration", "v1", "v2")]


FIGURES_OF_U = text_dump(report_of(), "tika").replace("明确专人负责", "由专人承担").encode()


def with_file(body: bytes) -> bytes:
    return body.replace(b"</body>", b'<p><a href="/0.doc">0.doc</a></p></body>')


def linking(month: int, file: str, body: bytes) -> Run:
    """A page that only links to a file, and the file."""
    return seen(
        month, Got(A, linking_to(file)), Got(SITE + file, body, role="attachment", parent=A)
    )


def linking_to(file: str) -> bytes:
    return page(f'<p>详见附件。</p><p>附件：<a href="{file}">{file}</a></p>', TITLE)


def test_a_file_that_gives_another_text_is_one_change(root: DataRoot) -> None:
    rows = rows_of(root, linking(1, "/f.doc", U), linking(2, "/f.doc", FIGURES))
    assert [short(row) for row in rows] == [FIRST, ("figures", "page", "v1", "v2")]
    assert rows[1]["url"] == f"{SITE}/f.doc"


def test_a_page_that_links_to_another_file_is_one_change(root: DataRoot) -> None:
    """Portals give a new file a new address: it is the page that changed, nothing moved."""
    rows = rows_of(root, linking(1, "/f1.doc", U), linking(2, "/f2.doc", FIGURES))
    assert [short(row) for row in rows] == [FIRST, ("figures", "page", "v1", "v2")]
    assert rows[1]["url"] == A
    gone = seen(3, Got(A, linking_to("/f2.doc")),
                issues=[(f"{SITE}/f2.doc", "gone")])  # fmt: skip
    assert made(root, gone)[2:] == [("gone", "page", "v2", None)]


def test_what_people_saved_by_hand_says_nothing_of_the_page(root: DataRoot, tmp_path: Path) -> None:
    """The page gave it once, but not when somebody handed it in."""
    keep(root, given(1, U), given(2, FIGURES), given(3, U))
    saved = tmp_path / "saved.html"
    saved.write_bytes(FIGURES)
    import_files(root, [saved], A)
    assert made(root)[1:] == [("figures", "page", "v1", "v2"), ("back", "page", "v2", "v1")]


# -- reproducible -----------------------------------------------------------------------------


def test_order_and_shards_do_not_matter(tmp_path: Path) -> None:
    bodies = [U, TEXT, FIGURES, U]
    hashes, rows = set(), set()
    for name in "abc":
        root = DataRoot(tmp_path / name)
        root.claim(DEMO)
        rng = random.Random(name)
        for month, body in enumerate(bodies, 1):
            got = [Got(A, body), Got(B, body), Got(f"{SITE}/c.html", body)]
            rng.shuffle(got)
            if name == "c":  # the same round in two shards
                parts = [seen(month, *got[:1], shard="1/2"), seen(month, *got[1:], shard="2/2")]
                keep(root, *parts)
            else:
                keep(root, seen(month, *got))
        build(root)
        hashes.add(current_hash(root))
        sql = "SELECT change_id, kind, cause, from_version, to_version, url, cells FROM changes"
        rows.add(tuple(db(root, sql)))
    assert len(rows) == 1
    assert len(next(iter(rows))) == 4
    assert len(hashes) == 1


# -- our own reader -----------------------------------------------------------------------------


class OtherReader:
    """A reader that reads one figure otherwise, and has another version."""

    def __init__(self, version: str, key: str = "t3_granted_total", value: int = 7) -> None:
        self._version, self._key, self._value = version, key, value

    def __enter__(self) -> None:
        before = extract.reader.read

        def other(body: bytes) -> Report:
            report = before(body)
            figures = tuple(
                replace(f, printed=str(self._value), value=self._value) if f.key == self._key else f
                for f in report.figures
            )
            return replace(report, figures=figures)

        self._patches = [
            mock.patch("tests.stored.read", other),
            mock.patch("archive.readings.reader_version", return_value=self._version),
            mock.patch("archive.release.publish.reader_version", return_value=self._version),
            mock.patch("archive.release.history.reader_version", return_value=self._version),
        ]
        for patch in self._patches:
            patch.start()

    def __exit__(self, *_: object) -> None:
        for patch in self._patches:
            patch.stop()


def test_a_better_reader_never_looks_like_an_agencys_edit(root: DataRoot) -> None:
    keep(root, given(1, U), given(2, TEXT))
    build(root)
    before = changes(root)
    ((printed,),) = db(root, "SELECT t3_granted_total FROM figures LIMIT 1")
    with OtherReader("another"):
        assert build(root).is_new
        assert changes(root) == [
            *before,
            ("figures", "reader", "v1", "v1"),
            ("figures", "reader", "v2", "v2"),
        ]
        assert len(db(root, "SELECT * FROM page_changes")) == 1
        told = db(root, "SELECT cells FROM changes WHERE cause = 'reader'")
        assert {json.loads(cells)["t3_granted_total"][1] for (cells,) in told} == {"7"}
        assert json.loads(told[0][0])["t3_granted_total"][0] == f"{printed:,}"
        # The same release from the WARCs alone, without the one before: the same hash.
        fresh = DataRoot(root.path.parent / "fresh")
        fresh.claim(DEMO)
        keep(fresh, given(1, U), given(2, TEXT))
        build(fresh)
        assert changes(fresh) == before
        assert current_hash(fresh) == current_hash(root)
        # What was once told stays told.
        keep(root, given(3, U))
        build(root)
    assert [row for row in changes(root) if row[1] == "reader"] == [
        ("figures", "reader", "v1", "v1"),
        ("figures", "reader", "v2", "v2"),
    ]
    assert [row[:2] for row in changes(root)][:3] == [
        ("first", "page"), ("text", "page"), ("back", "page"),
    ]  # fmt: skip


def test_the_same_reader_and_bytes_read_otherwise_is_curation(root: DataRoot) -> None:
    keep(root, given(1, U))
    build(root)
    with OtherReader("another"):
        build(root)
    with OtherReader("another", value=8):
        root.readings.unlink()
        keep(root, given(2, U, url=B))
        build(root)
    assert changes(root)[-1] == ("figures", "curation", "v1", "v1")
    assert len(db(root, "SELECT * FROM page_changes")) == 0
