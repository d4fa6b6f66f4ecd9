"""All rules; a file holds those of one subject."""

from app.preflight.rule import Rule
from app.preflight.rules import (
    clients,
    colours,
    dates,
    headings,
    images,
    leftovers,
    links,
    merge,
    size,
    subject,
    text,
)

RULES: tuple[Rule, ...] = (
    *subject.RULES,
    *leftovers.RULES,
    *merge.RULES,
    *text.RULES,
    *dates.RULES,
    *links.RULES,
    *images.RULES,
    *headings.RULES,
    *colours.RULES,
    *clients.RULES,
    *size.RULES,
)
