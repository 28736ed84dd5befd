"""Run a notebook without Jupyter: `python3 examples/run.py examples/notebook.ipynb`.

Prints what its cells print; with `--write` the file keeps it. Only the standard library is needed.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def outputs(notebook: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Run the cells in their order; gives each code cell with what it printed."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "code":
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
            yield cell, said.getvalue()


def main(path: Path, write: bool) -> None:
    """Run a notebook's file."""
    notebook = json.loads(path.read_text("utf-8"))
    for number, (cell, said) in enumerate(outputs(notebook), 1):
        print(said)
        stream = {"name": "stdout", "output_type": "stream", "text": said.splitlines(True)}
        cell["execution_count"], cell["outputs"] = number, [stream] if said else []
    if write:
        text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(next(word for word in sys.argv[1:] if word != "--write")), "--write" in sys.argv)
