"""What a list's title says; the commands' arguments are told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.titles import has_year, judge
from tests.crawls import scrapy


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("示例县统计局2022年政府信息公开工作年度报告", "report"),
        ("示例县财政局、审计局2022年政府信息公开年报", "report"),
        ("指南村2022年信息公开年报", "report"),
        ("解放街道2022年度政府信息公开工作总结", "report"),
        ("示例县民政局2022年政府信息公开工作年...", "report"),
        ("示例县民政局2022年政府信息公开…", "report"),
        ("2022 年 政府信息 公开 工作 年度 报告", "report"),
        ("示例镇2022", "candidate"),
        ("附件", "candidate"),
        ("示例县政府信息公开指南", "other"),
        ("政府信息公开指南（2023年修订）", "other"),
        ("关于编制2022年政府信息公开年报的通知", "other"),
        ("示例县2022年政府信息公开年报统计表", "other"),
        ("一图读懂示例县2022年政府信息公开年报", "other"),
        ("示例县政府网站年度报表（2022年）", "other"),
        ("示例县2014年政府信息公开工作年度报告及统计表", "report"),
        ("示例县2014年政府信息公开工作年度报告、统计表", "report"),
        ("示例县2014年政府信息公开工作年度报告（附统计表）", "report"),
        ("示例县2014年政府信息公开工作年度报告(附:统计表).doc", "report"),
        ("示例县2014年政府信息公开工作年度报告（图文解读）", "report"),
        ("上海报业示例集团2022年信息公开年度报告", "report"),
        ("珠海报送2022年政府信息公开年报", "report"),
        ("示例市第一图书馆2022年政府信息公开年报", "report"),
        ("关于公布2014年政府信息公开年度报告的通知", "candidate"),
        ("示例县政府办公室关于印发《示例县2014年政府信息公开工作年度报告》的通知", "candidate"),
        ("关于发布2014年度政府信息公开年报的通告", "candidate"),
        ("关于印发2014年政府信息公开年度报告格式的通知", "other"),
        ("关于做好2023年政府信息公开工作年度报告编制发布工作的通知", "other"),
        ("关于报送2014年政府信息公开年度报告的通知", "other"),
        ("《示例县2022年政府信息公开工作年度报告》解读", "other"),
        ("图解：示例县2022年政府信息公开工作年度报告", "other"),
        ("图解：示例县2022年政府信息公开工作年度报告（附统计表）", "other"),
        ("示例县2022年政府信息公开工作年度报告海报", "other"),
        ("2020年政府信息公开情况（统计表）", "other"),
    ],
)
def test_titles(title: str, expected: str) -> None:
    assert judge(title) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("2022年", True), ("二〇二二年度", True), ("二0二二年", True), ("2 0 2 2年", True),
        ("120221", False), ("2122年", False), ("示例镇", False), ("", False),
    ],
)  # fmt: skip
def test_which_titles_name_a_year(title: str, expected: bool) -> None:
    assert has_year(title) is expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "takes -a portal=KEY"),
        ({"portal": " ,"}, "takes -a portal=KEY"),
        ({"portal": "nobody"}, "has no portal 'nobody'"),
        ({"portal": "x", "bogus": "1"}, "not bogus"),
        ({"portal": "x", "registry": "/nowhere.toml"}, "/nowhere.toml: cannot be read"),
        ({"shard": "nonsense"}, "nonsense"),
    ],
)
def test_the_spider_says_in_one_line_what_it_lacks(
    tmp_path: Path, arguments: dict[str, str], said: str
) -> None:
    given = {"data": str(tmp_path / "data"), **arguments}
    options = [word for name, value in given.items() for word in ("-a", f"{name}={value}")]
    done = scrapy("crawl", "annual_reports", *options, "-s", "LOG_LEVEL=WARNING")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert said in done.stderr
    assert not (tmp_path / "data").exists()
