"""The national rehearsal: a release of a million synthetic reports, built and served."""

from __future__ import annotations


def prove() -> bool:
    """Run the proof."""
    print("  not reached yet")
    return False
