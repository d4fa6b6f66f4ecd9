"""The signatures of the vendors that sign, and basic auth for those that do not.

Every comparison takes the same time whatever is wrong, and each key is tried: two hold while one
is changed over for the other.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from app.trackserver.vendors.refusal import Refused

_SENDGRID_SIGNATURE = "x-twilio-email-event-webhook-signature"
_SENDGRID_TIME = "x-twilio-email-event-webhook-timestamp"
_MOST_SIGNATURES = 10


def check_login(headers: Mapping[str, str], logins: Iterable[str]) -> None:
    """Basic auth (RFC 7617): one of the ``user:password`` must have been sent."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise Refused(401, "This address needs a name and a password (basic authentication).")
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Refused(401, "The basic authentication cannot be read.") from None
    # Not any(): how many comparisons it takes must not show which one held.
    if not sum(hmac.compare_digest(given, login.encode()) for login in logins):
        raise Refused(401, "The name or the password is wrong.")


def check_sendgrid(
    headers: Mapping[str, str], body: bytes, keys: Iterable[str], now: int, window: int
) -> None:
    """SendGrid's signed event webhook: ECDSA P-256 with SHA-256 over timestamp and raw body.

    Source: docs.sendgrid.com, "Getting started with the Event Webhook security features".
    """
    stamp = headers.get(_SENDGRID_TIME, "")
    try:
        signature = base64.b64decode(headers.get(_SENDGRID_SIGNATURE, ""), validate=True)
    except (binascii.Error, ValueError):
        signature = b""
    if not stamp or not signature:
        raise Refused(401, "The request is not signed. Turn on the signed event webhook.")
    signed = stamp.encode() + body
    if not any([_ecdsa_holds(key, signature, signed) for key in keys]):  # noqa: C419 - as above
        raise Refused(401, "The signature does not fit any key of this webhook.")
    check_age(stamp, now, window)


def public_key(text: str) -> ec.EllipticCurvePublicKey:
    """SendGrid's verification key: base64 of a SubjectPublicKeyInfo. Raises ValueError."""
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (UnsupportedAlgorithm, binascii.Error) as error:
        raise ValueError("not a public key in base64") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a key of the curve P-256")
    return key


def _ecdsa_holds(key: str, signature: bytes, signed: bytes) -> bool:
    try:
        public_key(key).verify(signature, signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def check_svix(
    headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: int, window: int
) -> None:
    """Resend signs as Svix and the Standard Webhooks do: HMAC-SHA256 over ``id.time.body``.

    Source: docs.svix.com, "Verifying webhooks manually".
    """
    names = ("svix-id", "svix-timestamp", "svix-signature")
    identity, stamp, signatures = (
        headers.get(name) or headers.get(name.replace("svix", "webhook"), "") for name in names
    )
    if not (identity and stamp and signatures):
        raise Refused(401, "The request is not signed.")
    given = [
        value.encode()
        for version, _, value in (part.partition(",") for part in signatures.split(" "))
        if version == "v1"
    ][:_MOST_SIGNATURES]
    signed = f"{identity}.{stamp}.".encode() + body
    expected = [
        base64.b64encode(hmac.digest(svix_secret(secret), signed, hashlib.sha256))
        for secret in secrets
    ]
    if not sum(hmac.compare_digest(one, other) for one in given for other in expected):
        raise Refused(401, "The signature does not fit any secret of this webhook.")
    check_age(stamp, now, window)


def svix_secret(text: str) -> bytes:
    """The key within ``whsec_…``. Raises ValueError."""
    return base64.b64decode(text.removeprefix("whsec_"), validate=True)


def check_mailgun(signature: object, keys: Iterable[str], now: int, window: int) -> str:
    """Mailgun's signature is part of the body and covers only a time and a token; the token.

    The body is not covered: whoever sees one request could send another with its token, so the
    caller must take each token once.
    Source: documentation.mailgun.com, "Securing webhooks".
    """
    fields = signature if isinstance(signature, dict) else {}
    stamp, token, given = (
        str(fields.get(name, "")) for name in ("timestamp", "token", "signature")
    )
    if not (stamp and token and given) or len(token) > 100:
        raise Refused(401, "The request is not signed.")
    signed = (stamp + token).encode()
    expected = [hmac.digest(key.encode(), signed, hashlib.sha256).hex().encode() for key in keys]
    shown = given.encode()
    if not sum(hmac.compare_digest(shown, one) for one in expected):
        raise Refused(401, "The signature does not fit any signing key of this webhook.")
    # Its time never becomes right: Mailgun is told not to try again.
    check_age(stamp, now, window, status=406)
    return token


def check_age(stamp: str, now: int, window: int, status: int = 403) -> None:
    """A signed time in seconds must lie within ``window`` seconds of ``now`` (ms)."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise Refused(status, "The signed time cannot be read.")
    if abs(int(stamp) * 1000 - now) > window * 1000:
        raise Refused(status, "The signature is too old, or a clock is wrong.")
