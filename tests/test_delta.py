"""A release made from the one before says what one made of everything says.

By chance, over many countries and steps: tests/prove/delta.py.
"""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from archive.contenthash import content_hash, digests
from archive.contentparts import parts
from archive.delta import NotCertain, Part
from archive.delta.part import reports_of, require_apart
from archive.delta.reach import concerned, known, needed
from archive.manifest import FILES, reading
from archive.root import DataRoot
from tests.delta_country import Country, Step, step

CITY = "示例市"
#: What each crawl brings, and whose figures it prints; the portals share no agency.
BEGIN = (("shi", f"{CITY}财政局", 2021, 1), ("shi", f"{CITY}财政局", 2020, 2),
         ("er", "示例二市财政局", 2021, 4), ("xian", "样本县审计局", 2021, 5))  # fmt: skip
CRAWLS = {
    # Another's report prints the same figures: the one that was there is told so.
    "a copy": ((("er", "示例二市审计局", 2021, 1),), f"{CITY}财政局"),
    # The government's report is held against its department's, which is at another portal.
    "a whole": ((("shi2", f"{CITY}人民政府", 2021, 3),), ""),
    # The copy is no copy any more.
    "changed": ((("er", "示例二市审计局", 2021, 7),), ""),
}


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Step]:
    """What became of each crawl."""
    folder = tmp_path_factory.mktemp("delta")
    country = Country(DataRoot(folder / "data"), random.Random(1))
    country.publish(*BEGIN)
    made = {"begin": step(country.root, folder / "0")}
    for number, (name, (reports, words_of)) in enumerate(CRAWLS.items(), 1):
        country.publish(*reports, words_of=words_of)
        made[name] = step(country.root, folder / str(number))
    return made


@pytest.mark.parametrize("name", CRAWLS)
def test_a_delta_says_what_a_build_of_everything_says(steps: dict[str, Step], name: str) -> None:
    done = steps[name]
    assert done.differing == []
    hashes = {content_hash(*(each / n for n in FILES)) for each in (done.full, done.delta)}
    assert len(hashes) == 1
    # Else this test could not fail: the part is one portal, and others' findings are others.
    assert done.portals == {CRAWLS[name][0][0][0]}


def _checks(folder: Path, agency: str) -> set[str]:
    with reading(folder / FILES[0]) as db:
        sql = 'SELECT DISTINCT "check" FROM current_findings WHERE report_id = ?'
        return {row[0] for row in db.execute(sql, (f"{agency}-2021",))}


def test_others_are_judged_again(steps: dict[str, Step]) -> None:
    said = {name: _checks(each.delta, "990100-finance") for name, each in steps.items()}
    assert "C24" not in said["begin"]
    assert "C24" in said["a copy"]
    assert "C24" not in said["changed"]
    assert "C17" in said["a whole"] - said["a copy"]


def test_what_is_digested_again_is_what_changed(steps: dict[str, Step]) -> None:
    for name in CRAWLS:
        done = steps[name]
        files = [done.delta / each for each in FILES]
        before = digests(*(done.before / each for each in FILES)).parts
        mine = {report.rpartition("-20")[0] for report in done.concerned}
        now = parts(files, 1)
        assert {part for part in now if now[part] != before.get(part)} <= mine
        some = parts(files, 1, sorted(mine))
        assert {**{k: v for k, v in before.items() if k not in mine}, **some} == now


def test_a_part_that_is_not_apart_is_refused(steps: dict[str, Step], tmp_path: Path) -> None:
    done = steps["changed"]
    with reading(done.delta / FILES[0]) as db:
        reports = reports_of(db, {"er"})
        assert {each.rpartition("-")[0] for each in reports} == {"990200-audit", "990200-finance"}
        require_apart(db, Part(frozenset({"er"}), done.gathered, reports))
        few = frozenset(sorted(reports)[:1]) | {"990100-finance-2021"}
        with pytest.raises(NotCertain, match="990100-finance has reports of other portals"):
            require_apart(db, Part(frozenset({"er"}), done.gathered, few))


def test_how_far_a_change_reaches() -> None:
    db = sqlite3.connect(":memory:")
    db.executescript("""
        CREATE TABLE agencies (agency_id, kind, region_code, parent_id, successor_id);
        CREATE TABLE regions (region_code, parent_code);
        INSERT INTO regions VALUES ('990000', NULL), ('990100', '990000'), ('990102', '990100'),
          ('990102101', '990102'), ('990200', '990000');
        INSERT INTO agencies VALUES
          ('p', 'government', '990000', NULL, NULL), ('c', 'government', '990100', NULL, NULL),
          ('d', 'government', '990102', NULL, NULL), ('e', 'government', '990200', NULL, NULL),
          ('cf', 'finance', '990100', 'c', NULL), ('ca', 'audit', '990100', NULL, 'cf'),
          ('df', 'finance', '990102', 'd', NULL), ('dt', 'town', '990102101', NULL, NULL),
          ('ef', 'finance', '990200', 'e', NULL), ('u', NULL, NULL, NULL, NULL);
    """)
    found = known(db)
    db.close()
    # A department: its government, and the one above that; whom it took over from, too.
    assert concerned(found, {"cf"}) == {"cf", "c", "p"}
    assert concerned(found, {"ca"}) == {"ca", "cf", "c", "p"}
    assert concerned(found, {"dt"}) == {"dt", "d", "c"}
    # A government: also its departments and towns, and the governments below.
    assert concerned(found, {"c"}) == {"c", "p", "cf", "ca", "d"}
    assert needed(found, {"d"}) == {"d", "c", "df", "dt"}
    assert concerned(found, {"u"}) == needed(found, {"u"}) == {"u"}
