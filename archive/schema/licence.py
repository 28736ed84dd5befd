"""On what terms a release is given; the status of the sources is stated, not judged."""

from __future__ import annotations

LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}
LICENCE_TEXT = (
    "本汇编（整理、数值、说明与文件编排）以 CC BY 4.0 提供，使用时请注明出处。程序以 MIT 许可提供。"
    "所收年报为各行政机关的公文，版权状况依其本身而定（参见《著作权法》第五条），不因本汇编而改变；"
    "此处不是法律意见。"
)
