# ruff: noqa: E501 - a table reads best with one sentence a line
"""Accounts in words: which key a platform wants, how a sync stands, and what can be done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.engagement.providers import PROVIDERS
from app.engagement.providers.buttondown import ADDRESS
from app.engagement.store.store import Status
from app.engagement.sync.state import State
from app.linkcheck import verdict
from app.ui.editor.card_text import age

# Marks a text for translation; `_tr` looks it up when it is shown.
_ = cast("Callable[[str, str], str]", QT_TRANSLATE_NOOP)


@dataclass(frozen=True, slots=True)
class Platform:
    """What the writer has to know of a platform to add an account.

    Attributes:
        key: Which key is needed and where it is made.
        address: Where everybody's is; empty where each writer has an own.
        example: An address of the right form.
        publications: What the several that a key may read are called.
        every: What is read while none of them is chosen; empty where one has to be.
    """

    name: str
    gives: str
    key: str
    address: str
    example: str
    publications: str
    every: str


# fmt: off
_PLATFORMS: Mapping[str, tuple[str, str, str, str, str, str]] = {
    "sendoff": (
        _("Accounts", "Opens and clicks with people, privacy proxies and machines told apart."),
        _("Accounts", "An API key of the server. Whoever runs it makes one with: sendoff server admin keys add"),
        "", "https://news.example.com", _("Accounts", "Publication"), "",
    ),
    "buttondown": (
        _("Accounts", "Takes your drafts. Openers, clickers, links and hours; by reader where tracked."),
        _("Accounts", "An API key. Make one at buttondown.com under Settings, API: it reads emails and events for reports; to hand drafts over it writes emails and images. It never needs to send."),
        ADDRESS, ADDRESS, _("Accounts", "Newsletter"), _("Accounts", "The key's own"),
    ),
    "ghost": (
        _("Accounts", "Takes your drafts. Openers, clickers and failures; links with a staff access token."),
        _("Accounts", "Your staff access token: in Ghost Admin, click your picture, Your profile, and scroll to the end. The Admin API key of a custom integration works too, but shows no clicks of links."),
        "", "https://letter.example.com", _("Accounts", "Newsletter"), _("Accounts", "All of them"),
    ),
    "listmonk": (
        _("Accounts", "Takes your drafts. Opens and clicks in all, days, and the 50 most clicked links."),
        _("Accounts", "An API user and its token, with a colon between: USER:TOKEN. Make one under Users, of the type API, with the permissions campaigns:get and campaigns:get_analytics; to hand drafts over, campaigns:manage, lists:get, media:get and media:manage, too."),
        "", "https://lists.example.com", _("Accounts", "List"), _("Accounts", "All of them"),
    ),
}
# fmt: on


def platform(name: str) -> Platform:
    """A platform of `PROVIDERS` in the writer's language."""
    gives, key, address, example, publications, every = _PLATFORMS[name]
    return Platform(
        PROVIDERS[name],
        _tr(gives),
        _tr(key),
        address,
        example,
        _tr(publications),
        _tr(every) if every else "",
    )


_ADVICE: Mapping[State, str] = {
    State.INCOMPLETE: _("Accounts", "What is missing is asked for again by itself."),
    State.OFFLINE: _("Accounts", "What was synced before is there; it is tried again by itself."),
    State.FAILING: _("Accounts", "It is tried again by itself."),
    State.INTERRUPTED: _("Accounts", "It is tried again by itself."),
    State.LIMITED: _("Accounts", "It goes on by itself after the pause."),
    State.REFUSED: _("Accounts", "Make a new key at the platform and enter it: Change key."),
    State.WRONG_ADDRESS: _(
        "Accounts",
        "Log in to the network if it asks for that. If the address is wrong, remove the account "
        "and add it anew.",
    ),
    State.STORE: _("Accounts", "Make room on the disk, then sync again."),
    State.ELSEWHERE: _("Accounts", "Another window or command is syncing this account."),
}

_SHAPES = {
    State.CURRENT: verdict.Status.SAFE,
    State.REFUSED: verdict.Status.WARN,
    State.WRONG_ADDRESS: verdict.Status.WARN,
    State.STORE: verdict.Status.WARN,
}
"""What needs the writer is loud; what is tried again by itself is not."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands: a short line for the list, and all of it.

    Attributes:
        shape: The mark beside it, of the shapes that links have.
    """

    shape: verdict.Status
    line: str
    whole: str


def standing(
    status: Status | None,
    now: datetime | None = None,
    *,
    end: tuple[str, str] | None = None,
    running: tuple[int, int | None] | None = None,
) -> Standing:
    """The state of an account's sync; None: there was none yet.

    Args:
        status: As it is stored.
        now: The time; the computer's unless given.
        end: The state and words that the last sync of this session ended with.
        running: How much of how much is done, while it is being synced.
    """
    if running is not None:
        line = _tr(_("Accounts", "Syncing…"))
        done, whole = running
        if done:
            line += f" {done:,}" if whole is None else f" {done:,} / {whole:,}"
        return Standing(verdict.Status.UNCHECKED, line, line)
    if end is not None and status is None:
        status = Status("", *end)
    elif end is not None and status is not None:
        status = replace(status, state=end[0], message=end[1] or status.message)
    if status is None:
        words = _tr(_("Accounts", "Not synced yet"))
        return Standing(verdict.Status.UNCHECKED, words, words + ".")
    state = State(status.state)
    synced = _tr(_("Accounts", "Never synced"))
    if status.synced_at is not None:
        then = datetime.fromtimestamp(status.synced_at / 1000, UTC)
        synced = _tr(_("Accounts", "Synced %1")).replace("%1", age(then, now or datetime.now(UTC)))
    if state is State.CURRENT and not status.message:
        return Standing(verdict.Status.SAFE, synced, synced + ".")
    told = status.message
    advice = _tr(_ADVICE[state]) if state in _ADVICE else ""
    shape = _SHAPES.get(state, verdict.Status.UNVERIFIED)
    line = f"{synced} · {told}" if told else synced
    return Standing(shape, line, " ".join(filter(None, (f"{synced}.", told, advice))))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Accounts", text)
