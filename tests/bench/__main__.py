"""`make bench [ONLY=…]`: print each figure beside its goal; exit 1 if one is missed.

`python -m tests.bench site --write docs/performance.md` puts the site's table there, too, and
`python -m tests.bench scale --write docs/scale.md` that of this room.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import Figure

ROOMS = ("read", "crawl", "archive", "meaning", "panel", "site", "scale")


def _figures(room: str) -> Callable[[], Iterator[Figure]]:
    if room == "read":
        from tests.bench import read as bench
    elif room == "crawl":
        from tests.bench import crawl as bench
    elif room == "archive":
        from tests.bench import archive as bench
    elif room == "meaning":
        from tests.bench import meaning as bench
    elif room == "panel":
        from tests.bench import panel as bench
    elif room == "scale":
        from tests.bench import scale as bench
    else:
        from tests.bench import site as bench
    return bench.figures


def main(arguments: list[str]) -> int:
    """Run the benches named, or all.

    Returns:
        0 if every goal is reached, 1 if one is missed, 2 for a room that is none.
    """
    document = None
    if "--write" in arguments:
        at = arguments.index("--write")
        document = Path(*arguments[at + 1 : at + 2])
        arguments = arguments[:at] + arguments[at + 2 :]
        if arguments not in (["site"], ["scale"]) or not document.is_file():
            print(
                "bench: --write takes a document, and only of the room site or scale",
                file=sys.stderr,
            )
            return 2
    rooms = arguments or list(ROOMS)
    unknown = [room for room in rooms if room not in ROOMS]
    if unknown:
        print(f"bench: no room {unknown[0]}; ONLY= takes {', '.join(ROOMS)}", file=sys.stderr)
        return 2
    missed, found = 0, []
    for room in rooms:
        print(f"== {room}", flush=True)
        for figure in _figures(room)():
            print(f"  {figure}", flush=True)
            missed += not figure.met
            found.append(figure)
    if document:
        _write(document, rooms[0], found)
    return 1 if missed else 0


def _write(document: Path, room: str, found: list[Figure]) -> None:
    """Put the room's table into its document."""
    from tests.bench.site import written

    if room == "scale":
        from tests.bench.scale import national

        national.write(document, found)
    else:
        written.write(document, found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
