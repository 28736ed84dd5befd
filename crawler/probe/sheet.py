"""Many addresses: a CSV in, a sheet of verdicts and the accepted tables out, resumable."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import logging
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from ..gate import host_of
from ..outcomes import NO_ANSWER
from .domains import family_of
from .fetch import Download, FamilyGate, Fetcher, Stopped
from .journal import Journal
from .lists import GIVEN, Line, SheetError, lines
from .progress import Done, Progress
from .search import Search
from .survey import Survey
from .tables import Table, keyed, table
from .verdicts import ACCEPT, CHECK, REJECT, verdict

log = logging.getLogger(__name__)
#: So many families of hosts are asked side by side; each of them one request at a time.
SIDE_BY_SIDE = 32
_COLUMNS = (
    "line",
    "url",
    "verdict",
    "reason",
    "columns",
    "reports",
    "families",
    "keys",
    *GIVEN[1:],
)


class Sheet:
    """A list at work, as a context.

    Args:
        file: The CSV.
        out: Folder of the results and of what resuming needs.
        today: ISO date for the tables.

    Raises:
        SheetError: The list cannot be read, or the folder not written.
    """

    def __init__(self, file: Path, out: Path, today: str) -> None:
        self._lines = lines(file)
        self._out = out
        self._today = today
        try:
            (out / "answers").mkdir(parents=True, exist_ok=True)
            self._progress = Progress(out / "progress.jsonl")
        except BlockingIOError as error:
            raise SheetError(f"{out}: another probe is at work there; wait for it") from error
        except OSError as error:
            raise SheetError(f"{out}: cannot be written ({error.strerror})") from error
        self.begins = self._begins()

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.close()

    def _begins(self) -> str:
        wanted = [line for line in self._lines if not line.fault]
        done = sum(line.url in self._progress for line in wanted)
        faults = len(self._lines) - len(wanted)
        said = f"{len(self._lines)} lines, {len(wanted)} addresses, {done} done before"
        return f"{said}, {faults} lines that cannot be probed" if faults else said

    async def work(self, download: Download, pages: int, gate: FamilyGate) -> None:
        """Probe what is not done yet: families of hosts side by side, each in its order."""
        waiting: dict[str, list[Line]] = {}
        for line in self._lines:
            if not line.fault and line.url not in self._progress:
                waiting.setdefault(family_of(host_of(line.url)), []).append(line)
        places = asyncio.Semaphore(SIDE_BY_SIDE)

        async def one(family: str, of_it: list[Line]) -> None:
            async with places:
                await self._family(family, of_it, download, pages, gate)

        await asyncio.gather(*(one(family, of_it) for family, of_it in waiting.items()))

    async def _family(
        self, family: str, of_it: list[Line], download: Download, pages: int, gate: FamilyGate
    ) -> None:
        # What a killed process has asked already is in the family's journal.
        path = self._out / "answers" / f"{family.replace(':', '_')}.jsonl"
        with contextlib.closing(Journal(path)) as journal:
            fetcher = Fetcher(download, family, journal, gate)
            for line in of_it:
                done = await self._line(line, fetcher, pages)
                self._progress.add(done)
                print(f"{done.verdict:6}  {done.url}  {done.reason}", file=sys.stderr, flush=True)
        path.unlink()

    async def _line(self, line: Line, fetcher: Fetcher, pages: int) -> Done:
        try:
            survey = await Search(fetcher, pages).run(line.url)
            if line.bare and survey.home.issue in NO_ANSWER:
                other = line.url.replace("http://", "https://", 1)
                survey = await Search(fetcher, pages).run(other)
        except Stopped:
            raise
        except Exception as error:  # a fault of this program costs one address, and is named
            log.exception("probing %s failed by a fault of this program", line.url)
            return Done(line.url, CHECK, f"crawler_error: {error!r}")
        judged = verdict(survey)
        # What the list says about an address is true of it, not of all columns behind it.
        own = line.given if len(survey.columns) == 1 else _of_region(line.given)
        tables = [table(found, self._today, own) for found in survey.columns]
        reports = sum(len(found.reading.reports) for found in survey.columns)
        families = sorted({found.reading.family for found in survey.columns})
        entries = [each.entry() for each in tables]
        return Done(
            line.url, judged.word, judged.reason, entries, reports, families, _notes(survey)
        )

    # -- results -------------------------------------------------------------------------

    def write(self) -> str:
        """Write `sheet.csv` and `accepted.toml` from the progress; one line about them."""
        tables = [self._tables(line) for line in self._lines]
        named = iter(keyed(each for of_line in tables for each in of_line))
        # The same column behind two addresses is one table.
        texts, first, rows = [], dict[str, str](), []
        for line, of_line in zip(self._lines, tables, strict=True):
            keys = []
            for each in [next(named) for _ in of_line]:
                column = str(each.values["column"])
                if column not in first:
                    first[column] = each.key
                    texts.append(each.toml)
                keys.append(first[column])
            rows.append(self._row(line, keys))
        _replace(self._out / "accepted.toml", "\n".join(texts).encode())
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, _COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        _replace(self._out / "sheet.csv", text.getvalue().encode("utf-8-sig"))
        self._count = Counter(row["verdict"] for row in rows)
        said = ", ".join(f"{word} {self._count[word]}" for word in (ACCEPT, CHECK, REJECT))
        rest = f", not done {self._count['']}; run it again" if self._count[""] else ""
        return (
            f"{said}{rest}: {self._out / 'sheet.csv'}; "
            f"{len(texts)} tables: {self._out / 'accepted.toml'}"
        )

    @property
    def status(self) -> int:
        """0 if every line has a verdict, whatever it is; 3 if some are not done."""
        return 3 if self._count[""] else 0

    def _tables(self, line: Line) -> list[Table]:
        done = None if line.fault else self._progress.get(line.url)
        return [Table(**entry) for entry in done.tables] if done else []

    def _row(self, line: Line, keys: list[str]) -> dict[str, object]:
        row: dict[str, object] = {"line": line.number, "url": line.url}
        row |= {name: line.given.get(name, "") for name in GIVEN[1:]}
        if line.fault:
            return row | {"verdict": REJECT, "reason": f"line {line.number}: {line.fault}"}
        done = self._progress.get(line.url)
        if done is None:
            return row | {"verdict": "", "reason": "not done yet"}
        return row | {
            "verdict": done.verdict,
            "reason": done.reason,
            "columns": len(keys),
            "reports": done.reports,
            "families": " ".join(done.families),
            "keys": " ".join(keys),
        }


def _of_region(given: Mapping[str, str]) -> dict[str, str]:
    return {name: said for name, said in given.items() if name in ("region", "region_name")}


def _notes(survey: Survey) -> list[str]:
    """Trails and troubles, for whoever looks into the progress file."""
    trails = [" → ".join(step.url for step in found.trail) for found in survey.columns]
    doubts = [f"doubtful: {found.reading.url}" for found in survey.doubtful]
    return [*trails, *doubts, *(f"{kind}: {url}" for url, kind, _ in survey.failures)]


def _replace(path: Path, body: bytes) -> None:
    beside = path.with_suffix(path.suffix + ".tmp")
    beside.write_bytes(body)
    os.replace(beside, path)
