"""The site behind the nginx of `deploy/site`, and another release in its place without a pause."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import sqlite3
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from archive.errors import SwitchFailed
from archive.switching import Commands, Turn, serving, switch
from tests import proxied
from tests.demo_run import free_port
from tests.load import ask
from tests.proxied import Proxied


def again(root: Path) -> str:
    """The current release once more under another name, made current; its name."""
    releases = root / "releases"
    old = (releases / "current").resolve()
    new = old.with_name(f"{old.name}-again")
    shutil.copytree(old, new)
    manifest = json.loads((new / "manifest.json").read_text("utf-8"))
    manifest["release"] = new.name
    (new / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    link = releases / "current.new"
    link.symlink_to(new.name)
    link.replace(releases / "current")
    return new.name


@pytest.fixture(scope="module")
def root(demo: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("deployed") / "root"
    shutil.copytree(demo[0], copied, symlinks=True)
    return copied


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    if not proxied.installed():
        if os.environ.get("CI"):
            pytest.fail("nginx is missing, and CI must have it")
        pytest.skip("nginx is missing (make system-deps)")
    with Proxied(root, tmp_path_factory.mktemp("nginx")) as opened:
        yield opened


def get(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, _lower(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _lower(error.headers), error.read()


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def test_what_was_answered_once_is_answered_by_nginx(site: Proxied) -> None:
    first, second = (get(f"{site.address}fugai") for _ in range(2))
    assert (first[0], second[0]) == (200, 200)
    assert first[1]["x-cache"] == "MISS"
    assert second[1]["x-cache"] == "HIT"
    assert first[2] == second[2]
    assert second[1]["content-security-policy"] == first[1]["content-security-policy"] != ""
    assert "x-cache" not in get(f"{site.address}-/health")[1]


def test_a_file_of_the_release_comes_from_the_disk_in_parts_too(site: Proxied, root: Path) -> None:
    file = root / "releases" / "current" / "nianbao.db"
    whole = file.read_bytes()
    for path in ("xiazai/wenjian/nianbao.db", "nianbao.db"):
        status, headers, body = get(f"{site.address}{path}", Range="bytes=16-115")
        assert (status, body) == (206, whole[16:116]), path
        assert headers["content-range"] == f"bytes 16-115/{len(whole)}"
        assert headers["content-disposition"] == "attachment"
        assert headers["x-content-type-options"] == "nosniff"
    page = get(f"{site.address}xiazai/wenjian/index.html")
    assert page[1]["content-type"] == "application/octet-stream"
    for path in ("xiazai/wenjian/../../../root.json", "xiazai/wenjian/%2e%2e/%2e%2e/root.json"):
        connection = http.client.HTTPConnection(site.address.split("/")[2], timeout=30)
        connection.request("GET", f"/{path}")
        assert connection.getresponse().status in (302, 400, 404), path
        connection.close()


def status(site: Proxied, path: str, **headers: str) -> int:
    """The status of an answer; nobody follows where it leads."""
    connection = http.client.HTTPConnection(site.address.split("/")[2], timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_statement_is_counted_however_it_is_written(site: Proxied) -> None:
    asked = ("%73ql=select+{}", "sql=&sql=select+{}", "SQL=&x&sql=select+{}", "_where={}=1")
    found = [status(site, f"/nianbao?{asked[n % 4].format(n)}") for n in range(16)]
    assert found.count(429) >= 4


def test_what_nginx_keeps_of_an_archived_page_is_given_to_its_frame_alone(
    site: Proxied, root: Path
) -> None:
    with contextlib.closing(sqlite3.connect(root / "releases/current/nianbao.db")) as conn:
        sql = "SELECT version_id FROM versions WHERE format = 'html' ORDER BY 1"
        (version,) = conn.execute(sql).fetchone()
    address = f"/cundang/{version}/1/yuanjian"
    frame = {"Sec-Fetch-Dest": "iframe"}
    assert [status(site, address, **frame) for _ in range(2)] == [200, 200]
    assert status(site, address, **{"Sec-Fetch-Dest": "document"}) == 303


def test_another_release_takes_over_and_no_request_fails(site: Proxied, root: Path) -> None:
    before = serving(site.conf)
    assert before is not None
    ended, found = threading.Event(), []

    def load() -> None:
        paths = ("", "fugai", "zidian", "biangeng", "nianbao/reports.json?_size=5&n={n}")
        found.append(
            ask(
                site.address,
                lambda n: "/" + paths[n % len(paths)].format(n=n),
                until=lambda _: ended.is_set(),
                threads=2,
                visitor="127.0.0.2",  # what is asked afterwards is another visitor's
            )
        )

    asking = threading.Thread(target=load)
    asking.start()
    name = again(root)
    turn, is_new = site.switch(drain=0.3)
    ended.set()
    asking.join()
    assert is_new
    assert turn == serving(site.conf) == Turn(turn.port, name)
    assert turn.port != before.port
    assert found[0].asked > 20
    # One visitor who asks as fast as he can is held back; nothing else may be wrong.
    assert set(found[0].statuses) <= {200, 429}, found[0].failed[:5]
    assert json.loads(get(f"{site.address}-/health")[2])["release"] == name
    assert name.encode() in get(f"{site.address}fugai")[2]  # not what the cache had
    assert not (site.folder / f"pid-{before.port}").exists()
    assert site.switch() == (turn, False)


def test_a_new_process_that_does_not_come_up_changes_nothing(root: Path, tmp_path: Path) -> None:
    conf, told = tmp_path / "current.conf", tmp_path / "told"
    tell = f"{sys.executable} -c \"open('{told}','w')\""
    ports = (free_port(), free_port())
    with pytest.raises(SwitchFailed, match=r"does not answer after 0.2 s .* the old one serves on"):
        switch(root, conf, ports, Commands("true", "true", tell), wait=0.2)
    with pytest.raises(SwitchFailed, match=r"`false` failed \(1\)"):
        switch(root, conf, ports, Commands("false", "true", tell), wait=0.2)
    assert not told.exists()
    assert not conf.exists()
    conf.write_text("server { }\n", "utf-8")
    with pytest.raises(SwitchFailed, match="was not written by `archive switch`"):
        switch(root, conf, ports, Commands("true", "true", tell))
    assert conf.read_text("utf-8") == "server { }\n"


def test_a_proxy_that_is_not_told_keeps_its_file(site: Proxied, root: Path) -> None:
    before = site.conf.read_bytes()
    name = again(root)
    deaf = Commands(site.commands.start, site.commands.stop, "false")
    with pytest.raises(SwitchFailed, match=r"`false` failed"):
        switch(root, site.conf, site.ports, deaf, drain=0)
    assert site.conf.read_bytes() == before
    shown = json.loads(get(f"{site.address}-/health")[2])["release"]
    assert shown != name
    running = [port for port in site.ports if (site.folder / f"pid-{port}").exists()]
    assert len(running) == 1


def test_the_files_of_deploy_name_what_there_is() -> None:
    text = proxied.DEPLOYED.read_text("utf-8")
    zones = set(re.findall(r"zone=(\w+):", text))
    assert set(re.findall(r"limit_req zone=(\w+)", text)) <= zones
