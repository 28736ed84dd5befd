"""The table `README`: what a reader of the file must know first."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from .licence import LICENCE_TEXT

_FICTION = "本文件为演示数据，全部内容均属虚构。"


def readme(fiction: bool) -> list[dict[str, object]]:
    """Rows of the table `README`, most needed first.

    Args:
        fiction: Whether the data are invented; the first row says so then.
    """
    texts = {**_texts(), "许可": LICENCE_TEXT}
    first = next(iter(texts))
    return [
        {"topic": topic, "text": text + (_FICTION if fiction and topic == first else "")}
        for topic, text in texts.items()
    ]


@cache
def _texts() -> dict[str, str]:
    with Path(__file__).with_name("readme.toml").open("rb") as handle:
        return tomllib.load(handle)
