"""What people decided by hand, read strictly: `curation/agencies.toml`.

A decision names its reason, its source and its day, and takes effect with the next build.
A file that cannot be read, or that says something else than is known here, stops the build:
a decision that is silently left out would be worse than none.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from extract.labels import flat

from .agencies.kinds import all_kinds, ministries
from .decisions import EVERYWHERE, NONE, Decision, Decisions, Successor
from .errors import CurationRefused
from .places import regions

#: The decisions that the project keeps, in its own folder.
FOLDER = Path(__file__).resolve().parent.parent / "curation"
FILE = "agencies.toml"
RELATIONS = ("name", "alias", "former")
_AGENCY = re.compile(r"(?:[0-9]{6}|[0-9]{9}|cn)-[a-z_]+(?:-[a-z0-9_]+)?")
_PORTAL = re.compile(r"\*|[a-z0-9][a-z0-9-]*")
_REGION = re.compile(r"[0-9]{6}|[0-9]{9}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BLANKS = "\n\t\xa0\u3000"
#: So much of what stands in the file is said again in a message.
_SAID = 60
_UNIT = re.compile(r"[a-z][a-z0-9_]*")


def load(folder: Path | None = None, *, fiction: bool = False) -> Decisions:
    """The decisions of a folder; none where it holds no file of them.

    Args:
        folder: The folder; the project's own if None.
        fiction: Whether they are for a root of invented regions. What they say of real ones is
            not looked up then: nothing there can be by an agency of those.

    Raises:
        CurationRefused: The file cannot be read, or an entry is not as it must be. The
            message names the file and the entry, and says what to do.
    """
    path = (folder or FOLDER) / FILE
    if folder is not None and not folder.is_dir():
        raise CurationRefused(f"{folder} is no folder; give the one that holds {FILE}")
    try:
        text = path.read_text("utf-8-sig")  # Notepad begins a file with a byte-order mark
    except FileNotFoundError:
        return NONE
    except OSError as error:
        raise CurationRefused(
            f"{path} cannot be read ({error.strerror}); let this user read it, or remove it"
        ) from error
    except UnicodeDecodeError as error:
        raise CurationRefused(f"{path} is not UTF-8 text; save it as UTF-8") from error
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers and lists without an end
        raise CurationRefused(f"{path} is no TOML: {error!s:.200}; mend it there") from error
    return _Reader(path, fiction=fiction).read(tables)


class _Reader:
    """One file, entry by entry."""

    def __init__(self, path: Path, *, fiction: bool) -> None:
        self._path, self._fiction = path, fiction
        #: Codes that no list has, and that decisions name.
        self._named: set[str] = set()

    def read(self, tables: dict[str, Any]) -> Decisions:
        unknown = sorted(set(tables) - {"agency", "successor"})
        if unknown:
            raise CurationRefused(
                f"{self._path}: [{unknown[0]}] is nothing that is known here; "
                "write [[agency]] or [[successor]]"
            )
        names: dict[tuple[str, str], Decision] = {}
        for where, entry in self._entries(tables, "agency"):
            made = self._decision(where, entry)
            if (made.name, made.portal) in names:
                self._refuse(where, "this name is decided for this portal above", "remove one")
            names[made.name, made.portal] = made
        successors: dict[str, Successor] = {}
        for where, entry in self._entries(tables, "successor"):
            after = self._successor(where, entry)
            if after.agency in successors:
                self._refuse(where, "this agency has a successor above", "remove one")
            successors[after.agency] = after
        self._refuse_circles(successors)
        return Decisions(names, successors)

    def _entries(self, tables: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        found = tables.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise CurationRefused(
                f"{self._path}: [{name}] is one table; write [[{name}]], one for each decision"
            )
        for number, entry in enumerate(found, 1):
            said = str(entry.get("name") or entry.get("agency") or "")
            yield f"[[{name}]] {number} ({_plain(said)})", entry

    def _decision(self, where: str, entry: dict[str, Any]) -> Decision:
        said = self._strings(where, entry, Decision)
        name = flat(said["name"])
        made = Decision(**{**said, "name": name})
        self._must(where, "name", len(name) > 1, "the name that reports print")
        self._must(
            where, "portal", bool(_PORTAL.fullmatch(made.portal)),
            f"a registry key, import, or {EVERYWHERE} for all",
        )  # fmt: skip
        self._must(where, "relation", made.relation in RELATIONS, " or ".join(RELATIONS))
        if not made.kind:
            empty = not (made.region or made.region_name or made.unit)
            self._must(where, "region", empty, "nothing, for a name that stays unresolved")
            return made
        self._must(where, "kind", made.kind in all_kinds(), "a kind of archive/agencies/kinds.toml")
        self._must(where, "region", bool(_REGION.fullmatch(made.region)), "six or nine digits")
        if made.region_name:
            self._named.add(made.region)
        self._must_know(where, made.region)
        self._must(
            where, "unit", not made.unit or bool(_UNIT.fullmatch(made.unit)),
            "small letters, digits and _",
        )  # fmt: skip
        return made

    def _successor(self, where: str, entry: dict[str, Any]) -> Successor:
        made = Successor(**self._strings(where, entry, Successor))
        for name in ("agency", "successor"):
            fits = bool(_AGENCY.fullmatch(getattr(made, name)))
            self._must(where, name, fits, "the id of an agency: 360902-finance")
            self._must_mean(where, getattr(made, name))
        return made

    def _must_mean(self, where: str, agency_id: str) -> None:
        """Refuse an id that no agency can have: of no region, of no kind, of no ministry."""
        code, kind = agency_id.split("-")[:2]
        if code == "cn":
            known = any(agency_id in (m.agency_id, m.successor) for m in ministries().values())
        else:
            self._must_know(where, code)
            known = kind in all_kinds()
        if not known:
            todo = f"take a kind of archive/agencies/{'national' if code == 'cn' else 'kinds'}.toml"
            self._refuse(where, f"no agency can have the id {agency_id}", todo)

    def _must_know(self, where: str, code: str) -> None:
        """Refuse a code that nothing here knows: an agency would be made of a typing error."""
        if code in self._named or (self._fiction and not code.startswith("99")):
            return
        if regions(fiction=self._fiction).of(code) is not None:
            return
        self._refuse(
            where, f"archive/places knows no region {code}",
            "correct the code, or give the region_name of an [[agency]] with it",
        )  # fmt: skip

    def _strings(self, where: str, entry: dict[str, Any], made: type[Any]) -> dict[str, str]:
        """The entry's fields: all that are needed, no others, all of them texts."""
        fields = made.__dataclass_fields__
        unknown = sorted(set(entry) - set(fields))
        if unknown:
            self._refuse(where, f"“{_plain(unknown[0])}” is no field", f"write {', '.join(fields)}")
        optional = {"region_name", "unit", "relation"}
        found: dict[str, str] = {}
        for name in fields:
            value = entry.get(name)
            if isinstance(value, datetime.date) and name == "date":
                value = value.isoformat()
            if value is None and name in optional:
                continue
            may_be_empty = name in ("region", "kind")
            if not isinstance(value, str) or not (value.strip() or may_be_empty):
                raise self._error(where, f"“{name}” is missing or no text", f"give its {name}")
            if not all(each.isprintable() or each in _BLANKS for each in value):
                self._refuse(where, f"“{name}” has characters that nobody sees", "remove them")
            found[name] = value
        if not _is_day(found["date"]):
            self._refuse(where, f"“{_plain(found['date'])}” is no day", "write 2026-01-31")
        return found

    def _must(self, where: str, name: str, holds: bool, what: str) -> None:
        if not holds:
            self._refuse(where, f"its {name} is not as it must be", f"write {what}")

    def _refuse(self, where: str, what: str, todo: str) -> None:
        raise self._error(where, what, todo)

    def _error(self, where: str, what: str, todo: str) -> CurationRefused:
        return CurationRefused(f"{self._path}: {where}: {what}; {todo}")

    def _refuse_circles(self, successors: Mapping[str, Successor]) -> None:
        for start in successors:
            seen, now = {start}, successors[start].successor
            while now in successors and now not in seen:
                seen.add(now)
                now = successors[now].successor
            if now in seen:
                self._refuse(
                    f"[[successor]] ({start})", "it leads back to itself", "mend the chain"
                )


def _is_day(text: str) -> bool:
    """Whether a text is a day as the decisions write it; ISO has more ways to write one."""
    if not _DAY.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _plain(text: str) -> str:
    """Some of a text as a terminal may show it."""
    shown = "".join(each if each.isprintable() else "�" for each in text[:_SAID])
    return f"{shown}…" if len(text) > _SAID else shown
