"""Reading many documents, those that LibreOffice must convert first included.

The command and the build read through here, so that both say the same of a document.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from .convert import BATCH, Office, installed, is_convertible, to_docx
from .errors import NeedsConverter, ReadingError, TooLarge
from .formats import zipped
from .types import Evidence
from .worker import MEMORY, SECONDS, Crew, Outcome, read_all

#: Bytes of documents that wait for one conversion: memory is bounded by this.
_MOST = 64 << 20
#: Flag of a report that LibreOffice converted to DOCX: places count in the converted one.
CONVERTED = "converted"
#: What the evidence of such a report says of the program.
CONVERTER = "converter"

#: Gives the bytes of a key, or None where there are none (the caller knows why).
Load = Callable[[str], bytes | None]
#: Finds the LibreOffice that converts, or None; asked only when a document needs it.
Find = Callable[[], Office | None]


def read_documents(
    keys: Sequence[str],
    load: Load,
    processes: int = 1,
    find: Find = installed,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    crew: Crew | None = None,
) -> Iterator[Outcome]:
    """Read documents in worker processes; what needs it is converted, then read.

    No body is held: one that must be converted is loaded again for it.

    Args:
        keys: What to read, each key once.
        load: Gives the bytes of a key.
        processes: Number of workers.
        find: Finds what converts DOC, RTF and WPS.
        seconds: Deadline for one reading; a conversion has its own (`Office.seconds`).
        memory: Limit of a worker's address space, in bytes.
        crew: Workers that are there already, with their own number and limits.

    Yields:
        One outcome a key that was loaded, in the order in which they are done. A report
        from a converted document has the flag `converted`, and LibreOffice's version as
        evidence `converter`. Without LibreOffice such a document is `NeedsConverter`.
    """

    def read(documents: Iterator[tuple[str, bytes]], count: int) -> Iterator[Outcome]:
        return crew.read(documents) if crew else read_all(documents, count, seconds, memory)

    left: dict[str, Outcome] = {}
    for outcome in read(_loaded(keys, load), processes):
        if isinstance(outcome.error, NeedsConverter):
            left[outcome.key] = outcome
        else:
            yield outcome
    office = find() if left else None
    if office is None:
        yield from (_without_office(outcome) for outcome in left.values())
        return
    failed: list[Outcome] = []
    again = [key for key in keys if key in left]
    converted = _converted(again, load, office, failed)
    for outcome in read(converted, min(processes, len(again))):
        yield _said(outcome, office)
    yield from failed


def _without_office(outcome: Outcome) -> Outcome:
    message = (
        f"{outcome.error}: LibreOffice must convert it first, and is not installed; "
        "install it (make system-deps) and read it again"
    )
    return replace(outcome, error=NeedsConverter(message))


def _said(outcome: Outcome, office: Office) -> Outcome:
    """The outcome of a converted document, saying that it is one."""
    report, error = outcome.report, outcome.error
    if report is not None:
        converter = (Evidence("libreoffice", office.version, 0),)
        evidence = {**report.evidence, CONVERTER: converter}
        return replace(
            outcome, made=replace(report, flags=(*report.flags, CONVERTED), evidence=evidence)
        )
    # What was converted needs no converter: an archive in an archive, say.
    kind = ReadingError if isinstance(error, NeedsConverter) or error is None else type(error)
    return replace(outcome, error=kind(f"as converted by {office.version}: {error}"))


def _loaded(keys: Sequence[str], load: Load) -> Iterator[tuple[str, bytes]]:
    for key in keys:
        body = load(key)
        if body is not None:
            yield key, body


def _converted(
    keys: Sequence[str], load: Load, office: Office, failed: list[Outcome]
) -> Iterator[tuple[str, bytes]]:
    """Documents with DOCX in the place of what needs LibreOffice, converted in batches."""
    waiting: list[tuple[str, bytes]] = []
    for key, body in _loaded(keys, load):
        waiting.append((key, body))
        if len(waiting) >= BATCH or sum(len(each) for _, each in waiting) >= _MOST:
            yield from _convert(waiting, office, failed)
            waiting = []
    yield from _convert(waiting, office, failed)


def _convert(
    documents: Sequence[tuple[str, bytes]], office: Office, failed: list[Outcome]
) -> Iterator[tuple[str, bytes]]:
    single: list[tuple[str, bytes]] = []
    archives: list[tuple[str, list[tuple[str, bytes]]]] = []
    for key, body in documents:
        try:
            if zipped.is_archive(body):
                archives.append((key, _members(body)))
            else:
                single.append((key, body))
        except ReadingError as error:
            failed.append(Outcome(key, None, error))
    for key, result in to_docx(single, office).items():
        if isinstance(result, ReadingError):
            failed.append(Outcome(key, None, result))
        else:
            yield key, result
    for key, members in archives:
        yield key, _rebuilt(members, office)


def _members(body: bytes) -> list[tuple[str, bytes]]:
    """The members of an archive, if they can all be converted in bounded time."""
    members = zipped.members(body)
    count = sum(is_convertible(member) for _, member in members)
    if count > BATCH:
        raise TooLarge(
            f"the ZIP archive holds {count} DOC or RTF files, more than {BATCH}: "
            "unpack it and import them"
        )
    return members


def _rebuilt(members: Sequence[tuple[str, bytes]], office: Office) -> bytes:
    """An archive with its DOC and RTF converted; names stay, for the bytes tell the kind.

    A member that cannot be converted is left as it is: reading the archive names it if
    no other member holds the report.
    """
    parts = [(str(n), body) for n, (_, body) in enumerate(members) if is_convertible(body)]
    results = to_docx(parts, office)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two members may have one name
        for number, (name, body) in enumerate(members):
            result = results.get(str(number))
            archive.writestr(name, result if isinstance(result, bytes) else body)
    return made.getvalue()
