"""The size of the mail as it leaves."""

import re
from collections.abc import Iterator

from app.markup import Span
from app.preflight.finding import Remark, Severity
from app.preflight.mail import Mail
from app.preflight.rule import MailRule, Setting
from app.publish.clip import CLIP, NEAR

STYLES = 16 * 1024
"""Bytes of style sheets that Gmail reads (caniemail.com, html-style, note 6)."""
LARGEST = 10_000_000
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)


def _clipped(mail: Mail, _setting: Setting) -> Iterator[Remark]:
    size = len(mail.data)
    if size >= CLIP:
        message = (
            f"Gmail cuts the mail about here: it has {_kb(size)}, and Gmail shows {_kb(CLIP)}."
        )
        yield Remark(mail.origin(CLIP), message)


def _near(mail: Mail, _setting: Setting) -> Iterator[Remark]:
    size = len(mail.data)
    if NEAR <= size < CLIP:
        message = (
            f"The mail has {_kb(size)}; links for tracking may push it over Gmail's {_kb(CLIP)}."
        )
        yield Remark(mail.origin(size), message)


def _styles(mail: Mail, _setting: Setting) -> Iterator[Remark]:
    size = sum(len(sheet.encode()) for sheet in _STYLE.findall(mail.html))
    if size > STYLES:
        message = f"The style sheets have {_kb(size)}; Gmail ignores them beyond {_kb(STYLES)}."
        yield Remark(Span(0, 0, 0, 0), message)


def _huge(mail: Mail, _setting: Setting) -> Iterator[Remark]:
    size = len(mail.data)
    if size > LARGEST:
        message = f"The mail has {size / 1e6:.0f} MB; many servers refuse more than 10 MB."
        yield Remark(Span(0, 0, 0, 0), message)


def _kb(size: int) -> str:
    return f"{round(size / 1000)} kB"


RULES = (
    MailRule("size.clipped", Severity.ERROR, f"Gmail cuts mails of {CLIP} bytes.", _clipped),
    MailRule("size.near-clip", Severity.WARNING, f"Over {NEAR} bytes of HTML.", _near),
    MailRule("size.styles", Severity.WARNING, f"Over {STYLES} bytes of style sheets.", _styles),
    MailRule("size.huge", Severity.ERROR, "Over 10 MB.", _huge),
)
