"""Fixtures that several files share."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import pytest

from extract.convert import Office, installed
from tests.demo_run import free_port, run_demo

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PROJECT = Path(__file__).resolve().parent.parent

# Tests start some hundred processes; where bytecode may not be written, each of them compiles
# the project anew, which takes longer than most of them run.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


#: Files that take longest: `make test` gives whole files to two workers, and the one that gets
#: a long file last keeps the other waiting. Those that crawl, build, kill or convert.
LONGEST = (
    "pages_in_browser", "crawler", "demo", "convert", "readme", "build", "faults", "portal",
    "kills",
    "site", "window",
    "facts", "families_a", "families_b", "backup", "shards", "wacz", "robots", "identities",
    "gate", "in_place_of_pages", "locks_and_space", "pdf", "legacy", "probe", "archived_browser",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, in the order of `LONGEST`; the others stay as they are."""
    places = {f"test_{name}.py": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real documents; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("NIANBAO_CORPUS", PROJECT.parent / "shared" / "corpus"))
    if not (folder / "truth").is_dir():
        pytest.skip(f"no corpus at {folder}; set NIANBAO_CORPUS")
    return folder


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests, the same for all of its workers."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def port(shared: Path) -> int:
    """The test portal's port in every demo: addresses are part of a content hash."""
    with locked(shared / "port") as file:
        told = file.read()
        found = int(told) if told else free_port()
        if not told:
            file.write(str(found))
    return found


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, shared: Path, port: int) -> tuple[Path, str]:
    """A data root after one unbroken `make demo`, and what it printed; each worker has a copy."""
    first, data = shared / "first-demo", tmp_path_factory.mktemp("demo") / "root"
    with locked(shared / "printed") as file:
        printed = file.read()
        if not printed:
            result = run_demo(first, port)
            assert result.returncode == 0, result.stdout + result.stderr
            printed = result.stdout
            file.write(printed)
    shutil.copytree(first, data, symlinks=True)
    return data, printed.replace(str(first), str(data))


@contextlib.contextmanager
def locked(path: Path) -> Iterator[TextIO]:
    """A file that is nobody else's meanwhile."""
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        yield file


# A module at a time: while it is open, Playwright keeps an event loop of its own running.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing, and CI must have it")
        pytest.skip(f"{CHROMIUM} is missing (make system-deps)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def sqlite_shell() -> None:
    """The shell that the README tells researchers to use."""
    if shutil.which("sqlite3") is None:
        if os.environ.get("CI"):
            pytest.fail("the sqlite3 shell is missing, and CI must have it")
        pytest.skip("the sqlite3 shell is missing (make system-deps)")


@pytest.fixture(scope="session")
def rscript() -> Path:
    """R with DBI, RSQLite and jsonlite, which its examples load."""
    found = shutil.which("Rscript")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Rscript is missing, and CI must have it")
        pytest.skip("Rscript is missing (make system-deps)")
    return Path(found)


@pytest.fixture(scope="session")
def soffice() -> Office:
    """The LibreOffice of this machine."""
    office = installed()
    if office is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing or does not run, and CI must have it")
        pytest.skip("LibreOffice is missing (make system-deps)")
    return office
