"""The gate as the dialog sees it: looks at every link, judges, and judges again as more is known.

It is judged only when nothing is being found out about any link: reputation answers after the
check, and a link that works may be flagged a moment later.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from app.handover.gate import GateVerdict, Held, Override
from app.handover.gatekeeper import Gatekeeper
from app.handover.history import History
from app.handover.ledger import LedgerError
from app.linkcheck.verdict import Verdict
from app.publish import SnippetError
from app.ui.background import ask_for

AGES_MS = 15_000
"""How often it is judged again, since links grow old by themselves."""
RETRIES_MS = 300
"""From a look that could not begin yet until it is tried again."""
SETTLES_MS = 200
"""From a verdict that comes by itself until it is judged again."""

Answer = TypeVar("Answer")
_numbers = count(1)


class Asking(Protocol):
    """The link checker; see `app.ui.checking.Checking`."""

    @property
    def verdicts(self) -> SignalInstance:
        """Batches of URLs with their verdicts."""

    @property
    def assured(self) -> SignalInstance:
        """Owner, and how many links are left."""

    def known(self, urls: Iterable[str]) -> dict[str, Verdict]:
        """What is stored; for any thread."""

    def assure(self, owner: str, urls: Iterable[str], again: Iterable[str]) -> bool:
        """Find out all that can be known of these."""

    def relent(self, owner: str) -> None:
        """Go no further with it."""


@dataclass(frozen=True, slots=True)
class Issue:
    """The draft that is handed over, as it is now."""

    draft: Path
    text: str
    ignored: Collection[str] = ()
    allow_private: bool = False


class GateWatch(QObject):
    """One issue's gate while its dialog is open.

    Attributes:
        verdict: What holds the issue; None until it was judged once.
        left, asked: How many links are still found out about, of how many.
        whole: How many links there are that only a request can tell of.
        is_asking: Whether any is.
        is_stopped: The writer did not wait for the end of it, so nothing can leave by it.
        trouble: Why nothing can be judged or kept, in words.
    """

    changed = Signal()

    def __init__(
        self,
        issue: Issue,
        history: History,
        asking: Asking,
        limit: timedelta,
        parent: QObject,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(parent)
        self.limit = limit
        self.verdict: GateVerdict | None = None
        self.left = self.asked = self.whole = 0
        self.is_asking = self.is_stopped = False
        self.trouble = ""
        self._issue, self._history, self._asking, self._now = issue, history, asking, now
        self._keeper: Gatekeeper | None = None
        self._heard: dict[str, Verdict] = {}
        self._wanted: list[Callable[[], object]] = []
        self._then: list[Callable[[], object]] = []
        self._round, self._number = 0, next(_numbers)
        self._is_closed = False
        self._ages = QTimer(self, interval=AGES_MS)
        self._ages.timeout.connect(self._judge)
        self._again: Collection[str] = ()
        self._retries = QTimer(self, singleShot=True, interval=RETRIES_MS)
        self._retries.timeout.connect(lambda: self._ask(self._again))
        self._settles = QTimer(self, singleShot=True, interval=SETTLES_MS)
        self._settles.timeout.connect(lambda: self.recheck(()))
        asking.verdicts.connect(self._hear)
        asking.assured.connect(self._on_assured)

    @property
    def urls(self) -> Sequence[str]:
        """The links that only a request can tell of."""
        return self._keeper.urls if self._keeper is not None else ()

    @property
    def is_open(self) -> bool:
        """Whether the issue may leave, by all that is known."""
        waits = self.is_asking or self.is_stopped
        return self.verdict is not None and self.verdict.is_open and not waits

    def begin(self) -> None:
        """Read the draft, then look at every link that needs it."""
        issue, asking, now = self._issue, self._asking, self._now()

        def read() -> tuple[Gatekeeper, list[str]]:
            keeper = Gatekeeper(
                issue.draft,
                issue.text,
                self._history,
                limit=self.limit,
                ignored=issue.ignored,
                allow_private=issue.allow_private,
            )
            keeper.hear(asking.known(keeper.urls), now, from_check=False)
            return keeper, keeper.to_ask(now)

        def begun(found: tuple[Gatekeeper, list[str]]) -> None:
            self._keeper, again = found
            self.whole = len(self._keeper.urls)
            self._ask(again)

        self._do(read, begun)

    def look(self) -> None:
        """Look at every link that needs it."""
        keeper, now = self._keeper, self._now()
        if keeper is None or self.is_asking or self._is_closed:
            return
        self._pass_on(keeper, lambda: keeper.to_ask(now), self._ask)

    def recheck(self, urls: Collection[str]) -> None:
        """Look at these again, whatever is known, and wait for all that is under way."""
        if self._keeper is not None and not self.is_asking:
            self._ask(list(urls))

    def stop_asking(self) -> None:
        """Judge by what is known so far."""
        self._asking.relent(self._owner)
        self._retries.stop()
        self._give_up()
        self.is_stopped = True
        self._settle()

    def override(self, held: Held, reason: str) -> None:
        """Let a link through."""
        keeper, now = self._keeper, self._now()
        if keeper is not None:
            self._do(lambda: keeper.override(held, reason, now), lambda _: self._judge())

    def take_back(self, override: Override) -> None:
        """Let it hold the issue again."""
        keeper, now = self._keeper, self._now()
        if keeper is not None:
            self._do(lambda: keeper.take_back(override, now), lambda _: self._judge())

    def pass_through(self, then: Callable[[], object]) -> None:
        """Look once more, just before the issue leaves; ``then`` only where it may."""
        if self.is_asking:
            self._then.append(then)
            return
        self._wanted.append(then)
        self.look()

    def close(self) -> None:
        """Want nothing more."""
        self._is_closed = True
        self._ages.stop()
        self._settles.stop()
        self._retries.stop()
        self._asking.relent(self._owner)

    # finding out

    @property
    def _owner(self) -> str:
        """Of what is wanted of the link checker: each round is told of by itself."""
        return f"hand-over {self._number}.{self._round}"

    def _ask(self, again: Collection[str]) -> None:
        if self._is_closed or self._keeper is None:
            return
        before = self._owner
        self._round += 1
        self.is_asking, self.left, self.asked = True, len(again), len(again)
        self.is_stopped = False
        self._again = again
        self._then += self._wanted  # what wants the issue to leave waits for the end of this
        self._wanted.clear()
        begun = self._asking.assure(self._owner, self._keeper.urls, again)
        self._asking.relent(before)  # only now: what both want goes on
        if not begun:
            self._retries.start()  # keys are being read, or a server is waited for
        self.changed.emit()

    def _on_assured(self, owner: str, left: int) -> None:
        if owner != self._owner or not self.is_asking:
            return
        self.left, self.asked = left, max(left, self.asked)
        if left:
            self.changed.emit()
        else:
            self._settle()

    def _settle(self) -> None:
        self.is_asking, self.left = False, 0
        self._judge()

    def _hear(self, verdicts: list[tuple[str, Verdict]]) -> None:
        self._heard.update(verdicts)
        if not self.is_asking and self._keeper is not None:
            self._settles.start()

    # judging

    def _judge(self) -> None:
        keeper = self._keeper
        if keeper is None or self.is_asking or self._is_closed:
            return
        now, number = self._now(), self._round
        self._pass_on(
            keeper, lambda: keeper.judge(now), lambda verdict: self._judged(verdict, number)
        )

    def _judged(self, verdict: GateVerdict, number: int) -> None:
        if self.is_asking or number != self._round:
            return  # more is being found out, or was: it is judged again
        self.verdict, self.trouble = verdict, ""
        self._ages.start()
        then, self._then = self._then, []
        self.changed.emit()
        if verdict.is_open:
            for each in then:
                each()

    def _pass_on(
        self, keeper: Gatekeeper, work: Callable[[], Answer], then: Callable[[Answer], object]
    ) -> None:
        """Tell the gatekeeper what was heard meanwhile, then do this."""
        said: Mapping[str, Verdict] = self._heard
        self._heard, now = {}, self._now()

        def run() -> Answer:
            if said:
                keeper.hear(said, now)
            return work()

        self._do(run, then)

    def _do(self, work: Callable[[], Answer], then: Callable[[Answer], object]) -> None:
        ask_for(work, then, self._fail, self, (LedgerError, SnippetError))

    def _fail(self, error: Exception) -> None:
        self.trouble = str(error)
        self.is_asking = False
        self._retries.stop()
        self._give_up()
        self.changed.emit()

    def _give_up(self) -> None:
        self._wanted.clear()
        self._then.clear()
