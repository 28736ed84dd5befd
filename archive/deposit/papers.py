"""README.md, LICENSE.md and CITATION.cff of a deposit: what people read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ..release.files.citation import NAME as CITATION
from ..schema.codes import CORRECTION_STATE, FIGURE_STATUS, REPORT_STATUS, WITHHELD_WHAT
from ..schema.licence import LICENCE, LICENCE_TEXT
from . import words
from .facts import Facts
from .parts import Part

README, LICENSE = "README.md", "LICENSE.md"
#: What names, remarks and contacts of others must not be in Markdown.
_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


def readme(facts: Facts, parts: Sequence[Part], *, has_originals: bool) -> str:
    """README.md, Chinese and English."""
    return _template("readme.md.jinja").render(
        facts=facts,
        parts=parts,
        names={each.name for each in parts},
        has_originals=has_originals,
        words=words,
        licence=LICENCE,
        licence_text=LICENCE_TEXT,
        figure_status=FIGURE_STATUS,
        report_status=REPORT_STATUS,
        correction_state=CORRECTION_STATE,
        withheld_what=WITHHELD_WHAT,
    )


def license_text(facts: Facts) -> str:
    """LICENSE.md."""
    return _template("license.md.jinja").render(
        facts=facts, words=words, licence=LICENCE, licence_text=LICENCE_TEXT
    )


def citation(facts: Facts, release: Path) -> str:
    """CITATION.cff: the release's own, with its DOI and address as far as there are any."""
    text = (release / CITATION).read_text("utf-8")
    more = {"doi": facts.doi, "url": facts.address}
    return text + "".join(f"{key}: {json.dumps(said)}\n" for key, said in more.items() if said)


def plain(text: str) -> str:
    r"""A text of others as Markdown shows it, without markup of its own.

    >>> plain("[x](javascript:1) <b>")
    '\\\\[x\\\\](javascript:1) \\\\<b\\\\>'
    """
    return _MARKUP.sub(r"\\\1", text)


@cache
def _template(name: str) -> Template:
    environment = Environment(  # Markdown; texts of others go through `plain`
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plain"] = plain
    return environment.get_template(name)
