"""Work sheets: one HTML page a document, which asks for nothing and is opened from a disk.

It shows the archived original beside an empty form. Nothing in it comes from our reading: both
forms are in every sheet, and the person chooses the one that is printed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from archive.site.bidi import straight
from archive.site.cells import Figures, Table
from archive.site.layout import lay_out

from .entries import DOCUMENTS, ILLEGIBLE, MARKS, REPORT, SCOPES, TABLES, UNIT, keys_of, label_of
from .originals import Original
from .transcript import KIND

_FOLDER = Path(__file__).with_name("pages")
#: What a table is printed in, for people.
FORMS = {
    "2019": "2019 年格式",
    "2021": "2021 年格式",
    "both": "两种格式的行都有",
    "none": "没有印这张表",
}
_TITLES = {"t2": "二、主动公开", "t3": "三、申请的收到和处理", "t4": "四、复议、诉讼"}


def sheet(number: str, sample: str, originals: Sequence[Original]) -> str:
    """The work sheet of a document.

    Args:
        number: Its number in the audit.
        sample: Tells this audit's sample from others.
        originals: The archived originals.
    """
    return _page(
        "sheet.html.jinja",
        number=number,
        sample=sample,
        kind=KIND,
        originals=originals,
        documents=DOCUMENTS,
        scopes=SCOPES,
        titles=_TITLES,
        choices={table: _choices(table) for table in TABLES},
        blocks=[(t, form, _table(t, form)) for t in TABLES for form in TABLES[t] if form != "none"],
    )


def index(title: str, rows: Sequence[Mapping[str, Any]], **said: Any) -> str:
    """The page that lists the sheets of an audit.

    Args:
        title: Its title.
        rows: Of each document its number, the address of its sheet, and who has it.
        said: What else the template needs.
    """
    return _page("index.html.jinja", title=title, rows=rows, **said)


def difference_sheet(said: Mapping[str, Any], originals: Sequence[Original]) -> str:
    """The sheet of the third person: only what two people read differently.

    Args:
        said: Number, sample, kind, digest and fields.
        originals: The archived originals.
    """
    return _page(
        "difference.html.jinja", originals=originals, documents=DOCUMENTS, scopes=SCOPES, **said
    )


def _choices(table: str) -> dict[str, str]:
    if table == "t4":
        return {"2021": "印有这张表", "none": FORMS["none"]}
    return {form: FORMS[form] for form in TABLES[table]}


@cache
def _table(table: str, form: str) -> Table:
    """A statutory table as its form prints it; its cells say which they are and nothing else."""
    keys = [key for key in keys_of(table, form) if not key.endswith(UNIT)]
    code = "2021" if form == "both" else form
    made = lay_out(table, code, Figures(dict.fromkeys(keys, 0), {}, {}))
    if made is None:  # no form lacks a table
        raise ValueError(f"form {form} has no table {table}")
    return made


def _page(template: str, **said: Any) -> str:
    script = (_FOLDER / "sheet.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    style = Markup((_FOLDER / "sheet.css").read_text("utf-8"))
    return (
        _environment()
        .get_template(template)
        .render(policy=policy, style=style, script=Markup(script), **said)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(marks=MARKS, label_of=label_of, unit=UNIT, report=REPORT)
    environment.globals.update(illegible=ILLEGIBLE, money=_money)
    environment.filters["isolated"] = _isolated
    return environment


def _isolated(text: str) -> Markup:
    """A stranger's text, whose direction ends with it."""
    return Markup("<bdi>{}</bdi>").format(escape(straight(text)))


def _money(table: str, key: str) -> bool:
    """Whether a cell is an amount, of which the heading's unit is asked, too."""
    return key + UNIT in keys_of(table, "both")
