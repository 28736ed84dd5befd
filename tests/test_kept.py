"""Answers that are asked once of a release."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from archive.site import kept as kept_module
from archive.site.kept import kept


class Site:
    """Stands for the site; counts the questions that reach its database."""

    def __init__(self) -> None:
        self.questions = 0


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    async def ask(asked: Site, question: Any) -> Any:
        asked.questions += 1
        await asyncio.sleep(0)
        return question(None)

    monkeypatch.setattr(kept_module, "ask", ask)
    return Site()


def test_many_at_once_ask_once(site: Site) -> None:
    async def many() -> list[Any]:
        return await asyncio.gather(*(kept(site, "sum", lambda _: 7) for _ in range(5)))

    assert asyncio.run(many()) == [7] * 5
    assert asyncio.run(kept(site, "sum", lambda _: 8)) == 7
    assert asyncio.run(kept(site, "other", lambda _: 8)) == 8
    assert site.questions == 2


def test_a_failure_is_not_kept(site: Site) -> None:
    def fail(_: Any) -> None:
        raise ValueError("interrupted")

    with pytest.raises(ValueError, match="interrupted"):
        asyncio.run(kept(site, "sum", fail))
    assert asyncio.run(kept(site, "sum", lambda _: 7)) == 7


def test_the_oldest_is_let_go(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "MOST", 2)
    for key in ("a", "b", "a", "c", "a", "b"):
        asyncio.run(kept(site, key, lambda _: 0))
    assert site.questions == 4  # b was let go when c came
