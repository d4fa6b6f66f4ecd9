"""What can be said of a link without asking anyone.

Only what is sure: a link that may be right is left to a request (the answer is None). Decisions
that the published contract leaves open:

* ``http:/x``, ``https:x``, ``http:///x`` and backslashes are ``malformed``: browsers repair them,
  mail programs do not. A missing colon (``http//x``) is ``scheme_unknown``.
* ``#`` alone leads nowhere and is ``empty``; ``#top`` and text fragments are always there.
* A host of one label (``http://wiki/``) is ``private_address``: only a network of one's own can
  resolve it. ``https://www`` is an address cut short: ``malformed``.
* ``host.name/path`` without a scheme is ``scheme_missing`` even for ``.onion``: readers cannot
  open it as written.
* ``ftp:``, ``irc:``, ``magnet:``, app schemes and ``cid:`` are ``not_checkable``.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from app.linkcheck.rules.addresses import is_mail_address, mail_problem, starts_with_host
from app.linkcheck.rules.anchors import judge_anchor
from app.linkcheck.rules.schemes import OWN_BROWSER, UNSAFE, is_not_checkable, mistyped
from app.linkcheck.rules.templates import has_merge_tag
from app.linkcheck.sentences import sentence
from app.linkcheck.urls import WebUrl, parse
from app.linkcheck.verdict import Reason, Status, Verdict

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_HOST_AND_PORT = re.compile(r"[A-Za-z0-9][\w.\-]*:\d{1,5}(?=[/?#]|$)")
_DOUBLED = re.compile(r"https?:/*(?:www\.)?(https?(?::(?!\d)/*|//).+)", re.IGNORECASE)
_SLASHES = re.compile(r"(https?):([/\\]*)(.*)", re.IGNORECASE | re.DOTALL)
_NO_COLON = re.compile(r"(https?)(?:[;.,]//|//|/{1,3}:|\s+://|;/+)(.+)", re.IGNORECASE)
_PASTED = re.compile(r"(?:\]|%5D)\(?\(https?:", re.IGNORECASE)
_USER = re.compile(r"(https?://)[^/?#\\]*@", re.IGNORECASE)
_PLAIN_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_PRIVATE_ENDINGS = (".lan", ".home", ".corp", ".private", ".intranet")
_PLACEHOLDER = re.compile(r"[A-Z][A-Z0-9]*(?:[_\- ][A-Z0-9]+)+|TODO|TBD|FIXME|XXX+|URL|LINK")


@dataclass(frozen=True, slots=True)
class Subject:
    """A link as the parser of the draft saw it.

    ``kind`` and ``mistake`` are words of the published contract; ``anchors`` are the ids that the
    draft itself has.
    """

    href: str | None
    kind: str
    mistake: str | None = None
    anchors: Container[str] = ()


def judge_offline(subject: Subject, *, allow_private: bool = False) -> Verdict | None:
    """The verdict that needs no network, or None when the link must be asked for.

    Args:
        subject: the link.
        allow_private: ask loopback and private addresses instead of warning.
    """
    if subject.mistake is not None:
        return _verdict(Reason(subject.mistake))
    if subject.href is None:
        return _verdict(Reason.REFERENCE_UNDEFINED)
    href = subject.href.strip()
    if not href:
        return _verdict(Reason.EMPTY)
    if href[:8].lower() == "https://" or href[:7].lower() == "http://":
        return _judge_web(href, allow_private)
    if href[0] == "#":
        return judge_anchor(href[1:], subject.anchors)
    # Browsers skip line ends and tabs anywhere: "java\nscript:" is javascript (WHATWG URL, 4.4).
    compact = re.sub(r"[\t\r\n]|^[\x00-\x20]+", "", href)
    scheme = _SCHEME.match(compact)
    if scheme and not _HOST_AND_PORT.match(compact):
        name, rest = scheme[1].lower(), compact[scheme.end() :]
        return _judge_scheme(name, rest, compact, allow_private)
    return _judge_without_scheme(compact, subject.kind)


def _judge_scheme(name: str, rest: str, href: str, allow_private: bool) -> Verdict | None:
    if name in UNSAFE:
        return _verdict(Reason.UNSAFE_SCHEME)
    if name == "data":
        return _verdict(Reason.DATA_URI)
    if has_merge_tag(href):
        return _verdict(Reason.TEMPLATE)
    if name in ("http", "https"):
        return _judge_web(href, allow_private)
    if name == "mailto":
        return _judge_mail(rest)
    if name in ("tel", "sms") and not re.search(r"\d", rest):
        return _verdict(Reason.MALFORMED, f"There is no number after “{name}:”.")
    if is_not_checkable(name):
        return _verdict(Reason.NOT_CHECKABLE, _not_checkable(name))
    return _judge_unknown_scheme(name, rest)


def _judge_unknown_scheme(name: str, rest: str) -> Verdict:
    if len(name) == 1:
        detail = "This is a path on your own computer; readers cannot open it."
        return _verdict(Reason.SCHEME_UNKNOWN, detail)
    if name in OWN_BROWSER:
        inner = rest if name == "view-source" else None
        detail = f"“{name}:” only works inside your own browser."
        return _verdict(Reason.SCHEME_UNKNOWN, detail, inner)
    meant = mistyped(name, rest)
    if meant is None:
        detail = f"“{name}:” is no kind of address that readers' programs know."
        return _verdict(Reason.SCHEME_UNKNOWN, detail)
    detail = f"“{name}:” looks like a mistyped “{meant}:”."
    return _verdict(Reason.SCHEME_UNKNOWN, detail, f"{meant}:{rest}")


def _judge_without_scheme(href: str, kind: str) -> Verdict:
    if has_merge_tag(href):
        return _verdict(Reason.TEMPLATE)
    slipped = _NO_COLON.match(href)
    if slipped:
        detail = f"“{slipped[1]}” must be followed by “://”."
        meant = f"{slipped[1].lower()}://{slipped[2].lstrip('/')}"
        return _verdict(Reason.SCHEME_UNKNOWN, detail, meant)
    if href.startswith("//"):
        return _verdict(Reason.PROTOCOL_RELATIVE, suggestion="https:" + href)
    if href[:10].lower() in ("localhost", "localhost:", "localhost/"):
        return _verdict(Reason.PRIVATE_ADDRESS)
    if is_mail_address(href.partition("?")[0]):
        detail = "An e-mail address needs “mailto:” before it."
        return _verdict(Reason.SCHEME_MISSING, detail, "mailto:" + href)
    if starts_with_host(href):
        onion = re.match(r"[^/?#:]*\.onion\b", href, re.IGNORECASE)
        return _verdict(Reason.SCHEME_MISSING, "", ("http://" if onion else "https://") + href)
    if kind in ("image", "html_image") and not href.startswith(("/", "?")):
        detail = "This picture is a file beside the draft: upload it, and use its web address."
        return _verdict(Reason.RELATIVE, detail)
    if _PLACEHOLDER.fullmatch(href):
        return _verdict(Reason.RELATIVE, "This looks like a placeholder: put the address in.")
    return _verdict(Reason.RELATIVE)


def _judge_mail(rest: str) -> Verdict:
    problem = mail_problem(rest)
    if problem is None:
        return _verdict(Reason.NOT_CHECKABLE, _not_checkable("mailto"))
    bare = rest.lstrip("/")
    repaired = f"mailto:{bare}" if bare != rest and mail_problem(bare) is None else None
    return _verdict(Reason.MALFORMED, problem, repaired)


@lru_cache(maxsize=16_384)
def _judge_web(href: str, allow_private: bool) -> Verdict | None:
    """Judge a destination that begins with ``http:`` or ``https:``."""
    if has_merge_tag(href):
        return _verdict(Reason.TEMPLATE)
    doubled = _DOUBLED.match(href)
    if doubled:
        return _verdict(Reason.SCHEME_DOUBLED, suggestion=_straightened(doubled[1]))
    pasted = _PASTED.search(href)
    if pasted:
        detail = "Markdown was pasted into the address: two addresses run into each other."
        return _verdict(Reason.BRACKET_MISTAKE, detail, href[: pasted.start()])
    slashes = _SLASHES.match(href)
    if slashes and slashes[2] != "//":
        detail = f"“{slashes[1]}:” must be followed by exactly two slashes."
        return _verdict(Reason.MALFORMED, detail, _straightened(href))
    url = parse(href)
    if url is None:
        return _verdict(Reason.MALFORMED, _why_malformed(href))
    if url.has_credentials:
        return _verdict(Reason.CREDENTIALS, suggestion=_USER.sub(r"\1", href, count=1))
    return _judge_host(url, allow_private)


def _judge_host(url: WebUrl, allow_private: bool) -> Verdict | None:
    if url.is_address:
        return _verdict(Reason.PRIVATE_ADDRESS) if url.is_private and not allow_private else None
    name, labels = url.host, url.host.split(".")
    if "" in labels:
        return _verdict(Reason.MALFORMED, "The host name has two dots in a row.")
    if name == "www":
        return _verdict(Reason.MALFORMED, "The address ends after “www”.")
    if len(name) > 253 or not all(_PLAIN_LABEL.fullmatch(label) for label in labels):
        detail = "The host name has a character that no host name can have, or is too long."
        return _verdict(Reason.MALFORMED, detail, _repaired_host(url.href))
    if labels[-1] == "onion":
        detail = "Only Tor Browser opens “.onion” addresses: try it there yourself."
        return _verdict(Reason.NOT_CHECKABLE, detail)
    if allow_private:
        return None
    if url.is_private or name.endswith(_PRIVATE_ENDINGS):
        return _verdict(Reason.PRIVATE_ADDRESS)
    if len(labels) == 1:
        detail = (
            "This host name has no ending such as “.com”: it can only be opened inside a network "
            "that knows it. Complete it, unless all readers are inside."
        )
        return _verdict(Reason.PRIVATE_ADDRESS, detail)
    return None


def _straightened(href: str) -> str:
    """``http:/x``, ``https:x``, ``http//x`` and repeated schemes as ``http://x``."""
    inner = _DOUBLED.match(href)
    while inner:
        href = inner[1]
        inner = _DOUBLED.match(href)
    scheme, rest = re.split(r":|(?=//)", href, maxsplit=1)
    return f"{scheme.lower()}://{rest.lstrip('/' + chr(92))}"


