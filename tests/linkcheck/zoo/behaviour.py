"""One way a server can behave, and the verdict that a writer should see."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.linkcheck.verdict import Note, Reason

from .server import Handler


@dataclass(frozen=True)
class Expected:
    """``requests``: exactly so many, redirects included; None where it does not matter.

    ``suggestion`` and ``final`` are paths below the behaviour's own (``"/to"``).
    """

    reason: Reason = Reason.OK
    notes: tuple[Note, ...] = ()
    status: int | None = None
    methods: str | None = None  # "HEAD GET GET": every request that the server saw
    suggestion: str | None = None
    final: str | None = None
    at_most: float = 3.0  # seconds
    words: str = ""  # what the detail or the evidence must contain
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Behaviour:
    """``key`` is the facts' letter and number where it has one, and the first path segment."""

    key: str
    handler: Handler
    expected: Expected
    path: str = ""
    fragments: tuple[str, ...] = ()


@dataclass
class Behaviours:
    """Where the behaviours of one subject are registered."""

    all: list[Behaviour] = field(default_factory=list)

    def add(
        self, key: str, expected: Expected, path: str = "", fragments: tuple[str, ...] = ()
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.all.append(Behaviour(key, handler, expected, path, fragments))
            return handler

        return register
