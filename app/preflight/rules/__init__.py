"""All rules; a file holds those of one subject."""

from app.preflight.rule import Rule
from app.preflight.rules import headings, leftovers, links, subject

RULES: tuple[Rule, ...] = (
    *subject.RULES,
    *leftovers.RULES,
    *links.RULES,
    *headings.RULES,
)
