"""SIZES.md: how large a deposit is, which repositories take it, what to do if one does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import dataverse
from .datacite import TO_BE_SAID
from .facts import Facts
from .limits import readable, repositories
from .parts import Part

NAME = "SIZES.md"


def sizes(facts: Facts, parts: Sequence[Part], *, has_originals: bool, has_text: bool) -> str:
    """The report as Markdown."""
    total, whole = (sum(getattr(each, of) for each in parts) for of in ("size", "unpacked"))
    lines = [
        f"# 大小 Sizes: {facts.release}",
        "",
        "| 文件 file | 字节 bytes | | 解压后 unpacked |",
        "|---|---:|---:|---:|",
        *(
            f"| {each.name} | {each.size} | {readable(each.size)} | {readable(each.unpacked)} |"
            for each in parts
        ),
        f"| {len(parts)} files | {total} | {readable(total)} | {readable(whole)} |",
        "",
        "## 存储库 Repositories",
        "",
        "(?) 未经其自身网页或程序核实。上传前请再看一遍其说明。"
        "Unverified by a page or program of its own; look again before an upload.",
        "",
        "| | 合计 record | 单个 file | 个数 files | 此次 this deposit | 查看日期 looked up |",
        "|---|---:|---:|---:|---|---|",
        *_table(parts),
        "",
        *(f"- {each.name}: {each.note} {each.note_en} [{each.source}]" for each in repositories()),
        "",
        "## 放不下时 If it does not fit",
        "",
        *(f"- {line}" for line in _advice(has_originals=has_originals, has_text=has_text)),
        "",
        "## 上传前 Before the upload",
        "",
        *(f"- {text}{text_en}" for text, text_en in to_fill_in(facts)),
        "",
    ]
    return "\n".join(lines)


def verdicts(parts: Sequence[Part]) -> Iterator[str]:
    """A line a repository, for a terminal."""
    for each in repositories():
        beyond = "; ".join(each.exceeded(parts))
        sure = "" if each.verified else ", unverified"
        yield f"{each.name}: {f'too large ({beyond})' if beyond else 'fits'} [{each.looked}{sure}]"


def to_fill_in(facts: Facts) -> Iterator[tuple[str, str]]:
    """What nobody has said yet, and must be before or after the upload: Chinese, English."""
    if facts.fiction:
        yield (
            "演示数据，只用于练习，请用存储库的试验站。",
            "Invented data: for practice, on a sandbox.",
        )
    yield (
        f"metadata/datacite.json 的 publisher（{TO_BE_SAID}）由存储库填写，"
        "publicationYear 为发布的年份。",
        f"metadata/datacite.json: publisher ({TO_BE_SAID}) is the repository's to say; "
        "publicationYear is the year of the release.",
    )
    if not facts.doi:
        yield (
            "还没有 DOI；预留或取得之后执行 `python -m archive doi`。",
            "No DOI yet; once it is reserved or given: python -m archive doi RELEASE DOI",
        )
    if not facts.operator["name"]:
        yield (
            "operator.toml 没有 name：说明中没有主办者。",
            "operator.toml has no name: README.md names nobody who runs the archive.",
        )
    if not dataverse.mail_of(facts):
        yield (
            "operator.toml 的 contact 中没有邮箱：metadata/dataverse.json 缺 datasetContact。",
            "operator.toml has no mail address as contact: metadata/dataverse.json has no "
            "datasetContact, which Dataverse asks for.",
        )
    if not facts.address:
        yield (
            "operator.toml 没有 url：元数据中没有固定地址。",
            "operator.toml has no url: the metadata have no permanent address.",
        )


def _table(parts: Sequence[Part]) -> Iterator[str]:
    for each in repositories():
        beyond = "; ".join(each.exceeded(parts))
        limits = " | ".join(each.told(name) for name in ("total", "file", "files"))
        yield f"| {each.name} | {limits} | {beyond or '放得下 fits'} | {each.looked} |"


def _advice(*, has_originals: bool, has_text: bool) -> Iterator[str]:
    if has_originals:
        yield (
            "原始网页（originals-*.wacz）按年分卷：另立记录，或不附。"
            "Give the originals, one file a year, a record of their own, or leave them out."
        )
    if has_text:
        yield (
            "不附 text.db（`--without-text`）：各章正文与各数值的位置不在其内，数值齐全；"
            "text.db 可另立记录。Leave text.db out: no texts of chapters and no places of figures, "
            "but all figures; give it a record of its own."
        )
    yield (
        "各记录以 IsPartOf / HasPart 相连；不要把数据库按年切开，跨年的核对与变更在其中。"
        "Link such records with IsPartOf and HasPart. Do not cut the database by year: checks and "
        "changes reach across years. Or ask the repository for a larger quota."
    )
