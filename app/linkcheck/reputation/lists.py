"""The writer's and the team's own lists: addresses that must not be sent, or are known to be good.

One rule on each line, ``block`` or ``allow`` and what it is about::

    # sites we do not link to
    block bad.example              # this host
    block *.bad.example            # its subdomains, and itself
    block https://shop.example/*   # addresses; * stands for anything
    allow bit.ly                   # services are not asked about it

What is blocked stays blocked, whatever else allows it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from app.linkcheck.reputation.service import Flag, NamedService, Remark
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Reason

log = logging.getLogger(__name__)

_LARGEST = 4 << 20
_LOOK_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class LineError:
    """A line that is no rule, counted from 1, and why in plain words."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line. ``about`` is as written, ``host`` in ASCII.

    ``pattern`` holds the parts between the stars, in lower case up to the path.
    """

    blocks: bool
    about: str
    host: str | None = None
    with_subdomains: bool = False
    pattern: tuple[str, ...] = ()

    def matches(self, host: str, address: str) -> bool:
        """Whether the rule is about this host (ASCII) or address (``host/path?query``)."""
        if self.host is None:
            return _matches(self.pattern, address)
        return host == self.host or (self.with_subdomains and host.endswith(f".{self.host}"))


def read_rules(text: str) -> tuple[tuple[Rule, ...], tuple[LineError, ...]]:
    """The rules of a list, and the lines that are none (which count for nothing)."""
    rules: list[Rule] = []
    errors: list[LineError] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        words = line.partition(" #")[0].split()
        if not words or words[0].startswith("#"):
            continue
        found = _rule(words)
        if isinstance(found, Rule):
            rules.append(found)
        else:
            errors.append(LineError(number, found))
    return tuple(rules), tuple(errors)


def _rule(words: Sequence[str]) -> Rule | str:
    verb = words[0].lower()
    if verb not in ("block", "allow"):
        return f"A line begins with “block” or “allow”, not with “{words[0][:40]}”."
    if len(words) == 1:
        return f"“{verb}” is not followed by a host or an address."
    if len(words) > 2:
        return "There is one host or address on a line; a remark is put behind “ #”."
    about = words[1]
    blocks = verb == "block"
    if "/" in about:
        return _pattern_rule(about, blocks=blocks)
    with_subdomains = about.startswith("*.")
    bare = about.removeprefix("*.")
    if "*" in bare:
        return "In a host, a star stands at the beginning only: “*.example.com”."
    parsed = parse(f"https://{bare}/")
    if parsed is None or parsed.target != "/" or parsed.has_credentials or parsed.port != 443:
        return f"“{about[:80]}” is neither a host nor an address."
    return Rule(blocks, about, host=parsed.host, with_subdomains=with_subdomains)


def _pattern_rule(about: str, *, blocks: bool) -> Rule | str:
    scheme, mark, rest = about.partition("://")
    if mark and scheme.lower() not in ("http", "https"):
        return "Addresses begin with “https://” or “http://”, or with their host."
    authority, slash, path = (rest if mark else about).partition("/")
    if not authority.strip("*."):
        return "The address names no host."
    if "*" not in authority:
        parsed = parse(f"https://{authority}/")
        if parsed is None:
            return f"“{about[:80]}” is neither a host nor an address."
        authority = parsed.authority
    pattern = f"{authority.lower()}{slash}{path}"
    return Rule(blocks, about, pattern=tuple(pattern.split("*")))


def _matches(parts: Sequence[str], text: str) -> bool:
    """Whether a pattern that was split at its stars fits; in linear time for any pattern."""
    if len(parts) == 1:
        return text == parts[0]
    first, *middle, last = parts
    if not text.startswith(first):
        return False
    at = len(first)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(last) and text.endswith(last)


def with_rule(text: str, host: str, *, blocks: bool) -> str:
    """A list with a rule about a host, which takes the place of one that says otherwise of it."""
    rule = f"{'block' if blocks else 'allow'} {host}"
    other = f"{'allow' if blocks else 'block'} {host}"
    lines = [line for line in text.splitlines() if line.partition(" #")[0].split() != other.split()]
    if not any(line.partition(" #")[0].split() == rule.split() for line in lines):
        lines.append(rule)
    return "\n".join(lines) + "\n"


class OwnLists:
    """A reputation service that reads lists from files, again when they change.

    A file that is not there is an empty list. Lines that are no rules are passed over; `errors`
    tells them, and `problem` what keeps a file from being read.
    """

    name = "Own lists"
    asks_nobody = True

    def __init__(
        self, files: Sequence[Path], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._files = tuple(files)
        self._clock = clock
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()
        self._stamps: tuple[object, ...] = ()
        self._rules: dict[Path, tuple[Rule, ...]] = {}
        self.errors: dict[Path, tuple[LineError, ...]] = {}
        self.problem: str | None = None

    async def look_up(self, url: str) -> Flag | None:
        """The flag ``listed`` on what a list blocks."""
        rule = await self._first(url, blocks=True)
        return Flag(Reason.LISTED, rule.about) if rule else None

    async def allows(self, url: str) -> bool:
        """Whether a list says that no service need be asked."""
        return await self._first(url, blocks=False) is not None

    def read_and_look_up(self, url: str) -> Flag | None:
        """As `look_up`, where no event loop runs and waiting for the files is no matter."""
        if not self._stamps:
            self._read()
        rule = self._match(url, blocks=True)
        return Flag(Reason.LISTED, rule.about) if rule else None

    async def aclose(self) -> None:
        """Nothing is open."""

    async def _first(self, url: str, *, blocks: bool) -> Rule | None:
        await self._look()
        return self._match(url, blocks=blocks)

    def _match(self, url: str, *, blocks: bool) -> Rule | None:
        parsed = parse(url)
        if parsed is None:
            return None
        address = f"{parsed.authority}{parsed.target}"
        for file in self._files:
            for rule in self._rules.get(file, ()):
                if rule.blocks is blocks and rule.matches(parsed.host, address):
                    return rule
        return None

    async def _look(self) -> None:
        """Read the files if they changed; in a thread, as a team's may be on a slow network."""
        async with self._looking:
            if self._clock() - self._looked_at < _LOOK_EVERY:
                return
            await asyncio.to_thread(self._read)
            self._looked_at = self._clock()

    def _read(self) -> None:
        stamps = tuple(map(_stamp, self._files))
        if stamps == self._stamps:
            return
        problem = None
        for file in self._files:
            try:
                self._rules[file], self.errors[file] = read_rules(_text(file))
            except OSError as error:
                # What was read of it before still counts: a list must not vanish with a network.
                problem = f"The list {file.name} cannot be read ({type(error).__name__})."
        self.problem = problem
        self._stamps = stamps if problem is None else ()


def _stamp(file: Path) -> object:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _text(file: Path) -> str:
    try:
        found = file.stat()
        if not S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            raise OSError("no list")
        return file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


class Spared:
    """A service that is not asked about what the lists allow."""

    def __init__(self, service: NamedService, lists: OwnLists) -> None:
        self._service = service
        self._lists = lists

    @property
    def name(self) -> str:
        """The service's."""
        return self._service.name

    @property
    def problem(self) -> str | None:
        """The service's."""
        return self._service.problem

    async def look_up(self, url: str) -> Flag | Remark | None:
        """What the service says, unless a list allows the URL."""
        return None if await self._lists.allows(url) else await self._service.look_up(url)

    async def aclose(self) -> None:
        """Close the service."""
        await self._service.aclose()
