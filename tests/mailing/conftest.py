"""Certificates that the app trusts in these tests, and issues to send."""

import ssl
from pathlib import Path

import pytest
import trustme

from app.mailing.settings import MailServer, Security
from app.publish.export import Issue, issue_of
from tests.mailing.servers import USER
from tests.publish.export.test_formats import png

DRAFT = """\
---
subject: Twelve, {{ subscriber.metadata.first_name | default: "friend" }}
preheader: Under it
---
# Letter

Hello {{ first_name }}, a [link](https://example.com/) and [out]({{ unsubscribe_url }}).

![A dot](dot.png)
"""


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority = trustme.CA()
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    return authority


def context_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """A server's, with a certificate for these names."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture
def good(authority: trustme.CA) -> ssl.SSLContext:
    return context_of(authority, "127.0.0.1", "localhost")


@pytest.fixture
def issue(tmp_path: Path) -> Issue:
    (tmp_path / "dot.png").write_bytes(png())
    return issue_of(DRAFT, tmp_path)


def server(
    port: int, security: Security = Security.STARTTLS, *, user: str = USER, host: str = "127.0.0.1"
) -> MailServer:
    return MailServer(host, port, security, user, "Me Myself <me@example.org>")
