"""What was left in the text: notes to oneself, fillers, marks that were meant as Markdown."""

import re
from collections.abc import Iterator
from typing import cast

from app.markup import Span
from app.preflight.finding import Remark, Repair, Severity
from app.preflight.prose import code_spans
from app.preflight.rule import BlockRule, DraftRule, Fact, Facts, Setting
from app.preflight.snapshot import Frame, Part
from app.speech import mark, say

_TK = re.compile(r"(?<![\w./@#'’+&-])TK(?:TK)*(?![\w/@'’+&-]|\.\w)")
_TODO = re.compile(
    r"(?<![\w.#@/-])(?:TODO|FIXME|TBD|XXX)(?=\s?:(?!:))|\[(?:TODO|FIXME|TBD|TBA|XXX)\b[^\]\n]*\]"
    r"|(?:^|\n)[ \t]*(?:TODO|FIXME|XXX)\b(?!\s*(?:app|list|comments?)\b)"
)
_LOREM = re.compile(r"\blorem ipsum\b|\bdolor sit amet\b", re.IGNORECASE)
_FILL_IN = re.compile(
    r"\[(?:insert|add|your|put) [^\]\n]{2,60}\](?!\()|\b(?:INSERT|ADD) [A-Z]+(?: [A-Z]+)? HERE\b",
    re.IGNORECASE,
)
_STARS = re.compile(r"(?<![\w*])\*\*(?=[^\W\d])|(?<=[^\W\d])\*\*(?![\w*])|~~(?=\w)|(?<=\w)~~(?!~)")
_HEADING = re.compile(r"(?:^|\n)(#{2,6})(?=[^\W\d_])")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_FENCE_END = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*$")


def _prose_rule(pattern: re.Pattern[str], message: str, part: Part) -> Iterator[Remark]:
    prose = part.prose
    for match in pattern.finditer(prose.text):
        found = match[0]
        begin = match.start() + len(found) - len(found.lstrip())
        yield Remark(prose.span(begin, match.end()), message)


def _note(part: Part, _setting: Setting) -> Iterator[Remark]:
    message = say("A note to yourself was left here.")
    yield from _prose_rule(_TK, message, part)
    yield from _prose_rule(_TODO, message, part)


def _lorem(part: Part, _setting: Setting) -> Iterator[Remark]:
    yield from _prose_rule(_LOREM, say("This is filler text."), part)


def _fill_in(part: Part, _setting: Setting) -> Iterator[Remark]:
    yield from _prose_rule(
        _FILL_IN, say("This looks like a place that is still to be filled in."), part
    )


def _markdown(part: Part, _setting: Setting) -> Iterator[Remark]:
    if part.kind in ("html", "code", "front_matter"):
        return
    prose = part.prose
    for match in _STARS.finditer(prose.text):
        message = say(
            "Readers will see “{words}”: its partner is missing, or a blank is in the way.",
            words=match[0],
        )
        yield Remark(prose.span(*match.span()), message)
    for match in _HEADING.finditer(prose.text):
        span = prose.span(*match.span(1))
        end = prose.span(match.end(), match.end())
        repair = Repair(say("Put a blank after the signs"), end, " ")
        yield Remark(
            span, say("Without a blank after its signs this is no heading."), repair=repair
        )


def _control(part: Part, _setting: Setting) -> Iterator[Remark]:
    prose = part.prose
    for match in _CONTROL.finditer(prose.source):
        span = prose.span(*match.span())
        message = say(
            "An invisible control character (U+{code:04X}) stands here; some mail programs then"
            " cut or garble the mail.",
            code=ord(match[0]),
        )
        yield Remark(span, message, repair=Repair(say("Remove the character"), span, ""))


def _fence(part: Part, _setting: Setting) -> Iterator[Remark]:
    for token in part.tokens:
        if token.type != "fence" or not token.map or token.level:
            continue
        first, end = token.map
        last = part.lines[min(end, len(part.lines)) - 1]
        closing = _FENCE_END.match(last)
        if end - 1 == first or not closing or not closing[1].startswith(token.markup):
            message = say("This block of code is never closed: all that follows is shown as code.")
            yield Remark(part.span_of_line(first), message)


