"""Syncs in a process of their own: killed, stopped, left alone, told nothing of it in public."""

import asyncio
import logging
import os
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from app.engagement.model import Account
from app.engagement.store.store import Store
from app.engagement.sync import process as processing
from app.engagement.sync.engine import Progress
from app.engagement.sync.messages import Wanted, read, written
from app.engagement.sync.process import SyncProcess
from app.engagement.sync.state import Outcome, State
from tests.engagement.compare import differences
from tests.engagement.faults import KEY, FaultServer
from tests.engagement.processes import Processes, watch
from tests.engagement.truth import Truth

MINUTE = 60.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "one.db")
    yield made
    made.close()


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Processes:
    return watch(monkeypatch)


def account_at(server: FaultServer, name: str = "a1") -> Account:
    return Account(name, "sendoff", "A letter", server.url)


def some_issues(number: int = 6) -> Truth:
    truth = Truth(random.Random(5))
    for _ in range(number):
        truth.add_issue()
        truth.add_events(max(truth.issues), 20)
    return truth


def at_request(server: FaultServer, number: int, do: Callable[[], object]) -> None:
    """When it comes in, before it is answered."""

    def look(request: int) -> None:
        if request == number:
            do()

    server.before = look


def run(check: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        async with asyncio.timeout(MINUTE):
            await check()

    asyncio.run(within())


def quiet(_: Progress) -> None:
    pass


def test_what_it_stores_is_the_truth_and_it_tells_how_far_it_is(
    store: Store, processes: Processes
) -> None:
    async def check() -> None:
        truth = some_issues()
        told: list[Progress] = []
        async with FaultServer(truth) as server:
            syncs = SyncProcess(store)
            outcome = await syncs.sync(account_at(server), KEY, told.append)
            assert outcome.state is State.CURRENT
            assert differences(store.path, "a1", truth) == []
            assert told[-1].records == outcome.records > 0
            assert told[-1].account == "a1"
            assert processes.running == [], "it ends with its last sync"
            before = server.requests
            assert (await syncs.sync(account_at(server), KEY, quiet)).records == 0
            assert server.requests == before + 1
        status = store.status("a1")
        assert status is not None
        assert status.state == "current"

    run(check)


def test_killed_in_mid_sync_it_is_told_in_words_and_the_next_goes_on(
    store: Store, processes: Processes
) -> None:
    async def check() -> None:
        truth = some_issues()
        async with FaultServer(truth) as server:
            at_request(server, 25, lambda: processes.last.kill())
            syncs = SyncProcess(store)
            outcome = await syncs.sync(account_at(server), KEY, quiet)
            assert outcome.state is State.INTERRUPTED
            assert "What was stored holds" in outcome.message
            status = store.status("a1")
            assert status is not None
            assert status.state == "interrupted"
            assert status.retry_at is not None, "it is tried again by itself"
            server.before = lambda _: None
            before = server.requests
            assert (await syncs.sync(account_at(server), KEY, quiet)).state is State.CURRENT
            assert server.requests - before < 25, "what was read is not read again"
            assert differences(store.path, "a1", truth) == []

    run(check)


def test_several_accounts_share_one_process_and_one_can_be_stopped(
    store: Store, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "PATIENCE", MINUTE)  # a busy machine takes its time

    async def check() -> None:
        truth, silent = some_issues(), asyncio.Event()
        async with FaultServer(truth) as server, FaultServer(some_issues()) as other:
            other.before = lambda _: silent.set()
            other.faults = dict.fromkeys(range(100), "never_answers")
            syncs = SyncProcess(store)
            stuck = asyncio.ensure_future(syncs.sync(account_at(other, "b2"), KEY, quiet))
            await silent.wait()
            assert (await syncs.sync(account_at(server), KEY, quiet)).state is State.CURRENT
            assert len(processes.begun) == 1
            assert len(processes.running) == 1, "another account needs it"
            stuck.cancel()
            with pytest.raises(asyncio.CancelledError):
                await stuck
            assert processes.running == []
        status = store.status("b2")
        assert status is not None
        assert status.state == "cancelled"
        assert processes.last.returncode == 0, "it was asked, not killed"

    run(check)


def test_two_programs_that_sync_one_account_at_once_lose_and_double_nothing(
    store: Store, processes: Processes
) -> None:
    async def check() -> None:
        truth = some_issues(12)
        second = Store(store.path)
        async with FaultServer(truth) as server:
            ends = await asyncio.gather(
                SyncProcess(store).sync(account_at(server), KEY, quiet),
                SyncProcess(second).sync(account_at(server), KEY, quiet),
            )
            assert len({each.process.pid for each in processes.begun}) == 2
            assert {each.state for each in ends} <= {State.CURRENT, State.ELSEWHERE}
            assert State.CURRENT in {each.state for each in ends}
            assert differences(store.path, "a1", truth) == []
        second.close()

    run(check)


def test_the_key_is_in_no_argument_environment_or_log(
    store: Store,
    processes: Processes,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("SENDOFF_KEY_A_LETTER", "SENDOFF_WEB_RISK_KEY", "SENDOFF_SERVER_KEY"):
        monkeypatch.setenv(name, KEY)
    seen: list[bytes] = []

    def look() -> None:
        public = Path(f"/proc/{processes.last.pid}")
        seen.extend((public / name).read_bytes() for name in ("cmdline", "environ"))

    async def check() -> None:
        async with FaultServer(some_issues(2)) as server:
            if sys.platform == "linux":
                at_request(server, 1, look)
            server.faults = {3: "status_500", 4: "hangs_up"}
            await SyncProcess(store).sync(account_at(server), KEY, quiet)

    run(check)
    begun = processes.begun[0]
    assert KEY not in str(begun.command) + str(begun.environment)
    assert not seen or b"--sync-process" in seen[0]
    assert not any(KEY.encode() in each for each in seen)
    told = capfd.readouterr()
    assert KEY not in caplog.text + told.out + told.err


def test_it_ends_when_the_program_that_began_it_is_gone(tmp_path: Path) -> None:
    """As the system closes the pipes of a program that was killed."""

    async def check() -> None:
        asked = asyncio.Event()
        async with FaultServer(some_issues()) as server:
            server.before = lambda _: asked.set()
            server.faults = dict.fromkeys(range(100), "never_answers")
            path = tmp_path / "one.db"
            process = await asyncio.create_subprocess_exec(
                *processing._command(path), env=processing._environment(),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            assert process.stdin is not None
            process.stdin.write(written(Wanted(account_at(server), KEY)))
            await asked.wait()
            process.stdin.close()
            out, errors = await process.communicate()
            assert process.returncode == 0
            assert errors == b""
            last = read(out.splitlines()[-1])
            assert isinstance(last, Outcome)
            assert last.state is State.CANCELLED

    run(check)


@pytest.mark.parametrize(
    "code", ["import time; time.sleep(60)", "print('{}', flush=True); input(); input()"]
)
def test_one_that_answers_nothing_or_nonsense_is_killed(
    code: str, store: Store, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        syncs = SyncProcess(store, lambda _: (sys.executable, "-c", code))
        account = Account("a1", "sendoff", "A letter", "http://127.0.0.1:9")
        task = asyncio.ensure_future(syncs.sync(account, KEY, quiet))
        while not processes.begun:
            await asyncio.sleep(0.01)
        if "sleep" in code:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            assert (await task).state is State.INTERRUPTED
        assert processes.running == []

    run(check)


_TALKATIVE = """
import os, sys
from pathlib import Path
from app.engagement.sync import serving

known = serving.sync_account

async def talkative(*given):
    print("a library's remark", flush=True)
    os.write(1, b"and one of C")
    return await known(*given)

serving.sync_account = talkative
serving.serve(Path(sys.argv[1]))
"""


def test_what_a_library_prints_is_not_taken_for_an_answer(store: Store) -> None:
    async def check() -> None:
        command = (sys.executable, "-c", _TALKATIVE)
        syncs = SyncProcess(store, lambda path: (*command, str(path)))
        async with FaultServer(some_issues()) as server:
            outcome = await syncs.sync(account_at(server), KEY, quiet)
        assert outcome.state is State.CURRENT

    run(check)


def test_where_no_process_can_be_begun_it_is_said(store: Store, tmp_path: Path) -> None:
    async def check() -> None:
        syncs = SyncProcess(store, lambda _: (str(tmp_path / "nothing"),))
        account = Account("a1", "sendoff", "A letter", "http://127.0.0.1:9")
        outcome = await syncs.sync(account, KEY, quiet)
        assert outcome.state is State.INTERRUPTED
        assert "cannot be started" in outcome.message

    run(check)


def test_what_lies_where_the_app_was_started_is_not_taken_for_the_app(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("raise SystemExit('not the app')")
    monkeypatch.chdir(tmp_path)

    async def check() -> None:
        async with FaultServer(some_issues(1)) as server:
            outcome = await SyncProcess(store).sync(account_at(server), KEY, quiet)
            assert outcome.state is State.CURRENT

    run(check)


def test_a_packaged_app_is_its_own_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    found = processing._command(Path("one.db"))
    assert found == (sys.executable, "--sync-process", "one.db")


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="priorities are told otherwise here")
def test_the_window_goes_first(store: Store, processes: Processes) -> None:
    seen: list[int] = []

    async def check() -> None:
        async with FaultServer(some_issues(1)) as server:
            at_request(
                server, 1, lambda: seen.append(os.getpriority(os.PRIO_PROCESS, processes.last.pid))
            )
            await SyncProcess(store).sync(account_at(server), KEY, quiet)

    run(check)
    assert seen[0] > os.getpriority(os.PRIO_PROCESS, 0)


def test_it_ends_where_it_is_told_nonsense(tmp_path: Path) -> None:
    command = processing._command(tmp_path / "one.db")
    ended = subprocess.run(
        command, input=b"\n", stderr=subprocess.DEVNULL, timeout=MINUTE, check=False
    )
    assert ended.returncode == 0
