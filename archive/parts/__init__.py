"""Parts of a data root: what the shards of one crawl write, each for itself, until it is merged.

Every command but the crawl sees a root without them: merged, their files and rows are as if they
had been crawled there.
"""

from ..recovery import recover
from ..runs import new_name
from .merging import merge_idle, merge_part, merge_parts
from .part import Part, parts_of
from .seeding import make_part

__all__ = [
    "Part",
    "make_part",
    "merge_idle",
    "merge_part",
    "merge_parts",
    "new_name",
    "parts_of",
    "recover",
]
