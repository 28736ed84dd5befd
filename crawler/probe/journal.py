"""What was asked and answered, kept on disk as it comes: a killed search goes on from it."""

from __future__ import annotations

import base64
import contextlib
import json
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request.

    Attributes:
        url: Where the answer came from, redirects followed.
        status: HTTP status, 0 if there was no answer.
        text: The page, decoded; "" for what is no page.
        issue: Kind of issue, or "".
        detail: One sentence about it, or "".
    """

    url: str
    status: int = 0
    text: str = ""
    issue: str = ""
    detail: str = ""


class Journal:
    """Answers by request, in a file that only grows; texts stay on disk.

    Args:
        path: The file, or None for one that vanishes with the process.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._places: dict[str, int] = {}
        # Closed by `close`; a journal lives as long as the search of its family.
        self._file: IO[bytes] = (
            tempfile.TemporaryFile() if path is None else path.open("a+b")  # noqa: SIM115
        )
        for line, place in whole_lines(self._file):
            self._places[json.loads(line)["key"]] = place

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def get(self, key: str) -> Answer | None:
        """The answer to a request, or None."""
        place = self._places.get(key)
        if place is None:
            return None
        self._file.seek(place)
        kept = json.loads(self._file.readline())
        kept["text"] = zlib.decompress(base64.b64decode(kept["text"])).decode("utf-8", "replace")
        del kept["key"]
        return Answer(**kept)

    def add(self, key: str, answer: Answer) -> None:
        """Keep an answer."""
        packed = zlib.compress(answer.text.encode("utf-8", "replace"))
        entry = {"key": key, **asdict(answer), "text": base64.b64encode(packed).decode()}
        self._places[key] = append(self._file, entry)


def append(file: IO[bytes], entry: object) -> int:
    """Write an entry as one line at the end of a file; where it begins."""
    place = file.seek(0, 2)
    file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
    file.flush()
    return place


def whole_lines(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """The lines of a file and where they begin; a torn end, from a kill, is cut off."""
    file.seek(0)
    place = 0
    while line := file.readline():
        if not line.endswith(b"\n"):
            break
        with contextlib.suppress(ValueError):  # a line that a full disk has damaged
            json.loads(line)
            yield line, place
            file.seek(place + len(line))
        place += len(line)
    file.seek(place)
    file.truncate()
