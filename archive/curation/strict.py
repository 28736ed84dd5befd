"""Files of decisions by hand, read strictly: what is not understood stops the build.

A decision names its reason and its day, and takes effect with the next build. A file that
cannot be read, or that says something else than is known here, is refused: a decision that
is silently left out would be worse than none.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NoReturn

from ..errors import CurationRefused

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_REPORT = re.compile(r"[a-z0-9_-]{1,80}-[0-9]{4}(?:-agg)?")
_BLANKS = "\n\t\xa0\u3000"
#: Bytes of a file: some ten thousand decisions.
_LARGEST = 8 << 20
#: A key of so many parts is none of ours, and a parser takes minutes for ten thousand.
_DEEP = re.compile(
    r"""(?<![\w"'-])(?:(?:"[^"\n]{0,99}"|'[^'\n]{0,99}'|[\w-]{1,99})[ \t]*\.[ \t]*){40}"""
)
#: So much of what stands in the file is said again in a message.
_SAID = 60


def tables_of(path: Path) -> dict[str, Any] | None:
    """What a file of decisions says; None where there is no such file.

    Raises:
        CurationRefused: It cannot be read; the message says what to do.
    """
    try:
        if path.stat().st_size > _LARGEST or not path.is_file():
            raise CurationRefused(
                f"{plain(path)} is no file of at most {_LARGEST >> 20} MB; take it away, or part it"
            )
        text = path.read_text("utf-8-sig")  # Notepad begins a file with a byte-order mark
    except FileNotFoundError as error:
        if path.is_symlink():  # its decisions would be left out, and nobody told
            raise CurationRefused(
                f"{plain(path)} leads to a file that is not there; put it there, or remove the link"
            ) from error
        return None
    except OSError as error:
        raise CurationRefused(
            f"{plain(path)} cannot be read ({error.strerror}); let this user read it, or remove it"
        ) from error
    except UnicodeDecodeError as error:
        raise CurationRefused(f"{plain(path)} is not UTF-8 text; save it as UTF-8") from error
    if _DEEP.search(text):
        raise CurationRefused(f"{plain(path)} has a key of too many parts; mend it there")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers and lists without an end
        raise CurationRefused(f"{plain(path)} is no TOML: {error!s:.200}; mend it there") from error


def require_known(folder: Path, known: Collection[str]) -> None:
    """Refuse a folder with a file of decisions that nobody would read.

    Args:
        folder: The folder; one that is not there has none.
        known: Names of the files that are read; empty: every `*.toml`.

    Raises:
        CurationRefused: `withheld.TOML`, a folder of corrections in the folder, a link that
            leads nowhere …
    """
    if folder.is_symlink() and not folder.exists():
        raise CurationRefused(f"{plain(folder)} leads nowhere; mend the link, or remove it")
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        is_read = path.name in known if known else path.name.endswith(".toml")
        is_meant = path.name.casefold().endswith(".toml") or (not known and path.is_dir())
        if is_meant and not is_read and not path.name.startswith("."):
            raise CurationRefused(
                f"{plain(path)} would not be read: {' and '.join(known) or 'files *.toml'} are; "
                "give it such a name, or take it away"
            )


class StrictFile:
    """One file's entries, and the words in which it is refused."""

    def __init__(self, path: Path) -> None:
        """Read entries of `path`, which is only named here."""
        self.path = path

    def must_know(self, tables: dict[str, Any], known: Collection[str]) -> None:
        """Refuse a table that is none of the known ones."""
        unknown = sorted(set(tables) - set(known))
        if unknown:
            raise CurationRefused(
                f"{plain(self.path)}: [{plain(unknown[0])}] is nothing that is known here; "
                f"write {' or '.join(f'[[{name}]]' for name in known)}"
            )

    def entries(
        self, tables: dict[str, Any], name: str, *called: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """The entries of a table, each with what it is called in messages.

        Args:
            tables: What the file says.
            name: The table, `[[name]]`.
            called: Fields that say which entry it is; the first that it has is named.
        """
        found = tables.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise CurationRefused(
                f"{plain(self.path)}: [{name}] is one table; "
                f"write [[{name}]], one for each decision"
            )
        for number, entry in enumerate(found, 1):
            fields = (entry.get(field) for field in called)
            said = next(
                (str(each) for each in fields if isinstance(each, (str, datetime.date))), ""
            )
            yield f"[[{name}]] {number} ({plain(said)})", entry

    def strings(
        self,
        where: str,
        entry: dict[str, Any],
        fields: Collection[str],
        optional: Collection[str] = (),
        may_be_empty: Collection[str] = (),
    ) -> dict[str, str]:
        """An entry's fields: all that are needed, no others, all of them texts.

        A field `date` is a day, as text or as TOML writes days.
        """
        unknown = sorted(set(entry) - set(fields))
        if unknown:
            self.refuse(where, f"“{plain(unknown[0])}” is no field", f"write {', '.join(fields)}")
        found: dict[str, str] = {}
        for name in fields:
            value = entry.get(name)
            if isinstance(value, datetime.date) and name == "date":
                value = value.isoformat()
            if value is None and name in optional:
                continue
            if not isinstance(value, str) or not (value.strip() or name in may_be_empty):
                self.refuse(where, f"“{name}” is missing or no text", f"give its {name}")
            if not all(each.isprintable() or each in _BLANKS for each in value):
                self.refuse(where, f"“{name}” has characters that nobody sees", "remove them")
            found[name] = value
        if "date" in found and not is_day(found["date"]):
            self.refuse(where, f"“{plain(found['date'])}” is no day", "write 2026-01-31")
        return found

    def must(self, where: str, name: str, holds: bool, what: str) -> None:
        """Refuse an entry whose field does not hold."""
        if not holds:
            self.refuse(where, f"its {name} is not as it must be", f"write {what}")

    def refuse(self, where: str, what: str, todo: str) -> NoReturn:
        """Refuse an entry: what is wrong, and what to do.

        Raises:
            CurationRefused: Always.
        """
        raise CurationRefused(f"{plain(self.path)}: {where}: {what}; {todo}")


def is_day(text: str) -> bool:
    """Whether a text is a day as the decisions write it; ISO has more ways to write one."""
    if not _DAY.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_digest(text: str) -> bool:
    """Whether a text is a SHA-256 as releases write it."""
    return bool(_DIGEST.fullmatch(text))


def is_report_id(text: str) -> bool:
    """Whether a text may be the id of a report; whether there is one, the build tells."""
    return bool(_REPORT.fullmatch(text))


def plain(text: str | Path) -> str:
    """Some of a text as a terminal may show it; all of a path."""
    most = len(str(text)) if isinstance(text, Path) else _SAID
    text = str(text)
    shown = "".join(each if each.isprintable() else "�" for each in text[:most])
    return f"{shown}…" if len(text) > most else shown
