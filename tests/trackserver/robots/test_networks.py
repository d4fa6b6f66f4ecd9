"""How addresses are cut."""

import pytest

from app.trackserver.robots.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("", None),
        ("unknown", None),
        ("192.0.2.300", None),
        ("192.0.2", None),
        ("192.0.02.1", None),
    ],
)
def test_networks(address: str, network: str | None) -> None:
    assert network_of(address) == network
