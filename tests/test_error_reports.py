"""报告错误: what the link prepares, what an operator may set, what a crawled page may not do."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable, Iterator
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from archive.curation.corrections import read_corrections
from archive.errors import CurationRefused
from archive.site.channels import LONGEST_MAIL, LONGEST_PAGE, Channel, Unusable, channel
from archive.site.messages import Message
from archive.site.operator import OPERATOR, errors_to, operator
from tests.trust_site import DIGEST, FIGURE, HOSTILE, NEW, REPORT, VERSION, Asked, made

MAIL = "mailto:errors@example.org"
TRACKER = "https://tracker.example.org/issues/new?labels=figure&title={title}&body={body}"
CELL = f"/bg/{REPORT}/baocuo?cell={FIGURE}"


@pytest.fixture(scope="module")
def ask() -> Asked:
    return Asked(made())


@pytest.fixture
def set_errors(ask: Asked) -> Iterator[Callable[[str], None]]:
    path = ask.root / OPERATOR

    def write(to: str) -> None:
        path.write_text(f'name = "示例研究组"\nerrors = "{to}"\n', "utf-8")

    yield write
    path.unlink()


def message(**more: str) -> Message:
    given = {
        "report": REPORT, "version": VERSION, "release": NEW, "agency": "示例市财政局",
        "sha256": DIGEST, "url": "https://www.example.invalid/1.html", "address": "https://a/bg/1",
        "archived": "https://a/cundang/1", "page": "https://a/bg/1/baocuo", "figure": FIGURE,
        "label": "予以公开 · 自然人", "said": "报告所印“307”", **more,
    }  # fmt: skip
    return Message(**given, year=2021)  # type: ignore[arg-type]  # texts, all but the year


def test_the_page_has_the_message_and_the_entry_ready_to_paste(ask: Asked) -> None:
    text = ask.page(CELL).select_one("pre.nb-message").get_text()
    for each in (
        "报告错误", VERSION, FIGURE, "报告所印“307”（人工读取）", f"版次：{NEW}", DIGEST,
        f"http://localhost/bg/{VERSION}#sz-{FIGURE}", "https://www.example.invalid/art/1.html",
        "Please compare this figure",
    ):  # fmt: skip
        assert each in text
    (entry,) = tomllib.loads(text[text.index("[[figure]]") :])["figure"]
    assert entry == {
        "report": REPORT, "figure": FIGURE, "sha256": DIGEST, "printed": "", "reason": "",
        "evidence": f"http://localhost/cundang/{VERSION}/1?cell={FIGURE}", "contributor": "",
        "checked_by": "", "date": "",
    }  # fmt: skip


def test_the_entry_is_one_for_the_folder_of_corrections(ask: Asked, tmp_path: Path) -> None:
    entry = message().entry
    path = tmp_path / "corrections" / "2026.toml"
    path.parent.mkdir()
    path.write_text(entry, "utf-8")
    with pytest.raises(CurationRefused, match="printed"):  # nobody has filled it in
        read_corrections(tmp_path)
    for name, text in {"printed": "307", "reason": "甲", "contributor": "anonymous",
                       "checked_by": "示例乙", "date": "2026-02-03"}.items():  # fmt: skip
        entry = entry.replace(f'{name} = ""', f'{name} = "{text}"')
    path.write_text(entry, "utf-8")
    (made_of,) = read_corrections(tmp_path).figures
    told = made_of.report, made_of.figure, made_of.sha256, made_of.printed
    assert told == (REPORT, FIGURE, DIGEST, "307")


@pytest.mark.parametrize(
    "path",
    [f"/bg/{REPORT}/yinyong?cell={FIGURE}", f"/cundang/{VERSION}/1?cell={FIGURE}"],
    ids=["citation", "archived"],
)
def test_each_figure_has_a_link(ask: Asked, set_errors: Callable[[str], None], path: str) -> None:
    (link,) = [a for a in ask.page(path).select("a") if a.get_text() == "报告错误"]
    assert link["href"] == f"/bg/{VERSION}/baocuo?cell={FIGURE}"
    set_errors(MAIL)
    page = ask.page(path)
    (link,) = [a for a in page.select("a") if a.get_text() == "报告错误"]
    assert link["href"].startswith(f"{MAIL}?subject=")
    assert FIGURE in unquote(link["href"])
    assert page.select_one(f'a[href="/bg/{VERSION}/baocuo?cell={FIGURE}"]')


def test_cells_that_were_not_found_have_one_too(ask: Asked) -> None:
    page = ask.page(f"/bg/{REPORT}/baocuo")
    links = {str(a["href"]) for a in page.select("#shuzhi a.nb-place")}
    shown = {td["data-figure"] for td in page.select("#shuzhi td[data-figure]")}
    assert len(shown) > 100
    assert links == {f"/bg/{VERSION}/baocuo?cell={key}" for key in shown}
    assert page.select_one("#shuzhi td.nb-absent a.nb-place")
    text = ask.page(f"/bg/{REPORT}/baocuo").select_one("pre.nb-message").get_text()
    assert "[[figure]]" not in text
    assert ask.page(f"/bg/{REPORT}").select_one(f'a[href="/bg/{VERSION}/baocuo"]')


def test_a_compared_figure_leads_to_its_citation(ask: Asked) -> None:
    page = ask.page("/bijiao?jg=990101-finance&nian=2021&nian=2022")
    links = {a["href"] for a in page.select("a.nb-quiet")}
    assert f"/bg/{VERSION}/yinyong?cell=t3_granted_total" in links
    assert "/bg/990101-finance-2022.v1/yinyong?cell=t3_granted_total" in links


def test_mail_and_tracker_are_offered(ask: Asked, set_errors: Callable[[str], None]) -> None:
    set_errors(MAIL)
    link = ask.page(CELL).select_one("a.nb-take")
    parts = urlsplit(link["href"])
    assert (parts.scheme, parts.path) == ("mailto", "errors@example.org")
    asked = parse_qs(parts.query, strict_parsing=True)
    assert set(asked) == {"subject", "body"}
    assert asked["subject"] == [f"报告错误 {VERSION} {FIGURE}"]
    for each in (VERSION, FIGURE, DIGEST, NEW):
        assert each in asked["body"][0]
    set_errors(TRACKER)
    page = ask.page(CELL)
    link = page.select_one("a.nb-take")
    asked = parse_qs(urlsplit(link["href"]).query, strict_parsing=True)
    assert asked["labels"] == ["figure"]
    assert asked["title"] == [f"报告错误 {VERSION} {FIGURE}"]
    assert asked["body"][0] in page.select_one("pre.nb-message").get_text()
    assert "在 tracker.example.org" in page.get_text()


def test_without_a_channel_the_contact_is_told(ask: Asked) -> None:
    assert "本站的主办者尚未写明联系方式" in ask.page(CELL).get_text()
    (ask.root / OPERATOR).write_text('contact = "见告示栏"\n', "utf-8")
    try:
        assert "请复制下面的文字" in ask.page(CELL).get_text()
        assert "见告示栏" in ask.page("/baocuo").get_text()
    finally:
        (ask.root / OPERATOR).unlink()


@pytest.mark.parametrize(
    "said",
    [
        "1&bcc=all@example.com", "1%0ABcc: all@example.com", "1\r\nBcc: all@example.com\r\n\r\n",
        "{body}{title}", "#x?cc=a@b.example", "</a><script>", "1\u202e2\x00", "一" * 500, "\ud800",
    ],
)  # fmt: skip
@pytest.mark.parametrize("to", [MAIL, TRACKER], ids=["mail", "tracker"])
def test_nothing_from_a_page_breaks_out(to: str, said: str) -> None:
    made_of = message(said=said, agency=said, label=said, url=said)
    link = channel(to).link(made_of.title, made_of.bodies)
    assert len(link) <= (LONGEST_MAIL if to == MAIL else LONGEST_PAGE)
    assert link.isascii()
    assert not set(link) & set(" <>\"'\r\n{}#")
    parts = urlsplit(link)
    asked = parse_qs(parts.query, strict_parsing=True)
    assert set(asked) == ({"subject", "body"} if to == MAIL else {"labels", "title", "body"})
    assert "\n" not in asked["subject" if to == MAIL else "title"][0]
    if to == MAIL:
        assert Address(addr_spec=parts.path).domain == "example.org"
        assert "%0A" not in parts.query.replace("%0D%0A", "")
    else:
        assert (parts.scheme, parts.netloc) == ("https", "tracker.example.org")
    assert VERSION in asked["body"][0]
    assert DIGEST in asked["body"][0]
    for line in asked["body"][0].splitlines():  # nothing of it begins a line of its own
        assert not line.lower().startswith("bcc")


def test_a_long_message_is_shortened_where_it_must_be() -> None:
    told = message(said="一" * 500)
    whole, shorter, bare = told.bodies
    assert len(whole) > len(shorter) > len(bare)
    mail, page = (channel(each).link(told.title, told.bodies) for each in (MAIL, TRACKER))
    assert len(mail) <= LONGEST_MAIL
    assert "[[figure]]" in unquote(page)  # a tracker takes it all
    for body in told.bodies:
        for each in (VERSION, FIGURE, DIGEST, NEW):
            assert each in body


@pytest.mark.parametrize(
    "wrong",
    [
        "javascript:alert({title}{body})", "mailto:a@example.org?bcc=b@example.org",
        "mailto:a@example.org,b@example.org", "mailto:a%0Ab@example.org", "mailto:@example.org",
        "mailto:a@localhost", "errors@example.org", "https://example.org/new",
        "https://example.org/new?title={title}", "https://example.org/{title}?body={body}",
        "https://{title}.example.org/?a={title}&body={body}", "ftp://example.org/?t={title}&b={body}",
        "https://u:p@example.org/?t={title}&b={body}", "https://example.org/?t={title}&b={body}{x}",
        "https://example.org/?t={title}&b={body} x", "https://?t={title}&b={body}",
        "https://example.org/#?t={title}&b={body}", 'https://example.org/?t={title}&b={body}"x',
        "https://example.org:x/?t={title}&b={body}", "https://[::1/?t={title}&b={body}",
        "data:text/html,{title}{body}", f"https://example.org/?t={{title}}&b={{body}}{'x' * 500}",
    ],
)  # fmt: skip
def test_what_is_no_channel_is_refused(wrong: str) -> None:
    with pytest.raises(Unusable, match="write errors = "):
        channel(wrong)


def test_a_wrong_setting_is_left_out_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / OPERATOR
    path.write_text('name = "甲"\nerrors = "javascript:{title}{body}"\n', "utf-8")
    with caplog.at_level(logging.WARNING):
        assert operator(tmp_path) == {"name": "甲"}
        assert errors_to(tmp_path) is None
    assert caplog.text.count("errors is left out") == 1
    path.write_text(f'errors = "{MAIL}"\n', "utf-8")
    assert errors_to(tmp_path) == Channel(MAIL)


def test_what_there_is_no_message_about(ask: Asked) -> None:
    for path in (f"/bg/{REPORT}/baocuo?cell=x%3Cscript%3E", "/bg/nobody-2021/baocuo"):
        answer = ask(path)
        assert answer.status_code == 404
        assert "<script" not in answer.text
    page = ask.page(f"/bg/{REPORT}/baocuo?cell=t3_granted_legal")  # a hostile cell
    assert page.select("script") == []
    assert HOSTILE.replace("\u202e", "") in page.select_one("pre.nb-message").get_text()
