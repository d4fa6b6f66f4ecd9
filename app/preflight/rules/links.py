"""Links: what is known of them, and what their texts promise."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from app.linkcheck.sentences import describe
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Note, Reason, Status
from app.markup import LinkKind, Span
from app.preflight.finding import Remark, Repair, Severity
from app.preflight.rule import DraftRule, Fact, Facts, LinkRule, Setting
from app.preflight.snapshot import Frame, Part, SeenLink
from app.speech import mark, say

_TEXTED = frozenset([LinkKind.INLINE, LinkKind.REFERENCE, LinkKind.HTML])
_IMAGES = frozenset([LinkKind.IMAGE, LinkKind.HTML_IMAGE])
_GENERIC_TEXTS = (
    "click here|here|click|tap here|read more|read on|more|learn more|see more|this link|link|"
    "this|see here|find out more|click this|click this link|this page|continue reading|"
    "hier|hier klicken|mehr|weiterlesen|ici|cliquez ici|aquí|haz clic aquí|qui|clicca qui"
)
_GENERIC = frozenset(_GENERIC_TEXTS.split("|"))
_EXAMPLE = re.compile(
    r"(?:[\w-]+\.)*example\.(?:com|org|net)|(?:www\.)?(?:yourdomain|yoursite)\.com"
)
_PLAIN = re.compile(r"[^\s<>()\[\]\"'\\]+")
_ENTITY = re.compile(r"&#?\w+;")
_URL_TEXT = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def _flagged(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    if seen.verdict.status is Status.BLOCK:
        yield Remark(seen.link.span, _words(seen))


def _broken(seen: SeenLink, _part: Part, setting: Setting) -> Iterator[Remark]:
    verdict = seen.verdict
    if verdict.status is not Status.WARN or _is_own_image(seen, setting):
        return
    repair = seen.repairs[0] if seen.repairs else None
    yield Remark(seen.link.span, _words(seen), repair=repair)


def _is_own_image(seen: SeenLink, setting: Setting) -> bool:
    """An image beside the draft, of which `images` speaks."""
    return (
        seen.link.kind in _IMAGES
        and seen.verdict.reason is Reason.RELATIVE
        and setting.folder is not None
    )


def _unverified(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    if seen.verdict.status is Status.UNVERIFIED:
        yield Remark(seen.link.span, _words(seen))


def _moved(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    if Note.MOVED_PERMANENTLY in seen.verdict.notes:
        repair = seen.repairs[0] if seen.repairs else None
        yield Remark(seen.link.span, say("It has moved for good."), repair=repair)


def _shortener(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    from app.linkcheck.rules.hosts import SHORTENERS

    if seen.url and (_host(seen.url) or "").removeprefix("www.") in SHORTENERS:
        message = say(
            "A shortened address hides where it leads; spam filters count that against you."
        )
        yield Remark(seen.link.span, message)


def _tracked(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    from app.linkcheck.rules.deeds import COUNTS, deed_of
    from app.linkcheck.rules.wrapped import unwrapped

    url = parse(seen.url) if seen.url else None
    if url is None or seen.link.kind in _IMAGES:
        return
    if (page := unwrapped(url)) is not None:
        message = say(
            "This address only leads on to {host}: use that page's own.", host=_host(page)
        )
        yield Remark(seen.link.span, message, repair=_instead(seen, page))
    elif deed_of(url) == COUNTS:
        message = say(
            "This address was copied from a mail: it counts clicks for another sender, as yours,"
            " and may stop working. Use the page's own."
        )
        yield Remark(seen.link.span, message)


def _instead(seen: SeenLink, page: str) -> Repair | None:
    """Another address in the link's place, where it can stand there as it is."""
    if (
        not _PLAIN.fullmatch(page)
        or _ENTITY.search(page)
        or seen.link.kind not in (LinkKind.INLINE, LinkKind.AUTOLINK, LinkKind.BARE)
    ):
        return None
    return Repair(say("Use the page's own address"), seen.link.span, page)


