"""What is said of a link without a network, as tables: written, verdict, suggestion."""

import pytest

from app.linkcheck.rules.offline import Subject, judge_offline
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Reason, Status, Verdict

ANCHORS = frozenset({"news", "what-we-read", "what-we-read-1", "café", "fn-x"})


def judge(href: str | None, *, allow_private: bool = False, kind: str = "inline") -> Verdict | None:
    subject = Subject(href=href, kind=kind, anchors=ANCHORS)
    return judge_offline(subject, allow_private=allow_private)


ASKED = [
    "https://example.com/",
    "https://example.com/a_(b)",
    "HTTPS://Example.COM:443/x",
    "https://github.com/stickfigure/blog/wiki/How-to-(and-how-not-to)-design-REST-APIs",
    # Another address inside a path or query is nobody's mistake.
    "https://web.archive.org/web/2019/https:/twitter.com/x/status/1",
    "https://web.archive.org/web/2019/https://twitter.com/x",
    "https://hellogithub.com/click?target=https://github.com/a/b",
    "http://arstechnica.com/infectionhthttp://www.blogger.com/img/blank.gif",
    # Odd, but right.
    "http://forum.dlang.org/thread/kr2vpp$2jmf$1@digitalmars.com",
    "https://medium.com/@loudsunday/use-case-for-a-ddhe-1a94529d2a4d",
    "https://events.linuxfoundation.org/summit/;",
    "https://blog.holoviz.org/posts/mixtral/#build-a-panel-chatbot.",
    "https://huggingface.co/docs/loading#:~:text=full%20offline%20mode",
    "https://techcommunity.microsoft.com/phi-4-microsoft’s-newest/4357090",
    "https://4xmen.ir/رفع-مشکل/",
    "https://münchen.de/ä",
    "https://cdn-images-1.medium.com/max/2000/1*czZJ7mvEAqL4wNAg-jt9Ow.jpeg",
    "https://r3---sn-p5qlsnz6.googlevideo.com/x",
    "https://a_b.example.com/",
    "https://example.com./x",
    "https://8.8.8.8/x",
    "http://[2606:4700::1111]/",
    "https://http.cat/404",
    "https://https.example.com/",
    "https://www.com/",
    "https://api.example.com/users/{id}",
    "https://example.com/?filter=%7B%22a%22:%7B%22b%22:1%7D%7D",
    "https://example.com/?discount=50%25%20off",
    "https://example.com/a%20b",
    "https://example.com/100%",
    "https://shop.example.com/?price=$5&x=*",
    "https://civitai.com/models/207992/stable-video-diffusion-svd)",
    "https://nowhere.invalid/",
    "https://something.test/",
]


@pytest.mark.parametrize("href", ASKED)
def test_what_may_be_right_is_left_to_a_request(href: str) -> None:
    assert judge(href) is None


