"""Questions taken from real chapters and made-up ones: found is what a substring search finds."""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive.build import build
from archive.importing import import_files
from archive.manifest import FILES
from archive.root import DataRoot
from archive.search import Question
from archive.search.index import document
from tests import prose
from tests.test_search import OWN, all_pages, plain, shelved

QUESTIONS, LONGEST, MADE = 200, 8, 300
Chapter = tuple[str, str]
CORPUS = Path(os.environ.get("NIANBAO_CORPUS", "../shared/corpus")) / "documents"
_CHAPTERS = """
SELECT version_id, chapter, heading, text FROM chapters
JOIN nianbao.reports USING (version_id)"""


def prove() -> bool:
    """Ask a release of the real documents, and made-up chapters; print what was not exact."""
    made = shelved(
        [
            (f"{number}-{chapter}.v1", 2021, text, OWN)
            for number in range(MADE)
            for chapter, text in prose.chapters(number, "示例市财政局", 2021).items()
        ]
    )
    exact = _proved("made up", made, "SELECT version_id, chapter, heading, text FROM chapters")
    if not CORPUS.is_dir():
        print(f"  no corpus at {CORPUS}")
        return False
    with tempfile.TemporaryDirectory() as name:
        root = DataRoot(Path(name, "data"))
        import_files(root, sorted(CORPUS.iterdir()), None)
        build(root)
        with closing(sqlite3.connect(root.current / FILES[1])) as db:
            db.execute("ATTACH ? AS nianbao", (str(root.current / FILES[0]),))
            return _proved("real", db, _CHAPTERS) and exact


def _proved(what: str, db: sqlite3.Connection, sql: str) -> bool:
    chapters = {
        (version_id, chapter): document(heading, text)
        for version_id, chapter, heading, text in db.execute(sql)
    }
    folded = {each: plain(text) for each, text in chapters.items()}
    hits = missed = false = 0
    for question in _questions([text for text in chapters.values() if text]):
        pages = all_pages(db, Question(question))
        found = {(hit.version_id, hit.chapter) for page in pages for hit in page.hits}
        told = {each for each, text in folded.items() if plain(question) in text}
        hits, missed, false = (
            hits + len(told),
            missed + len(told - found),
            false + len(found - told),
        )
        if told != found:
            print(f"  {question!r}: missed {sorted(told - found)[:3]} {sorted(found - told)[:3]}")
    print(
        f"  {what}: {len(chapters)} chapters, {QUESTIONS} questions, {hits} hits, "
        f"missed {missed}, false {false}"
    )
    return bool(hits) and not missed and not false


def _questions(texts: list[str]) -> Iterator[str]:
    """Pieces of texts, of one to `LONGEST` characters; one in ten with two characters exchanged."""
    dice = random.Random("questions")
    made = 0
    while made < QUESTIONS:
        text, length = dice.choice(texts), dice.randint(1, LONGEST)
        place = dice.randrange(max(1, len(text) - length))
        question = text[place : place + length].strip()
        if dice.random() < 0.1:
            question = question[1:2] + question[:1] + question[2:]
        if len(question.split()) == 1 and any(each.isalnum() for each in question):
            made += 1
            yield question
