"""A page on its way into a report, and which pages are taken for articles at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from extract.types import Report

from .bodies import Body
from .histories import ReportHistory, Version


@dataclass(frozen=True, slots=True)
class File:
    """A page's attachment, and the version of a report that it gave or joined."""

    body: Body
    history: ReportHistory
    version: Version


@dataclass(slots=True, eq=False)
class Page:
    """A page, what it says, and what became of it.

    Attributes:
        status: What reading it gave, with `detail`.
        report: What it says with the build's evidence, without what is long; what its title
            in the list says, where it could not be read; None where nothing tells of a report.
        told: Whether its own bytes tell of a report.
        version: The version that it gave, if it was read.
        files: Its attachments that gave or joined a version.
        pictures: Addresses of picture files that belong to it.
        unread_files: Documents that belong to it and could not be read.
        set_aside: Whether it is no report, and no list said that it was one.
    """

    body: Body
    status: str
    detail: str
    report: Report | None
    told: bool
    version: Version | None = None
    files: list[File] = field(default_factory=list)
    pictures: set[str] = field(default_factory=set)
    unread_files: list[Body] = field(default_factory=list)
    set_aside: bool = False


class Articles:
    """Which nodes (branches of hubs, columns) are themselves articles, read or not.

    A list of reports may bear a title like a report's, and link to files. It is an article
    where the crawler took it for one and fetched its attachments, or where the registry
    says that the column is the report.
    """

    def __init__(self, found: Iterable[Body], known: Mapping[str, Mapping[str, Any]]) -> None:
        """Learn from all bodies and the newest registry entries by portal."""
        self._parents = {body.capture["parent"] for body in found if body.is_attachment}
        self._known = known

    def is_single(self, body: Body) -> bool:
        """Whether a body is the column of a portal whose column is the report."""
        entry = self._known.get(body.capture["portal"], {})
        return entry.get("kind") == "single" and body.url == entry.get("column")

    def counts(self, body: Body) -> bool:
        """Whether a page that could not be read may speak for a report by its title."""
        return not body.is_node or body.url in self._parents or self.is_single(body)
