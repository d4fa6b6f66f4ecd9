"""Servers of well-known providers."""

import pytest

from app.mailing.providers import bare, domain_of, provider_of, server_of
from app.mailing.settings import Security, checked


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("me@gmail.com", "smtp.gmail.com"),
        ("Me <me@GoogleMail.com>", "smtp.gmail.com"),
        ("me@icloud.com", "smtp.mail.me.com"),
        ("me@notgmail.com", None),
        ("gmail.com", None),
        ("", None),
    ],
)
def test_the_domain_tells(address: str, host: str | None) -> None:
    provider = provider_of(address)
    assert (provider.host if provider else None) == host


def test_a_name_is_no_part_of_the_user() -> None:
    provider = provider_of("Me <me@gmail.com>")
    assert provider is not None
    server = checked(server_of(provider, "Me <me@gmail.com>"))
    assert (server.user, server.sender) == ("me@gmail.com", "Me <me@gmail.com>")
    assert server.security is Security.TLS


def test_parts_of_an_address() -> None:
    assert bare(" me@a.example ") == "me@a.example"
    assert domain_of("me@a.example>") == "a.example"
    assert domain_of("me") == ""
