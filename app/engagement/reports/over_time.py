"""Opens and clicks over time: by hours and by days of the writer's clock, and by hour of the week.

What a platform lists are the hours in which something happened: those between are 0, those after
the figures' time are not known and not shown.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from app.engagement.model import Count, Dimension, Figures, SeriesPoint
from app.engagement.reports.charts import HeatMap, LineChart, Series, Stroke, Tick, Tone, Value
from app.engagement.reports.figures import Who
from app.speech import mark, say

HOUR = 3_600_000
FIRST_HOURS = 72
MOST_DAYS = 90
_QUIET_DAYS = 3
_WEEKDAYS = (
    mark("Mon"),
    mark("Tue"),
    mark("Wed"),
    mark("Thu"),
    mark("Fri"),
    mark("Sat"),
    mark("Sun"),
)
_MONTHS = (
    mark("Jan"),
    mark("Feb"),
    mark("Mar"),
    mark("Apr"),
    mark("May"),
    mark("Jun"),
    mark("Jul"),
    mark("Aug"),
    mark("Sep"),
    mark("Oct"),
    mark("Nov"),
    mark("Dec"),
)

Read = Callable[[Figures], int | None]


@dataclass(frozen=True, slots=True)
class OverTime:
    """What is known of an issue's course; None for what the platform does not tell."""

    hours: LineChart | None
    days: LineChart | None
    week: HeatMap | None


@dataclass(frozen=True, slots=True)
class Clock:
    """The writer's time. ``zone`` None is the computer's own."""

    zone: tzinfo | None = None

    def at(self, moment: int) -> datetime:
        """The writer's time at milliseconds since 1970."""
        utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)
        try:
            return utc.astimezone(self.zone)
        except OverflowError:  # at the end of the year 9999
            return utc

    def name(self, moment: int) -> str:
        """What the time is called, such as ``Europe/Berlin`` or ``CET (UTC+1)``."""
        found = self.at(moment)
        key: str | None = getattr(self.zone, "key", None)
        offset = found.utcoffset() or timedelta()
        minutes = round(offset.total_seconds() / 60)
        whole, rest = divmod(abs(minutes), 60)
        told = f"UTC{'-' if minutes < 0 else '+'}{whole}" + (f":{rest:02d}" if rest else "")
        if not minutes:
            return key or "UTC"
        return f"{key or found.tzname()} ({told})"


def over_time(
    splits: Mapping[Dimension, Sequence[SeriesPoint]],
    sent_at: int | None,
    as_of: int | None,
    who: Who,
    clock: Clock,
) -> OverTime:
    """The charts of an issue's course."""
    hours = {int(point.key): point.figures for point in splits.get(Dimension.HOUR, ())}
    lines = _lines(hours.values(), who)
    if hours and lines:
        return OverTime(
            hours=_by_hours(hours, lines, sent_at, as_of, clock),
            days=_by_days(_days_of(hours, clock), lines, as_of, clock, are_writers=True),
            week=_week(hours, lines[0], clock, sent_at, as_of),
        )
    days = {
        clock_day(int(point.key), UTC): [point.figures] for point in splits.get(Dimension.DAY, ())
    }
    lines = _lines((each[0] for each in days.values()), who)
    if not days or not lines:
        return OverTime(None, None, None)
    course = _by_days(days, lines, as_of, Clock(UTC), are_writers=False)
    return OverTime(None, course, None)


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    read: Read
    tone: Tone
    stroke: Stroke = Stroke.SOLID
    filled: bool = False


def _lines(told: Iterable[Figures], who: Who) -> list[_Line]:
    """What can be drawn: readers, each once, where the platform tells their first hits."""
    known = list(told)
    firsts = any((figures.openers.all or figures.clickers.all) for figures in known)

    def opens(figures: Figures) -> Count:
        return figures.openers if firsts else figures.opens

    def clicks(figures: Figures) -> Count:
        return figures.clickers if firsts else figures.clicks

    if who is Who.PEOPLE:
        lines = [
            _Line(say("Opened"), lambda each: opens(each).human, Tone.FIRST, filled=True),
            _Line(say("Clicked"), lambda each: clicks(each).human, Tone.SECOND),
        ]
    else:
        apart = [
            _Line(say("Privacy proxies"), lambda each: opens(each).privacy_proxy, Tone.QUIET,
                  Stroke.DASHED),
            _Line(say("Machines"), lambda each: opens(each).machine, Tone.QUIET, Stroke.DOTTED),
        ]  # fmt: skip
        lines = [
            _Line(say("Opened"), lambda each: opens(each).all, Tone.FIRST, filled=True),
            _Line(say("Clicked"), lambda each: clicks(each).all, Tone.SECOND),
            # Lines of those who did nothing would only be in the way.
            *(line for line in apart if _any(known, line.read)),
        ]
    return [line for line in lines if any(line.read(figures) is not None for figures in known)]


