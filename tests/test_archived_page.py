"""`/cundang/`: what is shown, what is only saved, and what is said of a figure's place."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from PIL import Image, ImageChops

from archive.site import archived, drawing, highlight, originals, policies, sights
from archive.site.places import in_words
from archive.site.serve import site
from extract import read
from extract.locators import locate_all
from tests.archived_roots import hostile, root_of, versions_of
from tests.portal.office import docx, xlsx
from tests.portal.pdf import report_pdf
from tests.portal.render import article_html, dump_html, text_dump
from tests.stored import article, report_of

CELL = "t3_granted_total"
NAMES = iter("甲乙丙丁戊己庚辛壬癸")


def fresh() -> Any:
    return report_of(2022, f"示例市{next(NAMES)}局")


def zipped(name: str, body: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, body)
    return packed.getvalue()


ORIGINALS = {
    "page.html": article(fresh()),
    "dump.txt": text_dump(fresh(), "tsv").encode(),
    "file.docx": docx(fresh()),
    "book.xlsx": xlsx(fresh()),
    "packed.zip": zipped("年报.pdf", report_pdf(fresh())),
    "lost.html": article(fresh()),
    "changed.html": article(fresh()),
    "large.html": article(fresh()),
}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return root_of(tmp_path_factory.mktemp("originals") / "root", ORIGINALS)


Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(root: Path) -> Ask:
    """Ask the site: `ask("page.html", "/yuanjian?xiazai=1")`."""
    datasette, versions = site(root), versions_of(root)

    def asked(name: str, rest: str = "", **headers: str) -> Any:
        path = f"/cundang/{versions[name]}/1{rest}"
        return asyncio.run(datasette.client.get(path, headers=headers))

    return asked


def told(response: Any) -> str:
    """What our page says of the figure."""
    found = BeautifulSoup(response.text, "lxml").select_one(".nb-sought")
    return "" if found is None else re.sub(r"\s+", " ", found.get_text())


# -- the page around it -------------------------------------------------------------------


def test_the_banner_says_where_and_when_and_what(ask: Ask) -> None:
    response = ask("page.html", f"?cell={CELL}")
    page = BeautifulSoup(response.text, "lxml")
    facts = page.select_one(".nb-source")
    assert facts is not None
    for word in ("/page.html", "（UTC）", "urn:uuid:", "下载（未经改动）"):
        assert word in facts.get_text()
    digest = facts.select_one(".nb-hash")
    assert digest is not None
    assert re.fullmatch("[0-9a-f]{64}", digest.get_text())
    frame = page.select_one("iframe")
    assert frame is not None
    assert 'sandbox=""' in str(frame)
    address, _, anchor = str(frame["src"]).partition("#")
    assert address.endswith(f"/yuanjian?cell={CELL}")
    assert re.fullmatch("nianbao-cell-[0-9a-f]{32}", anchor)
    assert f' id="{anchor}" ' in ask("page.html", f"/yuanjian?cell={CELL}").text
    assert "不是原网站" in page.get_text()
    assert response.headers["content-security-policy"] == policies.FRAMING
    assert "script-src" not in policies.FRAMING


def test_an_archived_page_is_shut_in(ask: Ask) -> None:
    headers = ask("page.html", "/yuanjian").headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    rules = headers["content-security-policy"].split("; ")
    assert rules[:2] == ["sandbox", "default-src 'none'"]
    assert set(rules[2:]) == {
        "style-src 'unsafe-inline'", "img-src data:", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'self'",
    }  # fmt: skip
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-dns-prefetch-control"] == "off"
    assert "set-cookie" not in headers


def test_it_is_not_shown_without_the_banner(ask: Ask) -> None:
    response = ask("page.html", f"/yuanjian?cell={CELL}", **{"Sec-Fetch-Dest": "document"})
    assert response.status_code == 303
    assert response.headers["location"].endswith(f"/1?cell={CELL}")
    saved = ask("page.html", "/yuanjian?xiazai=1", **{"Sec-Fetch-Dest": "document"})
    assert saved.content == ORIGINALS["page.html"]


@pytest.mark.parametrize(
    ("name", "mime", "ending"),
    [
        ("page.html", "text/html", "page.html"),
        ("dump.txt", "text/plain", "dump.txt"),
        ("file.docx", "wordprocessingml", "file.docx"),
        ("book.xlsx", "spreadsheetml", "book.xlsx"),
        ("packed.zip", "application/zip", "packed.zip"),
    ],
)
def test_a_file_is_saved_with_its_true_type(ask: Ask, name: str, mime: str, ending: str) -> None:
    response = ask(name, "/yuanjian?xiazai=1")
    assert response.content == ORIGINALS[name]
    assert mime in response.headers["content-type"]
    disposition = response.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.endswith(f"filename*=UTF-8''{ending}")
    assert response.headers["content-security-policy"] == policies.SAVED
    assert response.headers["x-content-type-options"] == "nosniff"
    if name != "page.html":  # also where nobody asked to save it
        plain = ask(name, "/yuanjian")
        assert plain.headers["content-disposition"] == disposition


def test_where_a_figure_stands_is_told_for_each_format(ask: Ask) -> None:
    cell = f"?cell={CELL}"
    assert "红框标出的就是此格" in told(ask("page.html", cell))
    assert re.search(r"在原件第 2 张表格第 \d+ 行第 \d+ 格", told(ask("file.docx", cell)))
    assert re.search(r"第 \d+ 张工作表 [A-Z]+\d+ 格", told(ask("book.xlsx", cell)))
    assert "压缩包内的文件“年报.pdf”，第 2 页" in told(ask("packed.zip", cell))
    dump = ask("dump.txt", cell)
    assert "下面标出" in told(dump)
    here = BeautifulSoup(dump.text, "lxml").select(".nb-here td")
    assert len(here) == 1
    printed = re.search("：([\\d,]+)", told(dump))
    assert printed is not None
    assert printed[1] in here[0].get_text()


def test_letters_of_a_sheet() -> None:
    assert in_words("t1r7c28", "sheet") == "第 1 张工作表 AB7 格"
    assert in_words("p12w3", "docx") == "第 12 段"


def test_a_drawn_page_has_its_box_where_the_figure_is(ask: Ask) -> None:
    response = ask("packed.zip", f"/ye?cell={CELL}&quan=1")
    assert response.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(response.content)).convert("RGB")
    other = ImageChops.difference(picture, Image.new("RGB", picture.size, (200, 16, 46)))
    left, top, right, bottom = other.convert("L").point([255, *[0] * 255]).getbbox() or (0,) * 4
    body = zipfile.ZipFile(io.BytesIO(ORIGINALS["packed.zip"])).read("年报.pdf")
    (place,) = [f.place for f in read(body).figures if f.key == CELL]
    assert place is not None
    box = locate_all(body, [place])[place].box
    assert box is not None
    scale = picture.height / 841.9
    middle = (box[0] + box[2]) / 2 * scale, (box[1] + box[3]) / 2 * scale
    assert left < middle[0] < right
    assert top < middle[1] < bottom
    assert right - left < 0.2 * picture.width


def test_what_cannot_be_drawn_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Exception, match="could not be drawn"):
        drawing.draw(b"%PDF-1.7 broken", 1, (0, 0, 1, 1))
    monkeypatch.setattr(drawing, "LARGEST", 3)
    with pytest.raises(Exception, match="not drawn"):
        drawing.draw(b"%PDF", 1, (0, 0, 1, 1))


# -- what is missing, changed, too large --------------------------------------------------


def test_addresses_of_nothing(ask: Ask, root: Path) -> None:
    for rest in ("0", "?cell=t9_nothing", "/yuanjian?cell=x", f"/ye?cell={CELL}"):
        response = ask("page.html", rest)
        assert response.status_code == 404, rest
    datasette = site(root)
    report = versions_of(root)["page.html"].rpartition(".")[0]
    assert asyncio.run(datasette.client.get(f"/cundang/{report}/1")).status_code == 404


def test_a_damaged_record_is_said_with_what_the_release_knows(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged(*_: object) -> bytes:
        raise archived.ArchiveError("broken")

    monkeypatch.setattr(sights, "load_body", damaged)
    response = ask("lost.html", f"?cell={CELL}")
    assert response.status_code == 503
    assert "校验值" in response.text
    assert "/lost.html" in response.text
    assert re.search("[0-9a-f]{64}", response.text)
    assert "<iframe" not in response.text
    for rest in ("/yuanjian", "/yuanjian?xiazai=1"):
        assert ask("lost.html", rest).status_code == 503
    assert "cannot be read: broken" in caplog.text


def test_another_text_at_the_place_is_not_outlined(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = re.sub(rb">(\d)", rb">7\1", ORIGINALS["changed.html"])
    with monkeypatch.context() as patch:
        patch.setattr(sights, "load_body", lambda *_: changed)
        response = ask("changed.html", f"?cell={CELL}")
        assert "未能与登记的文字对上，故不标示" in told(response)
        shown = ask("changed.html", f"/yuanjian?cell={CELL}").text
        assert "nianbao-cell" not in shown
    assert "nianbao-cell" in ask("page.html", f"/yuanjian?cell={CELL}").text


def test_a_place_of_another_reader_is_only_used_if_ours_agrees(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasette, version = site(root), versions_of(root)["page.html"]
    archived.RELEASES[datasette].manifest["reader"] = "another"
    path = f"/cundang/{version}/1?cell={CELL}"
    assert "红框" in told(asyncio.run(datasette.client.get(path)))
    other = ORIGINALS["page.html"].replace(b"<body>", b"<body><table><tr><td>1</td></tr></table>")
    monkeypatch.setattr(sights, "load_body", lambda *_: other)
    assert "没有登记" in told(asyncio.run(datasette.client.get(path)))


def test_a_large_page_is_only_saved(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(originals, "LARGEST_SHOWN", 100)
    response = ask("large.html")
    assert "<iframe" not in response.text
    assert "不在页面内显示" in response.text
    assert "attachment" in ask("large.html", "/yuanjian").headers["content-disposition"]


# -- kinds and names ----------------------------------------------------------------------

SOURCE = {"url": "", "role": "article", "content_type": "text/html", "bytes": 10}


@pytest.mark.parametrize(
    ("body", "mime"),
    [
        (b"<html><p>x", "text/html"),
        (b"<?xml version='1.0'?><!DOCTYPE html><html><p>x", "text/html"),
        (b"<svg xmlns='s'><script>1</script></svg>", "image/svg+xml"),
        (b"<?xml version='1.0'?><svg><script/></svg>", "image/svg+xml"),
        (b"<?xml version='1.0'?><a><table/></a>", "application/xml"),
        (b"%PDF-1.4 <html><script>", "application/pdf"),
        (b"GIF89a<html><script>", "image/gif"),
        (b"PK\x03\x04 broken", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "application/x-ole-storage"),
        (b"{\\rtf1 x}", "application/rtf"),
        ("年报".encode(), "text/plain"),
        (b"", "application/octet-stream"),
    ],
)
def test_what_bytes_are(body: bytes, mime: str) -> None:
    kind = originals.kind_of(body)
    assert kind.mime == mime
    assert originals.is_shown(kind, SOURCE) is (mime == "text/html")


@pytest.mark.parametrize(
    "told",
    [{"role": "attachment"}, {"content_type": "application/pdf"}, {"content_type": "image/png"},
     {"bytes": 50 << 20}],
)  # fmt: skip
def test_markup_that_came_as_something_else_is_only_saved(told: dict[str, object]) -> None:
    kind = originals.kind_of(b"<html><script>x</script>")
    assert originals.is_shown(kind, SOURCE)
    assert not originals.is_shown(kind, SOURCE | told)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://x/2022%E5%B9%B4%E6%8A%A5.pdf?a=1", "2022%E5%B9%B4%E6%8A%A5.pdf"),
        ("http://x/report.html", "report.html.pdf"),
        ("http://x/a%2F..%5Cb%00%22.PDF", "a..b.PDF".removeprefix("a..")),
        ("http://x/gpj%E2%80%AE.exe", "gpj.exe.pdf"),
        ("http://x/", "yuanjian.pdf"),
        ("http://[", "yuanjian.pdf"),
    ],
)
def test_a_saved_file_ends_as_its_bytes_say(url: str, name: str) -> None:
    header = originals.disposition(originals.PDF, {"url": url}, "990100-x-2022.v1-1")
    assert header == (f"attachment; filename=\"990100-x-2022.v1-1.pdf\"; filename*=UTF-8''{name}")


# -- the source that is shown -------------------------------------------------------------


def test_nothing_but_the_marks_is_added() -> None:
    body = ORIGINALS["page.html"]
    report = read(body)
    for figure in report.figures[::40]:
        assert figure.place is not None
        shown = highlight.show(body, figure.place, figure.printed or "")
        assert shown.anchor
        assert shown.whole
        bare = re.sub(r"<style>.*?</style>", "", shown.html, count=1)
        bare = bare.replace(f' id="{shown.anchor}" ', "").replace("<a href=# ", "<a")
        assert bare == body.decode().replace("<a ", "<a ")


@pytest.mark.parametrize("how", ["p", "br", "pre"])
@pytest.mark.parametrize("style", ["tika", "lines", "tsv"])
def test_of_a_pasted_dump_the_line_is_marked(style: str, how: str) -> None:
    report = report_of()
    body = article_html(report, "trs", dump_html(text_dump(report, style), how)).encode()
    figures = [figure for figure in read(body).figures if figure.place]
    for figure in figures[::50]:
        shown = highlight.show(body, figure.place or "", figure.printed or "")
        assert shown.anchor
        assert shown.line or how == "p"
        if shown.line:
            (line,) = re.findall(f"<mark id={shown.anchor}>(.*?)</mark>", shown.html, re.S)
            assert figure.printed
            assert figure.printed in line


def test_a_line_that_cannot_be_told_from_others_is_not_marked() -> None:
    """A comment holds the same line again: only what holds all of it is outlined."""
    report = report_of()
    page = article_html(report, "trs", dump_html(text_dump(report, "tsv"), "br"))
    figure = next(f for f in read(page.encode()).figures if f.key == CELL)
    assert figure.place is not None
    line = next(text for text in re.split("<br>", page) if figure.printed in text)
    twice = page.replace("</body>", f"<!--<p>{line}</p>--></body>")
    assert highlight.show(page.encode(), figure.place, figure.printed or "").line
    shown = highlight.show(twice.encode(), figure.place, figure.printed or "")
    assert shown.anchor
    assert not shown.line
    assert "<mark" not in shown.html.partition("</style>")[2]


def test_what_opens_a_connection_is_made_idle() -> None:
    shown = highlight.show(hostile("http://x.invalid").encode())
    assert not re.search(r"<(?:link|iframe|frame)[\s/>]|<a (?!href=# )", shown.html, re.I)
    assert shown.frames == 2
    assert shown.html.count("<noembed") == shown.html.count("</noembed") == 2


def test_a_doctype_stays_first() -> None:
    for begin in (
        "<!DOCTYPE html>",
        "\n<!-- x --><!doctype HTML PUBLIC 'a'>",
        "<?xml a?><!DOCTYPE x>",
    ):
        assert highlight.show(f"{begin}<p>x".encode()).html.startswith(f"{begin}<style>")
    assert highlight.show(b"<p>x").html.startswith("<style>")


def test_a_page_that_is_larger_than_searched_is_shown_without_a_mark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(highlight, "LARGEST_SEARCHED", 100)
    figure = read(ORIGINALS["page.html"]).figures[0]
    assert figure.place is not None
    assert not highlight.show(ORIGINALS["page.html"], figure.place, figure.printed or "").anchor
