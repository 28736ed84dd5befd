"""ZIP containers: which kind of document one is, and the members of an archive."""

from __future__ import annotations

import zipfile

from ..errors import ReadingError
from .package import MOST_BYTES, Package, open_zip, read_member

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # the second begins an empty archive
_UTF8 = 0x800
_LONGEST_NAME = 200
#: Folder of the main part → kind. The office programs name it so whatever it is called.
_FOLDERS = {"word": "docx", "xl": "sheet", "ppt": "PPTX", "visio": "VSDX"}
#: Left behind by systems, never a report.
_JUNK = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_NOT_READ = "is no format of a report: save it as DOCX or PDF and import that"


def is_archive(body: bytes) -> bool:
    """Whether the bytes are a ZIP archive of files, and no document of their own.

    Raises:
        ReadingError: As `kind`.
    """
    return body.startswith(_MAGIC) and kind(body) == "archive"


def kind(body: bytes) -> str:
    """`docx`, `sheet`, `ofd`, or `archive` for a ZIP of other files.

    Raises:
        ReadingError: It is damaged or encrypted, or a document that is not read (PPTX, ODT).
    """
    archive, infos = open_zip(body)
    names = {info.filename.replace("\\", "/").lower() for info in infos}
    if "[content_types].xml" in names:
        return _office(body)
    if "ofd.xml" in names:
        return "ofd"
    if "mimetype" in names:
        info = next(info for info in infos if info.filename.lower() == "mimetype")
        word = read_member(archive, info, 256).decode("ascii", "replace").rpartition(".")[2]
        raise ReadingError(f"an OpenDocument or EPUB file ({word.strip()}) {_NOT_READ}")
    return "archive"


def _office(body: bytes) -> str:
    package = Package(body)
    main = package.related("officeDocument")
    if main is None:
        usual = ("word/document.xml", "xl/workbook.xml", "xl/workbook.bin", "ppt/presentation.xml")
        main = next((name for name in usual if name in package), "")
    found = _FOLDERS.get(main.partition("/")[0].lower())
    if found is None:
        raise ReadingError("an office document without its main part: damaged, fetch it again")
    if found not in ("docx", "sheet"):
        raise ReadingError(f"a {found} file {_NOT_READ}")
    return found


def members(body: bytes) -> list[tuple[str, bytes]]:
    """(name, bytes) of each file of an archive, within limits of number and size.

    An archive inside it is given like any file, and not followed.

    Raises:
        ReadingError: It is damaged, encrypted, or unpacks to too much.
    """
    archive, infos = open_zip(body)
    named = [(_shown(_name(info)), info) for info in infos]
    return [
        (name, read_member(archive, info, MOST_BYTES))
        for name, info in named
        if not any(junk in name.lower() for junk in _JUNK)
    ]


def _shown(name: str) -> str:
    """A name that may stand in a message or a place: one short line that prints."""
    clean = "".join(c if c.isprintable() else "\ufffd" for c in name)
    return clean if len(clean) <= _LONGEST_NAME else f"…{clean[-_LONGEST_NAME:]}"


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name: Chinese Windows writes GBK where the format says code page 437."""
    if info.flag_bits & _UTF8:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for charset in ("utf-8", "gb18030"):  # macOS writes UTF-8, and no flag
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return info.filename
