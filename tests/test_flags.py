"""Every flag that the reader sets is explained, and nothing else is."""

from __future__ import annotations

import ast
from pathlib import Path

from extract.flags import FLAGS

EXTRACT = Path(__file__).parent.parent / "extract"


def words_of_the_reader() -> set[str]:
    """All strings in the reader's code, the codebook's own left out."""
    return {
        node.value
        for path in EXTRACT.rglob("*.py")
        if path.name != "flags.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def flags_in_the_reader() -> set[str]:
    """Strings given as flags, put into a tuple of flags, or said to be why a number is lost."""
    found: set[str] = set()
    for path in EXTRACT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for given in _given(node):
                found |= {
                    part.value
                    for part in ast.walk(given)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return found


def _given(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.keyword) and node.arg == "flags":
        return [node.value]
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "flags":
        return [node.value]
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "lost":
        return node.args[1:]
    return []


def test_every_flag_is_explained() -> None:
    beside = {"year", "no_"}  # an index of the evidence, and how no_t2 … begin
    assert flags_in_the_reader() - beside <= set(FLAGS)


def test_no_flag_is_explained_that_is_never_set() -> None:
    assert {f for f in FLAGS if not f.startswith("no_t")} <= words_of_the_reader()
