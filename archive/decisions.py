"""What people decide about agencies: a printed name's agency, an agency's successor."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

#: Key of a portal that stands for all of them.
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Decision:
    """A printed name and the agency that it is.

    Attributes:
        name: The name as reports print it, without blanks.
        portal: Registry key of the portal for which it holds, `import`, or `*` for all.
        region: Region code; "" with an empty `kind`.
        kind: Kind of agency; "" if the name is to stay unresolved.
        reason: Why.
        source: Where it is said: an address or a document.
        date: The day of the decision, ISO.
        region_name: The region with those above it, blanks between: needed where the list of
            regions lacks the code.
        unit: What tells a part of the region that has no code from the whole; or "".
        relation: `name`, `alias` or `former`.
    """

    name: str
    portal: str
    region: str
    kind: str
    reason: str
    source: str
    date: str
    region_name: str = ""
    unit: str = ""
    relation: str = "alias"

    @property
    def agency_id(self) -> str:
        """Id of the agency; "" if the name stays unresolved."""
        if not self.kind:
            return ""
        return "-".join(filter(None, (self.region, self.kind, self.unit)))


@dataclass(frozen=True, slots=True)
class Successor:
    """An agency and the one that took over from it."""

    agency: str
    successor: str
    reason: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions about agencies."""

    names: Mapping[tuple[str, str], Decision] = field(default_factory=dict)
    successors: Mapping[str, Successor] = field(default_factory=dict)

    def of(self, name: str, portal: str) -> Decision | None:
        """What was decided of a printed name at a portal; its own before that for all."""
        return self.names.get((name, portal)) or self.names.get((name, EVERYWHERE))

    def successor_of(self, agency_id: str) -> str | None:
        """The agency that was decided to have taken over from one."""
        found = self.successors.get(agency_id)
        return found.successor if found else None

    def digest(self) -> str:
        """What tells these decisions from others: reasons are part of a release, too."""
        rows = [asdict(each) for each in self.names.values()]
        rows += [asdict(each) for each in self.successors.values()]
        said = sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


NONE = Decisions()
