"""Where the dialog's letters and platforms come from: the draft's folder, accounts, keyring."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from app.engagement import accounts
from app.engagement.model import Account
from app.engagement.secrets import open_secrets
from app.handover.history import History
from app.handover.letter import letter_of
from app.handover.model import Handed, HandoverError, Letter
from app.handover.opening import handover
from app.handover.platforms import takes_drafts
from app.handover.reported import tell_reports
from app.publish import PublicationError, publication_for
from app.ui.handover.there import HandsOver


class DraftOffice:
    """Hands over one draft, as its text is now. For other threads than the window's."""

    def __init__(self, draft: Path, text: str) -> None:
        self._draft, self._text = draft, text

    def accounts(self) -> Sequence[Account]:
        """Those that take drafts. Raises AccountError."""
        return [each for each in accounts.load() if takes_drafts(each)]

    def letter(self, account: Account) -> Letter:
        """The issue as it leaves for this account. Raises HandoverError."""
        try:
            publication = publication_for(self._text, self._draft)
        except PublicationError as error:
            raise HandoverError(str(error)) from None
        return letter_of(self._draft, self._text, account.provider, publication)

    def handover(
        self, account: Account, history: History
    ) -> AbstractAsyncContextManager[HandsOver]:
        """What hands over to this account. Raises SecretError, HandoverError."""
        return _opened(account, history)

    def handed(self, letter: Letter, handed: Handed) -> None:
        """Let the reports know which draft the issue is."""
        tell_reports(letter.draft, self._text, handed)


@asynccontextmanager
async def _opened(account: Account, history: History) -> AsyncIterator[HandsOver]:
    key = open_secrets().get(account)
    async with handover(account, key, history) as opened:
        yield opened
