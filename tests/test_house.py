"""The house: which room may import which, what the Makefile offers, what no file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
TARGETS = [
    "help",
    "setup",
    "demo",
    "crawl",
    "build",
    "check",
    "serve",
    "test",
    "prove",
    "lint",
    "bench",
    "fsck",
    "pictures",
    "export",
    "backup",
    "restore",
    "deposit",
    "system-deps",
    "clean",
]
#: What the crawler may know: of the archive what stores a capture, of the reader how to decode,
#: and what stands in the place of a page: build and crawl must call the same a wall.
CRAWLER_MAY = {
    "archive.store", "archive.root", "archive.errors", "archive.ledger",
    "archive.cluster.connecting",  # a scheduler is the same for crawling and reading
    "archive.parts",  # where each shard of a crawl writes, until it is merged
    "extract.decode", "extract.filetypes", "extract.stand_ins",
}  # fmt: skip


def imports(path: Path) -> set[str]:
    """Absolute names of the modules that a file imports."""
    found = set()
    package = list(path.relative_to(PROJECT).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.add(module)
            found |= {f"{module}.{alias.name}" for alias in node.names if not node.module}
    return found


def files(room: str) -> list[Path]:
    return sorted((PROJECT / room).rglob("*.py"))


def rooms_of(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def test_the_reader_knows_neither_crawler_nor_archive() -> None:
    others = {"crawler", "archive", "scrapy", "sqlite3", "sqlite_utils", "tests"}
    for path in files("extract"):
        assert not rooms_of(path) & others, path


def test_the_crawler_knows_only_what_stores_a_capture() -> None:
    for path in files("crawler"):
        rooms = ("archive", "extract", "tests")
        ours = {name for name in imports(path) if name.split(".")[0] in rooms}
        assert ours <= CRAWLER_MAY, path


def test_nothing_imports_the_crawler() -> None:
    for path in files("archive"):
        assert not rooms_of(path) & {"crawler", "scrapy", "tests"}, path


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_target() -> None:
    result = make("help")
    assert result.returncode == 0
    listed = re.findall(r"^  make ([a-z-]+) ", result.stdout, re.M)
    assert set(TARGETS) <= set(listed)


def tracked() -> list[Path]:
    result = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if result.returncode:
        pytest.skip("no git checkout here, so no list of tracked files")
    return [PROJECT / name for name in result.stdout.split("\0") if name]


def test_no_file_names_an_index_or_a_path_of_a_machine() -> None:
    # Put together here, so that this file does not find itself.
    forbidden = ("pypi" + ".org", "--index" + "-url", "/work" + "/main", "/home" + "/")
    for path in tracked():
        if path.exists() and path.suffix not in (".png", ".gz"):
            text = path.read_text("utf-8", "replace")
            assert not [word for word in forbidden if word in text], path


def test_the_lock_holds_every_requirement_with_hashes() -> None:
    lock = (PROJECT / "requirements.lock").read_text("utf-8")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.match(r"[a-z0-9-]+", name.lower())[0] for name in wanted}  # type: ignore[index]
    entries = re.findall(r"^([a-z0-9.-]+)==.*?\n((?:    --hash=.*\n?)+)", lock, re.M)
    assert names <= {name for name, _ in entries}


def test_no_real_agency_stands_in_the_fiction() -> None:
    for path in files("tests/portal"):
        text = path.read_text("utf-8")
        assert not re.search(r"袁州|黔江|西工区|樟树|淮安|洪泽", text), path


# -- the README is true ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme_names_targets_that_exist(name: str) -> None:
    text = (PROJECT / name).read_text("utf-8")
    used = set(re.findall(r"(?:^    |`)make ([a-z][a-z-]*)", text, re.M))
    assert used
    assert used <= {*TARGETS, "lock"}


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme_links_lead_somewhere(name: str) -> None:
    text = (PROJECT / name).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (PROJECT / target).exists(), target
