"""What proves that a request comes from the vendor: the column ``webhook.keys``."""

import msgspec

from app.trackserver.words import Source

SIGNED = frozenset({Source.SENDGRID, Source.MAILGUN, Source.RESEND})
"""Vendors whose requests are signed with a secret or key that is given to us."""

VENDORS = tuple(source for source in Source if source not in (Source.OWN, Source.API))

_WINDOW = 300
_SNS_WINDOW = 3600


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of one webhook; several of a sort hold at once while they are changed over."""

    secrets: tuple[str, ...] = ()
    """SendGrid: public keys as the vendor shows them. Mailgun: HTTP webhook signing keys.
    Resend: secrets with their ``whsec_``."""
    logins: tuple[str, ...] = ()
    """``user:password`` of basic auth; where there is one, a request must bring it."""
    topics: tuple[str, ...] = ()
    """Amazon SES: the only SNS topics that are listened to, by their ARN."""
    window: int | None = None
    """Seconds that a signature's time may differ from ours; none: the vendor's usual."""

    def window_of(self, source: Source) -> int:
        """The replay window in force, in seconds.

        SNS signs a message once and may repeat it for an hour; the others sign anew.
        """
        if self.window is not None:
            return self.window
        return _SNS_WINDOW if source is Source.SES else _WINDOW


def missing(source: Source, keys: Keys) -> str | None:
    """What a webhook of ``source`` cannot do without, in plain words; None: complete."""
    if source in SIGNED and not keys.secrets:
        return "its requests are signed, so its key is needed to tell them from forged ones"
    if source is Source.SES and not keys.topics:
        return "the ARN of its SNS topic is needed: anybody may make a topic that writes to us"
    return None


def read_keys(text: str) -> Keys:
    """The keys as they are stored."""
    return msgspec.json.decode(text, type=Keys)


def write_keys(keys: Keys) -> str:
    """The keys as they are to be stored."""
    return msgspec.json.encode(keys).decode()
