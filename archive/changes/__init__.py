"""What changed in a report, and why: kinds, causes, and the cells concerned.

Changes of an agency's page follow from the WARCs alone: one reader reads the whole past,
so a better reader cannot look like an agency's edit (`chronicle.py`). What our reader or a
decision by hand changed follows from the release before (`release/history.py`).
"""

from __future__ import annotations

from .change import Change
from .chronicle import changes_of
from .kinds import Difference, compare

__all__ = ["Change", "Difference", "changes_of", "compare"]
