"""Certificates for every way of getting them wrong, and servers that show them."""

import datetime
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Holder:
    """A certificate with its key; it can issue others."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def name(common: str, organisation: str = "") -> x509.Name:
    parts = {NameOID.COMMON_NAME: common, NameOID.ORGANIZATION_NAME: organisation}
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts.items() if text])


def issue(
    subject: x509.Name,
    issuer: Holder | None = None,
    *,
    hosts: Sequence[str] = (),
    authority: bool = False,
    start: datetime.datetime = NOW - 30 * DAY,
    end: datetime.datetime = NOW + 30 * DAY,
    fetch_issuer_at: str = "",
) -> Holder:
    """A certificate for ``subject``, signed by ``issuer`` or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    if fetch_issuer_at:
        place = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS,
            x509.UniformResourceIdentifier(fetch_issuer_at),
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
    signed = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    return Holder(signed, key)


def server_context(folder: Path, leaf: Holder, *chain: Holder) -> ssl.SSLContext:
    """A server's context that shows ``leaf`` and the ``chain`` above it."""
    path = folder / "server.pem"
    path.write_bytes(leaf.key_pem + leaf.pem + b"".join(holder.pem for holder in chain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
