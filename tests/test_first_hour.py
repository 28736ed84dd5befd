"""docs/first-hour.md is walked as it stands: each command run, each address asked.

`make` is asked what it would do (`-n`), and the commands that it names are run in this process,
because starting Python takes longer than most of them.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from tests.crawls import scrapy
from tests.demo_run import PROJECT, free_port, make
from tests.portal import Portal
from tests.served import asking

ENGLISH, CHINESE = (
    (PROJECT / "docs" / name).read_text("utf-8") for name in ("first-hour.md", "first-hour.zh.md")
)
OPERATOR, ONLINE, OFFLINE = re.split(r"^## Who reads.*$|^## Who works.*$", ENGLISH, flags=re.M)
#: Run by other tests: the demo's fixture (and the portal inside it), test_readme.py.
ELSEWHERE = {
    "make demo", "make serve DATA=data/demo", ".venv/bin/python -m tests.portal --port 8790",
}  # fmt: skip
#: What the text says that one sees, by a part of the command.
SEEN = {
    "scrapy probe": r"family trs[\s\S]*\b5 reports[\s\S]*\[portals\.",
    "scrapy lint": r"\A\Z",
    "make crawl": r"shili-finance +complete +5 +5[\s\S]*new release \S+: 5 reports",
    "scrapy status": "nothing is broken",
    "make check": (
        r"C01 [^\n]* 2 / 0 / 0, 1 reports",
        r"4 reports, 4 of them read[\s\S]*need a look, of 1:\n  none",
    ),
    "make build": ("read by hand: applied 1", "4 reports of 1 agencies"),
    "SELECT sha256": r"\A[0-9a-f]{64}\n\Z",
    "archive withheld": r"first, is kept[\s\S]*current and still holds:\n  990100-finance-2019",
    "make backup": "copied and read back",
    "make restore": "current release as it was",
    "make fsck": "nothing wrong",
    "archive tag": "is tagged first",
    "archive releases": r"5 reports .*tags: first",
    "scrapy watch": "all is well",
    "sha256sum": r"\A\Z",
    "SELECT topic": "虚构",
    "SELECT year": r"2021 +own +19 +19 ",
    "SELECT name": r"SELECT|\|",
    "notebook.ipynb": "WARC 里的字节与 SHA-256 相符： True",
    "Rscript": "年报档案版次",
    "archive panel": "95 rows of 19 agencies",
    "ATTACH": r"http://127\.0\.0\.1:\d+/trs/czj/\S+\|2\d{3}-\S+\|[0-9a-f]{64}\|\S+\.warc\.gz\|\d+",
    "archive evidence": "documents: 1, captures: ",
    "make teaching": "60 of 110 reports",
}


#: A command, or what is to be written into a file, which its first line names.
STEP = re.compile(r"^    (\S.*)$|^```toml\n# (\S+\.toml)(?:, below)?\n([^`]*)^```$", re.M)


def commands(text: str) -> list[str]:
    return [line.strip() for line in re.findall(r"^    (\S.*)$", text, re.M)]


@pytest.fixture(scope="module")
def portal_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def place(
    demo: tuple[Path, str], portal_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """What `data/` stands for: the demo; and the portal runs."""
    folder = tmp_path_factory.mktemp("first-hour")
    shutil.copytree(demo[0], folder / "demo", symlinks=True)
    with Portal(portal_port):
        yield folder


def walked(line: str, place: Path, portal_port: int) -> str:
    """What a command of the text says, where `data/` is `place`; it must end with 0."""
    here = re.sub(r"(?<![\w/])data/", f"{place}/", line).replace("8790", str(portal_port))
    if here.startswith("make"):
        dry = subprocess.run(
            [*make(*shlex.split(here)[1:]), "-n"],
            cwd=PROJECT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        parts = re.findall(r"-m (?:scrapy|archive) [^|&;\n]*", dry.replace("\\\n", " "))
        assert parts, dry
        return "".join(in_process(shlex.split(part)[1:], line) for part in parts)
    if here.startswith(".venv/bin/python -m "):
        return in_process(shlex.split(here)[2:], line)
    if here.startswith("python3 "):
        here = here.replace("python3", shlex.quote(sys.executable), 1)
    release = str(place / "demo" / "releases" / "current")
    done = subprocess.run(
        ["sh", "-c", here], cwd=PROJECT, capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8", "NIANBAO_RELEASE": release},
    )  # fmt: skip
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def in_process(words: list[str], line: str) -> str:
    """Run a command of the crawler or the archive."""
    if words[0] == "scrapy":
        done = scrapy(*words[1:])
        status, said = done.returncode, done.stdout + done.stderr
    else:
        result = CliRunner().invoke(main, words[1:])
        status, said = result.exit_code, result.output
    assert status == 0, f"{line}\n{said}"
    return said


def seen(line: str, said: str, before: int = 0) -> None:
    """Compare what a command said with what the text tells; `before`: how often it was run."""
    (told,) = [told for part, told in SEEN.items() if part in line] or [""]
    pattern = told if isinstance(told, str) else told[before]
    assert re.search(pattern, said), f"{line}\n{said}"


def test_each_command_of_the_operator_s_hour(place: Path, portal_port: int) -> None:
    said, run = "", Counter[str]()
    for line, name, text in STEP.findall(OPERATOR):
        if name:
            file = place / name.removeprefix("data/")
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8") as out:
                out.write(text.replace("8790", str(portal_port)).replace("<digest>", said.strip()))
        elif line not in ELSEWHERE:
            said = walked(line, place, portal_port)
            seen(line, said, run[line])
            run[line] += 1
    assert (place / "restored" / "releases" / "current" / "nianbao.db").exists()
    ask = asking(place / "mine")
    assert ask("/bg/990100-finance-2019").status_code == 410
    both = ask("/gengzheng").text
    assert "54,561" in both
    assert "54,560" in both


def test_each_command_with_the_files(place: Path, portal_port: int, sqlite_shell: None) -> None:
    for line in commands(OFFLINE):
        if line.startswith("Rscript") and shutil.which("Rscript") is None:
            assert not os.environ.get("CI"), "Rscript is missing, and CI must have it"
            continue
        seen(line, walked(line, place, portal_port))
    assert (place / "demo" / "first-evidence").is_dir()


def test_every_command_that_the_text_promises_something_of_is_there() -> None:
    lines = [line for line in commands(ENGLISH) if line not in ELSEWHERE]
    for part in SEEN:
        assert [line for line in lines if part in line], part
    assert set(commands(ENGLISH)) >= ELSEWHERE


def test_each_address_of_the_hour_online_answers(demo: tuple[Path, str]) -> None:
    ask = asking(demo[0])
    addresses = re.findall(r"`(/[^`]*)`", ONLINE)
    assert len(addresses) >= 9
    for address in addresses:
        answer = ask(quote(address, safe="/?=&."))
        assert answer.status_code == 200, address
    figure = ask("/bg/990100-finance-2022.v1/yinyong?cell=t3_received_new_total").text
    assert "年报档案版次" in figure


def test_the_chinese_text_has_the_same_commands_and_addresses() -> None:
    assert commands(CHINESE) == commands(OFFLINE)
    assert re.findall(r"`(/[^`]*)`", CHINESE) == re.findall(r"`(/[^`]*)`", ONLINE)


def test_its_links_lead_somewhere() -> None:
    for text in (ENGLISH, CHINESE):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            assert (PROJECT / "docs" / target).exists(), target
