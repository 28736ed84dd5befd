"""The real registry holds the columns of the reference, and the lint finds what is to be mended."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from crawler.lint import lint
from crawler.registry import load
from tests.crawls import ROOT, scrapy

REAL = ROOT / "crawler" / "portals.toml"
HEAD = 'name = "shili"\nfiction = true\ncontact = "https://nianbao.invalid/"\n'
ENTRY = {
    "agency": "示例市财政局",
    "region": "990100",
    "region_name": "示例省 示例市",
    "column": "http://a.gov.cn/czj/zfxxgknb/",
    "family": "trs",
    "hosts": ["a.gov.cn"],
    "added": "2026-01-31",
    "evidence": "made up",
}
OTHER = {**ENTRY, "column": "http://b.gov.cn/czj/zfxxgknb/", "hosts": ["b.gov.cn"]}


def written(path: Path, **tables: dict[str, object]) -> Path:
    text = HEAD
    for key, entry in tables.items():
        lines = [
            f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in entry.items()
        ]
        text += f"[portals.{key}]\n" + "\n".join(lines) + "\n"
    path.write_text(text, "utf-8")
    return path


def test_all_columns_of_the_reference_are_there() -> None:
    registry = load(REAL)
    rows = [re.fullmatch(r"portals\.md row (\d+)", portal.evidence) for portal in registry.portals]
    assert sorted(int(row[1]) for row in rows if row) == list(range(1, 81))
    assert len({portal.column for portal in registry.portals}) == len(registry.portals)
    for portal in registry.portals:
        assert portal.active == (portal.confidence != "guess"), portal.key
        assert portal.why, portal.key
        assert portal.hosts[0].endswith(".gov.cn"), portal.key


def test_the_real_registry_has_no_finding() -> None:
    done = scrapy("lint")
    assert (done.returncode, done.stderr) == (0, "")
    (note,) = done.stdout.splitlines()
    assert note.startswith("note: crawler/portals.toml: contact: ")  # the operator sets it


def test_a_sound_registry_has_no_finding(tmp_path: Path) -> None:
    assert lint(written(tmp_path / "r.toml", one=ENTRY, two=OTHER)) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"region_name": "示例省 示例"}, "no chain of regions"),
        ({"region_name": "示例省  示例市"}, "no chain of regions"),
        ({"region": "9901"}, "no region code"),
        ({"confidence": "guess"}, "a guess is active"),
        ({"confidence": "verified"}, "nothing is expected"),
        ({"confidence": "verified", "expect_reports": 3}, "nothing is expected"),
        ({"first_year": 207}, "no report year"),
        ({"evidence": ""}, "evidence is missing"),
        ({"added": "yesterday"}, "added is no date"),
        ({"kind": "hub", "depth": 0}, "leads nowhere"),
        ({"kind": "single", "expect_reports": 2}, "a single page"),
        ({"hosts": ["a.gov.cn", "A.gov.cn"]}, "no host name"),
        ({"hosts": ["a.gov.cn", "a.gov.cn:80"]}, "no host name"),
        ({"hosts": ["a.gov.cn", "files.shili.cn"]}, "outside gov.cn"),
        ({"status": "moved"}, "where to is not said"),
        ({"successor": "two"}, "but status is active"),
        ({"column": "http://www.a.gov.cn/x/", "hosts": ["www.a.gov.cn"]}, ""),
        ({"column": "http://www.b.gov.cn/x/", "hosts": ["www.b.gov.cn"]}, "has the name b.gov.cn"),
        ({"column": "https://b.gov.cn/x/", "hosts": ["b.gov.cn"]}, "has the scheme http "),
        ({"column": OTHER["column"] + "index.html", "hosts": ["b.gov.cn"]}, "its column is that"),
        ({"status": "moved", "successor": "one"}, "lead back to it"),
    ],
)
def test_the_lint_names_each(tmp_path: Path, change: dict[str, object], what: str) -> None:
    path = written(tmp_path / "r.toml", one=ENTRY | change, two=OTHER)
    found = lint(path)
    assert len(found) == bool(what), found
    for line in found:
        assert line.startswith(f"{path}: [portals.")
        assert what in line
        assert "; " in line


def test_a_chain_of_successors_is_to_be_cut(tmp_path: Path) -> None:
    moved = {**ENTRY, "status": "moved", "successor": "two"}
    again = {**OTHER, "status": "moved", "successor": "three"}
    third = {**ENTRY, "column": "http://c.gov.cn/", "hosts": ["c.gov.cn"]}
    (line,) = lint(written(tmp_path / "r.toml", one=moved, two=again, three=third))
    assert "[portals.one]" in line
    assert line.endswith("name the last one, three")


def test_an_address_is_no_host_of_a_real_registry(tmp_path: Path) -> None:
    local = {**ENTRY, "column": "http://127.0.0.9/x/", "hosts": ["127.0.0.9"]}
    path = written(tmp_path / "r.toml", one=local)
    assert lint(path) == []
    path.write_text(path.read_text("utf-8").replace("= true", "= false"), "utf-8")
    (line,) = lint(path)
    assert "is an IP address" in line


def test_the_command_says_and_fails(tmp_path: Path) -> None:
    path = written(tmp_path / "r.toml", one={**ENTRY, "confidence": "guess"}, two=OTHER)
    done = scrapy("lint", "--registry", str(path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    broken = scrapy("lint", "--registry", str(tmp_path / "none.toml"))
    assert (broken.returncode, broken.stderr.count("\n")) == (1, 1)
    assert "cannot be read" in broken.stderr
