"""Portals gathered apart: side by side they are what gathering everything at once gives."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from archive.bodies import captured
from archive.decisions import NONE
from archive.division import Terms, division_of, gather_divided
from archive.division.joining import joined
from archive.division.keys import Keys, of_address
from archive.division.packed import pack
from archive.division.room import FOLDER, gather_at_once, gathered_of
from archive.division.spilled import Spill, Spilled
from archive.errors import WriteFailed
from archive.histories import Gathered
from archive.inputs import inputs_of
from archive.kept import Reading
from archive.ledger import Ledger
from archive.manifest import current_hash
from archive.root import DataRoot
from archive.withholding.decision import PAGE, Withheld, Withholding
from extract.types import Evidence, Figure, Report
from tests.stored import ENTRY, SITE, Got, Run, article, build, db, keep, report_of

PORTALS = [f"p{n}" for n in range(7)]
NAMES = ("示例市财政局", "示例市教育局", "示例市公安局", "未知处")
HOSTS = ("a.example.org", "b.example.org", "c.example.org")
LISTED = f"{NAMES[1]}2020年政府信息公开工作年度报告"
SEEDS = range(8)
TIMES = ("2026-01-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z")


class _Invented:
    """A ledger of a few portals that have much in common, and what its bodies say."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.ledger = Ledger(folder / f"{seed}.db")
        self.readings: dict[str, Reading] = {}
        self._rows: list[tuple[str, dict[str, Any]]] = []
        for run, at in enumerate(TIMES):
            self._run(run, at)
        self.ledger.put_all(self._rows)

    def _run(self, run: int, at: str) -> None:
        dice, run_id = self.dice, f"run{run}"
        self._put("runs", {
            "run_id": run_id, "kind": "crawl", "registry": "demo", "software": "", "started_at": at,
            "finished_at": at, "status": "complete",
        })  # fmt: skip
        for portal in PORTALS:
            entry = '{"agency": "%s", "region": "990100", "region_name": "示例省 示例市"}'
            own = dice.choice(("", "", NAMES[0]))
            self._put("portals", {"run_id": run_id, "portal": portal, "entry": entry % own})
            for number in range(dice.randint(0, 2)):
                self._capture(run, at, portal, number)
        for url in dice.sample(_addresses(), 2):
            self._put("issues", {
                "run_id": run_id, "portal": dice.choice(PORTALS), "url": url,
                "kind": dice.choice(("gone", "unlisted")), "detail": "", "at": at,
            })  # fmt: skip

    def _put(self, table: str, row: dict[str, Any]) -> None:
        self._rows.append((table, row))

    def _capture(self, run: int, at: str, portal: str, number: int) -> None:
        dice = self.dice
        url, role = dice.choice(_addresses()), dice.choice(("article", "article", "node"))
        parent = ""
        if dice.random() < 0.4:
            role, url, parent = "attachment", dice.choice(_files()), dice.choice(_addresses())
        moved = dice.random() < 0.15
        said = str(dice.randint(0, 9))
        sha256 = f"{'file' if parent else 'page'}{said}".encode().hex().rjust(64, "0")
        self._put("captures", {
            "record_id": f"{run}{portal}{number}", "run_id": f"run{run}", "portal": portal,
            "role": role, "request_key": url, "url": url, "fetched_at": f"{at[:-5]}.{number:03}Z",
            "status": 302 if moved else 200, "content_type": "", "encoding": "", "etag": "",
            "last_modified": "", "payload": "", "sha256": sha256, "bytes": 1, "revisit_of": None,
            "listing": "", "list_title": dice.choice(("", LISTED)),
            "list_date": "", "parent": parent, "warc_file": "", "warc_offset": 0, "warc_length": 0,
        })  # fmt: skip
        if sha256 not in self.readings:
            self.readings[sha256] = self._reading(sha256, is_file=bool(parent))

    def _reading(self, sha256: str, *, is_file: bool) -> Reading:
        dice = self.dice
        if dice.random() < 0.2:
            status = dice.choice(("not_a_report", "soft_404", "needs_ocr"))
            return Reading(sha256, status, "nothing", None, "pdf" if is_file else "html")
        name = None if dice.random() < 0.3 else dice.choice(NAMES)
        year = dice.choice((2019, 2020))
        links = tuple((url, "附件") for url in dice.sample(_files(), dice.randint(0, 1)))
        number = dice.randint(1, 2)
        status = "read" if is_file or not links else dice.choice(("read", "attachment_unread"))
        figures = (Figure("t2", "rules", "issued", str(number), number, "reported"),)
        report = Report(
            status, agency=name, year=year, attachments=() if is_file else links,
            evidence={"year": (Evidence("title", str(year), 3),)},
            kind="doc" if is_file else "html",
            figures=figures if status == "read" else (), chapters={"一": str(dice.randint(1, 3))},
        )  # fmt: skip
        return Reading(sha256, status, "", report, report.kind)

    def read(self, sha256: str) -> Reading:
        return self.readings[sha256]


