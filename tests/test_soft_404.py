"""What an address gives no more: soft 404s, gone and unlisted addresses, twins, shards."""

from __future__ import annotations

import itertools
import sqlite3
from pathlib import Path

import pytest

from archive.codebook import OUTCOMES
from archive.ledger import Ledger
from archive.manifest import current_hash
from archive.problems import problems
from archive.readings import Readings
from archive.root import DataRoot
from archive.rounds import rounds
from archive.twins import is_mobile, plain
from crawler.outcomes import OUTCOMES as CRAWLS
from tests.stored import (
    ENTRY,
    SITE,
    TITLE,
    Got,
    Run,
    article,
    build,
    current,
    db,
    flags,
    keep,
    page,
    report_of,
    sources,
    unread,
)  # fmt: skip

PAGE = f"{SITE}/2023/a.html"
HOME = f"{SITE}/"
GONE = "<html><body><h1>您访问的页面不存在</h1></body></html>".encode()
CHALLENGE = b"<html><script>document.cookie='__jsl_clearance=1'</script></html>"
DAYS = ("2024-01-08", "2024-02-05", "2024-03-04", "2024-04-01", "2024-05-06")


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def absences(root: DataRoot) -> list[tuple[str | None, str | None]]:
    return db(root, "SELECT DISTINCT gone_since, unlisted_since FROM sources ORDER BY 1, 2")


def had(day: int, body: bytes | None = None) -> Run:
    """A run that obtains the page."""
    return Run([Got(PAGE, body or article())], day=DAYS[day])


def noted(day: int, *kinds: str) -> Run:
    """A run that notes issues of the page, and does not obtain it."""
    return Run((), [(PAGE, kind) for kind in kinds], DAYS[day])


def missed(day: int) -> Run:
    """A run that obtains the page though its column lists it no more."""
    return Run([Got(PAGE, article())], [(PAGE, "unlisted")], DAYS[day])


# -- soft 404 ---------------------------------------------------------------------------


def test_a_soft_404_is_named_and_the_report_before_it_stays(root: DataRoot) -> None:
    keep(root, had(0), had(1, GONE))
    build(root)
    assert current(root) == ("read", "v1", "/2023/a.html")
    assert unread(root) == {"/2023/a.html": "soft_404"}
    assert absences(root) == [(DAYS[1], None)]
    assert flags(root) == {"gone"}
    assert any(line.startswith("  soft_404: 1 (") for line in problems(root))
    assert f"  {PAGE}: gone since {DAYS[1]}" in list(problems(root))


@pytest.mark.parametrize("body", [b"", b"<html><body></body></html>", GONE])
def test_a_listed_report_that_was_never_there_is_no_report(root: DataRoot, body: bytes) -> None:
    keep(root, Run([Got(PAGE, body)]))
    build(root)
    assert db(root, "SELECT * FROM reports") == []
    assert unread(root) == {"/2023/a.html": "soft_404"}


def test_a_challenge_with_status_200_is_a_wall_and_says_nothing_of_the_page(root: DataRoot) -> None:
    keep(root, had(0), had(1, CHALLENGE))
    build(root)
    assert current(root)[:2] == ("read", "v1")
    assert unread(root) == {"/2023/a.html": "wall"}
    assert absences(root) == [(None, None)]


def test_a_redirect_to_the_home_page_is_a_soft_404(root: DataRoot) -> None:
    moved = [Got(PAGE, b"", status=302), Got(HOME, page("<p>要闻</p>", "示例市财政局"))]
    keep(root, had(0), Run(moved, day=DAYS[1]))
    build(root)
    assert current(root) == ("read", "v1", "/2023/a.html")
    assert unread(root) == {"/": "soft_404"}
    assert db(root, "SELECT detail FROM unread") == [(f"the site's home page from {PAGE}",)]
    assert absences(root) == [(DAYS[1], None)]


def test_a_redirect_to_another_page_is_none(root: DataRoot) -> None:
    secure = PAGE.replace("http:", "https:")
    keep(root, Run([Got(PAGE, b"", status=301), Got(secure, article())], day=DAYS[0]))
    build(root)
    assert db(root, "SELECT url FROM reports") == [(secure,)]
    assert unread(root) == {}
    assert absences(root) == [(None, None)]


def test_a_home_page_that_is_the_column_is_no_soft_404(root: DataRoot) -> None:
    single = {**ENTRY, "kind": "single", "column": HOME, "agency": "示例市财政局"}
    keep(root, Run([Got(HOME, article(), "", "node")], entries={"shili": single}))
    build(root)
    assert current(root)[0] == "read"


