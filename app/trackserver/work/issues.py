"""Issues as the worker knows them, and their numbers in the change feed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, bindparam, select, update

from app.trackserver.mail.rewrite import RECIPIENT_PLACEHOLDER
from app.trackserver.store.schema import issue, link, publication
from app.trackserver.words import Mode

# Put together once: each IN, and each sum, leaves garbage behind.
_WANTED: BindParameter[int] = bindparam("wanted", expanding=True)
_CANARIES = select(link.c.issue_id, link.c.number).where(
    link.c.issue_id.in_(_WANTED), link.c.canary
)
_ISSUES = select(
    issue.c.id,
    issue.c.publication_id,
    issue.c.mode,
    issue.c.sent_at,
    issue.c.closed_at,
    issue.c.tail,
    issue.c.recipients,
    issue.c.strangers,
).where(issue.c.id.in_(_WANTED))
_NEXT_SEQ = (
    update(publication)
    .where(publication.c.id == bindparam("owner"))
    .values(seq=publication.c.seq + 1)
    .returning(publication.c.seq)
)
_SET_SEQ = update(issue).where(issue.c.id.in_(_WANTED)).values(seq=bindparam("taken"))


@dataclass(frozen=True, slots=True)
class IssueRow:
    """What the worker must know of an issue."""

    id: int
    publication: int
    mode: Mode
    sent_at: int | None
    closed: bool
    canaries: frozenset[int]
    signed: bool = False
    """Its recipients were uploaded: each URL names them with a signature, or nobody."""
    recipients: int = 0
    strangers: int = 0


def issues_of(connection: Connection, numbers: Collection[int]) -> dict[int, IssueRow]:
    """Issues by their number."""
    wanted = sorted(numbers)
    canaries: defaultdict[int, set[int]] = defaultdict(set)
    for row in connection.execute(_CANARIES, {"wanted": wanted}):
        canaries[row.issue_id].add(row.number)
    rows = connection.execute(_ISSUES, {"wanted": wanted})
    return {
        row.id: IssueRow(
            row.id,
            row.publication_id,
            Mode(row.mode),
            row.sent_at,
            row.closed_at is not None,
            frozenset(canaries[row.id]),
            row.tail == RECIPIENT_PLACEHOLDER,
            row.recipients or 0,
            row.strangers,
        )
        for row in rows
    }


def next_seqs(
    connection: Connection, issues: Mapping[int, IssueRow], touched: Collection[int]
) -> dict[int, int]:
    """Take the next number of each publication's change feed for these issues.

    From here to the end of the transaction no other can take one: numbers are in order of commits.
    """
    by_publication: defaultdict[int, list[int]] = defaultdict(list)
    for number in touched:
        by_publication[issues[number].publication].append(number)
    seqs: dict[int, int] = {}
    for owner in sorted(by_publication):
        numbers = sorted(by_publication[owner])
        seq = connection.execute(_NEXT_SEQ, {"owner": owner}).scalar_one()
        connection.execute(_SET_SEQ, {"wanted": numbers, "taken": seq})
        seqs.update(dict.fromkeys(numbers, int(seq)))
    return seqs