def _addresses() -> list[str]:
    return [
        f"{scheme}://{www}{host}/{name}.html"
        for scheme, www in (("http", ""), ("https", "www."))
        for host in HOSTS
        for name in ("1", "1_wap", "2")
    ]


def _files() -> list[str]:
    return [f"http://{host}/{n}.doc" for host in HOSTS for n in range(2)]


@pytest.fixture(scope="module")
def countries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[_Invented]]:
    folder = tmp_path_factory.mktemp("division")
    made = [_Invented(folder, seed) for seed in SEEDS]
    yield made
    for each in made:
        each.ledger.close()


def _terms(country: _Invented, withheld: Withheld) -> Terms:
    last = country.ledger.one("SELECT max(rowid) AS last FROM captures")
    number = last["last"] if last else 0
    return Terms(country.ledger.path, number, country.read, True, NONE, withheld)


def _apart(country: _Invented, folder: Path, size: int, withheld: Withheld) -> dict[str, Any]:
    folder.mkdir()
    said = inputs_of(country.ledger)
    division = division_of(country.ledger, said.captures)
    terms = _terms(country, withheld)
    made, parts = gather_divided(country.ledger, division, terms, folder, 1, size)
    assert sum(part.captures for part in parts) == sum(said.captures.values())
    told = _told(made)
    made.reports.close()  # type: ignore[attr-defined]
    return told


def _told(made: Gathered) -> dict[str, Any]:
    """All that is said of what was gathered."""
    assert made.withheld is not None
    unread = [(each.body.url, each.body.capture["sha256"], each.reason, each.detail)
              for each in made.unread]  # fmt: skip
    gone = [
        (each.entry, each.sha256, each.place and each.place.history.report_id)
        for each in made.withheld.gone
    ]
    return {
        "reports": {report_id: pack(made.reports[report_id]) for report_id in sorted(made.reports)},
        "unread": sorted(unread),
        "left_out": made.left_out,
        "printed": made.names.printed,
        "registered": made.names.registered,
        "gone": sorted(gone, key=repr),
        "idle": sorted(made.withheld.idle, key=repr),
        "instead": made.withheld.instead,
    }


def _withheld(country: _Invented) -> Withheld:
    dice = random.Random(repr(country.ledger.path))
    return Withheld((
        Withholding("capture", "privacy", "2026-05-01", sha256=dice.choice([*country.readings])),
        Withholding(PAGE, "rights", "2026-05-02", url=dice.choice(_addresses())),
        Withholding(PAGE, "court", "2026-05-03", report="990100-finance-2020"),
        Withholding("deleted", "mistake", "2026-05-04", sha256="f" * 64),
    ))  # fmt: skip


