"""A release made from the one before says what one made of everything says."""

from __future__ import annotations

import random
from pathlib import Path

from archive.contenthash import content_hash
from archive.manifest import FILES
from archive.root import DataRoot
from tests.delta_country import Builder, Country, differing

#: A seed whose first steps concern other portals' findings, and how many steps.
SEED, STEPS = 11, 3


def test_a_delta_says_what_a_build_of_everything_says(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    country = Country(root, random.Random(SEED))
    for step in range(STEPS):
        done = country.grow(2 if step else 18)
        root.releases.mkdir(exist_ok=True)
        builder = Builder(root)
        try:
            whole = builder.gathered()
            full, delta = tmp_path / f"full{step}", tmp_path / f"delta{step}"
            full.mkdir(), delta.mkdir()
            counts = builder.full(full, whole)
            if step:
                portals = builder.component(builder.changed(), whole)
                builder.delta(delta, portals)
                assert list(differing(full, delta)) == [], done
                hashes = {content_hash(*(folder / n for n in FILES)) for folder in (full, delta)}
                assert len(hashes) == 1
            # The next one is made from a delta, too.
            builder.publish(delta if step else full, builder.gathered(), counts)
        finally:
            builder.close()