def _any(known: Iterable[Figures], read: Read) -> bool:
    return any(read(figures) for figures in known)


def _by_hours(
    hours: Mapping[int, Figures],
    lines: Sequence[_Line],
    sent_at: int | None,
    as_of: int | None,
    clock: Clock,
) -> LineChart:
    first = min(hours) if sent_at is None else min(sent_at - sent_at % HOUR, *hours)
    last = max(hours) if as_of is None else max(as_of - as_of % HOUR, min(hours))
    keys = [key for key in range(first, first + FIRST_HOURS * HOUR, HOUR) if key <= last]
    places = [clock.at(key) for key in keys]
    return LineChart(
        title=say("The first days, by hour"),
        name=say("Hour"),
        labels=_hour_labels(places),
        ticks=_hour_ticks(places),
        series=tuple(_series(line, [hours.get(key) for key in keys]) for line in lines),
        unfinished=as_of is not None and keys[-1] <= as_of < keys[-1] + HOUR,
        note=_firsts_note(hours.values(), clock.name(first)),
    )


def _by_days(
    days: Mapping[datetime, Sequence[Figures]],
    lines: Sequence[_Line],
    as_of: int | None,
    clock: Clock,
    *,
    are_writers: bool,
) -> LineChart:
    first, last = min(days), max(days)
    if as_of is not None:
        last = max(last, min(clock_day(as_of, clock.zone), last + timedelta(days=_QUIET_DAYS)))
    wanted = min((last.date() - first.date()).days + 1, MOST_DAYS)
    dates = [first.date() + timedelta(days=number) for number in range(wanted)]
    by_date = {each.date(): figures for each, figures in days.items()}
    today = None if as_of is None else clock_day(as_of, clock.zone).date()
    values = [by_date.get(each, ()) for each in dates]
    later = [figures for each, found in by_date.items() if each > dates[-1] for figures in found]
    return LineChart(
        title=say("By day"),
        name=say("Day"),
        labels=tuple(day_text(each) for each in dates),
        ticks=tuple(
            Tick(place, short_day(dates[place]))
            for place in range(0, wanted, max(1, -(-wanted // 8)))
        ),
        series=tuple(
            Series(line.name, tuple(_sum(line.read, each) for each in values), line.tone,
                   line.stroke, line.filled)
            for line in lines
        ),
        unfinished=today == dates[-1],
        note=_days_note(lines, later, clock, as_of, are_writers=are_writers),
    )  # fmt: skip


def _week(
    hours: Mapping[int, Figures], line: _Line, clock: Clock, sent_at: int | None, as_of: int | None
) -> HeatMap | None:
    found: list[list[int | None]] = [[None] * 24 for _ in range(7)]
    for key in _hours_of_week(min(hours) if sent_at is None else sent_at, as_of):
        place = clock.at(key)
        found[place.weekday()][place.hour] = 0
    for key, figures in hours.items():
        place = clock.at(key)
        before = found[place.weekday()][place.hour] or 0
        found[place.weekday()][place.hour] = before + (line.read(figures) or 0)
    if not any(map(any, found)):
        return None
    notes = [say("Hours are those of your clock: {zone}.", zone=clock.name(min(hours)))]
    notes += _halves_note(clock, min(hours))
    if any(value is None for row in found for value in row):
        notes.append(say("Hours that are still to come stand empty."))
    return HeatMap(
        title=say("When it was opened"),
        name=say("Weekday"),
        rows=tuple(say(day) for day in _WEEKDAYS),
        labels=tuple(f"{hour:02d}:00" for hour in range(24)),
        ticks=tuple(Tick(hour, f"{hour:02d}:00") for hour in range(0, 24, 3)),
        values=tuple(tuple(row) for row in found),
        thing=say("opens"),
        note=" ".join(notes),
    )


def _hours_of_week(first: int, as_of: int | None) -> range:
    """The hours from the sending on that there were; of a week all are alike."""
    start, week = first - first % HOUR, 7 * 24 * HOUR
    return range(start, start + week if as_of is None else min(start + week, as_of + 1), HOUR)


def _days_of(hours: Mapping[int, Figures], clock: Clock) -> dict[datetime, list[Figures]]:
    """Hours by the day of the writer that they belong to."""
    found: dict[datetime, list[Figures]] = {}
    for key, figures in hours.items():
        found.setdefault(clock_day(key, clock.zone), []).append(figures)
    return found


def clock_day(moment: int, zone: tzinfo | None) -> datetime:
    """The day that a moment belongs to in a zone, at midnight and without the zone."""
    found = Clock(zone).at(moment)
    return datetime(found.year, found.month, found.day)


def day_text(day: date) -> str:
    """``Tue 3 Feb``."""
    weekday = _WEEKDAYS[day.weekday()]
    return f"{say(weekday)} {short_day(day)}"


def full_day(day: date) -> str:
    """``3 Feb 2026``."""
    return f"{short_day(day)} {day.year}"


def month_text(day: date) -> str:
    """``Feb 2026``."""
    return f"{say(_MONTHS[day.month - 1])} {day.year}"


def short_day(day: date) -> str:
    """``3 Feb``."""
    return f"{day.day} {say(_MONTHS[day.month - 1])}"


def _hour_labels(places: Sequence[datetime]) -> tuple[str, ...]:
    """Each hour in full; of the two that are alike when clocks are set back, which it is."""
    labels = [f"{day_text(each)}, {each:%H:%M}" for each in places]
    twice = {label for label, times in Counter(labels).items() if times > 1}
    return tuple(
        f"{label} {each.tzname()}" if label in twice else label
        for label, each in zip(labels, places, strict=True)
    )


def _hour_ticks(places: Sequence[datetime]) -> tuple[Tick, ...]:
    """Midnights with their day, noons; of the first day and a half every third hour."""
    every = 3 if len(places) <= 36 else 12
    ticks = [Tick(0, f"{places[0]:%H:%M}")] if places else []
    for place, each in enumerate(places):
        if each.hour % every or place < 2:
            continue
        ticks.append(Tick(place, f"{each:%H:%M}" if each.hour else day_text(each)))
    return tuple(ticks)


def _series(line: _Line, told: Sequence[Figures | None]) -> Series:
    values: tuple[Value, ...] = tuple(
        0 if figures is None else line.read(figures) for figures in told
    )
    return Series(line.name, values, line.tone, line.stroke, line.filled)


def _sum(read: Read, told: Sequence[Figures]) -> int | None:
    """Of readers, too, since each counts in one hour alone."""
    known = [value for figures in told if (value := read(figures)) is not None]
    return sum(known) if known or not told else None


def _firsts_note(told: Iterable[Figures], zone: str) -> str:
    clock = say("Your clock: {zone}.", zone=zone)
    if any(figures.openers.all for figures in told):
        return say("Each reader counts once, at the first open and the first click.") + f" {clock}"
    return clock


def _halves_note(clock: Clock, moment: int) -> list[str]:
    """Where the writer's hours are not those that the platform counts by, as in India."""
    past = clock.at(moment - moment % HOUR).minute
    if not past:
        return []
    return [say("The platform counts by hours that begin {n} minutes past yours: each stands where"
                " it begins.", n=past)]  # fmt: skip


def _days_note(
    lines: Sequence[_Line],
    later: Sequence[Figures],
    clock: Clock,
    as_of: int | None,
    *,
    are_writers: bool,
) -> str:
    notes = []
    if later:
        opened = _sum(lines[0].read, later) or 0
        notes.append(
            say("After these {days} days: {opened} more opened.", days=MOST_DAYS, opened=opened)
        )
    if not are_writers:
        notes.append(say("Days are those of UTC, as the platform counts them."))
    elif as_of is not None:
        notes.append(say("Days are those of your clock: {zone}.", zone=clock.name(as_of)))
        notes += _halves_note(clock, as_of)
    return " ".join(notes)
