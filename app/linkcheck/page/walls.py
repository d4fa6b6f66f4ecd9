"""Pages that stand in front of the one asked for: bot walls, and login or consent pages."""

import re
from dataclasses import dataclass

from app.linkcheck.net.head import Head
from app.linkcheck.urls import WebUrl

_LINKEDIN = 999


@dataclass(frozen=True, slots=True)
class Wall:
    """A recognised challenge: whose it is, and what gave it away."""

    name: str
    evidence: str


# Header, text that its value contains, whose wall it is. Each is sent only with a challenge.
_HEADERS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-vercel-mitigated", "challenge", "Vercel"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-datadome", "", "DataDome"),
    ("x-dd-b", "", "DataDome"),
    ("x-kpsdk-ct", "", "Kasada"),
    ("x-sucuri-block", "", "Sucuri"),
    ("x-px-block-score", "", "HUMAN"),
)

# Text of the page itself, whose wall it is. Looked for only in answers that are no success.
_TEXTS = (
    (re.compile(r"<title>\s*Just a moment\.\.\.", re.IGNORECASE), "Cloudflare"),
    (re.compile(r"/cdn-cgi/challenge-platform/|cf-browser-verification|_cf_chl_opt"), "Cloudflare"),
    (re.compile(r"Attention Required!\s*\|\s*Cloudflare", re.IGNORECASE), "Cloudflare"),
    (re.compile(r"captcha-delivery\.com"), "DataDome"),
    (re.compile(r"px-captcha|_pxAppId|captcha\.px-cloud\.net"), "HUMAN"),
    (re.compile(r"_Incapsula_Resource|Incapsula incident ID"), "Imperva"),
    (re.compile(r"errors\.edgesuite\.net"), "Akamai"),
    (re.compile(r"awswaf\.com/|AwsWafIntegration|gokuProps"), "AWS WAF"),
    (re.compile(r"sucuri\.net/privacy|Sucuri WebSite Firewall", re.IGNORECASE), "Sucuri"),
    (re.compile(r"Making sure you(?:'|&#39;|’)re not a bot", re.IGNORECASE), "Anubis"),
    (re.compile(r"g-recaptcha|h-captcha|hcaptcha\.com/1/api|cf-turnstile"), "a captcha"),
    (
        re.compile(r"<title>\s*(?:Robot Check|Are you a robot|Human Verification)", re.IGNORECASE),
        "a captcha",
    ),
)
# Walls that are served as a success, by a mark that no ordinary page has.
_MASKED = (
    (re.compile(r"<title>\s*Just a moment\.\.\.", re.IGNORECASE), "Cloudflare"),
    (re.compile(r"id=[\"']anubis_challenge[\"']"), "Anubis"),
    (re.compile(r"<title>\s*Robot Check\s*</title>", re.IGNORECASE), "Amazon"),
    (re.compile(r"<script[^<>]+src=[\"']/_Incapsula_Resource"), "Imperva"),
)


def recognise(head: Head, text: str = "") -> Wall | None:
    """The bot wall that an answer comes from, by its headers and, where read, its page."""
    if head.status == _LINKEDIN:
        return Wall("LinkedIn", "status 999")
    success = head.status < 300
    for name, value, owner in _HEADERS:
        found = head.get(name)
        wanted = value in found.lower() if value else bool(found)
        if found and wanted and not (success and owner == "DataDome"):
            return Wall(owner, f"header {name}: {found[:60]}")
    for pattern, owner in _MASKED if success else _TEXTS:
        match = pattern.search(text)
        if match is not None:
            return Wall(owner, f"the page says {match.group()[:60]!r}")
    return None


_LOGIN_PATH = re.compile(
    r"""(?:^|/)(?:
        log[-_]?in | log[-_]?on | sign[-_]?in | signin | sso | saml2? | oauth2? | openid |
        authenticate | authorize | auth | session/new | sessions/new | users/sign_in |
        wp-login | servicelogin | accounts/login | checkpoint | consent | cookie-?consent |
        gdpr-?consent | collectconsent | privacy-?wall | cookie-?wall
    )(?:\.\w{2,5})?(?:/|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_LOGIN_HOST = re.compile(
    r"(?:^|\.)(?:login|signin|auth|sso|idp|accounts?|consent|guce|id)\.", re.IGNORECASE
)
_RETURNS = re.compile(
    r"[?&](?:return|next|continue|redirect|goto|target|dest|destination|back|from|ref|service|"
    r"return[-_]?(?:to|url|path)|redirect[-_]?(?:to|url|uri)|callback(?:url)?|done|then|origin)"
    r"\w{0,4}=",
    re.IGNORECASE,
)


def is_login(start: WebUrl, final: WebUrl) -> bool:
    """Whether the redirects from ``start`` ended at a login or consent page instead of the page."""
    if _looks_like_login(start):
        return False
    return _looks_like_login(final)


def _looks_like_login(url: WebUrl) -> bool:
    path, mark, query = url.target.partition("?")
    if _LOGIN_PATH.search(path):
        return True
    return bool(_LOGIN_HOST.search(url.host) and _RETURNS.search(mark + query))
