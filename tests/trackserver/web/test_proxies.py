"""Whose request is it?"""

from ipaddress import ip_network

import pytest

from app.trackserver.web.proxies import client_finder

PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1/128"), ip_network("2001:db8::/32")]


@pytest.mark.parametrize(
    ("connection", "forwarded", "client"),
    [
        ("192.0.2.1:5000", None, "192.0.2.1"),
        ("192.0.2.1:5000", "203.0.113.9", "192.0.2.1"),  # nobody told us to believe it
        ("10.0.0.1:5000", None, "10.0.0.1"),
        ("10.0.0.1:5000", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1:5000", "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the left one is made up
        ("10.0.0.1:5000", "6.6.6.6, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
        ("10.0.0.1:5000", "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("10.0.0.1:5000", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.1:5000", "[2001:db9::1]:4711", "2001:db9::1"),
        ("[::1]:5000", "2001:db9::1", "2001:db9::1"),
        ("[::ffff:10.0.0.1]:5000", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1:5000", "203.0.113.9, garbage", "10.0.0.1"),
        ("10.0.0.1:5000", "203.0.113.9, garbage, 10.1.1.1", "10.1.1.1"),
        ("10.0.0.1:5000", ", ,", "10.0.0.1"),
        ("10.0.0.1:5000", "1.2.3.4.5", "10.0.0.1"),
        ("", "203.0.113.9", ""),
    ],
)
def test_the_right_most_address_that_is_no_proxy_of_ours(
    connection: str, forwarded: str | None, client: str
) -> None:
    assert client_finder(PROXIES)(connection, forwarded) == client
