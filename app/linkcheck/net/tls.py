"""TLS: which certificates are trusted, and what a failed handshake means in the writer's terms."""

import os
import re
import ssl
import warnings
from pathlib import Path

from app.linkcheck.net.failures import Again, FailureError
from app.linkcheck.verdict import Reason

# X509_V_ERR_* (OpenSSL, include/openssl/x509_vfy.h).
_EXPIRED = {9, 10}
_SELF_SIGNED = {18, 19}
_ISSUER_UNKNOWN = {20, 21}
_OTHER_NAME = {62, 63, 64}

_LEGACY_SERVER_CONNECT = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT: browsers allow it too
_OLD = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "VERSION_TOO_LOW", "WRONG_SSL_VERSION")
_PLAIN = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "RECORD_LAYER_FAILURE")
_CUT_OFF = ("UNEXPECTED_EOF_WHILE_READING", "EOF occurred")
_AIA_CA_ISSUERS = bytes.fromhex("2b06010505073002")  # OID 1.3.6.1.5.5.7.48.2 (RFC 5280, 4.2.2.1)
_ISSUING = re.compile(r"intermediate|issuing|sub(?:ordinate)?[ -]?ca\b|child", re.IGNORECASE)
_ORGANISATION = bytes.fromhex("060355040a")  # OID 2.5.4.10


def create_context() -> ssl.SSLContext:
    """Trusts the system's certificates and what ``SSL_CERT_FILE`` adds. Takes tens of ms.

    Where the system has none that OpenSSL can see (some builds for macOS), certifi's are used.
    """
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    system = Path(paths.openssl_cafile)
    if os.environ.get(paths.openssl_cafile_env) and system.is_file():
        context.load_verify_locations(system)  # the variable would otherwise replace them
    if not context.get_ca_certs() and not Path(paths.openssl_capath).is_dir():
        import certifi

        context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # 3.13's default; no browser is so strict
    context.options |= _LEGACY_SERVER_CONNECT
    return context


def blind_context() -> ssl.SSLContext:
    """Trusts anything: only to look at a certificate that was refused, never to ask for a page."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


def outdated_context() -> ssl.SSLContext:
    """Speaks only TLS 1.0 and 1.1: only to find out whether a server knows nothing newer."""
    context = blind_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def issuer_is_unknown(error: ssl.SSLError) -> bool:
    """Whether the chain stops at an issuer that is neither sent nor trusted."""
    return isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _ISSUER_UNKNOWN


def failure(error: ssl.SSLError, host: str) -> FailureError:
    """The failure that a handshake's error stands for."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_failure(error, host)
    reason = error.reason or ""
    message = f"{reason} {error}"
    evidence = f"TLS: {reason.replace('_', ' ').lower() or 'handshake failed'}"
    if any(word in message for word in _CUT_OFF):
        return FailureError(
            Reason.CONNECTION_LOST,
            "the connection was closed in the middle of the TLS handshake",
            Again.LATER,
        )
    if any(word in message for word in _OLD):
        return FailureError(Reason.TLS_OLD, evidence)
    if "NO_APPLICATION_PROTOCOL" in message:
        return FailureError(Reason.ODD_ANSWER, "the server speaks only HTTP/2")
    if any(word in message for word in _PLAIN):
        return FailureError(Reason.TLS_ERROR, "no TLS is spoken on this port", Again.FRESH)
    if "UNRECOGNIZED_NAME" in message:
        return FailureError(Reason.TLS_WRONG_HOST, f"the server knows no site named {host}")
    return FailureError(Reason.TLS_ERROR, evidence, Again.FRESH)


def _certificate_failure(error: ssl.SSLCertVerificationError, host: str) -> FailureError:
    code = error.verify_code
    words = f"TLS: {error.verify_message.rstrip('.')}"
    if code in _EXPIRED:
        return FailureError(Reason.TLS_EXPIRED, words)
    if code in _OTHER_NAME:
        return FailureError(Reason.TLS_WRONG_HOST, f"the certificate is not for {host}")
    if code in _SELF_SIGNED or code in _ISSUER_UNKNOWN:
        return FailureError(Reason.TLS_UNTRUSTED, words)
    return FailureError(Reason.TLS_ERROR, words)


def lacks_intermediate(certificate: bytes, trusted: ssl.SSLContext) -> bool:
    """Whether a certificate (DER) of unknown issuer lacks only the link to a trusted one.

    OpenSSL says the same of both. A certificate that names where its issuer's can be fetched has
    one that browsers find (AIA, RFC 5280 4.2.2.1); so, by all appearance, has one whose issuer
    calls itself an intermediate or belongs to an organisation that is trusted.
    """
    if _AIA_CA_ISSUERS in certificate:
        return True
    issuer, subject = _names(certificate)
    if issuer == subject:
        return False
    if _ISSUING.search(issuer.decode("latin-1")):
        return True
    organisation = _organisation(issuer)
    if not organisation:
        return False
    return any(
        ("organizationName", organisation) in rdn
        for authority in trusted.get_ca_certs()
        for rdn in _subject(authority)
    )


def _subject(authority: object) -> tuple[tuple[tuple[str, str], ...], ...]:
    found: tuple[tuple[tuple[str, str], ...], ...] = ()
    if isinstance(authority, dict):
        found = authority.get("subject", ())
    return found


def _names(certificate: bytes) -> tuple[bytes, bytes]:
    """Issuer and subject, DER-encoded (RFC 5280 4.1): ``(b"", b"")`` where it cannot be read."""
    try:
        fields = _children(_children(_children(certificate)[0][1])[0][1])
    except IndexError:
        return b"", b""
    if fields and fields[0][0] == 0xA0:  # the version, which is optional
        fields = fields[1:]
    return (fields[2][1], fields[4][1]) if len(fields) > 4 else (b"", b"")


def _children(der: bytes) -> list[tuple[int, bytes]]:
    """The elements of a DER sequence's content as (tag, content)."""
    found = []
    at = 0
    while at + 2 <= len(der):
        tag, size = der[at], der[at + 1]
        at += 2
        if size & 0x80:
            width = size & 0x7F
            size = int.from_bytes(der[at : at + width], "big")
            at += width
        found.append((tag, der[at : at + size]))
        at += size
    return found


def _organisation(name: bytes) -> str:
    at = name.find(_ORGANISATION)
    if at < 0:
        return ""
    values = _children(name[at + len(_ORGANISATION) :])
    return values[0][1].decode("utf-8", "replace") if values else ""
