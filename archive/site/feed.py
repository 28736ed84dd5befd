"""The feed of changes of agencies' pages, as Atom 1.0 (RFC 4287)."""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as ET  # written here, nothing is parsed
from collections.abc import Sequence
from functools import partial
from typing import Any

from datasette import Response

from archive.site import past
from archive.site.answers import View, ask
from archive.site.change_words import change_path, change_word, printed
from archive.site.links import absolute
from archive.site.release import RELEASES, Release
from extract.forms import columns

_ATOM = "http://www.w3.org/2005/Atom"
#: Ids are made of what a change is, so that they stay when the site moves or is built anew.
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:nianbao:page-changes")
#: Characters that XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_CELLS = 20


async def feed(datasette: Any, request: Any) -> Response:
    """`/biangeng.atom`: the newest changes."""
    found = await ask(datasette, lambda conn: past.latest(conn, past.IN_FEED))
    body = atom(found, RELEASES[datasette], partial(absolute, datasette, request))
    return Response(
        body,
        headers={"Cache-Control": "max-age=300"},
        content_type="application/atom+xml; charset=utf-8",
    )


def atom(changes: Sequence[past.Change], release: Release, absolute: Any) -> bytes:
    """The feed's XML.

    Args:
        changes: Newest first.
        release: Says since when it stands, and whether it is fiction.
        absolute: Makes an address of a path of the site.
    """
    ET.register_namespace("", _ATOM)
    root = ET.Element(_name("feed"))
    fiction = "（演示数据：全部虚构）" if release.fiction else ""
    _add(root, "id", uuid.uuid5(_IDS, str(release.manifest.get("registry", ""))).urn)
    _add(root, "title", f"年报档案：页面变更{fiction}")
    _add(root, "subtitle", "网页前后两次所给文本或数值不同。只陈述所见，不作评价。")
    built = str(release.manifest.get("built_at") or "1970-01-01T00:00:00Z")
    _add(root, "updated", max([str(c.row["seen_after"]) for c in changes], default=built))
    ET.SubElement(root, _name("link"), rel="self", href=absolute("/biangeng.atom"),
                  type="application/atom+xml")  # fmt: skip
    ET.SubElement(root, _name("link"), rel="alternate", href=absolute("/biangeng"),
                  type="text/html")  # fmt: skip
    _add(ET.SubElement(root, _name("author")), "name", "年报档案")
    for change in changes:
        _entry(root, change, absolute)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: ET.Element, change: past.Change, absolute: Any) -> None:
    row, entry = change.row, ET.SubElement(root, _name("entry"))
    what = [str(row[name]) for name in ("report_id", "kind", "from_version", "to_version")]
    _add(entry, "id", uuid.uuid5(_IDS, " ".join([*what, str(row["seen_after"])])).urn)
    _add(
        entry,
        "title",
        f"{row['agency']} {row['year']} 年度报告：{change_word(change)}",
    )
    _add(entry, "updated", str(row["seen_after"]))
    ET.SubElement(entry, _name("link"), rel="alternate", href=absolute(change_path(change)),
                  type="text/html")  # fmt: skip
    _add(entry, "summary", "\n".join(_summary(change)))


def _summary(change: past.Change) -> list[str]:
    lines = [f"地址：{change.row['url']}"]
    if change.row["seen_before"]:
        lines.append(f"最后一次见到原状：{change.row['seen_before']}")
    lines.append(f"首次见到新状：{change.row['seen_after']}")
    labels = columns()
    for key, (old, new) in list(change.cells.items())[:_MOST_CELLS]:
        slot = labels[key][-1] if key in labels else None
        name = f"{slot.line.name} · {slot.measure.label}" if slot else key
        lines.append(f"{name}：{printed(old)} → {printed(new)}")
    if len(change.cells) > _MOST_CELLS:
        lines.append(f"另有 {len(change.cells) - _MOST_CELLS} 格")
    return lines


def _name(tag: str) -> str:
    return f"{{{_ATOM}}}{tag}"


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, _name(tag)).text = _UNWRITABLE.sub("�", text)


ROUTES: list[tuple[str, View]] = [(r"^/biangeng\.atom$", feed)]
