"""The sync behind the window, against the real tracking server on loopback."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from app.engagement import secrets
from app.engagement.model import Account
from app.engagement.store.reader import Reader
from app.engagement.store.schema import store_file
from app.trackserver.store.database import Database
from app.ui.engagement import Engagement
from app.ui.reports.sync_state import SyncState
from tests.engagement.processes import Processes, watch
from tests.support.patience import PATIENCE
from tests.trackserver.api.conftest import Api, api
from tests.trackserver.serving import free_port
from tests.ui.reports.stocked import full as full_issue
from tests.ui.reports.stocked import stock, write_accounts

__all__ = ["api"]

KEY = "SENDOFF_KEY_A_LETTER"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'sendoff.db'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def account(api: Api, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The server's publication as an account whose key the environment gives."""
    monkeypatch.setenv(KEY, api.served.key)
    account = Account("a1", "sendoff", "A letter", api.served.url, api.publication)
    write_accounts(account)
    return account


@pytest.fixture
def engage(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Engagement]]:
    """Makes what a window has; keys come from the environment alone."""
    monkeypatch.setattr(
        "app.engagement.sync.service.open_secrets", lambda: secrets.SessionSecrets("No keyring.")
    )
    owner, made = QObject(), []

    def engage() -> Engagement:
        made.append(Engagement(owner))
        return made[-1]

    yield engage
    for each in made:
        each.stop()


def send(api: Api, subject: str) -> dict[str, Any]:
    issue: dict[str, Any] = api.register(subject=subject, sent_at="2026-11-20T08:00:00Z")["issue"]
    api.work()
    return issue


def subjects() -> set[str]:
    if not store_file().exists():
        return set()
    with Reader() as reader:
        return {each.record.subject for each in reader.issues()}


def ended(engagement: Engagement, account: str = "a1") -> str:
    return engagement.ends.get(account, ("", ""))[0]


def test_without_accounts_nothing_is_started(engage: Callable[[], Engagement]) -> None:
    engagement = engage()
    before = threading.active_count()
    engagement.start()
    assert not engagement.is_started
    assert threading.active_count() == before
    assert not store_file().exists()


def test_what_the_server_tells_comes_by_itself_and_is_told_here(
    qtbot: QtBot, api: Api, account: Account, engage: Callable[[], Engagement]
) -> None:
    send(api, "One")
    engagement = engage()
    threads: list[QThread] = []
    order: list[str] = []
    engagement.began.connect(lambda _: order.append("began"))
    engagement.state.connect(lambda *_: order.append("ended"))
    engagement.changed.connect(lambda: threads.append(QThread.currentThread()))
    engagement.start()
    qtbot.waitUntil(lambda: ended(engagement) == "current")
    assert subjects() == {"One"}
    assert order == ["began", "ended"]
    assert set(threads) == {engagement.thread()}
    assert engagement.running == {}


def test_it_is_fetched_on_demand_before_its_turn(
    qtbot: QtBot, api: Api, account: Account, engage: Callable[[], Engagement]
) -> None:
    engagement = engage()
    engagement.start()
    qtbot.waitUntil(lambda: ended(engagement) == "current")
    send(api, "Two")
    engagement.sync_now("a1")
    qtbot.waitUntil(lambda: subjects() == {"Two"})


def test_on_demand_also_starts_it(
    qtbot: QtBot, api: Api, account: Account, engage: Callable[[], Engagement]
) -> None:
    send(api, "One")
    engagement = engage()
    engagement.sync_now()
    engagement.sync_now()
    qtbot.waitUntil(lambda: subjects() == {"One"})


