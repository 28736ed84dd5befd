"""nginx on twenty loopback hosts: report-like pages, faster than any crawler asks for them."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType

from tests.demo_run import free_port
from tests.portal.counties.county import county
from tests.portal.render import article_html
from tests.portal.reports import make_report

HOSTS = tuple(f"127.0.0.{number}" for number in range(2, 22))
#: Rows of a list page.
ROWS = 100
#: Pages as large as those of real portals, whose tables were made in a word processor.
_SIZE = 72_000
_CELL = re.compile(r"<(td|p|tr)\b")

_CONFIG = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; text/plain txt; }}
  log_format asked '$server_addr $request_uri $status';
  access_log {log};
  keepalive_requests 1000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    {listen}
    root {folder}/www/$server_addr;
    gzip_static {static};
    charset utf-8;
    rewrite ^/a/x[0-9]+/(.*)$ /a/$1 last;  # one file under many addresses
  }}
}}
"""


def installed() -> bool:
    """Whether this machine has nginx."""
    return shutil.which("nginx") is not None


class Nginx:
    """nginx with its pages, serving while the context is open.

    Args:
        folder: Where its files go.
        pages: How many pages there are, spread over `HOSTS`.
        zipped: Whether they are sent compressed (beforehand) or as they are.
        copies: Under how many addresses each page stands.
        logged: Whether each request is written to `folder/asked.log`.
    """

    def __init__(
        self, folder: Path, pages: int, *, zipped: bool, copies: int = 1, logged: bool = False
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "asked.log"
        self._paths = [
            f"/a/{f'x{copy}/' if copy else ''}{number}.html"
            for copy in range(copies)
            for number in range(pages // len(HOSTS))
        ]
        self._write(pages // len(HOSTS), zipped)
        config = folder / "nginx.conf"
        config.write_text(
            _CONFIG.format(
                folder=folder,
                user="user root;" if os.geteuid() == 0 else "",
                static="on" if zipped else "off",
                log=f"{self.log} asked" if logged else "off",
                listen=" ".join(f"listen {host}:{self.port};" for host in HOSTS),
            ),
            "utf-8",
        )
        self._command = ["nginx", "-c", str(config), "-e", str(folder / "error.log")]

    def __enter__(self) -> Nginx:
        self._process = _started(self._command, self.folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def urls(self) -> list[str]:
        """Addresses of all pages, a host after the other in turn."""
        return [f"http://{host}:{self.port}{path}" for path in self._paths for host in HOSTS]

    def registry(self) -> str:
        """A registry of these hosts, a portal each."""
        text = 'name = "bench"\nfiction = true\ncontact = "https://nianbao.invalid/about"\n'
        text += "delay = 0\nrecheck_days = 0\n"
        for number, host in enumerate(HOSTS):
            text += (
                f'[portals.host{number}]\nagency = ""\nregion = "990001"\n'
                f'region_name = "示例省 示例市"\ncolumn = "http://{host}:{self.port}/l/0.html"\n'
                f'family = "generic"\nhosts = ["{host}"]\nexpect_reports = {len(self._paths)}\n'
            )
        return text

    def _write(self, each: int, zipped: bool) -> None:
        for number, host in enumerate(HOSTS):
            www = self.folder / "www" / host
            for place in ("a", "l"):
                (www / place).mkdir(parents=True)
            (www / "robots.txt").write_text("User-agent: *\nAllow: /\n")
            for at in range(each):
                body = page(number * each + at)
                _put(www / "a" / f"{at}.html", body, zipped)
            lists = range(0, len(self._paths), ROWS)
            for place, begin in enumerate(lists):
                rows = self._paths[begin : begin + ROWS]
                following = f"{place + 1}.html" if begin + ROWS < len(self._paths) else ""
                _put(www / "l" / f"{place}.html", _list(number, rows, following), zipped)


def _put(path: Path, body: bytes, zipped: bool) -> None:
    path.write_bytes(body)
    if zipped:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(body, mtime=0))


def _list(number: int, paths: list[str], following: str) -> bytes:
    name = county(number + 1, "vsb").name
    rows = "\n".join(
        f'<li><a href="{path}">{name}第{place}局2021年政府信息公开工作年度报告</a>'
        "<span>2022-01-20</span></li>"
        for place, path in enumerate(paths)
    )
    more = f'<a href="{following}">下一页</a>' if following else ""
    return f"<html><body><ul>{rows}</ul>{more}</body></html>".encode()


def page(number: int) -> bytes:
    """A report's page of about 72 KB, three tables in it."""
    name = f"示例市第{number}局"
    report, _ = make_report(name, "990001", "finance", 2021, busy=number % 2 == 0)
    text = article_html(report, "trs")
    styled = iter(range(10**6))
    room = (_SIZE - len(text.encode())) // max(len(_CELL.findall(text)), 1)

    def style(found: re.Match[str]) -> str:
        # Widths differ from cell to cell, or the page would compress to nothing.
        width = (next(styled) * 7919 + number) % 997
        marks = f"width:{width}.{width % 7}pt;border:solid windowtext 1.0pt;mso-border-alt:solid "
        marks += "windowtext .5pt;padding:0cm 5.4pt 0cm 5.4pt;font-family:仿宋_GB2312;"
        return f'<{found[1]} style="{marks:<{max(room - 9, 0)}}"'

    return _CELL.sub(style, text).encode()


_PLAIN = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


class Plain:
    """nginx with files and nothing else: what the machine can send at best."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        (folder / "www").mkdir(parents=True)
        user = "user root;" if os.geteuid() == 0 else ""
        config = folder / "nginx.conf"
        config.write_text(_PLAIN.format(folder=folder, port=self.port, user=user), "utf-8")
        self._command = ["nginx", "-c", str(config), "-e", str(folder / "error.log")]

    def put(self, name: str, body: bytes) -> None:
        """Give a file a body."""
        (self._folder / "www" / name).write_bytes(body)

    def link(self, name: str, target: Path) -> None:
        """Give a file that lies elsewhere."""
        (self._folder / "www" / name).symlink_to(target.resolve())

    def __enter__(self) -> Plain:
        self._process = _started(self._command, self._folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Nginx at work."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not (folder / "nginx.pid").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"nginx did not begin; see {folder}/error.log")
        time.sleep(0.05)
    return process
