"""The text itself: words doubled, paragraphs said twice, what is promised and missing."""

import re
from collections.abc import Iterator

from app.markup import Span
from app.preflight.finding import Remark, Repair, Severity
from app.preflight.rule import BlockRule, DraftRule, Fact, Facts, Setting
from app.preflight.snapshot import Frame, Part
from app.speech import mark, say

FEWEST_WORDS, MOST_WORDS = 50, 5000
_REPEATED_FROM = 80
"""Characters from which on a paragraph that stands twice is no refrain."""

# Only words that English never doubles on purpose: "had had" and "that that" are good English,
# and other languages double many of theirs.
_DOUBLED = re.compile(
    r"(?<![\w'’-])(the|a|an|and|of|to|with|from|this|our|your|their|are|were|we|they|or|by|at|be)"
    r"[ \n]+(\1)(?![\w'’-])",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"\b(?:(?:I|we)(?:'ve|’ve| have) attached|(?:see|find|open) (?:the )?attached"
    r"|attached (?:is|are|you|please|file|pdf|document|image)|(?:see|in|open) the attachments?"
    r"|attached to this (?:e-?mail|message|newsletter|issue))\b",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|\bcopyright\b)[ \ufffc]*(?:©[ \ufffc]*)?((?:19|20)\d\d)(?!\d)"
    r"(?:\s*[-–—]\s*(?:(?:19|20)?\d\d|today|present|now))?",
    re.IGNORECASE,
)
_SPAM = re.compile(
    r"\b(?:100% (?:free|guaranteed|satisfied)|act now|buy now|call now|cash bonus|click below"
    r"|congratulations,? you(?:'ve|’ve| have)? won|double your (?:income|money)|earn extra cash"
    r"|extra income|free money|get paid|guaranteed winner|increase sales|lose weight"
    r"|make \$\d+|miracle|money[- ]back guarantee|no (?:obligation|strings attached|catch)"
    r"|once in a lifetime|order now|risk[- ]free|satisfaction guaranteed|urgent response"
    r"|what are you waiting for|while supplies last|you(?:'re|’re| are) a winner)\b",
    re.IGNORECASE,
)


def _doubled(part: Part, _setting: Setting) -> Iterator[Remark]:
    prose = part.prose
    for match in _DOUBLED.finditer(prose.text):
        if match[1].isupper() or match[1].islower() != match[2].islower() == match[1].istitle():
            continue
        if match[1][0].isupper() and match[2][0].isupper():
            continue  # a name
        message = say("“{word}” stands twice.", word=match[1])
        gap = prose.span(match.end(1), match.end(2))
        repair = Repair(say("Remove the second"), gap, "") if "\n" not in match[0] else None
        yield Remark(prose.span(*match.span()), message, repair=repair)


def _until_now(part: Part, match: re.Match[str], setting: Setting) -> Repair:
    """The years up to this one; the first stays, as it says when the work came out."""
    years = f"{match[1]}–{setting.today.year}"
    return Repair(
        say("Make it {years}", years=years), part.prose.span(match.start(1), match.end()), years
    )


def _copyright(part: Part, setting: Setting) -> Iterator[Remark]:
    prose = part.prose
    for match in _COPYRIGHT.finditer(prose.text):
        years = re.findall(r"\d\d\d\d|\d\d|today|present|now", match[0][match[0].find(match[1]) :])
        last = years[-1]
        if last.isdigit() and int(last if len(last) == 4 else match[1][:2] + last) < (
            setting.today.year
        ):
            message = say(
                "The copyright line ends in the past; it is {year}.", year=setting.today.year
            )
            yield Remark(
                prose.span(*match.span()), message, repair=_until_now(part, match, setting)
            )


def _attached(part: Part, _setting: Setting) -> Iterator[Remark]:
    prose = part.prose
    for match in _ATTACHED.finditer(prose.text):
        message = say(
            "An attachment is mentioned, and newsletters carry none. Link to the file instead."
        )
        yield Remark(prose.span(*match.span()), message)


def _spam(part: Part, _setting: Setting) -> Iterator[Remark]:
    prose = part.prose
    for match in _SPAM.finditer(prose.text):
        message = say("Spam filters know “{words}” too well.", words=match[0])
        yield Remark(prose.span(*match.span()), message)


# The draft as a whole ---------------------------------------------------------------------------


def _paragraphs(part: Part) -> Fact | None:
    """Each long paragraph with its place."""
    if part.kind in ("html", "code", "front_matter", "definition", "table"):
        return None
    found = []
    for leaf in part.leaves:
        text = " ".join(leaf.inline.text.split())
        if len(text) >= _REPEATED_FROM:
            found.append((text.casefold(), leaf.span(0, len(leaf.inline.content))))
    return tuple(found) or None


def _repeated(
    facts: Facts, _frame: Frame, _setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    seen: set[str] = set()
    for part, fact in facts:
        assert isinstance(fact, tuple)  # noqa: S101 - what _paragraphs gathers
        for text, span in fact:
            if text in seen:
                yield part, Remark(span, say("This paragraph stands further up already."))
            seen.add(text)


def _words(part: Part) -> Fact | None:
    return part.words or None


def _length(facts: Facts, _frame: Frame, _setting: Setting) -> Iterator[tuple[Part | None, Remark]]:
    words = sum(fact for _, fact in facts if isinstance(fact, int))
    part = facts[0][0] if facts else None
    span = Span(0, 0, 0, len(part.lines[0]) if part else 0)
    if words < FEWEST_WORDS:
        message = say(
            "The issue has fewer than {least} words; filters distrust short mails.",
            least=FEWEST_WORDS,
        )
        yield part, Remark(span, message)
    elif words > MOST_WORDS:
        yield (
            part,
            Remark(
                span,
                say("The issue has {words} words: more than most readers will read.", words=words),
            ),
        )


RULES = (
    BlockRule(
        "text.doubled-word", Severity.WARNING, mark("“the the” and the like (English)."), _doubled
    ),
    DraftRule(
        "text.repeated",
        Severity.WARNING,
        mark("A long paragraph that stands twice."),
        _paragraphs,
        _repeated,
    ),
    DraftRule(
        "text.length",
        Severity.INFO,
        mark("Under 50 or over 5000 words."),
        _words,
        _length,
    ),
    BlockRule(
        "text.attachment",
        Severity.WARNING,
        mark("An attachment is mentioned: there is none."),
        _attached,
    ),
    BlockRule(
        "text.copyright", Severity.WARNING, mark("A copyright line of an earlier year."), _copyright
    ),
    BlockRule("text.spam", Severity.INFO, mark("A phrase that spam filters count."), _spam),
)
