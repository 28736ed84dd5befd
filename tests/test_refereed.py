"""What a referee of the site's figures found: odd reports, and what each page says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from archive.release.meaning import check_rows
from archive.schema import indicators
from archive.schema.pooled import add_up
from tests.panel_release import NAME, _region
from tests.served import asking, soup, table
from tests.small_release import UNREAD, Office, Printed, release

DISTRICT = "示例省示例市示例县"
REGIONS = (
    _region("990000", "示例省", 0, None, "990000") | {"level": "province", "parent_code": None},
    _region("990102", "示例县", 0, None, "990102"),
)
GOVERNMENT = Office("990102-government", "示例县人民政府", "government", form="government")
FINANCE = Office("990102-finance", "示例县财政局", "finance", form="department")
AUDIT = Office("990102-audit", "示例县审计局", "audit", form="department")
UNREAD_OFFICE = Office("990102-health", "示例县卫生局", "health", form="department")
OLD_OFFICE = Office("990102-culture", "示例县文化局", "culture", form="department")
REPORTS = (
    Printed(GOVERNMENT, 2022, {"t3_received_new_total": 11}, published="2023-01-10"),
    Printed(GOVERNMENT, 2022, {"t3_received_new_total": 1003}, scope="aggregate",
            published="2023-05-10"),
    Printed(FINANCE, 2020, {"t3_granted_total": 1.5, "t3_processed_total_total": -3,
                            "t2_procurement_amount": (275788.31, "元")}, form="2019"),
    Printed(FINANCE, 2021, {"t3_received_new_total": 2.5, "t2_fee_charged": (12937, "元")}),
    Printed(FINANCE, 2022, {"t3_granted_total": UNREAD, "t2_fee_charged": (43.788, "万元")}),
    Printed(AUDIT, 2020, {"t3_received_new_total": 8}, scope="unknown", form="2019"),
    Printed(UNREAD_OFFICE, 2022, form=None, status="needs_ocr"),
    Printed(OLD_OFFICE, 2021, form="legacy"),
)  # fmt: skip


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    root = tmp_path_factory.mktemp("refereed")
    folder = root / "releases" / NAME
    folder.mkdir(parents=True)
    with release(REPORTS, REGIONS) as db:
        db.executemany("INSERT INTO _years VALUES (?)", [(year,) for year in range(2019, 2023)])
        checks = [tuple(row.values()) for row in check_rows()]
        names = ", ".join(f'"{name}"' for name in check_rows()[0])
        marks = ", ".join("?" * len(checks[0]))
        db.executemany(f"INSERT OR IGNORE INTO checks ({names}) VALUES ({marks})", checks)
        indicators.note_blanks(db)
        add_up(db)
        for name, file in (("main", "nianbao.db"), ("text", "text.db")):
            db.execute(f"VACUUM {name} INTO ?", (str(folder / file),))
    manifest = {"release": NAME, "content_hash": "ab" * 32, "fiction": True, "counts": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (root / "releases" / "current").symlink_to(NAME)
    return asking(root)


def rows(page: Any, label: str) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in table(page, label) if row}


def test_heat_counts_agencies_not_their_reports(ask: Any) -> None:
    # Read of 2022: the government twice, and the office of finance; of five agencies.
    assert rows(soup(ask("/")), "地区与年度的覆盖表")[DISTRICT][0] == "2/5"


def test_of_what_was_not_read_nothing_was_checked(ask: Any) -> None:
    assert "收有 1 份年报，都还没有读出，未作核对。" in soup(ask("/jg/990102-health")).get_text()
    audit = soup(ask("/jg/990102-audit"))
    assert "未发现不相符的核对" in audit.get_text()
    assert "有的年报范围未确定，或为汇总。" in audit.get_text()
    assert list(rows(audit, "各年度年报"))[-2] == "2020范围未确定"


def test_the_aggregate_beside_an_own_report_has_dates_of_its_own(ask: Any) -> None:
    page = soup(ask("/jg/990102-government"))
    years = rows(page, "各年度年报")
    assert years["2022"][2] == "—"
    assert years["2022汇总"][1:4] == ["2023-05-10", "2023-03-31所示日期晚40日", "2023-05-01"]
    assert "2022 年度汇总晚 40 日。" in page.get_text()


def test_an_amount_in_another_unit_says_so(ask: Any) -> None:
    series = rows(soup(ask("/jg/990102-finance")), "各年度数字")
    assert series["收费金额（万元）"][-2:] == ["12937（元）", "43.788"]
    cell = soup(ask("/bg/990102-finance-2021")).select_one("#sz-t2_fee_charged")
    assert cell is not None
    assert cell.get_text().startswith("12937（元）")
    side = soup(ask("/bijiao?jg=990102-finance&nian=2021&nian=2022&nian=2020"))
    found = rows(side, "主动公开政府信息情况")
    assert found["采购总金额"][0].startswith("275788.31（元）")
    assert found["本年收费金额（单位：万元）"][1].startswith("12937（元）")
    assert found["本年收费金额（单位：万元）"][2].startswith("43.788")


def test_own_and_aggregate_have_no_difference(ask: Any) -> None:
    found = rows(soup(ask("/bijiao?jg=990102-government")), "收到和处理政府信息公开申请情况")
    assert found["一、本年新收政府信息公开申请数量"] == ["11", "1003", "—"]


def test_of_less_than_nothing_there_is_no_rate(ask: Any) -> None:
    side = rows(soup(ask("/bijiao?jg=990102-finance&nian=2020")), "比率")
    assert side["公开率（占办理总计）"] == ["分母为负"]
    chart = soup(ask("/tubiao/gongkailv"))
    assert rows(chart, "公开率表")["2020"][2:5] == ["分母为负", "1.5／-3", "1"]
    assert "-50" not in str(chart.select_one("svg.nb-plot") or chart)


def test_a_number_with_a_fraction_keeps_it(ask: Any) -> None:
    pooled = table(soup(ask("/diqu/990102")), "本级机关合计")
    assert [row[6] for row in pooled if row[0].startswith("2021")] == ["2.5"]
    assert ">2.5</text>" in ask("/tubiao/xinshou").text


def test_a_break_is_marked_whatever_else_a_year_has(ask: Any) -> None:
    """A report of unknown scope of 2020 stands apart, not between those of 2020 and 2021."""
    pooled = table(soup(ask("/diqu/990102")), "本级机关合计")[1:]
    assert [(row[0], row[1]) for row in pooled] == [
        ("2020", "本机关"), ("2021中断", "本机关"), ("2022", "本机关"), ("2020", "未确定"),
        ("2022", "汇总"),
    ]  # fmt: skip


def test_a_countys_coverage_is_not_told_by_its_provinces(ask: Any) -> None:
    page = soup(ask("/tubiao/fugai?diqu=990102"))
    chosen = page.select_one("select[name=diqu] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "990000"


def test_no_share_of_reports_that_a_check_may_not_concern(ask: Any) -> None:
    assert "不列占比" in soup(ask("/yidian?hedui=C17")).get_text()
    assert "不列占比" not in soup(ask("/yidian")).get_text()


def test_of_what_was_not_read_json_counts_no_checks(ask: Any) -> None:
    (report,) = ask("/jg/990102-health.json").json()["reports"]
    assert (report["passed"], report["failed"], report["days_late"]) == (None, None, None)
    assert ask("/bg/990102-health-2022.json").json()["checks_passed"] is None
    found = {each["scope"]: each for each in ask("/jg/990102-government.json").json()["reports"]}
    assert [found["own"][name] for name in ("deadline", "days_late")] == [None, None]
    assert (found["aggregate"]["deadline"], found["aggregate"]["days_late"]) == ("2023-03-31", 40)
    assert found["aggregate"]["passed"] > 0


def test_a_report_of_an_old_form_brings_no_figures_to_a_panel(ask: Any) -> None:
    found = soup(ask("/xiazai?kind=culture&scope=all")).select(".nb-taken dd")
    assert [each.get_text() for each in found][:3] == ["1", "0", "3"]


def test_a_report_of_another_scope_is_not_said_to_be_missing(ask: Any) -> None:
    page = soup(ask("/bijiao?jg=990102-finance&nian=2021&nian=2019&fanwei=aggregate"))
    assert rows(page, "所比较的年报")["状态"][:2] == ["·未取得", "仅有另一范围"]
