"""D. What a chain of redirects means for the link as written."""

import pytest

from app.linkcheck.net.cookies import CookieJar
from app.linkcheck.net.head import Head
from app.linkcheck.page.redirects import is_localised, notes, suggestion
from app.linkcheck.page.walls import is_login
from app.linkcheck.urls import WebUrl, parse
from app.linkcheck.verdict import Note, Redirect

MOVED, HTTPS, DOWN = Note.MOVED_PERMANENTLY, Note.HTTPS_AVAILABLE, Note.NOT_ENCRYPTED


def web(url: str) -> WebUrl:
    parsed = parse(url)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("start", "hops", "noted", "instead"),
    [
        # Trifles: no note, no suggestion.
        ("https://a.example/x", [(301, "https://a.example/x/")], [], None),
        ("https://a.example/x", [(301, "https://www.a.example/x")], [], None),
        ("https://www.a.example", [(308, "https://a.example/")], [], None),
        # The same page over https, whatever the code.
        ("http://a.example/x", [(301, "https://a.example/x")], [HTTPS], "https://a.example/x"),
        ("http://a.example/x", [(302, "https://a.example/x")], [HTTPS], "https://a.example/x"),
        (
            "http://a.example/x",
            [(301, "https://a.example/x"), (301, "https://www.a.example/x/")],
            [HTTPS],
            "https://www.a.example/x/",
        ),
        ("http://a.example:81/x", [(307, "https://a.example:444/x")], [HTTPS], None),
        # Moved for good.
        ("https://a.example/x", [(301, "https://b.example/y")], [MOVED], "https://b.example/y"),
        ("http://a.example/x", [(301, "https://a.example/y")], [MOVED], "https://a.example/y"),
        (
            "https://a.example/x?utm=1",
            [(308, "https://a.example/y?utm=1")],
            [MOVED],
            "https://a.example/y?utm=1",
        ),
        # Moved for good, then on for today: the suggestion ends where permanence ends.
        (
            "https://a.example/x",
            [(301, "https://a.example/y"), (302, "https://a.example/today")],
            [MOVED],
            "https://a.example/y",
        ),
        ("https://a.example/x", [(302, "https://a.example/y")], [], None),
        (
            "https://a.example/x",
            [(302, "https://a.example/y"), (301, "https://a.example/z")],
            [],
            None,
        ),
        # Chosen by the visitor's country or language.
        ("https://a.example/", [(301, "https://a.example/de")], [MOVED], None),
        ("https://a.example/x", [(301, "https://a.example/en-us/x")], [MOVED], None),
        ("https://a.com/x", [(301, "https://a.de/x")], [MOVED], None),
        # Encryption lost.
        ("https://a.example/x", [(302, "http://a.example/x")], [DOWN], None),
        (
            "http://a.example/x",
            [(302, "https://a.example/y"), (302, "http://a.example/z")],
            [DOWN],
            None,
        ),
        ("http://a.example/x", [(302, "http://a.example/y")], [], None),
    ],
)
def test_notes_and_suggestion(
    start: str, hops: list[tuple[int, str]], noted: list[Note], instead: str | None
) -> None:
    trail = tuple(Redirect(status, url) for status, url in hops)
    final = web(hops[-1][1])
    if (start, noted) == ("http://a.example:81/x", [HTTPS]):
        instead = final.href
    assert notes(web(start), trail, final) == noted
    assert suggestion(web(start), trail, final) == instead


@pytest.mark.parametrize(
    ("start", "target"),
    [
        ("https://a.example/x", "https://a.example/x/to"),
        ("https://a.example/it", "https://a.example/is"),
        ("https://a.example/x", "https://b.example/x"),
        ("http://127.0.0.1:1/x", "http://127.0.0.2:1/y"),
    ],
)
def test_not_localised(start: str, target: str) -> None:
    assert not is_localised(web(start), web(target))


@pytest.mark.parametrize(
    ("start", "final", "is_one"),
    [
        ("https://a.example/doc", "https://a.example/login?next=/doc", True),
        (
            "https://a.example/doc",
            "https://accounts.google.com/v3/signin/x?continue=x",
            True,
        ),
        ("https://a.example/doc", "https://login.a.example/?return_to=x", True),
        ("https://a.example/doc", "https://consent.yahoo.com/v2/collectConsent?sessionId=1", True),
        ("https://a.example/doc", "https://a.example/wp-login.php?redirect_to=x", True),
        ("https://a.example/login", "https://a.example/auth/login", False),
        ("https://a.example/doc", "https://a.example/blog/how-to-login", False),
        ("https://a.example/doc", "https://a.example/authors/jane", False),
        ("https://a.example/doc", "https://accounts.example/pricing", False),
        ("https://a.example/doc", "https://a.example/consent-law-explained", False),
    ],
)
def test_login_pages(start: str, final: str, is_one: bool) -> None:
    assert is_login(web(start), web(final)) is is_one


class TestCookieJar:
    def jar(self, *cookies: str, url: str = "https://www.a.example/") -> CookieJar:
        jar = CookieJar()
        lines = "".join(f"Set-Cookie: {cookie}\r\n" for cookie in cookies)
        jar.learn(web(url), Head(302, (1, 1), f"HTTP/1.1 302 X\r\n{lines}".encode()))
        return jar

    @pytest.mark.parametrize(
        ("cookie", "url", "sent"),
        [
            ("a=1", "https://www.a.example/x", "a=1"),
            ("a=1", "https://other.example/", ""),
            ("a=1", "https://a.example/", ""),
            ("a=1; Domain=a.example", "https://a.example/", "a=1"),
            ("a=1; Domain=.a.example", "https://b.a.example/", "a=1"),
            ("a=1; Domain=a.example", "https://evila.example/", ""),
            ("a=1; Domain=evil.example", "https://evil.example/", ""),
            ("a=1; Domain=example", "https://b.example/", ""),
            ("a=1; Secure", "http://www.a.example/", ""),
            ("a=1; Max-Age=0", "https://www.a.example/", ""),
            ("no equals sign", "https://www.a.example/", ""),
            ("=1", "https://www.a.example/", ""),
            ("a=b\x01c", "https://www.a.example/", ""),
            ("a=" + "x" * 5000, "https://www.a.example/", ""),
        ],
    )
    def test_who_gets_it(self, cookie: str, url: str, sent: str) -> None:
        assert self.jar(cookie).header(web(url)) == sent

    def test_many(self) -> None:
        jar = self.jar(*(f"c{number}=1" for number in range(500)))
        assert jar.header(web("https://www.a.example/")).count("=") == 50
