"""The readers of the demo's newsletter: where their mail goes and what they read it with."""

from dataclasses import dataclass
from random import Random

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko)"
)
CHROME = "(KHTML, like Gecko) Chrome/141.0.0.0"
BROWSERS = {
    "iPhone": f"{IPHONE} Version/18.6 Mobile/15E148 Safari/604.1",
    "iPad": "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Windows": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {CHROME} "
    "Safari/537.36",
    "Firefox": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Android": f"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 {CHROME} "
    "Mobile Safari/537.36",
    "Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
}
APPLE_PROXY = "Mozilla/5.0"
GMAIL_PROXY = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)
YAHOO_PROXY = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
OUTLOOK = (
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; "
    "Microsoft Outlook 16.0.17328; ms-office; MSOffice 16)"
)
THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.4.0"
APPLE_MAIL = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
)


@dataclass(frozen=True, slots=True)
class Program:
    """What a mailbox is read with.

    Attributes:
        share: Of a domain's readers.
        opens: The user agent that loads pictures; empty where they are off.
        ahead: Pictures are loaded ahead, whether anybody looks or not.
        browsers: Names in ``BROWSERS``, for clicks.
    """

    share: float
    opens: str
    browsers: tuple[str, ...]
    ahead: bool = False


APPLE = Program(0.75, APPLE_PROXY, ("iPhone", "iPhone", "iPad", "Mac"), ahead=True)


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """A receiving domain. ``scans``: its gateway opens mails and follows links before readers."""

    name: str
    share: float
    programs: tuple[Program, ...]
    scans: bool = False


DOMAINS = (
    Mailboxes(
        "gmail.com",
        0.40,
        (
            Program(0.66, GMAIL_PROXY, ("Windows", "Android", "Android", "Mac")),
            Program(0.30, APPLE_PROXY, ("iPhone",), ahead=True),
            Program(0.04, "", ("Android",)),
        ),
    ),
    Mailboxes(
        "icloud.com",
        0.17,
        (APPLE, Program(0.25, f"{IPHONE} Mobile/15E148", ("iPhone",))),
    ),
    Mailboxes(
        "outlook.com",
        0.12,
        (
            Program(0.5, OUTLOOK, ("Windows",)),
            Program(0.3, BROWSERS["Windows"], ("Windows",)),
            Program(0.2, APPLE_PROXY, ("iPhone",), ahead=True),
        ),
    ),
    Mailboxes("yahoo.com", 0.07, (Program(1.0, YAHOO_PROXY, ("Windows", "Android")),)),
    Mailboxes(
        "gmx.net",
        0.08,
        (
            Program(0.5, THUNDERBIRD, ("Linux", "Firefox")),
            Program(0.3, BROWSERS["Firefox"], ("Firefox",)),
            Program(0.2, "", ("Firefox",)),
        ),
    ),
    Mailboxes(
        "posteo.example",
        0.08,
        (
            Program(0.5, THUNDERBIRD, ("Linux",)),
            Program(0.3, APPLE_MAIL, ("Mac",)),
            Program(0.2, "", ("Firefox",)),
        ),
    ),
    Mailboxes("northfield.example", 0.035, (Program(1.0, OUTLOOK, ("Windows",)),), scans=True),
    Mailboxes("library.example", 0.025, (Program(1.0, OUTLOOK, ("Windows",)),), scans=True),
    Mailboxes("university.example", 0.02, (Program(1.0, THUNDERBIRD, ("Linux", "Mac")),)),
)
ZONES = (-8, -6, -5, -5, 0, 0, 1, 1, 1, 1, 2, 8)
"""Hours ahead of UTC; as often as readers live there."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody on the list.

    Attributes:
        interest: How likely they are to read an ordinary issue.
        address: Their own; proxies and gateways have others.
    """

    number: int
    mailboxes: Mailboxes
    program: Program
    browser: str
    interest: float
    zone: int
    address: str

    @property
    def id(self) -> str:
        """The sending platform's id of them."""
        return f"reader-{self.number}"

    @property
    def email(self) -> str:
        """An address that nobody sends to."""
        return f"slow-web-demo-reader-{self.number}@{self.mailboxes.name}"


def reader(seed: int, number: int) -> Reader:
    """The reader of this number, always the same."""
    draw = Random(f"{seed}:reader:{number}")  # noqa: S311 - a made-up world, the same each time
    domain = draw.choices(DOMAINS, [each.share for each in DOMAINS])[0]
    program = draw.choices(domain.programs, [each.share for each in domain.programs])[0]
    return Reader(
        number,
        domain,
        program,
        BROWSERS[draw.choice(program.browsers)],
        draw.betavariate(1.6, 1.9),
        draw.choice(ZONES),
        # Addresses for tests of networks belong to nobody (RFC 2544).
        f"198.{draw.choice((18, 19))}.{draw.randrange(256)}.{draw.randrange(1, 255)}",
    )
