"""The two lists: which names they are asked for, and what their answers mean.

Sources: https://www.surbl.org/lists and /implementation.html; https://docs.spamhaus.com/ (DBL and
DQS) and https://www.spamhaus.org/news/article/788 (errors that must not be read as listings).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from app.linkcheck.reputation.service import Flag, Remark, ReputationError
from app.linkcheck.urls import WebUrl
from app.linkcheck.verdict import Note, Reason

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_FALSE_ANSWERS = (
    "is not usable through this network's name server: it answers for names that do not exist"
)
_REFUSED = (
    "does not answer through this network's name server: open resolvers are refused. Use a name "
    "server of your own or of your provider"
)


@dataclass(frozen=True, slots=True)
class Zone:
    """A list.

    Attributes:
        id: Under which its answers are kept.
        name: For people.
        suffix: What is appended to a name, without dots at the ends. May hold a key: never shown.
        names: What is asked for about a URL; nothing where the list does not know such hosts.
        read: What the addresses that came mean (never called without any); raises
            `ReputationError` for those that say nothing about the site.
        listed, clean: The canary: a name that is always listed, and one that never is.
    """

    id: str
    name: str
    suffix: str
    names: Callable[[WebUrl], tuple[str, ...]]
    read: Callable[[Sequence[str]], Flag | Remark]
    listed: str
    clean: str = "example.com"

    def __repr__(self) -> str:
        return f"Zone({self.id})"


def surbl(suffix: str = "multi.surbl.org") -> Zone:
    """SURBL's combined list. ``suffix``: of a mirror or an account of one's own."""
    return Zone("surbl", "SURBL", suffix, _surbl_names, _read_surbl, "test.surbl.org")


def dbl(key: str | None = None, *, suffix: str | None = None) -> Zone:
    """The Spamhaus DBL: the public mirrors, or with the key of a DQS account its own zone."""
    zone = suffix or (f"{key}.dbl.dq.spamhaus.net" if key else "dbl.spamhaus.org")
    name = "dbl-dqs" if key else "dbl"
    return Zone(name, "Spamhaus DBL", zone, _dbl_names, _read_dbl, "dbltest.com")


def _surbl_names(url: WebUrl) -> tuple[str, ...]:
    """The full host and, where it is another, the registered domain; IPv4 octets reversed."""
    if url.is_address:
        return () if ":" in url.host else (".".join(reversed(url.host.split("."))),)
    if "." not in url.host:
        return ()
    registered = _suffixes().privatesuffix(url.host)
    return (url.host,) if registered in (None, url.host) else (url.host, str(registered))


def _dbl_names(url: WebUrl) -> tuple[str, ...]:
    """The host as it is; never an address, which the list answers with an error."""
    return () if url.is_address or "." not in url.host else (url.host,)


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


_SURBL_BITS = {8: "phishing", 16: "malware", 64: "abuse", 128: "cracked"}
_SURBL_REMARKS = {4: "disposable-mail", 32: "click-tracker"}


def _read_surbl(addresses: Sequence[str]) -> Flag | Remark:
    bits = 0
    for address in addresses:
        first, _, last = address.rpartition(".")
        if first != "127.0.0":
            raise ReputationError(f"SURBL {_FALSE_ANSWERS}.")
        bits |= int(last)
    if bits & 1:
        raise ReputationError(f"SURBL {_REFUSED}.")
    if threats := _words(bits, _SURBL_BITS):
        return Flag(Reason.SURBL, threats)
    if threats := _words(bits, _SURBL_REMARKS):
        return Remark(Note.ABUSED_SITE, threats)
    raise ReputationError("SURBL gave an answer that is not documented.")


def _words(bits: int, table: dict[int, str]) -> str:
    return ", ".join(word for bit, word in table.items() if bits & bit)


_DBL_CODES = {
    2: "spam",
    4: "phishing",
    5: "malware",
    6: "botnet",
    102: "abused-spam",
    103: "abused-redirector",
    104: "abused-phishing",
    105: "abused-malware",
    106: "abused-botnet",
}
_DBL_ERRORS = {
    252: "Spamhaus DBL was asked under a wrong name",
    254: f"Spamhaus DBL {_REFUSED}, or a key",
    255: "Spamhaus DBL was asked too often from this network",
}


def _read_dbl(addresses: Sequence[str]) -> Flag | Remark:
    codes = sorted(_dbl_code(address) for address in addresses)
    words = ", ".join(_DBL_CODES.get(code, f"127.0.1.{code}") for code in codes)
    if any(2 <= code <= 99 for code in codes):
        return Flag(Reason.SPAMHAUS, words)
    return Remark(Note.ABUSED_SITE, words)


def _dbl_code(address: str) -> int:
    """The last octet of a listing; the ranges 2-99 (bad) and 102-199 (abused) are the contract."""
    first, _, last = address.rpartition(".")
    code = int(last)
    if first == "127.255.255":
        raise ReputationError(_DBL_ERRORS.get(code, "Spamhaus DBL answered with an error") + ".")
    if not address.startswith("127."):
        raise ReputationError(f"Spamhaus DBL {_FALSE_ANSWERS}.")
    if first != "127.0.1" or not (2 <= code <= 99 or 102 <= code <= 199):
        raise ReputationError("Spamhaus DBL gave an answer that is not a listing.")
    return code
