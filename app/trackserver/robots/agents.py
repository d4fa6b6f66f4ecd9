"""What a user agent tells about who asks: the program, the system, the device, and the class.

Lists of user agents catch few of the gateways that scan mail, for those look like browsers
(see ``classify``); they catch honest robots, and they name the privacy proxies.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from app.trackserver.words import Agent, Reason

LONGEST = 512
"""A user agent is cut to so many characters before it is judged and stored."""

_LONGEST_NAME = 64
UNKNOWN = ""
"""A client, system or device that nothing is known of."""


@dataclass(frozen=True, slots=True)
class UserAgent:
    """Who asks, as far as the user agent tells.

    Attributes:
        client: Such as ``Apple Mail`` or ``Chrome``.
        os: Such as ``iOS``.
        device: ``desktop``, ``mobile``, ``tablet``, ``bot`` or ``""``.
        agent: An Agent, as a number.
        flags: A Reason, as a number.
    """

    client: str
    os: str
    device: str
    agent: int
    flags: int


# Apple's Mail Privacy Protection loads pictures under this name and nothing more.
_APPLE_PROXY = "Mozilla/5.0"
# What Gmail loads pictures with before anybody looks at the mail (ankane/ahoy_email issue 139).
_GMAIL_PREFETCH = re.compile(r"Chrome/42\.0\.2311\.135 Safari/537\.36 Edge/12\.246 Mozilla/5\.0$")
_PROXIES: tuple[tuple[re.Pattern[str], Reason, str], ...] = (
    (re.compile(r"GoogleImageProxy|ggpht\.com"), Reason.GMAIL_PROXY, "Gmail"),
    (re.compile(r"YahooMailProxy"), Reason.YAHOO_PROXY, "Yahoo Mail"),
)
# What the lists of crawlers do not know: scripts' own names and the gateways that say theirs.
_ROBOTS = re.compile(
    r"BarracudaCentral|Barracuda Sentinel|Mimecast|Proofpoint|SafeLinks|TrendMicro|Symantec"
    r"|MSIE 8\.0; Windows NT [\d.]+; Trident/4\.0"
    r"|HeadlessChrome|PhantomJS|Puppeteer|Playwright|Selenium"
    r"|^(?:curl|wget|python|go-http-client|java|okhttp|axios|node|ruby|perl|libwww|httpx|aiohttp"
    r"|apache-httpclient|winhttp|postmanruntime)\b",
    re.IGNORECASE,
)
# Programs people read mail with, some of which the lists of crawlers take for robots.
_READERS = re.compile(r"Microsoft Outlook|Microsoft Office/|Thunderbird|AppleMail|Superhuman")
_MOBILE = re.compile(r"\b(?:iPhone|iPod|Mobile|Phone)\b")
_TABLET = re.compile(r"\b(?:iPad|Tablet)\b")
_DESKTOP = frozenset({"Windows", "Mac OS X", "Linux", "Ubuntu", "Chrome OS", "Fedora", "Debian"})
_CLIENTS = {"Mobile Safari UI/WKWebView": "Apple Mail", "Apple Mail": "Apple Mail"}


@lru_cache(maxsize=5_000)
def judge(text: str) -> UserAgent:
    """What ``text``, a user agent of at most ``LONGEST`` characters, tells."""
    if not text.strip():
        return UserAgent(
            UNKNOWN, UNKNOWN, UNKNOWN, int(Agent.MACHINE), int(Reason.EMPTY_USER_AGENT)
        )
    if text == _APPLE_PROXY:
        return _proxy("Apple Mail", Reason.APPLE_PROXY)
    if _GMAIL_PREFETCH.search(text):
        flags = int(Reason.GMAIL_PROXY | Reason.PREFETCH)
        return UserAgent("Gmail", UNKNOWN, UNKNOWN, int(Agent.MACHINE), flags)
    for pattern, reason, client in _PROXIES:
        if pattern.search(text):
            return _proxy(client, reason)
    return _seen(text)


def _proxy(client: str, reason: Reason) -> UserAgent:
    # What the proxy says of system and device is its own, not the reader's.
    return UserAgent(client, UNKNOWN, UNKNOWN, int(Agent.PRIVACY_PROXY), int(reason))


def _seen(text: str) -> UserAgent:
    from ua_parser import parse

    found = parse(text)
    client = found.user_agent.family if found.user_agent else UNKNOWN
    system = found.os.family if found.os else UNKNOWN
    client = _CLIENTS.get(client, client)[:_LONGEST_NAME]
    if not _READERS.search(text) and is_robot(text):
        return UserAgent(client, system, "bot", int(Agent.MACHINE), int(Reason.ROBOT_USER_AGENT))
    return UserAgent(client, system, _device(text, system), int(Agent.HUMAN), 0)


def is_robot(text: str) -> bool:
    """Whether a user agent says itself that it is a program."""
    return bool(_ROBOTS.search(text)) or any(part.search(text) for part in _crawlers())


@cache
def _crawlers() -> tuple[re.Pattern[str], ...]:
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    patterns = [entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA]
    return tuple(
        re.compile("|".join(patterns[start : start + 25])) for start in range(0, len(patterns), 25)
    )


def _device(text: str, system: str) -> str:
    if _TABLET.search(text) or ("Android" in text and not _MOBILE.search(text)):
        return "tablet"
    if _MOBILE.search(text):
        return "mobile"
    return "desktop" if system in _DESKTOP else UNKNOWN
