"""Sends a vendor's events as the vendor does: signed, batched where it batches, to the address."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.trackserver.vendors.keys import Keys
from app.trackserver.words import Source
from tests.trackserver.vendors.test_sns import TOPIC, signed

_MAILGUN_KEY = "signing-key"
_SVIX_KEY = b"k" * 24
_LOGIN = "ann:secret"
_SENDGRID_KEY = ec.generate_private_key(ec.SECP256R1())
_JSON = {"content-type": "application/json"}

KEYS = {
    Source.SENDGRID: Keys(
        secrets=(
            base64.b64encode(
                _SENDGRID_KEY.public_key().public_bytes(
                    Encoding.DER, PublicFormat.SubjectPublicKeyInfo
                )
            ).decode(),
        )
    ),
    Source.POSTMARK: Keys(logins=(_LOGIN,)),
    Source.MAILGUN: Keys(secrets=(_MAILGUN_KEY,)),
    Source.SES: Keys(topics=(TOPIC,)),
    Source.RESEND: Keys(secrets=("whsec_" + base64.b64encode(_SVIX_KEY).decode(),)),
    Source.SPARKPOST: Keys(logins=(_LOGIN,)),
    Source.MAILJET: Keys(logins=(_LOGIN,)),
}
"""What the server is told of each vendor."""


@dataclass
class Vendor:
    """A vendor that posts to one webhook.

    Args:
        http: Sends the requests.
        path: The webhook's address.
        now: The vendor's clock, in seconds.
    """

    source: Source
    http: httpx.Client
    path: str
    now: int

    def send(self, payload: Any) -> httpx.Response:
        """One request, proven as this vendor proves it; the same payload, the same request."""
        proven = _PROVEN.get(self.source)
        body, headers = proven(payload, self.now) if proven else (_text(payload), _JSON)
        login = httpx.BasicAuth("ann", "secret") if KEYS[self.source].logins else httpx.Auth()
        return self.http.post(self.path, content=body, headers=headers, auth=login)


def _text(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def _sendgrid(payload: Any, now: int) -> tuple[bytes, dict[str, str]]:
    body = _text(payload) + b"\r\n"
    signature = _SENDGRID_KEY.sign(str(now).encode() + body, ec.ECDSA(SHA256()))
    name = "x-twilio-email-event-webhook-"
    return body, _JSON | {
        f"{name}timestamp": str(now),
        f"{name}signature": base64.b64encode(signature).decode(),
    }


def _mailgun(payload: Any, now: int) -> tuple[bytes, dict[str, str]]:
    token = hashlib.sha256(_text(payload.get("event-data"))).hexdigest()[:50]
    signature = hmac.digest(_MAILGUN_KEY.encode(), f"{now}{token}".encode(), hashlib.sha256)
    proof = {"timestamp": str(now), "token": token, "signature": signature.hex()}
    return _text(payload | {"signature": proof}), _JSON


def _ses(payload: Any, _now: int) -> tuple[bytes, dict[str, str]]:
    return _text(signed(payload)), {"content-type": "text/plain; charset=UTF-8"}


def _resend(payload: Any, now: int) -> tuple[bytes, dict[str, str]]:
    body = _text(payload)
    number = f"msg_{hashlib.sha256(body).hexdigest()[:20]}"
    digest = hmac.digest(_SVIX_KEY, f"{number}.{now}.".encode() + body, hashlib.sha256)
    return body, _JSON | {
        "svix-id": number,
        "svix-timestamp": str(now),
        "svix-signature": "v1," + base64.b64encode(digest).decode(),
    }


_PROVEN: dict[Source, Callable[[Any, int], tuple[bytes, dict[str, str]]]] = {
    Source.SENDGRID: _sendgrid,
    Source.MAILGUN: _mailgun,
    Source.SES: _ses,
    Source.RESEND: _resend,
}
