"""Edits made at the platform and ours, field by field and, where it is Markdown, line by line."""

from collections.abc import Mapping

from app.drafts.merge import merge
from app.handover.model import Changed, Choice, Conflict, Field, Fields, Handed
from app.lines import split_lines

ORDER = tuple(Field)


def same(one: str, other: str) -> bool:
    """Whether two texts are one to a reader: platforms trim, and end lines as they like."""
    return _plain(one) == _plain(other)


def differing(before: Fields, after: Fields) -> tuple[Changed, ...]:
    """The fields of ``after`` that ``before`` does not have like that, in their order."""
    return tuple(
        Changed(name, before.get(name), after[name])
        for name in ORDER
        if name in after and not same(before.get(name, ""), after[name])
    )


def joined(known: Handed, mine: Fields, theirs: Fields, *, markdown: bool) -> "Joined":
    """Three-way: what only one side changed is that side's; bodies of Markdown by lines.

    Args:
        known: What was handed over, with the draft as it was there then.
        mine: As our draft has the fields now.
        theirs: As the platform has them now.
        markdown: Whether the body is Markdown.
    """
    fields: dict[Field, str] = {}
    stuck: list[Field] = []
    for name, own in mine.items():
        there, base = theirs.get(name, ""), known.given.get(name)
        is_edited = name in known.kept or not same(there, known.there.get(name, ""))
        if base is not None and same(own, base):
            fields[name] = there
        elif not is_edited or same(own, there):
            fields[name] = own
        elif base is not None and name is Field.BODY and markdown:
            merged = merge(split_lines(base), split_lines(own), split_lines(there))
            fields[name] = "\n".join(merged.lines)
            if merged.conflicts:
                stuck.append(name)
        else:
            fields[name] = own
            stuck.append(name)
    return Joined(fields, tuple(stuck))


class Joined:
    """The fields of both; ``stuck`` are those that both changed, and differently."""

    def __init__(self, fields: Fields, stuck: tuple[Field, ...]) -> None:
        self.fields = fields
        self.stuck = stuck


def conflict(
    edited: tuple[Changed, ...],
    known: Handed,
    mine: Fields,
    theirs: Fields,
    both: Joined,
    *,
    markdown: bool,
) -> Conflict:
    """What the writer is to decide."""
    is_clean = not both.stuck
    choices = (Choice.MERGE,) if is_clean else ()
    return Conflict(
        edited=edited,
        base=known.given.get(Field.BODY, ""),
        mine=mine.get(Field.BODY, ""),
        theirs=theirs.get(Field.BODY, ""),
        merged=both.fields.get(Field.BODY, "") if is_clean else None,
        choices=(*choices, Choice.COPY, Choice.THEIRS),
        why_not="" if is_clean else _why_not(both.stuck, markdown=markdown),
    )


NAMES: Mapping[Field, str] = {
    Field.TITLE: "title",
    Field.SUBJECT: "subject",
    Field.PREVIEW: "preview text",
    Field.BODY: "text",
    Field.TEXT: "plain-text part",
    Field.SLUG: "address",
    Field.CANONICAL_URL: "canonical address",
    Field.COVER: "cover picture",
}
"""What the writer calls the fields."""


def _why_not(stuck: tuple[Field, ...], *, markdown: bool) -> str:
    if Field.BODY in stuck and not markdown:
        return (
            "The platform keeps HTML that is made from your draft, and both were changed: HTML "
            "cannot be joined with Markdown."
        )
    if Field.BODY in stuck:
        return "The same lines were changed here and there, and differently."
    names = " and the ".join(NAMES[name] for name in stuck)
    return f"The {names} was changed here and there, and differently."


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in split_lines(text)).strip()
