"""A list of addresses to probe, as CSV; a line that is none stays in it with its fault."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from extract.decode import decode

#: What a list may say about an address.
GIVEN = ("key", "agency", "region", "region_name")


class SheetError(Exception):
    """A list cannot be read, or its results cannot be written; the message says which file."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list.

    Attributes:
        number: Its number in the file.
        url: The address, with http:// where the file has a bare host.
        given: What the file says about it: key, agency, region, region_name.
        fault: Why it cannot be probed, or "".
        bare: Whether the file has no scheme: then https is tried where http has no answer.
    """

    number: int
    url: str
    given: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    bare: bool = False


def is_address(url: str) -> bool:
    """Whether something is an http(s) address."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises where it is none
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url.strip()


def lines(path: Path) -> list[Line]:
    """Read a list; a line that is no address stays in it with its fault.

    Raises:
        SheetError: It is no file, or has no column `url`.
    """
    try:
        text = decode(path.read_bytes())[0]
    except OSError as error:
        raise SheetError(f"{path}: cannot be read ({error.strerror})") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True)
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    if "url" not in names:
        raise SheetError(f"{path}: the first line must name the columns, one of them url")
    return list(_lines(reader, names))


def _lines(reader: csv.DictReader[str], names: Mapping[str, str]) -> Iterator[Line]:
    seen: dict[str, int] = {}
    rows = iter(reader)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(reader.line_num, "", fault=f"no line of a CSV file: {error}")
            continue
        number = reader.line_num
        url = (row.get(names["url"]) or "").strip()
        given = {name: (row.get(names[name]) or "").strip() for name in GIVEN if name in names}
        bare = bool(url) and "://" not in url and is_address(f"http://{url}")
        url = f"http://{url}" if bare else url
        fault = _fault(url, row, seen)
        if not fault:
            seen[url] = number
        yield Line(number, url, {name: said for name, said in given.items() if said}, fault, bare)


def _fault(url: str, row: Mapping[str | None, object], seen: Mapping[str, int]) -> str:
    if None in row:
        return "more fields than the first line names; is a comma not quoted?"
    if not url:
        return "no address"
    if not is_address(url):
        return "no http(s) address"
    return f"the address of line {seen[url]} again" if url in seen else ""
