"""Addresses that stay: each row of the table in docs/citing.md, old ids, releases of before."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.release.departed import NOTE, departed
from archive.release.pruning import prune
from archive.root import DataRoot, Registry
from tests.trust_site import (
    ANOTHER,
    BEFORE,
    FIGURE,
    GONE,
    LATER,
    NEW,
    NOW,
    OLD,
    REPORT,
    UNKNOWN,
    VERSION,
    Asked,
    made,
)

TABLE = (Path(__file__).parent.parent / "docs" / "citing.md").read_text("utf-8")
OLD_AGENCY = BEFORE.removesuffix("-2022")


@pytest.fixture(scope="module")
def ask() -> Asked:
    return Asked(made())


def text(ask: Asked, path: str, status: int = 200) -> str:
    return " ".join(ask.page(path, status).get_text().split())


def _report(ask: Asked) -> None:
    assert ask(f"/bg/{REPORT}.json").json()["version"]["version_id"] == VERSION
    assert "第 1 版（现行版本）" in text(ask, f"/bg/{REPORT}")


def _version(ask: Asked) -> None:
    cell = 'td[data-figure="t3_granted_total"]'
    assert ask.page(f"/bg/{ANOTHER}").select_one(cell).get_text() == "4242"
    assert ask.page(f"/bg/{VERSION}").select_one(cell).get_text() != "4242"


def _cell(ask: Asked) -> None:
    assert ask.page(f"/bg/{VERSION}").select_one(f"td#sz-{FIGURE}").get_text() == "307手"


def _citations(ask: Asked) -> None:
    assert len(ask.page(f"/bg/{VERSION}/yinyong").select(".nb-cite-line")) == 1
    assert "报告所印“4242”" in text(ask, f"/bg/{ANOTHER}/yinyong?cell=t3_granted_total")
    assert f"/bg/{ANOTHER}#sz-t3_granted_total" in text(
        ask, f"/bg/{ANOTHER}/yinyong?cell=t3_granted_total"
    )


def _as_of(ask: Asked) -> None:
    page = ask.page(f"/bg/{VERSION}/yinyong?cell={FIGURE}&banci={OLD}")
    then, now, _ = (line.get_text() for line in page.select(".nb-cite-line"))
    assert "两版次所示不同" in page.get_text()
    assert "报告所印“11”" in then
    assert f"年报档案版次 {OLD}" in then
    assert f"/bg/{VERSION}/yinyong?cell={FIGURE}&banci={OLD}#sz-{FIGURE}" in then
    assert "报告所印“307”（人工读取）" in now
    assert f"年报档案版次 {NEW}" in now
    same = ask.page(f"/bg/{VERSION}/yinyong?cell=t3_granted_total&banci={OLD}")
    assert "此数所示与本站现在所示的版次" in same.get_text()
    assert len(same.select(".nb-cite-line")) == 2  # the figure once, the version
    assert "即本站现在所示" in text(ask, f"/bg/{VERSION}/yinyong?cell={FIGURE}&banci={NEW}")
    assert "没有这一版本" in text(ask, f"/bg/{LATER}/yinyong?cell={FIGURE}&banci={OLD}")
    assert "已不在本站" in text(ask, f"/bg/{VERSION}/yinyong?cell={FIGURE}&banci={GONE}")
    moved = text(ask, f"/bg/{NOW}.v1/yinyong?cell=t3_granted_total&banci={OLD}")
    assert "此数所示与本站现在所示的版次" in moved  # there under the id of before
    for name in (UNKNOWN, "x", f"../{OLD}", f"{OLD}/../{NEW}", "%2e%2e"):
        path = f"/bg/{VERSION}/yinyong?cell={FIGURE}&banci={name}"
        assert "没有这一版次" in text(ask, path, 404)


def _version_as_of(ask: Asked) -> None:
    (line,) = ask.page(f"/bg/{VERSION}/yinyong?banci={OLD}").select(".nb-cite-line")
    assert f"年报档案版次 {OLD}" in line.get_text()


def _between(ask: Asked) -> None:
    assert ask(f"/bg/{VERSION}/bian").status_code == 200
    assert ask(f"/bg/{ANOTHER}/bian?cong={VERSION}").status_code == 200
    assert ask(f"/bg/{ANOTHER}/bian?cong=nobody.v1").status_code == 404


def _day(ask: Asked) -> None:
    assert "2026-01-05" in text(ask, f"/bg/{REPORT}?ri=2026-01-05")
    assert ask(f"/bg/{REPORT}?ri=2020-01-01").status_code == 404


def _for_programs(ask: Asked) -> None:
    assert ask(f"/bg/{ANOTHER}.json").json()["version"]["version_id"] == ANOTHER
    assert ask(f"/bg/{REPORT}.json").json()["report_id"] == REPORT


def _archived(ask: Asked) -> None:
    assert "存档原件" in text(ask, f"/cundang/{ANOTHER}/1")
    assert ask(f"/cundang/{VERSION}/2").status_code == 404


def _archived_figure(ask: Asked) -> None:
    page = ask.page(f"/cundang/{VERSION}/1?cell={FIGURE}")
    assert page.select_one(".nb-sought-number").get_text() == "307"


def _agency(ask: Asked) -> None:
    assert "示例市财政局" in text(ask, "/jg/990101-finance")
    assert ask("/jg/990101-finance.json").json()["agency_id"] == "990101-finance"


def _release(ask: Asked) -> None:
    page = ask.page(f"/banci/{OLD}")
    assert page.select_one(".nb-cite-line").get_text().endswith(f"/banci/{OLD}.")
    assert "以前版次的文件不在线提供" in page.get_text()
    assert {each.get_text() for each in page.select("td code.nb-hash")} >= {"f" * 64}
    assert not page.select('a[href^="/xiazai"]:not(nav a)')
    shown = ask.page(f"/banci/{NEW}")
    assert "本站现在所示即此版次" in shown.get_text()
    assert shown.select_one('a[href="/xiazai#fabu"]')
    both = [a["href"] for a in ask.page("/banci").select("th a")]
    assert both == [f"/banci/{NEW}", f"/banci/{OLD}"]
    assert f"/banci/{NEW}" in text(ask, "/guanyu")  # how to cite what is shown


def _gone(ask: Asked) -> None:
    told = text(ask, f"/banci/{GONE}", 410)
    for each in ("2024-03-01T00:00:00Z", "0b0b0b0b", "2 个版本的标识由它首次给出", NEW):
        assert each in told
    assert "没有这一版次的记录" in text(ask, f"/banci/{UNKNOWN}", 404)
    assert "没有这一版次" in text(ask, "/banci/%2e%2e", 404)


def _tag(ask: Asked) -> None:
    answer = ask("/banci/%E8%AE%BA%E6%96%87-2025")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/banci/{OLD}")
    assert "论文-2025（永久保留）" in text(ask, f"/banci/{OLD}")


def _release_for_programs(ask: Asked) -> None:
    told = ask(f"/banci/{OLD}.json").json()
    assert (told["release"], told["is_shown"], told["tags"]) == (OLD, False, ["论文-2025"])
    assert told["counts"] == {"reports": 2}
    gone = ask(f"/banci/{GONE}.json")
    assert (gone.status_code, gone.json()["release"]) == (410, GONE)
    assert ask(f"/banci/{UNKNOWN}.json").status_code == 404
    assert ask("/banci.json").json()["release"] == NEW


ROWS: dict[str, Callable[[Asked], None]] = {
    "`/bg/<report>`": _report,
    "`/bg/<version>`": _version,
    "`/bg/<version>#sz-<figure>`": _cell,
    "`/bg/<version>/yinyong`": _citations,
    "`/bg/<version>/yinyong?cell=<figure>`": _citations,
    "`/bg/<version>/yinyong?cell=<figure>&banci=<release>`": _as_of,
    "`/bg/<version>/yinyong?banci=<release>`": _version_as_of,
    "`/bg/<version>/bian`": _between,
    "`/bg/<report>?ri=<day>`": _day,
    "`/bg/<report>.json`, `/bg/<version>.json`": _for_programs,
    "`/cundang/<version>/<n>`": _archived,
    "`/cundang/<version>/<n>?cell=<figure>`": _archived_figure,
    "`/jg/<agency>`, `/jg/<agency>.json`": _agency,
    "`/banci/<release>`": _release,
    "`/banci/<release>` of one that is gone": _gone,
    "`/banci/<tag>`": _tag,
    "`/banci/<release>.json`": _release_for_programs,
}


def test_every_row_is_asked_for() -> None:
    told = re.findall(r"^\| (`/.*?) \|", TABLE, re.M)
    assert told == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_a_permanent_address(ask: Asked, row: str) -> None:
    ROWS[row](ask)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (f"/bg/{BEFORE}?ri=2026-01-05", f"/bg/{NOW}?ri=2026-01-05"),
        (f"/bg/{BEFORE}.v1", f"/bg/{NOW}.v1"),
        (f"/bg/{BEFORE}.v1.", f"/bg/{BEFORE}.v1"),  # with a citation's full stop, then on
        (f"/bg/{BEFORE}.json?x=1", f"/bg/{NOW}.json?x=1"),
        (f"/bg/{BEFORE}.v1/yinyong?cell=a&banci=b", f"/bg/{NOW}.v1/yinyong?cell=a&banci=b"),
        (f"/bg/{BEFORE}.v1/bian?cong=a", f"/bg/{NOW}.v1/bian?cong=a"),
        (f"/bg/{BEFORE}.v1/baocuo?cell=a", f"/bg/{NOW}.v1/baocuo?cell=a"),
        (f"/cundang/{BEFORE}.v1/1?cell=a", f"/cundang/{NOW}.v1/1?cell=a"),
        (f"/cundang/{BEFORE}.v1/1/yuanjian?xiazai=1", f"/cundang/{NOW}.v1/1/yuanjian?xiazai=1"),
        (f"/cundang/{BEFORE}.v1/2?cell=a", f"/bg/{NOW}.v1?cell=a#laiyuan"),
        (f"/jg/{OLD_AGENCY}?x=1", "/jg/990101-finance?x=1"),
        (f"/jg/{OLD_AGENCY}.json?x=1", "/jg/990101-finance.json?x=1"),
    ],
)
def test_an_old_id_leads_on_with_its_parameters(ask: Asked, path: str, to: str) -> None:
    assert ask.leads(path) == to


def test_the_comparison_takes_old_ids(ask: Asked) -> None:
    page = ask.page(f"/bijiao?jg={OLD_AGENCY}&jg=990101-finance&nian=2022")
    assert [each["value"] for each in page.select('input[name="jg"]')] == ["990101-finance"]


def test_a_release_that_cannot_be_asked_says_so(tmp_path: Path) -> None:
    shutil.copytree(made(), tmp_path / "root", symlinks=True)
    database = tmp_path / "root" / "releases" / OLD / "nianbao.db"
    database.write_bytes(b"no database" * 99)
    ask = Asked(tmp_path / "root")
    path = f"/bg/{VERSION}/yinyong?cell={FIGURE}&banci={OLD}"
    assert "与现在的程序不合" in text(ask, path)
    database.unlink()
    told = text(ask, path)
    assert "与现在的程序不合" in told
    assert "报告所印“307”" in told
    assert not database.exists()  # it is only read


def test_nothing_is_written_beside_an_older_release(ask: Asked) -> None:
    folder = ask.root / "releases" / OLD
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    ask.page(f"/bg/{VERSION}/yinyong?cell={FIGURE}&banci={OLD}")
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_what_is_pruned_is_noted_before(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    root.claim(Registry("demo", fiction=True))
    names = ["20240101-000000-aaaaaaaa", "20240102-000000-bbbbbbbb", "20260101-000000-cccccccc"]
    for name in names:
        (root.releases / name).mkdir()
        manifest = {"release": name, "built_at": f"at {name}", "content_hash": name[-8:] * 8,
                    "counts": {"reports": 7}}  # fmt: skip
        (root.releases / name / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (root.releases / "current").symlink_to(names[2])
    (root.releases / NOTE).write_text('{"release": "torn', "utf-8")
    assert departed(root, names[0]) is None
    assert prune(root, datetime(2026, 1, 2, tzinfo=UTC)) == [names[0]]  # the other was replaced
    known = departed(root, names[0])
    assert known is not None
    assert (known.content_hash, known.reports) == ("aaaaaaaa" * 8, 7)
    assert departed(root, "20240101-000000-dddddddd") is None
    assert departed(root, "x") is None