def test_an_account_without_a_key_says_so(
    qtbot: QtBot,
    account: Account,
    engage: Callable[[], Engagement],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(KEY)
    engagement = engage()
    engagement.start()
    qtbot.waitUntil(lambda: ended(engagement) == "refused")
    assert "no key" in engagement.ends["a1"][1]


def test_offline_is_said_and_what_was_synced_is_there(
    qtbot: QtBot, engage: Callable[[], Engagement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "k")
    account = Account("a1", "sendoff", "A letter", f"http://127.0.0.1:{free_port()}")
    write_accounts(account)
    stock(store_file(), account, full_issue(1, "Before", 80, 20))
    engagement = engage()
    engagement.start()
    qtbot.waitUntil(lambda: ended(engagement) == "offline")
    assert subjects() == {"Before"}


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_sync_can_be_stopped(
    qtbot: QtBot, silent: str, engage: Callable[[], Engagement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "k")
    write_accounts(Account("a1", "sendoff", "A letter", silent))
    engagement = engage()
    engagement.start()
    qtbot.waitUntil(lambda: "a1" in engagement.running)
    qtbot.wait(100)
    engagement.cancel()
    qtbot.waitUntil(lambda: ended(engagement) == "cancelled")
    assert engagement.is_started, "its next turn comes"


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Processes:
    return watch(monkeypatch)


def test_a_sync_that_is_killed_is_told_in_words_and_goes_on(
    qtbot: QtBot,
    silent: str,
    api: Api,
    engage: Callable[[], Engagement],
    processes: Processes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY, api.served.key)
    account = Account("a1", "sendoff", "A letter", silent, api.publication)
    write_accounts(account)
    send(api, "One")
    engagement = engage()
    shown = SyncState(engagement)
    qtbot.addWidget(shown)
    shown.show_statuses([account], {})
    engagement.start()
    qtbot.waitUntil(lambda: bool(processes.running))
    processes.last.kill()
    qtbot.waitUntil(lambda: ended(engagement) == "interrupted")
    assert "What was stored holds" in engagement.ends["a1"][1]
    assert shown.fresh.words == "The sync was interrupted and goes on soon"
    write_accounts(replace(account, url=api.served.url))
    engagement.sync_now()
    qtbot.waitUntil(lambda: ended(engagement) == "current")
    assert subjects() == {"One"}


def test_closing_in_mid_sync_ends_its_process(
    qtbot: QtBot,
    silent: str,
    engage: Callable[[], Engagement],
    processes: Processes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY, "k")
    write_accounts(Account("a1", "sendoff", "A letter", silent))
    engagement = engage()
    engagement.start()
    qtbot.waitUntil(lambda: bool(processes.running))
    engagement.stop()
    qtbot.waitUntil(lambda: processes.running == [])


def test_the_end_does_not_wait_for_a_silent_server(
    qtbot: QtBot, silent: str, engage: Callable[[], Engagement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "k")
    write_accounts(Account("a1", "sendoff", "A letter", silent))
    engagement = engage()
    engagement.start()
    qtbot.waitUntil(lambda: "a1" in engagement.running)
    qtbot.wait(100)
    engagement.stop()
    qtbot.waitUntil(lambda: not any(each.name == "sync" for each in threading.enumerate()))


def test_the_end_does_not_wait_for_a_keyring_that_asks_the_writer(
    qtbot: QtBot, account: Account, engage: Callable[[], Engagement],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    unlocked = threading.Event()

    class Locked(secrets.SessionSecrets):
        def get(self, account: Account) -> str | None:
            assert unlocked.wait(PATIENCE)
            return None

    engagement = engage()
    monkeypatch.setattr("app.engagement.sync.service.open_secrets", lambda: Locked("Locked."))
    engagement.start()
    qtbot.waitUntil(lambda: "a1" in engagement.running)
    engagement.stop()
    unlocked.set()


def test_two_windows_sync_the_same_account_and_nothing_is_lost(
    qtbot: QtBot, api: Api, account: Account, engage: Callable[[], Engagement]
) -> None:
    wanted = {f"Issue {number}" for number in range(5)}
    for subject in sorted(wanted):
        send(api, subject)
    first, second = engage(), engage()
    first.start()
    second.start()
    over = ("current", "elsewhere")
    qtbot.waitUntil(lambda: ended(first) in over and ended(second) in over)
    qtbot.waitUntil(lambda: subjects() == wanted)
    with Reader() as reader:
        assert len(reader.issues()) == 5


def test_a_damaged_list_of_accounts_is_told_and_stops_nothing(
    qtbot: QtBot, api: Api, account: Account, engage: Callable[[], Engagement]
) -> None:
    send(api, "One")
    file = write_accounts(account)
    whole = file.read_text()
    file.write_text("{")
    engagement = engage()
    with qtbot.waitSignal(engagement.trouble) as told:
        engagement.start()
    assert "damaged" in told.args[0]
    file.write_text(whole)
    engagement.sync_now()
    qtbot.waitUntil(lambda: subjects() == {"One"})


def test_an_account_more_is_synced_when_it_is_told_from_any_thread(
    qtbot: QtBot, api: Api, engage: Callable[[], Engagement], monkeypatch: pytest.MonkeyPatch
) -> None:
    send(api, "One")
    engagement = engage()
    engagement.start()
    monkeypatch.setenv(KEY, api.served.key)
    write_accounts(Account("a1", "sendoff", "A letter", api.served.url, api.publication))
    with qtbot.waitSignal(engagement.accounts_changed):
        threading.Thread(target=engagement.nudge, args=(True,)).start()
    qtbot.waitUntil(lambda: subjects() == {"One"})
