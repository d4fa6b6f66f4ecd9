"""Messages of Amazon SNS: signed with a certificate of Amazon's, about a topic that we know.

Source: docs.aws.amazon.com/sns, "Verifying the signatures of Amazon SNS messages".
"""

import base64
import binascii
import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from app.trackserver.vendors.fields import Object, UnreadableError, moment, text
from app.trackserver.vendors.refusal import Refused

Fetch = Callable[[str], bytes]
"""Gets a URL's body from a public address; raises Refused where that fails."""

_HOST = r"https://sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE_URL = re.compile(rf"{_HOST}/SimpleNotificationService-[a-z0-9]+\.pem")
_SUBSCRIBE_URL = re.compile(rf"{_HOST}/\?Action=ConfirmSubscription&[A-Za-z0-9._~%:&=+-]+")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]
_HASHES = {"1": SHA1, "2": SHA256}
_MOST_CERTIFICATES = 16


class Certificates:
    """The public keys of SNS, fetched once each.

    Only ever asked for a URL on a host of Amazon's, so what it keeps is bounded by Amazon; still,
    it forgets everything rather than grow.
    """

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._keys: dict[str, tuple[rsa.RSAPublicKey, int]] = {}

    def key(self, url: str, now: int) -> rsa.RSAPublicKey:
        """The key of the certificate at ``url``, which is valid at ``now`` (ms)."""
        known = self._keys.get(url)
        if known is not None and now < known[1]:
            return known[0]
        key, until = _read_certificate(self._fetch(url), now)
        if len(self._keys) >= _MOST_CERTIFICATES:
            self._keys.clear()
        self._keys[url] = (key, until)
        return key


def check_message(
    message: Object, topics: Collection[str], certificates: Certificates, now: int, window: int
) -> str:
    """The type of a message that is proven to come from SNS and one of ``topics``."""
    kind = text(message.get("Type"))
    if kind not in _SIGNED:
        raise Refused(
            401, "This is no message of SNS. Turn off raw message delivery of the subscription."
        )
    url = text(message.get("SigningCertURL"))
    if not _CERTIFICATE_URL.fullmatch(url):
        raise Refused(401, "The certificate does not lie on a host of SNS.")
    # Before anything is fetched: a stranger's topic costs us nothing.
    if text(message.get("TopicArn")) not in topics:
        raise Refused(403, "This webhook does not listen to that topic.")
    algorithm = _HASHES.get(text(message.get("SignatureVersion")))
    if algorithm is None:
        raise Refused(401, "The signature's version is unknown.")
    try:
        signature = base64.b64decode(text(message.get("Signature")), validate=True)
        certificates.key(url, now).verify(
            signature, canonical(message), padding.PKCS1v15(), algorithm()
        )
    except (InvalidSignature, binascii.Error, ValueError):
        raise Refused(401, "The signature does not fit.") from None
    _check_age(message, now, window)
    return kind


def canonical(message: Object) -> bytes:
    """What SNS signs: names and values, each on a line, in the order of their names."""
    names = _SIGNED[text(message.get("Type"))]
    lines = [f"{name}\n{text(message[name])}\n" for name in names if message.get(name) is not None]
    return "".join(lines).encode()


def subscribe_url(message: Object) -> str:
    """Where a verified SubscriptionConfirmation is to be confirmed."""
    url = text(message.get("SubscribeURL"))
    if not _SUBSCRIBE_URL.fullmatch(url):
        raise Refused(403, "The address to confirm the subscription at is none of SNS.")
    return url


def _check_age(message: Object, now: int, window: int) -> None:
    try:
        at = moment(message.get("Timestamp"))
    except UnreadableError:
        raise Refused(403, "The message has no time.") from None
    if abs(at - now) > window * 1000:
        raise Refused(403, "The message is too old, or a clock is wrong.")


def _read_certificate(pem: bytes, now: int) -> tuple[rsa.RSAPublicKey, int]:
    """Its key, and until when it is valid (ms)."""
    try:
        certificate = load_pem_x509_certificate(pem)
        key = certificate.public_key()
    except ValueError:
        raise Refused(502, "The certificate of SNS cannot be read.") from None
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not isinstance(key, rsa.RSAPublicKey) or not (
        begin <= datetime.fromtimestamp(now / 1000, UTC) <= end
    ):
        raise Refused(401, "The certificate of SNS is not valid now.")
    return key, round(end.timestamp() * 1000)
