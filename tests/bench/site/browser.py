"""What a browser gets and sees move: weight of the first page, layout shift in a trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.site.goals import PAGES, SHIFT, WEIGHT, Result
from tests.bench.site.pages import paths
from tests.bench.site.served import Served
from tests.conftest import ARGUMENTS, CHROMIUM

_WIDTHS = (360, 1280)
_WEIGHED = ("document", "stylesheet", "script")
_SHOWN = ("home page", "agency page", "report page")


def figures(root: Path) -> Iterator[Result]:
    """Weight and shift; skipped where there is no Chromium."""
    if not CHROMIUM.exists():
        print("  in a browser: skipped, Chromium is not installed (make system-deps)")
        return
    from playwright.sync_api import sync_playwright

    shown = {page.name: paths(root, page)[0] for page in PAGES if page.name in _SHOWN}
    with Served(root) as served, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        address = f"http://127.0.0.1:{served.port}"
        weights = _weights(chromium, f"{address}/")
        told = ", ".join(f"{kind} {size / 1024:.1f}" for kind, size in weights.items())
        yield WEIGHT.result(sum(weights.values()) / 1024, f"uncompressed: {told}")
        shifts = {
            f"{name} at {width} px": _shift(chromium, address + path, width)
            for name, path in shown.items()
            for width in _WIDTHS
        }
        worst = max(shifts, key=lambda name: shifts[name])
        yield SHIFT.result(shifts[worst], worst)
        chromium.close()


def _weights(chromium: Any, address: str) -> dict[str, int]:
    """Bytes of what a page loads, uncompressed, by kind."""
    page = chromium.new_page()
    found = dict.fromkeys(_WEIGHED, 0)

    def weigh(response: Any) -> None:
        kind = response.request.resource_type
        if kind in found:
            found[kind] += len(response.body())

    page.on("response", weigh)
    page.goto(address, wait_until="networkidle")
    page.close()
    return found


def _shift(chromium: Any, address: str, width: int) -> float:
    """Cumulative layout shift of a page, as Chromium's trace has it."""
    page = chromium.new_page(viewport={"width": width, "height": 800})
    chromium.start_tracing(page=page, categories=["loading"])
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(300)
    trace = json.loads(chromium.stop_tracing())
    page.close()
    return sum(
        event["args"]["data"]["score"]
        for event in trace["traceEvents"]
        if event["name"] == "LayoutShift" and not event["args"]["data"]["had_recent_input"]
    )
