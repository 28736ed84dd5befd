"""What people decided about agencies: `curation/agencies.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extract.labels import flat

from ..agencies.kinds import all_kinds, ministries
from ..decisions import EVERYWHERE, NONE, Decision, Decisions, Successor
from ..places import regions
from .strict import StrictFile, tables_of

FILE = "agencies.toml"
RELATIONS = ("name", "alias", "former")
_AGENCY = re.compile(r"(?:[0-9]{6}|[0-9]{9}|cn)-[a-z_]+(?:-[a-z0-9_]+)?")
_PORTAL = re.compile(r"\*|[a-z0-9][a-z0-9-]*")
_REGION = re.compile(r"[0-9]{6}|[0-9]{9}")
_UNIT = re.compile(r"[a-z][a-z0-9_]*")
_OPTIONAL = frozenset({"region_name", "unit", "relation"})


def read_agencies(folder: Path, *, fiction: bool = False) -> Decisions:
    """The decisions about agencies of a folder; none where it holds no file of them.

    Args:
        folder: The folder.
        fiction: Whether they are for a root of invented regions. What they say of real ones is
            not looked up then: nothing there can be by an agency of those.

    Raises:
        CurationRefused: The file cannot be read, or an entry is not as it must be. The
            message names the file and the entry, and says what to do.
    """
    tables = tables_of(folder / FILE)
    return NONE if tables is None else _Reader(folder / FILE, fiction=fiction).read(tables)


class _Reader(StrictFile):
    """One file, entry by entry."""

    def __init__(self, path: Path, *, fiction: bool) -> None:
        super().__init__(path)
        self._fiction = fiction
        #: Codes that no list has, and that decisions name.
        self._named: set[str] = set()

    def read(self, tables: dict[str, Any]) -> Decisions:
        self.must_know(tables, ("agency", "successor"))
        names: dict[tuple[str, str], Decision] = {}
        for where, entry in self.entries(tables, "agency", "name"):
            made = self._decision(where, entry)
            if (made.name, made.portal) in names:
                self.refuse(where, "this name is decided for this portal above", "remove one")
            names[made.name, made.portal] = made
        successors: dict[str, Successor] = {}
        for where, entry in self.entries(tables, "successor", "agency"):
            after = self._successor(where, entry)
            if after.agency in successors:
                self.refuse(where, "this agency has a successor above", "remove one")
            successors[after.agency] = after
        self._refuse_circles(successors)
        return Decisions(names, successors)

    def _decision(self, where: str, entry: dict[str, Any]) -> Decision:
        said = self.strings(
            where, entry, Decision.__dataclass_fields__, _OPTIONAL, ("region", "kind")
        )
        name = flat(said["name"])
        made = Decision(**{**said, "name": name})
        self.must(where, "name", len(name) > 1, "the name that reports print")
        self.must(
            where, "portal", bool(_PORTAL.fullmatch(made.portal)),
            f"a registry key, import, or {EVERYWHERE} for all",
        )  # fmt: skip
        self.must(where, "relation", made.relation in RELATIONS, " or ".join(RELATIONS))
        if not made.kind:
            empty = not (made.region or made.region_name or made.unit)
            self.must(where, "region", empty, "nothing, for a name that stays unresolved")
            return made
        self.must(where, "kind", made.kind in all_kinds(), "a kind of archive/agencies/kinds.toml")
        self.must(where, "region", bool(_REGION.fullmatch(made.region)), "six or nine digits")
        if made.region_name:
            self._named.add(made.region)
        self._must_know(where, made.region)
        self.must(
            where, "unit", not made.unit or bool(_UNIT.fullmatch(made.unit)),
            "small letters, digits and _",
        )  # fmt: skip
        return made

    def _successor(self, where: str, entry: dict[str, Any]) -> Successor:
        made = Successor(**self.strings(where, entry, Successor.__dataclass_fields__))
        for name in ("agency", "successor"):
            fits = bool(_AGENCY.fullmatch(getattr(made, name)))
            self.must(where, name, fits, "the id of an agency: 360902-finance")
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
            self.refuse(where, f"no agency can have the id {agency_id}", todo)

    def _must_know(self, where: str, code: str) -> None:
        """Refuse a code that nothing here knows: an agency would be made of a typing error."""
        if code in self._named or (self._fiction and not code.startswith("99")):
            return
        if regions(fiction=self._fiction).of(code) is not None:
            return
        self.refuse(
            where, f"archive/places knows no region {code}",
            "correct the code, or give the region_name of an [[agency]] with it",
        )  # fmt: skip

    def _refuse_circles(self, successors: Mapping[str, Successor]) -> None:
        for start in successors:
            seen, now = {start}, successors[start].successor
            while now in successors and now not in seen:
                seen.add(now)
                now = successors[now].successor
            if now in seen:
                self.refuse(f"[[successor]] ({start})", "it leads back to itself", "mend the chain")
