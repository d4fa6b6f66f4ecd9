"""Merge tags in the platform's own writing: those of others are translated, or refused by place.

Only what means the same everywhere is translated: a reader's name with something to fall back on,
the address, and the way out of the list.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.handover.model import TagError
from app.handover.text import Edit, edited
from app.markup import Document
from app.preflight import Platform, take
from app.preflight.rules.merge import Tag, in_text, is_known, tags_in, unclosed_in
from app.proof import Proof
from app.publish import letter_of
from app.publish.letter import PREHEADER_KEYS, SUBJECT_KEYS

_FALLBACK = re.compile(r"""(?:\|\s*default\s*:?|\bor\b|,)\s*["“']([^"”'{}<>]*)["”']""")
_GO_FALLBACK = re.compile(r"""\bdefault\s+["']([^"'{}<>]*)["']""")
_MEANINGS = (
    ("first_name", re.compile(
        r"first_name\b|FNAME$|subscriber\.metadata\.(?:first_?name|name)\b"
        r"|.*\.Subscriber\.FirstName\b", re.ASCII)),
    ("name", re.compile(r"name\b|.*\.Subscriber\.Name\b", re.ASCII)),
    ("email", re.compile(
        r"email$|EMAIL$|subscriber\.email(?:_address)?$|\.Subscriber\.Email$", re.ASCII)),
    ("unsubscribe", re.compile(
        r"unsubscribe_url$|UNSUB$|UnsubscribeURL(?:\s+\.)?$", re.ASCII)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a tag stands for; ``fallback`` is None where it has none."""

    what: str
    fallback: str | None


def translated(text: str, platform: Platform) -> str:
    """A draft whose tags are all of the platform's writing.

    Raises:
        TagError: one means nothing there; the message names its line and itself.
    """
    document = Document.from_text(text)
    snapshot = take(document, Proof(document))
    edits = []
    for part, start in zip(snapshot.parts, snapshot.starts, strict=True):
        for opening in () if platform is Platform.GHOST else unclosed_in(part):
            line = start + part.prose.span(*opening.span()).line + 1
            raise TagError(f"“{opening[0]}” opens a merge tag that is not closed.", line)
        for tag in in_text(part):
            span = part.prose.span(tag.start, tag.end)
            written = part.prose.source[tag.start : tag.end]
            line = start + span.line
            new = _in_the_writing_of(platform, tag, written, line + 1)
            if new != written:
                edits.append(Edit(line, span.column, start + span.end_line, span.end_column, new))
    _check_frame(document, platform)
    return edited(text, edits)


def line_translated(text: str, platform: Platform) -> str:
    """A subject or preview text. Raises TagError."""
    found = sorted(tags_in(text), key=lambda tag: tag.start)
    for tag in reversed(found):
        written = text[tag.start : tag.end]
        new = _in_the_writing_of(platform, tag, written, 0)
        text = text[: tag.start] + new + text[tag.end :]
    return text


def _check_frame(document: Document, platform: Platform) -> None:
    matter = document.front_matter
    letter = letter_of(document)
    for words, keys in ((letter.subject, SUBJECT_KEYS), (letter.preheader, PREHEADER_KEYS)):
        for tag in tags_in(words):
            line = _line_of(document, keys) if matter else 0
            _in_the_writing_of(platform, tag, words[tag.start : tag.end], line)


def _line_of(document: Document, keys: tuple[str, ...]) -> int:
    matter = document.front_matter
    for number, line in enumerate(document.lines[: matter.line_count if matter else 0]):
        if line.partition(":")[0].partition("=")[0].strip().lower() in keys:
            return number + 1
    return 0


def _in_the_writing_of(platform: Platform, tag: Tag, written: str, line: int) -> str:
    if is_known(tag, platform) and not (platform is Platform.GHOST and written[:1] == "{"):
        return written
    meaning = _meaning(tag, written)
    new = None if meaning is None else _written(meaning, platform)
    if new is None:
        name = _NAMES[platform]
        raise TagError(f"{name} does not know the merge tag {written}. {_HELP[platform]}", line)
    return new


_NAMES = {Platform.BUTTONDOWN: "Buttondown", Platform.GHOST: "Ghost", Platform.LISTMONK: "listmonk"}
_HELP = {
    Platform.BUTTONDOWN: "Its own tags look like {{ subscriber.email }}.",
    Platform.GHOST: 'Its own tags look like {first_name, "there"}.',
    Platform.LISTMONK: "Its own tags look like {{ .Subscriber.FirstName }}.",
}


def _meaning(tag: Tag, written: str) -> _Meaning | None:
    if tag.style == "statement":
        return None
    fallback = _FALLBACK.search(written) or _GO_FALLBACK.search(written)
    for what, pattern in _MEANINGS:
        if pattern.match(_bare(tag.inner)):
            return _Meaning(what, fallback[1] if fallback else None)
    return None


def _bare(inner: str) -> str:
    """A tag's name, without what is piped to it where that is a fallback."""
    name = inner.partition("|")[0].strip()
    return name.rpartition(" ")[2] if _GO_FALLBACK.match(name) else name


def _written(meaning: _Meaning, platform: Platform) -> str | None:
    """A meaning as the platform writes it; None where it cannot be said there."""
    return next(_spellings(meaning, platform), None)


def _spellings(meaning: _Meaning, platform: Platform) -> Iterator[str]:
    what, fallback = meaning.what, meaning.fallback
    is_name = what in ("first_name", "name")
    if platform is Platform.GHOST:
        name = {"unsubscribe": "unsubscribe_url"}.get(what, what)
        yield f'%%{{{name}, "{fallback}"}}%%' if is_name and fallback else f"%%{{{name}}}%%"
    elif platform is Platform.LISTMONK:
        path = {"first_name": ".Subscriber.FirstName", "name": ".Subscriber.Name",
                "email": ".Subscriber.Email", "unsubscribe": "UnsubscribeURL"}[what]  # fmt: skip
        yield (
            f'{{{{ {path} | default "{fallback}" }}}}'
            if is_name and fallback
            else (f"{{{{ {path} }}}}")
        )
    elif is_name and fallback:
        # Buttondown has no field for names: what writers keep them in is metadata of their own.
        yield f'{{{{ subscriber.metadata.{what}|default:"{fallback}" }}}}'
    elif not is_name:
        name = {"email": "subscriber.email", "unsubscribe": "unsubscribe_url"}[what]
        yield f"{{{{ {name} }}}}"
