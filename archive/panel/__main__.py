"""One panel in a process of its own: `python -m archive.panel`, asked in JSON on standard input.

So the site answers others meanwhile, and gives back the memory. People call
`python -m archive panel`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from ..errors import ArchiveError
from .bundle import write_bundle
from .selection import Selection

#: Exit status of what cannot be made; the reason is on standard error.
REFUSED = 3


def main() -> int:
    """Make the panel that standard input asks for."""
    os.nice(10)
    asked = json.load(sys.stdin)
    out = Path(asked["out"])
    parts: dict[str, Any] = {
        n: tuple(v) if isinstance(v, list) else v for n, v in asked["selection"].items()
    }
    try:
        with out.open("wb") as file:
            write_bundle(
                Path(asked["release"]), Selection(**parts), file, asked["formats"],
                address=asked["address"], within=out.parent,
            )  # fmt: skip
    except (ArchiveError, OSError) as error:
        print(error, file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