# -- gone, unlisted -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("runs", "want", "flag"),
    [
        ((had(0), noted(1, "gone")), (DAYS[1], None), {"gone"}),
        ((had(0), noted(1, "gone"), noted(2, "gone")), (DAYS[1], None), {"gone"}),
        ((had(0), noted(1, "gone"), had(2)), (None, None), set()),
        ((had(0), noted(1, "gone"), had(2), noted(3, "gone")), (DAYS[3], None), {"gone"}),
        # A run that did not ask does not bring it back; nor does one that met a wall.
        ((had(0), noted(1, "gone"), noted(2)), (DAYS[1], None), {"gone"}),
        ((had(0), noted(1, "gone"), had(2, GONE), noted(3, "gone")), (DAYS[1], None), {"gone"}),
        ((had(0), noted(1, "gone"), had(2, CHALLENGE)), (DAYS[1], None), {"gone"}),
        ((had(0), missed(1)), (None, DAYS[1]), {"unlisted"}),
        ((had(0), missed(1), missed(2)), (None, DAYS[1]), {"unlisted"}),
        # A run that did not ask says nothing; one that had it from its list has it again.
        ((had(0), missed(1), noted(2)), (None, DAYS[1]), {"unlisted"}),
        ((had(0), missed(1), had(2)), (None, None), set()),
        ((had(0), missed(1), had(2), missed(3)), (None, DAYS[3]), {"unlisted"}),
        ((had(0), missed(1), noted(2, "gone")), (DAYS[2], DAYS[1]), {"gone"}),
    ],
)  # fmt: skip
def test_an_address_is_absent_since_the_first_run_of_the_present_series(
    root: DataRoot, runs: tuple[Run, ...], want: tuple[str | None, str | None], flag: set[str]
) -> None:
    keep(root, *runs)
    build(root)
    assert absences(root) == [want]
    assert flags(root) == flag
    assert current(root)[0] == "read"


def test_the_issue_may_name_the_other_scheme(root: DataRoot) -> None:
    secure = Got(PAGE.replace("http:", "https:"), article())
    keep(root, Run([Got(PAGE, b"", status=301), secure], day=DAYS[0]), noted(1, "gone"))
    build(root)
    assert absences(root) == [(DAYS[1], None)]


def test_a_report_that_goes_makes_a_new_release_and_one_that_stays_gone_does_not(
    root: DataRoot,
) -> None:
    keep(root, had(0))
    build(root)
    first = current_hash(root)
    keep(root, noted(1, "gone"))
    assert build(root).is_new
    second = current_hash(root)
    keep(root, noted(2, "gone"))
    assert not build(root).is_new
    assert second != first
    keep(root, had(3))
    assert build(root).is_new
    assert current_hash(root) not in (first, second)  # it tells that it was gone, and is back
    assert flags(root) == set()


def test_a_report_with_an_address_left_is_not_gone(root: DataRoot) -> None:
    other = f"{SITE}/2023/b.html"
    keep(root, Run([Got(PAGE, article()), Got(other, article())], day=DAYS[0]), noted(1, "gone"))
    build(root)
    assert flags(root) == set()
    assert db(root, "SELECT url, gone_since FROM sources ORDER BY url") == [
        (PAGE, DAYS[1]), (other, None),
    ]  # fmt: skip


def test_a_page_that_is_gone_takes_its_file_with_it(root: DataRoot) -> None:
    body = page('<a href="P1.html">附件</a>', TITLE)
    whole = Got(f"{SITE}/2023/P1.html", article(), "附件", "attachment", PAGE)
    keep(root, Run([Got(PAGE, body), whole], day=DAYS[0]), noted(1, "gone"))
    build(root)
    assert current(root)[::2] == ("read", "/2023/P1.html")
    assert flags(root) == {"gone"}


# -- twins --------------------------------------------------------------------------------

DESKTOP = f"{SITE}/202301/t20230120_1.html"
WAP = f"{SITE}/202301/t20230120_1_wap.html"


def reworded(body: bytes) -> bytes:
    """The same figures, and a chapter in other words."""
    changed = body.replace("按时更新栏目".encode(), "及时更新栏目（手机版）".encode())
    assert changed != body
    return changed


@pytest.mark.parametrize(
    "twin",
    [WAP, DESKTOP.replace("http:", "https:"), DESKTOP.replace(f"{SITE}/", f"{SITE}/mobile/"),
     DESKTOP.replace("//127", "//www.127")],
)  # fmt: skip
@pytest.mark.parametrize("words", [True, False])
def test_a_report_and_its_twin_are_one_version_with_two_sources(
    root: DataRoot, twin: str, words: bool
) -> None:
    other = reworded(article()) if words else article()
    keep(root, Run([Got(DESKTOP, article()), Got(twin, other)]))
    build(root)
    assert db(root, "SELECT version_id FROM versions") == [("990100-finance-2022.v1",)]
    assert db(root, "SELECT count(*) FROM sources") == [(2,)]
    assert not is_mobile(db(root, "SELECT url FROM versions")[0][0])


