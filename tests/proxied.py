"""nginx as `deploy/site/nginx.conf` has it, before two processes of the site."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from archive.switching import Commands, Turn, switch
from tests.demo_run import PROJECT, free_port

DEPLOYED = PROJECT / "deploy" / "site" / "nginx.conf"
_MAIN = """
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""
_STARTER = """
import subprocess, sys
port, pids, *command = sys.argv[1:]
with open(pids + port + ".log", "ab") as log:
    started = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
open(pids + port, "w").write(str(started.pid))
"""
_STOPPER = """
import os, signal, sys, time
path = sys.argv[1] + sys.argv[2]
try:
    pid = int(open(path).read())
    os.kill(pid, signal.SIGTERM)
except (FileNotFoundError, ProcessLookupError):
    sys.exit(0)
for _ in range(300):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        break
    if open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] == "Z":
        break
    time.sleep(0.1)
os.unlink(path)
"""


def installed() -> bool:
    """Whether this machine has nginx."""
    return shutil.which("nginx") is not None


class Proxied:
    """The site of a data root behind nginx; open as a context.

    Args:
        root: The data root.
        folder: Where nginx and the processes keep their files; outside the root.
        limited: Whether visitors are limited as deployed; a bench is one visitor.
    """

    def __init__(self, root: Path, folder: Path, *, limited: bool = True) -> None:
        self.root, self.folder = root, folder
        self.conf = folder / "current.conf"
        self.port = free_port()
        self.ports = (free_port(), free_port())
        self.address = f"http://127.0.0.1:{self.port}/"
        text = DEPLOYED.read_text("utf-8")
        text = text.replace("/srv/nianbao/nginx/current.conf", str(self.conf))
        text = text.replace("/var/cache/nginx/nianbao", str(folder / "cache"))
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        if not limited:
            text = re.sub(r"(?m)^\s*limit_req .*$", "", text)
        (folder / "site.conf").write_text(text, "utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user), "utf-8")
        self._nginx = f"nginx -c {folder}/nginx.conf -e {folder}/error.log"
        for name, text in (("start", _STARTER), ("stop", _STOPPER)):
            (folder / f"{name}.py").write_text(text, "utf-8")
        self.commands = Commands(
            start=f"{sys.executable} {folder}/start.py {{port}} {folder}/pid- {sys.executable} "
            f"-m archive serve --data {root} --port {{port}} --pinned",
            stop=f"{sys.executable} {folder}/stop.py {folder}/pid- {{port}}",
            reload=f"{self._nginx} -s reload",
        )

    def switch(self, **how: float) -> tuple[Turn, bool]:
        """Show the root's current release."""
        return switch(self.root, self.conf, self.ports, self.commands, **how)

    def __enter__(self) -> Proxied:
        # As docs/deploy.md has it: the first switch comes before nginx knows the site.
        first = Commands(self.commands.start, self.commands.stop, "true")
        switch(self.root, self.conf, self.ports, first, drain=0)
        subprocess.run(self._nginx.split(), check=True)
        for _ in range(200):
            if (self.folder / "nginx.pid").exists():
                return self
            time.sleep(0.02)
        raise RuntimeError(f"nginx did not begin; see {self.folder}/error.log")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        subprocess.run([*self._nginx.split(), "-s", "quit"], check=False)
        for port in self.ports:
            subprocess.run(self.commands.stop.format(port=port).split(), check=False)
