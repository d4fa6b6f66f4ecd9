"""A draft that is a whole page of HTML: it gets no frame of the platform's."""

import re
from collections.abc import Iterator

from app.markup import Span
from app.preflight.finding import Remark, Severity
from app.preflight.rule import DraftRule, Fact, Facts, Platform, Setting
from app.preflight.snapshot import Frame, Part
from app.speech import mark, say

_WAY_OUT = re.compile(
    r"\bUnsubscribeURL\b|unsubscribe_url|manage_subscription_url|\*\|UNSUB\|\*|list_unsubscribe",
)


def _way_out(part: Part) -> Fact | None:
    return True if _WAY_OUT.search(part.prose.source) else None


def _no_way_out(
    facts: Facts, frame: Frame, setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    """A whole page of HTML gets no frame of the platform's, and with it no way to unsubscribe."""
    if frame.is_page and setting.platform is not None and not facts:
        tag = _WAYS_OUT[setting.platform]
        message = say(
            "This page has no link to unsubscribe, which the law asks for: use {tag}.", tag=tag
        )
        yield None, Remark(Span(0, 0, 0, 0), message)


_PLACE = re.compile(
    r"\bp\.? ?o\.? box\b|\bpostfach\b|\bpostbus\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
    r"|\b\d{4,6}\b[ ,]+[^\W\d_]{2}|[^\W\d_]{2},?[ \n]+\d{5}(?:-\d{4})?\b|\b\d{3}-?\d{4}\b"
    r"|[^\W\d_]{3}(?:straße|strasse|str\.|weg|straat|gata|vej)\b"
    r"|\b(?:street|avenue|road|boulevard|lane|suite|rue|calle|via|rua|platz)\b"
    r"|(?<!email_)(?<!mail_)address\b[^{}|]{0,40}(?:\}\}|\|\*)",
    re.IGNORECASE,
)


def _place(part: Part) -> Fact | None:
    return True if part.kind == "html" and _PLACE.search(part.prose.source) else None


def _no_place(
    facts: Facts, frame: Frame, _setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    """As for the way out; whoever adds a frame adds the address that was given there."""
    if frame.is_page and not facts:
        message = say(
            "No postal address was recognised on this page. Many countries ask for one in each"
            " newsletter."
        )
        yield None, Remark(Span(0, 0, 0, 0), message)


_WAYS_OUT = {
    Platform.BUTTONDOWN: "{{ unsubscribe_url }}",
    Platform.GHOST: "{unsubscribe_url}",
    Platform.LISTMONK: "{{ UnsubscribeURL }}",
}

RULES = (
    DraftRule(
        "merge.no-unsubscribe",
        Severity.ERROR,
        mark("A whole page of HTML without a link to unsubscribe."),
        _way_out,
        _no_way_out,
    ),
    DraftRule(
        "merge.no-address",
        Severity.INFO,
        mark("A whole page of HTML in which no postal address is recognised."),
        _place,
        _no_place,
    ),
)
