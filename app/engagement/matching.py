"""Which draft is which sent issue: by an id that the draft names, else by subject and links, which
is a guess that the writer confirms once.

Nothing here reads a file: drafts come as `DraftText`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import parse_qsl, urlencode, urlsplit

WORTH_ASKING = 0.5
"""Score from which a draft is proposed."""
SAME = 0.8
"""Likeness from which a draft is the one that was confirmed, under another name."""
LEAD = 0.2
"""By which the likeness of any other draft has to be less."""
MOST_GUESSES = 5

_SUBJECT, _LINKS = 0.45, 0.55
"""What a whole likeness of each adds to the score."""
_ALONE = 0.6
"""What a whole likeness of the subject is worth where no link can be compared."""

_IN_NONE = 4
"""A link that no draft has counts as if so many had it."""

_ID_KEYS = frozenset(
    ("id", "uuid", "issue_id", "email_id", "post_id", "campaign_id", "external_id", "sendoff_id",
     "buttondown_id", "ghost_id", "listmonk_id", "message_id")
)  # fmt: skip
_COUNTED_KEYS = frozenset(("campaign_id", "listmonk_id"))
"""Keys whose value may be a short number: elsewhere that is rather the issue's own number."""
_SHORTEST_ID = 8
_SUBJECT_KEYS = ("subject", "title")
_HEADING = re.compile(r"^#{1,2}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_URL = re.compile(r"https?://[^\s<>()\[\]\"'`|]+")
_MOST_LINKS = 2_000


@dataclass(frozen=True, slots=True)
class DraftText:
    """What of a draft can be compared.

    Attributes:
        subjects: What its issue may be called: subject, title, first heading.
        links: Normalised, each once, in the order of the text.
        ids: Ids that its front matter names, by key.
    """

    path: str
    subjects: tuple[str, ...]
    links: tuple[str, ...]
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """What of a sent issue can be compared."""

    account: str
    id: str
    subject: str
    links: tuple[str, ...]
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What the writer said of an issue and a draft.

    Attributes:
        is_draft: False: it is not its draft, and is not proposed again.
        links: Of the draft when it was said, so that it is known again under another name.
    """

    account: str
    issue: str
    path: str
    is_draft: bool
    subject: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """A draft that may be an issue's, and why, in figures.

    Attributes:
        score: 0 to 1.
        same_subject: Word for word.
        shared, of: How many of the issue's links the draft has.
    """

    path: str
    score: float
    same_subject: bool
    shared: int
    of: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Where an issue's draft is.

    Attributes:
        path: The draft, where there is no doubt; empty otherwise.
        is_moved: It was confirmed under another path, which is to be kept.
        guesses: What to ask the writer about, the likeliest first; none where ``path`` is known.
    """

    path: str = ""
    is_moved: bool = False
    guesses: tuple[Guess, ...] = ()


def draft_text(path: str, fields: Mapping[str, str], text: str) -> DraftText:
    """Describe a draft by its front matter and its text."""
    subjects = [fields.get(key, "") for key in _SUBJECT_KEYS]
    heading = _HEADING.search(text)
    subjects.append(heading[1] if heading else "")
    found: dict[str, None] = {}
    for match in _URL.finditer(text):
        found[normal_link(match[0].rstrip(".,;:!?*_"))] = None
        if len(found) >= _MOST_LINKS:
            break
    ids = {key: fields[key].strip() for key in _ID_KEYS if fields.get(key, "").strip()}
    words = tuple(dict.fromkeys(each for each in map(normal_subject, subjects) if each))
    return DraftText(path, words, tuple(found), ids)


def sent(account: str, issue: str, subject: str, links: Iterable[str], external: str = "") -> Sent:
    """Describe a sent issue by what was synced of it."""
    found = dict.fromkeys(normal_link(each) for each in links)
    return Sent(account, issue, normal_subject(subject), tuple(found), external)


def find(issue: Sent, drafts: Sequence[DraftText], said: Iterable[Match]) -> Finding:
    """The issue's draft: what the writer confirmed, else by id, else guesses to ask about."""
    said = [each for each in said if each.account == issue.account]
    mine = [each for each in said if each.issue == issue.id]
    confirmed = next((each for each in mine if each.is_draft), None)
    refused = {each.path for each in mine if not each.is_draft}
    taken = {each.path for each in said if each.is_draft and each.issue != issue.id}
    if confirmed is not None:
        if any(draft.path == confirmed.path for draft in drafts):
            return Finding(confirmed.path)
        moved = _moved(confirmed, [each for each in drafts if each.path not in taken])
        if moved:
            return Finding(moved, is_moved=True)
    free = [each for each in drafts if each.path not in refused | taken]
    named = [draft.path for draft in free if _names(draft, issue)]
    if len(named) == 1:
        return Finding(named[0])
    if named:
        free = [draft for draft in free if draft.path in named]
    guesses = sorted(
        (guess for guess in _guesses(issue, free, drafts) if named or guess.score >= WORTH_ASKING),
        key=lambda guess: (-guess.score, guess.path),
    )
    return Finding(guesses=tuple(guesses[:MOST_GUESSES]))


def normal_subject(text: str) -> str:
    """A subject without what differs by chance: case, blanks, quotation marks, an ending."""
    plain = re.sub(r"[“”„\"'’‘*_`]", "", text).casefold()
    return " ".join(plain.split()).strip(" .!…")


def normal_link(url: str) -> str:
    """An address without what differs between a draft and what was sent."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith("utm_") and name.lower() not in ("ref", "fbclid", "gclid")
    ]
    asked = f"?{urlencode(query)}" if query else ""
    return f"{host}{port}{parts.path.rstrip('/')}{asked}"


def host_of(normal: str) -> str:
    """The host of a normalised link."""
    return re.split(r"[/?]", normal, maxsplit=1)[0]


def _names(draft: DraftText, issue: Sent) -> bool:
    wanted = {each for each in (issue.id, issue.external_id) if each}
    return any(
        value in wanted and (len(value) >= _SHORTEST_ID or key in _COUNTED_KEYS)
        for key, value in draft.ids.items()
    )


def _moved(match: Match, drafts: Sequence[DraftText]) -> str:
    """The one draft that is like the confirmed one was; empty where that is in doubt."""
    likeness = sorted(((_likeness(match, draft), draft.path) for draft in drafts), reverse=True)
    if not likeness or likeness[0][0] < SAME:
        return ""
    second = likeness[1][0] if len(likeness) > 1 else 0.0
    return likeness[0][1] if likeness[0][0] - second >= LEAD else ""


def _likeness(match: Match, draft: DraftText) -> float:
    same = float(match.subject in draft.subjects) if match.subject else 0.0
    before, now = set(match.links), set(draft.links)
    if not before:
        return 0.0  # a subject alone may stand above next month's draft, too
    return _SUBJECT * same + _LINKS * len(before & now) / len(before | now)


def _guesses(
    issue: Sent, free: Iterable[DraftText], drafts: Sequence[DraftText]
) -> Iterable[Guess]:
    """A link that many drafts have says little: each counts by how few have it, and what none has
    (the platform's own links, what was mended before sending) a little.
    """
    spread = Counter(link for draft in drafts for link in draft.links)
    weights = {link: 1 / (spread[link] or _IN_NONE) for link in issue.links}
    whole = sum(weights.values())
    for draft in free:
        likeness = max((_alike(issue.subject, each) for each in draft.subjects), default=0.0)
        has = set(draft.links)
        shared = [link for link in issue.links if link in has]
        score = _ALONE * likeness
        if whole:
            score = _SUBJECT * likeness + _LINKS * sum(weights[link] for link in shared) / whole
        yield Guess(draft.path, min(1.0, score), likeness == 1.0, len(shared), len(issue.links))


def _alike(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    ratio = SequenceMatcher(None, one[:300], other[:300], autojunk=False).ratio()
    # Numbered issues differ by a digit: what has other digits is another issue.
    same_numbers = re.findall(r"\d+", one) == re.findall(r"\d+", other)
    return min(ratio, 0.99) if same_numbers else ratio / 2
