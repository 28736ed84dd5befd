"""What WARC files tell of a run of which no record of its own can be read any more.

A run says twice what it is, when it begins and when it ends. Where damage took both, its
captures would be of a run that the ledger does not know, and every later crawl would try to
enter them anew. So the run is entered with what is left: the names of its files, their
warcinfo records, and the times of what they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .member import Record

#: Which columns say when a row was made.
_TIMES = ("fetched_at", "at")
_UNKNOWN = "unknown"


@dataclass(slots=True)
class _Trace:
    """What was seen of one run."""

    began: str
    told: dict[str, str] = field(default_factory=dict)
    last: str = ""
    imports: bool = False
    is_more: bool = False


class Traces:
    """What files tell of the runs that wrote them."""

    def __init__(self) -> None:
        self._traces: dict[str, _Trace] = {}

    def file(self, run: str, stamp: str) -> None:
        """Note a file of a run by the time in its name, `YYYYmmddHHMMSSfff`."""
        trace = self._traces.setdefault(run, _Trace(stamp))
        trace.began = min(trace.began, stamp)

    def warcinfo(self, run: str, record: Record) -> None:
        """Note what a file says of itself."""
        lines = record.body.decode("utf-8", "replace").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        if run in self._traces:
            self._traces[run].told |= {name: value.strip() for name, _, value in pairs if value}

    def row(self, row: Mapping[str, Any]) -> None:
        """Note a row that a file holds."""
        trace = self._traces.get(str(row.get("run_id")))
        if trace is not None:
            trace.is_more = True
            trace.imports |= row.get("role") == "import"
            trace.last = max(trace.last, *(str(row.get(name) or "") for name in _TIMES))

    def damage(self, run: str) -> None:
        """Note that something of a file cannot be read."""
        self._traces[run].is_more = True

    def lost(self, is_known: Callable[[str], bool], registry: str) -> Iterator[dict[str, Any]]:
        """Rows of the runs that wrote something and that nothing tells of, `stopped`.

        Args:
            is_known: Whether the ledger has a run.
            registry: The registry of the root, for files that do not name one.
        """
        for run, trace in self._traces.items():
            started = _time(trace.began) or trace.last
            if not trace.is_more or not started or is_known(run):
                continue
            yield {
                "run_id": run,
                "kind": "import" if trace.imports else "crawl",
                "registry": trace.told.get("registry") or registry,
                "software": trace.told.get("software") or _UNKNOWN,
                "started_at": started,
                "finished_at": max(started, trace.last),
                "status": "stopped",
                "shard": trace.told.get("shard", ""),
            }


def _time(stamp: str) -> str:
    """The time in a file's name as the ledger writes times, or "" if it is none."""
    try:
        began = datetime.strptime(f"{stamp}000", "%Y%m%d%H%M%S%f")
    except ValueError:
        return ""
    return f"{began.isoformat(timespec='milliseconds')}Z"
