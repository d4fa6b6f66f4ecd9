"""Headings: screen readers and outlines go by them."""

from collections.abc import Iterator

from app.markup import Span
from app.preflight.finding import Remark, Severity
from app.preflight.rule import BlockRule, DraftRule, Fact, Facts, Setting
from app.preflight.snapshot import Frame, Part
from app.speech import mark, say


def _empty(part: Part, _setting: Setting) -> Iterator[Remark]:
    for heading in part.headings:
        line = part.lines[heading.line]
        if not heading.text and "![" not in line and "<" not in line and "{" not in line:
            yield Remark(part.span_of_line(heading.line), say("This heading is empty."))


def _levels(part: Part) -> Fact | None:
    return (
        tuple(
            (heading.level, Span(heading.line, 0, heading.line, len(part.lines[heading.line])))
            for heading in part.headings
        )
        or None
    )


def _skipped(
    facts: Facts, _frame: Frame, _setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    before = 0
    for part, fact in facts:
        assert isinstance(fact, tuple)  # noqa: S101 - what _levels gathers
        for level, span in fact:
            if before and level > before + 1:
                message = say(
                    "A heading of level {level} follows one of level {before}.",
                    level=level,
                    before=before,
                )
                yield part, Remark(span, message)
            before = level


RULES = (
    BlockRule("heading.empty", Severity.WARNING, mark("A heading without a text."), _empty),
    DraftRule(
        "heading.skipped",
        Severity.INFO,
        mark("A level is left out, as when a third-level heading follows a first-level one."),
        _levels,
        _skipped,
    ),
)
