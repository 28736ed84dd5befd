"""Numbers that the prose of a report states, each with the words that state it.

`kinds.toml` says what may be stated, `patterns.toml` in which words. A number that may count
another thing, another year or only a part is a part, or no fact.
"""

from __future__ import annotations

from .kinds import Kind, kinds
from .reading import read_facts

__all__ = ["Kind", "kinds", "read_facts"]
