"""What is known of links and hosts from the issues that had them, and of a draft's own issue."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from app.engagement.matching import DraftText, Guess, Match, find, host_of, normal_link, sent
from app.engagement.model import Account, LinkRecord
from app.engagement.reports import words
from app.engagement.reports.figures import people
from app.engagement.reports.queries import LinkRow, link_rows
from app.engagement.store.reader import Reader, StoredIssue


@dataclass(frozen=True, slots=True)
class Record:
    """How a link or a host did.

    Attributes:
        issues: That had it.
        rate: Of an issue's openers those who clicked it: the mean of ``told`` uses where both are
            known; None where there is none.
        last: The subject of the newest issue that had it.
        last_at: When that was sent, milliseconds.
    """

    issues: int
    rate: float | None
    told: int
    last: str
    last_at: int | None


@dataclass(frozen=True, slots=True)
class IssueClicks:
    """The clicks of the issue that a draft became.

    Attributes:
        as_of: The server's time at which they held, milliseconds.
    """

    account: str
    issue: str
    subject: str
    links: tuple[LinkRow, ...]
    as_of: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """An issue that a draft may be the draft of: for the writer to say."""

    account: str
    issue: str
    subject: str
    sent_at: int | None
    guess: Guess


@dataclass(frozen=True, slots=True)
class Lore:
    """All of it.

    Attributes:
        links, hosts: By normalised address and by host.
        drafts: By the path of a draft that is an issue's.
        named: Drafts that are an issue's without doubt, and were not noted yet.
        questions: By path.
    """

    links: Mapping[str, Record] = field(default_factory=dict)
    hosts: Mapping[str, Record] = field(default_factory=dict)
    drafts: Mapping[str, IssueClicks] = field(default_factory=dict)
    named: Sequence[tuple[str, str, DraftText]] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)

    def facts(self, url: str) -> list[tuple[str, str]]:
        """A link's and its host's record as pairs of a name and words; none where none is known."""
        link = normal_link(url)
        host = host_of(link)
        found = []
        if link in self.links:
            found.append(("link", record_words(self.links[link])))
        own, other = self.links.get(link), self.hosts.get(host)
        if other is not None and (own is None or other.issues > own.issues):
            found.append((host, record_words(other)))
        return found


def lore(
    reader: Reader,
    accounts: Iterable[Account],
    said: Sequence[Match],
    drafts: Sequence[DraftText],
    missing: Collection[str] = (),
) -> Lore:
    """What is known.

    Args:
        reader: The store.
        accounts: Those that there are.
        said: What the writer said of drafts and issues.
        drafts: Those that are looked at.
        missing: Paths in ``said`` where there is no file any more: it may have another name now.
    """
    present = {account.id for account in accounts}
    issues = [each for each in reader.issues() if each.account in present]
    links = reader.links()
    of_links: defaultdict[str, list[_Use]] = defaultdict(list)
    of_hosts: defaultdict[str, list[_Use]] = defaultdict(list)
    for issue in issues:
        openers, who = people(issue.record.figures.openers)
        for link in links.get(issue.number, ()):
            clickers, of = people(link.clickers)
            rate = clickers / openers if clickers is not None and openers and of is who else None
            use = _Use(issue, rate)
            normal = normal_link(link.url)
            of_links[normal].append(use)
            of_hosts[host_of(normal)].append(use)
    own, named, questions = _of_drafts(issues, links, said, drafts, missing)
    return Lore(
        {link: _record(uses) for link, uses in of_links.items()},
        {host: _record(uses) for host, uses in of_hosts.items()},
        own,
        named,
        questions,
    )


def record_words(record: Record) -> str:
    """``Linked in 4 issues; 2.1 % of openers clicked on average; last in “…”, 2026-11-02``."""
    parts = [f"Linked in {record.issues} {'issue' if record.issues == 1 else 'issues'}"]
    if record.rate is not None:
        average = " on average" if record.told > 1 else ""
        parts.append(f"{words.percent(record.rate)} of openers clicked{average}")
    last = f"last in “{record.last}”" if record.last else "last"
    parts.append(f"{last}, {words.day(record.last_at)}" if record.last_at else last)
    return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class _Use:
    issue: StoredIssue
    rate: float | None


def _record(uses: Sequence[_Use]) -> Record:
    newest = uses[0].issue.record  # issues come newest first
    rates = [use.rate for use in uses if use.rate is not None]
    return Record(
        issues=len({use.issue.number for use in uses}),
        rate=fmean(rates) if rates else None,
        told=len(rates),
        last=newest.subject,
        last_at=newest.sent_at,
    )


def _of_drafts(
    issues: Sequence[StoredIssue],
    links: Mapping[int, Sequence[LinkRecord]],
    said: Sequence[Match],
    drafts: Sequence[DraftText],
    missing: Collection[str],
) -> tuple[dict[str, IssueClicks], list[tuple[str, str, DraftText]], dict[str, Question]]:
    """Each draft's issue; the newest where it was sent from several accounts."""
    own: dict[str, IssueClicks] = {}
    named: list[tuple[str, str, DraftText]] = []
    questions: dict[str, Question] = {}
    by_path = {draft.path: draft for draft in drafts}
    confirmed = {(each.account, each.issue): each.path for each in said if each.is_draft}
    known = set(confirmed.values())
    left = [draft for draft in drafts if draft.path not in known]
    for issue in issues:
        path = confirmed.get((issue.account, issue.record.id), "")
        if path in by_path:
            own.setdefault(path, _clicks(issue, links))
        elif left and (not path or path in missing):
            record = issue.record
            described = sent(
                issue.account,
                record.id,
                record.subject,
                [link.url for link in links.get(issue.number, ())],
                record.external_id,
            )
            finding = find(described, left, said)
            if finding.path:
                own.setdefault(finding.path, _clicks(issue, links))
                named.append((issue.account, record.id, by_path[finding.path]))
            for guess in finding.guesses[:1]:
                if guess.same_subject and guess.shared * 2 >= guess.of:
                    question = Question(
                        issue.account, record.id, record.subject, record.sent_at, guess
                    )
                    questions.setdefault(guess.path, question)
    return own, named, {path: each for path, each in questions.items() if path not in own}


def _clicks(issue: StoredIssue, links: Mapping[int, Sequence[LinkRecord]]) -> IssueClicks:
    record = issue.record
    found = link_rows(links.get(issue.number, ()))
    return IssueClicks(issue.account, record.id, record.subject, found, record.as_of)