@pytest.mark.parametrize("size", [1, 1000])
def test_apart_is_together(countries: list[_Invented], tmp_path: Path, size: int) -> None:
    for number, country in enumerate(countries):
        withheld = _withheld(country) if number % 2 else Withheld()
        whole = _told(
            gather_at_once(country.ledger, captured(country.ledger), _terms(country, withheld))
        )
        assert _apart(country, tmp_path / str(number), size, withheld) == whole, number


def test_the_portals_have_much_in_common(countries: list[_Invented], tmp_path: Path) -> None:
    """Each for itself and never again they would be something else: else this tests nothing."""
    none = Withheld()
    differing = 0
    for number, country in enumerate(countries):
        whole = _told(
            gather_at_once(country.ledger, captured(country.ledger), _terms(country, none))
        )
        with mock.patch("archive.division.dividing.joined", return_value=[]):
            differing += _apart(country, tmp_path / str(number), 5, none) != whole
    assert differing > len(countries) // 2


class _Twice(_Invented):
    """One body at two portals that share no address and no report, each with a twin of its own."""

    def _run(self, run: int, at: str) -> None:
        if run:
            return
        self._put("runs", {
            "run_id": "run0", "kind": "crawl", "registry": "demo", "software": "",
            "started_at": at, "finished_at": at, "status": "complete",
        })  # fmt: skip
        report = Report(
            "read", agency="未知处", year=2020, kind="html",
            evidence={"year": (Evidence("title", "2020", 3),)},
            chapters={"一": "赵甲申请一件，钱乙申请两件，余无。"},
        )  # fmt: skip
        for number, (url, body) in enumerate([("1", "0"), ("2", "a"), ("1", "0"), ("2", "b")]):
            portal, sha256 = PORTALS[number // 2], body * 64
            self._put("captures", {
                "record_id": str(number), "run_id": "run0", "portal": portal, "role": "article",
                "request_key": "", "url": f"http://{HOSTS[number // 2]}/{url}.html",
                "fetched_at": f"{at[:-5]}.{number:03}Z", "status": 200, "content_type": "",
                "encoding": "", "etag": "", "last_modified": "", "payload": "", "sha256": sha256,
                "bytes": 1, "revisit_of": None, "listing": "", "list_title": "", "list_date": "",
                "parent": "", "warc_file": "", "warc_offset": 0, "warc_length": 0,
            })  # fmt: skip
            self.readings[sha256] = Reading(sha256, "read", "", report, "html")


def test_spans_that_meet_in_one_body_are_all_hidden(tmp_path: Path) -> None:
    """Each is of another body; what was read from the one that both portals have shows neither."""
    country = _Twice(tmp_path, 0)
    withheld = Withheld((
        Withholding(
            "span", "privacy", "2026-05-01", sha256="a" * 64, chapter="一", before="申请一"
        ),
        Withholding(
            "span", "privacy", "2026-05-02", sha256="b" * 64, chapter="一", after="，",
            before="申请两",
        ),
    ))  # fmt: skip
    whole = gather_at_once(country.ledger, captured(country.ledger), _terms(country, withheld))
    folder, said = tmp_path / "apart", inputs_of(country.ledger)
    folder.mkdir()
    made, _ = gather_divided(
        country.ledger, division_of(country.ledger, said.captures), _terms(country, withheld),
        folder, 1, 1,
    )  # fmt: skip
    texts = []
    for each in (whole, made):
        assert each.withheld is not None
        assert len(each.reports) == 2
        shown = each.withheld.hiding(country.read)("0" * 64).report
        texts.append(shown and shown.chapters["一"])
    made.reports.close()  # type: ignore[attr-defined]
    country.ledger.close()
    assert texts[0] == texts[1]
    assert "赵甲" not in str(texts)
    assert "钱乙" not in str(texts)


def test_who_asks_for_the_same_has_nothing_in_common() -> None:
    asking = [Keys.of([str(n)], ["same"]) for n in range(3)]
    assert joined(asking) == []
    assert joined([*asking, Keys.of(["same"], ["other"])]) == [[0, 1, 2, 3]]
    assert joined([Keys.of(["1", "2"], []), Keys.of(["3"], []), Keys.of(["2"], [])]) == [[0, 2]]


def test_an_address_that_is_none_has_a_key() -> None:
    assert of_address("http://[") != of_address("http://]")


def test_inputs_of_rows_that_are_held_are_those_of_the_ledger(countries: list[_Invented]) -> None:
    told = {inputs_of(each.ledger).digest("by") for each in countries}
    assert len(told) == len(countries)
    for each in countries:
        assert inputs_of(each.ledger, captured(each.ledger)).digest("by") in told


def test_builds_apart_are_builds_at_once(tmp_path: Path) -> None:
    """Twice: numbers, moved ids and changes follow from the release before, too."""
    whole, apart = DataRoot(tmp_path / "whole"), DataRoot(tmp_path / "apart")
    alone = article().replace("示例市财政局".encode(), "市财政局".encode())
    nowhere = {"p0": ENTRY, "p1": {**ENTRY, "region": "", "region_name": ""}}
    first = Run(
        [
            Got(f"{SITE}/a.html", article(report_of(2021)), portal="p0"),
            Got(f"{SITE}/b.html", alone, "", portal="p1"),
            Got(f"{SITE}/c.html", article(report_of(2020)), "", portal="p1"),
        ],
        entries=nowhere,
    )
    changed = article(report_of(2021, error="balance"))
    second = Run(
        [
            Got(f"{SITE}/a.html", changed, portal="p0"),
            Got(f"{SITE}/d.html", article(report_of(2022)), portal="p0"),
            Got(f"{SITE}/b.html", alone, "", portal="p1"),
        ],
        [(f"{SITE}/c.html", "gone")],
        entries={"p0": ENTRY, "p1": ENTRY},
    )
    told = []
    for run in (first, second):
        keep(whole, run)
        for part in ("warc", "ledger.db", "root.json"):
            shutil.rmtree(apart.path / part, ignore_errors=True)
            copy = shutil.copytree if (whole.path / part).is_dir() else shutil.copy
            apart.path.mkdir(exist_ok=True)
            copy(whole.path / part, apart.path / part)
        (apart.path / FOLDER).mkdir()  # as a kill leaves it
        (apart.path / FOLDER / "reports.db").write_text("torn")
        build(whole)
        with mock.patch("archive.build.LARGE", 1):
            build(apart)
            assert not build(apart).is_new
        assert not (apart.path / FOLDER).exists()
        told.append(_said(whole))
        assert _said(apart) == told[-1]
    assert told[1]["id_history"]
    assert {row[1] for row in told[1]["changes"]} >= {"first", "figures", "gone"}


def test_a_process_of_a_killed_build_writes_into_no_other(
    countries: list[_Invented], tmp_path: Path
) -> None:
    """It goes on until its task ends; the next build may have begun by then."""
    country, root = countries[0], DataRoot(tmp_path)
    said, terms = inputs_of(country.ledger), _terms(country, Withheld())
    with gathered_of(root, country.ledger, None, said, terms, 1) as killed:
        assert isinstance(killed.reports, Spilled)
        late = Spill(killed.reports._folder, "1.bin")
        history = next(iter(killed.reports.values()))
    with gathered_of(root, country.ledger, None, said, terms, 1) as made:
        with pytest.raises(WriteFailed):
            late.add(history)
        assert made.reports[history.report_id].report_id == history.report_id


def _said(root: DataRoot) -> dict[str, Any]:
    """What a release says, whenever it was built."""
    sql = "SELECT report_id, kind, cause, from_version, to_version, url, cells FROM changes"
    lines = (root.path / "ids.jsonl").read_text("utf-8").splitlines()
    return {
        "content": current_hash(root),
        "changes": db(root, f"{sql} ORDER BY change_id"),
        "id_history": db(root, "SELECT old_id, new_id, what, reason FROM id_history ORDER BY 1"),
        "ids": [{**json.loads(line), "release": ""} for line in lines],
    }
