"""The cookies of one single check: some sites send everyone in circles who does not return them.

Far less than a browser's jar (RFC 6265): nothing outlives the check, paths are not told apart.
"""

from app.linkcheck.net.head import Head
from app.linkcheck.urls import WebUrl

_MOST = 50
_LONGEST = 4096


class CookieJar:
    """Starts empty with every check."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str], tuple[str, bool]] = {}  # (domain, name): value, secure

    def learn(self, url: WebUrl, head: Head) -> None:
        """Keep what an answer of ``url`` sets."""
        for raw in head.all("set-cookie"):
            if len(raw) <= _LONGEST:
                self._set(url.host, raw.decode("latin-1"))

    def header(self, url: WebUrl) -> str:
        """The value of the ``Cookie`` header for a request to ``url``, ``""`` for none."""
        if not self._cookies:
            return ""
        return "; ".join(
            f"{name}={value}"
            for (domain, name), (value, secure) in self._cookies.items()
            if _covers(domain, url.host) and (url.scheme == "https" or not secure)
        )

    def _set(self, host: str, text: str) -> None:
        pair, *attributes = text.split(";")
        name, equals, value = pair.strip().partition("=")
        if not equals or not name or not (name + value).isprintable() or not text.isascii():
            return
        settings = {
            key.strip().lower(): setting.strip()
            for key, _, setting in (attribute.partition("=") for attribute in attributes)
        }
        domain = settings.get("domain", "").lstrip(".").lower()
        if not domain or "." not in domain or not _covers(f".{domain}", host):
            key = (host, name)
        else:
            key = (f".{domain}", name)
        if settings.get("max-age", "1").startswith(("0", "-")):
            self._cookies.pop(key, None)
        elif key in self._cookies or len(self._cookies) < _MOST:
            self._cookies[key] = (value, "secure" in settings)


def _covers(domain: str, host: str) -> bool:
    """``domain`` is a host, or with a dot in front that host and all below it."""
    return host == domain or (domain.startswith(".") and f".{host}".endswith(domain))
