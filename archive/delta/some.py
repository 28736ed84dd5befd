"""Views of a part: some of its reports, and as much of the release before as concerns it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from ..briefs import InBrief, amend, brief
from ..histories import ReportHistory
from ..ids import Given
from ..manifest import current_manifest
from ..release.before import Before, Told
from ..root import DataRoot


class Chosen(Mapping[str, ReportHistory]):
    """Some of the reports that a mapping has."""

    def __init__(self, reports: Mapping[str, ReportHistory], chosen: Collection[str]) -> None:
        """Show these of them."""
        self._reports, self._chosen = reports, frozenset(chosen)

    def __reduce__(self) -> tuple[type[Chosen], tuple[Any, frozenset[str]]]:
        """What another process needs."""
        return Chosen, (self._reports, self._chosen)

    def __getitem__(self, report_id: str) -> ReportHistory:
        """The history of a report."""
        if report_id not in self._chosen:
            raise KeyError(report_id)
        return self._reports[report_id]

    def __contains__(self, report_id: object) -> bool:
        """Whether it is among them; none is loaded."""
        return report_id in self._chosen

    def __iter__(self) -> Iterator[str]:
        """Their ids, in order."""
        return iter(sorted(self._chosen))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._chosen)

    def briefs(self) -> Iterator[InBrief]:
        """All of them in brief, in the order of their ids."""
        for report_id in self:
            yield brief(self._reports, report_id)

    def brief(self, report_id: str) -> InBrief:
        """One of them in brief."""
        return brief(self._reports, report_id)

    def amend(self, report_id: str, numbers: tuple[int, ...], former_ids: tuple[str, ...]) -> None:
        """Number the versions of one, and say which ids lead to it."""
        if former_ids:
            raise ValueError(f"{report_id}: former ids are told of all reports")
        amend(self._reports, report_id, numbers)


class BeforePart(Before):
    """The release before, as far as some of its reports go."""

    _only: tuple[str, ...] = ()
    _told: dict[str, Told | None]

    def of(self, reports: Collection[str]) -> BeforePart:
        """Show these reports."""
        self._only, self._told = tuple(sorted(reports)), {}
        return self

    def version(self, version_id: str) -> Told | None:
        """One version, which is asked for several times; None if it has none of this id."""
        if version_id not in self._told:
            self._told[version_id] = super().version(version_id)
        return self._told[version_id]

    def versions(self) -> Iterator[Told]:
        """Their versions, in the order of the versions' ids."""
        sql = "SELECT version_id FROM versions WHERE version_id > ? AND version_id < ?"
        ids = [
            row[0]
            for each in self._only
            for row in self._nianbao.execute(sql, (f"{each}.v", f"{each}.w"))
        ]
        for version_id in sorted(ids):
            told = self.version(version_id)
            if told is not None:
                yield told

    def given(self, knows: Callable[[str, int], bool]) -> Iterator[Given]:
        """The ids that they gave, and nobody knows."""
        for report_id, some in groupby(self.versions(), attrgetter("report_id")):
            told = list(some)
            if not all(knows(report_id, int(each.version_id.rpartition(".v")[2])) for each in told):
                yield from self._given(told, knows)


def before_of(
    reports: Collection[str],
) -> Callable[[DataRoot], contextlib.AbstractContextManager[Before | None]]:
    """Opens as much of the current release as concerns some of its reports."""

    @contextlib.contextmanager
    def opened(root: DataRoot) -> Iterator[Before | None]:
        with contextlib.ExitStack() as stack:
            folder: Path = root.current.resolve()
            yield BeforePart(folder, current_manifest(root), stack).of(reports)

    return opened
