"""`/xiazai`: choosing, counting and taking a panel; a release's files; CSVs of many rows."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import os
import re
import sqlite3
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote
from zipfile import ZipFile

import pytest

from archive.panel.bundle import write_bundle
from archive.panel.selection import Selection
from archive.site import downloads, making, query_csv
from archive.site.serve import site
from archive.site.whole import whole_files
from tests.panel_release import MANY, NAME, write

SECRET = "manifest of another release"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("downloads")
    folder = write(found)
    (folder / "index.html").write_text("<script>alert(1)</script>" * 100, "utf-8")
    (folder / "csv").mkdir()
    (folder / "csv" / "reports.csv").write_text("报告,=1+1\r\n", "utf-8")
    (folder / "notes.txt").write_text(SECRET, "utf-8")  # in no list
    (found / "root.json").write_text(SECRET, "utf-8")
    names = ("nianbao.db", "text.db", "index.html", "csv/reports.csv", "manifest.json")
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    ]
    lines.append(f"{'0' * 64}  ../../root.json\n")  # by no build of ours
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")
    return found


@pytest.fixture(scope="module")
def datasette(root: Path) -> Any:
    return site(root)


def get(datasette: Any, path: str, method: str = "GET", **headers: str) -> Any:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return asyncio.run(datasette.client.request(method, path, headers=told))


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))


# -- choosing -------------------------------------------------------------------------


def test_the_page_shows_what_there_is_to_choose_without_a_script(datasette: Any) -> None:
    page = get(datasette, "/xiazai")
    assert page.status_code == 200
    assert "<script" not in page.text
    for option in ('value="finance"', 'name="level" value="county"', "<option selected>2019<"):
        assert option in page.text
    assert "2018" not in page.text
    assert "这一选择" not in page.text


def test_rows_agencies_and_missing_are_told_before_anything_is_made(datasette: Any) -> None:
    query = "kind=finance&kind=audit&from=2020&to=2022&scope=own&format=csv"
    with mock.patch.object(making.Workshop, "make") as make:
        page = get(datasette, f"/xiazai?{query}")
    make.assert_not_called()
    told = text_of(page)
    assert "这一选择：5 行，2 个机关，2020–2022 年度" in told
    counts = [int(n) for n in re.findall(r"<dd>(\d+)</dd>", page.text)[:3]]
    assert counts == [3, 2, 2]  # held, read, missing
    assert "另有 1 份年报的范围未能确定" in told
    link = re.search(r'href="(/xiazai/mianban\.zip\?[^"]+)"', page.text)
    assert link
    assert set(link[1].partition("?")[2].split("&amp;")) == set(query.split("&"))
    assert '<option value="finance" selected>' in page.text


@pytest.mark.parametrize(
    ("query", "rows"),
    [("region=旧县", 8), ("region=990107", 4), ("province=990000", 26), ("region=示例区", 18)],
)
def test_a_region_is_asked_by_name_or_code(datasette: Any, query: str, rows: int) -> None:
    assert f"这一选择：{rows} 行" in text_of(get(datasette, f"/xiazai?{quote(query, safe='=')}"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("region=无此地", "没有这一名称或代码的地区"),
        ("region=新县", "这一名称的地区不止一个，请写代码：新县 990198、新县 990199"),
        ("from=2022&to=2020", "起始年度晚于结束年度"),
        ("from=1999", "年度须在 2019 至 2022 之间"),
        ("kind=%27%3B--", "没有这一机关类别"),
        ("scope=both", "没有这一范围"),
        ("format=xls", "没有这一格式"),
    ],
)
def test_what_cannot_be_meant_is_said(datasette: Any, query: str, said: str) -> None:
    for path in ("/xiazai", "/xiazai/mianban.zip"):
        answer = get(datasette, f"{path}?{quote(query, safe='=&%')}")
        assert answer.status_code == 400
        assert said in text_of(answer)


def test_what_was_filled_in_stays_when_it_is_refused(datasette: Any) -> None:
    query = "region=无此地&kind=audit&level=county&from=2020&to=2021&scope=own&format=dta"
    page = get(datasette, f"/xiazai?{quote(query, safe='=&')}").text
    assert re.findall(r'<option(?: value="(\w*)")? selected>([^<（]*)', page) == [
        ("", "2020"), ("", "2021"), ("audit", "audit"),
    ]  # fmt: skip
    assert re.findall(r'name="(\w+)" value="(\w+)" checked', page) == [
        ("scope", "own"), ("level", "county"), ("format", "dta"),
    ]  # fmt: skip
    assert 'value="无此地"' in page


def test_a_place_that_is_shown_again_is_escaped(datasette: Any) -> None:
    page = get(datasette, "/xiazai?region=" + quote('"><script>x'))
    assert "<script" not in page.text


# -- taking ---------------------------------------------------------------------------


def test_the_zip_is_the_one_that_the_command_makes(
    datasette: Any, root: Path, tmp_path: Path
) -> None:
    query = "kind=finance&from=2019&to=2022&scope=own&format=csv&format=dta"
    with (
        mock.patch.dict(os.environ, {"TMPDIR": str(tmp_path)}),
        mock.patch.object(tempfile, "tempdir", None),
    ):
        answer = get(datasette, f"/xiazai/mianban.zip?{query}")
    out = io.BytesIO()
    asked = Selection(2019, 2022, "own", ("finance",))
    write_bundle(root / "releases" / NAME, asked, out, ("csv", "dta"), address="http://localhost/")
    assert answer.status_code == 200, answer.text
    assert answer.content == out.getvalue()
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-disposition"].startswith('attachment; filename="nianbao-')
    assert list(tmp_path.iterdir()) == []
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert "http://localhost/" in archive.read("CITATION.txt").decode()
    with mock.patch.object(making.Workshop, "make") as make:
        again = get(datasette, f"/xiazai/mianban.zip?{query}", if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    make.assert_not_called()


def test_what_is_too_large_is_refused_with_the_way_to_it(datasette: Any) -> None:
    with mock.patch.object(downloads, "LARGEST", 21):
        answer = get(datasette, "/xiazai/mianban.zip?scope=all")
        page = get(datasette, "/xiazai?scope=all&kind=")
    assert answer.status_code == 413
    assert "26 行，超过在线生成的上限 21 行" in text_of(answer)
    assert "python -m archive panel --data data --years 2019-2022 --scope all" in text_of(page)
    assert "mianban.zip?" not in page.text
    assert downloads.LARGEST >= 20_000


def test_an_empty_selection_has_no_file(datasette: Any) -> None:
    assert get(datasette, "/xiazai/mianban.zip?level=township").status_code == 404


#: More than are made and wait together.
VISITORS = 7


def test_one_is_made_at_a_time_few_wait_and_the_others_are_told_when_to_come(
    datasette: Any,
) -> None:
    running: list[str] = []
    most = 0

    async def many() -> list[Any]:
        path = "/xiazai/mianban.zip?kind=finance"
        all_have_come = asyncio.Event()
        make, come = making.Workshop.make, 0

        async def counted(*asked: Any) -> Path:
            nonlocal come
            come += 1
            if come == VISITORS:
                all_have_come.set()
            return await make(*asked)

        async def slow(_told: str) -> None:
            nonlocal most
            running.append("x")
            most = max(most, len(running))
            await all_have_come.wait()
            running.pop()
            raise making.NotMade("that is all")

        with (
            mock.patch.object(making, "_run", slow),
            mock.patch.object(making.Workshop, "make", counted),
        ):
            return await asyncio.gather(*(datasette.client.get(path) for _ in range(VISITORS)))

    answers = asyncio.run(many())
    assert {answer.status_code for answer in answers} == {503}
    full = [answer for answer in answers if "正在生成的面板已满" in answer.text]
    assert (most, len(full)) == (1, VISITORS - 1 - making.WAITING)
    assert all(answer.headers["retry-after"] == str(making.AGAIN) for answer in answers)
    assert making.workshop(datasette).asked == 0


def test_who_leaves_gives_the_place_back(root: Path, tmp_path: Path) -> None:
    ended = []

    async def leave() -> making.Workshop:
        workshop, has_begun = making.Workshop(), asyncio.Event()

        async def endless(_told: str) -> None:
            has_begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("killed")

        async def left() -> None:
            await has_begun.wait()

        with mock.patch.object(making, "_run", endless), pytest.raises(making.Gone):
            await workshop.make(root, Selection(), ("csv",), "", left)
        return workshop

    with mock.patch.object(tempfile, "tempdir", str(tmp_path)):
        assert asyncio.run(leave()).asked == 0
    assert (ended, list(tmp_path.iterdir())) == (["killed"], [])


def test_what_takes_too_long_is_given_up(root: Path, tmp_path: Path) -> None:
    async def endless(_told: str) -> None:
        await asyncio.Event().wait()

    async def wait() -> None:
        with pytest.raises(making.NotMade, match="too long"):
            await making.Workshop().make(root, Selection(), ("csv",), "", asyncio.Event().wait)

    with (
        mock.patch.object(making, "_run", endless),
        mock.patch.object(making, "LONGEST", 0.01),
        mock.patch.object(tempfile, "tempdir", str(tmp_path)),
    ):
        asyncio.run(wait())
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_fails_is_said_and_leaves_nothing(
    datasette: Any, root: Path, tmp_path: Path
) -> None:
    async def fail() -> None:
        with pytest.raises(making.NotMade, match="knows no agency"):
            await making.Workshop().make(
                root / "releases" / NAME, Selection(levels=("township",)), ("csv",), "", forever
            )

    async def forever() -> None:
        await asyncio.Event().wait()

    with mock.patch.object(tempfile, "tempdir", str(tmp_path)):
        asyncio.run(fail())
    assert list(tmp_path.iterdir()) == []


# -- whole releases -------------------------------------------------------------------


def test_every_file_of_the_list_is_there_with_size_and_digest(datasette: Any, root: Path) -> None:
    page = get(datasette, "/xiazai").text
    folder = root / "releases" / NAME
    for name in ("nianbao.db", "text.db", "index.html", "csv/reports.csv", "SHA256SUMS"):
        body = (folder / name).read_bytes()
        assert f'href="/xiazai/wenjian/{name}"' in page
        assert hashlib.sha256(body).hexdigest() in page
        answer = get(datasette, f"/xiazai/wenjian/{name}")
        assert (answer.status_code, answer.content) == (200, body)
        assert answer.headers["content-length"] == str(len(body))
    assert "root.json" not in page


def test_nothing_is_shown_in_a_page(datasette: Any) -> None:
    answer = get(datasette, "/xiazai/wenjian/index.html")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    ["notes.txt", "../../root.json", "..%2F..%2Froot.json", "csv/../notes.txt", "csv",
     "/etc/passwd", "%2e%2e/%2e%2e/root.json"],
)  # fmt: skip
def test_no_other_file_is_given(datasette: Any, name: str) -> None:
    answer = get(datasette, f"/xiazai/wenjian/{name}")
    assert answer.status_code == 404
    assert SECRET not in answer.text


def test_a_part_can_be_asked_for(datasette: Any, root: Path) -> None:
    body = (root / "releases" / NAME / "nianbao.db").read_bytes()
    path, size = "/xiazai/wenjian/nianbao.db", len(body)
    tag = get(datasette, path, "HEAD").headers["etag"]
    for asked, first, last in (
        ("bytes=100-199", 100, 199), ("bytes=-7", size - 7, size - 1),
        (f"bytes={size - 3}-", size - 3, size - 1), (f"bytes=5-{size * 2}", 5, size - 1),
    ):  # fmt: skip
        part = get(datasette, path, range=asked, if_range=tag)
        assert (part.status_code, part.content) == (206, body[first : last + 1])
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
    whole = get(datasette, path, range="bytes=100-199", if_range='"of another release"')
    assert (whole.status_code, len(whole.content)) == (200, size)
    beyond = get(datasette, path, range=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert get(datasette, path, if_none_match=f'W/"x", {tag}').status_code == 304
    head = get(datasette, path, "HEAD")
    assert (head.headers["content-length"], head.content) == (str(size), b"")


def test_a_release_without_a_list_has_no_files(tmp_path: Path) -> None:
    assert whole_files(tmp_path) == ()


# -- CSVs of tables and statements ----------------------------------------------------


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text, newline="")))[1:]


def test_a_table_is_streamed_to_its_end(datasette: Any) -> None:
    rows = rows_of(get(datasette, "/nianbao/left_out.csv?_stream=on"))
    assert sorted(int(row[1]) for row in rows) == list(range(1, MANY + 1))


def test_where_a_stream_ends_before_its_end_it_says_so(datasette: Any) -> None:
    assert datasette.setting("max_csv_mb") == 100
    with mock.patch.dict(datasette._settings, {"max_csv_mb": 1}):
        answer = get(datasette, "/nianbao/left_out.csv?_stream=on")
    assert "more than 1MB" in answer.text[-80:] or "more than 1048576 bytes" in answer.text[-80:]
    assert "至多 100 MB，到达上限时在文件末尾写明" in text_of(get(datasette, "/xiazai"))


def test_a_statement_gives_all_its_rows(datasette: Any) -> None:
    sql = quote("select documents, portal from left_out where documents > :least")
    answer = get(datasette, f"/nianbao.csv?sql={sql}&least=3")
    assert sorted(int(row[0]) for row in rows_of(answer)) == list(range(4, MANY + 1))


def test_a_statement_gives_nothing_rather_than_a_part(datasette: Any) -> None:
    sql = quote("select * from left_out")
    with mock.patch.dict(datasette._settings, {"max_csv_mb": 1}):
        answer = get(datasette, f"/nianbao.csv?sql={sql}")
    assert (answer.status_code, "结果超过 1 MB，没有截断给出" in answer.text) == (413, True)
    endless = quote("with recursive n(i) as (select 1 union all select i + 1 from n) "
                    "select i from n")  # fmt: skip
    with mock.patch.dict(datasette._settings, {"sql_time_limit_ms": 50}):
        answer = get(datasette, f"/nianbao.csv?sql={endless}")
    assert (answer.status_code, "超过 0.05 秒，已中止" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from figures", "只能查询"),
        ("select lacking from left_out", "没有这一列"),
        ("attach 'x' as x", "只能查询"),
        ("", "只能查询"),
    ],
)
def test_a_statement_that_cannot_be_is_refused(datasette: Any, sql: str, said: str) -> None:
    answer = get(datasette, f"/nianbao.csv?sql={quote(sql)}")
    assert (answer.status_code, said in text_of(answer)) == (400, True)


def test_a_statement_has_no_formula_and_no_path(datasette: Any) -> None:
    sql = quote("select '=1+1' as a, '-5' as b, x'00ff' as c union select file, 1, 1 "
                "from pragma_database_list")  # fmt: skip
    assert rows_of(get(datasette, f"/nianbao.csv?sql={sql}")) == [["'=1+1", "-5", "00ff"]]


def test_statements_can_be_shut_off(root: Path) -> None:
    closed = site(root, sql=False)
    assert get(closed, "/nianbao.csv?sql=select+1").status_code == 403
    told = get(closed, "/nianbao?sql=select+1")  # where the links of our pages lead
    assert (told.status_code, "没有开放自写的查询语句" in told.text) == (403, True)
    assert 'href="/xiazai"' in told.text.split("<h1>")[1]
    assert "没有开放" not in get(closed, "/_internal").text


def test_a_named_query_gives_all_its_rows(datasette: Any, root: Path) -> None:
    name, sql = next(iter(query_csv._queries().items()))
    given = dict.fromkeys(re.findall(r":([a-z]\w*)", sql), "")
    answer = get(datasette, f"/nianbao/{quote(name)}.csv")
    with sqlite3.connect(root / "releases" / NAME / "nianbao.db") as db:
        wanted = db.execute(sql, given).fetchall()
    db.close()
    assert (answer.status_code, bool(wanted)) == (200, True)
    assert rows_of(answer) == [["" if v is None else str(v) for v in row] for row in wanted]