def test_a_copy_for_phones_never_speaks_for_the_page(root: DataRoot) -> None:
    first = f"{SITE}/m/x.html"  # sorts before the page
    keep(root, Run([Got(f"{SITE}/x.html", article()), Got(first, reworded(article()))]))
    build(root)
    assert current(root) == ("read", "v1", "/x.html")
    assert sources(root) == ["/m/x.html", "/x.html"]


def test_a_twin_with_other_figures_is_another_version(root: DataRoot) -> None:
    keep(root, Run([Got(DESKTOP, article()), Got(WAP, article(report_of(error="balance")))]))
    build(root)
    assert db(root, "SELECT count(*) FROM versions") == [(2,)]


def test_other_words_at_a_later_time_are_a_change(root: DataRoot) -> None:
    secure = DESKTOP.replace("http:", "https:")
    keep(root, Run([Got(DESKTOP, article())]), Run([Got(secure, reworded(article()))]))
    build(root)
    assert current(root)[1] == "v2"


def test_twins_have_one_plain_address() -> None:
    twins = (DESKTOP, WAP, "https://www.127.0.0.1/202301/t20230120_1.html")
    assert len({plain(url) for url in twins}) == 1
    assert plain("http://a.cn/x.html?id=1") != plain("http://a.cn/x.html?id=2")


# -- shards -------------------------------------------------------------------------------


def shards() -> list[Run]:
    """Two shards' runs: one report on a host of each, in other words; one file of both."""
    other = {**ENTRY, "hosts": ["127.0.0.2"]}
    here = [Got("http://127.0.0.1/b.html", article(), "x"), Got(PAGE, b"", status=404)]
    there = [Got("http://127.0.0.2/a.html", reworded(article()), "x", portal="other")]
    shared = page("<p>通知。</p>")
    return [
        Run([*here, Got("http://127.0.0.9/x.html", shared)], [(PAGE, "gone")], DAYS[0], "1/2"),
        Run([*there, Got("http://127.0.0.9/x.html", shared, portal="other")], (), DAYS[0], "2/2",
            entries={"other": other}),
    ]  # fmt: skip


def test_which_shard_ran_first_decides_nothing(tmp_path: Path) -> None:
    hashes = set()
    for number, order in enumerate(itertools.permutations(shards())):
        root = DataRoot(tmp_path / str(number))
        keep(root, *order)
        build(root)
        assert db(root, "SELECT url FROM versions ORDER BY number") == [
            ("http://127.0.0.1/b.html",), ("http://127.0.0.2/a.html",),
        ]  # fmt: skip
        hashes.add(current_hash(root))
    assert len(hashes) == 1


def test_runs_of_shards_make_rounds(root: DataRoot) -> None:
    labels = ["1/2", "2/2", "2/2", "1/2", "", "1/2", "2/3", "1/3"]
    keep(root, *(Run(day=f"2024-01-0{n}", shard=shard) for n, shard in enumerate(labels, 1)))
    began = [day[8:10] for day in rounds(Ledger(root.ledger)).values()]
    assert began == ["01", "01", "03", "03", "05", "06", "07", "07"]


# -- other things that the build keeps ------------------------------------------------------


def test_readings_of_an_older_reader_are_read_again(root: DataRoot) -> None:
    keep(root, had(0))
    root.releases.mkdir(exist_ok=True)
    old = sqlite3.connect(root.readings)
    with old:
        old.execute("CREATE TABLE readings (sha256 TEXT, reader TEXT, status TEXT, detail TEXT)")
        old.execute("INSERT INTO readings VALUES ('x', 'y', 'read', '')")
    old.close()
    build(root)
    assert current(root)[0] == "read"
    readings = Readings(root.readings)
    (digest,) = db(root, "SELECT sha256 FROM sources")[0]
    reading = readings.get(digest)
    readings.close()
    assert reading is not None
    assert reading.kind == "html"


def test_every_outcome_of_a_crawl_is_explained_and_no_other() -> None:
    assert set(OUTCOMES) == set(CRAWLS)


def test_outcomes_are_told_with_their_meaning(root: DataRoot) -> None:
    both = {"a": ENTRY, "b": ENTRY}
    got = [Got(PAGE, article(), portal="a")]
    keep(root, Run(got, outcome="wall", entries=both), Run(outcome="window", entries={"a": ENTRY}))
    build(root)
    told = list(problems(root))
    assert "  a: window (stopped in order at the hour asked for)" in told
    assert "  b: wall (a wall answered; it is never bypassed)" in told
