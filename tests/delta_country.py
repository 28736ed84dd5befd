"""A small fictional country that grows by chance, and its releases made in two ways."""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from archive.absence import Absences
from archive.agencies import Resolver
from archive.bodies import Body, bodies
from archive.curation import Curation
from archive.delta import Part, renew
from archive.delta.part import reports_of
from archive.evidence import entries
from archive.gather import gather
from archive.histories import Gathered
from archive.kept import Reading
from archive.ledger import Ledger
from archive.manifest import FILES, is_whole, reading
from archive.places import regions
from archive.public import Public
from archive.readings import Readings
from archive.release.databases import write_databases
from archive.release.history import past
from archive.release.publish import write_release
from archive.root import DataRoot
from archive.store import Context, Exchange, Store
from archive.twins import place
from archive.warc import load_body
from extract.convert import installed
from tests.portal.render import article_html
from tests.portal.reports import make_report
from tests.stored import DEMO, page, read_here

REGIONS = {
    "990000": "示例省", "990100": "示例市", "990102": "示例区", "990121": "样本县",
    "990200": "示例二市",
}  # fmt: skip
#: The regions' portals; one more of the same region, and one of a region with no report yet.
PORTALS = {"sheng": "990000", "shi": "990100", "qu": "990102", "xian": "990121", "er": "990200",
           "shi2": "990100"}  # fmt: skip
_PROSE = re.compile(r"(<p[^>]*>)[^<]{30,}(</p>)")
#: Tables without a view that shows them whole.
DERIVED = ("_reach", "_unsettled", "_frame_seen", "_frame_places", "_frame_size", "_frame_regions",
           "_kind_sums", "_kind_sums_blank0", "_years", "_frame_years")  # fmt: skip
ORGANS = {"财政局": "finance", "审计局": "audit", "教育局": "education", "人民政府": "government",
          "教育体育局": "education"}  # fmt: skip
#: Names that the same agencies print in other years.
OTHER_NAMES = {"教育局": "教育体育局", "教育体育局": "教育局"}


