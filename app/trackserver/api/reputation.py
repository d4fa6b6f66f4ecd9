"""Reputation: whether an address, a user agent or an e-mail domain is one that robots use.

The tables fill themselves from what the worker judges. A score is only as sure as what was seen:
the lower end of Wilson's interval for machines among all hits from there.
"""

import csv
import io
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, Select, func, select
from starlette.responses import Response

from app.trackserver.api.access import moment
from app.trackserver.api.answers import cached, packed
from app.trackserver.api.keys import Key, Scope
from app.trackserver.api.pacing import wilson
from app.trackserver.robots.agents import LONGEST, judge
from app.trackserver.robots.networks import network_of
from app.trackserver.robots.sightings import What
from app.trackserver.store.schema import issue, robot, robot_sighting
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.words import Agent, Reason

WhatWord = Literal["network", "user_agent", "domain"]
Verdict = Literal["person", "unclear", "robot"]

ROBOT_FROM = 0.8
UNCLEAR_FROM = 0.4
# How much each tells of who is behind a request: scanners rent networks, look like browsers, and
# read the mail of people with an honest address.
_WEIGHTS = {What.NETWORK: 0.9, What.USER_AGENT: 0.6, What.DOMAIN: 0.2}
_WORDS: dict[int, WhatWord] = {
    int(What.NETWORK): "network",
    int(What.USER_AGENT): "user_agent",
    int(What.DOMAIN): "domain",
}
_NUMBERS = {word: number for number, word in _WORDS.items()}
_SAYS_SO = 0.95


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is at the door; whatever is known of them. Nothing of it is stored."""

    address: Annotated[str, Meta(max_length=45, description="IPv4 or IPv6.")] | None = None
    user_agent: Annotated[str, Meta(max_length=4096)] | None = None
    email_domain: Annotated[str, Meta(max_length=253)] | None = None


class Finding(msgspec.Struct, frozen=True):
    """What one part of the question tells. `score` from 0 (a person) to 1 (a robot)."""

    what: WhatWord
    key: str
    score: float
    reasons: list[str]
    machines: int
    humans: int


class Reputation(msgspec.Struct, frozen=True):
    """All findings together: the more that speak for a robot, the surer."""

    score: float
    verdict: Verdict
    findings: list[Finding]
    unreadable: list[str]
    """Parts of the question that are not what they should be."""


class Robot(msgspec.Struct, frozen=True):
    """Something that robots were seen to use, and how often people were seen with it."""

    what: WhatWord
    key: str
    machines: int
    humans: int
    reasons: list[str]
    first_at: datetime
    last_at: datetime


class Robots(msgspec.Struct, frozen=True):
    """A page of the table; `after` asks for the next, null on the last."""

    robots: list[Robot]
    after: str | None


class RobotQuery(msgspec.Struct, frozen=True):
    """Which table, and how far."""

    what: WhatWord = "network"
    after: Annotated[str, Meta(max_length=LONGEST, description="The last key before.")] | None = (
        None
    )
    limit: Annotated[int, Meta(ge=1, le=100_000)] = 10_000


def judged(connection: Connection, key: Key, question: Question) -> Reputation:
    """What the tables and the user agent itself tell.

    The score is made of what all publications saw, the numbers are of those that the key may see.
    """
    findings: list[Finding] = []
    unreadable: list[str] = []
    if question.address is not None:
        network = network_of(question.address)
        if network is None:
            unreadable.append("address")
        else:
            findings.append(_seen(connection, key, What.NETWORK, network))
    if question.user_agent is not None:
        findings.append(_of_user_agent(connection, key, question.user_agent[:LONGEST]))
    if question.email_domain is not None:
        domain = question.email_domain.strip().lower().rstrip(".")
        findings.append(_seen(connection, key, What.DOMAIN, domain))
    person = 1.0
    for finding in findings:
        person *= 1.0 - finding.score
    score = round(1.0 - person, 3)
    verdict: Verdict = (
        "robot" if score >= ROBOT_FROM else "unclear" if score >= UNCLEAR_FROM else "person"
    )
    return Reputation(score, verdict, findings, unreadable)


def _of_user_agent(connection: Connection, key: Key, text: str) -> Finding:
    found = judge(text)
    seen = _seen(connection, key, What.USER_AGENT, text)
    if found.agent != Agent.MACHINE:
        return seen
    reasons = sorted({*seen.reasons, *Reason(found.flags).words})
    return msgspec.structs.replace(seen, score=max(seen.score, _SAYS_SO), reasons=reasons)


def _seen(connection: Connection, key: Key, what: What, place: str) -> Finding:
    query = select(robot).where(robot.c.kind == int(what), robot.c.key == place)
    row = connection.execute(query).one_or_none()
    if row is None:
        return Finding(_WORDS[int(what)], place, 0.0, [], 0, 0)
    sure = wilson(row.machines, row.machines + row.humans)[0]
    score = round(sure * _WEIGHTS[what], 3)
    words = list(Reason(row.reasons).words)
    machines, humans = row.machines, row.humans
    if key.publication_id is not None:
        own = _of_publication(key.publication_id, int(what), place)
        mine = connection.execute(select(own.c.machines, own.c.humans)).one_or_none()
        machines, humans = (int(mine[0]), int(mine[1])) if mine else (0, 0)
    return Finding(_WORDS[int(what)], place, score, words, machines, humans)


def page(connection: Connection, key: Key, query: RobotQuery) -> tuple[list[Robot], str | None]:
    """One table, as far as the key may see it, by its keys."""
    table = robot if key.publication_id is None else _of_publication(key.publication_id)
    c = table.c
    statement = select(table).where(c.kind == _NUMBERS[query.what]).order_by(c.key)
    if query.after is not None:
        statement = statement.where(c.key > query.after)
    rows = list(connection.execute(statement.limit(query.limit + 1)))
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    return [_shown(row) for row in rows], rows[-1].key if more else None


def _of_publication(number: int, kind: int | None = None, place: str | None = None) -> Any:
    """The sum of one publication's issues: nobody sees where another's readers are."""
    c = robot_sighting.c
    summed: Select[Any] = (
        select(
            c.kind,
            c.key,
            func.sum(c.machines).label("machines"),
            func.sum(c.humans).label("humans"),
            func.max(c.reasons).label("reasons"),
            func.min(c.first_at).label("first_at"),
            func.max(c.last_at).label("last_at"),
        )
        .join(issue, issue.c.id == c.issue_id)
        .where(issue.c.publication_id == number)
        .where(*([] if place is None else [c.kind == kind, c.key == place]))
        .group_by(c.kind, c.key)
    )
    return summed.subquery()


def _shown(row: Row[Any]) -> Robot:
    return Robot(
        _WORDS[row.kind],
        row.key,
        int(row.machines),
        int(row.humans),
        list(Reason(row.reasons).words),
        moment(row.first_at),
        moment(row.last_at),
    )


def _cell(text: str) -> str:
    # A spreadsheet would run what begins like a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


_EXAMPLE = Robot(
    "network", "192.0.2.0/24", 812, 3, ["link_burst", "many_networks"],
    moment(1_780_000_000_000), moment(1_780_600_000_000),
)  # fmt: skip


@endpoint(
    "POST",
    "/v1/reputation",
    scope=Scope.REPUTATION,
    summary="Whether somebody is likely a robot",
    body=Question,
    answers={200: Reputation},
    example=Reputation(
        0.83, "robot",
        [Finding("network", "192.0.2.0/24", 0.83, ["link_burst"], 812, 3)], [],
    ),
    body_example=Question("192.0.2.7", "Mozilla/5.0 …", "example.com"),
)  # fmt: skip
def judge_reputation(request: Request) -> Reputation:
    """For a sign-up form, for instance. What nothing is known of counts as a person."""
    with request.services.database.reading() as connection:
        return judged(connection, request.caller(), request.body)


@endpoint(
    "GET",
    "/v1/robots",
    scope=Scope.REPUTATION,
    summary="The tables of what robots use",
    query=RobotQuery,
    answers={200: Robots, 304: None},
    example=Robots([_EXAMPLE], None),
)
def list_robots(request: Request) -> Response:
    """By key. A key of one publication sees what that one's issues brought."""
    with request.services.database.reading() as connection:
        found, after = page(connection, request.caller(), request.query)
    return cached(request, Robots(found, after))


@endpoint(
    "GET",
    "/v1/robots.csv",
    scope=Scope.REPUTATION,
    summary="The same as CSV",
    query=RobotQuery,
    answers={200: "text/csv"},
)
def export_robots(request: Request) -> Response:
    """With a header line; what a spreadsheet would take for a formula is quoted."""
    with request.services.database.reading() as connection:
        found, _ = page(connection, request.caller(), request.query)
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(("what", "key", "machines", "humans", "reasons", "first_at", "last_at"))
    for each in found:
        reasons = " ".join(each.reasons)
        times = (each.first_at.isoformat(), each.last_at.isoformat())
        lines.writerow((each.what, _cell(each.key), each.machines, each.humans, reasons, *times))
    return packed(request, text.getvalue().encode(), "text/csv; charset=utf-8", {})


ENDPOINTS = (judge_reputation, list_robots, export_robots)
