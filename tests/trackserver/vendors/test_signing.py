"""Signatures: known answers, rotation, the replay window, and everything forged."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.trackserver.vendors.keys import Keys, missing, read_keys, write_keys
from app.trackserver.vendors.refusal import Refused
from app.trackserver.vendors.signing import public_key
from app.trackserver.vendors.sns import Certificates
from app.trackserver.vendors.verify import Verified, verify
from app.trackserver.words import Source

NOW = 1_790_000_000_000
JSON = {"content-type": "application/json"}


def nothing_is_fetched(url: str) -> bytes:
    raise AssertionError(url)


def check(
    source: Source, keys: Keys, headers: dict[str, str], body: bytes, now: int = NOW
) -> Verified:
    return verify(source, keys, JSON | headers, body, now, Certificates(nothing_is_fetched))


def refusal(*arguments: Any, **more: Any) -> int:
    with pytest.raises(Refused) as caught:
        check(*arguments, **more)
    return caught.value.status


# SendGrid: the vendor's published example (sendgrid-python, test_eventwebhook.py).

SENDGRID_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+"
    "2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
)
SENDGRID_HEADERS = {
    "x-twilio-email-event-webhook-signature": (
        "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtE"
        "ZtM="
    ),
    "x-twilio-email-event-webhook-timestamp": "1600112502",
}
SENDGRID_BODY = (
    b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",'
    b'"sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",'
    b'"sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",'
    b'"smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
)
SENDGRID_NOW = 1_600_112_502_000


def test_sendgrid_known_answer() -> None:
    keys = Keys(secrets=(SENDGRID_KEY,))
    check(Source.SENDGRID, keys, SENDGRID_HEADERS, SENDGRID_BODY, SENDGRID_NOW)


def test_sendgrid_signs_the_body_to_its_last_byte() -> None:
    keys = Keys(secrets=(SENDGRID_KEY,))
    body = SENDGRID_BODY.rstrip()
    assert refusal(Source.SENDGRID, keys, SENDGRID_HEADERS, body, SENDGRID_NOW) == 401


@pytest.mark.parametrize("minutes", [-6, 6])
def test_sendgrid_outside_the_window(minutes: int) -> None:
    now = SENDGRID_NOW + minutes * 60_000
    keys = Keys(secrets=(SENDGRID_KEY,))
    assert refusal(Source.SENDGRID, keys, SENDGRID_HEADERS, SENDGRID_BODY, now) == 403
    wider = Keys(secrets=(SENDGRID_KEY,), window=86_400)
    check(Source.SENDGRID, wider, SENDGRID_HEADERS, SENDGRID_BODY, now)


def test_sendgrid_holds_two_keys_while_one_is_changed_over() -> None:
    pairs = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    shown = [
        base64.b64encode(
            pair.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        ).decode()
        for pair in pairs
    ]
    keys = Keys(secrets=tuple(shown[:2]))
    for number, pair in enumerate(pairs):
        stamp = str(NOW // 1000)
        signature = pair.sign(stamp.encode() + b"[]", ec.ECDSA(SHA256()))
        headers = {
            "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
            "x-twilio-email-event-webhook-timestamp": stamp,
        }
        if number < 2:
            check(Source.SENDGRID, keys, headers, b"[]")
        else:
            assert refusal(Source.SENDGRID, keys, headers, b"[]") == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        SENDGRID_HEADERS | {"x-twilio-email-event-webhook-signature": "???"},
        SENDGRID_HEADERS | {"x-twilio-email-event-webhook-signature": "AAAA"},
        SENDGRID_HEADERS | {"x-twilio-email-event-webhook-timestamp": ""},
        SENDGRID_HEADERS | {"x-twilio-email-event-webhook-timestamp": "x"},
    ],
)
def test_sendgrid_unsigned_or_badly_signed(headers: dict[str, str]) -> None:
    keys = Keys(secrets=(SENDGRID_KEY,))
    assert refusal(Source.SENDGRID, keys, headers, SENDGRID_BODY, SENDGRID_NOW) == 401


@pytest.mark.parametrize("text", ["", "AAAA", "not base64", base64.b64encode(b"x" * 91).decode()])
def test_what_is_no_key_is_told(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the library's or ours
        public_key(text)


# Resend: Svix's published example.

SVIX_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SVIX_BODY = b'{"test": 2432232314}'
SVIX_NOW = 1_614_265_330_000
SVIX_HEADERS = {
    "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "svix-timestamp": "1614265330",
    "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_svix_known_answer() -> None:
    check(Source.RESEND, Keys(secrets=(SVIX_SECRET,)), SVIX_HEADERS, SVIX_BODY, SVIX_NOW)


def test_svix_several_signatures_and_secrets() -> None:
    headers = SVIX_HEADERS | {
        "svix-signature": f"v1,AAAA v2,xx v1a,zz {SVIX_HEADERS['svix-signature']}"
    }
    keys = Keys(secrets=("whsec_" + base64.b64encode(b"another").decode(), SVIX_SECRET))
    check(Source.RESEND, keys, headers, SVIX_BODY, SVIX_NOW)


def test_svix_under_the_names_of_the_standard() -> None:
    headers = {name.replace("svix", "webhook"): value for name, value in SVIX_HEADERS.items()}
    check(Source.RESEND, Keys(secrets=(SVIX_SECRET,)), headers, SVIX_BODY, SVIX_NOW)


@pytest.mark.parametrize(
    ("headers", "body", "now", "status"),
    [
        ({}, SVIX_BODY, SVIX_NOW, 401),
        (SVIX_HEADERS, SVIX_BODY + b" ", SVIX_NOW, 401),
        (SVIX_HEADERS | {"svix-id": "msg_other"}, SVIX_BODY, SVIX_NOW, 401),
        (SVIX_HEADERS | {"svix-timestamp": "1614265331"}, SVIX_BODY, SVIX_NOW, 401),
        (SVIX_HEADERS | {"svix-signature": "v1,"}, SVIX_BODY, SVIX_NOW, 401),
        (SVIX_HEADERS | {"svix-signature": "v2,g0hM9"}, SVIX_BODY, SVIX_NOW, 401),
        (SVIX_HEADERS, SVIX_BODY, SVIX_NOW + 301_000, 403),
        (SVIX_HEADERS, SVIX_BODY, SVIX_NOW - 301_000, 403),
    ],
)
def test_svix_refuses(headers: dict[str, str], body: bytes, now: int, status: int) -> None:
    assert refusal(Source.RESEND, Keys(secrets=(SVIX_SECRET,)), headers, body, now) == status


# Mailgun: the answer was computed with OpenSSL:
#   printf 1790000000a-token | openssl dgst -sha256 -hmac key-of-an-example

MAILGUN_KEYS = Keys(secrets=("key-of-an-example",))
MAILGUN_SIGNATURE = {
    "timestamp": "1790000000",
    "token": "a-token",
    "signature": "c231ead5ef9470191fa58fe06b399288c9f7cbbbce0717f54c26d42801ae0da5",
}


def mailgun(**more: Any) -> bytes:
    return json.dumps({"signature": MAILGUN_SIGNATURE | more, "event-data": {}}).encode()


def test_mailgun_known_answer() -> None:
    assert check(Source.MAILGUN, MAILGUN_KEYS, {}, mailgun()).nonce == "a-token"


def test_mailgun_second_key() -> None:
    keys = Keys(secrets=("newer", *MAILGUN_KEYS.secrets))
    assert check(Source.MAILGUN, keys, {}, mailgun()).nonce == "a-token"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"token": "b-token"}, 401),
        ({"timestamp": "1790000001"}, 401),
        ({"signature": ""}, 401),
        ({"signature": "é"}, 401),
        ({"token": ["a"]}, 401),
        ({"timestamp": None}, 401),
    ],
)
def test_mailgun_refuses(fields: dict[str, Any], status: int) -> None:
    assert refusal(Source.MAILGUN, MAILGUN_KEYS, {}, mailgun(**fields)) == status


def test_mailgun_is_told_not_to_repeat_what_is_too_old() -> None:
    assert refusal(Source.MAILGUN, MAILGUN_KEYS, {}, mailgun(), NOW + 301_000) == 406


def test_mailgun_token_of_endless_length() -> None:
    token = "x" * 5000
    signature = hmac.digest(b"key-of-an-example", f"1790000000{token}".encode(), hashlib.sha256)
    body = mailgun(token=token, signature=signature.hex())
    assert refusal(Source.MAILGUN, MAILGUN_KEYS, {}, body) == 401


# Those that do not sign.


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


UNSIGNED = [Source.POSTMARK, Source.SPARKPOST, Source.MAILJET]


@pytest.mark.parametrize("source", UNSIGNED)
def test_basic_auth(source: Source) -> None:
    keys = Keys(logins=("ann:secret", "ann:newer"))
    check(source, keys, basic("ann:secret"), b"{}")
    check(source, keys, basic("ann:newer"), b"{}")
    for headers in (
        {},
        basic("ann:wrong"),
        basic("ann"),
        basic(""),
        {"authorization": "Bearer x"},
        {"authorization": "Basic ???"},
        {"authorization": "Basic"},
    ):
        assert refusal(source, keys, headers, b"{}") == 401


@pytest.mark.parametrize("source", UNSIGNED)
def test_without_a_login_the_path_is_the_secret(source: Source) -> None:
    assert check(source, Keys(), {}, b"{}") == Verified()


# Every vendor.


@pytest.mark.parametrize("source", UNSIGNED)
@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"3", b'"x"', b"null", b"[" * 100_000])
def test_what_is_no_event_is_refused(source: Source, body: bytes) -> None:
    assert refusal(source, Keys(), {}, body) == 400


@pytest.mark.parametrize("media", ["", "text/html", "multipart/form-data; boundary=x"])
def test_what_is_not_called_json_is_refused(media: str) -> None:
    assert refusal(Source.POSTMARK, Keys(), {"content-type": media}, b"{}") == 415


def test_a_parameter_of_the_media_type_does_no_harm() -> None:
    check(Source.POSTMARK, Keys(), {"content-type": "Application/JSON; charset=utf-8"}, b"{}")


def test_keys_are_stored_as_json() -> None:
    keys = Keys(secrets=("a", "b"), logins=("u:p",), topics=("arn",), window=10)
    assert read_keys(write_keys(keys)) == keys


def test_what_a_webhook_cannot_do_without() -> None:
    for source in (Source.SENDGRID, Source.MAILGUN, Source.RESEND, Source.SES):
        assert missing(source, Keys())
    for source in UNSIGNED:
        assert missing(source, Keys()) is None
