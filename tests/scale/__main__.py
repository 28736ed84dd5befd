"""`python -m tests.scale --reports N --root DIR`: write a fictional country as a data root.

No WARC file is written: `archive build` makes a release of it, `archive fsck` would miss them.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.scale import writing
from tests.scale.reports import LONG_TEXTS


def main(arguments: list[str]) -> int:
    """Write a root, add to one, or renew its readings."""
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the data root")
    parser.add_argument("--reports", type=int, help="write a new one of so many reports")
    parser.add_argument("--more", type=int, help="add so many reports of a new year")
    parser.add_argument(
        "--renew", action="store_true", help="let its readings be the present reader's"
    )
    parser.add_argument("--processes", type=int, help="how many make it (all cores)")
    parser.add_argument(
        "--long-texts", type=int, default=LONG_TEXTS, help="reports with chapters as long as real"
    )
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    if asked.reports:
        writing.write(asked.root, asked.reports, asked.processes, asked.long_texts)
    if asked.renew:
        writing.renew(asked.root)
    if asked.more:
        writing.add(asked.root, asked.more, asked.processes)
    print(f"{asked.root}: {writing.told(asked.root)}, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
