"""One page of a PDF as a picture, with a box around a figure.

PDFium is C, and the bytes are hostile: it draws in a process of its own, under limits of
memory and time, and what comes back is a picture that this program wrote.

`python -m archive.site.drawing PAGE LEFT TOP RIGHT BOTTOM AROUND < PDF > PNG`, in points
from the page's upper left corner; of the page, AROUND points above and below are drawn.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

from archive.errors import ArchiveError

#: Larger files are saved and opened by who wants to see them.
LARGEST = 32 << 20
SECONDS = 20.0
MEMORY = 1 << 30
#: Points above and below a figure: enough for the rows and headings around it.
AROUND = 250.0
WHOLE = 1e6
_MOST_PIXELS = (1400, 2000)
_MOST_SCALE = 2.0
_INK = (200, 16, 46)
_PROJECT = Path(__file__).resolve().parents[2]
#: Pages drawn at once: one visitor's clicks must not take the machine.
_PLACES = threading.BoundedSemaphore(2)

Box = tuple[float, float, float, float]


def draw(body: bytes, page: int, box: Box, around: float = WHOLE) -> bytes:
    """A page, or the part of it around a figure, as a PNG.

    Args:
        body: A PDF.
        page: Its page, counted from 1.
        box: Left, top, right and bottom of the figure on it.
        around: How many points above and below the figure are drawn.

    Raises:
        ArchiveError: It could not be drawn, or not within the limits.
    """
    if len(body) > LARGEST:
        raise ArchiveError(f"a PDF of {len(body) >> 20} MB is not drawn; save and open it")
    command = [sys.executable, "-m", "archive.site.drawing", str(page), *map(str, (*box, around))]
    with _PLACES:
        try:
            ended = subprocess.run(
                command,
                input=body,
                capture_output=True,
                check=False,
                timeout=SECONDS,
                cwd=_PROJECT,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired as error:
            raise ArchiveError(f"drawing took longer than {SECONDS:g} seconds") from error
    if ended.returncode or not ended.stdout.startswith(b"\x89PNG"):
        last = ended.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise ArchiveError(f"the page could not be drawn: {last or ended.returncode}")
    return ended.stdout


def _picture(body: bytes, number: int, box: Box, around: float) -> bytes:
    """The same, in this process."""
    import pypdfium2
    from PIL import ImageDraw

    document = pypdfium2.PdfDocument(body)
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(_MOST_PIXELS[0] / width, _MOST_PIXELS[1] / height, _MOST_SCALE)
    image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    left, top, right, bottom = (side * scale for side in box)
    frame = (left - 6, top - 5, right + 6, bottom + 5)
    ImageDraw.Draw(image).rectangle(frame, outline=_INK, width=3)
    first = max(0, int(top - around * scale))
    last = min(image.height, max(int(bottom + around * scale), first + 1))
    image = image.crop((0, first, image.width, last))
    made = io.BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def _main(arguments: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS)))
    left, top, right, bottom, around = map(float, arguments[1:])
    body = sys.stdin.buffer.read()
    box = (left, top, right, bottom)
    sys.stdout.buffer.write(_picture(body, int(arguments[0]), box, around))


if __name__ == "__main__":
    _main(sys.argv[1:])
