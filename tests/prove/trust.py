"""A correction, a scan entered by hand, and what is withheld: from the crawl to every download.

The portal's pages change in between, the decisions go again, and a capture is deleted. What the
release says is recomputed here from the release of a control root, in which nobody decided.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.root import DataRoot
from archive.site.serve import site
from tests import trust_line as line
from tests.crawls import collect
from tests.pages import pages
from tests.personal_release import texts
from tests.portal import Portal
from tests.prove.masking import _file, _files
from tests.trust_line import CELL, EMPTY, Seen, ask, run

_RATES = {
    "kind_years": "kind = 'finance' AND level = 'prefecture' AND scope = 'own'",
    "region_years": "region_code = '990100' AND level = 'prefecture' AND scope = 'own' "
    "AND is_vertical = 0",
}


def prove() -> bool:
    """The whole line."""
    with tempfile.TemporaryDirectory() as name, Portal() as portal:
        proof = _Proof(Path(name), portal)
        for step in (
            proof.crawl, proof.decide, proof.figures, proof.rates, proof.scan, proof.withheld,
            proof.downloads, proof.pages, proof.later, proof.without, proof.deleted, proof.kept,
        ):  # fmt: skip
            step()
        print(f"  {proof.asked} things asked, {len(proof.wrong)} wrong")
    return not proof.wrong


class _Proof:
    def __init__(self, folder: Path, portal: Portal) -> None:
        self.folder, self.portal = folder, portal
        self.root = DataRoot(folder / "root")
        self.pages_of = line.Pages(portal)
        self.asked, self.wrong = 0, list[str]()
        self.is_masking = True

    def say(self, what: str, holds: object) -> None:
        """One thing that must hold."""
        self.asked += 1
        if not holds:
            self.wrong.append(what)
            print(f"  WRONG: {what}", file=sys.stderr)

    def crawl(self) -> None:
        self._collect()
        self.first = self._build(self.root)
        self.shown = {who: line.seen(self.root, who) for who in (
            line.FIGURE, line.BLANK, line.PAGE, line.CAPTURE, line.SPAN)}  # fmt: skip
        # What is not found later must be findable now.
        everything = "\n".join(self._everything())
        for word in line.SAYS.values():
            self.say(f"{word} is found before it is withheld", word in everything)
        ((self.scan_sha,),) = ask(self.root, "SELECT sha256 FROM unread WHERE reason = 'needs_ocr'")
        self.control = line.control_of(self.root, self.folder / "control")
        run("build", "--data", self.control.path)
        self.say("the control root is alike", line.content_hash(self.control) == self.first)

    def decide(self) -> None:
        """Entries as the site offers them, the scan entered twice, three things withheld."""
        self.corrected, self.emptied = self.shown[line.FIGURE], self.shown[line.BLANK]
        (machine,) = ask(self.root, f"SELECT {CELL} FROM figures WHERE version_id = ?",
                         self.corrected.version_id)  # fmt: skip
        self.machine, self.hand = int(machine[0]), int(machine[0]) + 7
        told = {}
        for of, cell in ((self.corrected, CELL), (self.emptied, EMPTY)):
            told[cell] = self._get(f"/bg/{of.version_id}/baocuo?cell={cell}")
            self.say("the message names the capture", of.sha256 in told[cell])
        line.decide_figures(
            self.root,
            line.entry_of(told[CELL], f'printed = "{self.hand}"'),
            line.entry_of(told[EMPTY], "blank = true"),
        )
        self.entered = line.enter(self.root, self.folder, self.scan_sha)
        line.withhold(self.root, *(self.shown[w] for w in (line.PAGE, line.CAPTURE, line.SPAN)))
        run("withheld", "--data", self.root.path)
        self.second = self._build(self.root)
        self.say("another release", self.second != self.first)

    def figures(self) -> None:
        """The figures themselves, and which sums hold then."""
        of = self.corrected
        self.say("the corrected figure", self._figure(of.version_id, CELL) == self.hand)
        self.say("the empty cell", self._figure(self.emptied.version_id, EMPTY) is None)
        notes = ask(self.root, "SELECT figure, status, flags FROM figure_notes WHERE "
                    "(version_id = ? AND figure = ?) OR (version_id = ? AND figure = ?)",
                    of.version_id, CELL, self.emptied.version_id, EMPTY)  # fmt: skip
        self.say(f"notes {notes}", sorted(notes) == sorted(
            [(CELL, "hand_read", None), (EMPTY, "blank", "hand_read")]))  # fmt: skip
        rows = ask(self.root, "SELECT figure, state, machine_value, value, status, version_id "
                   "FROM corrections WHERE kind = 'figure' ORDER BY 1")  # fmt: skip
        before = self._figure(self.emptied.version_id, EMPTY, self.control)
        self.say(f"corrections {rows}", sorted(rows) == sorted([
            (CELL, "applied", self.machine, self.hand, "hand_read", of.version_id),
            (EMPTY, "applied", before, None, "blank", self.emptied.version_id)]))  # fmt: skip
        checked = "SELECT \"check\", status, left, right FROM findings WHERE version_id = ? " \
                  "AND figures LIKE ? ORDER BY 1"  # fmt: skip
        found = {root: ask(root, checked, of.version_id, f'%"{CELL}"%')
                 for root in (self.control, self.root)}  # fmt: skip
        value = {
            key: self._figure(of.version_id, key)
            for key in (
                "t3_received_new_total",
                "t3_carried_in_total",
                "t3_processed_total_total",
                CELL,
            )
        }
        holds = value["t3_received_new_total"] + value["t3_carried_in_total"] == (
            value["t3_processed_total_total"] + value[CELL])  # fmt: skip
        self.say("the balance holds by hand", holds)
        self.say(f"C01 failed and holds {found}", [r[0] for r in found[self.control]] == ["C01"])
        row = sum(int(self._figure(of.version_id, CELL.replace("total", who)) or 0) for who in
                  ("natural", "enterprise", "research", "ngo", "legal", "other_org"))  # fmt: skip
        self.say(
            f"its row fails by {self.hand - row}, told {found[self.root]}",
            [tuple(r) for r in found[self.root]] == [("C03", "fail", row, self.hand)],
        )
        self._same_otherwise()

    def rates(self) -> None:
        """Rates pooled by hand from the control's figures and the two decisions."""
        for view, where in _RATES.items():
            self._rate(view, where, "carried_out_of_due", (CELL,),
                       ("t3_received_new_total", "t3_carried_in_total"))  # fmt: skip
        where = "kind = 'audit' AND level = 'county' AND scope = 'own'"
        self._rate("kind_years", where, "granted_of_closed", (EMPTY,),
                   ("t3_processed_total_total",), of=self.emptied)  # fmt: skip

    def _rate(
        self, view: str, where: str, rate: str, over: Sequence[str], under: Sequence[str],
        of: Seen | None = None,
    ) -> None:  # fmt: skip
        names = ", ".join((*over, *under))
        place = where.replace("level", "a.level").replace("kind =", "a.kind =").replace(
            "region_code", "a.region_code").replace("scope", "r.scope")  # fmt: skip
        rows = ask(self.control, f"SELECT r.version_id, {names} FROM reports r JOIN figures "
                   f"USING (version_id) JOIN agencies a USING (agency_id) WHERE {place} "
                   "AND r.year = 2021")  # fmt: skip
        gone = {self.shown[who].version_id for who in (line.PAGE, line.CAPTURE)}
        top = bottom = number = 0
        for version_id, *told in (row for row in rows if row[0] not in gone):
            values = dict(zip((*over, *under), told, strict=True))
            if version_id == self.corrected.version_id and CELL in values:
                values[CELL] = self.hand
            if of and version_id == of.version_id:
                values[EMPTY] = None
            if None in values.values():
                continue
            top += sum(values[each] for each in over)
            bottom += sum(values[each] for each in under)
            number += 1
        mine = (round(top / bottom, 6) if bottom else None, bottom or None, number)
        sql = f"SELECT {rate}, {rate}_of, {rate}_n FROM {view} WHERE {where} AND year = 2021"
        said, before = ask(self.root, sql), ask(self.control, sql)
        self.say(f"{view} {rate}: {said}, by hand {mine}", said == [mine])
        self.say(f"{view} {rate} was another: {before}", before != said)

    def scan(self) -> None:
        """The scan is a report, each cell as two people entered it."""
        ((version_id, status, flags, form),) = ask(
            self.root, "SELECT version_id, status, flags, form FROM reports "
            "WHERE agency = ? AND year = ?", *line.SCAN)  # fmt: skip
        self.scanned = version_id
        self.say("it is read", (status, form) == ("read", "2019"))
        self.say("its flag", "entered_by_hand" in flags.split())
        notes = {figure: told for figure, *told in ask(
            self.root, "SELECT figure, status, flags FROM figure_notes WHERE version_id = ?",
            version_id)}  # fmt: skip
        for key, text in self.entered.items():
            value = self._figure(version_id, key)
            self.say(f"{key} {value} {text}", value == (int(text) if text else None))
            status, flags = notes.get(key, ("", ""))
            right = status == "hand_read" if text else (status, flags) == ("blank", "hand_read")
            self.say(f"{key}: {status} {flags}", right)

    def withheld(self) -> None:
        """What is withheld is in no table, file, page or export, and leaves a tombstone."""
        told = ask(self.root, "SELECT what, reason, date, is_report FROM withheld ORDER BY 1")
        day = ("privacy", line.DAY)
        self.say(f"tombstones {told}", told == [
            ("capture", *day, 1), ("page", *day, 1), ("span", *day, 0)])  # fmt: skip
        everything = "\n".join(self._everything())
        self._gone(everything, line.SAYS.values())
        urls = [self.shown[who].url for who in (line.PAGE, line.CAPTURE)]
        self._gone(everything, urls)
        for who in (line.PAGE, line.CAPTURE):
            for identity in self.shown[who][:2]:
                for path in (f"/bg/{identity}", f"/bg/{identity}.json", f"/cundang/{identity}/1"):
                    self.say(f"{path} answers 410", self._status(path) == 410)
            for below in ("/yinyong", f"/yinyong?banci={self._before()}", "/bian", "/baocuo"):
                path = f"/bg/{self.shown[who].version_id}{below}"
                self.say(f"{path} answers {self._status(path)}", self._status(path) == 410)
            self.say("not in the sitemap", self.shown[who].report_id not in self._sitemap())
            agency = self.shown[who].report_id.rpartition("-")[0]
            status = ask(
                self.root, "SELECT status FROM coverage WHERE agency_id = ? AND year = 2022", agency
            )
            self.say(f"coverage says {status}", status == [("withheld",)])
        of = self.shown[line.SPAN].version_id
        ((text,),) = ask(self.root, "SELECT c.text FROM text.chapters c WHERE version_id = ? "
                         "AND chapter = '五'", of)  # fmt: skip
        said = f"{line.AFTER}［已隐去：个人信息，{line.DAY}］，{line.BEFORE}"
        self.say("the span has its mark", text.count(said) == 1)
        self.say("the rest of the chapter is as it was", text.replace(said, "") == self._old(of))
        self.say("its original is closed", self._status(f"/cundang/{of}/1") == 410)
        self.say("its page is there", self._status(f"/bg/{of}") == 200)
        self._exports(self.root, line.SAYS.values())
        out = self.folder / "deposit"
        run("deposit", "--data", self.root.path, "--out", out, "--fiction", "--with-evidence")
        found = [path for path in out.rglob("*") if path.is_file()]
        self.say("the deposit has the archived pages", any("wacz" in path.name for path in found))
        for path in found:
            self._gone(_unpacked(path.read_bytes()), line.SAYS.values(), path.name)

    def _kept_releases(self) -> None:
        """The release of before is named, on no page, and nobody goes back to it."""
        old = self._before()
        told = run("withheld", "--data", self.root.path)
        self.say(f"it is named {told}", f"{old} is kept and still holds" in told)
        page = self._text(f"/banci/{old}")
        self._gone(page, [seen[0] for seen in self.shown.values()], "the page of that release")
        self.say("no rollback", "still holds" in run("rollback", old, "--data", self.root.path,
                                                     status=1))  # fmt: skip
        run("withheld", "--data", self.root.path, "--remove", old)
        self.say("it is gone", not (self.root.releases / old).exists())
        self.say("its address says so", self._status(f"/banci/{old}") == 410)

    def _before(self) -> str:
        now = self.root.current.resolve().name
        found = [path.name for path in self.root.releases.glob("*/") if path.name != now]
        return sorted(name for name in found if name != "current")[0]

    def _old(self, version_id: str) -> str:
        ((text,),) = ask(self.control, "SELECT c.text FROM text.chapters c WHERE version_id = ? "
                         "AND chapter = '五'", version_id)  # fmt: skip
        words = f"{line.AFTER}{line.SAYS[line.SPAN]}，{line.BEFORE}"
        return str(text).replace(words, "")

    def downloads(self) -> None:
        """CSV, Parquet, panels, the teaching subset; credits; no telephone number."""
        folder = self.root.current
        labels = dict(ask(self.root, "SELECT figure, label FROM lines"))
        url = self.corrected.report_id
        for name, rows in self._tables(folder):
            of = [row for row in rows if self.corrected.report_id in row.values()]
            if labels[CELL] in (rows[0] if rows else {}):
                self.say(f"{name}: {url}", [str(row[labels[CELL]]) for row in of] in (
                    [], [str(self.hand)]))  # fmt: skip
            if {"figure", "value"} <= set(rows[0] if rows else {}) and "corrections" not in name:
                values = [float(row["value"]) for row in of if row["figure"] == CELL]
                self.say(f"{name}: {values}", values in ([], [self.hand]))
        wide = dict(self._tables(folder))["wide_2021.csv"]
        (row,) = [row for row in wide if self.corrected.report_id in row.values()]
        self.say("wide CSV", row[labels[CELL]] == str(self.hand))
        for name in ("CHANGES.md", "index.html", "CITATION.cff", "datapackage.json"):
            text = (folder / name).read_text("utf-8")
            for who in ("示例甲", "示例乙", "示例丙", "示例丁"):
                self.say(f"{name} thanks {who}", who in text)
        everything = "\n".join(self._everything())
        self.say("a contributor's telephone number is masked", line.PHONE not in everything)
        self.say("an address of evidence stays whole", line.SEEN_AT in everything)
        for name, arguments in (
            ("panel", ("--kind", "finance")),
            ("teaching", ("--reports", "60")),
        ):
            out = self.folder / f"{name}.zip"
            run(name, "--data", self.root.path, *arguments, "--out", out)
            text = "\n".join(text for _, text in _file(out.name, out.read_bytes()))
            self._gone(text, line.SAYS.values(), name)
            if name == "panel":
                self.say("the panel has the figure by hand", str(self.hand) in text)
                self.say("and not the machine's alone", self._panel(out) == self.hand)

    def _panel(self, path: Path) -> object:
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                if not name.endswith(".csv"):
                    continue
                for row in csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"))):
                    if row.get("report_id") == self.corrected.report_id and row.get(CELL):
                        return int(row[CELL])
        return None

    def pages(self) -> None:
        """What a reader of the site sees of the three."""
        of, version = self.corrected, self.corrected.version_id
        page = self._get(f"/bg/{of.report_id}")
        self.say("the report page shows the figure by hand", f"{self.hand}" in page)
        was = f"机器读作“{self.machine:,}”"
        self.say("and the machine's beside it", was in page)
        cited = self._get(f"/bg/{version}/yinyong?cell={CELL}")
        self.say("the citation has it", f"{self.hand}" in cited and was in cited)
        old = self._before()
        then = self._get(f"/bg/{version}/yinyong?cell={CELL}&banci={old}")
        self.say("as of the release before", f"{self.machine:,}" in then and f"{self.hand}" in then)
        told = json.loads(self._get(f"/bg/{of.report_id}.json"))
        (figure,) = [each for each in told["figures"] if each["figure"] == CELL]
        self.say(f"JSON {figure}", (figure["value"], figure["status"]) == (self.hand, "hand_read")
                 and figure["machine"]["value"] == self.machine)  # fmt: skip
        listed = self._get("/gengzheng")
        for word in (str(self.hand), "人读作空白", "整份录入", "示例丙"):
            self.say(f"/gengzheng has {word}", word in listed)
        ids = [part.split('"')[0] for part in listed.split(' id="')[1:]]
        self.say("no id twice", len(ids) == len(set(ids)))
        empty = self._get(f"/bg/{self.emptied.version_id}")
        cell = empty.partition(f'id="sz-{EMPTY}"')[2][:600]
        self.say(
            f"a blank read by hand is marked: {cell[:200]}", "手" in cell.partition("</td>")[0]
        )
        agency = of.report_id.rpartition("-")[0]
        for path in (f"/bijiao?jg={agency}&nian=2021", f"/jg/{agency}"):
            self.say(f"{path} follows", self._status(path) == 200)
        rows = self._get(f"/bijiao?jg={agency}&jg=990100-audit&nian=2021")
        for words in (f">{self.machine:,}<", f">{self.machine}<"):
            self.say("compare has no machine's figure", words not in rows)
        scanned = self._get(f"/bg/{self.scanned}")
        some = [text for text in self.entered.values() if text]
        self._kept_releases()
        self.say("the scan's page", all(text in scanned for text in some))

    def later(self) -> None:
        """The portal changes its pages; what was decided holds for what it was decided on."""
        before, after = self.pages_of.later()
        self._collect()
        self.third = self._build(self.root)
        of = self.corrected
        now = line.seen(self.root, line.FIGURE)
        self.say(f"a new version {now}", now.version_id == f"{of.report_id}.v2")
        self.say("the machine's figure there", self._figure(now.version_id, CELL) == int(after))
        self.say("the old version as by hand", self._figure(of.version_id, CELL) == self.hand)
        self.say("told of before", int(before.replace(",", "")) == self.machine)
        states = ask(self.root, "SELECT state, version_id FROM corrections WHERE figure = ?", CELL)
        self.say(f"the correction {states}", states == [("applied", of.version_id)])
        checked = run("check", "--data", self.root.path)
        self.say("check names it", f"it holds for {of.version_id}; the current" in checked)
        page = self._get(f"/bg/{of.version_id}")
        self.say("the old version's page", f"{self.hand}" in page)
        self.say("the old version's correction says so",
                 "所据版本已被取代" in self._get("/gengzheng"))  # fmt: skip
        everything = "\n".join(self._everything())
        self._gone(everything, [*line.SAYS.values(), line.SAYS_LATER[line.PAGE]])
        for who in (line.CAPTURE, line.SPAN):
            self.say(f"{who} is shown anew", line.SAYS_LATER[who] in everything)
            self.say("check asks to look", f"{line.seen(self.root, who).version_id}" in checked)
        self.say("its words stand beside", "the words beside the span stand in" in checked)
        self.say("the number of the withheld one is not given again",
                 line.seen(self.root, line.CAPTURE).version_id.endswith(".v2"))  # fmt: skip
        of_capture = self.shown[line.CAPTURE].version_id
        self.say("the withheld version", self._status(f"/bg/{of_capture}") == 410)
        self.say("its page stays withheld", self._status(
            f"/bg/{self.shown[line.PAGE].report_id}") == 410)  # fmt: skip
        self._exports(self.root, [*line.SAYS.values(), line.SAYS_LATER[line.PAGE]])

    def without(self) -> None:
        """Without the decisions all is as if there had never been any."""
        shutil.move(self.root.path / "curation", self.folder / "decisions")
        (self.root.path / "curation").mkdir()
        said = run("build", "--data", self.root.path, status=1)
        self.say("nothing is shown again by a lost file", "were withheld" in said)
        back = self._build(self.root, "--accept", "the decisions are taken back")
        shutil.rmtree(self.control.path)
        self.control = line.control_of(self.root, self.folder / "control")
        run("build", "--data", self.control.path)
        self.say("the control root's content", line.content_hash(self.control) == back)
        for table in ("figures", "figure_notes", "findings", "reports", "kind_years",
                      "region_years", "versions", "sources", "coverage"):  # fmt: skip
            sql = f"SELECT * FROM {table} ORDER BY 1, 2"
            mine, other = ask(self.root, sql), ask(self.control, sql)
            self.say(f"{table} as in the control root", sorted(map(repr, mine)) == sorted(
                map(repr, other)))  # fmt: skip
        everything = "\n".join(self._everything())
        for word in (*line.SAYS.values(), *line.SAYS_LATER.values()):
            self.say(f"{word} is there again", word in everything)
        self.say(
            "who read by hand is told no more", not ask(self.root, "SELECT 1 FROM corrections")
        )

    def deleted(self) -> None:
        """The withheld capture is deleted from its WARC file."""
        shutil.rmtree(self.root.path / "curation")
        shutil.move(self.folder / "decisions", self.root.path / "curation")
        of = self.shown[line.CAPTURE]
        run("delete", "--data", self.root.path, "--sha256", of.sha256, "--reason-class", "privacy",
            "--decided-by", "站长", "--because", "proof")  # fmt: skip
        self._fsck()
        self.last = self._build(self.root)
        told = ask(self.root, "SELECT what FROM withheld WHERE sha256 = ? ORDER BY 1", of.sha256)
        self.say(f"the tombstone of what is deleted {told}", ("deleted",) in told)
        self.say("and its address", self._status(f"/bg/{of.version_id}") == 410)
        body = b"".join(path.read_bytes() for path in sorted(self.root.warc.glob("*.gz")))
        self.say("a WARC file is there", body)
        words = line.SAYS[line.CAPTURE].encode()
        self.say("no WARC record says it", not any(words in part for part in self._records()))

    def _records(self) -> Iterator[bytes]:
        import gzip

        for path in sorted(self.root.warc.glob("*.warc.gz")):
            yield gzip.decompress(path.read_bytes())

    def kept(self) -> None:
        """A backup, restored, builds the same."""
        to, back = self.folder / "backup", DataRoot(self.folder / "restored")
        to.mkdir()
        run("backup", "--data", self.root.path, "--to", to)
        run("restore", "--data", back.path, "--from", to)
        self.say("the root's own decisions are there", (back.path / "curation").is_dir())
        shutil.rmtree(back.releases, ignore_errors=True)
        run("build", "--data", back.path)
        self.say("the restored root builds the same", line.content_hash(back) == self.last)
        run("fsck", "--data", back.path)

    def _collect(self) -> None:
        registry = self.folder / "portals.toml"
        registry.write_text(self.portal.registry(), "utf-8")
        done = collect(registry, self.root.path)
        assert done.returncode == 0, done.stderr

    def _build(self, root: DataRoot, *more: str) -> str:
        run("build", "--data", root.path, *more)
        self._fsck()
        return line.content_hash(root)

    def _fsck(self) -> None:
        told = run("fsck", "--data", self.root.path)
        self.say("fsck", told)

    def _figure(self, version_id: str, key: str, root: DataRoot | None = None) -> Any:
        rows = ask(root or self.root, f"SELECT {key} FROM figures WHERE version_id = ?", version_id)
        return rows[0][0] if rows else None

    def _same_otherwise(self) -> None:
        """Every other figure of every other report is what it was."""
        mine, control = (
            {row[0]: row for row in ask(root, "SELECT version_id, f.* FROM figures f")}
            for root in (self.root, self.control)
        )
        gone = {self.shown[who].version_id for who in (line.PAGE, line.CAPTURE)}
        self.say("only what is withheld is gone", control.keys() - mine.keys() == gone)
        more = mine.keys() - control.keys()
        self.say(f"and the scan is new: {more}", len(more) == 1)
        changed = {name for name in mine.keys() & control.keys() if mine[name] != control[name]}
        two = {self.corrected.version_id, self.emptied.version_id}
        self.say(f"changed: {changed}", changed == two)
        for name in changed:
            cells = [a for a, b in zip(mine[name], control[name], strict=True) if a != b]
            self.say(f"one cell of {name}", len(cells) == 1)

    def _tables(self, folder: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        import pyarrow.parquet as parquet

        for path in sorted(folder.glob("csv/*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as stream:
                yield path.name, list(csv.DictReader(stream))
        for path in sorted(folder.glob("parquet/*.parquet")):
            yield path.name, parquet.read_table(path).to_pylist()

    def _exports(self, root: DataRoot, words: Any) -> None:
        """The index for replay, a WACZ of each portal, the evidence of all reports."""
        index = self.folder / "all.cdxj"
        run("cdxj", "--data", root.path, "--out", index)
        said = index.read_text("utf-8")
        for who in (line.PAGE, line.CAPTURE):
            digests = self.shown[who].sha256
            self.say("not in the index", digests not in said)
        self.say(
            "no withheld page in the index", f'"url": "{self.shown[line.PAGE].url}"' not in said
        )
        for who in (line.PAGE, line.CAPTURE, line.SPAN):
            ((portal,),) = ask(self.control, "SELECT DISTINCT portal FROM sources WHERE url = ?",
                               self.shown[who].url)  # fmt: skip
            out = self.folder / "one.wacz"
            out.unlink(missing_ok=True)
            run("wacz", "--data", root.path, "--portal", portal, "--year", "2022", "--out", out)
            self._gone(_unpacked(out.read_bytes()), words, "wacz")
        out = self.folder / "evidence"
        shutil.rmtree(out, ignore_errors=True)
        run("evidence", "--data", root.path, "--query", "SELECT report_id FROM reports "
            "WHERE year = 2022", "--out", out)  # fmt: skip
        for path in out.rglob("*"):
            if path.is_file():
                self._gone(_unpacked(path.read_bytes()), words, path.name)

    def _gone(self, text: str, words: Any, where: str = "everywhere") -> None:
        for word in words:
            place = text.find(word)
            around = text[max(0, place - 120) : place + 60] if place >= 0 else ""
            self.say(f"{where}: {word} is gone: {around}", place < 0)

    def _everything(self) -> list[str]:
        """All tables, files, pages, feeds and searches of the current release."""
        told = [text for _, text in texts(self.root.current)]
        told += [text for _, text in _files(self.root.current)]
        paths = [page.path for page in pages(self.root.path)]
        paths += [f"/bg/{identity}{end}" for (identity,) in ask(
            self.root, "SELECT version_id FROM versions WHERE report_id LIKE '990%'")
            for end in ("", ".json")]  # fmt: skip
        paths += ["/biangeng.atom", "/sitemap.xml", "/nianbao/sources.csv?_stream=on",
                  "/xiazai/mianban.zip?kind=finance", "/jg.json", "/banci.json"]  # fmt: skip
        paths += [f"/sousuo.json?q={quote(word)}" for word in (line.AFTER, line.BEFORE)]
        paths += [f"/cundang/{seen.version_id}/1" for seen in getattr(self, "shown", {}).values()]
        return told + [self._text(path) for path in paths]

    def _sitemap(self) -> str:
        return self._text("/sitemap.xml")

    def _text(self, path: str) -> str:
        answer = self._answer(path)
        kind = ".zip" if "zip" in answer.headers.get("content-type", "") else ".html"
        return "\n".join(text for _, text in _file(path + kind, answer.content))

    def _get(self, path: str) -> str:
        answer = self._answer(path)
        self.say(f"{path} answers {answer.status_code}", answer.status_code == 200)
        return str(answer.text)

    def _status(self, path: str) -> int:
        return int(self._answer(path).status_code)

    def _answer(self, path: str) -> Any:
        client: Any = self._site().client
        return asyncio.run(client.get(path, follow_redirects=True))

    def _site(self) -> Any:
        name = self.root.current.resolve().name
        if getattr(self, "_opened", ("", None))[0] != name:
            self._opened = name, site(self.root.path)
        return self._opened[1]


def _unpacked(body: bytes) -> str:
    """A file's bytes as text: ZIP and gzip members unpacked."""
    import gzip

    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(_unpacked(packed.read(name)) for name in packed.namelist())
    if body[:2] == b"\x1f\x8b":
        return gzip.decompress(body).decode("utf-8", "replace")
    return body.decode("utf-8", "replace")
