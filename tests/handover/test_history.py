"""What outlives the app: links' states, overrides, hand-overs; whatever happens in between."""

import contextlib
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.handover import ledger
from app.handover.gate import Hold, Override, Said
from app.handover.history import History, Kind
from app.handover.ledger import LedgerError
from app.handover.model import Field, Handed, Unheard
from app.handover.states import Seen
from app.linkcheck.verdict import Reason

NOW = datetime(2026, 11, 23, 12, 30, 15, 123_457, tzinfo=UTC)
A = "https://a.example/"
MALWARE = Said(Hold.BLOCK, Reason.WEB_RISK, "MALWARE", "https://hop.example/")
DECISION = Override(A, MALWARE, "It is our own site – I asked them", NOW)
HANDED = Handed(
    *("1234", "buttondown", "marker", "em_1", "rev", "https://buttondown.example/em_1"),
    at=1_700_000_000_123,
    given={Field.SUBJECT: "Hello", Field.BODY: "Long\ntext"},
    there={Field.SUBJECT: "Hello", Field.BODY: "Long\ntext"},
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "handover.sqlite3"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return tmp_path / "issue.md"


@contextlib.contextmanager
def opened(file: Path) -> Iterator[History]:
    history = History(file)
    try:
        yield history
    finally:
        history.close()


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda each: each.replace(tzinfo=UTC)
)
words = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
links = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.builds(Seen, st.sampled_from(Reason), moments, words, words, st.none() | moments),
    max_size=4,
)


@given(links, links)
def test_links_states_survive_a_restart_and_go_with_their_links(
    tmp_path_factory: pytest.TempPathFactory, first: dict[str, Seen], second: dict[str, Seen]
) -> None:
    file, draft = tmp_path_factory.mktemp("data") / "handover.sqlite3", Path("/drafts/issue.md")
    with opened(file) as history:
        history.keep_links(draft, first, first)
        history.keep_links(Path("/drafts/other.md"), second, second)
    with opened(file) as history:
        assert history.links(draft) == first
        history.keep_links(draft, second, second)
        assert history.links(draft) == second


def test_a_link_that_was_not_looked_at_again_keeps_its_state(file: Path, draft: Path) -> None:
    a, b = Seen(Reason.OK, NOW), Seen(Reason.TIMEOUT, NOW)
    with opened(file) as history:
        history.keep_links(draft, {"a": a, "b": b}, ["a", "b"])
        history.keep_links(draft, {"b": Seen(Reason.OK, NOW)}, ["a", "b"])
        assert history.links(draft) == {"a": a, "b": Seen(Reason.OK, NOW)}


def test_overrides_survive_a_restart_word_for_word(file: Path, draft: Path) -> None:
    old = Override(A, Said(Hold.OLD, Reason.OK, checked_at=NOW), "No time", NOW)
    with opened(file) as history:
        history.override(draft, DECISION)
        history.override(draft, old)
    with opened(file) as history:
        assert history.overrides(draft) == (DECISION, old)
        assert [event.at for event in history.events(draft)] == [NOW, NOW]


def test_an_override_is_of_one_issue_only(file: Path, draft: Path) -> None:
    with opened(file) as history:
        history.override(draft, DECISION)
        assert history.overrides(draft.with_name("next.md")) == ()


def test_what_is_taken_back_holds_no_more_and_stays_in_the_history(file: Path, draft: Path) -> None:
    with opened(file) as history:
        history.override(draft, DECISION)
        history.take_back(draft, DECISION, NOW + timedelta(minutes=1))
        assert history.overrides(draft) == ()
        assert [event.kind for event in history.events(draft)] == [
            Kind.OVERRIDDEN,
            Kind.TAKEN_BACK,
        ]
        history.override(draft, DECISION)
        assert history.overrides(draft) == (DECISION,)


