"""What a release says of itself in several of its files: title, licence, descriptions."""

from __future__ import annotations

from typing import Any

TITLE = "年报档案：政府信息公开工作年度报告的存档与数值"
TITLE_EN = "nianbao: an archive of Chinese agencies' annual open-government reports"
FICTION = "演示数据，全部内容均属虚构"
AUTHOR = "nianbao（年报）"
#: Files of a release that are no tables, and what they are.
FILES = {
    "nianbao.db": "SQLite：年报、版本、数值、疑点、来源、覆盖、数据字典；"
    "自带说明（表 README、descriptions、examples）",
    "text.db": "SQLite：各章正文、旧格式表格、各数值在原件中的位置与所印文字",
    "dictionary.csv": "数据字典：各文件各列的含义、单位、依据与所属格式",
    "datapackage.json": "各文件的机器可读说明（Frictionless Data Package）",
    "parts.json": "大表所分各部分：起止标识、行数、校验值（年报很多的发布才有）",
    "CHANGES.md": "与上一次发布相比的变化",
    "CITATION.cff": "引用信息",
    "index.html": "说明：方法、数据字典、覆盖、许可、变化；无需网络",
    "manifest.json": "发布的名称、内容校验值、份数与合计",
    "SHA256SUMS": "全部文件的 SHA-256（sha256sum -c SHA256SUMS）",
}


def title(manifest: dict[str, Any]) -> str:
    """The release's title; fiction says so first."""
    return f"{TITLE}（{FICTION}）" if manifest["fiction"] else TITLE


def citation(manifest: dict[str, Any]) -> str:
    """How to cite a release as a whole."""
    day = str(manifest["built_at"])[:10]
    return (
        f"{AUTHOR}. {title(manifest)}. 发布 {manifest['release']}，{day}，"
        f"内容校验值 {manifest['content_hash']}。"
    )
