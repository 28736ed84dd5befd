"""OLE containers: what stands in one."""

from __future__ import annotations

import io
import struct

import olefile  # type: ignore[import-untyped]  # it ships no types

from ..errors import ReadingError

#: Stream → what the file is; none of these is read.
_OTHERS = {
    "PowerPoint Document": "a PPT presentation",
    "VisioDocument": "a Visio drawing",
    "__properties_version1.0": "an Outlook message",
    "Quill": "a Publisher document",
}
#: Of the FIB (the head of a DOC): offset of its flags, and fEncrypted in them ([MS-DOC] 2.5.2).
_FIB_FLAGS = 0x0A
_ENCRYPTED = 0x0100
_DAMAGE = (OSError, struct.error, IndexError, ValueError, KeyError, TypeError)
_BROKEN = "the OLE file is damaged or cut off ({}): fetch it again"
_UNLOCK = "open it with its password, save it without one and import that"


def kind(body: bytes) -> str:
    """`sheet` for a workbook; else the name of what it is (`DOC or WPS`).

    Raises:
        ReadingError: It is damaged, encrypted or a format that is not read.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as container:
            return _kind(container)
    except _DAMAGE as error:
        raise ReadingError(_BROKEN.format(error)) from error


def stream(body: bytes, *names: str) -> bytes:
    """The first of the named streams.

    Raises:
        ReadingError: There is none, or the container is damaged.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as container:
            for name in names:
                if container.exists(name):
                    data: bytes = container.openstream(name).read()
                    return data
    except _DAMAGE as error:
        raise ReadingError(_BROKEN.format(error)) from error
    raise ReadingError(f"the OLE file holds no stream {names[0]}")


def _kind(container: olefile.OleFileIO) -> str:
    if container.exists("EncryptedPackage"):
        raise ReadingError(f"an encrypted office document: {_UNLOCK}")
    if container.exists("WordDocument"):
        head = container.openstream("WordDocument").read(32)
        if len(head) < 32:
            raise ReadingError("the DOC is cut off: fetch it again")
        (flags,) = struct.unpack_from("<H", head, _FIB_FLAGS)
        if flags & _ENCRYPTED:
            raise ReadingError(f"an encrypted DOC: {_UNLOCK}")
        return "DOC or WPS"
    if container.exists("Workbook") or container.exists("Book"):
        return "sheet"
    for name, what in _OTHERS.items():
        if container.exists(name):
            raise ReadingError(f"{what} is no format of a report: save it as PDF and import that")
    if container.exists("WpsDocument") or container.exists("Contents"):
        return "DOC or WPS"  # Works and early WPS Office write other streams
    streams = ", ".join("/".join(path) for path in container.listdir()[:5])
    raise ReadingError(f"an OLE file of an unknown kind (streams: {streams or 'none'})")
