"""What the third person decided: `settled/<number>.json`, and the sheets for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..curation.strict import plain
from ..errors import AuditRefused
from .compare import Compared
from .entries import DOCUMENTS, REPORT, SCOPES, Entry, label_of
from .kit import DIFFERENCES, SETTLED, Kit, load_json
from .originals import Original
from .sheet import difference_sheet
from .transcript import INITIALS, LARGEST, entry_of

KIND = "nianbao-audit-settled/1"
_FIELDS = frozenset({"kind", "sample", "number", "by", "of", "answers"})
_NAME = re.compile(r"([0-9]{3,6})\.json")
#: Of what is no report, nothing else needs to be settled.
_NO_REPORT = [{"text": code} for code in DOCUMENTS if code != REPORT]
_OPTIONS = {"document": DOCUMENTS, "scope": SCOPES}


def sheet_of(compared: Compared, kit: Kit, originals: Sequence[Original]) -> str:
    """The sheet in which a third person settles a document's differences."""
    fields = [
        {
            "key": each.key,
            "label": label_of(each.key),
            "a": each.a,
            "b": each.b,
            "options": _OPTIONS.get(each.key, {}),
        }
        for each in compared.differences
    ]
    said = {"number": compared.number, "sample": kit.sample, "kind": KIND, "fields": fields}
    return difference_sheet({**said, "digest": compared.digest}, originals)


def as_json(compared: Compared, kit: Kit) -> dict[str, Any]:
    """The same for programs; neither says who read what."""
    return {
        "number": compared.number,
        "sample": kit.sample,
        "of": compared.digest,
        "differences": [
            {"key": each.key, "a": each.a.as_json(), "b": each.b.as_json()}
            for each in compared.differences
        ],
    }


def read_settled(kit: Kit, compared: Mapping[str, Compared]) -> dict[str, dict[str, Entry]]:
    """The answers of third persons, by document; documents without differences need none.

    Args:
        kit: The audit.
        compared: What was compared, by document.

    Raises:
        AuditRefused: A file is not as a sheet saves it, or settles other differences than the
            transcripts have by now.
    """
    folder, found = kit.folder / SETTLED, {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        name = _NAME.fullmatch(path.name)
        if name is None or name[1] not in kit.documents or path.is_symlink():
            raise AuditRefused(
                f"{path.parent}: {plain(path.name)} is not named <number>.json after a "
                "document of this audit; save it from the sheet again, or take it away"
            )
        if name[1] in compared:
            found[name[1]] = _read(path, kit, compared[name[1]])
    return found


def _read(path: Path, kit: Kit, compared: Compared) -> dict[str, Entry]:
    said = load_json(path, LARGEST)
    if set(said) != _FIELDS or said["kind"] != KIND or said["sample"] != kit.sample:
        raise AuditRefused(f"{path} is not as a sheet of this audit saves it; save it again")
    if said["number"] != compared.number or said["of"] != compared.digest:
        raise AuditRefused(
            f"{path} settles other differences than the transcripts of {compared.number} have: "
            f"settle the sheet anew that `audit compare` writes into {DIFFERENCES}"
        )
    by, answers = said["by"], said["answers"]
    readers = [each.by for each in compared.pair]
    if not isinstance(by, str) or not INITIALS.fullmatch(by) or by in readers:
        raise AuditRefused(f"{path}: a third person must settle, not {' or '.join(readers)}")
    if not isinstance(answers, dict):
        raise AuditRefused(f"{path} has no answers; save it from the sheet again")
    keys = [each.key for each in compared.differences]
    if "document" in keys and answers.get("document") in _NO_REPORT:
        keys = ["document", *(key for key in keys if key != "document" and key in answers)]
    if set(answers) != set(keys):
        raise AuditRefused(f"{path} does not answer each difference, and nothing else; settle all")
    try:
        return {key: entry_of(key, answers[key]) for key in keys}
    except ValueError as error:
        raise AuditRefused(f"{path}: {error}; save it from the sheet again") from error
