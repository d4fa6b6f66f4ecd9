"""``GET /v1/issues/{id}/pace``: how fast a sender may go on with an issue, and why.

All mails together have one control, and each large receiving domain its own. A domain in trouble is
limited by itself and taken out of the sample of all, so that one provider that defers does not stop
the others; complaints count for all, wherever they come from.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, select

from app.trackserver import reports
from app.trackserver.api.access import issue_of
from app.trackserver.api.keys import Scope
from app.trackserver.api.pacing import (
    FASTEST,
    LEAST_SAMPLE,
    SLOWEST,
    Control,
    Evidence,
    State,
    Totals,
    evidence,
    started,
    stepped,
)
from app.trackserver.reports import Freshness
from app.trackserver.store.database import Database
from app.trackserver.store.schema import pace, rollup
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.words import Agent, Dimension, Metric

MOST_DOMAINS = 50
EVERYBODY = ""
_TROUBLE = ("throttled", "paused")

Controls = dict[str, Control]


class DomainPace(msgspec.Struct, frozen=True):
    """What holds for one receiving domain; 0 recipients a minute means: pause."""

    domain: str
    state: State
    recipients_per_minute: int
    reasons: list[str]
    sample: Totals
    evidence: list[Evidence]


class Pace(msgspec.Struct, frozen=True):
    """What holds for all mails together, and the domains that are limited besides.

    Ask again after `ask_again_seconds`: nothing changes earlier.
    """

    issue: str
    state: State
    recipients_per_minute: int
    reasons: list[str]
    sample: Totals
    evidence: list[Evidence]
    domains: list[DomainPace]
    ask_again_seconds: float
    freshness: Freshness


class PaceQuery(msgspec.Struct, frozen=True):
    """The sender's own limits. Rates in recipients a minute."""

    start: Annotated[int, Meta(ge=10, le=1_000_000, description="The rate to begin with.")] = 100
    most: Annotated[int, Meta(ge=10, le=1_000_000, description="What the sender can do.")] = 10_000
    window: Annotated[int, Meta(ge=1, le=3600, description="Seconds between two decisions.")] = 60


def look(
    connection: Connection, database: Database, issue: int, query: PaceQuery, now: int
) -> Controls:
    """The controls of an issue now; decides anew where a window is over.

    The control of all mails is kept under the empty domain.
    """
    kept = _kept(connection, issue)
    if EVERYBODY in kept and now - kept[EVERYBODY].at < query.window * 1000:
        return kept
    connection.execute(
        database.insert(pace)
        .values(issue_id=issue, domain=EVERYBODY, state="")
        .on_conflict_do_nothing()
    )
    # Senders that ask at once decide once: the second finds what the first wrote.
    whole = (pace.c.issue_id == issue) & (pace.c.domain == EVERYBODY)
    connection.execute(select(pace.c.state).where(whole).with_for_update())
    kept = _kept(connection, issue)
    after = decided(kept, totals(connection, issue), query, now)
    changed = {domain: each for domain, each in after.items() if each != kept.get(domain)}
    for domain, control in sorted(changed.items()):
        state = msgspec.json.encode(control).decode()
        connection.execute(
            database.insert(pace)
            .values(issue_id=issue, domain=domain, state=state)
            .on_conflict_do_update(index_elements=["issue_id", "domain"], set_={"state": state})
        )
    return after


def decided(kept: Controls, found: Mapping[str, Totals], query: PaceQuery, now: int) -> Controls:
    """The controls one window later, each domain first and then all others together."""
    window = query.window * 1000
    whole = found.get(EVERYBODY, Totals())
    overall = kept.get(EVERYBODY)
    if overall is None:
        overall = started(now, float(min(query.start, query.most)), whole)
        # What was sent before anybody asked is evidence too.
        overall = msgspec.structs.replace(overall, totals=Totals(), at=now - window)
    after: Controls = {}
    for domain, total in found.items():
        if domain != EVERYBODY and total.attempts >= LEAST_SAMPLE:
            after[domain] = _of_domain(kept.get(domain), total, overall, now, window)
    apart = [domain for domain, control in after.items() if control.limited]
    before = _without(overall.totals, (kept[each].totals for each in apart if each in kept))
    rest = _without(whole, (found[each] for each in apart))
    control = msgspec.structs.replace(overall, totals=before)
    control = stepped(control, rest, now, window, float(query.most))
    unchanged = control.totals == before and rest != before
    control = msgspec.structs.replace(
        control,
        rate=min(control.rate, float(query.most)),
        totals=overall.totals if unchanged else whole,
    )
    after[EVERYBODY] = control
    return after


