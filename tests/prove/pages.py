"""Every page at two widths in a browser, on the demo and on the real documents, with pictures."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from archive.build import build
from archive.importing import import_files
from archive.root import DataRoot
from archive.site.serve import running
from tests.conftest import ARGUMENTS, CHROMIUM, PROJECT
from tests.demo_run import free_port, run_demo
from tests.pages import pages
from tests.prove.search import CORPUS
from tests.shots import shoot, tell

SHOTS = PROJECT / "data" / "shots"


def prove() -> bool:
    """Look at all pages; the pictures are kept under data/shots/."""
    with tempfile.TemporaryDirectory() as name:
        demo = Path(name, "demo")
        made = run_demo(demo, free_port())
        if made.returncode:
            print(made.stdout + made.stderr)
            return False
        fine = _proved("demo", demo)
        if not CORPUS.is_dir():
            print(f"  no corpus at {CORPUS}")
            return False
        real = DataRoot(Path(name, "real"))
        import_files(real, sorted(CORPUS.iterdir()), None)
        build(real)
        return _proved("corpus", real.path) and fine


def _proved(what: str, root: Path) -> bool:
    print(f"  {what}")
    with sync_playwright() as playwright, running(root) as address:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        found = shoot(browser, address, list(pages(root)), SHOTS / what)
        browser.close()
    return not tell(found)
