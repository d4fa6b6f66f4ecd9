"""Merge tags of a test mail: their own fallbacks, else what an invented reader would see."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape, unescape

_BRACES = re.compile(r"\{\{-?\s*([^{}]{0,400}?)\s*-?\}\}")
_STARS = re.compile(r"\*\|([A-Z][A-Z0-9_:.]{0,100})\|\*")
_GHOST = re.compile(
    r"%%\{(\w+)(?:,?\s*(?:&quot;|[\"“])(.*?)(?:&quot;|[\"”]))?\}%%"
    r"|(?<![{$%\w])\{(\w+)(?:,\s*(?:&quot;|[\"“])(.*?)(?:&quot;|[\"”]))?\}(?!\})"
)
_OURS = re.compile(r"%sendoff_(unsubscribe)%|%25sendoff_(unsubscribe)%25")
_STATEMENT = re.compile(r"\{%-?.{1,400}?-?%\}")
_FALLBACK = re.compile(r"(?:\bdefault(?:_if_none)?\b|\bor\b|\|\|)[^\"'“]*?[\"'“]([^\"'”]*)[\"'”]")
_LAST_NAME = re.compile(r"(\w+)\W*$")

_NAMES = {
    **dict.fromkeys(("first_name", "firstname", "fname", "given_name"), "Alex"),
    **dict.fromkeys(("last_name", "lastname", "lname", "surname"), "Reader"),
    **dict.fromkeys(("name", "full_name", "fullname"), "Alex Reader"),
    **dict.fromkeys(("uuid", "id", "uniqid", "key"), "0000-test"),
    **dict.fromkeys(("newsletter", "list_name", "list"), "Newsletter"),
}
_ADDRESSES = frozenset(("email", "email_address", "emailaddress"))
_PAGES = (
    ("unsub", "https://example.com/unsubscribe"),
    ("manage", "https://example.com/preferences"),
    ("preferences", "https://example.com/preferences"),
    ("update_profile", "https://example.com/preferences"),
    ("archive", "https://example.com/issue"),
    ("email_url", "https://example.com/issue"),
    ("messageurl", "https://example.com/issue"),
    ("view", "https://example.com/issue"),
)
_GHOST_NAMES = frozenset(
    ("email", "first_name", "key", "list_unsubscribe", "manage_account_url", "name", "status",
     "unsubscribe_url", "uuid")
)  # fmt: skip


@dataclass(slots=True)
class Filling:
    """What a test mail's tags became.

    Attributes:
        recipient: The address that the mail goes to.
        filled: Tags that have a text now, each once, as they are written.
        left: Tags that only the platform can run, each once.
    """

    recipient: str
    filled: dict[str, str] = field(default_factory=dict)
    left: dict[str, None] = field(default_factory=dict)

    def fill(self, text: str, *, is_html: bool = False) -> str:
        """The text with its tags filled in; in HTML what they become is escaped."""

        def put(match: re.Match[str], name: str, fallback: str | None) -> str:
            value = fallback if fallback is not None else self._sample(name)
            written = unescape(match[0]) if is_html else match[0]
            if value is None:
                self.left[written] = None
                return match[0]
            self.filled[written] = value
            return escape(value) if is_html else value

        def braces(match: re.Match[str]) -> str:
            inner = unescape(match[1]) if is_html else match[1]
            found = _FALLBACK.search(inner)
            name = _LAST_NAME.search(inner.partition("|")[0])
            return put(match, name[1] if name else "", found[1] if found else None)

        def ghost(match: re.Match[str]) -> str:
            name, fallback = match[1] or match[3], match[2] or match[4]
            if name not in _GHOST_NAMES:
                return match[0]  # braces of the writer's own
            return put(match, name, unescape(fallback) if is_html and fallback else fallback)

        steps: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (_BRACES, braces),
            (_STARS, lambda match: put(match, match[1].split(":")[0], None)),
            (_GHOST, ghost),
            (_OURS, lambda match: put(match, "unsubscribe_url", None)),
            (_STATEMENT, lambda match: put(match, "", None)),
        )
        for pattern, change in steps:
            text = pattern.sub(change, text)
        return text

    def _sample(self, name: str) -> str | None:
        small = name.lower()
        if small in _ADDRESSES:
            return self.recipient
        if small in _NAMES:
            return _NAMES[small]
        now = datetime.now(UTC)
        if small in ("date", "current_date", "today"):
            return now.strftime("%Y-%m-%d")
        if small in ("year", "current_year"):
            return str(now.year)
        page = next((page for part, page in _PAGES if part in small), None)
        return page or ("https://example.com/" if small.endswith("url") else None)
