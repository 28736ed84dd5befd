"""TLS: certificates are verified first; what is wrong with one is said in words.

OpenSSL tells Twisted no more than “certificate verify failed”. So after a failure the
handshake, and no request, is made once more with Python's own `ssl`, which has the reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from typing import Any
from urllib.parse import urlsplit

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import DownloadFailedError
from service_identity.exceptions import VerificationError
from twisted.web.client import BrowserLikePolicyForHTTPS

#: OpenSSL's number of the reason → in words; anything else is said as OpenSSL says it.
_REASONS = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is self-signed",
    19: "the certificate's chain ends in an authority that is self-signed and unknown here",
    20: "the certificate's authority is unknown here",
    21: "the certificate's chain is incomplete",
    62: "the certificate is for another host",
    64: "the certificate is for another host",
    66: "the certificate's key is too weak",
    68: "the certificate is signed with a weak digest",
}


class Policy(BrowserLikePolicyForHTTPS):
    """Verifies certificates, but for the hosts that it was told to accept.

    Attributes:
        accepted: Hosts whose certificates are accepted as they are.
    """

    def __init__(self, strict: Any) -> None:
        """A policy on top of Scrapy's own.

        Args:
            strict: Scrapy's factory, which verifies.
        """
        # It warns of each certificate of a host whose certificates are accepted.
        logging.getLogger("scrapy.core.downloader.tls").setLevel(logging.ERROR)
        super().__init__()  # type: ignore[no-untyped-call]  # Twisted's
        self.accepted: set[str] = set()
        self._strict = strict
        self._lenient = type(strict)(verify_certificates=False)

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802  # Twisted's name
        """What makes the TLS connections to a host."""
        accepts = hostname.decode("ascii", "replace") in self.accepted
        return (self._lenient if accepts else self._strict).creatorForNetloc(hostname, port)


def is_tls(error: BaseException) -> bool:
    """Whether a download failed for its TLS."""
    if not isinstance(error, DownloadFailedError):
        return False
    reasons = getattr(error.__cause__, "reasons", ())
    return any(isinstance(reason.value, (TlsError, VerificationError)) for reason in reasons)


async def reason(url: str, timeout: float) -> tuple[str, bool]:
    """What keeps the TLS of an address from being verified.

    Args:
        url: The address.
        timeout: Seconds that the handshake may take.

    Returns:
        The reason, and whether it is only the certificate.
    """
    address = urlsplit(url)
    try:
        async with asyncio.timeout(timeout):
            _, writer = await asyncio.open_connection(
                address.hostname, address.port or 443, ssl=ssl.create_default_context()
            )
    except ssl.SSLCertVerificationError as error:
        return _REASONS.get(error.verify_code, str(error.verify_message)), True
    except ssl.SSLError as error:
        return _weak(error), False
    except OSError as error:  # a time-out is one, too
        return f"the handshake fails: {error or type(error).__name__}", False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return "the handshake failed once, and did not when it was tried again", False


def _weak(error: ssl.SSLError) -> str:
    said = (error.reason or str(error)).lower().replace("_", " ")
    weak = ("unsupported protocol", "protocol version", "dh key too small", "legacy", "no ciphers")
    if any(word in said for word in weak) or "handshake failure" in said:
        return f"the server offers only weak protocols or ciphers ({said})"
    return f"the handshake fails: {said}"
