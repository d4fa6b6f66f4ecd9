"""The webhook's address on a running server: who gets in, what is kept, what is answered."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from app.trackserver.inbox import Delivered, Kind
from app.trackserver.settings import Limits
from app.trackserver.store.database import Database
from app.trackserver.store.schema import inbox, publication, webhook_nonce
from app.trackserver.vendors import endpoint, fetching, webhooks
from app.trackserver.vendors.keys import Keys
from app.trackserver.vendors.sns import Certificates
from app.trackserver.words import Source
from tests.trackserver.serving import Served, serving
from tests.trackserver.vendors.payloads import READER, sns
from tests.trackserver.vendors.test_sns import TOPIC, certificate, signed, subscription

NOW = 1_790_000_000_000
SECRET = "signing-key"


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[Served]:
    with serving(database, tmp_path / "server", clock=lambda: NOW) as one:
        del one.http.headers["authorization"]
        with database.writing() as connection:
            connection.execute(
                insert(publication).values(
                    id=1, public_id="pub_1", name="A letter", mode="individual", canary=False,
                    seq=0, made_at=NOW,
                )
            )  # fmt: skip
        yield one


def webhook(served: Served, source: Source, **keys: Any) -> str:
    with served.services.database.writing() as connection:
        _, secret = webhooks.make(connection, 1, source, Keys(**keys), NOW)
    return f"/w/{secret}"


def kept(served: Served) -> list[Delivered]:
    with served.services.database.reading() as connection:
        rows = connection.execute(select(inbox).where(inbox.c.kind == int(Kind.WEBHOOKS))).all()
    return [item for row in rows for item in msgspec.msgpack.decode(row.body, type=list[Delivered])]


def mailgun(token: str = "t", **data: Any) -> dict[str, Any]:
    stamp = str(NOW // 1000)
    signature = hmac.digest(SECRET.encode(), (stamp + token).encode(), hashlib.sha256).hex()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {"event": "opened", "id": "one", **data},
    }


def problem(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return str(answer.json()["detail"])


def test_what_is_answered_200_is_kept_as_it_came(served: Served) -> None:
    path = webhook(served, Source.POSTMARK)
    body = b'{"RecordType": "Open",  "unknown": [1, 2]}'
    answer = served.http.post(path, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()) == (200, {"taken": True})
    assert [(item.at, item.body) for item in kept(served)] == [(NOW, body)]


def test_an_unknown_path_is_404(served: Served) -> None:
    webhook(served, Source.POSTMARK)
    for secret in ("x", "a" * 5000, "%00", "é"):
        assert served.http.post(f"/w/{secret}", json={}).status_code in (404, 414)
    assert kept(served) == []


def test_a_revoked_webhook_is_404(served: Served) -> None:
    path = webhook(served, Source.POSTMARK)
    with served.services.database.writing() as connection:
        assert webhooks.revoke(connection, webhooks.listed(connection)[-1].id, NOW)
    assert served.http.post(path, json={}).status_code == 404


def test_basic_auth(served: Served) -> None:
    path = webhook(served, Source.MAILJET, logins=("ann:secret",))
    refused = served.http.post(path, json={"event": "open"})
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert "password" in problem(refused)
    answer = served.http.post(path, json={"event": "open"}, auth=("ann", "secret"))
    assert answer.status_code == 200
    assert len(kept(served)) == 1


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {"content-type": "application/json"}, 400),
        (b"\xff\xfe", {"content-type": "application/json"}, 400),
        (b"[" * 200_000, {"content-type": "application/json"}, 400),
        (b"{}", {"content-type": "text/html"}, 415),
        (b"{}", {}, 415),
        (b"[" + b"1," * 600_000 + b"1]", {"content-type": "application/json"}, 413),
    ],
)
def test_bad_requests(served: Served, content: bytes, headers: dict[str, str], status: int) -> None:
    answer = served.http.post(webhook(served, Source.SPARKPOST), content=content, headers=headers)
    assert answer.status_code == status
    assert problem(answer)
    assert kept(served) == []


def test_other_methods_are_405(served: Served) -> None:
    path = webhook(served, Source.POSTMARK)
    assert served.http.get(path).status_code == 405
    assert served.http.put(path, json={}).status_code == 405


def test_mailguns_token_is_taken_once(served: Served) -> None:
    path = webhook(served, Source.MAILGUN, secrets=(SECRET,))
    first = mailgun()
    assert served.http.post(path, json=first).status_code == 200
    # The same request again: nothing more happens, and it is not repeated for ever.
    assert served.http.post(path, json=first).status_code == 200
    assert len(kept(served)) == 1
    # Its signature covers only the token: another body with it is forged.
    forged = mailgun(recipient=READER)
    refused = served.http.post(path, json=forged)
    assert refused.status_code == 406
    assert "token" in problem(refused)
    assert len(kept(served)) == 1
    assert served.http.post(path, json=mailgun("another")).status_code == 200
    with served.services.database.reading() as connection:
        assert len(connection.execute(select(webhook_nonce)).all()) == 2


def test_a_wrong_signature_is_401_and_nothing_is_kept(served: Served) -> None:
    path = webhook(served, Source.MAILGUN, secrets=("another",))
    assert served.http.post(path, json=mailgun()).status_code == 401
    resend = webhook(served, Source.RESEND, secrets=("whsec_AAAA",))
    assert served.http.post(resend, json={"type": "email.sent"}).status_code == 401
    assert kept(served) == []


def test_a_signed_resend_request(served: Served) -> None:
    path = webhook(
        served, Source.RESEND, secrets=("whsec_" + base64.b64encode(b"k" * 24).decode(),)
    )
    body = b'{"type":"email.sent"}'
    stamp = str(NOW // 1000)
    digest = hmac.digest(b"k" * 24, f"msg_1.{stamp}.".encode() + body, hashlib.sha256)
    headers = {
        "content-type": "application/json",
        "svix-id": "msg_1",
        "svix-timestamp": stamp,
        "svix-signature": "v1," + base64.b64encode(digest).decode(),
    }
    assert served.http.post(path, content=body, headers=headers).status_code == 200
    assert served.http.post(path, content=body + b" ", headers=headers).status_code == 401
    assert [item.body for item in kept(served)] == [body]


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Serves the certificate and the confirmation; what was asked for."""
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return certificate()

    monkeypatch.setattr(endpoint, "_certificates", Certificates(fetch))
    monkeypatch.setattr(fetching, "fetch", fetch)
    return asked


