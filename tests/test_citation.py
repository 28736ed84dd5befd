"""Citations: GB/T 7714 lines and BibTeX entries, also of hostile titles."""

from __future__ import annotations

import re

import pytest

from archive.citation import Citation, of_figure, of_release, of_report

MANIFEST = {
    "release": "20260102-030405-abcdef01",
    "built_at": "2026-01-02T03:04:05Z",
    "content_hash": "c" * 64,
}
REPORT = {
    "title": "示例市财政局2023年政府信息公开工作年度报告",
    "agency": "示例市财政局",
    "year": 2023,
    "version_id": "990100-finance-2023.v2",
    "published": "2024-01-20",
    "url": "http://www.shili.example/a.html",
    "captured_at": "2025-02-03T04:05:06.789Z",
    "sha256": "d" * 64,
}
PAGE = "https://nianbao.example/bg/990100-finance-2023.v2"
HOSTILE = "}} @misc{x,\n title={y} \\input{z} 50% $#_&^~\r\n"
HOSTILE += "\u2028第二行\u202e倒\u2066转\u200b\x00\ud800 {"


def fields(bibtex: str) -> dict[str, str]:
    """An entry's fields, by BibTeX's own rule: a value ends where the braces are even again."""
    head, rest = bibtex.split(",", 1)
    assert re.fullmatch(r"@[a-z]+\{[A-Za-z0-9:._+-]+", head), head
    found: dict[str, str] = {}
    place = 0
    while start := re.compile(r"\s*([a-z]+) = \{").match(rest, place):
        depth, end = 1, start.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[end], 0)
            end += 1
        found[start[1]] = rest[start.end() : end - 1]
        assert rest[end] == ","
        place = end + 1
    assert rest[place:] == "\n}"
    return found


def key(citation: Citation) -> str:
    return citation.bibtex.split("{", 1)[1].split(",", 1)[0]


def test_a_release() -> None:
    cited = of_release(MANIFEST, "https://nianbao.example/")
    assert cited.gbt == (
        "年报档案. 政府信息公开工作年度报告档案: 版次 20260102-030405-abcdef01[DS/OL]. "
        "(2026-01-02)[2026-01-02]. https://nianbao.example/."
    )
    assert cited.bibtex.startswith("@dataset{nianbao:20260102-030405-abcdef01,")
    found = fields(cited.bibtex)
    assert found["year"] == "2026"
    assert found["version"] == "20260102-030405-abcdef01"
    assert "c" * 64 in found["note"]


def test_a_version_of_a_report() -> None:
    cited = of_report(MANIFEST, REPORT, PAGE)
    assert cited.gbt == (
        "示例市财政局. 示例市财政局2023年政府信息公开工作年度报告[R/OL]. "
        f"(2024-01-20)[2026-01-02]. {PAGE}. "
        "原载 http://www.shili.example/a.html, 2025-02-03 取得. "
        "年报档案版次 20260102-030405-abcdef01."
    )
    found = fields(cited.bibtex)
    assert cited.bibtex.startswith("@techreport{")
    assert (found["year"], found["url"], found["urldate"]) == ("2024", PAGE, "2026-01-02")
    assert found["author"] == found["institution"] == "{示例市财政局}"
    assert "d" * 64 in found["note"]
    assert "20260102-030405-abcdef01" in found["note"]


@pytest.mark.parametrize(
    ("printed", "status", "said"),
    [
        ("12 件", "reported", "报告所印“12 件”"),
        ("0", "reported", "报告所印“0”"),
        (None, "blank", "此格空白"),
        ("—", "dash", "报告所印为横线"),
        ("约3", "unparsed", "报告所印“约3”（未能读作数字）"),
        ("7", "inferred", "报告所印“7”（推定）"),
        (None, "absent", "此格未读到"),
    ],
)
def test_a_figure_is_cited_with_what_is_printed(
    printed: str | None, status: str, said: str
) -> None:
    address = f"{PAGE}#sz-t3_granted_total"
    cited = of_figure(MANIFEST, REPORT, "予以公开 · 总计", printed, status, address)
    title = f"{REPORT['title']}: 予以公开 · 总计，{said}"
    assert f"{title}[R/OL]. (2024-01-20)[2026-01-02]. {address}. 原载" in cited.gbt
    found = fields(cited.bibtex)
    assert (found["title"], found["url"]) == ("{" + title + "}", address)
    assert key(cited) == "nianbao:990100-finance-2023.v2:t3_granted_total"


def test_what_is_not_known_is_not_said() -> None:
    bare = {"agency": None, "year": 2020, "version_id": "u-1-2020.v1"}
    cited = of_report({}, bare, PAGE)
    assert cited.gbt == f"机关未确定. 2020 年度报告[R/OL]. {PAGE}."
    assert "year" not in fields(cited.bibtex)
    assert "None" not in cited.gbt + cited.bibtex


def test_a_file_imported_by_hand_has_no_address_of_its_own() -> None:
    cited = of_report(MANIFEST, {**REPORT, "url": "urn:sha256:abc"}, PAGE)
    assert "人工导入的文件，2025-02-03 取得" in cited.gbt
    assert "urn:" not in cited.gbt


def test_fiction_is_said() -> None:
    invented = {**MANIFEST, "fiction": True}
    for cited in (
        of_release(invented, PAGE),
        of_report(invented, REPORT, PAGE),
        of_figure(invented, REPORT, "予以公开", "1", "reported", PAGE),
    ):
        assert "全部虚构" in cited.gbt
        assert "全部虚构" in fields(cited.bibtex)["title"]


@pytest.mark.parametrize("field", ["title", "agency", "url"])
def test_hostile_words_stay_words(field: str) -> None:
    report = {**REPORT, field: HOSTILE}
    for cited in (
        of_report(MANIFEST, report, PAGE),
        of_figure(MANIFEST, report, HOSTILE, HOSTILE, "unparsed", f"{PAGE}#sz-x}}{{,\n"),
    ):
        assert cited.gbt.splitlines() == [cited.gbt]
        whole = cited.gbt + cited.bibtex
        assert not re.search("[\u200b-\u200f\u2028-\u202e\u2066-\u2069\x00\r\ud800]", whole)
        found = fields(cited.bibtex)
        assert found["urldate"] == "2026-01-02"
        assert not re.search(r"(?<!\\)[%#_&$]", found["title"] + found["author"])
        assert r"\input" not in cited.bibtex
        whole.encode()


def test_keys_are_one_a_figure_and_none_collide() -> None:
    keys = [
        key(of_report(MANIFEST, {**REPORT, "version_id": each}, PAGE))
        for each in ("a_b.v1", "a-b.v1", "a+20+b.v1", "a b.v1", "a:b.v1", "a%b.v1", "a.b.v1")
    ]
    keys += [
        key(of_figure(MANIFEST, REPORT, "同一行", "1", "reported", f"{PAGE}#sz-{figure}"))
        for figure in ("t3_granted_total", "t3_granted_natural", "t3_partial_total")
    ]
    assert len(set(keys)) == len(keys)


def test_a_title_without_end_is_cut() -> None:
    assert len(of_report(MANIFEST, {**REPORT, "title": "长" * 9_000}, PAGE).gbt) < 600
