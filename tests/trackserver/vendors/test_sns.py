"""Amazon SNS: signatures of both versions, its certificates, its handshake, and who must wait."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.trackserver.vendors.fetching import fetch
from app.trackserver.vendors.keys import Keys
from app.trackserver.vendors.refusal import Refused
from app.trackserver.vendors.sns import Certificates, canonical, subscribe_url
from app.trackserver.vendors.verify import Verified, verify
from app.trackserver.words import Source
from tests.trackserver.vendors.payloads import NOON, sns

TOPIC = "arn:aws:sns:us-west-2:123456789012:Sendoff"
CERTIFICATE_URL = "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123abcd.pem"
NOW = NOON * 1000
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NAMES = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
KEYS = Keys(topics=(TOPIC,))
HEADERS = {"content-type": "text/plain; charset=UTF-8"}


def certificate(days: int = 30) -> bytes:
    begin = datetime.fromtimestamp(NOON, UTC) - timedelta(days=60)
    return (
        x509.CertificateBuilder()
        .subject_name(NAMES)
        .issuer_name(NAMES)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=60 + days))
        .sign(KEY, SHA256())
        .public_bytes(Encoding.PEM)
    )


class Server:
    """Serves a certificate on loopback, and counts how often."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.pem = certificate()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(outer.pem)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def fetch(self, url: str) -> bytes:
        path = url.partition(".com")[2]
        return httpx.get(f"http://127.0.0.1:{self.http.server_port}{path}").content


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.http.shutdown()
    one.http.server_close()


def signed(message: dict[str, Any], version: str = "2") -> dict[str, Any]:
    message = {"SigningCertURL": CERTIFICATE_URL, **message, "SignatureVersion": version}
    algorithm = SHA1() if version == "1" else SHA256()
    signature = KEY.sign(canonical(message), padding.PKCS1v15(), algorithm)
    return message | {"Signature": base64.b64encode(signature).decode()}


def check(message: dict[str, Any], certificates: Certificates, now: int = NOW) -> Verified:
    return verify(Source.SES, KEYS, HEADERS, json.dumps(message).encode(), now, certificates)


def refusal(message: dict[str, Any], certificates: Certificates, now: int = NOW) -> int:
    with pytest.raises(Refused) as caught:
        check(message, certificates, now)
    return caught.value.status


def subscription(**more: Any) -> dict[str, Any]:
    return {
        "Type": "SubscriptionConfirmation",
        "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        "Token": "2336412f37f",
        "TopicArn": TOPIC,
        "Message": "You have chosen to subscribe to the topic.",
        "SubscribeURL": "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription"
        f"&TopicArn={TOPIC}&Token=2336412f37f",
        "Timestamp": "2026-09-21T14:13:20.000Z",
        **more,
    }


def test_the_signed_text_of_a_notification() -> None:
    message = sns("Hello\nthere", Subject="A subject", MessageId="id", TopicArn="arn", Extra="no")
    assert canonical(message) == (
        b"Message\nHello\nthere\nMessageId\nid\nSubject\nA subject\n"
        b"Timestamp\n2026-09-21T14:13:20.000Z\nTopicArn\narn\nType\nNotification\n"
    )


def test_the_signed_text_of_a_subscription() -> None:
    message = subscription(SubscribeURL="https://x", TopicArn="arn", Message="m", MessageId="id")
    assert canonical(message) == (
        b"Message\nm\nMessageId\nid\nSubscribeURL\nhttps://x\n"
        b"Timestamp\n2026-09-21T14:13:20.000Z\nToken\n2336412f37f\nTopicArn\narn\n"
        b"Type\nSubscriptionConfirmation\n"
    )


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("more", [{}, {"Subject": "Amazon SES"}])
def test_a_signed_notification_is_taken(server: Server, version: str, more: dict[str, str]) -> None:
    message = signed(sns("{}", **more), version)
    assert check(message, Certificates(server.fetch)) == Verified()


def test_a_certificate_is_fetched_once(server: Server) -> None:
    certificates = Certificates(server.fetch)
    for _ in range(3):
        check(signed(sns("{}")), certificates)
    assert server.asked == ["/SimpleNotificationService-0123abcd.pem"]


def test_a_certificate_that_ended_is_fetched_anew(server: Server) -> None:
    certificates = Certificates(server.fetch)
    check(signed(sns("{}")), certificates)
    later = NOW + 31 * 86_400_000
    message = signed(sns("{}", Timestamp="2026-10-22T14:13:20.000Z"))
    assert refusal(message, certificates, later) == 401
    server.pem = certificate(days=60)
    check(message, certificates, later)
    assert len(server.asked) == 3


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "Subject"])
def test_a_changed_message_is_refused(server: Server, name: str) -> None:
    message = signed(sns("{}", Subject="s")) | {name: "2026-09-21T14:13:21.000Z"}
    assert refusal(message, Certificates(server.fetch)) == 401


