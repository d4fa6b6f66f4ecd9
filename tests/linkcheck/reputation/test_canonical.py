"""The vectors that Web Risk publishes: documentation, and the tests of Google's own clients."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkcheck.reputation.webrisk.canonical import NoHostError, canonicalize
from app.linkcheck.reputation.webrisk.expressions import expressions, hashes

SAME = None
EBAY = (
    "http://195.127.0.11/uploads/%20%20%20%20/.verify/.eBaysecure="
    "updateuserdataxplimnbqmn-xplmvalidateinfoswqpcmlx=hgplmcx/"
)
VECTORS: list[tuple[str | bytes, str | None]] = [
    ("http://host/%25%32%35", "http://host/%25"),
    ("http://host/%25%32%35%25%32%35", "http://host/%25%25"),
    ("http://host/%2525252525252525", "http://host/%25"),
    ("http://host/asdf%25%32%35asd", "http://host/asdf%25asd"),
    ("http://host/%%%25%32%35asd%%", "http://host/%25%25%25asd%25%25"),
    ("http://www.google.com/", SAME),
    (
        "http://%31%36%38%2e%31%38%38%2e%39%39%2e%32%36/%2E%73%65%63%75%72%65/"
        "%77%77%77%2E%65%62%61%79%2E%63%6F%6D/",
        "http://168.188.99.26/.secure/www.ebay.com/",
    ),
    (EBAY, SAME),
    (
        "http://host%23.com/%257Ea%2521b%2540c%2523d%2524e%25f%255E00%252611%252A22%252833"
        "%252944_55%252B",
        "http://host%23.com/~a!b@c%23d$e%25f^00&11*22(33)44_55+",
    ),
    ("http://3279880203/blah", "http://195.127.0.11/blah"),
    ("http://www.google.com/blah/..", "http://www.google.com/"),
    ("www.google.com/", "http://www.google.com/"),
    ("www.google.com", "http://www.google.com/"),
    ("http://www.evil.com/blah#frag", "http://www.evil.com/blah"),
    ("http://www.GOOgle.com/", "http://www.google.com/"),
    ("http://www.google.com.../", "http://www.google.com/"),
    ("http://www.google.com/foo\tbar\rbaz\n2", "http://www.google.com/foobarbaz2"),
    ("http://www.google.com/q?", SAME),
    ("http://www.google.com/q?r?", SAME),
    ("http://www.google.com/q?r?s", SAME),
    ("http://evil.com/foo#bar#baz", "http://evil.com/foo"),
    ("http://evil.com/foo;", SAME),
    ("http://evil.com/foo?bar;", SAME),
    (b"http://\x01\x80.com/", "http://%01%80.com/"),
    ("http://notrailingslash.com", "http://notrailingslash.com/"),
    ("http://www.gotaport.com:1234/", "http://www.gotaport.com/"),
    ("  http://www.google.com/  ", "http://www.google.com/"),
    ("http:// leadingspace.com/", "http://%20leadingspace.com/"),
    ("http://%20leadingspace.com/", SAME),
    ("%20leadingspace.com/", "http://%20leadingspace.com/"),
    ("https://www.securesite.com/", SAME),
    ("ftp://ftp.myfiles.com/", SAME),
    (b"http://www.\xc3\xbcmlat.com/", "http://www.xn--mlat-zra.com/"),
    ("http://[2001:470:1:18::114]/", SAME),
    ("http%3A%2F%2Fwackyurl.com:80/", "http://wackyurl.com/"),
    ("http://W!eird<>Ho$^.com/", "http://w!eird<>ho$^.com/"),
    ("http://some%1bhost.com/%1b", "http://some%1Bhost.com/%1B"),
    ("http://user:pass@www.google.com:80/a", "http://www.google.com/a"),
    ("http://a.com//a//b///c////", "http://a.com/a/b/c/"),
    ("http://a.com/foo/.././bar/./../foo.html", "http://a.com/foo.html"),
    ("http://www.google.com/q?//a/../b", SAME),
]


@pytest.mark.parametrize(("url", "expected"), VECTORS, ids=lambda value: repr(value)[:60])
def test_published_vectors(url: str | bytes, expected: str | None) -> None:
    assert str(canonicalize(url)) == (url if expected is SAME else expected)


@pytest.mark.parametrize(
    "url",
    [
        *("", ":", "/blah", "#ref", "/blah#ref", "?query#ref", "http://#ref"),
        *("http:///blah#ref", "http://?query#ref", "mailto:bryner@google.com"),
    ],
)
def test_what_has_no_host_has_no_canonical_form(url: str) -> None:
    with pytest.raises(NoHostError):
        canonicalize(url)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("12.0x12.01234", "12.18.2.156"),
        ("276.2.3", "20.2.0.3"),
        ("012.034.01.055", "10.28.1.45"),
        ("0x12.0x43.0x44.0x01", "18.67.68.1"),
        ("167838211", "10.1.2.3"),
        ("4294967295", "255.255.255.255"),
        ("10.192.95.89 xy", "10.192.95.89"),
        ("123.123.0.0.1", None),
        ("1.2.3.00x0", None),
        ("10.192.95.89 and more", None),
        ("08.1.1.1", None),
    ],
)
def test_addresses_in_every_form(host: str, address: str | None) -> None:
    found = canonicalize(f"http://{host}/")
    assert found.is_address is (address is not None)
    if address:
        assert found.host == address


def test_expressions_of_the_documentation() -> None:
    assert set(expressions(canonicalize("http://a.b.c/1/2.html?param=1"))) == {
        *("a.b.c/1/2.html?param=1", "a.b.c/1/2.html", "a.b.c/", "a.b.c/1/"),
        *("b.c/1/2.html?param=1", "b.c/1/2.html", "b.c/", "b.c/1/"),
    }
    hosts = ("a.b.c.d.e.f.g", "c.d.e.f.g", "d.e.f.g", "e.f.g", "f.g")
    assert set(expressions(canonicalize("http://a.b.c.d.e.f.g/1.html"))) == {
        *(f"{host}/1.html" for host in hosts),
        *(f"{host}/" for host in hosts),
    }
    assert set(expressions(canonicalize("http://1.2.3.4/1/"))) == {"1.2.3.4/1/", "1.2.3.4/"}


def test_there_are_never_more_than_thirty_expressions() -> None:
    url = "http://a.b.c.d.e.f.g.h/1/2/3/4/5/6/7?x"
    assert len(expressions(canonicalize(url))) == 30


@pytest.mark.parametrize(
    ("expression", "prefix"),
    [
        ("google.com/a/test/index.html?abc123", "5c948d0a"),
        ("google.com/a/test/index.html", "a631338d"),
        ("google.com/", "88981e62"),
        ("google.com/a/", "b828f2ed"),
        ("google.com/a/test/", "180ceeae"),
    ],
)
def test_published_hashes(expression: str, prefix: str) -> None:
    url = canonicalize("https://google.com/a/test/index.html?abc123#fragment")
    assert expression in expressions(url)
    assert bytes.fromhex(prefix) in {each[:4] for each in hashes(url)}
    assert sha256(b"abc").hexdigest().startswith("ba7816bf")


@given(st.one_of(st.text(), st.text().map(lambda text: f"http://{text}"), st.binary()))
def test_anything_is_canonical_or_has_no_host_and_never_changes_again(url: str | bytes) -> None:
    try:
        found = canonicalize(url)
    except NoHostError:
        return
    assert str(found).isascii()
    assert 1 <= len(expressions(found)) <= 30
