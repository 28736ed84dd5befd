"""JSON of lists: answers of endpoints and values in scripts, with a name for what they lack."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any, TypeVar

from .base import ListError

_T = TypeVar("_T")
_CHINA = dt.timezone(dt.timedelta(hours=8))
_EPOCH = re.compile(r"[12]\d{9}(?:\d{3})?")
#: Half of a surrogate pair: JSON can say it, no address and no file can hold it.
_HALF = re.compile("[\ud800-\udfff]")


class Json:
    """A JSON value that knows where it stood; whatever is amiss is a `ListError` that says so.

    Attributes:
        value: The value as `json` gives it.
        where: What it is, e.g. `/queryList: data`.
    """

    __slots__ = ("value", "where")

    def __init__(self, value: Any, where: str) -> None:
        self.value = value
        self.where = where

    @classmethod
    def read(cls, text: str, where: str) -> Json:
        """Parse a whole text.

        Raises:
            ListError: It is no JSON.
        """
        try:
            return cls(json.loads(text.removeprefix("\ufeff")), where)
        except (ValueError, RecursionError) as error:
            raise ListError(f"{where} is no JSON ({error})"[:300]) from error

    @classmethod
    def embedded(cls, text: str, name: str) -> Json | None:
        """The list or object that a script assigns to a name, or None if it assigns none.

        Raises:
            ListError: What it assigns is no JSON.
        """
        found = re.search(rf"\b{re.escape(name)}\b[\"']?\s*[=:]\s*(?=[\[{{])", text)
        if found is None:
            return None
        try:
            return cls(json.JSONDecoder().raw_decode(text, found.end())[0], name)
        except (ValueError, RecursionError) as error:
            raise ListError(f"{name} in the script is no JSON ({error})"[:300]) from error

    def part(self, name: str) -> Json:
        """An object that must be there; sites also send one as JSON in a text."""
        found = self._get(name)
        if isinstance(found.value, str):
            found = Json.read(found.value, found.where)
        return Json(self._of(found, dict, "object"), found.where)

    def parts(self, name: str) -> list[Json]:
        """A list that must be there; of an empty one many sites say null."""
        found = self._get(name)
        if found.value is None and isinstance(self.value, dict) and name in self.value:
            return []
        return found.items()

    def items(self) -> list[Json]:
        """The items, of a value that must be a list; sites also send one as JSON in a text."""
        whole = Json.read(self.value, self.where) if isinstance(self.value, str) else self
        items = self._of(whole, list, "list")
        return [Json(item, f"{self.where}[{at}]") for at, item in enumerate(items)]

    def has(self, name: str) -> bool:
        """Whether an object has a value of that name that is not null, empty or false."""
        return isinstance(self.value, dict) and bool(self.value.get(name))

    def text(self, name: str) -> str:
        """A text or number that may be missing; white space is one space."""
        found = self._get(name)
        if found.value is None:
            return ""
        if isinstance(found.value, bool) or not isinstance(found.value, (str, int, float)):
            raise ListError(f"{found.where} is no text")
        return " ".join(_HALF.sub("\N{REPLACEMENT CHARACTER}", str(found.value)).split())

    def day(self, name: str) -> str:
        """A date as printed, or the day in China of seconds or milliseconds since 1970."""
        said = self.text(name)
        if _EPOCH.fullmatch(said):
            return str(dt.datetime.fromtimestamp(int(said[:10]), _CHINA).date())
        return said[:10] if re.match("[0-9]{4}", said) else ""

    def count(self, name: str) -> int:
        """A number of things that must be there; some sites say it as text."""
        found = self._get(name)
        if not re.fullmatch(r"[0-9]{1,9}", str(found.value)):
            raise ListError(f"{found.where} is missing, or no number ({str(found.value)[:40]})")
        return int(found.value)

    def _get(self, name: str) -> Json:
        value = self.value.get(name) if isinstance(self.value, dict) else None
        join = "." if ": " in self.where or "[" in self.where else ": "
        return Json(value, f"{self.where}{join}{name}")

    @staticmethod
    def _of(found: Json, kind: type[_T], word: str) -> _T:
        if not isinstance(found.value, kind):
            raise ListError(f"{found.where} is missing, or no {word}")
        return found.value