WARNED = [
    # No address
    ("", Reason.EMPTY, None),
    (" ", Reason.EMPTY, None),
    ("#", Reason.EMPTY, None),
    # Malformed
    ("http://", Reason.MALFORMED, None),
    ("http:///x", Reason.MALFORMED, None),
    ("http:///example.com/x", Reason.MALFORMED, "http://example.com/x"),
    ("http:/example.com/x", Reason.MALFORMED, "http://example.com/x"),
    ("https:example.com", Reason.MALFORMED, "https://example.com"),
    ("http:\\\\example.com", Reason.MALFORMED, "http://example.com"),
    ("https://exa mple.com", Reason.MALFORMED, None),
    ("https://exa%20mple.com", Reason.MALFORMED, None),
    ("http://[::1", Reason.MALFORMED, None),
    ("http://a..b", Reason.MALFORMED, None),
    ("https://example.com:99999/", Reason.MALFORMED, None),
    ("http://256.1.1.1/", Reason.MALFORMED, None),
    ("https://www", Reason.MALFORMED, None),
    ("https://www....", Reason.MALFORMED, None),
    ("https://www,example.com/x", Reason.MALFORMED, "https://www.example.com/x"),
    ("https://example.com)", Reason.MALFORMED, "https://example.com/"),
    (f"https://{'a' * 64}.com/", Reason.MALFORMED, None),
    ("mailto:", Reason.MALFORMED, None),
    ("mailto:me", Reason.MALFORMED, None),
    ("mailto:me@", Reason.MALFORMED, None),
    ("mailto:me@example", Reason.MALFORMED, None),
    ("mailto:a@b@example.com", Reason.MALFORMED, None),
    ("mailto:me%20too@example.com", Reason.MALFORMED, None),
    ("mailto://me@example.com", Reason.MALFORMED, "mailto:me@example.com"),
    ("tel:", Reason.MALFORMED, None),
    # Scheme missing
    ("www.example.com", Reason.SCHEME_MISSING, "https://www.example.com"),
    ("example.com/x", Reason.SCHEME_MISSING, "https://example.com/x"),
    ("example.com", Reason.SCHEME_MISSING, "https://example.com"),
    ("example.com:8080/x", Reason.SCHEME_MISSING, "https://example.com:8080/x"),
    ("github.com/RichardLitt/x", Reason.SCHEME_MISSING, "https://github.com/RichardLitt/x"),
    ("bücher.de/a", Reason.SCHEME_MISSING, "https://bücher.de/a"),
    ("freehaven.net/~arma/s.pdf", Reason.SCHEME_MISSING, "https://freehaven.net/~arma/s.pdf"),
    ("8.8.8.8/x", Reason.SCHEME_MISSING, "https://8.8.8.8/x"),
    ("me@example.com", Reason.SCHEME_MISSING, "mailto:me@example.com"),
    ("eh5esdnd6fkb.onion/x", Reason.SCHEME_MISSING, "http://eh5esdnd6fkb.onion/x"),
    # Scheme mistyped or unknown
    ("ttps://x.com/a", Reason.SCHEME_UNKNOWN, "https://x.com/a"),
    ("ttp://x.com/a", Reason.SCHEME_UNKNOWN, "http://x.com/a"),
    ("hhttps://x.com/a", Reason.SCHEME_UNKNOWN, "https://x.com/a"),
    ("htps://x.y", Reason.SCHEME_UNKNOWN, "https://x.y"),
    ("htpp://x.com", Reason.SCHEME_UNKNOWN, "http://x.com"),
    ("htttps://x.com", Reason.SCHEME_UNKNOWN, "https://x.com"),
    ("httpss://x.com", Reason.SCHEME_UNKNOWN, "https://x.com"),
    ("hppts://x.com", Reason.SCHEME_UNKNOWN, "https://x.com"),
    ("https.wikipedia://llm.extractum.io/list", Reason.SCHEME_UNKNOWN,
     "https://llm.extractum.io/list"),
    ("http//x.com", Reason.SCHEME_UNKNOWN, "http://x.com"),
    ("https//x.com/a", Reason.SCHEME_UNKNOWN, "https://x.com/a"),
    ("https;//x.com", Reason.SCHEME_UNKNOWN, "https://x.com"),
    ("https.//x.com", Reason.SCHEME_UNKNOWN, "https://x.com"),
    ("mail:me@example.com", Reason.SCHEME_UNKNOWN, "mailto:me@example.com"),
    ("maito:me@example.com", Reason.SCHEME_UNKNOWN, "mailto:me@example.com"),
    ("chrome-extension://abc/x.html", Reason.SCHEME_UNKNOWN, None),
    ("view-source:https://x.com/", Reason.SCHEME_UNKNOWN, "https://x.com/"),
    ("tcp://example.com:1", Reason.SCHEME_UNKNOWN, None),
    ("Note:this", Reason.SCHEME_UNKNOWN, None),
    ("C:/pictures/a.png", Reason.SCHEME_UNKNOWN, None),
    # Scheme doubled
    ("https://https://x.org/a/", Reason.SCHEME_DOUBLED, "https://x.org/a/"),
    ("http://http://x.com/a", Reason.SCHEME_DOUBLED, "http://x.com/a"),
    ("http://https://x.com/a", Reason.SCHEME_DOUBLED, "https://x.com/a"),
    ("http:https://github.com/a", Reason.SCHEME_DOUBLED, "https://github.com/a"),
    ("https://http//x.com", Reason.SCHEME_DOUBLED, "http://x.com"),
    ("https://https://https://x.com", Reason.SCHEME_DOUBLED, "https://x.com"),
    ("https://https:x.com", Reason.SCHEME_DOUBLED, "https://x.com"),
    # No base in an e-mail
    ("/2018/20180205", Reason.RELATIVE, None),
    ("../x", Reason.RELATIVE, None),
    ("?page=2", Reason.RELATIVE, None),
    ("eurorust", Reason.RELATIVE, None),
    ("REDDIT_LINK_HERE", Reason.RELATIVE, None),
    ("009_neo.jpg", Reason.RELATIVE, None),
    ("notes.md", Reason.RELATIVE, None),
    ("setup.py", Reason.RELATIVE, None),
    ("page.html#x", Reason.RELATIVE, None),
    ("index.php/x", Reason.RELATIVE, None),
    ("//ipfs.io/", Reason.PROTOCOL_RELATIVE, "https://ipfs.io/"),
    ("//github.com/ipfs/weekly", Reason.PROTOCOL_RELATIVE, "https://github.com/ipfs/weekly"),
    # Own network
    ("http://localhost", Reason.PRIVATE_ADDRESS, None),
    ("http://localhost:3000/x", Reason.PRIVATE_ADDRESS, None),
    ("localhost:3000/x", Reason.PRIVATE_ADDRESS, None),
    ("http://app.localhost/", Reason.PRIVATE_ADDRESS, None),
    ("http://printer.local/", Reason.PRIVATE_ADDRESS, None),
    ("http://wiki/Page", Reason.PRIVATE_ADDRESS, None),
    ("http://127.0.0.1:8081", Reason.PRIVATE_ADDRESS, None),
    ("http://127.1/", Reason.PRIVATE_ADDRESS, None),
    ("http://2130706433/", Reason.PRIVATE_ADDRESS, None),
    ("http://0x7f.0.0.1/", Reason.PRIVATE_ADDRESS, None),
    ("http://0177.0.0.1/", Reason.PRIVATE_ADDRESS, None),
    ("http://１２７.0.0.1/", Reason.PRIVATE_ADDRESS, None),
    ("http://10.1.2.3/", Reason.PRIVATE_ADDRESS, None),
    ("http://172.16.0.1/", Reason.PRIVATE_ADDRESS, None),
    ("http://192.168.0.1/", Reason.PRIVATE_ADDRESS, None),
    ("http://169.254.169.254/latest/", Reason.PRIVATE_ADDRESS, None),
    ("http://0.0.0.0/", Reason.PRIVATE_ADDRESS, None),
    ("http://[::1]/", Reason.PRIVATE_ADDRESS, None),
    ("http://[::ffff:127.0.0.1]/", Reason.PRIVATE_ADDRESS, None),
    ("http://[fe80::1]/", Reason.PRIVATE_ADDRESS, None),
    ("http://[fd00::1]/", Reason.PRIVATE_ADDRESS, None),
    # Credentials
    ("https://user:pass@example.com/x", Reason.CREDENTIALS, "https://example.com/x"),
    ("https://paypal.com@example.com/", Reason.CREDENTIALS, "https://example.com/"),
    # Places in the draft
    ("#nws", Reason.FRAGMENT_MISSING, "#news"),
    ("#elsewhere", Reason.FRAGMENT_MISSING, None),
    ("#News", Reason.FRAGMENT_MISSING, "#news"),
    ("#What%20we%20read", Reason.FRAGMENT_MISSING, "#what-we-read"),
    ("#1241044231829848125", Reason.FRAGMENT_MISSING, None),
    # Never sent
    ("javascript:alert(1)", Reason.UNSAFE_SCHEME, None),
    ("java\nscript:alert(1)", Reason.UNSAFE_SCHEME, None),
    ("\x01JavaScript:alert(1)", Reason.UNSAFE_SCHEME, None),
    ("vbscript:x", Reason.UNSAFE_SCHEME, None),
    ("file:///etc/passwd", Reason.UNSAFE_SCHEME, None),
    ("data:text/html,x", Reason.DATA_URI, None),
    # Markdown inside an address
    ("https://www.php.net/releases/%5D(https://www.php.net/releases/)%5Cn",
     Reason.BRACKET_MISTAKE, "https://www.php.net/releases/"),
]  # fmt: skip