TEXT = {"content-type": "text/plain; charset=UTF-8"}


def post(served: Served, path: str, message: dict[str, Any]) -> httpx.Response:
    return served.http.post(path, content=json.dumps(message), headers=TEXT)


def test_the_handshake_of_sns(served: Served, amazon: list[str]) -> None:
    path = webhook(served, Source.SES, topics=(TOPIC,))
    message = signed(subscription())
    assert post(served, path, message).status_code == 200
    assert amazon == [message["SigningCertURL"], message["SubscribeURL"]]
    assert kept(served) == []
    assert post(served, path, signed(sns("{}"))).status_code == 200
    assert len(kept(served)) == 1


def test_a_stranger_of_sns_gets_nothing_fetched(served: Served, amazon: list[str]) -> None:
    path = webhook(served, Source.SES, topics=("arn:aws:sns:eu-west-1:1:Other",))
    assert post(served, path, signed(subscription())).status_code == 403
    own = webhook(served, Source.SES, topics=(TOPIC,))
    forged = signed(subscription()) | {"SubscribeURL": "http://169.254.169.254/"}
    assert post(served, own, forged).status_code == 401
    assert amazon[1:] == []


def test_the_database_may_be_away(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    path = webhook(served, Source.POSTMARK)
    assert served.http.post(path, json={}).status_code == 200

    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(webhooks, "_read", away)
    # A webhook that was seen is known without the database; another may be sent again.
    assert served.http.post(path, json={}).status_code == 200
    unseen = served.http.post("/w/unseen", json={})
    assert unseen.status_code == 503
    assert unseen.headers["retry-after"]


def test_a_vendor_is_never_too_fast(database: Database, tmp_path: Path) -> None:
    """All of a large sending comes from few addresses, and SNS repeats only three times."""
    limits = Limits(address_rate=0.001, address_burst=2)
    with serving(database, tmp_path / "server", clock=lambda: NOW, limits=limits) as served:
        with database.writing() as connection:
            connection.execute(
                insert(publication).values(
                    id=77, public_id="pub_77", name="B", mode="individual", canary=False,
                    seq=0, made_at=NOW,
                )
            )  # fmt: skip
            _, secret = webhooks.make(connection, 77, Source.POSTMARK, Keys(), NOW)
        answers = {served.http.post(f"/w/{secret}", json={}).status_code for _ in range(20)}
        assert answers == {200}
        others = [served.http.get("/v1/publications").status_code for _ in range(4)]
        assert others[-1] == 429
