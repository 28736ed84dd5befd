"""The table of docs/performance.md is of the bench that there is; the bench's own arithmetic."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.bench import Figure
from tests.bench.__main__ import main
from tests.bench.site import written
from tests.bench.site.goals import GOALS, PAGES, Goal
from tests.bench.site.wire import load
from tests.demo_run import PROJECT

DOCUMENT = PROJECT / "docs" / "performance.md"


def test_the_document_has_the_goals_of_the_bench() -> None:
    rows = re.findall(r"^\| (.+?) \| .+? \| ([≤≥] .+?) \| (\S+) \|", DOCUMENT.read_text(), re.M)
    assert [(name, goal) for name, goal, _ in rows if name != "what"] == [
        (goal.name, str(goal)) for goal in GOALS
    ]
    assert {met for _, _, met in rows} <= {"met", "**missed**"}


def test_a_page_has_goals_and_they_have_names_of_their_own() -> None:
    assert all(page.goals() for page in PAGES)
    assert len({goal.name for goal in GOALS}) == len(GOALS)


def test_a_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    words = written._WORDS["site"]  # not said here: this file must have no place for a table
    begin, end = f"<!-- {words} -->", f"<!-- end of {words} -->"
    document.write_text(f"before\n{begin}\nold\n{end}\nafter\n", "utf-8")
    slow = Goal("slow", 20, " ms").result(41.5, "two of them")
    many = Goal("many", 5000, at_least=True).result(6123.4)
    written.write(document, [slow, many, Figure("plain", 0.5, 0.8, at_least=True)])
    text = document.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| slow | 41.50 ms | ≤ 20 ms | **missed** | two of them |" in text
    assert "| many | 6,123 | ≥ 5,000 | met |  |" in text
    assert "| plain | 0.50 | ≥ 0.8 | **missed** |  |" in text
    assert "cores" in text
    with pytest.raises(ValueError, match="has no"):
        written.write(Path(__file__), [])


def test_write_takes_a_document_and_one_room(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--write"]) == 2
    assert main(["read", "--write", str(DOCUMENT)]) == 2
    assert main(["site", "--write", "nowhere.md"]) == 2
    assert "only of the room site" in capsys.readouterr().err


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/gone" else 200)
        if self.path == "/parts":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n0\r\n\r\n")
            return
        self.send_header("Content-Length", "50000")
        self.end_headers()
        self.wfile.write(b"x" * 50_000)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_the_load_counts_answers_and_failures() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = load(server.server_port, 3, 40, ["/long", "/parts", "/gone", "/parts"])
    finally:
        server.shutdown()
        server.server_close()
    assert found["requests"] in range(40, 44)
    assert found["failed"] in range(8, 13)
    assert 0 < found["half"] <= found["p99"]
    assert found["seconds"] > 0
