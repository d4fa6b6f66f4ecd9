"""The size of the mail as it leaves."""

import re
from collections.abc import Iterator

from app.markup import Span
from app.preflight.finding import Remark, Severity
from app.preflight.mail import Mail
from app.preflight.rule import MailRule, Setting
from app.publish.clip import CLIP, NEAR
from app.speech import mark, say

STYLES = 16 * 1024
"""Bytes of style sheets that Gmail reads (caniemail.com, html-style, note 6)."""
LARGEST = 10_000_000
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)


def _clipped(mail: Mail, _setting: Setting) -> Iterator[Remark]:
    size = len(mail.data)
    if size >= CLIP:
        message = say(
            "Gmail cuts the mail about here: it has {size}, and Gmail shows {limit}.",
            size=_kb(size),
            limit=_kb(CLIP),
        )
        yield Remark(mail.origin(CLIP), message)


def _near(mail: Mail, _setting: Setting) -> Iterator[Remark]:
    size = len(mail.data)
    if NEAR <= size < CLIP:
        message = say(
            "The mail has {size}; links for tracking may push it over Gmail's {limit}.",
            size=_kb(size),
            limit=_kb(CLIP),
        )
        yield Remark(mail.origin(size), message)


def _styles(mail: Mail, _setting: Setting) -> Iterator[Remark]:
    size = sum(len(sheet.encode()) for sheet in _STYLE.findall(mail.html))
    if size > STYLES:
        message = say(
            "The style sheets have {size}; Gmail ignores them beyond {limit}.",
            size=_kb(size),
            limit=_kb(STYLES),
        )
        yield Remark(Span(0, 0, 0, 0), message)


def _huge(mail: Mail, _setting: Setting) -> Iterator[Remark]:
    size = len(mail.data)
    if size > LARGEST:
        message = say(
            "The mail has {megabytes:.0f} MB; many servers refuse more than 10 MB.",
            megabytes=size / 1e6,
        )
        yield Remark(Span(0, 0, 0, 0), message)


def _kb(size: int) -> str:
    return f"{round(size / 1000)} kB"


RULES = (
    MailRule("size.clipped", Severity.ERROR, mark("Gmail cuts mails of 102400 bytes."), _clipped),
    MailRule("size.near-clip", Severity.WARNING, mark("Over 90000 bytes of HTML."), _near),
    MailRule("size.styles", Severity.WARNING, mark("Over 16384 bytes of style sheets."), _styles),
    MailRule("size.huge", Severity.ERROR, mark("Over 10 MB."), _huge),
)