def _repaired_host(href: str) -> str | None:
    """The address with commas for dots put right and stray marks after the host removed."""
    match = re.match(r"(https?://)([^/?#]+)(.*)", href, re.IGNORECASE | re.DOTALL)
    if match is None:
        return None
    host = match[2].rstrip(",;:!'\")*_”’»>").replace(",", ".")
    return f"{match[1]}{host}{match[3]}" if host != match[2] else None


def _why_malformed(href: str) -> str:
    authority = re.split(r"[/?#]", href.split("//", 1)[-1], maxsplit=1)[0]
    host, _, port = authority.rpartition("@")[2].rpartition(":")
    if not authority:
        return "The address ends after the “//”: the host name is missing."
    if "[" in authority or "]" in authority:
        return "The host name has a bracket that does not belong there."
    if re.search(r"\s|%20", authority):
        return "The host name has a blank in it."
    if host and not (port.isdigit() and int(port) <= 65535):
        return "What follows the colon is no port number."
    return ""


def _not_checkable(scheme: str) -> str:
    if scheme == "mailto":
        return "It is written correctly; whether someone reads mail there cannot be checked."
    if scheme in ("ftp", "ftps"):
        return "Most browsers no longer open “ftp:” links; a web address would serve better."
    return f"“{scheme}:” links are opened by another program than the browser: try it yourself."


def _verdict(reason: Reason, detail: str = "", suggestion: str | None = None) -> Verdict:
    """A verdict with the reason's general sentence where there is nothing closer to say."""
    return Verdict(reason, detail=detail or sentence(reason), suggestion=_safe(suggestion))


def _safe(suggestion: str | None) -> str | None:
    """The suggestion, unless it would itself be warned of."""
    if suggestion is None or not suggestion.lower().startswith(("http:", "https:")):
        return suggestion
    verdict = _judge_web(suggestion, allow_private=False)
    return None if verdict is not None and verdict.status is Status.WARN else suggestion
