"""Which services are on, and what a writer has to know before turning one on.

All are off until then: each of them learns something about a draft that has not been sent.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from app.linkcheck.sentences import QT_TRANSLATE_NOOP


class Service(StrEnum):
    """A service by the name that the command line has for it."""

    WEB_RISK = "web-risk"
    WEB_RISK_LOOKUP = "web-risk-lookup"
    SURBL = "surbl"
    DBL = "dbl"


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a service, in English (context "Reputation" for the window)."""

    name: str
    sends: str
    licence: str
    needs_key: bool = False


ABOUT: dict[Service, About] = {
    Service.WEB_RISK: About(
        QT_TRANSLATE_NOOP("Reputation", "Google Web Risk, by local lists"),
        QT_TRANSLATE_NOOP(
            "Reputation",
            "Downloads lists of hash prefixes and compares links on this computer; only where a "
            "prefix matches is that prefix of 4 bytes or more sent to Google, never an address.",
        ),
        QT_TRANSLATE_NOOP(
            "Reputation",
            "Needs your own Google Cloud key with Web Risk; Google charges by use, and commercial "
            "use is allowed.",
        ),
        needs_key=True,
    ),
    Service.WEB_RISK_LOOKUP: About(
        QT_TRANSLATE_NOOP("Reputation", "Google Web Risk, by look-up"),
        QT_TRANSLATE_NOOP(
            "Reputation",
            "Sends the full address of each link and redirect to Google, without what follows "
            "the “#”.",
        ),
        QT_TRANSLATE_NOOP(
            "Reputation",
            "Needs your own Google Cloud key with Web Risk; Google charges by use, and commercial "
            "use is allowed.",
        ),
        needs_key=True,
    ),
    Service.SURBL: About(
        "SURBL",
        QT_TRANSLATE_NOOP(
            "Reputation",
            "Sends the host name of each link and redirect, as a DNS question, to your network's "
            "name server and on to SURBL.",
        ),
        QT_TRANSLATE_NOOP(
            "Reputation",
            "Free below 1,000 users or 250,000 messages a day; more, or use in a paid product, "
            "needs a licence of SURBL.",
        ),
    ),
    Service.DBL: About(
        "Spamhaus DBL",
        QT_TRANSLATE_NOOP(
            "Reputation",
            "Sends the host name of each link and redirect, as a DNS question, to your network's "
            "name server and on to Spamhaus.",
        ),
        QT_TRANSLATE_NOOP(
            "Reputation",
            "The public list is for low-volume, non-commercial use; with a key of the Data Query "
            "Service, that service's terms apply.",
        ),
    ),
}
"""Each service's one sentence on what it sends, and one on who may use it."""


@dataclass(frozen=True, slots=True)
class ReputationSettings:
    """What the writer chose.

    ``team_list`` is a file with rules, besides the writer's own. ``name_servers`` (address, port)
    stand in for the system's where those are refused by the lists, as public ones are.
    """

    on: frozenset[Service] = frozenset()
    team_list: Path | None = None
    name_servers: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The writer's keys, for as long as the program runs; not shown.

    Raises:
        ValueError: a key is none: it holds spaces, or signs that no key has.
    """

    web_risk: str | None = field(default=None, repr=False)
    spamhaus: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name, key, extra in (
            ("Web Risk", self.web_risk, "-_"),
            ("Spamhaus", self.spamhaus, ""),
        ):
            if key is not None and not (key.isascii() and _without(key, extra).isalnum()):
                raise ValueError(f"this is no key for {name}: it holds signs that no key has")


def read_name_servers(text: str) -> tuple[tuple[str, int], ...] | None:
    """Addresses and ports in a text: ``192.0.2.1, [2001:db8::1]:5353``; None in an empty one.

    Raises:
        ValueError: one of them is no address; says so in plain words.
    """
    found = tuple(_name_server(word) for word in text.replace(",", " ").split())
    return found or None


def _name_server(word: str) -> tuple[str, int]:
    if word.startswith("["):
        host, _, port = word[1:].partition("]")
        port = port.removeprefix(":")
    elif word.count(":") == 1:
        host, _, port = word.partition(":")
    else:
        host, port = word, ""
    try:
        server = str(ip_address(host)), int(port or 53)
    except ValueError:
        server = "", 0
    if not 0 < server[1] < 1 << 16:
        raise ValueError(f"“{word[:60]}” is no address such as 192.0.2.1")
    return server


def _without(key: str, signs: str) -> str:
    return key.translate({ord(sign): None for sign in signs})
