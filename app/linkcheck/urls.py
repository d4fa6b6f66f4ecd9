"""URLs as browsers read them (WHATWG URL Standard, through ada).

One parser serves the check of an address and the request to it: two that disagree about a host
are how a checker is tricked into asking a private machine.
"""

from dataclasses import dataclass
from functools import lru_cache

from ada_url import URL, HostType

from app.linkcheck.net.ip import is_public

DEFAULT_PORTS = {"http": 80, "https": 443}
_PRIVATE_SUFFIXES = ("localhost", "localdomain", "local", "internal", "home.arpa")


@dataclass(frozen=True, slots=True)
class WebUrl:
    """A parsed http or https URL.

    ``host`` is ASCII and lower case, an IPv6 address without its brackets, a trailing dot dropped.
    ``port`` is never None. ``target`` is what stands in the request line (path and query).
    ``fragment`` is percent-encoded and without its ``#``. ``origin`` is ``scheme://host[:port]``.
    """

    href: str
    scheme: str
    host: str
    port: int
    origin: str
    target: str
    fragment: str
    is_address: bool
    has_credentials: bool

    @property
    def is_private(self) -> bool:
        """Whether the URL alone, before any look-up, names a machine that readers cannot reach."""
        if self.is_address:
            return not is_public(self.host)
        return is_private_name(self.host)

    @property
    def page(self) -> str:
        """The URL without its fragment and without a trailing dot in the host: what is asked."""
        return f"{self.origin}{self.target}"

    @property
    def authority(self) -> str:
        """The ``Host`` header: the port only where it is not the scheme's own."""
        return self.origin.partition("://")[2]


@lru_cache(maxsize=8192)
def parse(url: str, base: str | None = None) -> WebUrl | None:
    """``url`` (relative to ``base``, if given) as an http or https URL; None if it is not one.

    Lone surrogates count as U+FFFD, as in browsers.
    """
    parsed = _parse(url, base)
    if parsed is None:
        return None
    scheme = parsed.protocol[:-1]
    if scheme not in DEFAULT_PORTS:
        return None
    hostname = parsed.hostname
    bare = hostname.strip("[]").rstrip(".")
    if not bare:
        return None
    port = parsed.port
    href = parsed.href
    asked, _, fragment = href.partition("#")
    shown = f"[{bare}]" if hostname.startswith("[") else bare
    return WebUrl(
        href=href,
        scheme=scheme,
        host=bare,
        port=int(port) if port else DEFAULT_PORTS[scheme],
        origin=f"{scheme}://{shown}:{port}" if port else f"{scheme}://{shown}",
        target=asked[asked.index("/", len(scheme) + 3) :],
        fragment=fragment,
        is_address=parsed.host_type != HostType.DEFAULT,
        has_credentials=bool(parsed.username or parsed.password),
    )


def scheme_of(url: str, base: str | None = None) -> str | None:
    """The scheme of any absolute URL (``mailto``, ``javascript``...), None where it has none."""
    parsed = _parse(url, base)
    return None if parsed is None else parsed.protocol[:-1]


def is_private_name(host: str) -> bool:
    """Whether ``host`` is a name that never leads to the public internet (RFC 6761, 6762, 8375)."""
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in _PRIVATE_SUFFIXES)


def _parse(url: str, base: str | None) -> URL | None:
    try:
        return URL(url, base)
    except UnicodeEncodeError:
        return _parse(url.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), base)
    except ValueError:
        return None
