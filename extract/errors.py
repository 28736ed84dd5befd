"""What reading can fail with. Every message says what, where, and what to do."""

from __future__ import annotations


class ReadingError(Exception):
    """A document could not be read; `status` is the report status it leads to."""

    status = "unreadable"


class NotAReport(ReadingError):
    """The bytes were read, and are no annual report (a soft 404, a list, a notice).

    Raised by `extract.read`; the build counts it by reason and makes no report.
    """

    status = "not_a_report"


class SoftNotFound(NotAReport):
    """A page that says that there is none, with status 200. Raised by `extract.read`."""

    status = "soft_404"


class Challenge(NotAReport):
    """What a wall sends in the place of a page. Raised by `extract.read`."""

    status = "wall"


class NeedsConverter(ReadingError):
    """A format that LibreOffice converts (DOC, RTF, WPS).

    Raised by `extract.formats`; `extract.reading` converts, or says that nothing can.
    """

    status = "needs_converter"


class NeedsOcr(ReadingError):
    """A document without a usable text layer: a scan. Raised by `extract.formats`."""

    status = "needs_ocr"


class ReadingLimit(ReadingError):
    """A document took more memory or time than allowed, or is larger than any report.

    Raised by `extract.worker`, `extract.convert` (time) and `extract.formats.limits` (size).
    """


class TooLarge(ReadingLimit):
    """A document is larger than any report, and always will be. Raised by `extract.formats`."""


class ReaderFault(ReadingError):
    """The reader itself failed on a document. Raised by `extract.worker`."""
