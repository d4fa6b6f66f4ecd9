"""Which links there are to look at: those of sent issues, and those of saved drafts."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.drafts.errors import DraftError
from app.drafts.files import read_draft
from app.drafts.library import Entry, Library
from app.engagement.store.reader import Reader, StoredIssue
from app.linkcheck.rules.deeds import deed_of
from app.linkcheck.rules.offline import Subject, judge_offline
from app.linkcheck.urls import WebUrl, parse
from app.linkrot.model import Kind, Letter, Link, Written
from app.markup import Document

LARGEST = 1 << 20
"""Bytes of a draft that is looked at."""
_BREATH = 0.02
"""Seconds between two drafts: parsing takes the interpreter from the window."""
_RESERVED = (".example", ".test", ".invalid", ".localhost", ".onion")
_RESERVED_HOSTS = frozenset({"example.com", "example.net", "example.org"})


def page_of(url: str, *, allow_private: bool = False) -> str | None:
    """The page that is asked for when a link is looked at; None for links that never are: those
    that do something to whoever opens them (they unsubscribe, or count as a reader's click), those
    that are only known when an issue is sent, those that cannot work as written, and names that
    lead nowhere by definition (RFC 2606).
    """
    parsed = parse(url)
    if parsed is None or _is_reserved(parsed) or deed_of(parsed) is not None:
        return None
    if judge_offline(Subject(url, "inline"), allow_private=allow_private) is not None:
        return None
    return parsed.page


def issues(reader: Reader, *, allow_private: bool = False) -> list[Written]:
    """The sent issues with their links, newest first."""
    links = reader.links()
    found = []
    for issue in reader.issues():
        written = ((each.url, each.text) for each in links.get(issue.number, ()))
        found.append(Written(_letter(issue), _links(written, allow_private=allow_private)))
    return [each for each in found if each.links]


def issue_links(reader: Reader, issue: StoredIssue, *, allow_private: bool = False) -> Written:
    """One sent issue with its links."""
    written = ((each.url, each.text) for each in reader.detail(issue).links or ())
    return Written(_letter(issue), _links(written, allow_private=allow_private))


class Drafts:
    """The saved drafts of a folder with their links; only what changed is parsed again."""

    def __init__(self, folder: Path) -> None:
        self._library = Library(folder)
        self._known: dict[Path, tuple[tuple[int, float], Written]] = {}

    def read(
        self,
        *,
        allow_private: bool = False,
        is_over: Callable[[], bool] = lambda: False,
    ) -> list[Written]:
        """All of them, the last changed first. Takes a while: for a thread.

        Args:
            allow_private: Loopback and private addresses are links like others.
            is_over: Nobody waits for it any more.
        """
        try:
            entries = self._library.entries()
        except DraftError:
            return []  # there is no such folder (yet); the panel of drafts tells of it
        known, self._known = self._known, {}
        for entry in entries:
            if is_over():
                break
            mark = (entry.size, entry.modified.timestamp())
            before = known.get(entry.path)
            if before is None or before[0] != mark:
                before = (mark, _draft(entry, allow_private=allow_private))
                time.sleep(_BREATH)
            self._known[entry.path] = before
        return [written for _, written in self._known.values() if written.links]


def joined(written: Sequence[Written], draft_of: Mapping[tuple[str, str], str]) -> list[Written]:
    """The letters, a sent issue and its own draft as one: the issue, with the draft's links, too.

    Args:
        written: Issues and drafts.
        draft_of: The paths of drafts, by account and id of their issues.
    """
    drafts = {each.letter.id: each for each in written if each.letter.kind is Kind.DRAFT}
    found, gone = [], set()
    for each in written:
        letter = each.letter
        path = draft_of.get((letter.account, letter.id), "") if letter.account else ""
        draft = drafts.get(path)
        if draft is not None:
            gone.add(path)
            each = _both(each, draft)
        found.append(each)
    return [each for each in found if each.letter.kind is Kind.ISSUE or each.letter.id not in gone]


def _both(issue: Written, draft: Written) -> Written:
    path = draft.letter.id
    in_draft = {link.page for link in draft.links}
    sent = {link.page for link in issue.links}
    links = [
        replace(link, draft=path) if link.page in in_draft else link for link in issue.links
    ] + [link for link in draft.links if link.page not in sent]
    return Written(replace(issue.letter, draft=path), tuple(links))


def _letter(issue: StoredIssue) -> Letter:
    record = issue.record
    sent = None if record.sent_at is None else record.sent_at / 1000
    return Letter(Kind.ISSUE, issue.account, record.id, record.subject, sent)


def _draft(entry: Entry, *, allow_private: bool) -> Written:
    letter = Letter(Kind.DRAFT, "", str(entry.path), entry.title, entry.modified.timestamp())
    if entry.size > LARGEST:
        return Written(letter, ())
    try:
        document = Document(list(read_draft(entry.path).lines))
    except DraftError:
        return Written(letter, ())  # it says so itself when it is opened
    found = (
        (each.link.href, each.link.text)
        for each in document.links()
        if each.link.href is not None and each.link.mistake is None
    )
    links = _links(found, allow_private=allow_private)
    return Written(letter, tuple(replace(link, draft=letter.id) for link in links))


def _links(written: Iterable[tuple[str, str]], *, allow_private: bool) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    for url, text in written:
        page = page_of(url, allow_private=allow_private)
        if page is None:
            continue
        if page not in found or (text and not found[page].text):
            found[page] = Link(page, url, " ".join(text.split()))
    return tuple(found.values())


def _is_reserved(url: WebUrl) -> bool:
    host = url.host.removeprefix("www.")
    return host in _RESERVED_HOSTS or f".{host}".endswith(_RESERVED)


def pages(written: Sequence[Written]) -> Iterator[str]:
    """All pages that letters lead to; some come more than once."""
    return (link.page for each in written for link in each.links)
