from __future__ import annotations

import pytest

from extract.values import is_value, read_value


@pytest.mark.parametrize(
    ("printed", "kind", "value", "status", "unit"),
    [
        ("0 ", "count", 0, "reported", None),
        ("０", "count", 0, "reported", None),
        ("1,787", "count", 1787, "reported", None),
        ("1，787", "count", 1787, "reported", None),
        ("17,87", "count", None, "unparsed", None),
        ("-3", "signed", -3, "reported", None),
        ("−3", "signed", -3, "reported", None),
        ("减3", "signed", -3, "reported", None),
        ("+1036", "signed", 1036, "reported", None),
        ("—", "count", None, "dash", None),
        ("－－", "count", None, "dash", None),
        ("/", "count", None, "slash", None),
        ("／", "count", None, "slash", None),
        ("无", "count", None, "none_word", None),
        ("不涉及", "count", None, "none_word", None),
        ("\xa0", "count", None, "blank", None),
        ("", "count", None, "blank", None),
        ("十二", "count", 12, "reported", None),
        ("三百零五", "count", 305, "reported", None),
        ("二〇", "count", 20, "reported", None),
        ("三五件", "count", None, "unparsed", None),
        ("7件", "count", 7, "reported", "件"),
        ("1.5", "count", 1.5, "reported", None),
        ("O", "count", None, "unparsed", None),
        ("12 3", "count", None, "unparsed", None),
        ("12\n3", "count", None, "unparsed", None),
        ("3(含2件)", "count", None, "unparsed", None),
        ("1.55万", "count", None, "unparsed", None),
        ("275788.31", "money", 275788.31, "reported", None),
        ("12937元", "money", 12937, "reported", "元"),
        ("160.5964万元", "money", 160.5964, "reported", "万元"),
        ("1.2亿元", "money", 1.2, "reported", "亿元"),
        ("1.2.3", "money", None, "unparsed", None),
        ("3²", "count", None, "unparsed", None),
        ("3①", "count", None, "unparsed", None),
        ("①", "count", None, "unparsed", None),
        ("3\n1", "count", None, "unparsed", None),
        ("12345678901234567890", "count", None, "unparsed", None),
    ],
)
def test_a_cell_says(printed: str, kind: str, value: float | None, status: str, unit: str) -> None:
    reading = read_value(printed, kind)
    assert (reading.value, reading.status, reading.unit) == (value, status, unit)


def test_whole_numbers_stay_whole() -> None:
    assert isinstance(read_value("12").value, int)


@pytest.mark.parametrize("text", ["5", "/", "1,234", "12 3", "3(含2件)", "7件", "无", "１２"])
def test_is_a_value(text: str) -> None:
    assert is_value(text)


@pytest.mark.parametrize(
    "text", ["3.其他", "1.属于国家秘密", "规章", "2020年", "", "（一）予以公开", "1、"]
)
def test_is_no_value(text: str) -> None:
    assert not is_value(text)
