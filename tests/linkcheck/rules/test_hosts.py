"""What is known of hosts before asking: listed ones, shorteners, look-alikes."""

import pytest

from app.linkcheck.rules.hosts import LISTED, TRUTHFUL, host_notes, judge_listed
from app.linkcheck.rules.lookalike import looks_alike
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Note, Reason, Status


@pytest.mark.parametrize(
    "url",
    [
        "https://linkedin.com/in/x",
        "https://de.linkedin.com/in/x",
        "https://www.amazon.de/dp/1",
        "https://m.facebook.com/x",
        "https://x.com/a/status/1",
        "https://codepen.io/pen",
    ],
)
def test_listed_hosts_and_their_subdomains_are_not_asked(url: str) -> None:
    parsed = parse(url)
    assert parsed is not None
    verdict = judge_listed(parsed)
    assert verdict is not None
    assert verdict.reason is Reason.LISTED_HOST
    assert verdict.status is Status.UNVERIFIED
    assert verdict.evidence


@pytest.mark.parametrize(
    "url",
    [
        "https://docs.aws.amazon.com/s3/",
        "https://engineering.fb.com/x",
        "https://notlinkedin.com/",
        "https://netflix.com.example.org/",
        "https://box.com/",
        "https://example.com/linkedin.com",
    ],
)
def test_other_hosts_are_asked(url: str) -> None:
    parsed = parse(url)
    assert parsed is not None
    assert judge_listed(parsed) is None


def test_each_listed_host_has_its_reason() -> None:
    assert all(reason for reason in LISTED.values())
    assert all(any(host.endswith(f".{listed}") for listed in LISTED) for host in TRUTHFUL)


@pytest.mark.parametrize(
    ("url", "notes"),
    [
        ("https://bit.ly/x", (Note.SHORTENER,)),
        ("https://www.tinyurl.com/x", (Note.SHORTENER,)),
        ("https://youtu.be/x", ()),
        ("https://orbit.ly/x", ()),
    ],
)
def test_shorteners_are_noted(url: str, notes: tuple[Note, ...]) -> None:
    parsed = parse(url)
    assert parsed is not None
    assert host_notes(parsed) == notes


@pytest.mark.parametrize(
    "written",
    [
        "pаypal.com",  # Cyrillic а among Latin letters
        "аррӏе.com",  # Cyrillic throughout, with the shape of a well-known name
        "gοοgle.com",  # Greek ο
        "paypa1.com",
        "g00gle.com",
        "rnicrosoft.com",
        "www.faceb00k.com",
        "tvvitter.com",
    ],
)
def test_names_made_to_be_mistaken_are_noted(written: str) -> None:
    parsed = parse(f"https://{written}/")
    assert parsed is not None
    assert looks_alike(parsed.host)


@pytest.mark.parametrize(
    "written",
    [
        "paypal.com",
        "www.google.com",
        "münchen.de",
        "bücher.example",
        "яндекс.рф",
        "правда.com",
        "ελλάδα.gr",
        "東京tokyo.jp",
        "한국.com",
        "goggles.com",
        "office1.com",
        "x0.com",
        "github.io",
        "morning.com",
        "web3.foundation",
        "xn--a",
        "xn--zzzzzzzzzzzz.com",
    ],
)
def test_honest_names_are_not(written: str) -> None:
    parsed = parse(f"https://{written}/")
    assert parsed is None or not looks_alike(parsed.host)
