"""What an appendix says to who opens it, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .sources import Source

#: What an address on a command line may keep.
_PLAIN = "%/:?#[]@!$&'()*+,;=~"
_TEXT = """# 原始网页存档（附录）

本文件夹收录论文所据各机关政府信息公开工作年度报告的原始网页与附件{fiction}。

- 来源：nianbao 发布版 {release}（内容校验值 {content}，{built} 生成）
- 收录：{versions} 个版本，{documents} 个文件{left}
- 选取语句（对该发布版的 SQL 查询）：

{query}

## 文件

| 文件 | 内容 |
|---|---|
| `evidence.wacz` | 原始记录（WARC 1.1、WACZ 1.1.1）：请求、标头、正文、栏目列表页、robots.txt |
| `reports.csv` | 清单，每行一个文件（或其中一个指标）：网址、取得时间、SHA-256、引用格式 |
| `SHA256SUMS` | 以上文件的校验值 |

## 打开

- 用浏览器打开 ReplayWeb.page（<https://replayweb.page/>），选择 `evidence.wacz`；文件只在本机读取。
- 或用 pywb：

      wb-manager init appendix
      wb-manager add --unpack-wacz appendix evidence.wacz
      wayback -b 127.0.0.1 -p 8080

  再访问 <http://127.0.0.1:8080/appendix/>。

## 核对

- 全部文件：在本文件夹中执行 `sha256sum -c SHA256SUMS`。
- 一个网页或附件：`reports.csv` 的 SHA-256 是服务器所返回正文（解除传输压缩之后）的校验值。
  pywb 运行时可取回同一正文：

      curl -s "http://127.0.0.1:8080/appendix/{stamp}id_/{url}" | sha256sum

  应得 {sha256}。
- 与存档比对：`evidence.wacz` 中每条记录从存档的 WARC 文件逐字节复制，记录编号（`WARC-Record-ID`）与
  `reports.csv` 所列相同；每条记录前注明其所在的原文件（`WARC-Filename`）。

收录的是本档案在所列时间取得的内容；本档案未取得的内容，不表示机关未曾公布。
"""


def leaflet(
    manifest: Mapping[str, Any], sql: str, versions: int, sources: Sequence[Source], left: int = 0
) -> str:
    """The text of an appendix.

    Args:
        manifest: The release's.
        sql: The question that chose its reports.
        versions: How many versions it chose.
        sources: The documents, at least one; the first is the example.
        left: How many more are withheld, and so not in it.
    """
    example = sources[0]
    return _TEXT.format(
        fiction="（虚构数据，仅供演示）" if manifest["fiction"] else "",
        release=manifest["release"],
        content=manifest["content_hash"],
        built=manifest["built_at"],
        versions=versions,
        documents=len({source.record_id for source in sources}),
        left=f"；另有 {left} 个来源的原件已隐去，不在其内" if left else "",
        query="\n".join(f"      {line}" for line in sql.strip().splitlines()),
        stamp="".join(filter(str.isdigit, example.captured_at))[:14],
        url=quote(example.url, safe=_PLAIN),
        sha256=example.sha256,
    )
