"""An issue's HTML as the sender gave it, and its links where they stand in it."""

import zlib
from collections import defaultdict, deque
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from app.trackserver.mail.links import Found
from app.trackserver.mail.rewrite import Link
from app.trackserver.mail.tags import Attribute
from app.trackserver.store.database import Database
from app.trackserver.store.schema import issue_text, link

Placed = tuple[Link, Found]
_Spans = list[tuple[int, int]]


def text_of(connection: Connection, number: int) -> tuple[str, list[Placed]]:
    """An issue's HTML, and its links in the order of the text.

    The places are as they were found then: a link keeps its number whatever this version would
    find.
    """
    row = connection.execute(select(issue_text).where(issue_text.c.issue_id == number)).one()
    html = zlib.decompress(row.html).decode()
    places = msgspec.json.decode(row.places, type=list[tuple[int, _Spans]])
    query = select(link).where(link.c.issue_id == number, ~link.c.canary)
    stored = {each.number: each for each in connection.execute(query)}
    links = []
    for each, spans in places:
        url, text = stored[each].url, stored[each].text
        hrefs = tuple(_href(html, start, end) for start, end in spans)
        links.append((Link(each, url, text), Found(hrefs, url, text)))
    return html, links


def keep_text(
    connection: Connection, database: Database, number: int, html: str, links: Sequence[Placed]
) -> None:
    """Store an issue's HTML, in the place of what was there."""
    places = [
        (each.number, [(href.start, href.end) for href in found.hrefs]) for each, found in links
    ]
    values = {
        "html": zlib.compress(html.encode()),
        "places": msgspec.json.encode(places).decode(),
    }
    connection.execute(
        database.insert(issue_text)
        .values(issue_id=number, **values)
        .on_conflict_do_update(index_elements=["issue_id"], set_=values)
    )


def add_links(connection: Connection, number: int, links: Sequence[Link]) -> None:
    """Store new links of an issue."""
    if links:
        connection.execute(
            link.insert(),
            [
                {
                    "issue_id": number,
                    "number": each.number,
                    "url": each.url,
                    "text": each.text,
                    "canary": each.canary,
                }
                for each in links
            ],
        )


def canary_of(connection: Connection, number: int) -> Link | None:
    """The link that no person sees, if the issue has one."""
    query = select(link).where(link.c.issue_id == number, link.c.canary)
    row = connection.execute(query).one_or_none()
    return Link(row.number, row.url, "", canary=True) if row else None


def replace_links(
    connection: Connection, number: int, found: Sequence[Placed], now: int
) -> list[Placed]:
    """Give the links of another text their numbers: a link that was there keeps its own, also one
    that was there earlier; what is new gets a number that none ever had, for tokens of the others
    are out.
    """
    query = select(link).where(link.c.issue_id == number, ~link.c.canary).order_by(link.c.number)
    old = connection.execute(query).all()
    kept = kept_numbers(
        [(row.number, row.url, row.text) for row in old], [each for each, _ in found]
    )
    highest = connection.execute(
        select(func.coalesce(func.max(link.c.number), 0)).where(link.c.issue_id == number)
    ).scalar_one()
    placed: list[Placed] = []
    new: list[Link] = []
    for (each, at), same in zip(found, kept, strict=True):
        if same is None:
            highest += 1
            new.append(Link(highest, each.url, each.text))
        placed.append((Link(highest if same is None else same, each.url, each.text), at))
    add_links(connection, number, new)
    texts = {each.number: each.text for each, _ in placed}
    changes = [
        {
            "_number": row.number,
            "dropped_at": None if row.number in texts else (row.dropped_at or now),
            "text": texts.get(row.number, row.text),
        }
        for row in old
        if row.dropped_at is not None or texts.get(row.number) != row.text
    ]
    if changes:
        here = (link.c.issue_id == number) & (link.c.number == bindparam("_number"))
        connection.execute(
            update(link)
            .where(here)
            .values(dropped_at=bindparam("dropped_at"), text=bindparam("text")),
            changes,
        )
    return placed


def kept_numbers(old: Sequence[tuple[int, str, str]], new: Sequence[Link]) -> list[int | None]:
    """The old number of each new link: of the same address and words, else of the same address."""
    numbers: list[int | None] = [None] * len(new)
    taken: set[int] = set()
    for exact in (True, False):
        free: defaultdict[tuple[str, str], deque[int]] = defaultdict(deque)
        for number, url, text in old:
            if number not in taken:
                free[url, text if exact else ""].append(number)
        for place, each in enumerate(new):
            if numbers[place] is None and (same := free[each.url, each.text if exact else ""]):
                number = same.popleft()
                numbers[place] = number
                taken.add(number)
    return numbers


def _href(html: str, start: int, end: int) -> Attribute:
    return Attribute(html[start:end], start, end, html[start] if html[start] in "'\"" else "")
