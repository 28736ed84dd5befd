"""The message that reports an error in a figure, ready to be sent. Pure.

What a crawled page says is quoted in one line of visible signs, and is left out altogether
where a mail program would not take it all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from archive.citation import visible

#: Signs of a quotation; printed cells have a few.
_LONGEST = 60
_ENGLISH = "Please compare this figure with the archived page; what is printed there?"
_ENGLISH_OF_ALL = "Please compare this report with its archived page; what is not as it is there?"
#: What a correction must say besides, and what only people can.
_LEFT = ("reason", "evidence", "contributor", "checked_by", "date")

_HINTS = {"printed": "  # 照印；空白格改为 blank = true，没有此格改为 no_cell = true"}


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says of a version, or of one of its figures.

    Attributes:
        report: Id of the report.
        version: Id of the version.
        release: The release in which it is read so.
        agency: Name of the agency.
        year: The report's year.
        sha256: Digest of the body in which it was read, or "".
        url: The agency's address.
        address: The permanent address of the figure, or of the version.
        archived: Address of the archived page, or "".
        page: Address of the page that has the message whole.
        figure: Column of the figure, or "".
        label: What it is called.
        said: What the archive says that the report prints there.
    """

    report: str
    version: str
    release: str
    agency: str
    year: int
    sha256: str
    url: str
    address: str
    archived: str
    page: str
    figure: str = ""
    label: str = ""
    said: str = ""

    @property
    def title(self) -> str:
        """One line that says what it is about, of ids alone."""
        return " ".join(filter(None, ["报告错误", self.version, self.figure]))

    @property
    def entry(self) -> str:
        """The entry for `curation/corrections/`, to be filled in; "" without a figure."""
        if not self.figure:
            return ""
        known = {"report": self.report, "figure": self.figure, "sha256": self.sha256, "printed": ""}
        known |= dict.fromkeys(_LEFT, "") | {"evidence": self.archived}
        # JSON writes such texts as TOML does.
        lines = [
            f"{key} = {json.dumps(known[key], ensure_ascii=False)}{_HINTS.get(key, '')}"
            for key in known
        ]
        return "\n".join(["[[figure]]", *lines])

    @property
    def whole(self) -> str:
        """All of it."""
        return "\n".join(
            [
                *self._facts(long=True),
                "",
                *self._asked(),
                "",
                _ENGLISH if self.figure else _ENGLISH_OF_ALL,
                *(["", "更正条目（核实后填写）：", self.entry] if self.figure else []),
            ]
        )

    @property
    def bodies(self) -> tuple[str, ...]:
        """The message, and shorter ones for programs that take no long link."""
        shorter = [*self._facts(long=False), "", *self._asked(), "", f"全文 Full text: {self.page}"]
        ids = {
            "version": self.version, "figure": self.figure, "release": self.release,
            "sha256": self.sha256, "address": self.address,
        }  # fmt: skip
        bare = [f"{name}: {value}" for name, value in ids.items() if value]
        return self.whole, "\n".join(shorter), "\n".join([*bare, "printed: "])

    def _facts(self, *, long: bool) -> list[str]:
        """What it is about, a line each; the short form leaves out what an address tells."""
        said = visible(self.said, _LONGEST)
        return [
            f"年报：{visible(self.agency, _LONGEST)} {self.year}（{self.version}）",
            *([f"数值：{visible(self.label)}（{self.figure}）"] if self.figure else []),
            *([f"本站所示：{said}"] if said else []),
            f"版次：{self.release}",
            *([f"SHA-256：{self.sha256}"] if self.sha256 else []),
            f"地址：{self.address}",
            *([f"存档原件：{self.archived}"] if long and self.archived else []),
            *([f"原址：{visible(self.url)}"] if long else []),
        ]

    def _asked(self) -> list[str]:
        what = "原件此格所印：" if self.figure else "何处有误："
        return [what, "在原件何处（页、行）：", "署名（可匿名）："]