def test_what_was_handed_over_is_known_again(file: Path, draft: Path) -> None:
    with opened(file) as history:
        assert history.handed(draft, "1234") is None
        history.keep(draft, HANDED)
    with opened(file) as history:
        assert history.handed(draft, "1234") == HANDED
        assert history.handed(draft, "other") is None


def test_a_marker_that_was_kept_before_the_first_request_is_no_hand_over(
    file: Path, draft: Path
) -> None:
    marker = Handed("1234", "buttondown", "marker")
    with opened(file) as history:
        history.keep(draft, marker)
    with opened(file) as history:  # the app died before the platform answered
        assert history.handed(draft, "1234") == marker
        assert history.events(draft) == ()


def test_a_change_whose_answer_is_not_heard_yet_is_no_hand_over(file: Path, draft: Path) -> None:
    unheard = replace(
        HANDED,
        kept=(Field.BODY,),
        unheard=Unheard({Field.SUBJECT: "Mine"}, {Field.SUBJECT: "Asked for"}),
    )
    with opened(file) as history:
        history.keep(draft, unheard)
    with opened(file) as history:  # the app died before the platform answered
        assert history.handed(draft, "1234") == unheard
        assert history.events(draft) == ()
        history.keep(draft, HANDED)
        assert [event.kind for event in history.events(draft)] == [Kind.HANDED]


def test_each_hand_over_is_one_entry_however_often_it_is_kept(file: Path, draft: Path) -> None:
    with opened(file) as history:
        history.keep(draft, HANDED)
        history.keep(draft, HANDED)
        (event,) = history.events(draft)
    assert event.kind is Kind.HANDED
    assert event.handed is not None
    assert event.handed.remote_id == "em_1"
    assert event.handed.there == {Field.SUBJECT: "Hello"}
    assert event.at == datetime.fromtimestamp(1_700_000_000.123, UTC)


def test_a_picture_is_known_by_account_and_content(file: Path) -> None:
    with opened(file) as history:
        history.keep_picture("1234", "d1", "https://images.example/1.png")
    with opened(file) as history:
        assert history.picture("1234", "d1") == "https://images.example/1.png"
        assert history.picture("1234", "d2") is None
        assert history.picture("4321", "d1") is None


# renaming


def test_everything_follows_the_draft_when_it_is_renamed(file: Path, draft: Path) -> None:
    new = draft.with_name("renamed.md")
    with opened(file) as history:
        history.override(draft, DECISION)
        history.keep(draft, HANDED)
        history.keep_links(draft, {A: Seen(Reason.OK, NOW)}, [A])
        history.rename(draft, new)
        assert history.overrides(new) == (DECISION,)
        assert history.handed(new, "1234") == HANDED
        assert history.links(new) == {A: Seen(Reason.OK, NOW)}
        assert not (history.events(draft))
        assert not (history.links(draft))
        assert history.handed(draft, "1234") is None


def test_a_draft_takes_nothing_over_from_a_gone_one_of_the_same_name(
    file: Path, draft: Path
) -> None:
    gone = draft.with_name("renamed.md")
    with opened(file) as history:
        history.override(gone, DECISION)
        history.keep(gone, HANDED)
        history.keep_links(gone, {A: Seen(Reason.OK, NOW)}, [A])
        history.rename(draft, gone)
        assert not (history.events(gone))
        assert not (history.links(gone))
        assert history.handed(gone, "1234") is None


def test_a_draft_is_the_same_under_each_path_that_leads_to_it(
    file: Path, draft: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path, target_is_directory=True)
    with opened(file) as history:
        history.override(link / draft.name, DECISION)
        assert history.overrides(draft) == (DECISION,)


# what goes wrong


def test_a_damaged_file_is_moved_aside_with_a_word(file: Path, draft: Path) -> None:
    with opened(file) as history:
        history.override(draft, DECISION)
    damaged = b"SQLite format 3\0" + b"\xff" * 5000
    file.write_bytes(damaged)
    with opened(file) as history:
        assert "moved aside" in history.notice
        assert history.overrides(draft) == ()
        history.override(draft, DECISION)
        assert history.overrides(draft) == (DECISION,)
    (aside,) = file.parent.glob("*.damaged-*")
    assert aside.read_bytes() == damaged
    with opened(file) as history:
        assert history.notice == ""


