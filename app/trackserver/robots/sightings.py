"""The tables of what robots use: networks, user agents, e-mail domains. They fill themselves.

Each look at the whole of an issue replaces that issue's sightings; the table ``robot`` is the sum
of all issues', kept by the difference.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from sqlalchemy import Connection, case, delete, insert, select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import robot, robot_sighting
from app.trackserver.words import Agent

_HUMAN, _MACHINE = int(Agent.HUMAN), int(Agent.MACHINE)


class What(IntEnum):
    """What of a robot was seen. Stored: never reuse a number."""

    NETWORK = 1
    """A /24 or /48."""
    USER_AGENT = 2
    DOMAIN = 3
    """Of the recipients: a gateway reads their mail first."""


@dataclass(slots=True)
class Sighting:
    """How often machines and people were seen with something.

    Attributes:
        first_at: Of the machines' hits; milliseconds UTC.
    """

    machines: int = 0
    humans: int = 0
    reasons: int = 0
    first_at: int = 0
    last_at: int = 0

    def see(self, at: int, agent: int, reasons: int) -> None:
        """Count a hit."""
        if agent == _HUMAN:
            self.humans += 1
        elif agent == _MACHINE:
            self.first_at = min(self.first_at or at, at)
            self.last_at = max(self.last_at, at)
            self.machines += 1
            self.reasons |= reasons


_NETWORK, _USER_AGENT, _DOMAIN = int(What.NETWORK), int(What.USER_AGENT), int(What.DOMAIN)

Place = tuple[int, str]
"""What, and the network, user agent or domain itself."""


@dataclass(slots=True)
class Sightings:
    """What was seen in one issue."""

    seen: dict[Place, Sighting] = field(default_factory=dict)

    def see(
        self,
        at: int,
        agent: int,
        reasons: int,
        network: str | None,
        user_agent: str | None,
        domain: str | None,
    ) -> None:
        """Take in a judged hit."""
        for what, key in ((_NETWORK, network), (_USER_AGENT, user_agent), (_DOMAIN, domain)):
            if key is None:
                continue
            sighting = self.seen.get((what, key))
            if sighting is None:
                sighting = self.seen[what, key] = Sighting()
            sighting.see(at, agent, reasons)

    def of_robots(self) -> dict[Place, Sighting]:
        """Only what some machine used: where people alone came from is nobody's business."""
        return {place: one for place, one in self.seen.items() if one.machines}


def replace(connection: Connection, database: Database, number: int, seen: Sightings) -> None:
    """Store an issue's sightings in place of its former ones, and correct the sums."""
    old = _stored(connection, number)
    new = seen.of_robots()
    connection.execute(delete(robot_sighting).where(robot_sighting.c.issue_id == number))
    if new:
        connection.execute(
            insert(robot_sighting),
            [{"issue_id": number, **_row(place, one, one)} for place, one in new.items()],
        )
    nothing = Sighting()
    changes = [
        _row(place, new.get(place, nothing), old.get(place, nothing))
        # Sorted: workers that judge two issues at once must not wait for each other.
        for place in sorted(old.keys() | new.keys())
        if old.get(place) != new.get(place)
    ]
    if changes:
        _add(connection, database, changes)
        connection.execute(delete(robot).where(robot.c.machines <= 0))


def _stored(connection: Connection, number: int) -> dict[Place, Sighting]:
    rows = connection.execute(select(robot_sighting).where(robot_sighting.c.issue_id == number))
    return {
        (row.kind, row.key): Sighting(
            row.machines, row.humans, row.reasons, row.first_at, row.last_at
        )
        for row in rows
    }


def _row(place: Place, one: Sighting, old: Sighting) -> dict[str, object]:
    """A row; its numbers are what ``one`` has more than ``old``, or its own for the same."""
    less = Sighting() if one is old else old
    span = one if one.machines else old
    return {
        "kind": place[0],
        "key": place[1],
        "machines": one.machines - less.machines,
        "humans": one.humans - less.humans,
        "reasons": one.reasons,
        "first_at": span.first_at,
        "last_at": span.last_at,
    }


def _add(connection: Connection, database: Database, changes: list[dict[str, object]]) -> None:
    statement = database.insert(robot)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[robot.c.kind, robot.c.key],
            set_={
                "machines": robot.c.machines + new.machines,
                "humans": robot.c.humans + new.humans,
                "reasons": robot.c.reasons.op("|")(new.reasons),
                "first_at": case(
                    (robot.c.first_at < new.first_at, robot.c.first_at), else_=new.first_at
                ),
                "last_at": case(
                    (robot.c.last_at > new.last_at, robot.c.last_at), else_=new.last_at
                ),
            },
        ),
        changes,
    )
