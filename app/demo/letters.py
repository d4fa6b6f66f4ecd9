"""The issues that the demo's newsletter sent: subjects, texts, and when each went out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

HOUR = 3_600_000
DAY = 24 * HOUR
WEEK = 7 * DAY
MONDAY = 4 * DAY
"""The first Monday after 1970 began, milliseconds UTC."""

TOPICS = (
    "bread",
    "walking without a map",
    "letters that take a week",
    "the tide tables",
    "a desk by the window",
    "reading aloud",
    "the art of the footnote",
    "winter light",
    "old keyboards",
    "paper maps",
    "night trains",
    "repairing things",
    "a garden on a balcony",
    "the long way home",
    "handwriting",
    "small libraries",
    "gardens nobody planned",
    "radio after midnight",
    "the quiet car",
    "waiting",
    "marginalia",
    "second-hand books",
    "moss",
    "public benches",
    "the web before feeds",
    "clocks",
    "one good knife",
    "rain",
    "ferries",
    "forgotten websites",
    "learning a poem by heart",
    "slow software",
    "postcards",
    "the weather diary",
)
FORMS = (
    "{0}",
    "On {0}",
    "What I learnt from {0}",
    "In praise of {0}, and against hurry",
    "{0}: one long essay, nine links, and a poem for the weekend",
    "A few words about {0} before the holidays begin and nobody reads mail",
)
TITLES = ("a short history", "field notes", "the essay", "an interview", "how it is made",
          "photographs", "a reading list", "the argument against", "a letter from readers",
          "what nobody tells you", "an afternoon with", "the manual")  # fmt: skip
HOSTS = (
    ("https://longreads.example", 9),
    ("https://thecommonplace.example", 7),
    ("https://tidewater-review.example", 6),
    ("https://paper-and-string.example", 5),
    ("https://fieldnotes.example", 5),
    ("https://smallweb.example", 4),
    ("https://atlas-of-places.example", 4),
    ("https://radio-archive.example", 3),
    ("https://museum.example", 3),
    ("https://morningletter.example", 2),
    ("https://journal-of-rain.example", 2),
    ("https://videos.example", 2),
)
EVERGREENS = (
    ("/essay", "the essay that started this letter"),
    ("/essay#method", "its method, once more"),
    ("/picture.png", "the photograph of the ferry"),
    ("/slow", "a page that takes its time"),
)
"""Paths of the demo's own site that issues lead to again and again."""
LOST = (
    ("/ferry-timetable", "the ferry's winter timetable"),
    ("/lighthouse", "a talk with the last keeper of the light"),
    ("/maps/1911", "the coast in 1911, on nine sheets"),
)
"""Paths of pages that are no more, and their words."""
LOST_SHARE = 0.12
SLOTS = ((1, 7, 60), (3, 16, 20), (6, 9, 12), (4, 20, 5), (0, 6, 3))
"""Weekday (Monday is 0), hour UTC, and how many of a hundred issues go out then."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An issue as it was sent.

    Attributes:
        markdown: With front matter, as drafts have it.
        sent_at: Milliseconds UTC.
        quality, pull: How much more, or less, than an ordinary issue it was opened and clicked.
    """

    id: str
    subject: str
    markdown: str
    sent_at: int
    quality: float
    pull: float
    is_aggregate: bool = False
    bounces: bool = False
    complaints: bool = False


def letters(
    seed: int, now: int, weeks: int, samples: Sequence[tuple[str, str]], site: str
) -> list[Letter]:
    """One issue a week, oldest first.

    Args:
        seed: The same gives the same.
        now: Milliseconds UTC; the newest issue went out at seven, at least ten hours
            earlier.
        weeks: How many.
        samples: Subject and text of the newest ones, the newest last.
        site: Where the demo's own pages are.
    """
    draw = Random(f"{seed}:letters")  # noqa: S311 - a made-up world
    newest = (now - 17 * HOUR) // DAY * DAY + 7 * HOUR
    monday = (newest - MONDAY) // WEEK * WEEK + MONDAY
    subjects = _subjects(draw)
    made = []
    for ago in range(weeks - 1, -1, -1):
        weekday, hour, _ = draw.choices(SLOTS, [slot[2] for slot in SLOTS])[0]
        sent_at = newest if ago == 0 else monday - ago * WEEK + weekday * DAY + hour * HOUR
        if ago < len(samples):
            subject, markdown = samples[len(samples) - 1 - ago]
        else:
            subject = next(subjects)
            markdown = _text(draw, subject, site)
        quality = draw.lognormvariate(0, 0.13) * _slot(weekday, hour) * _length(subject)
        made.append(
            Letter(
                id=f"slow-web-{weeks - ago}",
                subject=subject,
                markdown=markdown,
                sent_at=sent_at,
                quality=quality * _season(sent_at),
                pull=draw.lognormvariate(0, 0.3),
                is_aggregate=ago == min(31, weeks - 2),
                bounces=ago == min(14, weeks - 3),
                complaints=ago == min(47, weeks - 4),
            )
        )
    return made


def _subjects(draw: Random) -> Iterator[str]:
    pairs = [(form, topic) for form in FORMS for topic in TOPICS]
    draw.shuffle(pairs)
    for form, topic in pairs:
        said = form.format(topic)
        yield said[0].upper() + said[1:]


def _text(draw: Random, subject: str, site: str) -> str:
    lines = [
        f'---\nsubject: "{subject}"\n---\n\n# {subject}\n',
        "Hello {{ subscriber.first_name | default: 'reader' }},\n",
        "this week I read less than I meant to, and remembered more. Here is what stayed.\n",
    ]
    evergreens = draw.sample(EVERGREENS, draw.choice((1, 1, 2)))
    for place in range(draw.randint(7, 12)):
        if place == 3:
            lines.append("## Also\n")
        if evergreens and draw.random() < 0.3:
            path, words = evergreens.pop()
            url = site + path
        else:
            url, words = _link(draw)
        lines.append(f"- [{words}]({url}): worth your time.\n")
    lines += _lost(subject, site)
    lines.append(
        f"The [archive of all issues]({site}/archive) has the rest. Leave\n"
        "[with one click]({{ unsubscribe_url }}).\n"
    )
    return "\n".join(lines)


def _lost(subject: str, site: str) -> Iterator[str]:
    """In some issues, a link to a page that there was then; the other chances stay as they are."""
    draw = Random(subject)  # noqa: S311 - a made-up world
    if draw.random() < LOST_SHARE:
        path, words = draw.choice(LOST)
        yield f"- [{words}]({site}{path}): while it lasts.\n"


def _link(draw: Random) -> tuple[str, str]:
    topic, title = draw.choice(TOPICS), draw.choice(TITLES)
    host = draw.choices(HOSTS, [each[1] for each in HOSTS])[0][0]
    slug = f"{topic} {title}".replace(" ", "-")
    return f"{host}/{slug}", f"{topic[0].upper()}{topic[1:]}: {title}"


def _slot(weekday: int, hour: int) -> float:
    return {(1, 7): 1.08, (3, 16): 0.95, (6, 9): 1.02, (4, 20): 0.8}.get((weekday, hour), 0.92)


def _length(subject: str) -> float:
    return 1.0 - 0.0045 * max(0, len(subject) - 42) - 0.008 * max(0, 14 - len(subject))


def _season(at: int) -> float:
    """Fewer read around the end of the year, and in August."""
    day = at // DAY % 365.25 - 0.25 * (at // (365 * DAY) % 4)
    if day > 352 or day < 4:
        return 0.66
    return 0.88 if 212 < day < 240 else 1.0
