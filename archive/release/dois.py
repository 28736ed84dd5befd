"""DOIs that data repositories gave to releases: `releases/dois.json`."""

from __future__ import annotations

import json
import re

from ..errors import ReleaseRefused
from ..manifest import write_json
from ..root import DataRoot
from .shelf import find, tags_of

FILE = "dois.json"
#: How people write one; the DOI itself begins with “10.”.
_BEFORE = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
#: Narrower than the handbook: what stands in citations, addresses and YAML as it is.
_DOI = re.compile(r"10\.\d{4,9}/[A-Za-z0-9._;()/:-]{1,200}", re.ASCII)


def dois_of(root: DataRoot) -> dict[str, str]:
    """Release → DOI.

    Raises:
        ReleaseRefused: The file is damaged.
    """
    path = root.releases / FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        if not isinstance(found, dict):
            raise ValueError("it is no object of releases")
        for release, doi in found.items():
            if not isinstance(doi, str) or not _DOI.fullmatch(doi):
                raise ValueError(f"{release} has no DOI, but {doi!r}")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ReleaseRefused(
            f"{path} is damaged ({error}): restore it from a backup or mend it by hand"
        ) from error
    return found


def doi_of(root: DataRoot, release: str) -> str:
    """The DOI of a release, or "".

    Raises:
        ReleaseRefused: The file is damaged.
    """
    return dois_of(root).get(release, "")


def give_doi(root: DataRoot, release: str, doi: str) -> tuple[str, str]:
    """Note the DOI of a release: its page and its citations name it from then on.

    Args:
        root: The data root.
        release: A release's name or tag. It must have a tag: what is cited is never pruned.
        doi: With or without `https://doi.org/`.

    Returns:
        The release's own name, and the DOI as it is noted.

    Raises:
        RootRefused: The folder is no data root.
        ReleaseMissing: There is no such release.
        ReleaseRefused: It is no DOI, another's, another than the one before, or of a release
            without a tag.
    """
    root.require()
    found = _BEFORE.sub("", doi.strip(), count=1)
    if not _DOI.fullmatch(found):
        raise ReleaseRefused(
            f"{doi!r} is no DOI: 10.<digits>/<letters, digits and ._;()/:->, as the repository "
            "gave it"
        )
    with root.lock("build"):
        name = find(root, release).name
        dois = dois_of(root)
        if name not in tags_of(root).values():
            raise ReleaseRefused(
                f"{name} has no tag, so it will be pruned, and its DOI would lead to nothing "
                f"here; give it one first: python -m archive tag {name} NAME"
            )
        if dois.get(name, found).lower() != found.lower():
            raise ReleaseRefused(
                f"{name} has DOI {dois[name]} already, and somebody may have cited it; if it was "
                f"mistyped, mend {root.releases / FILE} by hand"
            )
        other = next((r for r, d in dois.items() if d.lower() == found.lower() and r != name), None)
        if other:
            raise ReleaseRefused(f"{found} is the DOI of {other} already")
        write_json(root.releases / FILE, {**dois, name: found})
    return name, found
