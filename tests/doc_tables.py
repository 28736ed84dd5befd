"""`python -m tests.doc_tables`: write anew the tables of `docs/` that the code decides.

Each stands between `<!-- name -->` and `<!-- /name -->`; a test fails while one is stale.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from crawler.alarm import STATUSES
from crawler.families import FAMILIES
from crawler.registry import said_of
from crawler.runs.meanings import ISSUES, OUTCOMES

PROJECT = Path(__file__).resolve().parent.parent
FILES = ("crawling.md", "logs.md", "settings.md")
_LONGEST = 60


def main() -> None:
    """Write all tables."""
    for name in FILES:
        path = PROJECT / "docs" / name
        path.write_text(renewed(path.read_text("utf-8")), "utf-8")


def renewed(text: str) -> str:
    """A document with its tables as the code has them now."""
    for name, rows in tables().items():
        block = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        pattern = rf"(<!-- {name} -->\n(?:\|.*\n){{2}})(?:\|.*\n)*(?=<!-- /{name} -->)"
        text = re.sub(pattern, lambda match, block=block: f"{match[1]}{block}\n", text)
    return text


def tables() -> dict[str, list[tuple[str, ...]]]:
    """Rows of all tables by the tables' names."""
    return {
        "outcomes": [(f"`{key}`", said.means, said.do) for key, said in OUTCOMES.items()],
        "issues": [(f"`{key}`", said.means, said.do) for key, said in ISSUES.items()],
        "statuses": [(str(status), means) for status, means in STATUSES.items()],
        "params": list(_params()),
        "settings": list(_settings((PROJECT / "crawler/settings.py").read_text("utf-8"))),
    }


def _params() -> Iterator[tuple[str, ...]]:
    """What the registry may tell the families; those that take the same share a row."""
    takers: dict[tuple[str, ...], list[str]] = {}
    for family, strategy in FAMILIES.items():
        for name, param in strategy.params.items():
            row = (f"`{name}`", said_of(param.types), param.means)
            takers.setdefault(row, []).append(f"`{family}`")
    for (name, types, means), families in takers.items():
        yield name, ", ".join(families), types, means


def _settings(source: str) -> Iterator[tuple[str, ...]]:
    """Name, value, and the comment beside each setting."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        beside = lines[node.lineno - 1].partition("  # ")[2]
        value = ast.unparse(node.value)
        shown = f"`{value}`" if len(value) <= _LONGEST else "see the file"
        yield f"`{ast.unparse(target)}`", shown, re.sub(r"^default:? ", "", beside).strip()


if __name__ == "__main__":
    main()
