"""Certificates of a fictional authority, good ones and bad ones."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = dt.timedelta(days=1)


class Authority:
    """An authority that signs certificates for loopback addresses.

    Args:
        folder: Where certificates and keys are written.
        name: Its name, and that of its file.

    Attributes:
        file: Its own certificate, for `SSL_CERT_FILE`.
    """

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, name, self._key, dt.datetime.now(dt.UTC))
        # Not without a path length: OpenSSL takes any certificate for the end of a chain then.
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        certificate = builder.sign(self._key, hashes.SHA256())
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(
        self, host: str, *, days: int = 0, self_signed: bool = False, newest: str = ""
    ) -> ssl.SSLContext:
        """How a server of a host speaks TLS.

        Args:
            host: The address that its certificate is for.
            days: How long ago the certificate was made; each is good for 30 days.
            self_signed: Whether nobody but itself vouches for it.
            newest: The newest version of TLS that it speaks, e.g. `TLSv1_1`.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = host if self_signed else self._name
        builder = _builder(host, issuer, key, dt.datetime.now(dt.UTC) - days * _DAY)
        address = x509.IPAddress(ipaddress.ip_address(host))
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), False)
        certificate = builder.sign(key if self_signed else self._key, hashes.SHA256())
        file = self._folder / f"{host}-{self._name}-{days}-{self_signed}.pem"
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        if newest:
            # What a server of 2005 allows.
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = ssl.TLSVersion[newest]
        return context


def _builder(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, since: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since - _DAY)
        .not_valid_after(since + 30 * _DAY)
    )
