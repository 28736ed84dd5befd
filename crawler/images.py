"""Bodies that are nothing but images: scanned reports, which are kept though not read."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .families.base import Tree, absolute

#: What every report says, and hardly any menu. A page with images that does not say it may
#: be one whose text is in the images.
_SAID = tuple("行政复议".encode(charset) for charset in ("utf-8", "gb18030"))
#: Where the CMS families put an article's body (portals.md §1).
_BODIES = (
    "TRS_Editor", "TRS_UEDITOR", "trs_editor_view", "zoom", "Zoom", "vsb_content",
    "v_news_content", "article-content", "UCAP-CONTENT", "zoomcon", "wzzw-article", "main-txt",
    "bt-box-main", "ivs_content", "details-main", "xiangqnr", "news-info", "article",
)  # fmt: skip
_WITHIN = " or ".join(f"contains(@class, '{name}') or contains(@id, '{name}')" for name in _BODIES)
_BODY = f"//*[local-name()='ucapcontent'] | //div[{_WITHIN}] | //td[{_WITHIN}] | //article"
#: The two bodies seen had 2 and 17 characters; a caption or a date is no report.
_MOST_TEXT = 120
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|bmp|tiff?|webp)$", re.I)
_DECOR = re.compile(
    r"logo|icon|ico\b|banner|qr|ewm|erweima|weixin|wechat|weibo|share|print|btn|button|arrow|"
    r"beian|dzjg|jiucuo|blank|spacer|loading|line|search|/(?:images?|img|skin|style|theme)/[^/]+$",
    re.I,
)
#: TRS names the images of a body like this, and nothing else.
_TRS = re.compile(r"/W0\d{8,}\.", re.I)
_SMALL = 100


def are_likely(body: bytes) -> bool:
    """Whether a page may be one whose text is in images; told by its bytes, in microseconds."""
    # What most pages say stands first: nothing is searched to the end.
    return not any(said in body for said in _SAID) and (b"<img" in body or b"<IMG" in body)


def body_of(tree: Tree) -> Tree | None:
    """The box of an article's body; of boxes within boxes the outermost; None if unknown."""
    boxes = tree.xpath(_BODY)
    return boxes[0] if boxes else None


def body_images(tree: Tree, base: str) -> list[str]:
    """Addresses of the images of an article's body that has no text, in their order.

    Args:
        tree: The page.
        base: What its addresses are relative to.

    Returns:
        Each once; none where there is text, or nothing but decoration.
    """
    box = body_of(tree)
    text = "" if box is None else box.text_content()
    if box is not None and len(_CHINESE.findall(text)) > _MOST_TEXT:
        return []
    images = (tree if box is None else box).iter("img")
    found = (
        absolute(base, str(image.get("src") or "")) for image in images if not _is_small(image)
    )
    return list(dict.fromkeys(url for url in found if url and _is_body(url, box is not None)))


def _is_body(url: str, is_within: bool) -> bool:
    """Whether an image is content; outside of a known body only TRS' names tell."""
    path = urlsplit(url).path
    if _TRS.search(path):
        return True
    return is_within and bool(_IMAGE.search(path)) and not _DECOR.search(path)


def _is_small(image: Tree) -> bool:
    sizes = (str(image.get(name) or "").removesuffix("px") for name in ("width", "height"))
    return any(size.isdigit() and int(size) < _SMALL for size in sizes)
