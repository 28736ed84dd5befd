"""The status that stands beside each figure of a panel, and that of a sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..schema.codes import FIGURE_STATUS

NOT_ON_FORM, UNREAD, NO_REPORT = "not_on_form", "unread", "no_report"
#: A report was held, and nothing of it is shown.
WITHHELD = "withheld"
#: Status → its word. What the release says of cells, and four of rows and forms.
WORDS: Mapping[str, str] = {
    **FIGURE_STATUS,
    NOT_ON_FORM: "所用格式无此项",
    UNREAD: "年报已取得，未读出",
    NO_REPORT: "本档案未取得年报",
    WITHHELD: "年报已隐去，不再展示",
}
WORDS_EN: Mapping[str, str] = {
    "reported": "a printed number",
    "blank": "printed blank",
    "dash": "printed as a dash",
    "slash": "printed as a slash",
    "none_word": "printed as 无 or the like",
    "unparsed": "printed text that could not be read as a number",
    "missing_cell": "it could not be told which cell it is",
    "inferred": "printed number whose line was told by its neighbours",
    "hand_read": "read by a person",
    "absent": "not found in the document; it may be printed all the same",
    NOT_ON_FORM: "the report's form has no such line",
    UNREAD: "a report is held, and was not read",
    NO_REPORT: "this archive holds no report; not: none was published",
    WITHHELD: "a report was obtained and is withheld",
}
#: Status → number of its value label in Stata. Numbers never change their meaning.
NUMBERS: Mapping[str, int] = {
    "reported": 1, "inferred": 2, "hand_read": 3,
    "blank": 11, "dash": 12, "slash": 13, "none_word": 14,
    "unparsed": 21, "missing_cell": 22, "absent": 23,
    NOT_ON_FORM: 31, UNREAD: 32, NO_REPORT: 33, WITHHELD: 34,
}  # fmt: skip
#: What a sum is whose parts are not alike: the first of these that a part is.
_OF_PARTS = (
    "missing_cell", "absent", "unparsed", "blank", "dash", "slash", "none_word", NOT_ON_FORM,
    "hand_read", "inferred", "reported",
)  # fmt: skip


def of_sum(parts: Sequence[str]) -> str:
    """The status of a sum: that of a part which has no number, if there is one.

    >>> of_sum(["reported", "blank", "reported"]), of_sum(["reported", "inferred"])
    ('blank', 'inferred')
    """
    return next(status for status in _OF_PARTS if status in parts)
