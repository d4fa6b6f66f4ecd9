"""An event as the worker holds it between the inbox and the table."""

import msgspec

from app.trackserver.words import EventType

HITS = frozenset({int(EventType.OPENED), int(EventType.CLICKED), int(EventType.PROBED)})
"""What somebody's program fetched; only these have a class other than human."""


class Event(msgspec.Struct, array_like=True, gc=False):
    """A row of ``event``, in its columns' order; see ``store.schema``."""

    at: int
    id: int
    issue: int
    subscriber: int | None
    type: int
    link: int | None
    agent: int
    reasons: int
    rules: int
    source: int
    user_agent: int | None = None
    address: str | None = None
    network: str | None = None
    address_hash: int | None = None
    domain: str | None = None
    detail: str | None = None

    @property
    def hint(self) -> str:
        """The vendor's own verdict, where it gave one; see ``Occurrence.machine_hint``."""
        return str(self.details.get("machine_hint", ""))

    @property
    def reason(self) -> str:
        """Why it bounced or was deferred, ``""`` when nobody said."""
        return str(self.details.get("reason", ""))

    @property
    def details(self) -> dict[str, object]:
        """``detail``, read."""
        return _DETAIL.decode(self.detail) if self.detail else {}


_DETAIL = msgspec.json.Decoder(dict[str, object])