def _plain(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    is_plain = bool(seen.url) and (seen.url or "").startswith("http://")
    if is_plain and seen.verdict.status in (Status.SAFE, Status.UNCHECKED):
        yield Remark(seen.link.span, say("The address is not encrypted (http)."))


def _example(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    host = _host(seen.url or "")
    if seen.link.kind in _TEXTED and host and _EXAMPLE.fullmatch(host):
        yield Remark(
            seen.link.span, say("“{host}” stands for an address that is still to come.", host=host)
        )


def _generic(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    text = seen.link.text.strip().strip(".,:;!?…»«→>[]()").strip().casefold()
    if seen.link.kind in _TEXTED and text in _GENERIC:
        message = say("“{text}” does not say where the link leads.", text=seen.link.text.strip())
        yield Remark(seen.link.span, message)


def _address(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    if seen.link.kind in _TEXTED and _URL_TEXT.fullmatch(seen.link.text.strip()):
        yield Remark(
            seen.link.span, say("An address as the text of a link reads badly, aloud above all.")
        )


def _mismatch(seen: SeenLink, _part: Part, _setting: Setting) -> Iterator[Remark]:
    text = seen.link.text.strip()
    if seen.link.kind not in _TEXTED or not seen.url or not _URL_TEXT.fullmatch(text):
        return
    shown = _host(text if "://" in text else f"https://{text}")
    real = _host(seen.url)
    if shown and real and "." in shown and "…" not in shown and _site(shown) != _site(real):
        message = say(
            "The text shows {shown}, but the link leads to {real}: filters take it for fraud.",
            shown=shown,
            real=real,
        )
        yield Remark(seen.link.span, message)


def _empty(seen: SeenLink, part: Part, _setting: Setting) -> Iterator[Remark]:
    link = seen.link
    if link.kind not in (LinkKind.INLINE, LinkKind.REFERENCE) or link.text.strip():
        return
    whole = link.whole
    lines = part.lines[whole.line : whole.end_line + 1]
    if link.href and "![" not in "".join(lines) and "<img" not in "".join(lines):
        yield Remark(whole, say("The link has no text: readers cannot see it."))


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _site(host: str) -> str:
    """The last two labels, three below two-letter endings such as ``co.uk``."""
    labels = host.removeprefix("www.").split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if short else -2 :])


def _words(seen: SeenLink) -> str:
    verdict = seen.verdict
    return say(verdict.detail or describe(verdict.reason, verdict.notes))


# Links beside each other ------------------------------------------------------------------------


def _texts(part: Part) -> Fact | None:
    found = []
    for seen in part.links:
        text = seen.link.text.strip()
        key = " ".join(text.casefold().split())
        if seen.link.kind not in _TEXTED or not seen.url or len(text) <= 3 or key in _GENERIC:
            continue
        if not _URL_TEXT.fullmatch(text):
            found.append((key, text, seen.url, seen.link.span))
    return tuple(found) or None


def _same_text(
    facts: Facts, _frame: Frame, _setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    first: dict[str, str] = {}
    for part, fact in facts:
        assert isinstance(fact, tuple)  # noqa: S101 - what _texts gathers
        for key, text, url, span in fact:
            if first.setdefault(key, url) != url:
                message = say("“{text}” leads elsewhere than the same words further up.", text=text)
                yield part, Remark(span, message)


def _utm(part: Part) -> Fact | None:
    found = []
    for seen in part.links:
        if seen.link.kind in _IMAGES or not seen.url or "utm_" not in seen.url:
            continue
        query = dict(parse_qsl(urlsplit(seen.url).query))
        tags = tuple(sorted((name, query[name]) for name in _UTM if query.get(name)))
        if tags:
            found.append((_host(seen.url) or "", tags, seen.link.span))
    return tuple(found) or None


_UTM = ("utm_source", "utm_medium", "utm_campaign")


def _utm_differs(
    facts: Facts, _frame: Frame, _setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    first: dict[tuple[str, str], str] = {}
    for part, fact in facts:
        assert isinstance(fact, tuple)  # noqa: S101 - what _utm gathers
        for host, tags, span in fact:
            for name, value in tags:
                usual = first.setdefault((host, name), value)
                if usual != value:
                    message = say(
                        "{name} is “{value}” here, but “{usual}” in an earlier link to {host}.",
                        name=name,
                        value=value,
                        usual=usual,
                        host=host,
                    )
                    yield part, Remark(span, message)
                    break


def _any_link(part: Part) -> Fact | None:
    return True if any(seen.link.href for seen in part.links) else None


def _no_link(
    facts: Facts, _frame: Frame, _setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    if not facts:
        yield (
            None,
            Remark(Span(0, 0, 0, 0), say("The issue has no link: nothing for readers to do.")),
        )


RULES = (
    LinkRule(
        "link.flagged",
        Severity.BLOCK,
        mark("A reputation service or your own list flags it."),
        _flagged,
    ),
    LinkRule(
        "link.broken",
        Severity.ERROR,
        mark("Broken, or not to be opened as written (every `warn` of `sendoff check`)."),
        _broken,
    ),
    LinkRule("link.unverified", Severity.INFO, mark("The server refuses checkers."), _unverified),
    LinkRule("link.moved", Severity.INFO, mark("It has moved for good."), _moved),
    LinkRule(
        "link.shortener", Severity.INFO, mark("A URL shortener hides where it leads."), _shortener
    ),
    LinkRule(
        "link.tracked",
        Severity.WARNING,
        mark("An address that counts for somebody else, or only leads on to the page."),
        _tracked,
    ),
    LinkRule("link.not-encrypted", Severity.INFO, mark("A plain http address."), _plain),
    LinkRule(
        "link.placeholder",
        Severity.ERROR,
        mark("A link to example.com or yourdomain.com."),
        _example,
    ),
    LinkRule(
        "link.generic-text", Severity.INFO, mark("“click here”, “more”, “this link”."), _generic
    ),
    LinkRule(
        "link.address-as-text", Severity.INFO, mark("A link whose text is an address."), _address
    ),
    LinkRule(
        "link.mismatch",
        Severity.WARNING,
        mark("The text shows an address of another site than the link leads to."),
        _mismatch,
    ),
    LinkRule("link.empty-text", Severity.WARNING, mark("A link without a text."), _empty),
    DraftRule(
        "link.same-text",
        Severity.INFO,
        mark("The same text leads to different places."),
        _texts,
        _same_text,
    ),
    DraftRule(
        "link.utm-differs",
        Severity.WARNING,
        mark("UTM parameters differ between links to one host."),
        _utm,
        _utm_differs,
    ),
    DraftRule("link.none", Severity.INFO, mark("There is no link at all."), _any_link, _no_link),
)
