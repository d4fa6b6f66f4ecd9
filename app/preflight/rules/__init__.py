"""All rules; a file holds those of one subject."""

from app.preflight.rule import Rule
from app.preflight.rules import (
    clients,
    colours,
    dates,
    head,
    headings,
    images,
    leftovers,
    links,
    merge,
    pages,
    size,
    subject,
    text,
)

RULES: tuple[Rule, ...] = (
    *subject.RULES,
    *head.RULES,
    *leftovers.RULES,
    *merge.RULES,
    *pages.RULES,
    *text.RULES,
    *dates.RULES,
    *links.RULES,
    *images.RULES,
    *headings.RULES,
    *colours.RULES,
    *clients.RULES,
    *size.RULES,
)