@pytest.mark.parametrize(("href", "reason", "suggestion"), WARNED)
def test_what_is_surely_wrong_is_explained(
    href: str, reason: Reason, suggestion: str | None
) -> None:
    verdict = judge(href)
    assert verdict is not None
    assert (verdict.reason, verdict.suggestion) == (reason, suggestion)
    assert verdict.status is Status.WARN
    assert verdict.detail.endswith(".")


UNCHECKED = [
    ("{{ email_url }}", Reason.TEMPLATE),
    ("%7B%7B%20email_url%20%7D%7D", Reason.TEMPLATE),
    ("%7B%7Bbse%7D%7D115443", Reason.TEMPLATE),
    ("{% post_url 2024-01-01-x %}", Reason.TEMPLATE),
    ("%7B%25%20unsubscribe%20%25%7D", Reason.TEMPLATE),
    ("*|URL:ARCHIVE_LINK_SHORT|*", Reason.TEMPLATE),
    ("*%7CUNSUB%7C*", Reason.TEMPLATE),
    ("https://example.com/?e=*|EMAIL|*", Reason.TEMPLATE),
    ("https://example.com/?e={{ subscriber.email }}", Reason.TEMPLATE),
    ("mailto:{{ author }}", Reason.TEMPLATE),
    ("http://localhost:{port}", Reason.TEMPLATE),
    ("{unsubscribe_url}", Reason.TEMPLATE),
    ("%%{unsubscribe_url}%%", Reason.TEMPLATE),
    ("%%view_email_url%%", Reason.TEMPLATE),
    ("%UNSUBSCRIBELINK%", Reason.TEMPLATE),
    ("[unsubscribe]", Reason.TEMPLATE),
    ("<%= url %>", Reason.TEMPLATE),
    ("https://listmonk.app@TrackLink", Reason.TEMPLATE),
    ("mailto:me@example.com", Reason.NOT_CHECKABLE),
    ("mailto:first.last+tag@sub.example.com?subject=Hi%20there", Reason.NOT_CHECKABLE),
    ("mailto:a@example.com,b@example.com", Reason.NOT_CHECKABLE),
    ("mailto:?subject=Read%20this", Reason.NOT_CHECKABLE),
    ("mailto:gray@radio-t.com", Reason.NOT_CHECKABLE),
    ("mailto:jörg@bücher.de", Reason.NOT_CHECKABLE),
    ("MAILTO:me@example.com", Reason.NOT_CHECKABLE),
    ("tel:+49-30-123", Reason.NOT_CHECKABLE),
    ("sms:+491234", Reason.NOT_CHECKABLE),
    ("ftp://ftp.cs.washington.edu/a.pdf", Reason.NOT_CHECKABLE),
    ("irc://irc.mozilla.org/rust-community", Reason.NOT_CHECKABLE),
    ("magnet:?xt=urn:btih:x", Reason.NOT_CHECKABLE),
    ("web+ap://example.com/x", Reason.NOT_CHECKABLE),
    ("http://eh5esdnd6fkb.onion/x", Reason.NOT_CHECKABLE),
]


