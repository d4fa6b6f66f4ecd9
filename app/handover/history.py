"""What became of an issue: what was overridden and why, what was handed over, when and where."""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.handover.gate import Hold, Override, Said
from app.handover.ledger import Ledger, Statement, draft_key
from app.handover.model import Field, Fields, Handed, Unheard
from app.handover.states import Seen
from app.linkcheck.verdict import Reason

log = logging.getLogger(__name__)

_ADD_EVENT = "INSERT INTO event (draft, at, kind, body) VALUES (?, ?, ?, ?)"


class Kind(StrEnum):
    """What happened."""

    OVERRIDDEN = "overridden"
    TAKEN_BACK = "taken_back"
    HANDED = "handed"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of an issue's history.

    Attributes:
        override: Of one that was made or taken back.
        handed: Of a hand-over.
    """

    kind: Kind
    at: datetime
    override: Override | None = None
    handed: Handed | None = None


class History:
    """The issue's history and its links' states, in the ledger; also a `model.Memory`.

    For any thread. Raises LedgerError.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._ledger = Ledger(path)

    @property
    def notice(self) -> str:
        """What the writer should know of how the file was found; mostly empty."""
        return self._ledger.notice

    def close(self) -> None:
        """Give the file back."""
        self._ledger.close()

    def rename(self, old: Path, new: Path) -> None:
        """The draft has another name now; its history comes along."""
        self._ledger.rename(old, new)

    # the links

    def links(self, draft: Path) -> dict[str, Seen]:
        """What the last checks of an issue's links found, by URL."""
        rows = self._ledger.rows(
            "SELECT url, reason, checked_at, threat, hop, until FROM link WHERE draft = ?",
            (draft_key(draft),),
        )
        return {row[0]: each for row in rows if (each := _seen(*row[1:])) is not None}

    def keep_links(self, draft: Path, seen: Mapping[str, Seen], wanted: Iterable[str]) -> None:
        """Keep what checks found; what is not wanted in the issue any more is forgotten."""
        key, before = draft_key(draft), self.links(draft)
        gone = before.keys() - set(wanted) - seen.keys()
        changed = [(url, each) for url, each in seen.items() if before.get(url) != each]
        if not (gone or changed):
            return
        self._ledger.write(
            *(("DELETE FROM link WHERE draft = ? AND url = ?", (key, url)) for url in gone),
            *(
                (
                    "INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(key, url, each.reason.value, each.checked_at.timestamp()),
                        *(each.threat, each.hop),
                        each.until.timestamp() if each.until else None,
                    ),
                )
                for url, each in changed
            ),
        )

    # overrides

    def override(self, draft: Path, override: Override) -> None:
        """Keep the writer's decision."""
        self._ledger.write(self._event(draft, Kind.OVERRIDDEN, override.at, _to_json(override)))

    def take_back(self, draft: Path, override: Override, at: datetime) -> None:
        """The decision holds no more; both stay in the history."""
        self._ledger.write(self._event(draft, Kind.TAKEN_BACK, at, _to_json(override)))

    def overrides(self, draft: Path) -> tuple[Override, ...]:
        """The decisions that hold."""
        holding: dict[tuple[str, Said], Override] = {}
        for event in self.events(draft):
            if event.override is not None:
                key = event.override.url, event.override.said
                if event.kind is Kind.OVERRIDDEN:
                    holding[key] = event.override
                else:
                    holding.pop(key, None)
        return tuple(holding.values())

    # what happened

    def events(self, draft: Path) -> tuple[Event, ...]:
        """The issue's history, the oldest first."""
        rows = self._ledger.rows(
            "SELECT at, kind, body FROM event WHERE draft = ? ORDER BY id", (draft_key(draft),)
        )
        return tuple(each for row in rows if (each := _event(*row)) is not None)

    # the memory of hand-overs

    def handed(self, draft: Path, account: str) -> Handed | None:
        """What an account was last given of a draft."""
        rows = self._ledger.rows(
            "SELECT body FROM handed WHERE draft = ? AND account = ?", (draft_key(draft), account)
        )
        return _handed(rows[0][0]) if rows else None

    def keep(self, draft: Path, handed: Handed) -> None:
        """Remember it in the place of what was before; durable when this returns.

        Once the platform is known to have it, it is an entry of the history: one a hand-over.
        """
        body = json.dumps(_handed_to_json(handed), ensure_ascii=False)
        row = (draft_key(draft), handed.account, body)
        statements: list[Statement] = [("INSERT OR REPLACE INTO handed VALUES (?, ?, ?)", row)]
        is_done = handed.remote_id and handed.at and handed.unheard is None
        if is_done and not self._is_entered(draft, handed):
            entry = _entry(handed)
            at = datetime.fromtimestamp(handed.at / 1000, UTC)
            statements.append(self._event(draft, Kind.HANDED, at, entry))
        self._ledger.write(*statements)

    def last_account(self) -> str:
        """The id of the account that a draft was handed over to last; empty where none was."""
        for (body,) in self._ledger.rows(
            "SELECT body FROM event WHERE kind = ? ORDER BY id DESC LIMIT 1", (Kind.HANDED.value,)
        ):
            handed = _handed(body)
            return handed.account if handed else ""
        return ""

    def claim(self, draft: Path, handed: Handed, before: str) -> bool:
        """Keep it unless somebody else handed the draft over meanwhile; whether it was kept."""
        key, account = draft_key(draft), handed.account
        body = json.dumps(_handed_to_json(handed), ensure_ascii=False)
        self._ledger.write(
            (
                "INSERT OR REPLACE INTO handed SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM "
                "handed WHERE draft = ? AND account = ? "
                "AND json_extract(body, '$.marker') NOT IN (?, ?))",
                (key, account, body, key, account, handed.marker, before),
            )
        )
        kept = self.handed(draft, account)
        return kept is not None and kept.marker == handed.marker

    def picture(self, account: str, digest: str) -> str | None:
        """The address that a picture's content has at an account."""
        rows = self._ledger.rows(
            "SELECT address FROM picture WHERE account = ? AND digest = ?", (account, digest)
        )
        return rows[0][0] if rows else None

    def keep_picture(self, account: str, digest: str, address: str) -> None:
        """Remember it; durable when this returns."""
        row = (account, digest, address)
        self._ledger.write(("INSERT OR REPLACE INTO picture VALUES (?, ?, ?)", row))

    def _is_entered(self, draft: Path, handed: Handed) -> bool:
        return any(
            event.handed is not None
            and (event.handed.account, event.handed.remote_id, event.handed.at)
            == (handed.account, handed.remote_id, handed.at)
            for event in self.events(draft)
        )

    @staticmethod
    def _event(draft: Path, kind: Kind, at: datetime, body: Mapping[str, Any]) -> Statement:
        text = json.dumps(body, ensure_ascii=False)
        return _ADD_EVENT, (draft_key(draft), at.timestamp(), kind.value, text)


