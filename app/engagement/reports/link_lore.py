"""What is known of links and hosts from the issues that had them, and of a draft's own issue."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from app.engagement.matching import DraftText, Guess, Match, find, host_of, normal_link, sent
from app.engagement.model import Account, LinkRecord
from app.engagement.reports import words
from app.engagement.reports.click_map import clicks_of
from app.engagement.reports.figures import Ratio, held_until, known_readers, people
from app.engagement.reports.over_time import Clock, full_day
from app.engagement.reports.queries import LinkRow, link_rows
from app.engagement.store.reader import Reader, StoredIssue
from app.speech import say


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
class Use:
    """A link in an issue; ``rate`` is of its openers, None where it is not known."""

    issue: StoredIssue
    rate: float | None


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
        links, hosts: Where they were used, the newest first, by normalised address and by host.
        drafts: By the path of a draft that is an issue's.
        named: Drafts that are an issue's without doubt, and were not noted yet.
        questions: By path.
    """

    links: Mapping[str, Sequence[Use]] = field(default_factory=dict)
    hosts: Mapping[str, Sequence[Use]] = field(default_factory=dict)
    drafts: Mapping[str, IssueClicks] = field(default_factory=dict)
    named: Sequence[tuple[str, str, DraftText]] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)

    def facts(self, url: str, draft: str = "") -> list[tuple[str, str]]:
        """What is known of a link, as pairs of a name and words; none where nothing is.

        Args:
            url: The link's.
            draft: The path of the draft that it stands in: where that is an issue's, the clicks in
                it (``clicks``) are told apart from the record of the link (``link``) and of its
                host (the host's name), which are those of other issues.
        """
        link = normal_link(url)
        host = host_of(link)
        sent = self.drafts.get(draft)
        found = []
        if sent is not None and (told := clicks_of(url, sent.links)):
            found.append(("clicks", told))
        own = _record(_others(self.links.get(link, ()), sent))
        other = _record(_others(self.hosts.get(host, ()), sent))
        if own is not None:
            found.append(("link", record_words(own)))
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
    of_links: defaultdict[str, list[Use]] = defaultdict(list)
    of_hosts: defaultdict[str, list[Use]] = defaultdict(list)
    for issue in issues:
        readers, who = known_readers(issue.record.figures)
        for link in links.get(issue.number, ()):
            clickers, of = people(link.clickers)
            use = Use(issue, Ratio(clickers, readers, "openers").rate if of is who else None)
            normal = normal_link(link.url)
            of_links[normal].append(use)
            of_hosts[host_of(normal)].append(use)
    synced = {account: status.as_of for account, status in reader.statuses().items()}
    own, named, questions = _of_drafts(issues, links, synced, said, drafts, missing)
    return Lore(
        of_links,
        of_hosts,
        own,
        named,
        questions,
    )


def record_words(record: Record) -> str:
    """``Linked in 4 issues; 2.1 % of openers clicked on average; last in “…”, 2 Nov 2026``."""
    if record.issues == 1:
        parts = [say("Linked in 1 issue")]
    else:
        parts = [say("Linked in {n} issues", n=record.issues)]
    if record.rate is not None:
        rate = words.percent(record.rate)
        if record.told > 1:
            parts.append(say("{rate} of openers clicked on average", rate=rate))
        else:
            parts.append(say("{rate} of openers clicked", rate=rate))
    last = say("last in “{subject}”", subject=record.last) if record.last else say("last")
    day = f", {full_day(Clock().at(record.last_at))}" if record.last_at is not None else ""
    parts.append(f"{last}{day}")
    return "; ".join(parts)


def _others(uses: Sequence[Use], own: IssueClicks | None) -> list[Use]:
    """Those in other issues than the draft's own."""
    if own is None:
        return list(uses)
    return [
        use for use in uses if (use.issue.account, use.issue.record.id) != (own.account, own.issue)
    ]


def _record(uses: Sequence[Use]) -> Record | None:
    if not uses:
        return None
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
    synced: Mapping[str, int | None],
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
            own.setdefault(path, _clicks(issue, links, synced))
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
                own.setdefault(finding.path, _clicks(issue, links, synced))
                named.append((issue.account, record.id, by_path[finding.path]))
            for guess in finding.guesses[:1]:
                if guess.same_subject and guess.shared * 2 >= guess.of:
                    question = Question(
                        issue.account, record.id, record.subject, record.sent_at, guess
                    )
                    questions.setdefault(guess.path, question)
    return own, named, {path: each for path, each in questions.items() if path not in own}


def _clicks(
    issue: StoredIssue,
    links: Mapping[int, Sequence[LinkRecord]],
    synced: Mapping[str, int | None],
) -> IssueClicks:
    record = issue.record
    found = link_rows(links.get(issue.number, ()))
    return IssueClicks(issue.account, record.id, record.subject, found,
                       held_until(issue, synced.get(issue.account)))  # fmt: skip
