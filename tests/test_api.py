"""What programs get: addresses of docs/api.md, and its examples run against a demo site."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.site import json_agencies
from archive.site.csv_answers import safe
from archive.site.interface import examples
from archive.site.serve import running
from tests.demo_run import PROJECT
from tests.served import asking

DOC = PROJECT / "docs" / "api.md"
LOCAL = "http://127.0.0.1:8001"
IN_R = {**os.environ, "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="module")
def ask(demo: tuple[Path, str]) -> Any:
    return asking(demo[0])


@pytest.fixture(scope="module")
def address(demo: tuple[Path, str]) -> Iterator[str]:
    with running(demo[0]) as found:
        yield found.rstrip("/")


def blocks() -> dict[str, str]:
    """Programs of docs/api.md by language."""
    return dict(re.findall(r"^```(\w+)\n(.*?)\n```$", DOC.read_text("utf-8"), re.M | re.S))


def test_the_page_and_the_document_have_the_same_programs(ask: Any) -> None:
    assert blocks() == {each.language: each.at(LOCAL) for each in examples()}
    page = ask("/jiekou")
    assert page.status_code == 200
    assert page.text.count('<code class="language-') == len(blocks())


def test_the_program_in_python_runs(address: str) -> None:
    code = blocks()["python"].replace(LOCAL, address)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].endswith("3 agencies")
    assert "2021 own 53726 reported" in lines
    assert "110 reports" in lines
    assert [line for line in lines if line.startswith("2021 19 19 ")]
    assert "'known': 19" in lines[-1]


def test_the_lines_of_curl_run(address: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    script = "set -e\n" + blocks()["sh"].replace(LOCAL, address).replace("\ncurl", "\necho\ncurl")
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert answers[0]["fiction"] is True
    assert len(answers[1]["agencies"]) == 3
    assert {row["year"] for row in answers[2]["rows"]} == {2021}
    assert answers[-1]["rows"][0] == {"year": 2019, "n": 19}


def test_the_program_in_r_runs(address: str, rscript: Path, tmp_path: Path) -> None:
    program = tmp_path / "example.R"
    program.write_text(blocks()["r"].replace(LOCAL, address), "utf-8")
    done = subprocess.run(
        [rscript, "--vanilla", str(program)], capture_output=True, text=True, check=False, env=IN_R
    )
    assert done.returncode == 0, done.stderr
    assert "t3_received_new_total" in done.stdout
    assert done.stdout.count(" reported\n") > 100
    assert re.search(r"^\d+ 2021 +19 +19$", done.stdout, re.M)


def test_a_report_has_each_figure_with_its_status_place_and_source(ask: Any) -> None:
    answer = ask("/bg/990100-finance-2021.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    said = answer.json()
    assert answer.headers["nianbao-release"] == said["release"]
    figures = {each["figure"]: each for each in said["figures"]}
    assert len(figures) == len(said["figures"]) == 200
    new = figures["t3_received_new_total"]
    assert (new["value"], new["printed"], new["status"]) == (53726, "53,726", "reported")
    assert re.fullmatch(r"t\d+r\d+c\d+", new["place"])
    source = said["sources"][said["figures_source"] - 1]
    assert len(source["sha256"]) == 64
    assert source["archived"].endswith("/cundang/990100-finance-2021.v1/1")
    assert said["findings"][0]["figures"]
    assert said["citation"]["gbt7714"].startswith("示例市财政局. ")
    assert "@techreport" in said["citation"]["bibtex"]
    version = ask("/bg/990100-finance-2021.v1.json").json()
    assert version["figures"] == said["figures"]


def test_a_cell_without_a_number_is_null_and_says_why(ask: Any) -> None:
    rows = ask("/nianbao/figure_notes.json?_shape=array&status=blank&_size=1").json()
    version_id, figure = rows[0]["version_id"], rows[0]["figure"]
    said = ask(f"/bg/{version_id}.json").json()
    (cell,) = [each for each in said["figures"] if each["figure"] == figure]
    assert (cell["value"], cell["status"]) == (None, "blank")
    assert {type(each["value"]) for each in said["figures"]} <= {int, float, type(None)}


def test_an_agency_lists_its_reports_and_years(ask: Any) -> None:
    said = ask("/jg/990100-finance.json").json()
    assert said["name"] == "示例市财政局"
    assert [each["year"] for each in said["reports"]] == [2019, 2020, 2021, 2022, 2023]
    assert said["report_count"] == 5
    assert {each["status"] for each in said["years"]} == {"read"}
    assert said["is_vertical"] is False


def test_agencies_come_page_after_page(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_agencies, "PAGE", 4)
    found, path = [], "/jg.json?region=9901"
    while path:
        page = ask(path).json()
        assert len(page["agencies"]) <= 4
        found += [each["agency_id"] for each in page["agencies"]]
        path = (page["next"] or "").removeprefix("http://localhost")
    assert found == sorted(set(found))
    total = ask("/nianbao.json?sql=select+count(*)+n+from+agencies&_shape=array").json()
    assert len(found) == total[0]["n"]
    named = ask("/jg.json?q=%E5%AE%A1%E8%AE%A1").json()["agencies"]
    assert [each["kind"] for each in named] == ["audit"] * len(named) != []


def test_errors_are_json_in_chinese_with_the_words_of_the_database(ask: Any) -> None:
    for path, status, error, detail in (
        ("/bg/990100-none-1999.json", 404, "本档案没有这份年报", None),
        ("/jg/none.json", 404, "本档案没有这个机关", None),
        ("/nianbao/none.json", 404, "没有这个表", "Table not found"),
        ("/nianbao.json?sql=delete+from+reports", 400, "只能查询：语句须以 SELECT 或 WITH 开头",
         "Statement must be a SELECT"),
        ("/nianbao/reports.json?_sort=none", 400, "不能按这一列排序", "Cannot sort table by none"),
        ("/nianbao/reports.json?_next=none", 400, "请求中有一项不合要求",
         "invalid literal for int() with base 10: 'none'"),
    ):  # fmt: skip
        answer = ask(path)
        said = answer.json()
        assert (answer.status_code, said["ok"], said["error"]) == (status, False, error), path
        assert said.get("detail") == detail
        assert answer.headers["access-control-allow-origin"] == "*"


def test_a_statement_that_fails_is_no_empty_csv(ask: Any) -> None:
    answer = ask("/nianbao.csv?sql=select+nocol")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("SQL 有误：没有这一列：no such column: nocol")
    assert ask("/nianbao.json?sql=select+nocol").json()["error"] == "no such column: nocol"


def test_csv_of_the_site_holds_no_formula(ask: Any) -> None:
    sql = "select+'%3D1%2B1'+as+a,-5+as+b,'-'+as+c,'a%22,%0A%3Db'+as+d"
    answer = ask(f"/nianbao.csv?sql={sql}")
    assert answer.text == 'a,b,c,d\r\n\'=1+1,-5,-,"a"",\n=b"\r\n'
    assert ask(f"/nianbao.csv?sql={sql}&_bom=on").content.startswith(b"\xef\xbb\xbfa,b")
    assert safe(b"plain,1\r\n") == b"plain,1\r\n"
    assert ask(f"/nianbao.json?sql={sql}&_shape=array").json()[0]["a"] == "=1+1"


def test_a_region_s_code_asks_for_all_that_lies_in_it(ask: Any) -> None:
    def ids(region: str) -> list[str]:
        return [each["agency_id"] for each in ask(f"/jg.json?region={region}").json()["agencies"]]

    assert len(ids("990000")) > len(ids("990102")) > 0
    assert ids("990000") == ids("99")
