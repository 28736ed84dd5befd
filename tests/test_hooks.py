"""Hooks tell somebody, by command, mail or webhook, and never change how a crawl ends."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler import disk
from crawler.hooks import Event, HookError, fire, parse
from tests.crawls import collect, scrapy
from tests.ledgers import Book
from tests.receivers import Post, Web

SECRET = "geheim123"
EVENT = Event("failure", "示例: exit status 3", ("a: wall", "b: dns"), {"exit_status": 3})
REGISTRY = """
name = "fiction"
fiction = true
contact = "https://nianbao.invalid/"
delay = 0
[portals.nobody]
agency = "示例市示例局"
region = "990100"
region_name = "示例省 示例市"
column = "http://127.0.9.9:9/zfxxgknb/"
family = "generic"
hosts = ["127.0.9.9"]
expect_reports = 1
"""


def script(folder: Path, text: str) -> str:
    """A command that runs some Python; `out` in it is a file of the folder."""
    file = folder / "tell.py"
    file.write_text(f"import os, sys\nout = {str(folder / 'told')!r}\n{text}\n", "utf-8")
    return f"{sys.executable} {file}"


def keeper(folder: Path) -> str:
    return script(folder, "open(out, 'a').write(sys.stdin.read() + '\\n')")


def told(folder: Path) -> list[dict[str, object]]:
    file = folder / "told"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [json.loads(line) for line in lines]


# -- the three kinds ---------------------------------------------------------------------


def test_a_command_gets_the_event_as_json(tmp_path: Path) -> None:
    fire([parse(keeper(tmp_path))], EVENT)
    event = told(tmp_path)[0]
    assert (event["event"], event["exit_status"]) == ("failure", 3)
    assert event["text"] == EVENT.text
    assert event["lines"] == ["a: wall", "b: dns"]
    assert event["host"]


def test_no_shell_is_between(tmp_path: Path) -> None:
    command = script(tmp_path, "open(out, 'w').write(repr(sys.argv[1:]))")
    fire([parse(f"{command} 'two words' $HOME ; touch x")], EVENT)
    assert (tmp_path / "told").read_text() == "['two words', '$HOME', ';', 'touch', 'x']"


def test_a_webhook_gets_the_event_as_json() -> None:
    with Web() as web:
        fire([parse(f"http://127.0.0.1:{web.port}/{SECRET}?x=1")], EVENT)
    assert web.paths == [f"/{SECRET}?x=1"]
    assert web.events[0]["text"] == EVENT.text


def test_a_mail_is_sent_through_the_host() -> None:
    with Post() as post:
        fire([parse(f"smtp://127.0.0.1:{post.port}/ops@example.org?from=n@example.org")], EVENT)
        event = Event("disk", "x" * 300 + "\nBcc: b@example.org")
        fire([parse(f"smtp://127.0.0.1:{post.port}/ops@example.org")], event)
    mail, second = post.mails
    assert (mail["To"], mail["From"]) == ("ops@example.org", "n@example.org")
    assert mail["Subject"] == f"nianbao: failure: {EVENT.text}"
    assert mail.get_content().split() == [*EVENT.text.split(), "a:", "wall", "b:", "dns"]
    assert second["Bcc"] is None
    assert second["From"].startswith("nianbao@")


# -- what goes wrong is one line, without a secret ----------------------------------------


def test_a_hook_that_fails_is_one_line_without_its_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = script(tmp_path, "sys.exit(7)")
    with Web(500) as web, Web(302) as moved, Post() as post:
        hooks = {
            f"{broken} {SECRET}": "exit status 7",
            f"/nonsense/{tmp_path.name} {SECRET}": "FileNotFoundError",
            f"http://u:{SECRET}@127.0.0.1:{web.port}/{SECRET}": "webhook at 127.0.0.1: ",
            f"http://127.0.0.1:{web.port}/{SECRET}": "status 500",
            f"http://127.0.0.1:{moved.port}/{SECRET}": "status 302",
            f"http://127.0.0.1:9/{SECRET}": "ConnectionRefusedError",
            f"smtp://127.0.0.1:9/{SECRET}@example.org": "ConnectionRefusedError",
            f"smtp://u:{SECRET}@127.0.0.1:{post.port}/o@example.org": "the password was not sent",
        }
        for text, said in hooks.items():
            caplog.clear()
            with caplog.at_level(logging.WARNING):
                fire([parse(text)], EVENT)
            assert len(caplog.records) == 1, text
            assert said in caplog.text, caplog.text
            assert caplog.text.count("\n") == 1
            assert SECRET not in caplog.text
    assert moved.paths == [f"/{SECRET}"]  # a redirect is not followed
    assert not post.mails
    assert not [line for line in post.said if SECRET in line]


def test_one_failing_hook_does_not_keep_the_next_from_being_told(tmp_path: Path) -> None:
    fire([parse("/nonsense"), parse(keeper(tmp_path))], EVENT)
    assert len(told(tmp_path)) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"ftp://{SECRET}.example.org/", f"https:///{SECRET}", f"smtp://example.org/{SECRET}",
        f"https://example.org:{SECRET}/", f"https://example.org/{SECRET} x", f"tell '{SECRET}",
    ],
)  # fmt: skip
def test_what_is_no_hook_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(HookError) as caught:
        parse(text)
    assert SECRET not in str(caught.value)


# -- when they fire ----------------------------------------------------------------------


def test_a_crawl_that_fails_tells_all_hooks_and_ends_as_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    registry.write_text(REGISTRY, "utf-8")
    with Web() as web, Post() as post:
        lines = [
            keeper(tmp_path),
            f"/nonsense {SECRET}",
            f"http://127.0.0.1:{web.port}/{SECRET}",
            f"smtp://127.0.0.1:{post.port}/ops@example.org",
        ]
        monkeypatch.setenv("NIANBAO_HOOK", "\n".join(lines))
        done = collect(registry, data, "-s", "RETRY_TIMES=0")
        monkeypatch.setenv("NIANBAO_HOOK_ON", "1,4")
        quiet = collect(registry, data, "-s", "RETRY_TIMES=0")
        registry.write_text(REGISTRY.replace("fiction = true", "fiction = maybe"), "utf-8")
        wrong = collect(registry, data)
    assert (done.returncode, quiet.returncode, wrong.returncode) == (3, 3, 1)
    assert done.stderr.count("hook failed") == 1
    assert SECRET not in done.stderr + done.stdout + wrong.stderr
    assert "hook failed" not in quiet.stderr
    events = told(tmp_path)
    assert [event["exit_status"] for event in events] == [3, 1]
    assert (data / "runs" / f"{web.events[0]['run_id']}.json").exists()
    assert web.events[0]["lines"][0].startswith("nobody: unreachable (refused")
    assert "nobody: unreachable" in post.mails[0].get_content()
    assert "portals.toml" in str(events[1]["lines"])


def test_a_disk_that_fills_is_told_once_and_changes_nothing_else(tmp_path: Path) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    registry.write_text(REGISTRY.replace("[portals", 'recheck_days = 0\n[portals').replace(
        "expect_reports = 1", 'outcome = "unreachable"'
    ), "utf-8")  # fmt: skip
    done = collect(registry, data, "--min-free", "9000T", "--hook", keeper(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the disk fills: ") == 1
    assert [event["event"] for event in told(tmp_path)] == ["disk"]
    assert "fewer than 9000.0 TB (--min-free)" in str(told(tmp_path)[0]["text"])


def test_a_crawl_larger_than_the_disk_is_foreseen(tmp_path: Path) -> None:
    book = Book(tmp_path / "root")
    for day, number in (("2026-01-01", 3), ("2026-02-01", 1)):
        run = book.run(day, {"a": "complete"})
        for count in range(number):
            book.capture(run, "a", f"http://a.invalid/{count}", "x")
    assert disk.usual(book.ledger) == 3000
    assert disk.shortage(tmp_path, 0, 3000) == ""
    assert "the last crawls stored up to" in disk.shortage(tmp_path / "not" / "yet", 0, 1 << 60)
    book.ledger.close()


def test_sizes_are_read_and_said() -> None:
    assert [disk.size(text) for text in ("7", "2K", "1.5G", "3 GiB", "1tb")] == [
        7, 2048, 3 << 29, 3 << 30, 1 << 40,
    ]  # fmt: skip
    for text in ("", "G", "-1G", "1X"):
        with pytest.raises(ValueError, match="is no size"):
            disk.size(text)
    assert [disk.said(number) for number in (7, 2048, 3 << 29)] == ["7 bytes", "2.0 KB", "1.5 GB"]


@pytest.mark.parametrize("word", ["--hook=ftp://x/", "--hook-on=x", "--min-free=much"])
def test_a_wrong_option_is_said_before_anything_is_asked(tmp_path: Path, word: str) -> None:
    done = collect(tmp_path / "no.toml", tmp_path / "data", word)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


# -- silence -----------------------------------------------------------------------------


def watch(root: Path, folder: Path, *more: str) -> tuple[int, str, list[dict[str, object]]]:
    done = scrapy("watch", "--data", str(root), "--hook", keeper(folder), "--min-free", "1", *more)
    return done.returncode, done.stdout + done.stderr, told(folder)


def day(ago: int) -> str:
    return (datetime.now(UTC) - timedelta(days=ago)).date().isoformat()


def test_silence_is_told_after_35_days(tmp_path: Path) -> None:
    book = Book(tmp_path / "root")
    book.run(day(40), {"a": "complete"})
    book.run(day(20), {"a": ""}, ended=False)  # a killed run is no sign of life
    status, said, events = watch(book.path, tmp_path)
    assert (status, [event["event"] for event in events]) == (3, ["silence"])
    assert f"since {day(40)}" in said
    assert "no crawl has finished" in (book.path / "runs" / "broken.html").read_text("utf-8")
    assert watch(book.path, tmp_path, "--days", "50")[0] == 0
    book.run(day(1), {"a": "wall"}, "failed")
    status, said, events = watch(book.path, tmp_path)
    assert (status, len(events)) == (0, 1)
    assert said.startswith("all is well")
    assert "no crawl has finished" not in (book.path / "runs" / "broken.html").read_text("utf-8")
    book.ledger.close()


def test_silence_of_single_portals_is_told_where_the_registry_is_known(tmp_path: Path) -> None:
    registry = tmp_path / "portals.toml"
    registry.write_text(REGISTRY, "utf-8")
    book = Book(tmp_path / "root")
    book.run(day(40), {"nobody": "complete"})
    book.run(day(1), {"other": "complete"})
    book.ledger.close()
    assert watch(book.path, tmp_path)[0] == 0
    status, said, events = watch(book.path, tmp_path, "--registry", str(registry))
    assert (status, len(events)) == (3, 1)
    assert "1 portal came to no outcome for 35 days: nobody" in said


def test_watch_looks_at_the_disk_and_tests_the_hooks(tmp_path: Path) -> None:
    book = Book(tmp_path / "root")
    book.run(day(1), {"a": "complete"})
    book.ledger.close()
    status, _, events = watch(book.path, tmp_path, "--min-free", "9000T", "--test")
    assert (status, [event["event"] for event in events]) == (3, ["test", "disk"])


def test_watch_says_that_it_cannot_look(tmp_path: Path) -> None:
    status, said, events = watch(tmp_path / "nothing", tmp_path)
    assert (status, said.count("\n")) == (1, 1)
    assert "is no data root yet" in said
    assert events[0]["event"] == "silence"
