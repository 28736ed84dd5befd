"""ZIP containers and the XML in them, read under limits.

Nothing is unpacked that was not measured before, and nothing is read without a cap: a
member that says less than it holds fails its checksum, one that says more is refused.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from ..errors import ReadingError, TooLarge

#: A document has some dozens of parts, an archive of reports some hundreds.
MOST_MEMBERS = 5_000
#: Unpacked bytes of all members; what is read is held in memory.
MOST_BYTES = 256 << 20
#: Unpacked bytes of a part that is parsed whole: the tree takes some twenty times as much.
MOST_PART = 16 << 20
#: Of one that is read piece by piece: a sheet may hold a million rows with nothing in them.
MOST_LONG_PART = 64 << 20
#: Text packs 20 to 60 times smaller; only runs of one byte pack like this.
_BOMB_RATIO = 250
_BOMB_BYTES = 8 << 20
_LOCAL_HEADER = 30
_ENTRY = b"PK\x01\x02"
#: What zipfile raises on damaged bytes.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,  # UnicodeDecodeError of a name among others
    OverflowError,
)


def open_zip(body: bytes) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """Open a ZIP and check its directory; directory entries are left out.

    Raises:
        ReadingError: It is damaged, cut off, encrypted or a ZIP bomb.
    """
    if body.count(_ENTRY) > MOST_MEMBERS:  # before zipfile makes an object of each
        raise TooLarge(f"the ZIP holds more than {MOST_MEMBERS} members: unpack it first")
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
    except _DAMAGE as error:
        raise ReadingError(f"the ZIP is damaged or cut off ({error}): fetch it again") from error
    infos = archive.infolist()
    _check(infos)
    return archive, [info for info in infos if not info.is_dir()]


def _check(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse what is encrypted, overlaps, or unpacks to too much."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.flag_bits & 0x41:
            raise ReadingError("an encrypted ZIP: unpack it with its password and import its files")
        # Members that share their bytes unpack to far more than the ZIP could hold.
        if info.header_offset < end:
            raise ReadingError("the ZIP's members overlap: a ZIP bomb, or damaged")
        end = info.header_offset + _LOCAL_HEADER + info.compress_size
        if info.file_size > max(_BOMB_BYTES, _BOMB_RATIO * info.compress_size):
            raise TooLarge(f"a ZIP bomb: {info.filename} unpacks to {info.file_size} bytes")
    total = sum(info.file_size for info in infos)
    if total > MOST_BYTES:
        raise TooLarge(f"the ZIP unpacks to {total} bytes, more than {MOST_BYTES}: unpack it")


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """One member's bytes.

    Raises:
        ReadingError: It is damaged, longer than `most`, or not as long as it says.
    """
    if info.file_size > most:
        raise TooLarge(f"{info.filename} unpacks to more than {most} bytes: no report does")
    # bzip2 and LZMA members cannot be unpacked piece by piece by zipfile.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ReadingError(
            f"{info.filename} is packed by ZIP method {info.compress_type}: pack it anew"
        )
    try:
        with archive.open(info) as member:
            data = member.read(most + 1)
    except _DAMAGE as error:
        raise ReadingError(f"{info.filename} in the ZIP is damaged: {error}") from error
    if len(data) != info.file_size:
        raise ReadingError(f"{info.filename} in the ZIP is cut off")
    return data


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Parse one XML part: no DTD, no entities, no network, libxml2's own limits.

    Raises:
        ReadingError: It is not well-formed, nests too deeply, or declares a DTD (which
            office formats forbid, and entity bombs need).
    """
    _refuse_dtd(data, name)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadingError(f"{name} is damaged XML: {error}") from error


def each_element(data: bytes, name: str, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """Elements of the local names `tags` of a long part, each forgotten after its turn.

    Raises:
        ReadingError: As `parse_xml`.
    """
    _refuse_dtd(data, name)
    events = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in tags],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and len(parent) > 1 and parent[0] is not element:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise ReadingError(f"{name} is damaged XML: {error}") from error


def _refuse_dtd(data: bytes, name: str) -> None:
    for codec in ("ascii", "utf-16-le", "utf-16-be"):
        if "<!DOCTYPE".encode(codec) in data or "<!ENTITY".encode(codec) in data:
            raise ReadingError(f"{name} declares a DTD, which office formats forbid: not read")


def local(element: etree._Element) -> str:
    """An element's name without its namespace, or "" for what is no element.

    The strict and the transitional kind of a format differ in their namespaces only.
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """The attribute of a local name, with a namespace or without; or None."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of a local name, or None."""
    for inner in element:
        if local(inner) == name:
            return inner
    return None


def whole(text: str | None, otherwise: int) -> int:
    """An attribute as a whole number, or `otherwise` where it is none."""
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,9}", text) else otherwise


class Package:
    """A document of several parts in a ZIP (OPC: DOCX, XLSX)."""

    def __init__(self, body: bytes) -> None:
        """Open it.

        Raises:
            ReadingError: As `open_zip`; or two parts have one name, so that programs
                would read two documents.
        """
        self._archive, infos = open_zip(body)
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            key = _key(info.filename)
            if key in self._parts:
                raise ReadingError(f"two parts of the document are named {info.filename}")
            self._parts[key] = info

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._parts

    def read(self, name: str, long: bool = False) -> bytes:
        """A part's bytes; `long` for one that is to be read piece by piece.

        Raises:
            ReadingError: There is none of that name, or as `read_member`.
        """
        if name not in self:
            raise ReadingError(f"the document lacks its part {name}: damaged, fetch it again")
        most = MOST_LONG_PART if long else MOST_PART
        return read_member(self._archive, self._parts[_key(name)], most)

    def xml(self, name: str) -> etree._Element:
        """A part, parsed; errors as `read` and `parse_xml`."""
        return parse_xml(self.read(name), name)

    def relations(self, part: str = "") -> dict[str, tuple[str, str]]:
        """Id → (last word of the type, target part) of a part's relations, "" for the root's."""
        folder, _, file = part.rpartition("/")
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if rels not in self:
            return {}
        found = {}
        for relation in self.xml(rels):
            target, kind = attribute(relation, "Target"), attribute(relation, "Type")
            if target and kind and attribute(relation, "TargetMode") != "External":
                path = target if target.startswith("/") else posixpath.join("/", folder, target)
                found[attribute(relation, "Id") or ""] = (
                    kind.rpartition("/")[2],
                    posixpath.normpath(path).lstrip("/"),
                )
        return found

    def related(self, kind: str, part: str = "") -> str | None:
        """The part that `part` names as its `kind` (`styles`, `numbering`, …), if it is there."""
        for has, target in self.relations(part).values():
            if has == kind and target in self:
                return target
        return None


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
