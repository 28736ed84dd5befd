"""Kills in the middle of a build and of a crawl under Dask: nothing lost, the same release."""

from __future__ import annotations


def prove() -> bool:
    """Run the proof."""
    print("  not reached yet")
    return False
