"""Merge tags: what the platform fills in for each reader, or prints as it stands.

Sources: Buttondown's docs, "Template variables"; Ghost 6, ``email-renderer.js``; listmonk's docs,
"Templating" (Go templates with Sprig's functions).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.markup import Span
from app.preflight.finding import Remark, Repair, Severity
from app.preflight.prose import code_spans
from app.preflight.rule import BlockRule, DraftRule, Fact, Facts, FrameRule, Platform, Setting
from app.preflight.snapshot import Frame, Part
from app.speech import mark, say

_BRACES = re.compile(r"\{\{(-?)\s*([^{}\n]{0,400}?)\s*-?\}\}")
_STATEMENT = re.compile(r"\{%-?\s*(\w+)\b([^%\n]{0,400}?)-?%\}")
_STARS = re.compile(r"\*\|([A-Z][A-Z0-9_:.]{0,100})\|\*")
_GHOST = re.compile(
    r"%%\{(\w+)(?:,? *[\"“](.*?)[\"”])?\}%%"
    r"|(?<![{$%\w])\{(\w+)(?:, *[\"“](.*?)[\"”])?\}(?!\})"
)
_OPEN = re.compile(r"\{\{(?![^{}\n]*\}\})|\{%(?![^%\n]*%\})|\*\|(?=[A-Z])(?![^|\n]*\|\*)")
_TAG_END = re.compile(r"\s*-?\}{1,2}(?:%%)?\Z")
_FALLBACKS = {
    Platform.BUTTONDOWN: ' | default: "there"',
    Platform.GHOST: ', "there"',
    Platform.LISTMONK: ' | default "there"',
}
_NAME = re.compile(r"\.?[A-Za-z_$][\w.$]*")


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BUTTONDOWN = _set(
    "email email_url manage_subscription_url medium newsletter premium_subscribe_url "
    "random_number subscribe_form subscribe_url subscriber survey unsubscribe_url upgrade_url "
    "upgrade_form referral_url forloop"
)
_BUTTONDOWN_SUBSCRIBER = _set(
    "can_be_upsold can_view_premium_content creation_date email email_address get_upgrade_url "
    "id metadata referral_code subscriber_type tags type"
)
_GHOST_NAMES = _set(
    "created_at email first_name key list_unsubscribe manage_account_url name status "
    "status_text unsubscribe_url uuid"
)
_LISTMONK_SUBSCRIBER = _set(
    "Attribs CreatedAt Email FirstName ID LastName Name Status UUID UpdatedAt"
)
_LISTMONK_CAMPAIGN = _set(
    "ArchiveSlug Body FromEmail ID Name SendAt Subject Tags UUID UpdatedAt CreatedAt"
)
_LISTMONK_FUNCTIONS = _set(
    "ArchiveURL L Date MessageURL OptinURL RootURL Safe TrackLink TrackView UnsubscribeURL"
)
_GO_WORDS = _set("block break continue define else end if range template with")
_OPENERS = {
    "if": "endif", "for": "endfor", "unless": "endunless", "case": "endcase",
    "with": "endwith", "comment": "endcomment", "raw": "endraw", "capture": "endcapture",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as written: ``style`` is ``braces``, ``statement``, ``stars`` or ``ghost``."""

    style: str
    inner: str
    fallback: bool
    start: int
    end: int


def tags_in(text: str) -> Iterator[Tag]:
    """The tags of every platform's writing in a text."""
    for match in _BRACES.finditer(text):
        inner = match[2]
        fallback = bool(re.search(r"\|\s*default\b|\bor\b|\|\|", inner))
        yield Tag("braces", inner, fallback, match.start(), match.end())
    for match in _STATEMENT.finditer(text):
        yield Tag("statement", match[1], False, match.start(), match.end())
    for match in _STARS.finditer(text):
        yield Tag("stars", match[1], False, match.start(), match.end())
    for match in _GHOST.finditer(text):
        name, other = match[1] or match[3], match[2] or match[4]
        if name in _GHOST_NAMES:
            yield Tag("ghost", name, bool(other), match.start(), match.end())


# The body: nothing in code, where tags are examples ----------------------------------------------


def in_text(part: Part) -> Iterator[Tag]:
    """The tags in a block, those in code apart; places are offsets in ``part.prose.source``."""
    if part.kind in ("code", "front_matter"):
        return
    code = code_spans(part)
    for tag in tags_in(part.prose.source):
        if not any(start <= tag.start < end for start, end in code):
            yield tag


def _unknown(part: Part, setting: Setting) -> Iterator[Remark]:
    for tag in in_text(part):
        if problem := _problem(tag, setting.platform):
            yield Remark(part.prose.span(tag.start, tag.end), problem)


def _no_fallback(part: Part, setting: Setting) -> Iterator[Remark]:
    for tag in in_text(part):
        if _wants_fallback(tag, setting.platform):
            message = say(
                "Readers without a name see a gap here: give the tag something to fall back on."
            )
            place = part.prose.span(tag.start, tag.end)
            yield Remark(place, message, repair=_with_fallback(part, tag, setting.platform))


def _with_fallback(part: Part, tag: Tag, platform: Platform | None) -> Repair | None:
    """A word in the name's place, as the platform writes it."""
    source = part.prose.source[tag.start : tag.end]
    words = _FALLBACKS.get(platform) if platform is not None else None
    end = _TAG_END.search(source)
    if words is None or end is None:
        return None
    at = tag.start + end.start()
    return Repair(say("Fall back on “there”"), part.prose.span(at, at), words)


def _unclosed(part: Part, _setting: Setting) -> Iterator[Remark]:
    for match in unclosed_in(part):
        message = say(
            "“{words}” opens a merge tag that is not closed on this line.", words=match[0]
        )
        yield Remark(part.prose.span(*match.span()), message)


