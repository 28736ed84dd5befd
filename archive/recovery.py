"""After a crash: whole records are kept, the torn rest is cut off, both are said."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from . import manifests
from .elsewhere.remembered import remembered
from .entering import Entering, enter, in_order, run_of
from .errors import WriteFailed
from .ledger import Ledger
from .runs import label
from .walk import Damage, members
from .warcfile import OPEN
from .warcs import Warcs

log = logging.getLogger(__name__)
#: What was cut off a file and holds whole records behind a damage: a disk lost a part of it.
TORN = ".torn"


def recover(folder: Path, ledger: Ledger, shard: str = "") -> None:
    """Mend every WARC file that a killed run left open; make a lost ledger again.

    Args:
        folder: The root's `warc/`.
        ledger: Its ledger; records that it does not know yet are entered.
        shard: Mend the files of this shard's runs alone, e.g. `2/8`: others are at work.

    Raises:
        RecordDamaged: A closed file that the ledger does not know cannot be read.
        StoreUnreachable: Such a file lies in another place, which does not answer.
        WriteFailed: The disk takes nothing more.
    """
    whose = f"*-{label(shard)}-*" if shard else "*"
    for name in manifests.complete(manifests.partials(folder, whose)):
        log.info("%s: its manifest was written: the run broke off just before", name)
    _enter_unknown(folder, ledger)
    for path in sorted(folder.glob(f"{whose}{OPEN}")):
        try:
            _mend(path, ledger)
        except OSError as error:
            raise WriteFailed(f"{path} cannot be mended: {error.strerror}") from error


def _mend(path: Path, ledger: Ledger) -> None:
    """Cut a file where its whole records end, enter what is new of it, close it."""
    final = path.with_name(path.name.removesuffix(OPEN))
    known = ledger.end_of(final.name)
    size = path.stat().st_size
    start = min(known, size)
    if not cut(path, start):
        return
    found = enter([(path, final.name)], ledger, start)
    close(path)
    log.info("%s: closed after a broken run; %d rows entered", final.name, found)


def cut(path: Path, start: int = 0) -> bool:
    """Cut an open file where its whole records end; False if nothing is left of it.

    Args:
        path: The file.
        start: A byte that begins a record, and until which all are whole.
    """
    size, end = path.stat().st_size, _whole(path, start)
    if end < size:
        with path.open("r+b") as handle:
            handle.truncate(end)
        name = path.name.removesuffix(OPEN)
        log.warning("%s: cut a torn record of %d bytes off its end", name, size - end)
    if not end:
        path.unlink()
    return bool(end)


def close(path: Path) -> None:
    """Close a file that a killed run left open, with the manifest of what it is now."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
    manifests.close(path, path.with_name(path.name.removesuffix(OPEN)), manifests.digest(path))


def _whole(path: Path, start: int) -> int:
    """Where the whole records of a file end that is to be cut there.

    A crash tears the last record; but what a power cut leaves may have a hole, and whole
    records behind it. These are put beside the file before they are cut off.
    """
    end = start
    with path.open("rb") as handle:
        for member in members(handle, str(path), start):
            if not isinstance(member, Damage):
                end = member.offset + member.length
                continue
            if not member.is_torn:
                beside = path.with_name(path.name.removesuffix(OPEN) + TORN)
                with beside.open("wb") as out:
                    handle.seek(member.offset)
                    shutil.copyfileobj(handle, out)
                    os.fsync(out.fileno())
                log.warning("%s: kept what follows a hole in %s", beside.name, path.name)
            return end
    return end


def _enter_unknown(folder: Path, ledger: Ledger) -> None:
    """Enter runs that the ledger does not know: it was lost, or they came from elsewhere."""
    runs = {row["run_id"] for row in ledger.rows("SELECT run_id FROM runs")}
    names = {path.name for path in folder.glob("*.warc.gz")}
    if remembered(folder.parent):  # what lies in other places has left its manifest here
        signs = folder.glob(f"*.warc.gz{manifests.SUFFIX}")
        names |= {path.name.removesuffix(manifests.SUFFIX) for path in signs}
    unknown = [name for name in in_order(names) if run_of(name) not in runs]
    if not unknown:
        return
    log.warning("entering what %d WARC files hold that the ledger does not know", len(unknown))
    warcs, entering = Warcs(folder), Entering(ledger)
    for name in unknown:
        with warcs.stream(name) as handle:
            entering.file(handle, name)
    entering.end()
