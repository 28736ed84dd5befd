"""`make pictures`: the pictures in the READMEs, taken of the demo release.

Each PNG says in a text chunk what it is of: a digest of the part of the page that it shows, as the
release and the code of that day gave it. tests/test_pictures.py makes the digest anew, without a
browser, and so finds a picture of a page that has changed since.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import sync_playwright

from archive.site.serve import running, site
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.demo_run import PROJECT, free_port, run_demo

FOLDER = PROJECT / "docs" / "pictures"
#: The text chunk of a picture that holds its digest.
CHUNK = "nianbao-shows"
WIDTH, TALLEST = 1280, 1400
#: A README is looked at on telephones, too.
LARGEST = 250_000
#: What moves a page without a change of its text.
_LOOKS = ("class", "colspan", "rowspan", "open", "placeholder", "style")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its file's name, the page, and the first element below what it shows."""

    name: str
    path: str
    below: str


PICTURES = (
    Picture("home", "/", ".nb-two"),
    # The demo's report with most figures that are marked where the form prints them.
    Picture("report", "/bg/990100-finance-2021", "#yidian"),
)


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="A demo's data root; else a new one.")
@click.option("--out", type=click.Path(path_type=Path), default=FOLDER)
def main(data: Path | None, out: Path) -> None:
    """Take the pictures of the demo release."""
    if data is not None:
        taken = take(data, out)
    else:
        with tempfile.TemporaryDirectory(prefix="nianbao-pictures-") as folder:
            made = run_demo(Path(folder) / "demo", free_port())
            if made.returncode:
                raise click.ClickException(f"the demo did not end well:\n{made.stderr}")
            taken = take(Path(folder) / "demo", out)
    for path in taken:
        click.echo(f"{path}: {path.stat().st_size:,} bytes; look at it")


def take(root: Path, out: Path) -> list[Path]:
    """Take all pictures of the release of a demo's data root into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    taken = []
    # First, because Playwright keeps an event loop of its own running.
    shows = {picture: digest(root, picture) for picture in PICTURES}
    with sync_playwright() as playwright, running(root) as address:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        tab = browser.new_page(viewport={"width": WIDTH, "height": TALLEST})
        for picture in PICTURES:
            tab.goto(address.rstrip("/") + picture.path)
            path = out / f"{picture.name}.png"
            path.write_bytes(_noted(_shot(tab), shows[picture]))
            taken.append(path)
        browser.close()
    return taken


def _shot(tab: Any) -> bytes:
    """The top of the page, cut below a row of a table rather than through one."""
    bottoms = tab.evaluate(
        "[...document.querySelectorAll('tr')].map(row => row.getBoundingClientRect().bottom)"
    )
    height = max(bottom for bottom in bottoms if bottom <= TALLEST)
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": int(height) + 1}
    taken: bytes = tab.screenshot(clip=clip)
    return taken


def _noted(png: bytes, shows: str) -> bytes:
    """The picture in 256 colours, with what it shows as a text chunk."""
    note, file = PngInfo(), io.BytesIO()
    note.add_text(CHUNK, shows)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    colours, numbers = _palette(image)
    few = Image.new("P", image.size)
    few.putpalette([part for colour in colours for part in colour])
    raw = image.tobytes()
    few.putdata([numbers[raw[at : at + 3]] for at in range(0, len(raw), 3)])
    few.save(file, "PNG", optimize=True, pnginfo=note)
    return file.getvalue()


def _palette(image: Image.Image) -> tuple[list[Any], dict[bytes, int]]:
    """The colours of a small picture, and which of them stands for each colour.

    Pillow's own palettes are averaged: they tint the paper and pale the few red marks. Here the
    commonest colours stay as they are, and then come those that are least like any of them.
    """
    found = sorted(image.getcolors(image.width * image.height) or [], reverse=True)
    every: list[Any] = [colour for _, colour in found]
    palette = every[:160]
    away = {colour: min(_distance(colour, each) for each in palette) for colour in every}
    while len(palette) < min(256, len(every)):
        palette.append(max(away, key=away.__getitem__))
        for colour, before in away.items():
            away[colour] = min(before, _distance(colour, palette[-1]))

    def nearest(colour: Any) -> int:
        return min(range(len(palette)), key=lambda number: _distance(colour, palette[number]))

    return palette, {bytes(colour): nearest(colour) for colour in every}


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2


def digest(root: Path, picture: Picture) -> str:
    """What a picture of the page as it is now would show, as a SHA-256."""
    client = site(root).client

    def ask(path: str) -> str:
        answer = asyncio.run(client.get(path))
        if answer.status_code != 200:
            raise click.ClickException(f"{path} answers {answer.status_code}")
        return str(answer.text)

    page = BeautifulSoup(ask(picture.path), "lxml")
    sheets = [ask(str(link["href"])) for link in page.select("link[rel=stylesheet]")]
    said = json.dumps([WIDTH, TALLEST, *shown(page, picture.below), *sheets])
    return hashlib.sha256(said.encode()).hexdigest()


def shown(page: BeautifulSoup, below: str) -> Iterator[str]:
    """Texts and elements of a page above an element, without addresses: those have ports.

    Raises:
        click.ClickException: The page has no such element any more.
    """
    end = page.select_one(below)
    if end is None or page.body is None:
        raise click.ClickException(f"the page has no {below}: say anew what the picture shows")
    for node in page.body.descendants:
        if node is end:
            return
        if isinstance(node, Tag):
            looks = [f"{key}={node[key]}" for key in _LOOKS if key in node.attrs]
            yield " ".join([f"<{node.name}>", *looks])
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            text = " ".join(node.split())
            if text:
                yield text


def said_by(path: Path) -> str:
    """The digest that a picture bears; "" if none."""
    with Image.open(path) as image:
        return str(image.info.get(CHUNK, ""))


if __name__ == "__main__":
    main()