def _comment(part: Part, _setting: Setting) -> Iterator[Remark]:
    if part.kind != "html":
        return
    source = part.prose.source
    begin = source.rfind("<!--")
    if begin >= 0 and source.find("-->", begin) < 0:
        message = say("This comment is never closed: readers do not see what follows.")
        yield Remark(part.prose.span(begin, begin + 4), message)


def _deep(part: Part, _setting: Setting) -> Iterator[Remark]:
    if part.too_deep:
        message = say(
            "Lists or quotes nest too deep here: the deepest text is shown as plain text."
        )
        yield Remark(Span(0, 0, 0, len(part.lines[0])), message)


# Footnotes --------------------------------------------------------------------------------------

NotesOf = tuple[tuple[tuple[str, int], ...], tuple[tuple[str, Span], ...]]
_NOTE = re.compile(r"\[\^([^\]\s^\\]+)\](?!:)")


def _notes(part: Part) -> Fact | None:
    """The notes that a block has, and the references to notes in it, with their places."""
    opened = [token for token in part.tokens if token.type == "footnote_reference_open"]
    notes = tuple((str(token.meta["label"]), token.map[0] if token.map else 0) for token in opened)
    references: list[tuple[str, Span]] = []
    if "[^" in part.prose.source and part.kind not in ("code", "front_matter", "html"):
        code = code_spans(part)
        for match in _NOTE.finditer(part.prose.source):
            at = match.start()
            if not any(start <= at < end for start, end in code) and not _is_escaped(part, at):
                references.append((match[1], part.prose.span(*match.span())))
    return (notes, tuple(references)) if notes or references else None


def _is_escaped(part: Part, at: int) -> bool:
    return part.prose.source[at - 1 : at] == "\\"


def _dangling(
    facts: Facts, _frame: Frame, _setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    found: list[tuple[Part, NotesOf]] = [(part, cast("NotesOf", fact)) for part, fact in facts]
    notes = {label for _, (notes, _) in found for label, _ in notes}
    referred = {label for _, (_, references) in found for label, _ in references}
    for part, (own, references) in found:
        for label, span in references:
            if label not in notes:
                message = say("There is no note “{label}”: readers see the brackets.", label=label)
                yield part, Remark(span, message)
        for label, line in own:
            if label not in referred:
                message = say("Nothing refers to this note: the mail does not have it.")
                yield part, Remark(part.span_of_line(line), message)


RULES = (
    BlockRule("todo.note", Severity.ERROR, mark("TK, TODO:, FIXME: or [TBD] in the text."), _note),
    BlockRule("todo.lorem", Severity.ERROR, mark("Lorem ipsum."), _lorem),
    BlockRule(
        "todo.fill-in", Severity.WARNING, mark("“[insert name]”, “ADD LINK HERE”."), _fill_in
    ),
    BlockRule(
        "markup.leftover",
        Severity.WARNING,
        mark("“**”, “~~” or “##Title” that readers see."),
        _markdown,
    ),
    BlockRule(
        "markup.unclosed-code",
        Severity.WARNING,
        mark("A block of code that is never closed."),
        _fence,
    ),
    BlockRule(
        "markup.unclosed-comment", Severity.ERROR, mark("A comment that is never closed."), _comment
    ),
    BlockRule(
        "markup.too-deep", Severity.WARNING, mark("Lists or quotes that nest too deep."), _deep
    ),
    DraftRule(
        "markup.footnote",
        Severity.ERROR,
        mark("A reference to a note that is missing, or a note that nothing refers to."),
        _notes,
        _dangling,
    ),
    BlockRule(
        "text.control",
        Severity.ERROR,
        mark("Invisible control characters and lone surrogates."),
        _control,
    ),
)
