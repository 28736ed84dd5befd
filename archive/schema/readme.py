"""The table `README`: what a reader of the file must know first."""

from __future__ import annotations

import tomllib
from pathlib import Path

from ..audit.accuracy import Accuracy
from .licence import LICENCE_TEXT

_FICTION = "本文件为演示数据，全部内容均属虚构。"


def readme(fiction: bool, accuracy: Accuracy | None = None) -> list[dict[str, object]]:
    """Rows of the table `README`, most needed first.

    Args:
        fiction: Whether the data are invented; the first row says so then.
        accuracy: What the release says of its accuracy; that nobody audited it if None.
    """
    said, texts = accuracy or Accuracy(), _texts()
    texts |= {"许可": LICENCE_TEXT, "准确性": said.chinese}
    texts["English"] += said.english
    first = next(iter(texts))
    return [
        {"topic": topic, "text": text + (_FICTION if fiction and topic == first else "")}
        for topic, text in texts.items()
    ]


def _texts() -> dict[str, str]:
    """The texts, without those that other modules say."""
    with Path(__file__).with_name("readme.toml").open("rb") as handle:
        return tomllib.load(handle)
