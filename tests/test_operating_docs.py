"""The operator's documents are true: tables, messages, commands, timers."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

from crawler.families import FAMILIES
from crawler.outcomes import OUTCOMES
from crawler.runs import meanings
from tests.crawls import scrapy
from tests.doc_tables import FILES, renewed

PROJECT = Path(__file__).resolve().parent.parent
DOCS, DEPLOY = PROJECT / "docs", PROJECT / "deploy"
LOGS = (DOCS / "logs.md").read_text("utf-8")
SOURCES = sorted(path for room in ("crawler", "archive") for path in (PROJECT / room).rglob("*.py"))
#: What ends a run says nothing about an address, so it is no kind of issue.
NO_KINDS = {"stopped", "window"}
_KIND = re.compile(r"[a-z]+(?:_[a-z]+)*(?::[a-z]+)?|http_\d{3}")


# -- tables ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_tables_that_the_code_decides_are_as_the_code_has_them(name: str) -> None:
    text = (DOCS / name).read_text("utf-8")
    assert text == renewed(text), "run python -m tests.doc_tables"


def test_every_outcome_has_a_meaning() -> None:
    assert set(meanings.OUTCOMES) == set(OUTCOMES)


def test_every_family_has_a_row() -> None:
    text = (DOCS / "crawling.md").read_text("utf-8")
    part = text.split("## Families")[1].split("##")[0]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", part, re.M)) == set(FAMILIES)


# -- messages ----------------------------------------------------------------------------


def calls(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    """Calls of functions or methods of these names in crawler and archive."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                function = node.func
                name = getattr(function, "attr", None) or getattr(function, "id", "")
                if name in names:
                    yield path, node


def words(node: ast.expr) -> str:
    """A text with … for what differs; "" for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"%(?:\.\d+)?[srdgf]", "…", node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(words(part) or "…" for part in node.values)
    return ""


def test_every_message_of_the_log_is_explained() -> None:
    found = 0
    for path, call in calls("info", "warning", "error", "exception", "critical"):
        if getattr(getattr(call.func, "value", None), "id", "") == "log":
            message = words(call.args[0])
            found += 1
            assert f"| `{message}` |" in LOGS, f"{path}: docs/logs.md does not explain: {message}"
    assert found > 10


def test_every_other_message_begins_with_its_command() -> None:
    found = 0
    for path, call in calls("print"):
        if path.parent.name == "commands" and any(word.arg == "file" for word in call.keywords):
            said = words(call.args[0])
            found += bool(said)
            assert not said or re.match(r"(collect|status|watch|probe|lint): ", said), path
    assert found > 3


def kinds() -> Iterator[tuple[Path, str]]:
    """What the crawler gives as the kind of an issue, wherever it does."""
    for path, call in calls("issue", "lose", "_lose", "close", "Refused"):
        for argument in call.args:
            yield path, words(argument)
    for name in ("outcomes.py", "walls.py"):
        path = PROJECT / "crawler" / name
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in ("kind_of", "_ignored", "wall"):
                for made in ast.walk(node):
                    if isinstance(made, ast.Return) and made.value is not None:
                        is_pair = isinstance(made.value, ast.Tuple)
                        yield path, words(made.value.elts[0] if is_pair else made.value)  # type: ignore[attr-defined]


def test_every_kind_of_issue_is_explained() -> None:
    known = set(meanings.ISSUES) | NO_KINDS
    found = {(path, kind) for path, kind in kinds() if _KIND.fullmatch(kind)}
    assert len({kind for _, kind in found}) > 5
    for path, kind in found:
        assert kind in known or re.fullmatch(r"http_\d{3}", kind), f"{path}: {kind}"


def test_every_meaning_says_whether_to_act() -> None:
    for kind, said in meanings.ISSUES.items():
        assert re.match(r"act|ignore", said.do), kind
    for row in re.findall(r"^\| `.*\|$", LOGS.split("## Messages")[1], re.M):
        assert re.search(r"\| (act|ignore)[^|]*\|$", row), row


# -- commands ----------------------------------------------------------------------------


def commands() -> Iterator[str]:
    """Every command of the documents, the services and the table of cron."""
    for path in (*DOCS.glob("*.md"), *(PROJECT / name for name in ("README.md", "README.zh.md"))):
        yield from re.findall(r"^ +(\.venv/bin/python .*)$", path.read_text("utf-8"), re.M)
    for path in filter(Path.is_file, DEPLOY.rglob("*")):
        yield from re.findall(r"\S*\.venv/bin/python -m .*", path.read_text("utf-8"))


def test_every_command_of_the_documents_exists() -> None:
    helps: dict[str, str] = {}
    found = sorted({line for line in commands() if "-m scrapy" in line})
    assert len(found) >= 6
    for line in found:
        name, *arguments = shlex.split(line.split("-m scrapy ")[1])
        if name not in helps:
            done = scrapy(name, "--help")
            assert done.returncode == 0, line
            helps[name] = done.stdout
        for word in arguments:
            if word.startswith("--"):
                assert re.search(rf"{word}\b", helps[name]), f"{line}: {word}"


def made(*words_of: str) -> str:
    """What `make crawl` would call."""
    order = ["make", "-n", "-o", ".venv/.ready", "crawl", *words_of]
    return subprocess.run(order, cwd=PROJECT, capture_output=True, text=True, check=True).stdout


def test_make_passes_window_and_shard_on() -> None:
    assert '--until "06:00" --shard "2/8"' in made("UNTIL=06:00", "SHARD=2/8")
    assert "--until" not in made()
    assert "--shard" not in made("UNTIL=06:00")


# -- timers ------------------------------------------------------------------------------


def unit(path: Path) -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=True)
    read.read_string(path.read_text("utf-8"))
    return read


def test_every_timer_has_its_service_and_every_service_its_timer() -> None:
    services = {path.stem for path in DEPLOY.glob("*.service")}
    assert services == {path.stem for path in DEPLOY.glob("*.timer")}
    assert services == {"nianbao-crawl", "nianbao-build", "nianbao-watch"}
    for path in DEPLOY.glob("*.service"):
        service = unit(path)["Service"]
        assert service["Type"] == "oneshot"
        assert service["ExecStart"].startswith("/srv/nianbao/.venv/bin/python -m ")
    for path in DEPLOY.glob("*.timer"):
        assert unit(path)["Install"]["WantedBy"] == "timers.target"
        assert re.fullmatch(r"\*-\*-\* \d\d:\d\d:00", unit(path)["Timer"]["OnCalendar"])
    assert unit(DEPLOY / "nianbao-crawl.service")["Service"]["SuccessExitStatus"] == "4 5"


def test_cron_runs_what_the_timers_run() -> None:
    services = {
        unit(path)["Service"]["ExecStart"].split(".venv/")[1] for path in DEPLOY.glob("*.service")
    }
    lines = (DEPLOY / "crontab").read_text("utf-8").splitlines()
    rows = [line for line in lines if line and not line.startswith("#")]
    assert all(re.match(r"(\S+ ){5} cd /srv/nianbao && ", row) for row in rows)
    assert {row.split(".venv/")[1] for row in rows} == services


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not here")
    for path in DEPLOY.glob("nianbao-*"):
        # The example's folder is not on this machine, and a missing program is a finding.
        text = path.read_text("utf-8").replace("/srv/nianbao/.venv/bin/python", "/bin/true")
        (tmp_path / path.name).write_text(text, "utf-8")
    order = [
        analyze,
        "verify",
        *sorted(tmp_path.glob("*.service")),
        *sorted(tmp_path.glob("*.timer")),
    ]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "nianbao" in line]
    assert not ours
