"""Where the text of an issue is: in a draft of the writer's, in the cache, at the platform.

Everything here waits for disk and network: for a thread.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.engagement import accounts, texts
from app.engagement.accounts import AccountError
from app.engagement.errors import HttpError
from app.engagement.matching import Finding, find, sent
from app.engagement.providers import PROVIDERS, IssueText
from app.engagement.reports.click_map import Spot, spots, unplaced
from app.engagement.reports.figures import Row
from app.engagement.reports.queries import LinkRow
from app.engagement.secrets import SecretError, open_secrets
from app.engagement.store.matches import Matches
from app.engagement.store.schema import StoreError
from app.ui import sent_drafts
from app.ui.reports.clickmap import rendering


@dataclass(frozen=True, slots=True)
class Wanted:
    """An issue whose map is wanted.

    Attributes:
        folder: The writer's drafts.
        as_sent: The platform's text, even where there is a draft.
    """

    row: Row
    links: tuple[LinkRow, ...]
    folder: Path
    as_sent: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to show.

    Attributes:
        page_light: Sanitised, with badges, in its page; empty where there is no text.
        page_dark: The same in the dark; empty where the text has looks of its own.
        draft: The path of the draft, where there is one.
        platform: The platform's name, where the text is its; empty otherwise.
        trouble: Why there is no text, in words.
        missing: Links that were clicked and are not in the text.
    """

    wanted: Wanted
    finding: Finding
    page_light: str = ""
    page_dark: str = ""
    draft: str = ""
    platform: str = ""
    trouble: str = ""
    spots: tuple[Spot | None, ...] = ()
    missing: tuple[LinkRow, ...] = ()

    @property
    def has_text(self) -> bool:
        """Whether there is a text to show."""
        return bool(self.page_light)


def look(wanted: Wanted) -> Found:
    """Find the draft, and the text to show."""
    finding = _find(wanted)
    if finding.path and not wanted.as_sent:
        text = sent_drafts.read(Path(finding.path))
        if text is not None:
            return _made(wanted, finding, IssueText(text, is_markdown=True), draft=finding.path)
    try:
        account = accounts.find(wanted.row.account, accounts.load())
        platform = PROVIDERS.get(account.provider, account.provider)
        found = texts.kept(account, wanted.row.id)
        if found is None:
            key = open_secrets().get(account)
            found = asyncio.run(texts.fetch(account, key, wanted.row.id))
    except (AccountError, SecretError, HttpError) as error:
        return Found(wanted, finding, draft=finding.path, trouble=str(error))
    return _made(wanted, finding, found, draft=finding.path, platform=platform)


def confirm(wanted: Wanted, path: str) -> None:
    """The writer says that this is the issue's draft. Raises StoreError."""
    text = sent_drafts.read(Path(path)) or ""
    with contextlib.closing(Matches()) as matches:
        row = wanted.row
        matches.confirm(row.account, row.id, sent_drafts.describe(Path(path), text))


def refuse(wanted: Wanted, path: str) -> None:
    """The writer says that it is not. Raises StoreError."""
    with contextlib.closing(Matches()) as matches:
        matches.refuse(wanted.row.account, wanted.row.id, path)


def _find(wanted: Wanted) -> Finding:
    row = wanted.row
    try:
        with contextlib.closing(Matches()) as matches:
            said = matches.all()
            issue = sent(
                row.account,
                row.id,
                row.subject,
                [link.url for link in wanted.links],
                row.source.record.external_id,
            )
            drafts = sent_drafts.all_drafts(wanted.folder)
            known = {draft.path for draft in drafts}
            for each in said:  # a confirmed draft may lie outside of the folder
                if each.is_draft and each.path not in known:
                    text = sent_drafts.read(Path(each.path))
                    if text is not None:
                        known.add(each.path)
                        drafts.append(sent_drafts.describe(Path(each.path), text))
            finding = find(issue, drafts, said)
            confirmed = any(
                (each.account, each.issue, each.path) == (row.account, row.id, finding.path)
                for each in said
            )
            if finding.path and not confirmed:  # moved, or named by its id: both without doubt
                (draft,) = (each for each in drafts if each.path == finding.path)
                matches.confirm(row.account, row.id, draft)
            return finding
    except StoreError:
        return Finding()


def _made(
    wanted: Wanted, finding: Finding, text: IssueText, *, draft: str = "", platform: str = ""
) -> Found:
    letter, body = rendering.sanitised(text, wanted.row.subject)
    placed = tuple(spots(rendering.hrefs(body), wanted.links))
    body = rendering.badged(body, placed)
    style, ours = _style(), text.is_markdown
    return Found(
        wanted,
        finding,
        rendering.page(letter, body, style, dark=False, framed=ours),
        rendering.page(letter, body, style, dark=True) if ours else "",
        draft,
        platform,
        "",
        placed,
        _clicked(unplaced(placed, wanted.links)),
    )


def _clicked(links: Sequence[LinkRow]) -> tuple[LinkRow, ...]:
    return tuple(link for link in links if link.clicks or link.clickers)


def _style() -> str:
    from app.paths import resources_dir

    return (resources_dir() / "email" / "clickmap.css").read_text(encoding="utf-8")
