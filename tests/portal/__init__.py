"""The loopback test portal: fictional agencies on the CMS families, and odd places.

In tests::

    with Portal() as portal:
        portal.url("shili-finance")  # a registry key, or a family's first column

Alone: `python -m tests.portal --port 8790`, `python -m tests.portal --manifest`.
"""

from tests.portal.handler import Exchange
from tests.portal.manifest import manifest
from tests.portal.server import Portal
from tests.portal.world import world

__all__ = ["Exchange", "Portal", "manifest", "world"]