@dataclass
class Country:
    """What was published where so far, and what is published next."""

    root: DataRoot
    dice: random.Random
    #: Address → portal, name, year and variant of the report there.
    there: dict[str, tuple[str, str, int, int]] = field(default_factory=dict)
    steps: int = 0

    def grow(self, moves: int) -> list[str]:
        """One crawl of some portals, in which some things are new; returns what was done."""
        self.steps += 1
        done: dict[str, list[str]] = defaultdict(list)
        got: dict[str, list[tuple[str, bytes, str, str, str]]] = defaultdict(list)
        issues: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for _ in range(moves):
            ways = (self._new, self._new, self._changed, self._copy, self._stray, self._renamed)
            move = self.dice.choice((*ways, *ways, self._gone, self._unread))
            (move if len(self.there) > 3 else self._new)(got, issues, done)
        for portal in sorted({*got, *issues}):
            self._crawl(portal, got[portal], issues[portal])
        return [f"{portal}: {', '.join(what)}" for portal, what in sorted(done.items())]

    def publish(self, *reports: tuple[str, str, int, int], words_of: str = "") -> None:
        """One crawl of the portals that publish reports.

        Args:
            reports: Portal, name of the agency, year and variant of each.
            words_of: Whose figures they print; their own if "".
        """
        self.steps += 1
        got: dict[str, list[tuple[str, bytes, str, str, str]]] = defaultdict(list)
        for portal, name, year, variant in reports:
            self._put(portal, name, year, variant, got, defaultdict(list), words_of)
        for portal in sorted(got):
            self._crawl(portal, got[portal], [])

    def _crawl(
        self,
        portal: str,
        got: list[tuple[str, bytes, str, str, str]],
        issues: list[tuple[str, str]],
    ) -> None:
        store = Store(self.root, DEMO)
        column = f"http://127.0.0.1/{portal}/"
        store.portal(portal, {
            "agency": "", "region": PORTALS[portal], "region_name": REGIONS[PORTALS[portal]],
            "hosts": ["127.0.0.1"], "column": column, "kind": "list",
        })  # fmt: skip
        for url, body, title, role, parent in got:
            context = Context(portal, role, column, title, "2023-01-20", parent)
            store.capture(Exchange("GET", url, [], b"", 200, "", [], body), context)
        for url, kind in issues:
            store.issue(portal, url, kind, "")
        store.outcome(portal, self.dice.choice(("complete", "fewer", "incomplete")))
        store.finish("complete")
        day = f"2023-{1 + self.steps // 28:02}-{1 + self.steps % 28:02}"
        with contextlib.closing(sqlite3.connect(self.root.ledger)) as db, db:
            for table, at in (("runs", "started_at"), ("captures", "fetched_at"),
                              ("outcomes", "at"), ("issues", "at")):  # fmt: skip
                sql = f"UPDATE {table} SET {at} = ? || substr({at}, 11) WHERE run_id = ?"
                db.execute(sql, (day, store.run_id))

    def _new(self, got: Any, issues: Any, done: Any) -> None:
        portal = self.dice.choice(sorted(PORTALS))
        name = REGIONS[PORTALS[portal]] + self.dice.choice(sorted(ORGANS))
        self._put(portal, name, self.dice.randint(2018, 2023), self.dice.randint(0, 9), got, done)

    def _stray(self, got: Any, issues: Any, done: Any) -> None:
        """A report of an agency of another region, or of one that nobody knows."""
        portal = self.dice.choice(sorted(PORTALS))
        region = self.dice.choice(sorted(REGIONS.values()))
        name = self.dice.choice((region + "财政局", "某某服务中心"))
        self._put(portal, name, self.dice.randint(2020, 2022), self.dice.randint(0, 9), got, done)

    def _changed(self, got: Any, issues: Any, done: Any) -> None:
        if not self.there:
            return
        url = self.dice.choice(sorted(self.there))
        portal, name, year, _ = self.there[url]
        self._put(portal, name, year, self.dice.randint(0, 9), got, done)

    def _renamed(self, got: Any, issues: Any, done: Any) -> None:
        """An agency's next report prints another name of it; those before are not written again."""
        some = {url for url in self.there if self.there[url][1].endswith(tuple(OTHER_NAMES))}
        if not some:
            return
        portal, name, year, _ = self.there[self.dice.choice(sorted(some))]
        (organ,) = (each for each in OTHER_NAMES if name.endswith(each))
        other = name.removesuffix(organ) + OTHER_NAMES[organ]
        self._put(portal, other, year + 1, self.dice.randint(0, 9), got, done)

    def _copy(self, got: Any, issues: Any, done: Any) -> None:
        """The same figures and words at another agency's."""
        if not self.there:
            return
        _, name, year, variant = self.there[self.dice.choice(sorted(self.there))]
        portal = self.dice.choice(sorted(PORTALS))
        other = REGIONS[PORTALS[portal]] + self.dice.choice(("审计局", "教育局"))
        self._put(portal, other, year, variant, got, done, words_of=name)

    def _gone(self, got: Any, issues: Any, done: Any) -> None:
        if self.there:
            url = self.dice.choice(sorted(self.there))
            issues[self.there[url][0]].append((url, "gone"))
            done[self.there[url][0]].append(f"gone {url}")

    def _unread(self, got: Any, issues: Any, done: Any) -> None:
        portal = self.dice.choice(sorted(PORTALS))
        year = self.dice.randint(2020, 2022)
        url = f"http://127.0.0.1/{portal}/plan{self.dice.randint(1, 4)}.html"
        title = self.dice.choice(
            (
                f"{REGIONS[PORTALS[portal]]}{year}年工作计划",
                "文章",
                f"{REGIONS[PORTALS[portal]]}财政局{year}年政府信息公开工作年度报告",
            )
        )
        body = page(f"<p>第{self.steps}次的计划，没有表格。</p>")
        got[portal].append((url, body, title, "article", ""))
        done[portal].append(f"unread {url}")

    def _put(
        self, portal: str, name: str, year: int, variant: int, got: Any, done: Any,
        words_of: str = "",
    ) -> None:  # fmt: skip
        source = words_of or name
        kind = next((slug for organ, slug in ORGANS.items() if source.endswith(organ)), "office")
        region = next((code for code, its in REGIONS.items() if source.startswith(its)), "990000")
        scope = "aggregate" if kind == "government" else "own"
        report, _ = make_report(
            source, region, kind, year, busy=variant % 3 > 0, scope=scope,
            extra=f"另有第{variant}项工作需要说明。" * (1 + variant % 4) if variant % 2 else "",
        )  # fmt: skip
        body = article_html(report, "trs")
        if words_of:
            # The same figures in other words: what texts have in common is found otherwise.
            body = _PROSE.sub(r"\1另有说明。\2", body.replace(words_of, name))
        slug = f"{abs(hash_of(name)) % 10**6}-{year}"
        url = f"http://127.0.0.1/{portal}/{slug}.html"
        title = f"{name}{year}年政府信息公开工作年度报告"
        got[portal].append((url, body.encode(), title, "article", ""))
        self.there[url] = (portal, name, year, variant)
        done[portal].append(f"{name}{year} variant {variant}{' copy' if words_of else ''}")


