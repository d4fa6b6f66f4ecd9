"""The clicks of an issue's links where they stand in its text."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.engagement.matching import normal_link
from app.engagement.reports.queries import LinkRow
from app.engagement.reports.words import UNKNOWN, number, percent
from app.speech import say

HEATS = 5
"""Steps from hardly clicked to the most clicked."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A link's figures at one place of the text.

    Attributes:
        link: Its number in the report.
        count: People who clicked, else clicks; None where neither is told.
        share: Of all clicks of the issue, 0 to 1.
        heat: 0 for none to `HEATS` - 1 for the most clicked.
        places: At how many places of the text the figures were counted together.
        title: All of it in words.
    """

    link: int
    count: int | None
    share: float | None
    heat: int
    places: int
    title: str

    @property
    def badge(self) -> str:
        """``12 · 18.1 %``; a dash for what is not told."""
        if self.share is None:
            return number(self.count)
        return f"{number(self.count)} · {percent(self.share)}"


def counted(link: LinkRow) -> int | None:
    """What stands beside a link: people, else clicks."""
    return link.clicks if link.clickers is None else link.clickers


def legend(links: Sequence[LinkRow]) -> str:
    """What the figures beside links are, in words."""
    if all(counted(link) is None for link in links):
        return ""
    if all(link.clickers is None for link in links):
        return say("Clicks · share of all clicks")
    if all(link.clicks is None for link in links):
        return say("How many clicked · share of all who did")
    return say("How many clicked · share of all clicks")


def spots(hrefs: Sequence[str], links: Sequence[LinkRow]) -> list[Spot | None]:
    """The figures for each of a text's links.

    Args:
        hrefs: The text's, in its order.
        links: The report's; of the same address in the order of their numbers.
    """
    pairs = _paired(hrefs, links)
    most = max((counted(link) or 0 for link in links), default=0)
    whole = sum(link.clicks or 0 for link in links)
    places: dict[int, int] = defaultdict(int)
    for link in pairs:
        if link is not None:
            places[link.number] += 1
    return [
        None if link is None else _spot(link, most, whole, places[link.number]) for link in pairs
    ]


def clicks_of(url: str, links: Sequence[LinkRow]) -> str:
    """A link's clicks in words; empty where it is not among an issue's links, or nothing is told.

    Args:
        url: As it stands in the text.
        links: The report's. Those of the same address are told one after the other.
    """
    whole = sum(link.clicks or 0 for link in links)
    for key in (_as_it_is, normal_link):
        found = [link for link in links if key(link.url) == key(url)]
        if found:
            told = [", ".join(_words(link, whole)) for link in found]
            return "; ".join(filter(None, told))
    return ""


def unplaced(found: Sequence[Spot | None], links: Sequence[LinkRow]) -> tuple[LinkRow, ...]:
    """The links that were clicked and are not in the text."""
    placed = {spot.link for spot in found if spot is not None}
    return tuple(link for link in links if link.number not in placed)


def _paired(hrefs: Sequence[str], links: Sequence[LinkRow]) -> list[LinkRow | None]:
    """By the address as it is, then by what platforms leave of it."""
    found: list[LinkRow | None] = [None] * len(hrefs)
    left = list(links)
    for key in (_as_it_is, normal_link):
        by_key = _grouped(left, key)
        open_places: defaultdict[str, list[int]] = defaultdict(list)
        for place, href in enumerate(hrefs):
            if found[place] is None:
                open_places[key(href)].append(place)
        for address, rows in by_key.items():
            for nth, place in enumerate(open_places.get(address, ())):
                if len(rows) == 1:
                    found[place] = rows[0]  # counted together, wherever it stands
                elif nth < len(rows):
                    found[place] = rows[nth]
        placed = {id(each) for each in found}
        left = [link for link in left if id(link) not in placed]
    return found


def _as_it_is(url: str) -> str:
    return url


def _grouped(links: Sequence[LinkRow], key: Callable[[str], str]) -> dict[str, list[LinkRow]]:
    grouped: defaultdict[str, list[LinkRow]] = defaultdict(list)
    for link in sorted(links, key=lambda each: each.number):
        grouped[key(link.url)].append(link)
    return dict(grouped)


def _spot(link: LinkRow, most: int, whole: int, places: int) -> Spot:
    count = counted(link)
    heat = 0
    if count and most:
        heat = max(1, min(HEATS - 1, round(count / most * (HEATS - 1))))
    words = _words(link, whole)
    if places > 1:
        words.append(say("counted together at {places} places", places=places))
    title = ", ".join(words) or say("clicks: {unknown}", unknown=UNKNOWN)
    return Spot(link.number, count, link.share, heat, places, title)


def _words(link: LinkRow, whole: int) -> list[str]:
    """People, clicks and share, as far as they are told; ``whole`` is all links' clicks."""
    words = []
    if link.clickers is not None:
        many = say("{n} people", n=number(link.clickers))
        words.append(say("1 person") if link.clickers == 1 else many)
    if link.clicks is not None:
        words.append(
            say("1 click") if link.clicks == 1 else say("{n} clicks", n=number(link.clicks))
        )
    if link.share is not None and link.clicks is not None:
        part, all_clicks = percent(link.share), number(whole)
        words.append(say("{share} of {n} clicks", share=part, n=all_clicks))
    return words
