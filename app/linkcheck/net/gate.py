"""The seam between one check and the limits shared by all: who may ask which host, and when."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from app.linkcheck.net.pace import Paces


class HostClosedError(Exception):
    """Raised on entering a slot: the host is not to be asked for so long that nobody should wait.

    ``retry_after`` in seconds. The check ends with what it knows, or as `rate_limited`.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"closed for {retry_after:.0f} s")
        self.retry_after = retry_after


class Slot(Protocol):
    """The right to make one request."""

    def answered(self, status: int, retry_after: float | None) -> None:
        """Tell what the host said: ``retry_after`` in seconds, None where it named no time."""


class Gate(Protocol):
    """Asked before every single request, redirect hops included; left when it has been answered.

    A check holds no slot while it backs off, so limits in flight belong here and not around
    `Fetcher.check`. Time spent waiting at the gate does not count against a link's time limit: it
    is the other links' time, each of which is bounded, so that the last link's turn comes, too.
    ``paces`` is what is known of the hosts' speed.
    """

    paces: Paces

    def slot(self, host: str) -> AbstractAsyncContextManager[Slot]:
        """Wait for this host's turn (``host`` as in `WebUrl.host`)."""

    def is_down(self, host: str) -> bool:
        """Whether it answers nothing but server errors, however long one waits between."""


class _OpenSlot:
    def answered(self, status: int, retry_after: float | None) -> None:
        """Nobody keeps count."""


class OpenGate:
    """No limits."""

    _slot = nullcontext(_OpenSlot())

    def __init__(self) -> None:
        self.paces = Paces()

    def slot(self, host: str) -> AbstractAsyncContextManager[Slot]:  # noqa: ARG002
        """Open at once."""
        return self._slot

    def is_down(self, host: str) -> bool:  # noqa: ARG002
        """Nobody keeps count."""
        return False
