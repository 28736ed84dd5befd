"""The pages and the feed of what changed, asked in-process: addresses, pages, old ids, days."""

from __future__ import annotations

import asyncio
import sqlite3
import xml.etree.ElementTree as ET  # our own output
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from archive.root import DataRoot
from archive.site import feed, past, textdiff
from archive.site.change_words import change_word, kind_word
from archive.site.release import Release
from archive.site.serve import site
from tests.stored import DEMO, ID, SITE, Got, Run, article, build, keep, report_of

ATOM = "{http://www.w3.org/2005/Atom}"
URL = f"{SITE}/a.html"
MANY = "990100-finance-2021"
OLD = "u-0123456789ab"
HOSTILE = "<script>alert('局')</script>\x00\x1f&"


def run(month: int, body: bytes | None) -> Run:
    got = [] if body is None else [Got(URL, body)]
    return Run(got, [(URL, "gone")] if body is None else [], f"2024-{month:02}-10")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """Two texts, gone, and back; and what only the tables know: 120 more changes, old ids."""
    made = DataRoot(tmp_path_factory.mktemp("feed") / "data")
    made.claim(DEMO)
    first, second = article(), article(report_of(error="balance"))
    keep(made, Run([Got(f"{SITE}/many.html", article(report_of(2021)))], day="2024-01-10"))
    keep(made, *(run(m, body) for m, body in enumerate((first, second, None, first), 1)))
    build(made)
    connection = sqlite3.connect(made.current / "nianbao.db")
    with connection:
        connection.executemany(
            "INSERT INTO changes VALUES (?, ?, ?, 'text', 'page', ?, ?, ?, ?, ?, '{}', NULL)",
            [
                (
                    f"{MANY}.c{n}",
                    MANY,
                    n,
                    f"{MANY}.v{n}",
                    f"{MANY}.v{n + 1}",
                    URL,
                    None,
                    f"2023-01-01T00:00:00.{n}Z",
                )
                for n in range(100, 220)
            ],
        )
        connection.executemany(
            "INSERT INTO id_history VALUES (?, ?, ?, 'identified', '20240101-000000')",
            [
                (OLD, "990100-finance", "agency"),
                (f"{OLD}-2022", ID, "report"),
                (f"{OLD}-2022.v2", f"{ID}.v2", "version"),
            ],
        )
    connection.close()
    return made


@pytest.fixture(scope="module")
def get(root: DataRoot) -> Callable[..., Any]:
    datasette = site(root.path)

    def ask(path: str) -> Any:
        return asyncio.run(datasette.client.get(path, follow_redirects=False))

    return ask


# -- the feed -----------------------------------------------------------------------------------


def test_the_feed_is_atom(get: Callable[..., Any]) -> None:
    answer = get("/biangeng.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for tag in ("id", "title", "updated"):  # RFC 4287 §4.1.1
        assert len(root.findall(f"{ATOM}{tag}")) == 1
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "self": "http://localhost/biangeng.atom", "alternate": "http://localhost/biangeng",
    }  # fmt: skip
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == past.IN_FEED
    for entry in entries:  # §4.1.2
        for tag in ("id", "title", "updated", "link"):
            assert len(entry.findall(f"{ATOM}{tag}")) == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len({*ids}) == len(ids)
    assert all(str(each).startswith("urn:uuid:") for each in ids)
    updated = [str(entry.findtext(f"{ATOM}updated")) for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert root.findtext(f"{ATOM}updated") == updated[0]
    titles = [str(entry.findtext(f"{ATOM}title")) for entry in entries[:3]]
    assert [title.partition("：")[2] for title in titles] == [
        "页面变更：恢复为先前的文字（2 格）",
        "页面变更：未能再取得",
        "页面变更：数值不同（2 格）",
    ]  # fmt: skip
    assert "虚构" in str(root.findtext(f"{ATOM}title"))


def test_the_feeds_links_lead_somewhere(get: Callable[..., Any]) -> None:
    root = ET.fromstring(get("/biangeng.atom").content)
    for entry in root.findall(f"{ATOM}entry")[:3]:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert get(str(link.get("href")).removeprefix("http://localhost")).status_code == 200


def test_an_entrys_id_stays_when_the_site_moves(root: DataRoot) -> None:
    row = dict.fromkeys(("from_version", "seen_before", "agency", "year"))
    change = past.Change(
        {**row, "report_id": ID, "kind": "figures", "to_version": f"{ID}.v2", "url": URL,
         "seen_after": "2024-01-01T00:00:00Z"},
        {f"x{n}": ("1", HOSTILE) for n in range(30)},
    )  # fmt: skip
    release = Release(root.path, root.current, {"registry": "demo", "fiction": False})
    ids = set()
    for base in ("http://a.invalid", "https://b.invalid"):
        body = feed.atom([change], release, lambda path, base=base: f"{base}{path}")
        entry = ET.fromstring(body).find(f"{ATOM}entry")
        assert entry is not None
        ids.add(entry.findtext(f"{ATOM}id"))
        summary = str(entry.findtext(f"{ATOM}summary"))
        assert HOSTILE.replace("\x00", "�").replace("\x1f", "�") in summary
        assert b"<script" not in body
        assert "另有 10 格" in summary
    assert len(ids) == 1


def test_a_feed_without_entries_is_as_new_as_its_release(root: DataRoot) -> None:
    manifest = {"built_at": "2026-03-01T00:00:00Z"}
    release = Release(root.path, root.current, manifest)
    body = feed.atom([], release, lambda path: f"http://a.invalid{path}")
    assert ET.fromstring(body).findtext(f"{ATOM}updated") == manifest["built_at"]


# -- the list -----------------------------------------------------------------------------------


def test_the_list_has_pages_of_fifty(get: Callable[..., Any]) -> None:
    counts = [get(f"/biangeng?ye={n}").text.count("年度报告</a>") for n in (1, 2, 3)]
    assert counts == [50, 50, 23]
    assert "第 2 页，共 3 页" in get("/biangeng?ye=2").text
    assert "application/atom+xml" in get("/biangeng").text
    for wrong in ("4", "0", "-1", "x", "9" * 30, "²"):
        assert get(f"/biangeng?ye={quote(wrong)}").status_code == 404


def test_the_list_is_ours_and_strict(get: Callable[..., Any]) -> None:
    assert get("/biangeng").headers["content-security-policy"].startswith("default-src 'none'")


# -- old ids ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"/jg/{OLD}", "/jg/990100-finance"),
        (f"/bg/{OLD}-2022", f"/bg/{ID}"),
        (f"/bg/{OLD}-2022?ri=2024-02-11", f"/bg/{ID}?ri=2024-02-11"),
        (f"/bg/{OLD}-2022.v2", f"/bg/{ID}.v2"),
        (f"/bg/{OLD}-2022.v2/bian", f"/bg/{ID}.v2/bian"),
        (f"/cundang/{OLD}-2022.v2/1", f"/cundang/{ID}.v2/1"),
    ],
)
def test_old_ids_lead_on_for_ever(get: Callable[..., Any], old: str, new: str) -> None:
    answer = get(old)
    assert (answer.status_code, answer.headers["location"]) == (308, new)
    assert get(new).status_code == 200


