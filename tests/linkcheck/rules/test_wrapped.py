"""Addresses that only name another one."""

import pytest

from app.linkcheck.rules.wrapped import unwrapped
from app.linkcheck.urls import parse

PAGE = "https://bridges.org/seven?a=1&b=2"
CODED = "https%3A%2F%2Fbridges.org%2Fseven%3Fa%3D1%26b%3D2"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (f"https://www.google.com/url?sa=t&url={CODED}&usg=x", PAGE),
        (f"https://l.facebook.com/l.php?u={CODED}&h=AT0", PAGE),
        (f"https://eur01.safelinks.protection.outlook.com/?url={CODED}&data=05", PAGE),
        (f"https://www.youtube.com/redirect?event=x&q={CODED}", PAGE),
        (
            "https://urldefense.com/v3/__https://bridges.org/seven__;!!abc$",
            "https://bridges.org/seven",
        ),
        ("https://urldefense.com/v3/__https://bridges.org/a*b__;Iw!!abc$", None),
        ("https://www.google.com/url?q=seven+bridges", None),
        ("https://www.google.com/url?q=http%3A%2F%2F127.0.0.1%2F", None),
        ("https://www.google.com/url?q=javascript%3Aalert(1)", None),
        (f"https://www.google.com/search?q={CODED}", None),
        (f"https://bridges.org/url?q={CODED}", None),
        ("https://www.google.com/url", None),
    ],
)
def test_the_page_is_what_the_address_names(address: str, page: str | None) -> None:
    url = parse(address)
    assert url is not None
    assert unwrapped(url) == page
