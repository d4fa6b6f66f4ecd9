"""The head of a draft: front matter that is none, the language, the canonical address."""

import re
from collections import Counter
from collections.abc import Iterator

from app.linkcheck.urls import parse
from app.markup import Span
from app.preflight.finding import Remark, Repair, Severity
from app.preflight.rule import DraftRule, Fact, Facts, FrameRule, Platform, Setting
from app.preflight.snapshot import Frame, Part
from app.publish.letter import CANONICAL_KEYS, LANGUAGE_KEYS, UNDETERMINED
from app.speech import mark, say

_START = Span(0, 0, 0, 0)


def _unclosed(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    if frame.unclosed:
        fence = frame.unclosed[0].strip("\ufeff ")
        message = say(
            "The front matter is never closed: readers see it as text, and it gives no subject."
        )
        last, column = len(frame.unclosed) - 1, len(frame.unclosed[-1])
        at = Span(last, column, last, column)
        repair = Repair(say("Close it with “{fence}”", fence=fence), at, f"\n{fence}")
        yield Remark(Span(0, 0, 0, len(frame.unclosed[0])), message, repair=repair)


def _canonical(frame: Frame, _setting: Setting) -> Iterator[Remark]:
    place = frame.place(CANONICAL_KEYS)
    if place is None:
        return
    values = (frame.fields.get(key, "").strip() for key in CANONICAL_KEYS)
    url = parse(next(filter(None, values)))
    if url is None or url.is_private or "." not in url.host:
        message = say(
            "The canonical address is no full web address: search engines could not follow it."
        )
        yield Remark(place, message)


# The language -----------------------------------------------------------------------------------

_COMMON = {
    "da": "og det er en af til på ikke med den vi har som de jeg der et for men fra blev at i",
    "de": "der die das und ist nicht mit ein eine ich auf für den dem sich auch von wir zu im",
    "en": "the and of to is that it for with this you are was not have from but they we your",
    "es": "el los las que una por con del como más este pero su al muy está son fue hay lo",
    "fr": "le les des et est une dans pour que qui pas sur avec nous vous du au ce cette plus",
    "it": "il che di per non con del della sono è gli nel questo più alla anche ma si una da",
    "nb": "og det er en av til på ikke med den vi har som de jeg et for men fra ble å at i",
    "nl": "het een van en dat niet is op voor met zijn ook aan wij je maar naar bij deze nog",
    "pt": "os que uma para com não do da em mais dos das por ao ele seu pela são foi muito",
    "sv": "och att det som är en för på inte med av den vi ett till har om jag men från",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_LANGUAGES = {
    word: tuple(language for language, words in _WORDS.items() if word in words)
    for word in frozenset().union(*_WORDS.values())
}
"""The languages by each of their common words."""
_NAMES = {
    "da": mark("Danish"),
    "de": mark("German"),
    "en": mark("English"),
    "es": mark("Spanish"),
    "fr": mark("French"),
    "it": mark("Italian"),
    "nb": mark("Norwegian"),
    "nl": mark("Dutch"),
    "pt": mark("Portuguese"),
    "sv": mark("Swedish"),
}
_LETTERS = re.compile(r"[^\W\d_]+")
_FEWEST = 60
"""Words of a draft below which its language is not guessed."""
_SHARE, _LEAD = 0.18, 1.6
"""The share of common words that a text of a language has at least, and how many times as many it
has of its own as of any other's: so that a language that is not listed is taken for none."""


def _common(part: Part) -> Fact | None:
    """How many words a block has, and how many of them are common ones of each language."""
    if part.kind in ("code", "front_matter", "definition", "html"):
        return None
    words = _LETTERS.findall(part.prose.text.casefold())
    if not words:
        return None
    counts = Counter(
        language for word in words if word in _LANGUAGES for language in _LANGUAGES[word]
    )
    return len(words), tuple(counts.items())


def _language_of(facts: Facts) -> str | None:
    """The language that a text is in beyond doubt."""
    seen, counts = 0, Counter[str]()
    for _, fact in facts:
        assert isinstance(fact, tuple)  # noqa: S101 - what _common gathers
        seen += fact[0]
        for language, count in fact[1]:
            counts[language] += count
    (best, most), (_, next_most) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    sure = seen >= _FEWEST and most >= _SHARE * seen and most >= _LEAD * next_most
    return best if sure else None


_SAY_IT_THEMSELVES = frozenset([Platform.BUTTONDOWN, Platform.GHOST])
"""Their frame around the letter names the newsletter's language, chosen in its settings."""


def _language(facts: Facts, frame: Frame, setting: Setting) -> Iterator[tuple[Part | None, Remark]]:
    language = _language_of(facts)
    said = frame.letter.language
    if language is None or said.partition("-")[0].lower() == language:
        return
    name = say(_NAMES[language])
    title = say("Say that it is {language}", language=name)
    if said == UNDETERMINED:
        if setting.platform in _SAY_IT_THEMSELVES:
            return
        message = say(
            "The mail does not say that it is {language}: screen readers may read it aloud in"
            " another one.",
            language=name,
        )
        yield None, Remark(_START, message, repair=_said(frame, language, title))
        return
    place = frame.place(LANGUAGE_KEYS) or _START
    message = say("The head says “{said}”, but the text is {language}.", said=said, language=name)
    repair = Repair(title, place, language) if place != _START else None
    yield None, Remark(place, message, severity=Severity.WARNING, repair=repair)


def _said(frame: Frame, language: str, title: str) -> Repair | None:
    """A line of the front matter that says so, in its dialect."""
    if frame.unclosed or any(frame.fields.get(key) for key in LANGUAGE_KEYS):
        return None
    if not frame.head:
        return Repair(title, _START, f"---\nlang: {language}\n---\n\n")
    opening = frame.head[0].strip("\ufeff ")
    if opening == "+++":
        return Repair(title, Span(1, 0, 1, 0), f'lang = "{language}"\n')
    at = 1 if opening == "---" else 0
    return Repair(title, Span(at, 0, at, 0), f"lang: {language}\n")


RULES = (
    FrameRule(
        "head.unclosed",
        Severity.ERROR,
        mark("A front matter without its closing fence."),
        _unclosed,
    ),
    DraftRule(
        "head.language",
        Severity.INFO,
        mark("The language is not said, or another one than the text's."),
        _common,
        _language,
    ),
    FrameRule(
        "head.canonical",
        Severity.WARNING,
        mark("A canonical address that is no full web address."),
        _canonical,
    ),
)