def hash_of(text: str) -> int:
    """A number of a text, the same in every process."""
    return int.from_bytes(text.encode()[-12:], "big") ^ len(text)


class Builder:
    """Makes what a release would be of a ledger: of all, and of what changed."""

    def __init__(self, root: DataRoot) -> None:
        """Read what was captured."""
        self.root = root
        self.built = datetime.now(UTC)
        self.public = Public(Curation())
        self._ledger = Ledger(root.ledger)
        self._readings = Readings(root.readings, installed)
        self.found = bodies(self._ledger)
        captures = {body.capture["sha256"]: body.capture for body in self.found}
        todo = self._readings.missing(captures)
        with mock.patch("archive.readings.read_documents", read_here):
            passing = self._readings.read(todo, lambda key: load_body(root.warcs, captures[key]), 1)
        assert not passing

    def close(self) -> None:
        """Close what was opened."""
        self._readings.close()
        self._ledger.close()

    def read(self, sha256: str) -> Reading:
        """What is known of a body."""
        return self._readings.get(sha256) or Reading(sha256, "unreadable", "was not read", None)

    def gathered(self, portals: frozenset[str] | None = None) -> Gathered:
        """The reports of some portals, or of all."""
        some: list[Body] = [
            body for body in self.found if portals is None or body.capture["portal"] in portals
        ]
        resolver = Resolver(regions(fiction=True), Curation().agencies)
        return gather(self._ledger, some, self.read, Absences(self._ledger), resolver)

    def changed(self) -> set[str]:
        """Portals of which something was stored since the newest release."""
        if not is_whole(self.root):
            return set(entries(self._ledger))
        seen: set[str] = set()
        for table, column in (("captures", "fetched_at"), ("issues", "at"), ("outcomes", "at")):
            sql = f"SELECT portal FROM {table} WHERE substr({column}, 1, 10) = ?"
            (day,) = next(iter(self._ledger.rows("SELECT max(substr(at, 1, 10)) FROM outcomes")))
            seen |= {row["portal"] for row in self._ledger.rows(sql, day)}
        return seen

    def component(self, changed: set[str], whole: Gathered) -> frozenset[str]:
        """The portals that share an address or an agency with those that changed."""
        keys: dict[str, set[str]] = defaultdict(set)
        for row in self._ledger.rows("SELECT DISTINCT portal, url FROM captures"):
            keys[row["portal"]].add(f"place {place(row['url'])}")
        for history in whole.reports.values():
            for version in history.versions:
                for body in version.sources:
                    keys[body.capture["portal"]].add(f"agency {history.agency.agency_id}")
        if is_whole(self.root):
            with reading(self.root.current / FILES[0]) as db:
                sql = """SELECT s.portal, r.agency_id FROM sources s
                    JOIN versions v USING (version_id) JOIN reports r USING (report_id)"""
                for portal, agency in db.execute(sql):
                    keys[portal].add(f"agency {agency}")
        found = set(changed)
        while (
            more := {portal for portal in keys if any(keys[portal] & keys[each] for each in found)}
            - found
        ):
            found |= more
        return frozenset(found)

    def full(self, folder: Path, gathered: Gathered) -> dict[str, int]:
        """Write databases of everything."""
        told = past(self.root, gathered, self.read, self.built)
        return write_databases(folder, DEMO, gathered, self.read, told, self.public)

    def delta(self, folder: Path, portals: frozenset[str]) -> tuple[Gathered, set[str]]:
        """Write databases from those of the current release; the part, and what it concerns."""
        before = self.root.current.resolve()
        with reading(before / FILES[0]) as db:
            reports = reports_of(db, portals)
        part = Part(portals, self.gathered(portals), reports)
        told = past(self.root, part.gathered, self.read, self.built)
        made = renew(folder, before, DEMO, part, self.read, told, self.public)
        return part.gathered, set(made.concerned)

    def publish(self, folder: Path, gathered: Gathered, counts: Mapping[str, int]) -> None:
        """Let the databases in a folder be the current release."""

        def copied(target: Path, *_: object, **__: object) -> dict[str, int]:
            for name in FILES:
                shutil.copyfile(folder / name, target / name)
            return dict(counts)

        with (
            mock.patch("archive.release.publish.write_databases", copied),
            mock.patch("archive.release.publish.write_files", return_value={}),
        ):
            write_release(self.root, DEMO, gathered, self.read, "tests", self.public)


