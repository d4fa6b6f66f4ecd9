"""Subject and preview text: what an inbox shows before the issue is opened."""

import re
from collections.abc import Iterator

from app.preflight.finding import Remark, Severity
from app.preflight.rule import FrameRule, Setting
from app.preflight.snapshot import Frame
from app.speech import mark, say

LONGEST = 78
"""Characters; RFC 5322, section 2.1.1, asks for lines no longer than that, and so do platforms."""
SHORTEST = 10
LONGEST_PREHEADER = 140
_PLACEHOLDER = re.compile(
    r"\W*(?:untitled(?: (?:draft|issue|post))?|(?:your |email |the )?(?:subject|title)(?: line)?"
    r"(?: here)?|(?:new |my )?draft|test|tbd|tba|todo|preview text(?: here)?|preheader)\W*",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"(?<![\w./@#'’+&-])TK(?:TK)*(?![\w/@'’+&-]|\.\w)|\b(?:TODO|FIXME)\b|\blorem ipsum\b"
    r"|\[(?:TK|insert|your)\b"
)
_REPLY = re.compile(r"(?:re|fwd?|aw|wg)\s*:", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def _missing(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    if not frame.letter.subject and not frame.unclosed:
        yield Remark(
            frame.subject, say("The issue has no subject: no field and no heading gives one.")
        )


def _too_long(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    length = len(frame.letter.subject)
    if length > LONGEST:
        message = say(
            "The subject has {length} characters; most inboxes cut it at {longest} or before.",
            length=length,
            longest=LONGEST,
        )
        yield Remark(frame.subject, message)


def _too_short(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    length = len(frame.letter.subject)
    if 0 < length < SHORTEST:
        yield Remark(
            frame.subject,
            say("The subject has fewer than {least} characters: it tells little.", least=SHORTEST),
        )


def _capitals(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    words = _WORD.findall(frame.letter.subject)
    loud = [word for word in words if len(word) > 1 and word.isupper()]
    if len(loud) >= 3 and len(loud) == sum(len(word) > 1 for word in words):
        message = say(
            "The subject is all in capitals; spam filters and readers take that for shouting."
        )
        yield Remark(frame.subject, message)


def _placeholder(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    for text, span, message in (
        (frame.letter.subject, frame.subject, say("The subject still holds a placeholder.")),
        (
            frame.letter.preheader,
            frame.preheader,
            say("The preview text still holds a placeholder."),
        ),
    ):
        if text and (_PLACEHOLDER.fullmatch(text) or _MARKER.search(text)):
            yield Remark(span, message)


def _reply(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    if _REPLY.match(frame.letter.subject):
        message = say(
            "The subject begins like an answer to a mail of the reader's, which misleads."
        )
        yield Remark(frame.subject, message)


def _no_preheader(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    if not frame.letter.preheader and frame.letter.subject:
        message = say(
            "There is no preview text; inboxes show the first words of the issue instead."
        )
        yield Remark(frame.subject, message)


def _long_preheader(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    length = len(frame.letter.preheader)
    if length > LONGEST_PREHEADER:
        message = say(
            "The preview text has {length} characters; inboxes show about 100 of them.",
            length=length,
        )
        yield Remark(frame.preheader, message)


def _repeats(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    letter = frame.letter
    if letter.preheader and _bare(letter.preheader) == _bare(letter.subject):
        yield Remark(frame.preheader, say("The preview text says the same as the subject."))


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


RULES = (
    FrameRule("subject.missing", Severity.ERROR, mark("The issue has no subject."), _missing),
    FrameRule(
        "subject.too-long", Severity.WARNING, mark("Over 78 characters: it is cut."), _too_long
    ),
    FrameRule("subject.too-short", Severity.INFO, mark("Under 10 characters."), _too_short),
    FrameRule(
        "subject.capitals",
        Severity.WARNING,
        mark("Three words or more, all in capitals."),
        _capitals,
    ),
    FrameRule(
        "subject.placeholder",
        Severity.ERROR,
        mark("Subject or preview text is “Untitled”, “Your subject here”, or holds TK or TODO."),
        _placeholder,
    ),
    FrameRule(
        "subject.reply", Severity.WARNING, mark("The subject begins with “Re:” or “Fwd:”."), _reply
    ),
    FrameRule("preview.missing", Severity.INFO, mark("There is no preview text."), _no_preheader),
    FrameRule(
        "preview.too-long",
        Severity.INFO,
        mark("The preview text has over 140 characters."),
        _long_preheader,
    ),
    FrameRule(
        "preview.repeats",
        Severity.WARNING,
        mark("The preview text says the same as the subject."),
        _repeats,
    ),
)