def unclosed_in(part: Part) -> Iterator[re.Match[str]]:
    """What opens a tag in ``part.prose.source`` that is not closed, code apart."""
    if part.kind in ("code", "front_matter"):
        return
    code = code_spans(part)
    for match in _OPEN.finditer(part.prose.source):
        if not any(start <= match.start() < end for start, end in code):
            yield match


def _problem(tag: Tag, platform: Platform | None) -> str | None:
    """Why the platform does not know a tag; None for one that it knows, or that may be its own."""
    if platform is None or is_known(tag, platform):
        return None
    return say(
        "{platform} does not know this tag, so readers would see it as it stands.",
        platform=_NAMES[platform],
    )


_NAMES = {Platform.BUTTONDOWN: "Buttondown", Platform.GHOST: "Ghost", Platform.LISTMONK: "listmonk"}


def is_known(tag: Tag, platform: Platform) -> bool:
    """Whether the platform fills a tag in as it is written."""
    if platform is Platform.GHOST:
        return tag.style == "ghost"
    if platform is Platform.BUTTONDOWN:
        return tag.style == "statement" or (tag.style == "braces" and _buttondown_knows(tag.inner))
    return tag.style == "braces" and _listmonk_knows(tag.inner)


def _buttondown_knows(inner: str) -> bool:
    match = _NAME.match(inner)
    if match is None or inner.startswith("."):
        return inner[:1] in "\"'0123456789"
    first, _, rest = match[0].partition(".")
    if first == "subscriber" and rest:
        return rest.split(".")[0] in _BUTTONDOWN_SUBSCRIBER
    # Names that a loop or an assignment of the draft makes have no dot and no "subscriber".
    return first in _BUTTONDOWN or bool(rest)


def _listmonk_knows(inner: str) -> bool:
    match = _NAME.match(inner)
    if match is None:
        return bool(inner)
    name = match[0]
    for prefix, known in (
        (".Subscriber.", _LISTMONK_SUBSCRIBER),
        (".Campaign.", _LISTMONK_CAMPAIGN),
    ):
        if name.startswith(prefix):
            return name.removeprefix(prefix).split(".")[0] in known
    if name.startswith((".", "$")):
        return True  # of a loop, or of a variable
    # Go's own words and functions, and Sprig's, begin small; listmonk's own are known.
    return (
        name in _GO_WORDS
        or name in _LISTMONK_FUNCTIONS
        or (
            name[0].islower()
            and ("." not in name and (" " in inner or "|" in inner or name == "now"))
        )
    )


def _wants_fallback(tag: Tag, platform: Platform | None) -> bool:
    if tag.fallback:
        return False
    if tag.style == "ghost":
        return platform is Platform.GHOST and tag.inner in ("first_name", "name")
    name = tag.inner.casefold()
    if tag.style == "braces" and platform is Platform.BUTTONDOWN:
        return bool(re.fullmatch(r"subscriber\.metadata\.\w*name\w*", name))
    if tag.style == "braces" and platform is Platform.LISTMONK:
        return bool(re.fullmatch(r"\.subscriber\.(?:attribs\.\w*name\w*)", name))
    return False


# Subject and preview text -----------------------------------------------------------------------


def _in_frame(frame: Frame, setting: Setting) -> Iterator[Remark]:
    for text, span in (
        (frame.letter.subject, frame.subject),
        (frame.letter.preheader, frame.preheader),
    ):
        problem = next(
            (found for tag in tags_in(text) if (found := _problem(tag, setting.platform))), ""
        )
        if _OPEN.search(text):
            problem = say("A merge tag here is not closed.")
        if problem:
            yield Remark(span, problem)


# Tags that belong together ----------------------------------------------------------------------


def _statements(part: Part) -> Fact | None:
    found = []
    for tag in in_text(part):
        word = tag.inner.split(" ")[0].split("(")[0]
        is_go = tag.style == "braces" and word in ("if", "range", "with", "end")
        if tag.style == "statement" or is_go:
            found.append((tag.style, word, part.prose.span(tag.start, tag.end)))
    return tuple(found) or None


def _unbalanced(
    facts: Facts, _frame: Frame, _setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    waiting: list[tuple[str, str, Part, Span]] = []
    for part, fact in facts:
        assert isinstance(fact, tuple)  # noqa: S101 - what _statements gathers
        for style, word, span in fact:
            if style == "statement" and word in _OPENERS:
                waiting.append((_OPENERS[word], word, part, span))
            elif style == "braces" and word != "end":
                waiting.append(("end", word, part, span))
            elif word == "end" or word.startswith("end"):
                if waiting and waiting[-1][0] == word:
                    waiting.pop()
                else:
                    yield (
                        part,
                        Remark(
                            span, say("Nothing that “{word}” would close is open here.", word=word)
                        ),
                    )
    for end, word, part, span in waiting:
        yield (
            part,
            Remark(
                span,
                say("This “{word}” is never closed: its “{end}” is missing.", word=word, end=end),
            ),
        )


RULES = (
    BlockRule(
        "merge.unknown",
        Severity.ERROR,
        mark("A tag that the platform does not know."),
        _unknown,
    ),
    BlockRule(
        "merge.no-fallback",
        Severity.WARNING,
        mark("A name without something to fall back on."),
        _no_fallback,
    ),
    BlockRule(
        "merge.unclosed", Severity.ERROR, mark("A tag that is opened and not closed."), _unclosed
    ),
    FrameRule(
        "merge.subject", Severity.ERROR, mark("A bad tag in subject or preview text."), _in_frame
    ),
    DraftRule(
        "merge.unbalanced",
        Severity.ERROR,
        mark("An “if” without its “endif”, or the reverse."),
        _statements,
        _unbalanced,
    ),
)
