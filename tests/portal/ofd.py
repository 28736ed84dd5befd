"""A report as an OFD (GB/T 33190), as Chinese office programs export it."""

from __future__ import annotations

import io
import zipfile
from html import escape

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

from tests.portal.pdf import Press, Print
from tests.portal.reports import FictionalReport

_MM = 25.4 / 72
_SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_FONT = "STSong-Light"


def report_ofd(report: FictionalReport, printing: Print | None = None) -> bytes:
    """Print a report."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))  # for its widths
    paper = _OfdPaper()
    Press(paper, printing or Print()).print(report)
    return paper.packed()


class _OfdPaper:
    """Takes what a PDF canvas takes, and writes OFD objects."""

    def __init__(self) -> None:
        self._pages: list[str] = []
        self._objects: list[str] = []
        self._size = 12.0

    def setFont(self, name: str, size: float) -> None:  # noqa: N802  # the press's protocol
        self._size = size

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802  # likewise
        if not text:
            return
        size = self._size
        widths = [pdfmetrics.stringWidth(char, _FONT, size) * _MM for char in text]
        left, top = x * _MM, (A4[1] - y - size) * _MM
        deltas = " ".join(f"{width:.4f}" for width in widths[:-1])
        if len(set(widths[:-1])) == 1:
            deltas = f"g {len(widths) - 1} {widths[0]:.4f}"
        self._objects.append(
            f'<ofd:TextObject ID="{len(self._objects) + 9}" Font="3" Size="{size * _MM:.4f}" '
            f'Boundary="{left:.4f} {top:.4f} {sum(widths):.4f} {size * _MM:.4f}">'
            f'<ofd:TextCode X="0" Y="{0.88 * size * _MM:.4f}" DeltaX="{deltas}">'
            f"{escape(text)}</ofd:TextCode></ofd:TextObject>"
        )

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        w, h = width * _MM, height * _MM
        self._objects.append(
            f'<ofd:PathObject ID="{len(self._objects) + 9}" LineWidth="0.2" '
            f'Boundary="{x * _MM:.4f} {(A4[1] - y - height) * _MM:.4f} {w:.4f} {h:.4f}">'
            f"<ofd:AbbreviatedData>M 0 0 L {w:.4f} 0 L {w:.4f} {h:.4f} L 0 {h:.4f} C"
            "</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def showPage(self) -> None:  # noqa: N802  # likewise
        self._pages.append("".join(self._objects))
        self._objects.clear()

    def packed(self) -> bytes:
        """The whole file."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "OFD.xml",
                f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {_SPACE} DocType="OFD" '
                'Version="1.0"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo>'
                "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            )
            pages = "".join(
                f'<ofd:Page ID="{i + 1}" BaseLoc="Pages/Page_{i}/Content.xml"/>'
                for i in range(len(self._pages))
            )
            archive.writestr(
                "Doc_0/Document.xml",
                f"<ofd:Document {_SPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>"
                "0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
                f"<ofd:Pages>{pages}</ofd:Pages></ofd:Document>",
            )
            for i, objects in enumerate(self._pages):
                archive.writestr(
                    f"Doc_0/Pages/Page_{i}/Content.xml",
                    f"<ofd:Page {_SPACE}><ofd:Area><ofd:PhysicalBox>0 0 210 297"
                    '</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="2">'
                    f"{objects}</ofd:Layer></ofd:Content></ofd:Page>",
                )
        return out.getvalue()
