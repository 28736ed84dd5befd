"""Who a report is by: agencies with stable ids, told from printed names, hosts and decisions."""

from __future__ import annotations

from .agency import Agency
from .kinds import kinds
from .names import Names
from .resolving import Resolver, resolve

__all__ = ["Agency", "Names", "Resolver", "kinds", "resolve"]
