"""A report that a portal changes three times, and our reader once: from the crawl to the pages."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET  # our own output
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import urlsplit

import pytest

from archive.root import DataRoot
from archive.site.serve import running
from extract import read
from extract.types import Report
from tests.crawls import collect
from tests.portal import Portal, manifest
from tests.stored import build, db

KEY = "shili-audit"
READ = "t3_granted_total"


class Changed(NamedTuple):
    """A site, the report on it, the figure that its portal changed, old and new."""

    base: str
    root: DataRoot
    report_id: str
    figure: str
    before: str
    after: str


def edited(body: bytes) -> tuple[list[bytes], str, str, str]:
    """A page in three more texts: hardly changed, other words, another figure; and which."""
    text, report = body.decode(), read(body)
    line = next(line for line in report.chapters["五"].splitlines() if text.count(line) == 1)
    figure = next(
        each
        for each in report.figures
        if each.table == "t3" and each.value and text.count(f">{each.printed}<") == 1
    )
    cosmetic = text.replace(line, f"{line[:-1]}！")
    other = cosmetic.replace(line[:-1], f"{line[:-1]}。另外，将逐项列出清单，按季度公布办理进度")
    before, after = str(figure.printed), str(int(str(figure.value)) + 1)
    figures = other.replace(f">{before}<", f">{after}<")
    return [each.encode() for each in (cosmetic, other, figures)], figure.key, before, after


def reads_otherwise(body: bytes) -> Report:
    report = read(body)
    figures = tuple(
        replace(each, printed="7", value=7) if each.key == READ else each for each in report.figures
    )
    return replace(report, figures=figures)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changed]:
    folder = tmp_path_factory.mktemp("changed")
    registry, root = folder / "portals.toml", DataRoot(folder / "data")
    with Portal() as portal:
        registry.write_text(portal.registry(), "utf-8")
        assert collect(registry, root.path, "--portal", KEY).returncode == 0
        reports = [each for each in manifest(portal.port)["reports"] if each["portal"] == KEY]
        report = next(r for r in reports if r["how"] != "attachment" and r["form"] == "2021")
        host, path = urlsplit(report["url"]).hostname or "", urlsplit(report["url"]).path
        texts, figure, before, after = edited(portal.page(host, path).body)
        for text in texts:
            portal.replace(host, path, text)
            assert collect(registry, root.path, "--portal", KEY).returncode == 0
    build(root)
    ((report_id,),) = db(root, f"SELECT report_id FROM reports WHERE url = '{report['url']}'")
    with (
        mock.patch("tests.stored.read", reads_otherwise),
        mock.patch("archive.readings.reader_version", return_value="another"),
        mock.patch("archive.release.history.reader_version", return_value="another"),
        mock.patch("archive.release.publish.reader_version", return_value="another"),
        mock.patch("archive.release.checks.losses", return_value=[]),
    ):
        build(root)
    with running(root.path) as base:
        yield Changed(base, root, report_id, figure, before, after)


def texts_of(page: Any, selector: str) -> list[str]:
    return [text.strip() for text in page.locator(selector).all_inner_texts()]


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    yield context.new_page()
    context.close()


def test_the_release_has_each_change_once(changed: Changed) -> None:
    rows = db(
        changed.root,
        "SELECT kind, cause, from_version, to_version, cells FROM changes "
        f"WHERE report_id = '{changed.report_id}' ORDER BY number",
    )
    told = [(k, c, f and f.rpartition(".")[2], t.rpartition(".")[2]) for k, c, f, t, _ in rows]
    assert told == [
        ("first", "page", None, "v1"),
        ("cosmetic", "page", "v1", "v2"),
        ("text", "page", "v2", "v3"),
        ("figures", "page", "v3", "v4"),
        *(("figures", "reader", f"v{n}", f"v{n}") for n in range(1, 5)),
    ]
    assert json.loads(rows[3][4]) == {changed.figure: [changed.before, changed.after]}
    assert [set(json.loads(row[4])) for row in rows[4:]] == [{READ}] * 4


def test_the_report_page_lists_versions_with_dates_kinds_and_causes(
    changed: Changed, page: Any
) -> None:
    page.goto(f"{changed.base}bg/{changed.report_id}")
    assert texts_of(page, "#banben li b")[:5] == [
        "首次取得",
        "页面变更：文字细微不同",
        "页面变更：文字不同",
        "页面变更：数值不同（1 格）",
        "本站重新读取：数值不同（1 格）",
    ]
    assert page.locator("#banben time").count() >= 4
    assert page.locator("article").inner_text().count("共 4 个版本，本页为第 4 版（现行版本）") == 1
    page.locator("#banben li", has_text="文字细微不同").get_by_role("link", name="第 2 版").click()
    assert "不是现行版本" in page.locator("article").inner_text()
    for word in ("篡改", "删除", "错误"):
        assert word not in page.locator("#banben").inner_text()


def test_a_change_is_shown_cell_by_cell_and_word_by_word(changed: Changed, page: Any) -> None:
    page.goto(f"{changed.base}bg/{changed.report_id}")
    item = page.locator("#banben li", has_text="页面变更：数值不同")
    item.get_by_role("link", name="对照").click()
    assert page.url.endswith(f".v4/bian?cong={changed.report_id}.v3")
    row = page.locator(f"tr[data-figure={changed.figure}]").first
    assert (row.locator("del").inner_text(), row.locator("ins").inner_text()) == (
        changed.before, changed.after,
    )  # fmt: skip
    assert page.locator(".nb-cells").first.locator("tbody tr").count() == 1
    assert "各章文字相同" in page.locator("article").inner_text()
    own = page.locator("section", has=page.get_by_role("heading", name="本站重新读取"))
    assert texts_of(own, "tbody ins") == ["7"]

    page.goto(f"{changed.base}bg/{changed.report_id}.v3/bian")
    assert "所印数值相同" in page.locator("article").inner_text()
    assert texts_of(page, ".nb-text ins") == ["。另外，将逐项列出清单，按季度公布办理进度"]
    assert page.locator("script").count() == 0
    # Nothing runs out of the window of a phone.
    wide = page.locator("html").evaluate("node => node.scrollWidth")
    assert wide <= 390


def test_any_two_versions_can_be_compared(changed: Changed, page: Any) -> None:
    page.goto(f"{changed.base}bg/{changed.report_id}.v4/bian?cong={changed.report_id}.v1")
    assert "没有登记直接的变更" in page.locator("article").inner_text()
    rows = page.locator(".nb-cells").first.locator("tbody tr")
    assert rows.count() == 1
    assert rows.first.get_attribute("data-figure") == changed.figure
    assert texts_of(rows.first, "td") == [changed.before, changed.after]
    assert "另外，将逐项列出清单" in "".join(texts_of(page, ".nb-text ins"))


def test_only_the_pages_own_changes_are_listed_and_fed(changed: Changed, page: Any) -> None:
    page.goto(f"{changed.base}biangeng")
    assert texts_of(page, ".nb-past li b") == ["数值不同（1 格）", "文字不同", "文字细微不同"]
    page.get_by_role("link", name="订阅（Atom）").get_attribute("href")
    feed = page.request.get(f"{changed.base}biangeng.atom").body()
    atom = {"a": "http://www.w3.org/2005/Atom"}
    root = ET.fromstring(feed)
    titles = [entry.findtext("a:title", "", atom) for entry in root.findall("a:entry", atom)]
    assert [title.rpartition("：")[2] for title in titles] == [
        "数值不同（1 格）", "文字不同", "文字细微不同",
    ]  # fmt: skip
    link = root.find("a:entry/a:link", atom)
    assert link is not None
    page.goto(str(link.get("href")))
    assert page.locator(f"tr[data-figure={changed.figure}]").count() == 1


def test_a_day_is_asked_for_without_a_script(changed: Changed, page: Any, tmp_path: Path) -> None:
    page.goto(f"{changed.base}bg/{changed.report_id}")
    page.locator("input[name=ri]").fill("2999-12-31")
    page.get_by_role("button", name="查看").click()
    assert page.url.endswith(f"/bg/{changed.report_id}?ri=2999-12-31")
    assert "2999-12-31 的情形（按 UTC）：第 4 版" in page.locator(".nb-day").inner_text()
    page.locator("input[name=ri]").fill("2001-01-01")
    page.get_by_role("button", name="查看").click()
    assert "首次取得" in page.locator("main").inner_text()
    assert page.locator("#shuzhi").count() == 0
