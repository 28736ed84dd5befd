"""Who a report is by: agencies with stable ids, told from printed names, hosts and decisions."""

from __future__ import annotations

from .resolving import Agency, kinds, resolve

__all__ = ["Agency", "kinds", "resolve"]
