"""A release whose reports are put in by hand: agencies, versions, figures and their notes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from archive.packing import Packed
from archive.schema import codebook, create, indicators
from archive.schema.pooled import add_up
from extract.forms import forms

Values = dict[str, int | float | None]


def of_form(form: str, **said: int) -> Values:
    """Tables three and four of a form: what is said, and 0 in every other cell."""
    keys = [slot.key for slot in forms()[form].slots() if slot.line.table != "t2"]
    assert not set(said) - set(keys)
    return dict.fromkeys(keys, 0) | said


class Release:
    """A release whose reports are put in by hand."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        create(Database(self.db), Database(memory=True))
        self.tables = Packed(self.db)
        self.tables.add("lines", codebook())
        self._agencies: set[str] = set()

    def agency(self, agency_id: str, name: str, level: str | None, **more: Any) -> None:
        """Add an agency; `u-…` is unresolved."""
        region, _, kind = agency_id.partition("-")
        resolved = region != "u"
        known = {
            "region_code": region,
            "region_name": "示例市",
            "kind": kind,
            "kind_name": "示例类",
        }
        row = {
            "agency_id": agency_id, "name": name, "level": level, "is_vertical": 0,
            "resolved": int(resolved), "reports": 1, "parent_id": None,
            **(known if resolved else dict.fromkeys(known)),
        }  # fmt: skip
        self._agencies.add(agency_id)
        self.tables.add("agencies", [row | more])

    def report(
        self,
        agency_id: str,
        year: int,
        *versions: Values,
        form: str | None = "2021",
        scope: str = "own",
        name: str = "示例机关",
        mirrors: int = 0,
        marks: Mapping[str, str] | None = None,
    ) -> None:
        """Add a report, its versions oldest first; without versions it was not read.

        Args:
            marks: Figure → status of its cell, where that is not a number.
        """
        identity = f"{agency_id}-{year}" + ("-agg" if scope == "aggregate" else "")
        resolved = not agency_id.startswith("u-")
        region, _, kind = agency_id.partition("-")
        status = "read" if versions else "attachment_unread"
        shared = {"status": status, "form": form if versions else None, "title": None, "url": "x:/"}
        for number in range(1, max(len(versions), 1) + 1):
            version_id = f"{identity}.v{number}"
            self.tables.add("versions", [{
                "version_id": version_id, "report_id": identity, "number": number, **shared,
                "form_t2": shared["form"], "form_t3": shared["form"], "pictures": 0,
                "text_sha256": "", "figures_sha256": "",
            }])  # fmt: skip
            for copy in range(1 + mirrors):
                self.tables.add("sources", [_source(version_id, copy)])
            for values in versions[number - 1 : number]:
                self.tables.add("figures", [{"version_id": version_id, **values}])
                self.tables.add("figure_notes", [
                    {"version_id": version_id, "figure": key, "printed": None, "status": said,
                     "unit": None, "flags": None}
                    for key in values for said in [(marks or {}).get(key)] if said
                ])  # fmt: skip
                self.tables.flush()  # two versions of one report need not fill the same columns
        self.tables.add("reports", [{
            "report_id": identity, "agency_id": agency_id, "agency": name, **shared,
            "region_code": region if resolved else None, "kind": kind if resolved else None,
            "region_name": "示例市" if resolved else None, "scope": scope, "year": year,
            "version_id": version_id, "portal": "p", "failed": 0, "uncertain": 0,
            "not_assessable": 0, "passed": 0,
        }])  # fmt: skip

    def finish(self) -> sqlite3.Connection:
        """The database, with what a build adds to it."""
        self.tables.flush()
        indicators.note_blanks(self.db)
        add_up(self.db)
        self.db.row_factory = sqlite3.Row
        return self.db


def _source(version_id: str, copy: int) -> dict[str, Any]:
    texts = dict.fromkeys(("list_title", "list_date", "gone_since", "unlisted_since"))
    return {
        "version_id": version_id, "url": f"x:/{copy}", "sha256": "", "portal": f"p{copy}",
        "role": "article", "listing": "x:/", "http_status": 200, "content_type": None,
        "bytes": 1, "captured_at": "once", "last_seen": "once", "record_id": "r",
        "warc_file": "w", "warc_offset": 0, **texts,
    }  # fmt: skip
