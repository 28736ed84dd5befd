"""What there should be: agencies of the regions valid in a year, and what is known of each.

The frame is regions × expected kinds × years, two million cells for the country. No cell is
stored: the view `frame` (archive/schema/coverage.py) makes them from the tables filled here.
"""

from __future__ import annotations

from .counting import count_frame
from .expected import expected_rows
from .reach import REACHED, portal_rows, reach_rows

__all__ = ["REACHED", "count_frame", "expected_rows", "portal_rows", "reach_rows"]
