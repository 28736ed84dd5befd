"""`python -m tests.shots --data ROOT --out data/shots`: every page photographed at two widths.

Prints what is wrong with a page, and what axe-core finds; the pictures are for looking at.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import sync_playwright

from archive.site.serve import running
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.looking import NARROW, WIDE, Seen, looking
from tests.pages import Page, pages

#: Pixels of a picture's height; a page of ten metres shows nothing more.
_TALLEST = 6000


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/demo"))
@click.option("--out", type=click.Path(path_type=Path), default=Path("data/shots"))
@click.option("--only", default="", help="Pages whose name has this in it.")
@click.option("--pictures/--no-pictures", default=True)
def main(data: Path, out: Path, only: str, pictures: bool) -> None:
    """Photograph all pages of a data root's release."""
    with sync_playwright() as playwright, running(data) as address:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        wanted = [page for page in pages(data) if only in page.name]
        found = shoot(browser, address, wanted, out if pictures else None)
        browser.close()
    sys.exit(1 if tell(found) else 0)


def shoot(browser: Any, address: str, wanted: list[Page], out: Path | None) -> list[Seen]:
    """Look at pages at both widths; keep the pictures in a folder a width."""
    found = []
    for width in (WIDE, NARROW):
        with looking(browser, address, width) as look:
            for page in wanted:
                found.append(look.at(page, axe=True))
                if out is not None:
                    _picture(look.tab, out / str(width) / f"{page.name}.png", width)
    return found


def _picture(tab: Any, path: Path, width: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    height = tab.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, _TALLEST)}
    tab.screenshot(path=str(path), full_page=True, clip=clip)


def tell(found: list[Seen]) -> int:
    """Print what is wrong; how many things are."""
    began = time.strftime("%H:%M")
    for seen in found:
        for said in (*seen.wrong, *(f"(moderate) {each}" for each in seen.moderate)):
            click.echo(f"{seen.width} {seen.page.name}: {said}")
    wrong, moderate = (sum(len(each) for each in group) for group in (
        [seen.wrong for seen in found], [seen.moderate for seen in found]))  # fmt: skip
    click.echo(f"{began}: {len(found)} looks at pages: {wrong} wrong, {moderate} moderate")
    return wrong


if __name__ == "__main__":
    main()