def test_a_page_that_rots_inside_is_found_when_the_file_is_opened(file: Path, draft: Path) -> None:
    with opened(file) as history:
        for number in range(300):
            history.override(draft, Override(f"{A}{number}", MALWARE, "because", NOW))
    data = bytearray(file.read_bytes())
    data[4096 * 5 : 4096 * 8] = b"\x00" * (4096 * 3)
    file.write_bytes(data)
    with opened(file) as history:
        assert "moved aside" in history.notice


def test_a_newer_version_is_left_as_it_is(file: Path) -> None:
    with opened(file):
        pass
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="newer Sendoff"):
        History(file)
    assert not list(file.parent.glob("*.damaged-*"))


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be kept"):
        History(tmp_path / "file" / "handover.sqlite3")


def test_entries_of_a_later_version_are_passed_over(file: Path, draft: Path) -> None:
    with opened(file) as history:
        history.override(draft, DECISION)
        history.keep_links(draft, {A: Seen(Reason.OK, NOW)}, [A])
    key = ledger.draft_key(draft)
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        add = "INSERT INTO event (draft, at, kind, body) VALUES (?, 0, ?, ?)"
        for kind, body in (("blessed", "{}"), ("overridden", "["), ("handed", "{}")):
            database.execute(add, (key, kind, body))
        row = (key, "b", "enchanted", 1.0, None, None, None)
        database.execute("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    with opened(file) as history:
        assert [event.override for event in history.events(draft)] == [DECISION]
        assert history.links(draft).keys() == {A}


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits here")
@pytest.mark.parametrize("room", [0, 4_096, 30_000, 120_000])
def test_on_a_full_disk_a_decision_is_kept_or_refused_in_words(
    file: Path, draft: Path, room: int
) -> None:
    import resource

    history = History(file)
    history.override(draft, DECISION)
    kept = 1
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        for number in range(40):
            decision = Override(f"{A}{number}", MALWARE, "because " * 500, NOW)
            try:
                history.override(draft, decision)
                kept += 1
            except LedgerError as error:
                assert "Make room" in str(error)  # noqa: PT017 - not every one is refused
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert kept < 41
    history.override(draft, Override(f"{A}last", MALWARE, "there is room again", NOW))
    history.close()
    with opened(file) as again:
        assert again.notice == ""
        assert len(again.overrides(draft)) == kept + 1


def test_a_decision_that_was_kept_survives_the_app_being_killed(file: Path, draft: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from app.handover.gate import *; from app.handover.history import History\n"
        "from app.linkcheck.verdict import Reason\n"
        "history = History(Path(sys.argv[1]))\n"
        "for number in range(10**6):\n"
        "    said = Said(Hold.BLOCK, Reason.SURBL)\n"
        "    now = datetime.now(UTC)\n"
        "    history.override(Path(sys.argv[2]), Override(str(number), said, 'why', now))\n"
        "    print(number, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(file), str(draft)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = -1
        while told < 20:
            told = int(process.stdout.readline())
        process.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        rest = process.stdout.read().split()
    told = int(rest[-1]) if rest else told
    with opened(file) as history:
        assert history.notice == ""
        kept = [each.url for each in history.overrides(draft)]
    assert kept[: told + 1] == [str(number) for number in range(told + 1)]


def test_two_windows_write_at_once_and_nothing_is_lost(file: Path, draft: Path) -> None:
    def write(name: str) -> None:
        with opened(file) as history:
            for number in range(25):
                history.override(draft, Override(f"{name}{number}", MALWARE, "because", NOW))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened(file) as history:
        assert len(history.overrides(draft)) == 75
