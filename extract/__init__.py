"""Reads: bytes of a report → `Report`. No network, no database, no Scrapy, no clock.

from extract import read
report = read(open("report.html", "rb").read())
"""

from .reader import read
from .types import Report

__all__ = ["Report", "read"]