def test_an_added_subject_is_refused(server: Server) -> None:
    assert refusal(signed(sns("{}")) | {"Subject": "s"}, Certificates(server.fetch)) == 401


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123abcd.pem",
        "https://sns.us-west-2.amazonaws.com.evil.example/SimpleNotificationService-0a.pem",
        "https://evil.example/SimpleNotificationService-0123abcd.pem",
        "https://sns.us-west-2.amazonaws.com@evil.example/SimpleNotificationService-0a.pem",
        "https://sns.us-west-2.amazonaws.com/other.pem",
        "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0a.pem?x=1",
        "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0a.pem\n",
        "https://bucket.s3.amazonaws.com/SimpleNotificationService-0a.pem",
        "https://127.0.0.1/SimpleNotificationService-0a.pem",
        "",
        None,
        7,
    ],
)
def test_a_certificate_from_elsewhere_is_never_fetched(server: Server, url: object) -> None:
    message = signed(sns("{}")) | {"SigningCertURL": url}
    assert refusal(message, Certificates(server.fetch)) == 401
    assert not server.asked


def test_a_certificate_of_china_is_fetched(server: Server) -> None:
    url = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0123abcd.pem"
    check(signed(sns("{}", SigningCertURL=url)), Certificates(lambda _: server.pem))


def test_another_topic_is_refused_before_anything_is_fetched(server: Server) -> None:
    message = signed(sns("{}", TopicArn="arn:aws:sns:us-west-2:666666666666:Mine"))
    assert refusal(message, Certificates(server.fetch)) == 403
    assert not server.asked


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"SignatureVersion": "3"}, 401),
        ({"SignatureVersion": None}, 401),
        ({"Signature": "???"}, 401),
        ({"Signature": ""}, 401),
        ({"Signature": None}, 401),
        ({"Type": "Other"}, 401),
        ({"Type": None}, 401),
    ],
)
def test_a_message_of_another_shape_is_refused(
    server: Server, more: dict[str, Any], status: int
) -> None:
    assert refusal(signed(sns("{}")) | more, Certificates(server.fetch)) == status


@pytest.mark.parametrize("hours", [-2, 2])
def test_an_old_message_is_refused(server: Server, hours: int) -> None:
    now = NOW + hours * 3_600_000
    assert refusal(signed(sns("{}")), Certificates(server.fetch), now) == 403


def test_a_late_repetition_is_taken(server: Server) -> None:
    check(signed(sns("{}")), Certificates(server.fetch), NOW + 55 * 60_000)


@pytest.mark.parametrize("pem", [b"", b"not a certificate", b"-----BEGIN CERTIFICATE-----\n"])
def test_a_broken_certificate_may_be_whole_next_time(pem: bytes) -> None:
    assert refusal(signed(sns("{}")), Certificates(lambda _: pem)) == 502


def test_a_subscription_is_confirmed_at_its_address(server: Server) -> None:
    message = signed(subscription())
    verified = check(message, Certificates(server.fetch))
    assert verified.confirm == message["SubscribeURL"]
    assert not verified.keep


def test_a_forged_subscription_is_not_confirmed(server: Server) -> None:
    message = signed(subscription()) | {"Token": "another"}
    assert refusal(message, Certificates(server.fetch)) == 401


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=x",
        "https://169.254.169.254/?Action=ConfirmSubscription&Token=x",
        "https://evil.example/?Action=ConfirmSubscription&Token=x",
        "https://sns.us-west-2.amazonaws.com.evil.example/?Action=ConfirmSubscription&Token=x",
        "https://sns.us-west-2.amazonaws.com/?Action=DeleteTopic&Token=x",
        "https://sns.us-west-2.amazonaws.com:22/?Action=ConfirmSubscription&Token=x",
        "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=x\r\nHost: y",
    ],
)
def test_a_signed_subscription_to_elsewhere_is_not_confirmed(server: Server, url: str) -> None:
    assert refusal(signed(subscription(SubscribeURL=url)), Certificates(server.fetch)) == 403
    with pytest.raises(Refused):
        subscribe_url({"SubscribeURL": url})


def test_the_end_of_a_subscription_is_no_event(server: Server) -> None:
    message = signed(subscription(Type="UnsubscribeConfirmation"))
    assert check(message, Certificates(server.fetch)) == Verified(keep=False)


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes every name lead to one address."""

    def to(address: str) -> None:
        monkeypatch.setattr(
            "app.linkcheck.net.resolver.look_up", lambda *_: (address,), raising=True
        )

    return to


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1"])
def test_nothing_is_fetched_from_a_private_address(
    resolved: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    async def connect(*where: object) -> None:
        raise AssertionError(where)

    resolved(address)
    monkeypatch.setattr("app.linkcheck.net.dial._connect_any", connect)
    with pytest.raises(Refused) as caught:
        fetch(CERTIFICATE_URL)
    assert caught.value.status == 502


@pytest.mark.parametrize("url", ["http://sns.amazonaws.com/x", "file:///etc/passwd", "x", ""])
def test_only_https_is_fetched(url: str) -> None:
    with pytest.raises(Refused):
        fetch(url)
