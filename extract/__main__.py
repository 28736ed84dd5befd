"""`python -m extract FILE… [--json DIR]`: read reports without anything else."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from .exchange import exchange, slot_of
from .flags import FLAGS
from .reading import read_documents
from .types import Figure, Report


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--json", "folder", type=click.Path(path_type=Path, file_okay=False),
    help="Write one <stem>.json a file, in the exchange form, instead of a summary.",
)  # fmt: skip
def main(files: tuple[Path, ...], folder: Path | None) -> None:
    """Read annual reports and print what they say.

    A file that cannot be read gives one line on stderr and exit status 1; the
    others are still read.
    """
    _refuse_same_stems(files, folder)
    failed = False
    reports: dict[str, Report] = {}

    def complain(path: str, message: str) -> None:
        nonlocal failed
        failed = True
        click.echo(f"{path}: {' '.join(message.split())}", err=True)

    def load(path: str) -> bytes | None:
        try:
            return Path(path).read_bytes()
        except OSError as error:
            complain(path, f"cannot be opened: {error.strerror}")
            return None

    keys = list(dict.fromkeys(str(path) for path in files))
    processes = min(len(keys), os.cpu_count() or 1)
    for outcome in read_documents(keys, load, processes):
        if outcome.report is None:
            complain(outcome.key, str(outcome.error))
        elif outcome.report.status != "read":
            complain(outcome.key, _unread(outcome.report))
        else:
            reports[outcome.key] = outcome.report
    for path in files:
        report = reports.get(str(path))
        if report is not None:
            _say(path, report, folder)
    sys.exit(1 if failed else 0)


def _refuse_same_stems(files: tuple[Path, ...], folder: Path | None) -> None:
    stems = [path.stem for path in files]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if folder and twice:
        raise click.UsageError(f"two inputs would write {twice[0]}.json; rename one")


def _unread(report: Report) -> str:
    if report.status == "needs_ocr":
        return "the report is only pictures; scans are not read by this version"
    links = ", ".join(href for href, _ in report.attachments)
    return f"the report is only an attachment: {links}"


def _say(path: Path, report: Report, folder: Path | None) -> None:
    """Write a report's exchange form into the folder, or print its summary."""
    if folder is None:
        click.echo(summary(str(path), report))
        return
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(exchange(report), ensure_ascii=False, indent=1)
    (folder / f"{path.stem}.json").write_text(text + "\n", "utf-8")


def summary(path: str, report: Report) -> str:
    """A report as a person reads it: who, when, its figures that are not 0, its findings."""
    lines = [
        f"== {path}",
        f"标题      {report.title or '（未印出）'}",
        f"行政机关  {report.agency or '（未印出）'}",
        f"年度      {report.year or '（未能确定）'}   公布日期 {report.published or '（未印出）'}"
        f"   格式 {report.form or '（未能确定）'}",
        f"章        {'　'.join(f'{n}（{len(t)}字）' for n, t in report.chapters.items()) or '无'}",
    ]
    shown = [f for f in report.figures if f.value or f.status == "unparsed"]
    zeros = sum(f.value == 0 for f in report.figures)
    empty = len(report.figures) - zeros - len(shown)
    lines.append(
        f"数值      {len(report.figures)} 格：非零 {len(shown)}，零 {zeros}，无数字 {empty}"
    )
    lines += [f"  {_label(f, report)}：{f.printed}{_unit(f)}{_mark(f)}" for f in shown]
    if report.leftovers:
        lines.append(f"未归入    {len(report.leftovers)} 个表内数字未归入任何数值")
    if report.flags:
        lines.append(f"注意      {'；'.join(FLAGS[flag][0] for flag in report.flags)}")
    lines.append(f"核对      通过 {report.passes}，疑点 {len(report.findings)}")
    lines += [f"  {f.check} {f.status}：{f.sentence}" for f in report.findings]
    return "\n".join(lines)


def _label(figure: Figure, report: Report) -> str:
    slot = slot_of(figure, report.forms.get(figure.table))
    return f"{slot.line.name} · {slot.measure.label}"


def _unit(figure: Figure) -> str:
    if not figure.unit or (figure.printed or "").endswith(figure.unit):
        return ""
    return f"（{figure.unit}）"


def _mark(figure: Figure) -> str:
    """What must stand beside a number that its row's label does not name."""
    return "（推定：行名缺失）" if figure.status == "inferred" else ""


if __name__ == "__main__":
    main()