@pytest.mark.parametrize(("href", "reason"), UNCHECKED)
def test_what_cannot_be_checked_is_not_called_broken(href: str, reason: Reason) -> None:
    verdict = judge(href)
    assert verdict is not None
    assert verdict.reason is reason
    assert verdict.status is Status.UNCHECKED


@pytest.mark.parametrize(
    "href", ["#news", "#caf%C3%A9", "#café", "#top", "#:~:text=hello", "#news:~:text=x"]
)
def test_places_that_the_draft_has_are_fine(href: str) -> None:
    verdict = judge(href)
    assert verdict is not None
    assert verdict.status is Status.SAFE


@pytest.mark.parametrize("href", ["http://localhost:8000/", "http://10.0.0.1/", "http://wiki/"])
def test_private_addresses_are_asked_where_that_is_allowed(href: str) -> None:
    assert judge(href, allow_private=True) is None


@pytest.mark.parametrize(
    "mistake",
    [
        *("bracket_mistake", "reference_undefined", "definition_empty", "template", "data_uri"),
        *("defined_elsewhere", "unused_definition", "unsafe_scheme", "empty"),
    ],
)
def test_what_the_parser_saw_is_taken_over(mistake: str) -> None:
    verdict = judge_offline(Subject(href="https://example.com", kind="mistake", mistake=mistake))
    assert verdict is not None
    assert verdict.reason == mistake
    assert verdict.detail


def test_a_reference_without_target_is_undefined() -> None:
    verdict = judge(None, kind="reference")
    assert verdict is not None
    assert verdict.reason is Reason.REFERENCE_UNDEFINED


def test_a_near_heading_is_named_only_when_there_is_one() -> None:
    one = judge_offline(Subject("#what-we-reed", "inline", anchors=["what-we-read", "news"]))
    two = judge_offline(Subject("#what-we-rea", "inline", anchors=["what-we-read", "what-we-reap"]))
    assert one is not None
    assert two is not None
    assert (one.suggestion, two.suggestion) == ("#what-we-read", None)


@pytest.mark.parametrize(("href", "reason", "suggestion"), WARNED)
def test_a_suggestion_is_itself_good(href: str, reason: Reason, suggestion: str | None) -> None:
    if suggestion and suggestion.startswith("http") and ".onion" not in suggestion:
        assert judge(suggestion) is None
        assert parse(suggestion) is not None
