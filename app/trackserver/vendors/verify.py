"""Whether a request to a webhook comes from its vendor."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from app.trackserver.vendors.fields import Object
from app.trackserver.vendors.keys import Keys
from app.trackserver.vendors.refusal import Refused
from app.trackserver.vendors.signing import (
    check_login,
    check_mailgun,
    check_sendgrid,
    check_svix,
)
from app.trackserver.vendors.sns import Certificates, check_message, subscribe_url
from app.trackserver.words import Source

_LISTS = frozenset({Source.SENDGRID, Source.SPARKPOST, Source.MAILJET})
_JSON = frozenset({"application/json", "text/json"})


@dataclass(frozen=True, slots=True)
class Verified:
    """A request that is to be taken.

    Attributes:
        nonce: A token that may be taken once only; none where the body itself is signed.
        confirm: Where the vendor's handshake is to be answered; nothing else is to be kept then.
        keep: Whether the body holds events.
    """

    nonce: str | None = None
    confirm: str | None = None
    keep: bool = True


def verify(
    source: Source,
    keys: Keys,
    headers: Mapping[str, str],
    body: bytes,
    now: int,
    certificates: Certificates,
) -> Verified:
    """Raises Refused for whatever is not proven to be the vendor's, or is no events at all.

    Args:
        source: The vendor of the webhook.
        keys: Its keys.
        headers: Lower-case names.
        body: The raw body.
        now: Milliseconds UTC.
        certificates: Of SNS.
    """
    if keys.logins:
        check_login(headers, keys.logins)
    _check_media_type(source, headers)
    window = keys.window_of(source)
    if source is Source.SENDGRID:
        check_sendgrid(headers, body, keys.secrets, now, window)
    elif source is Source.RESEND:
        check_svix(headers, body, keys.secrets, now, window)
    payload = _payload(source, body)
    if source is Source.MAILGUN:
        return Verified(check_mailgun(payload.get("signature"), keys.secrets, now, window))
    if source is Source.SES:
        kind = check_message(payload, keys.topics, certificates, now, window)
        if kind == "SubscriptionConfirmation":
            return Verified(confirm=subscribe_url(payload), keep=False)
        return Verified(keep=kind == "Notification")
    return Verified()


def _check_media_type(source: Source, headers: Mapping[str, str]) -> None:
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    # SNS calls its JSON plain text.
    if media not in _JSON and not (source is Source.SES and media == "text/plain"):
        raise Refused(415, "Events come as application/json.")


def _payload(source: Source, body: bytes) -> Object:
    """The body's object; an empty one for a list, which is looked at later."""
    try:
        payload: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise Refused(400, "The body is not JSON.") from None
    if isinstance(payload, list) and source in _LISTS:
        return {}
    if not isinstance(payload, dict):
        raise Refused(400, "The body is no event.")
    return payload