def differing(one: Path, other: Path) -> Iterator[str]:
    """Where two releases differ, a line a table or view: all that people can ask of them."""
    for name in FILES:
        with reading(one / name) as a, reading(other / name) as b:
            for table, kind in a.execute(
                "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
            ).fetchall():
                is_kept = not table.startswith(("sqlite_", "_")) or table in DERIVED
                if not is_kept and kind == "table":
                    continue
                info = a.execute(f'SELECT name FROM pragma_table_info("{table}")').fetchall()
                columns = [c for (c,) in info if (table, c) not in (("chapters", "n"),)]
                if not columns:
                    continue
                sql = f"""SELECT {", ".join(f'"{c}"' for c in columns)} FROM "{table}" """
                rows = [sorted(map(repr, db.execute(sql))) for db in (a, b)]
                if rows[0] != rows[1]:
                    less, more = (sorted({*x} - {*y})[:3] for x, y in (rows, rows[::-1]))
                    yield f"{table}: {len(rows[0])} rows, {len(rows[1])}: {less} | {more}"
            if name == FILES[1]:
                words = [_words(db) for db in (a, b)]
                if words[0] != words[1]:
                    yield f"_search: {sorted(words[0] ^ words[1])[:5]}"


def _words(db: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """What the index holds: term, version, and chapter or title."""
    places = {n: (version, chapter) for n, version, chapter in
              db.execute("SELECT n, version_id, chapter FROM chapters")}  # fmt: skip
    db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, '_search', instance)")
    return {
        (term, *(places[doc] if doc > 0 else (places[-doc][0], "title")))
        for term, doc in db.execute("SELECT term, doc FROM temp.terms")
    }


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one crawl.

    Attributes:
        before: The release before, if there is one.
        full: Databases made of everything.
        delta: Databases made from the release before; of the first crawl the same as `full`.
        portals: The part that was replaced.
        concerned: Reports of which something may be otherwise.
        differing: Where the two differ.
        gathered: The part's reports.
        counts: Of all reports.
    """

    before: Path
    full: Path
    delta: Path
    portals: frozenset[str]
    concerned: set[str]
    differing: list[str]
    gathered: Gathered
    counts: Mapping[str, int]


def step(root: DataRoot, folder: Path) -> Step:
    """Make databases in both ways, and let those of the delta be the current release."""
    root.releases.mkdir(exist_ok=True)
    full, delta = folder / "full", folder / "delta"
    full.mkdir(parents=True)
    builder = Builder(root)
    try:
        whole = builder.gathered()
        counts = builder.full(full, whole)
        if not is_whole(root):
            builder.publish(full, whole, counts)
            return Step(full, full, full, frozenset(), set(), [], whole, counts)
        delta.mkdir()
        before = root.current.resolve()
        portals = builder.component(builder.changed(), whole)
        part, concerned = builder.delta(delta, portals)
        found = list(differing(full, delta))
        kept = folder / "before"
        shutil.copytree(before, kept)
        builder.publish(delta, builder.gathered(), counts)
        return Step(kept, full, delta, portals, concerned, found, part, counts)
    finally:
        builder.close()
