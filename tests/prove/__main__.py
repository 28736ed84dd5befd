"""`make prove [ONLY=room]`: run the long proofs, all or one room's; exit 1 if one fails."""

from __future__ import annotations

import sys

from tests.prove import (
    audit,
    cluster,
    counties,
    delta,
    flips,
    hostile,
    kills,
    masking,
    meaning,
    pages,
    probe,
    read,
    scale,
    search,
    shards,
    store,
    switching,
    trust,
)

#: The archive's proofs; all are run, also after one that failed.
ARCHIVE = (
    kills.prove_builds,
    lambda: kills.prove("readings.db", "readings", [1, 50, 100]),
    flips.prove,
)


def _archive() -> bool:
    proved = [proof() for proof in ARCHIVE]
    return all(proved)


ROOMS = {
    "read": read.prove,
    "hostile": hostile.prove,
    "crawl": kills.prove_crawl,
    "portals": counties.prove,
    "probe": probe.prove,
    "archive": _archive,
    "masking": masking.prove,
    "meaning": meaning.prove,
    "pages": pages.prove,
    "search": search.prove,
    "switch": switching.prove,
    "audit": audit.prove,
    "trust": trust.prove,
    "cluster": cluster.prove,
    "delta": delta.prove,
    "store": store.prove,
    "scale": scale.prove,
    "shards": shards.prove,
}


def main(arguments: list[str]) -> int:
    """Run the proofs named, or all."""
    unknown = [room for room in arguments if room not in ROOMS]
    if unknown:
        print(
            f"prove: nothing for {unknown[0]} yet; ONLY= takes {', '.join(ROOMS)}", file=sys.stderr
        )
        return 2
    failed = 0
    for room in arguments or list(ROOMS):
        print(f"== {room}", flush=True)
        failed += not ROOMS[room]()
    print("proved" if not failed else f"{failed} proofs failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
