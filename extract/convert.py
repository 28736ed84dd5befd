"""DOC, RTF and WPS to DOCX, by a LibreOffice that is shut in.

The documents are hostile bytes, and so is what LibreOffice makes of them until it is
checked. Each call has a folder of its own that is also its profile and its home, runs
without macros, links, Java and display, without network where the kernel allows it, and
under limits of memory, CPU and file size. It is killed, children and all, when it makes
no progress.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import olefile  # type: ignore[import-untyped]  # it ships no types

from .errors import ReadingError, ReadingLimit

#: Documents a call: starting LibreOffice costs as much as converting a few of them.
BATCH = 20
SECONDS = 30.0  # wall-clock time in which a call must get on, or be killed
#: Address space of each process: 512 MB suffice for a page (measured), tables need more.
MEMORY = 2 << 30
#: No converted document is larger; one that tries fills no disk.
LARGEST = 256 << 20
_START = 20.0  # seconds that LibreOffice may take to begin, on a busy machine
_RTF = b"{\\rtf"
_BEFORE = b"\xef\xbb\xbf \t\r\n\x00"  # as `extract.formats` leaves out before the magic bytes
_FILTER = "docx:MS Word 2007 XML"
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{}</oor:items>
"""
_SETTING = (
    '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse">'
    "<value>{}</value></prop></item>\n"
)
#: No macros, no linked pictures, no links updated, no Java.
_STRICT = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Java/VirtualMachine", "Enable", "false"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """A LibreOffice and its limits.

    Attributes:
        program: Its `soffice`.
        version: What it says of itself, e.g. `LibreOffice 7.4.7.2`.
        seconds: Time in which it must finish the next document, or be killed.
        memory: Limit of address space, in bytes.
        start: Further seconds for its first document.
    """

    program: Path
    version: str
    seconds: float = SECONDS
    memory: int = MEMORY
    start: float = _START


@cache
def installed() -> Office | None:
    """The LibreOffice of this machine, or None if there is none that runs."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    # Without prlimit (util-linux) it would run without limits: that is no way to run it.
    if found is None or shutil.which("prlimit") is None:
        return None
    with tempfile.TemporaryDirectory(prefix="nianbao-") as name:
        office = Office(Path(found).resolve(), "LibreOffice")
        folder = Path(name)
        _run(office, folder, ["--version"], folder)
        told = re.search(r"LibreOffice[\w ]* \d[\d.]*", _log(folder))
    return Office(office.program, told.group()) if told else None


def is_convertible(body: bytes) -> bool:
    """Whether a body is an RTF, or an OLE container with a Word document (DOC, WPS)."""
    return _extension(body) is not None


def to_docx(
    documents: Sequence[tuple[str, bytes]], office: Office
) -> dict[str, bytes | ReadingError]:
    """Convert documents, many in a call; one that fails takes no other with it.

    Args:
        documents: (key, bytes), each key once.
        office: What converts them.

    Returns:
        For each key the bytes of a DOCX, or why there are none: `ReadingLimit` where
        LibreOffice got stuck, else `ReadingError`.
    """
    results: dict[str, bytes | ReadingError] = {}
    good: list[tuple[str, bytes, str]] = []
    for key, body in documents:
        extension = _extension(body)
        if extension is None:
            results[key] = ReadingError(
                "neither RTF nor a whole OLE container with a Word document"
            )
        else:
            good.append((key, body, extension))
    for at in range(0, len(good), BATCH):
        results.update(_convert(good[at : at + BATCH], office))
    return results


def _extension(body: bytes) -> str | None:
    """The extension that fits the bytes: LibreOffice reads unknown ones as plain text."""
    if body[:1024].lstrip(_BEFORE).startswith(_RTF):
        return "rtf"
    if not body.startswith(olefile.MAGIC):
        return None
    try:
        with olefile.OleFileIO(body) as container:
            return "doc" if container.exists("WordDocument") else None
    except (OSError, ValueError, IndexError, TypeError, AttributeError):
        return None  # olefile raises all of these on damaged containers


def _convert(
    batch: Sequence[tuple[str, bytes, str]], office: Office
) -> Iterator[tuple[str, bytes | ReadingError]]:
    """Convert in one call; what that did not give is tried alone."""
    made, stuck = _call(batch, office)
    for number, document in enumerate(batch):
        key = document[0]
        if number in made:
            yield key, made[number]
            continue
        if len(batch) > 1:
            alone, stuck = _call([document], office)
            if 0 in alone:
                yield key, alone[0]
                continue
        if stuck:
            yield key, ReadingLimit(f"LibreOffice took longer than {office.seconds:g} seconds")
        else:
            yield key, ReadingError("LibreOffice could not convert it: damaged or encrypted?")


def _call(batch: Sequence[tuple[str, bytes, str]], office: Office) -> tuple[dict[int, bytes], bool]:
    """One call of soffice: DOCX by number in the batch, and whether it had to be killed."""
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        given, made = folder / "in", folder / "out"
        given.mkdir()
        made.mkdir()
        for number, (_, body, extension) in enumerate(batch):
            (given / f"{number}.{extension}").write_bytes(body)
        files = sorted(str(path) for path in given.iterdir())
        arguments = ["--convert-to", _FILTER, "--outdir", str(made), *files]
        ended = _run(office, folder, arguments, made, len(batch))
        results: dict[int, bytes] = {}
        for number in range(len(batch)):
            docx = _docx(made / f"{number}.docx")
            if docx is not None:
                results[number] = docx
        return results, not ended


def _docx(path: Path) -> bytes | None:
    """The bytes of a whole DOCX, or None."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        return None
    body = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            package.getinfo("word/document.xml")
    except (zipfile.BadZipFile, KeyError):
        return None
    return body


def _run(
    office: Office, folder: Path, arguments: Iterable[str], made: Path, documents: int = 1
) -> bool:
    """Run soffice in a folder; False if it got stuck and was killed."""
    most = office.start + office.seconds * documents
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    items = "".join(_SETTING.format(*setting) for setting in _STRICT)
    settings.write_text(_SETTINGS.format(items), "utf-8")
    command = [
        *_without_network(),
        "prlimit", f"--as={office.memory}", f"--fsize={LARGEST}",
        f"--cpu={int(most) + 1}", "--core=0",
        str(office.program), f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless", "--invisible", "--norestore", "--nolockcheck", "--nologo", "--nodefault",
        *arguments,
    ]  # fmt: skip
    environment = {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",  # draws into memory: there is no display
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        try:
            return _watch(process, office, made, folder / "log", most)
        finally:
            # soffice.bin and what else it started are of its process group.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _watch(
    process: subprocess.Popen[bytes], office: Office, made: Path, log: Path, most: float
) -> bool:
    """Wait for the end of a process; False if it stopped getting on.

    It gets on when it ends a document: a new file, or a new line about a failure.
    """
    started = time.monotonic()
    deadline = started + office.start + office.seconds
    before = (0, 0)
    while time.monotonic() < min(deadline, started + most):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            return True
        now = (len(list(made.iterdir())), log.stat().st_size)
        if now != before:
            before, deadline = now, max(deadline, time.monotonic() + office.seconds)
    return False


def _log(folder: Path) -> str:
    return (folder / "log").read_text("utf-8", "replace")


@cache
def _without_network() -> tuple[str, ...]:
    """What runs a command without network, where the kernel lets us make such a place."""
    command = ("unshare", "--user", "--map-current-user", "--net", "--")
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if tried.returncode == 0 else ()
