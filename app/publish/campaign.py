"""What a publication tells the websites that its links lead to: patterns, filled in per issue."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from app.publish.links import Utm

FIELDS = {
    "slug": "the subject in lower case, with hyphens",
    "file": "the name of the draft's file",
    "date": "the day, as 2026-11-23",
    "year": "2026",
    "month": "11",
}
"""What can stand in a pattern, in braces."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_NO_WORD = re.compile(r"[^\w]+")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Issue:
    """What patterns are filled with."""

    subject: str = ""
    file: str = ""
    day: date | None = None


def filled(pattern: str, issue: Issue) -> str:
    """A pattern for one issue; what is not known stays as it is."""
    day = issue.day or date.today()
    values = {
        "slug": slug(issue.subject) or slug(issue.file),
        "file": slug(issue.file) or slug(issue.subject),
        "date": day.isoformat(),
        "year": f"{day:%Y}",
        "month": f"{day:%m}",
    }
    return _FIELD.sub(lambda found: values.get(found[1].strip(), found[0]), pattern).strip()


def unknown(pattern: str) -> list[str]:
    """The names in braces that nothing is known of."""
    return [name for name in _FIELD.findall(pattern) if name.strip() not in FIELDS]


def utm_of(source: str, medium: str, campaign: str, issue: Issue) -> Utm | None:
    """The parameters for one issue; None where all of them are empty."""
    made = Utm(filled(source, issue), filled(medium, issue), filled(campaign, issue))
    return made if made.pairs() else None


def slug(text: str) -> str:
    """Words as they can stand in an address: ``Übung macht!`` becomes ``ubung-macht``."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.replace("ß", "ss"))
        if not unicodedata.combining(letter)
    )
    return _NO_WORD.sub("-", unicodedata.normalize("NFC", plain).lower())[:_LONGEST].strip("-_")
