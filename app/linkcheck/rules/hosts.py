"""What is known of certain hosts before anything is asked.

Listed hosts answer checkers with errors, login pages or "200" for whatever is asked, so that an
answer says nothing. Each line names the reason; add a host only with one, and only where a plain
refusal (which is `unverified` anyway) is not all that happens.
"""

from app.linkcheck.rules.lookalike import looks_alike
from app.linkcheck.sentences import sentence
from app.linkcheck.urls import WebUrl
from app.linkcheck.verdict import Note, Reason, Verdict

_LOGIN = "sends everyone without a login to its login page"
_ROBOT = "answers programs with an error, even where a browser sees the page"
_ALWAYS = "answers “all is well” for every address, and finds out by script"

_AMAZON_ENDINGS = (
    "ae ca cn co.jp co.uk co.za com com.au com.be com.br com.mx com.tr de eg es fr ie in it nl pl "
    "sa se sg"
)

LISTED: dict[str, str] = {
    "linkedin.com": "answers programs with the code 999",
    **{f"amazon.{ending}": _ROBOT for ending in _AMAZON_ENDINGS.split()},
    "codepen.io": _ROBOT,
    "facebook.com": _LOGIN,
    "fb.com": _LOGIN,
    "instagram.com": _LOGIN,
    "threads.com": _ALWAYS,
    "threads.net": _ALWAYS,
    "tiktok.com": _ALWAYS,
    "twitter.com": _ALWAYS,
    "x.com": _ALWAYS,
    "quora.com": _ROBOT,
}
"""Host (its subdomains included) -> what it does to checkers."""

TRUTHFUL = frozenset(
    {"aws.amazon.com", "docs.aws.amazon.com", "engineering.linkedin.com", "developers.facebook.com"}
    | {"engineering.fb.com", "developer.x.com", "developer.twitter.com"}
)
"""Parts of listed hosts that answer truthfully (their subdomains included)."""

SHORTENERS = frozenset(
    {"amzn.to", "bit.ly", "bitly.com", "bl.ink", "buff.ly", "cutt.ly", "dlvr.it", "eepurl.com"}
    | {"fb.me", "goo.gl", "ift.tt", "is.gd", "j.mp", "lnkd.in", "ow.ly", "rb.gy", "rebrand.ly"}
    | {"s.id", "shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "trib.al", "v.gd", "x.gd"}
)
"""Hosts that hide where a link leads."""


def judge_listed(url: WebUrl) -> Verdict | None:
    """The verdict for a link to a host that is not worth asking; None for any other."""
    if _belongs(url.host, TRUTHFUL):
        return None
    listed = _belongs(url.host, LISTED)
    if listed is None:
        return None
    detail = sentence(Reason.LISTED_HOST)
    return Verdict(Reason.LISTED_HOST, detail=detail, evidence=f"{listed} {LISTED[listed]}")


def host_notes(url: WebUrl) -> tuple[Note, ...]:
    """Remarks that the host itself deserves, whatever it answers."""
    notes = []
    if url.host.removeprefix("www.") in SHORTENERS:
        notes.append(Note.SHORTENER)
    if looks_alike(url.host):
        notes.append(Note.LOOK_ALIKE)
    return tuple(notes)


def _belongs(host: str, hosts: "dict[str, str] | frozenset[str]") -> str | None:
    """The entry that is this host or one of its parents."""
    while "." in host:
        if host in hosts:
            return host
        host = host.partition(".")[2]
    return None