def _seen(
    reason: str, checked_at: float, threat: str | None, hop: str | None, until: float | None
) -> Seen | None:
    """A row as it was kept; None where it makes no sense (a newer version's words)."""
    try:
        return Seen(
            *(Reason(reason), datetime.fromtimestamp(checked_at, UTC), threat, hop),
            None if until is None else datetime.fromtimestamp(until, UTC),
        )
    except (ValueError, TypeError, OverflowError, OSError):
        log.warning("A link's kept state makes no sense")
        return None


def _event(at: float, kind: str, body: str) -> Event | None:
    try:
        when, word, told = datetime.fromtimestamp(at, UTC), Kind(kind), json.loads(body)
        if word is Kind.HANDED:
            return Event(word, when, handed=_from_json(told))
        said = told["said"]
        checked_at = said["checked_at"]
        override = Override(
            _text(told["url"]),
            Said(
                *(Hold(said["hold"]), Reason(said["reason"]), said["threat"], said["hop"]),
                None if checked_at is None else datetime.fromtimestamp(checked_at, UTC),
            ),
            _text(told["reason"]),
            datetime.fromtimestamp(told["at"], UTC),
        )
        return Event(word, when, override=override)
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        log.warning("An entry of a history makes no sense")
        return None


def _to_json(override: Override) -> dict[str, Any]:
    said = override.said
    return {
        "url": override.url,
        "reason": override.reason,
        "at": override.at.timestamp(),
        "said": {
            "hold": said.hold.value,
            "reason": said.reason.value,
            "threat": said.threat,
            "hop": said.hop,
            "checked_at": said.checked_at.timestamp() if said.checked_at else None,
        },
    }


def _handed(body: str) -> Handed | None:
    try:
        return _from_json(json.loads(body))
    except (ValueError, KeyError, TypeError):
        log.warning("What was handed over makes no sense")
        return None


def _from_json(told: Mapping[str, Any]) -> Handed:
    return Handed(
        account=_text(told["account"]),
        provider=_text(told["provider"]),
        marker=_text(told["marker"]),
        remote_id=_text(told["remote_id"]),
        revision=_text(told["revision"]),
        url=_text(told["url"]),
        at=int(told["at"]),
        given=_fields(told["given"]),
        there=_fields(told["there"]),
        kept=tuple(_fields(dict.fromkeys(told.get("kept", ()), ""))),
        unheard=_unheard(told.get("unheard")),
    )


def _unheard(told: Mapping[str, Any] | None) -> Unheard | None:
    return Unheard(_fields(told["given"]), _fields(told["asked"])) if told else None


def _handed_to_json(handed: Handed) -> dict[str, Any]:
    return {
        "account": handed.account,
        "provider": handed.provider,
        "marker": handed.marker,
        "remote_id": handed.remote_id,
        "revision": handed.revision,
        "url": handed.url,
        "at": handed.at,
        "given": _by_name(handed.given),
        "there": _by_name(handed.there),
        "kept": [field.value for field in handed.kept],
        "unheard": handed.unheard
        and {"given": _by_name(handed.unheard.given), "asked": _by_name(handed.unheard.asked)},
    }


def _by_name(fields: Fields) -> dict[str, str]:
    return {field.value: text for field, text in fields.items()}


def _entry(handed: Handed) -> dict[str, Any]:
    """For the history: the subject says enough of what was given."""
    entry = _handed_to_json(handed)
    subject = {"subject": handed.there[Field.SUBJECT]} if Field.SUBJECT in handed.there else {}
    return {**entry, "given": subject, "there": subject}


def _fields_to_json(fields: Fields) -> dict[str, str]:
    return {field.value: text for field, text in fields.items()}


def _fields(told: Mapping[str, Any]) -> dict[Field, str]:
    known = {field.value for field in Field}
    return {Field(name): _text(text) for name, text in told.items() if name in known}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
