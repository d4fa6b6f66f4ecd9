"""What user agents tell."""

import pytest

from app.trackserver.robots.agents import judge
from app.trackserver.words import Agent, Reason

PEOPLE = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36": ("Chrome", "Windows", "desktop"),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Mobile/15E148": ("Apple Mail", "iOS", "mobile"),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Safari/605.1.15": ("Safari", "Mac OS X", "desktop"),
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.3.1": (
        "Thunderbird",
        "Linux",
        "desktop",
    ),
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12026; Pro)": (
        "Outlook",
        "Windows",
        "desktop",
    ),
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Mobile Safari/537.36": ("Chrome Mobile", "Android", "mobile"),
}


@pytest.mark.parametrize(("text", "told"), PEOPLE.items())
def test_programs_that_people_read_with(text: str, told: tuple[str, str, str]) -> None:
    found = judge(text)
    assert found.agent == Agent.HUMAN
    assert (found.client, found.os, found.device) == told


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Mozilla/5.0", Reason.APPLE_PROXY),
        (
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0"
            " (via ggpht.com GoogleImageProxy)",
            Reason.GMAIL_PROXY,
        ),
        (
            "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
            Reason.YAHOO_PROXY,
        ),
    ],
)
def test_privacy_proxies(text: str, reason: Reason) -> None:
    found = judge(text)
    assert (found.agent, found.flags) == (Agent.PRIVACY_PROXY, reason)


@pytest.mark.parametrize(
    "text",
    [
        "curl/8.5.0",
        "python-requests/2.32.3",
        "Go-http-client/2.0",
        "Wget/1.21",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
        " HeadlessChrome/140.0.0.0 Safari/537.36",
        "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0)",
        "BarracudaCentral.org (http://www.barracudacentral.org/)",
    ],
)
def test_robots_that_say_so(text: str) -> None:
    found = judge(text)
    assert (found.agent, found.flags) == (Agent.MACHINE, Reason.ROBOT_USER_AGENT)


@pytest.mark.parametrize("text", ["", "  "])
def test_nobody_says_nothing(text: str) -> None:
    assert judge(text).flags == Reason.EMPTY_USER_AGENT


def test_what_gmail_fetches_before_anybody_looks() -> None:
    found = judge(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
    )
    assert found.agent == Agent.MACHINE
    assert found.flags == Reason.GMAIL_PROXY | Reason.PREFETCH
