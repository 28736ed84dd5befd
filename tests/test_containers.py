"""ZIP, OLE and XML that mean harm or are damaged: one clear error each, little memory."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from extract import read
from extract.errors import NotAReport, ReadingError
from extract.formats import docx, layouts, ole, zipped
from extract.formats import package as containers
from tests.portal.biff import ole as ole_of
from tests.portal.office import docx as report_docx
from tests.portal.office import docx_of, package, xlsx
from tests.portal.render import article_html
from tests.portal.reports import make_report
from tests.readback import compare

REPORT, _ = make_report("示例市示例局", "990001", "finance", 2022)


# -- what stands in a ZIP ----------------------------------------------------------


def test_a_zip_is_known_by_its_members() -> None:
    assert zipped.kind(report_docx(REPORT)) == "docx"
    assert zipped.kind(xlsx(REPORT)) == "sheet"
    assert zipped.kind(package({"OFD.xml": "<OFD/>", "Doc_0/Document.xml": "<x/>"})) == "ofd"
    assert zipped.kind(package({"甲.txt": "x"})) == "archive"
    assert zipped.is_archive(package({"甲.txt": "x"}))
    assert not zipped.is_archive(report_docx(REPORT))


def test_the_main_part_may_have_any_name() -> None:
    with zipfile.ZipFile(io.BytesIO(report_docx(REPORT))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    renamed = {
        name.replace("word/document.xml", "word/Document22.xml").replace(
            "_rels/document.xml.rels", "_rels/Document22.xml.rels"
        ): content.replace(b"document.xml", b"document22.xml")
        for name, content in parts.items()
    }
    assert compare(read(package(dict(renamed))), REPORT).none


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"[Content_Types].xml": "<x/>", "ppt/presentation.xml": "<x/>"}, "PPTX"),
        ({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}, "text"),
        ({"[Content_Types].xml": "<x/>"}, "main part"),
    ],
)
def test_other_documents_are_named(members: dict[str, str | bytes], says: str) -> None:
    with pytest.raises(ReadingError, match=says):
        read(package(members))


def test_an_archive_gives_the_one_report_in_it() -> None:
    body = package({"说明.txt": "见附件", "年报/甲.docx": report_docx(REPORT), "年报/": ""})
    report = read(body)
    assert compare(report, REPORT).none
    assert (report.figures[0].place or "").startswith("年报/甲.docx!t1r")


def test_two_agencies_that_report_the_same_zeros_are_two_reports() -> None:
    other, _ = make_report("示例市另例局", "990001", "finance", 2022)
    assert [c for _, c in sorted(other.cells.items())] == [
        c for _, c in sorted(REPORT.cells.items())
    ]
    with pytest.raises(ReadingError, match="several reports"):
        read(package({"甲.html": article_html(REPORT), "乙.html": article_html(other)}))


def test_an_archive_inside_an_archive_is_named_and_not_followed() -> None:
    inner = package({"甲.html": article_html(REPORT)})
    with pytest.raises(ReadingError, match=r"内.zip in the ZIP archive: .*archive"):
        read(package({"内.zip": inner}))


def test_an_empty_archive_is_no_report() -> None:
    with pytest.raises(NotAReport, match="empty"):
        read(package({}) + b"")


def test_names_are_decoded_and_junk_is_left_out() -> None:
    plain = package({"aaaa.txt": "1", "__MACOSX/._a": "x", "b/.DS_Store": "x", "Thumbs.db": "x"})
    assert [name for name, _ in zipped.members(plain)] == ["aaaa.txt"]
    for charset in ("gb18030", "utf-8"):
        name = "年.txt".encode(charset)
        raw = package({"a" * len(name): "1"}).replace(b"a" * len(name), name)
        assert zipped.members(raw) == [("年.txt", b"1")]
    assert zipped.members(package({"年报.txt": "1"})) == [("年报.txt", b"1")]


# -- hostile and damaged ZIPs ------------------------------------------------------


def refused(body: bytes, says: str) -> None:
    with pytest.raises(ReadingError, match=says):
        read(body)
    with pytest.raises(ReadingError, match=says):
        zipped.members(body)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    refused(package({"甲.txt": b"\0" * (containers.MOST_BYTES // 4)}), "ZIP bomb")


def test_many_large_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MOST_BYTES", 1000)
    refused(package({f"{i}.txt": "x" * 300 for i in range(4)}), "unpacks to 1200 bytes")


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MOST_MEMBERS", 5)
    refused(package({f"{i}.txt": "x" for i in range(6)}), "more than 5 members")


def test_members_that_share_their_bytes_are_refused() -> None:
    body = package({"a.txt": "x" * 50, "b.txt": "y" * 50})
    second = body.rindex(b"PK\x01\x02")
    refused(body[: second + 42] + struct.pack("<I", 0) + body[second + 46 :], "overlap")


@pytest.mark.parametrize(("claims", "says"), [(20, "damaged"), (400, "cut off|damaged")])
def test_a_member_that_lies_about_its_length_is_refused(claims: int, says: str) -> None:
    body = package({"a.txt": "x" * 50})
    entry = body.rindex(b"PK\x01\x02")
    refused(body[: entry + 24] + struct.pack("<I", claims) + body[entry + 28 :], says)


def test_an_encrypted_zip_is_refused() -> None:
    body = package({"a.txt": "x"})
    entry = body.rindex(b"PK\x01\x02")
    refused(body[: entry + 8] + b"\x01" + body[entry + 9 :], "encrypted")


def test_a_packing_that_cannot_be_unpacked_in_pieces_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", "x" * 100)
    refused(out.getvalue(), "method 12")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_zip_that_was_cut_off_is_refused(share: float) -> None:
    body = report_docx(REPORT)
    refused(body[: int(len(body) * share)], "damaged or cut off")


def test_a_damaged_member_is_refused() -> None:
    body = bytearray(report_docx(REPORT))
    at = body.index(b"word/document.xml") + 2000
    body[at : at + 50] = bytes(50)
    with pytest.raises(ReadingError, match=r"document.xml in the ZIP is damaged"):
        read(bytes(body))


def test_two_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO(report_docx(REPORT))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("Word/document.xml", "<x/>")
    with pytest.raises(ReadingError, match="two parts"):
        read(out.getvalue())


# -- hostile and damaged XML -------------------------------------------------------


def with_document(xml: str | bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(docx_of(""))) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    return package(parts | {"word/document.xml": xml})


LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (LAUGHS, "DTD"),
        ('<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>', "DTD"),
        (LAUGHS.encode("utf-16"), "DTD"),
        ("<d>", "damaged XML"),
        ("", "damaged XML"),
        ("<d>" * 5000 + "</d>" * 5000, "damaged XML"),
        ("<d/>", "no body"),
    ],
)
def test_xml_that_means_harm_is_refused(xml: str | bytes, says: str) -> None:
    with pytest.raises(ReadingError, match=says):
        read(with_document(xml))


def test_a_part_longer_than_any_report_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    body = docx_of("<w:p><w:r><w:t>" + "年" * 20_000 + "</w:t></w:r></w:p>")
    monkeypatch.setattr(containers, "MOST_PART", 10_000)
    with pytest.raises(ReadingError, match=r"document.xml unpacks to more than 10000 bytes"):
        read(body)


def test_a_docx_of_more_lines_than_any_report_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx, "_MOST_ROWS", 10)
    with pytest.raises(ReadingError, match="more than 10 lines"):
        read(docx_of("<w:p><w:r><w:t>年</w:t></w:r></w:p>" * 11))


# -- OLE ---------------------------------------------------------------------------


def doc(flags: int = 0) -> bytes:
    return ole_of({"WordDocument": struct.pack("<HH6xH", 0xA5EC, 0xC1, flags) + bytes(100)})


def test_an_ole_file_is_known_by_its_streams() -> None:
    assert ole.kind(doc()) == "DOC or WPS"
    assert ole.kind(ole_of({"Workbook": b"x"})) == "sheet"
    assert ole.kind(ole_of({"Book": b"x"})) == "sheet"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (doc(0x100), "encrypted DOC"),
        (ole_of({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "encrypted office"),
        (ole_of({"PowerPoint Document": b"x"}), "PPT"),
        (ole_of({"其他": b"x"}), "unknown kind"),
        (doc()[:700], "damaged or cut off"),
        (doc()[:100], "damaged or cut off"),
    ],
)
def test_what_is_no_readable_ole_file_says_why(body: bytes, says: str) -> None:
    with pytest.raises(ReadingError, match=says):
        next(layouts(body))
