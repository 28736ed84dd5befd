"""Each command in the README and the reference is run, as it stands there, on a demo root."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from archive.importing import import_files
from archive.release.shelf import folders
from archive.root import DataRoot
from tests.bench.__main__ import main as bench
from tests.commands import made
from tests.commands import run as commands_run
from tests.demo_run import PROJECT, free_port, make
from tests.portal.render import article_html
from tests.portal.reports import make_report
from tests.prove.__main__ import main as prove

Result = subprocess.CompletedProcess[str]
READMES = ("README.md", "README.zh.md")
REFERENCES = ("docs/reference.md", "docs/reference.zh.md")
#: Run elsewhere as themselves: by CI, by this very run, or by the demo's fixture.
ELSEWHERE = {"make demo", "make test", "make lint", "make crawl"}


def commands(name: str) -> list[str]:
    text = (PROJECT / name).read_text("utf-8")
    return [line.strip() for line in re.findall(r"^    (\S.*)$", text, re.M)]


@pytest.mark.parametrize("names", [READMES, REFERENCES], ids=lambda names: names[0])
def test_both_languages_say_the_same_commands(names: tuple[str, str]) -> None:
    assert commands(names[0]) == commands(names[1]) != []


def run(line: str, data: Path, words: dict[str, str] | None = None, *options: str) -> Result:
    """Run a README line, as `tests.commands` does.

    Args:
        line: The line; `data/demo` in it stands for `data`.
        data: The data root.
        words: Words of the line to replace, files for example.
        options: What make is given besides, e.g. `ONLY=read`.
    """
    said = shlex.split(line.replace("data/demo", str(data)))
    parts = [(words or {}).get(word, word) for word in said]
    if parts[0] == "make":
        (parts,) = made(*parts[1:], *options)
    else:
        assert parts.pop(0) == ".venv/bin/python", line
    return commands_run(parts)


def test_every_command_is_known_here(
    demo: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run what can be run; a new command in the README must be given its case here."""
    monkeypatch.chdir(PROJECT)
    data = demo[0]
    page = saved(tmp_path, "示例市某局", "990188")
    copy = tmp_path / "copy"
    prepare(data, copy)
    for line in dict.fromkeys([*commands(READMES[0]), *commands(REFERENCES[0])]):
        if line in ELSEWHERE or line.startswith(("make serve", "make prove", "make bench")):
            continue
        result = tried(line, data, copy, page)
        if result is None:
            pytest.fail(f"no test runs this command of the README: {line}")
        assert result.returncode == 0, f"{line}\n{result.stdout}{result.stderr}"


def saved(folder: Path, agency: str, region: str) -> Path:
    """A report's page as a person saved it."""
    page = folder / f"{region}.html"
    page.write_text(article_html(make_report(agency, region, "x", 2022)[0], "trs"), "utf-8")
    return page


def prepare(data: Path, copy: Path) -> None:
    """Copy the demo; give the copy all that any command needs, in whatever order they run.

    That is a release before the current one, to go back to, and a backup to restore from.
    """
    shutil.copytree(data, copy, symlinks=True)
    root = DataRoot(copy)
    import_files(root, [saved(copy.parent, "示例市另一局", "990189")], None)
    built = run("make build", data, None, f"DATA={copy}")
    assert built.returncode == 0, built.stderr
    assert len(folders(root)) > len(folders(DataRoot(data))) > 0
    backup = copy.parent / "backup"
    backup.mkdir()
    kept = run(f"make backup DEST={backup}", data, None, f"DATA={copy}")
    assert kept.returncode == 0, kept.stderr


def tried(line: str, data: Path, copy: Path, page: Path) -> Result | None:
    """Run a line of the README over the demo or its copy; None if nobody said how."""
    folder = page.parent
    if line.startswith(("make backup", "make restore")):
        line = line.replace("/mnt/backup", str(folder / "backup"))
        root = [] if "DATA=" in line else [f"DATA={copy}"]
        return run(line.replace("data/restored", str(folder / "back")), data, None, *root)
    known = (
        # To score an audit wants what three people wrote: test_audit_score.py.
        (r"scrapy (collect|probe)|audit score", lambda: run(line + " --help", data)),
        ("archive import", lambda: run(line, data, {"saved.html": str(page), "data": str(copy)})),
        (
            "audit draw",
            lambda: run(
                line.replace("300", "5"),
                data,
                {"data": str(copy), "audit-1": str(folder / "audit")},
            ),
        ),
        (r"archive (cdxj|wacz|evidence|panel)", lambda: run(line, copy)),
        (
            r"archive (build|reindex|releases|tag|rollback)|scrapy (status|watch|lint)",
            lambda: run(line, data, {"data": str(copy)}),
        ),
        ("make (build|export|fsck)$", lambda: run(line, data, None, f"DATA={copy}")),
        ("^sqlite3", lambda: query(line, data)),
        (
            "-m extract",
            lambda: run(line.replace("FILE…", str(page)).replace(" [--json DIR]", ""), data),
        ),
    )
    return next((how() for pattern, how in known if re.search(pattern, line)), None)


def query(line: str, data: Path) -> Result:
    """The sqlite3 example, through Python where the shell's program is missing."""
    _, file, sql = line.split(" ", 2)
    code = (
        "import sqlite3, sys; rows = sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall(); "
        "print(len(rows)); sys.exit(not rows)"
    )
    words = [sys.executable, "-c", code, file.replace("data/demo", str(data)), sql.strip('"')]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_make_check_says_what_is_wrong(demo: tuple[Path, str]) -> None:
    result = by_make("check", f"DATA={demo[0]}")
    assert result.returncode == 0
    assert "C05 Counts are whole and not negative (must): 1 / 0 / 0, 1 reports" in result.stdout
    assert "attachment_unread: 1" in result.stdout
    assert "soft_404: 1" in result.stdout


def by_make(*arguments: str) -> Result:
    """Run make itself, with all that it starts."""
    env = {**os.environ, "NIANBAO_SCALE": "small"}
    return subprocess.run(
        make(*arguments), cwd=PROJECT, capture_output=True, text=True, check=False, timeout=280,
        env=env,
    )  # fmt: skip


def test_make_serve_opens_the_site(demo: tuple[Path, str]) -> None:
    port = free_port()
    process = subprocess.Popen(
        make("serve", f"DATA={demo[0]}", f"PORT={port}"),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
                    text = page.read().decode()
                break
            except OSError:
                time.sleep(0.1)
        assert "虚构" in text
        assert "示例市财政局" in text
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=20)


def test_serve_without_a_release_says_what_to_do(tmp_path: Path) -> None:
    result = by_make("serve", f"DATA={tmp_path}")
    assert result.returncode != 0
    assert "make build" in result.stderr
    assert "Traceback" not in result.stderr


def test_bench_and_prove_refuse_what_is_not_built(capsys: pytest.CaptureFixture[str]) -> None:
    for target, main in (("bench", bench), ("prove", prove)):
        assert made(target, "ONLY=nonsense") == [["-m", f"tests.{target}", "nonsense"]]
        assert main(["nonsense"]) == 2
        assert "nonsense" in capsys.readouterr().err


def test_the_bench_prints_each_figure_beside_its_goal() -> None:
    result = by_make("bench", "ONLY=read")
    lines = [line for line in result.stdout.splitlines() if "goal" in line]
    assert len(lines) >= 4
    # A noisy machine may miss a goal; the status must say so.
    assert (result.returncode == 0) == (not any("MISSED" in line for line in lines))
