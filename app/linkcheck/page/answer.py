"""What one way through a link's redirects ended with, before it is judged."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.linkcheck.net.failures import Again, FailureError
from app.linkcheck.net.head import Head
from app.linkcheck.urls import WebUrl
from app.linkcheck.verdict import Redirect

if TYPE_CHECKING:  # their patterns take a while to compile, and most checks need none of them
    from app.linkcheck.page.pages import Page
    from app.linkcheck.page.walls import Wall

_PASSING = {408, 425, 429, 500, 502, 503, 504, 507, 508, 509, 529, 598, 599, *range(520, 531)}
_CONNECTION = {421, 426}


@dataclass(slots=True)
class Answer:
    """The last answer of a chain (``head``), or the ``failure`` that ended it.

    ``seconds`` is how long the last request took up to its head, ``retry_after`` what the server
    asked to wait. ``page`` is what was read of the body, ``missing`` the fragments surely not in
    it. ``leads_nowhere``: a meta refresh sends readers to a page that does not exist.
    """

    method: str
    url: WebUrl
    trail: tuple[Redirect, ...] = ()
    head: Head | None = None
    failure: FailureError | None = None
    seconds: float = 0.0
    retry_after: float | None = None
    page: "Page | None" = None
    wall: "Wall | None" = None
    missing: frozenset[str] = frozenset()
    leads_nowhere: bool = False

    @property
    def status(self) -> int | None:
        """The HTTP status, None where there was no answer."""
        return None if self.head is None else self.head.status

    @property
    def is_success(self) -> bool:
        """Whether a reader sees a page: 2xx, or 300 which browsers show as it is."""
        return self.failure is None and self.status is not None and 200 <= self.status <= 300

    @property
    def again(self) -> Again:
        """Whether a second look may find something else."""
        if self.failure is not None:
            return self.failure.again
        if self.status in _CONNECTION:
            return Again.FRESH
        return Again.LATER if self.status in _PASSING and self.wall is None else Again.NEVER
