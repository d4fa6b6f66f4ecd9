"""Tracked HTML for ``sendoff render``: the gate is asked, then the tracking server."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import UsageError

if TYPE_CHECKING:
    from app.handover.history import History
    from app.publish.export import Issue


class HeldError(Exception):
    """The issue does not leave; the message says why."""


def tracked_html(arguments: argparse.Namespace, issue: "Issue", text: str) -> bytes:
    """The HTML that the account's server gives back.

    Raises:
        HeldError: a link holds the issue, or the server does not take it.
        UsageError: the draft is no file, or there is no such account.
    """
    import asyncio

    from app.engagement.accounts import AccountError, find, load
    from app.engagement.errors import HttpError
    from app.engagement.secrets import SecretError, open_secrets
    from app.handover.history import History
    from app.handover.ledger import LedgerError
    from app.handover.model import HandoverError
    from app.handover.tracked import Tracking, register

    if arguments.file == "-":
        raise UsageError("a draft that is tracked is a file: its issue is known by it")
    if not arguments.account:
        raise UsageError("--target tracked needs --account, one at a tracking server")
    draft = Path(arguments.file).resolve()
    try:
        account = find(arguments.account, load())
        history = History()
        try:
            _ask_gate(draft, text, history)
            tracked = asyncio.run(
                register(
                    account,
                    open_secrets().get(account),
                    issue,
                    draft,
                    history,
                    Tracking(arguments.merge_tag),
                    anew=arguments.new_issue,
                )
            )
        finally:
            history.close()
    except (HandoverError, HttpError) as error:
        raise HeldError(str(error)) from None
    except (AccountError, SecretError, LedgerError) as error:
        raise UsageError(str(error)) from None
    done = "registered" if tracked.is_new else "changed"
    print(f"note: {tracked.issue} is {done}; links counted: {tracked.links}", file=sys.stderr)
    return tracked.html.encode()


def _ask_gate(draft: Path, text: str, history: "History") -> None:
    """By what is known: nothing is asked here."""
    from app.cli.checking import Store
    from app.handover.gatekeeper import Gatekeeper

    now = datetime.now(UTC)
    keeper = Gatekeeper(draft, text, history)
    with Store(use_cache=True) as store:
        keeper.hear(store.known(keeper.urls, stale=True), now, from_check=False)
    held = keeper.judge(now).held
    if held:
        listed = "".join(f"\n  {each.hold.value:<8} {each.state.url}" for each in held[:20])
        more = f"\n  and {len(held) - 20} more" if len(held) > 20 else ""
        raise HeldError(
            "tracked HTML goes to readers, and these links hold it (flagged, pending, or checked"
            f" too long ago):{listed}{more}\nLook at them first:  sendoff check {draft.name}"
        )
