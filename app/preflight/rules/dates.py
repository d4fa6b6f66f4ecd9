"""Dates: weekdays that are not so, and days to come that are over. English, where certain."""

import re
from collections.abc import Iterator
from datetime import date

from app.preflight.finding import Remark, Severity
from app.preflight.rule import BlockRule, Setting
from app.preflight.snapshot import Part
from app.speech import mark, say

_DAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday"
_MONTH_NAMES = (
    "january february march april may june july august september october november december"
)
_DAYS, _MONTHS = _DAY_NAMES.split(), _MONTH_NAMES.split()
_DAY = r"(?P<weekday>" + "|".join(_DAYS) + ")"
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTHS)
_DATE = (
    rf"(?:(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month1>{_MONTH})\b(?:\.(?= ))?"
    rf"|(?P<month2>{_MONTH})\b(?:\.(?= ))? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)(?!\d|[:.]\d)"
    r"(?:,? (?P<year>20\d\d)(?!\d))?"
)
_WITH_WEEKDAY = re.compile(
    rf"\b(?:(?P<this>this|next|coming) )?{_DAY},? (?:the )?{_DATE}", re.IGNORECASE
)
_COMING = re.compile(
    rf"\b(?:join us|see you|register (?:by|before)|sign up (?:by|before)|apply (?:by|before)"
    rf"|rsvp by|until|deadline(?: is)?:?|ends|closes|starts|begins) (?:on )?(?:{_DAY},? )?"
    rf"(?:the )?{_DATE}",
    re.IGNORECASE,
)


def _weekday(part: Part, setting: Setting) -> Iterator[Remark]:
    prose = part.prose
    for match in _WITH_WEEKDAY.finditer(prose.text):
        wanted = _DAYS.index(match["weekday"].casefold())
        span = prose.span(*match.span())
        if match["year"]:
            day = _date(match, int(match["year"]))
            if day is None:
                yield Remark(span, say("There is no such day."))
            elif day.weekday() != wanted:
                name = _DAYS[day.weekday()].capitalize()
                yield Remark(span, say("That day is a {name}.", name=name))
        elif match["this"]:
            near = [_date(match, setting.today.year + more) for more in (-1, 0, 1)]
            days = [day for day in near if day is not None]
            if days and all(day.weekday() != wanted for day in days):
                nearest = min(days, key=lambda day: abs((day - setting.today).days))
                name = _DAYS[nearest.weekday()].capitalize()
                yield Remark(
                    span, say("That day is a {name} in {year}.", name=name, year=nearest.year)
                )


def _past(part: Part, setting: Setting) -> Iterator[Remark]:
    """Days to come that are over: with their year, or with a weekday that tells it."""
    prose = part.prose
    for pattern in (_WITH_WEEKDAY, _COMING):
        for match in pattern.finditer(prose.text):
            if pattern is _WITH_WEEKDAY and not match["this"]:
                continue
            day = _certain(match, setting.today)
            if day is not None and day < setting.today:
                ago = (setting.today - day).days
                message = say("That day is over: it was {ago} days ago.", ago=ago)
                if ago == 1:
                    message = say("That day is over: it was yesterday.")
                yield Remark(prose.span(*match.span()), message)


def _certain(match: re.Match[str], today: date) -> date | None:
    """The day that is meant, where its year is written or only one near year has that weekday."""
    if match["year"]:
        return _date(match, int(match["year"]))
    if not match["weekday"]:
        return None
    wanted = _DAYS.index(match["weekday"].casefold())
    near = [_date(match, today.year + more) for more in (-1, 0, 1)]
    fitting = [day for day in near if day is not None and day.weekday() == wanted]
    return fitting[0] if len(fitting) == 1 else None


def _date(match: re.Match[str], year: int) -> date | None:
    day = int(match["day1"] or match["day2"])
    name = (match["month1"] or match["month2"]).casefold()[:3]
    month = next(at for at, each in enumerate(_MONTHS, 1) if each.startswith(name))
    try:
        return date(year, month, day)
    except ValueError:
        return None


RULES = (
    BlockRule(
        "date.weekday",
        Severity.WARNING,
        mark("A date that falls on another weekday (English)."),
        _weekday,
    ),
    BlockRule(
        "date.past",
        Severity.WARNING,
        mark("“this Friday 3 March”, “register by …”, “ends …” with a day that is over (English)."),
        _past,
    ),
)
