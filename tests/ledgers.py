"""Ledgers made by hand: runs whose outcome is written down instead of crawled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from archive.ledger import Ledger
from archive.root import DataRoot, Registry


def entry(key: str, **more: Any) -> dict[str, Any]:
    """A registry entry of a fictional bureau."""
    return {
        "key": key,
        "agency": "示例市示例局",
        "region_name": "示例省 示例市",
        "column": f"http://{key}.invalid/zfxxgknb/",
        "outcome": "complete",
        "expect_reports": 3,
        **more,
    }


class Book:
    """A data root with a ledger to write in."""

    def __init__(self, folder: Path) -> None:
        root = DataRoot(folder)
        root.claim(Registry("fiction", True))
        self.path = folder
        self.ledger = Ledger(root.ledger)
        self._captures = 0

    def run(
        self,
        day: str,
        outcomes: dict[str, str],
        status: str = "failed",
        *,
        ended: bool = True,
        shard: str = "",
    ) -> str:
        """Write a run of a day down: its portals with their outcomes, "" for none yet.

        An outcome may be followed by the number of candidates: `fewer 2`.
        """
        run_id = day.replace("-", "")
        self._put(
            "runs",
            run_id=run_id,
            kind="crawl",
            registry="fiction",
            shard=shard,
            software="nianbao 0",
            started_at=f"{day}T10:00:00.000Z",
            finished_at=f"{day}T11:00:00.000Z" if ended else None,
            status=status if ended else None,
        )
        for key, said in outcomes.items():
            self.portal(run_id, entry(key))
            if said:
                word, _, number = said.partition(" ")
                self.outcome(run_id, key, word, candidates=int(number or 3))
        return run_id

    def portal(self, run_id: str, made: dict[str, Any]) -> None:
        """Write the entry of a portal down."""
        text = json.dumps(made, ensure_ascii=False)
        self._put("portals", run_id=run_id, portal=made["key"], entry=text)

    def outcome(self, run_id: str, key: str, outcome: str, **more: Any) -> None:
        """Write an outcome down."""
        row = {
            "expected": "complete", "detail": "", "candidates": 3, "minimum": 3, "captured": 0,
            "unchanged": 0, "at": "",
        }  # fmt: skip
        self._put("outcomes", run_id=run_id, portal=key, outcome=outcome, **{**row, **more})

    def issue(self, run_id: str, key: str, kind: str, number: int = 1) -> None:
        """Write issues of a kind down."""
        for count in range(number):
            url = f"http://{key}.invalid/{count}"
            self._put("issues", run_id=run_id, portal=key, url=url, kind=kind, detail="", at="")

    def capture(self, run_id: str, key: str, url: str, body: str, **more: Any) -> None:
        """Write the capture of an article down."""
        self._captures += 1
        row = {
            "record_id": f"r{self._captures}", "role": "article", "request_key": url, "url": url,
            "fetched_at": f"{run_id[:4]}-{run_id[4:6]}-{run_id[6:]}T10:30:00.000Z", "status": 200,
            "content_type": "", "encoding": "", "etag": "", "last_modified": "", "payload": body,
            "sha256": body, "bytes": 1, "revisit_of": None, "listing": "", "list_title": "",
            "list_date": "", "parent": "", "warc_file": "", "warc_offset": 0,
            "warc_length": 1000,
        }  # fmt: skip
        self._put("captures", run_id=run_id, portal=key, **{**row, **more})

    def _put(self, table: str, **row: Any) -> None:
        self.ledger.put(table, row)