def totals(connection: Connection, issue: int) -> dict[str, Totals]:
    """What is known of an issue's mails, in all (under the empty key) and by receiving domain."""
    largest = (
        select(rollup.c.key)
        .where(
            rollup.c.issue_id == issue,
            rollup.c.dimension == Dimension.DOMAIN,
            rollup.c.metric.in_((Metric.SENT, Metric.DELIVERED, Metric.DEFERRED)),
            rollup.c.n >= LEAST_SAMPLE,
        )
        .order_by(rollup.c.n.desc())
        .limit(MOST_DOMAINS * 3)
    )
    keys = sorted({EVERYBODY, *connection.execute(largest).scalars()})
    query = select(rollup).where(
        rollup.c.issue_id == issue,
        rollup.c.dimension.in_((Dimension.TOTAL, Dimension.DOMAIN)),
        rollup.c.key.in_(keys),
    )
    figures: dict[str, dict[Metric, int]] = defaultdict(lambda: defaultdict(int))
    for row in connection.execute(query):
        metric = Metric(row.metric)
        # Robots read nothing: only people and their proxies count as openers.
        if metric is not Metric.OPENERS or row.agent != Agent.MACHINE:
            figures[row.key][metric] += row.n
    return {
        key: Totals(
            sent=n[Metric.SENT],
            delivered=n[Metric.DELIVERED],
            complaints=n[Metric.COMPLAINTS],
            permanent=n[Metric.HARD_BOUNCE] + n[Metric.REJECTED],
            temporary=n[Metric.DEFERRED] + n[Metric.SOFT_BOUNCE],
            openers=n[Metric.OPENERS] + n[Metric.INFERRED_OPENERS],
        )
        for key, n in figures.items()
    }


def _of_domain(
    control: Control | None, total: Totals, overall: Control, now: int, window: int
) -> Control:
    if control is None:
        # Judged at once by all that is known of it.
        control = started(now - window, overall.rate, Totals())
    if not control.limited:
        minutes = max(now - control.at, window) / 60_000
        observed = (total.attempts - control.totals.attempts) / minutes
        control = msgspec.structs.replace(control, rate=max(observed, SLOWEST))
    after = stepped(control, total, now, window, FASTEST)
    # A limit that was set stays until the domain may go as fast as all together.
    limited = after.state in _TROUBLE or (control.limited and after.rate < overall.rate)
    return msgspec.structs.replace(after, limited=limited)


def _without(whole: Totals, parts: Iterable[Totals]) -> Totals:
    rest = whole
    for part in parts:
        rest = msgspec.structs.replace(
            rest,
            sent=max(rest.sent - part.sent, 0),
            delivered=max(rest.delivered - part.delivered, 0),
            permanent=max(rest.permanent - part.permanent, 0),
            temporary=max(rest.temporary - part.temporary, 0),
        )
    return rest


def _kept(connection: Connection, issue: int) -> Controls:
    query = select(pace.c.domain, pace.c.state).where(pace.c.issue_id == issue)
    return {
        domain: msgspec.json.decode(state, type=Control)
        for domain, state in connection.execute(query)
        if state
    }


def _per_minute(control: Control) -> int:
    return 0 if control.state == "paused" else int(control.rate)


def shown(row: Row[Any], controls: Controls, query: PaceQuery, now: int, fresh: Freshness) -> Pace:
    """The controls as they are published."""
    overall = controls[EVERYBODY]
    return Pace(
        issue=row.public_id,
        state=overall.state,
        recipients_per_minute=_per_minute(overall),
        reasons=list(overall.reasons),
        sample=overall.totals,
        evidence=list(evidence(overall, overall.totals)),
        domains=[
            DomainPace(
                domain,
                control.state,
                _per_minute(control),
                list(control.reasons),
                control.totals,
                list(evidence(control, control.totals)),
            )
            for domain, control in sorted(controls.items())
            if control.limited
        ],
        ask_again_seconds=max(query.window - (now - overall.at) / 1000, 0.1),
        freshness=fresh,
    )


_TOTALS = Totals(sent=3000, delivered=2900, complaints=1, permanent=12, temporary=20, openers=310)
_EVIDENCE = [Evidence("permanent_failures", 12.0, 2912.0, 0.0041, 0.0024, 0.01)]


@endpoint(
    "GET",
    "/v1/issues/{id}/pace",
    scope=Scope.READ,
    summary="How fast to go on sending",
    query=PaceQuery,
    answers={200: Pace},
    example=Pace(
        "iss_nbswy3dpeb3w64tm", "accelerating", 3200, ["clean"], _TOTALS, _EVIDENCE,
        [DomainPace("slow.example", "throttled", 40, ["temporary_failures"], _TOTALS, _EVIDENCE)],
        42.0, Freshness(reports.moment(1_780_000_000_000), 0),
    ),
)  # fmt: skip
def get_pace(request: Request) -> Pace:
    """Slower or paused when complaints, permanent or temporary failures are surely above 0.1, 1 and
    5 %; twice as fast after each clean window. Domains that are not listed have no limit of their
    own. It needs the events `sent` and what became of the mails, from webhooks or reported.
    """
    query: PaceQuery = request.query
    services = request.services
    now = services.clock()
    spilled = services.inbox.spill.items()
    with services.database.reading() as connection:
        row = issue_of(connection, request.caller(), request.path["id"])
        controls = _kept(connection, row.id)
        fresh = reports.freshness(connection, now, spilled)
    if EVERYBODY not in controls or now - controls[EVERYBODY].at >= query.window * 1000:
        with services.database.writing() as connection:
            controls = look(connection, services.database, row.id, query, now)
    return shown(row, controls, query, now, fresh)


ENDPOINTS = (get_pace,)
