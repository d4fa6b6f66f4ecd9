"""Readers' mail programs, proxies and scanners: what they fetch of a copy of an issue."""

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)
OUTLOOK = (
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; .NET4.0C; "
    ".NET4.0E; Microsoft Outlook 16.0.17328; ms-office; MSOffice 16)"
)
OFFICE = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)"
THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.4.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148"
)
APPLE_PROXY = "Mozilla/5.0"
GMAIL_PROXY = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)
GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
YAHOO_PROXY = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
SAFE_LINKS = (
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727)"
)
BARRACUDA = "BarracudaCentral"


class Copy(HTMLParser):
    """One recipient's copy, as a mail program takes it apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        elif tag == "img":
            self.images.append(found.get("src") or "")

    def tracked(self, base: str) -> list[str]:
        """Its links that lead over the server at ``base``."""
        return [link for link in self.links if link.startswith(f"{base}/l/")]

    def pixel(self, base: str) -> str:
        """The one picture that the server at ``base`` added."""
        [found] = [image for image in self.images if image.startswith(f"{base}/i/")]
        return found


@dataclass
class Program:
    """Whatever fetches: a user agent at an address, behind the server's proxy."""

    user_agent: str
    address: str
    http: httpx.Client

    def get(self, url: str) -> httpx.Response:
        """Fetch it and follow no redirect."""
        return self.ask("GET", url)

    def ask(self, method: str, url: str, **more: str) -> httpx.Response:
        """Any request; ``more`` is a form."""
        assert urlsplit(url).hostname == "127.0.0.1"
        headers = {"user-agent": self.user_agent, "x-forwarded-for": self.address}
        return self.http.request(method, url, headers=headers, data=more or None)