def test_unknown_ids_are_unknown(get: Callable[..., Any]) -> None:
    for path in ("/bg/990199-none-2020", "/jg/990199-none", "/bg/990199-none-2020/bian"):
        assert get(path).status_code == 404
    assert get(f"/bg/{ID}/bian?cong=990199-none-2020.v1").status_code == 404


# -- a day --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "version", "said"),
    [
        ("2024-01-10", 1, "2024-01-10 首次取得"),
        ("2024-01-31", 1, "当日是否已变，无从得知"),
        ("2024-02-10", 2, "2024-02-10 首次见到"),
        ("2024-03-10", 2, "自 2024-03-10 起未能取得"),
        ("2024-04-10", 1, "2024-04-10 首次见到"),
        ("2030-01-01", 1, "2024-04-10 首次见到"),
    ],
)
def test_the_state_of_a_day(get: Callable[..., Any], day: str, version: int, said: str) -> None:
    text = get(f"/bg/{ID}?ri={day}").text
    assert f"{day} 的情形" in text
    assert f"第 {version} 版" in text.partition("的情形")[2].partition("</div>")[0]
    assert said in text


def test_a_day_before_the_first_capture_and_no_day(get: Callable[..., Any]) -> None:
    early = get(f"/bg/{ID}?ri=2024-01-09")
    assert early.status_code == 404
    assert "2024-01-10 首次取得" in early.text
    assert "不表示当时尚未公布" in early.text
    for wrong in ("2024-13-45", "yesterday", "20240101x"):
        assert get(f"/bg/{ID}?ri={wrong}").status_code == 400


# -- comparisons ----------------------------------------------------------------------------------


def test_versions_without_a_change_between_them_are_compared_too(get: Callable[..., Any]) -> None:
    assert get(f"/bg/{ID}.v1/bian?cong={ID}.v1").status_code == 200
    assert "没有登记直接的变更" in get(f"/bg/{ID}.v2/bian?cong={ID}.v2").text
    other = get(f"/bg/{ID}.v2/bian?cong={ID}.v1").text
    assert other.count("<tr data-figure") == 2
    assert "<del>52,494</del>" in other
    assert "<ins>52,501</ins>" in other


def test_text_is_compared_by_chapters_and_paragraphs() -> None:
    old = {"一": ("一、总体", ["甲", "乙乙乙", "丙"]), "二": ("二、旧", ["旧段"])}
    new = {"一": ("一、总体情况", ["甲", "乙丁乙", "丙", "新段"]), "三": ("三、新", ["新"])}
    first, third, second = textdiff.chapters(old, new)
    assert first.heading == (("same", "一、总体"), ("new", "情况"))
    assert [passage.left_out for passage in first.passages] == [1, 0, 1, 0]
    assert first.passages[1].pieces == (
        ("same", "乙"), ("new", "丁"), ("same", "乙"), ("old", "乙"),
    )  # fmt: skip
    assert first.passages[3].pieces == (("new", "新段"),)
    assert (third.number, second.number) == ("三", "二")
    assert second.passages[0].pieces == (("old", "旧段"),)
    assert textdiff.chapters(old, old) == []
    long = "长" * 2000
    assert list(textdiff.pieces(long, long + "。")) == [("old", long), ("new", long + "。")]


def test_words_for_what_is_seen() -> None:
    row: dict[str, object] = {"kind": "back", "cause": "migration", "from_version": None}
    back = past.Change({**row, "to_version": "x.v1"}, {})
    assert change_word(back) == "网站迁移：重新取得"
    other = past.Change({**row, "from_version": "x.v1", "to_version": "x.v2"}, {"a": ("1", "2")})
    assert kind_word(other) == "重新取得，内容与先前不同（1 格）"
