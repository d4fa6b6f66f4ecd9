"""The dialog by keys alone: what holds an issue, what lets it through, and what comes of it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from app.engagement import managing
from app.engagement.matching import Match
from app.engagement.secrets import open_secrets
from app.engagement.store.matches import Matches
from app.handover.gate import Hold
from app.handover.history import History, Kind
from app.handover.model import Choice, Field
from app.ui.handover.held_row import OverriddenRow, WarnedRow
from app.ui.handover.parts import A_PAGE
from app.ui.handover.there import Phase
from tests.handover.fakes.server import Asked, Cut, Said

from .conftest import MAIN, Bench


def test_an_issue_whose_links_are_well_becomes_a_draft_by_one_key(bench: Bench) -> None:
    bench.write("/a", "/b")
    bench.add_account()
    hands = bench.look()
    assert sorted(set(bench.site.asked)) == ["/a", "/b"]
    assert hands.links == "All were looked at within the last 60 minutes, and none is flagged."
    assert hands.there == "A new draft will be made at listmonk."
    assert bench.desk.drafts() == []
    hands.hand_over()
    (draft,) = bench.desk.drafts()
    assert draft[Field.SUBJECT] == "A quiet week"
    assert hands.dialog.outcome.title.text() == "It is a draft at listmonk now"
    assert "Nothing was sent" in hands.dialog.outcome.sentence.text()
    assert hands.dialog.view.isVisible()


def test_a_flagged_link_holds_the_issue_until_it_is_mended(bench: Bench) -> None:
    hands = bench.flagged("/a", "/bad")
    (row,) = hands.rows()
    assert row.state.url == f"{bench.site.url}/bad"
    assert "list" in row.told.text()
    assert not hands.may_hand_over
    hands.press(Qt.Key.Key_Return)
    with hands.qtbot.waitSignal(hands.dialog.go_to) as gone:
        hands.push("Go to it")
    assert gone.args == [8, 9]
    assert not isValid(hands.dialog) or hands.dialog.isHidden()

    bench.write("/a", "/good")
    hands = bench.look()
    assert hands.rows() == []
    hands.wait(lambda: hands.may_hand_over)
    hands.push(MAIN)
    hands.wait(lambda: bench.desk.drafts())


def test_a_link_that_comes_off_the_list_is_let_through_after_another_look(bench: Bench) -> None:
    bench.write("/bad")
    bench.block("/bad")
    hands = bench.look()
    assert len(hands.rows()) == 1
    bench.block("")
    hands.wait(lambda: hands.dialog.watch.is_open)
    assert hands.rows() == []


def test_an_override_by_keys_needs_a_reason_and_stays_in_the_history(bench: Bench) -> None:
    hands = bench.flagged("/bad")
    hands.push("Let it through…")
    hands.go_to("Why this link may go out")
    hands.enter("   ")
    hands.press(Qt.Key.Key_Return)
    assert not hands.may_hand_over
    assert bench.history.events(bench.draft) == ()
    hands.enter("It is our own shop")
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: hands.may_hand_over)
    (row,) = hands.rows(OverriddenRow)
    assert "“It is our own shop”" in row.told.text()
    (event,) = bench.history.events(bench.draft)
    assert event.override is not None
    assert event.override.url == f"{bench.site.url}/bad"
    assert event.override.said.hold is Hold.BLOCK
    assert event.override.reason == "It is our own shop"
    assert abs(event.at - datetime.now(UTC)) < timedelta(minutes=1)

    hands.push("Take back")
    hands.wait(lambda: not hands.may_hand_over)
    assert [each.kind for each in bench.history.events(bench.draft)] == [
        Kind.OVERRIDDEN,
        Kind.TAKEN_BACK,
    ]


def test_enter_pressed_once_too_often_does_no_harm(bench: Bench) -> None:
    hands = bench.flagged("/bad", "/gone")
    hands.push("Let it through…")
    hands.enter("It is our own shop")
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: hands.may_hand_over)
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    hands.settle()
    assert hands.dialog.isVisible()
    assert bench.desk.drafts() == []
    assert hands.dialog.there.phase is Phase.PLANNED


def test_tab_goes_down_the_page(bench: Bench) -> None:
    hands = bench.flagged("/bad", "/gone")
    hands.qtbot.wait(50)
    names = []
    for _ in range(10):
        hands.press(Qt.Key.Key_Tab)
        focus: QWidget | None = hands.dialog.focusWidget()
        assert focus is not None
        names.append(focus.accessibleName() or focus.property("text"))
    assert names == [
        "Check all again",
        *("Go to it", "Check again", "Let it through…"),
        *("Go to it", "Check again"),
        *("Look again", "Accounts…", "Account", "Close"),
    ]


def test_a_reason_that_is_being_typed_stays_when_something_else_is_found(bench: Bench) -> None:
    hands = bench.flagged("/bad/a", "/bad/b")
    hands.push("Let it through…")
    hands.go_to("Why this link may go out")
    hands.enter("It is our")
    (one, other) = (row.state for row in hands.rows())
    hands.dialog.watch.recheck([other.url])
    hands.wait(lambda: [row.state for row in hands.rows()] != [one, other])
    hands.settle()
    hands.wait(lambda: isinstance(hands.dialog.focusWidget(), QLineEdit))
    hands.enter(" own shop")
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: hands.rows(OverriddenRow))
    (row,) = hands.rows(OverriddenRow)
    assert "“It is our own shop”" in row.told.text()


def test_of_many_links_a_page_is_shown_and_the_rest_when_asked_for(bench: Bench) -> None:
    hands = bench.flagged(*(f"/bad?{at}" for at in range(A_PAGE + 3)))
    hands.wait(lambda: len(hands.rows()) == A_PAGE)
    hands.push("Show 3 more")
    hands.wait(lambda: len(hands.rows()) == A_PAGE + 3)
    focus: QWidget | None = hands.dialog.focusWidget()
    assert focus is hands.dialog.links.again  # where Enter does no harm
    hands.push("Let it through…")
    hands.go_to("Why this link may go out")


def test_what_holds_survives_a_restart_without_the_cache(bench: Bench) -> None:
    bench.write("/bad", "/a")
    bench.block("/bad")
    hands = bench.look()
    hands.dialog.close()
    bench.restart()
    asked = len(bench.site.asked)
    hands = bench.look()
    (row,) = hands.rows()
    assert row.state.url.endswith("/bad")
    assert len(bench.site.asked) > asked  # the cache is gone: what is unknown is asked


def test_a_broken_link_is_named_and_holds_nothing(bench: Bench) -> None:
    bench.write("/a", "/gone")
    bench.add_account()
    hands = bench.look()
    (row,) = hands.rows(WarnedRow)
    assert row.state.url.endswith("/gone")
    assert "1 broken link: that holds nothing, but readers see it." in hands.links
    hands.wait(lambda: hands.may_hand_over)


def test_a_link_that_was_looked_at_too_long_ago_is_asked_again(bench: Bench) -> None:
    bench.write("/a")
    hands = bench.look()
    hands.dialog.close()
    asked = len(bench.site.asked)
    hands = bench.look()
    assert len(bench.site.asked) == asked
    hands.dialog.close()
    bench.limit = timedelta(seconds=0)
    hands = bench.open()
    hands.wait(lambda: len(bench.site.asked) > asked)


def test_links_that_grow_old_while_the_dialog_is_open_are_asked_before_it_leaves(
    bench: Bench,
) -> None:
    bench.write("/a")
    bench.add_account()
    later = timedelta()
    hands = bench.look(now=lambda: datetime.now(UTC) + later)
    hands.wait(lambda: hands.may_hand_over)
    asked = len(bench.site.asked)
    later = timedelta(minutes=59, seconds=59.5)
    hands.qtbot.wait(600)
    hands.hand_over()
    assert len(bench.site.asked) > asked


def test_it_is_remembered_and_shown_as_a_change_the_next_time(bench: Bench) -> None:
    bench.handed("/a")
    bench.write("/a", more="\nAnd a word more.\n")
    bench.restart()
    hands = bench.look()
    assert hands.there == "The draft at listmonk will be changed:"
    with hands.qtbot.waitSignal(hands.dialog.compare_wanted) as compared:
        hands.push("See what differs")
    assert compared.args is not None
    hands.hand_over()
    assert len(bench.desk.drafts()) == 1
    kinds = [event.kind for event in bench.history.events(bench.draft)]
    assert kinds == [Kind.HANDED, Kind.HANDED]


def test_the_reports_know_whose_issue_it_is_once_it_is_sent(bench: Bench) -> None:
    hands = bench.ready("/a")
    hands.hand_over()
    handed = hands.dialog.there.handed
    assert handed is not None
    matches = Matches()
    (match,) = matches.all()
    matches.close()
    assert (match.account, match.issue, match.path) == ("a1", handed.remote_id, str(bench.draft))
    assert isinstance(match, Match)
    assert match.is_draft


@pytest.mark.parametrize("desk", ["buttondown", "listmonk"], indirect=True)
@pytest.mark.parametrize("choice", [Choice.THEIRS, Choice.COPY])
def test_what_was_edited_there_is_the_writers_to_decide(bench: Bench, choice: Choice) -> None:
    bench.handed("/a")
    bench.desk.edit(Field.SUBJECT, "Their subject")
    hands = bench.look()
    assert "was edited there since" in hands.there
    assert not hands.may_hand_over
    hands.push({Choice.THEIRS: "Keep theirs", Choice.COPY: "Make a second draft"}[choice])
    hands.settle()
    hands.hand_over()
    subjects = [each[Field.SUBJECT] for each in bench.desk.drafts()]
    assert "Their subject" in subjects
    assert len(subjects) == (2 if choice is Choice.COPY else 1)


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
def test_a_comparison_says_whether_it_shows_their_edits_or_what_will_change(bench: Bench) -> None:
    bench.handed("/a", more="\nOne.\n")
    bench.write("/a", more="\nOne, and two.\n")
    hands = bench.look()
    with hands.qtbot.waitSignal(hands.dialog.compare_wanted) as compared:
        hands.push("See what differs")
    assert "there afterwards" in compared.args[2]
    hands.dialog.close()
    there = bench.desk.drafts()[0][Field.BODY]
    bench.desk.edit(Field.BODY, f"{there}\n\nTheirs.")
    hands = bench.look()
    with hands.qtbot.waitSignal(hands.dialog.compare_wanted) as compared:
        hands.push("See what differs")
    before, after, legend = compared.args
    assert "Theirs." in after
    assert "Theirs." not in before
    assert legend == "−  as you handed it over     +  as it is there now"
    assert "waits for your word on the edits made there" in hands.dialog.foot.text()


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
def test_what_is_to_be_decided_comes_into_view(bench: Bench) -> None:
    bench.handed("/a", "/gone")
    bench.desk.edit(Field.SUBJECT, "Their subject")
    hands = bench.open()
    hands.dialog.resize(600, 400)
    hands.settle()
    choices = hands.dialog.target.choices
    hands.wait(lambda: choices.visibleRegion().boundingRect().height() == choices.height())


def test_where_nothing_would_change_the_draft_there_can_be_looked_at(bench: Bench) -> None:
    bench.handed("/a")
    hands = bench.look()
    assert "nothing will be changed" in hands.there
    hands.go_to("Open the draft")


def test_what_has_the_focus_keeps_it_while_the_platform_is_asked_anew(bench: Bench) -> None:
    hands = bench.ready("/a")
    hands.push("Look again")
    hands.settle()
    focus: QWidget | None = hands.dialog.focusWidget()
    assert focus is hands.dialog.target.again


def test_accounts_can_be_changed_from_there(bench: Bench) -> None:
    hands = bench.ready("/a")
    with hands.qtbot.waitSignal(hands.dialog.accounts_wanted):
        hands.push("Accounts…")
    managing.remove(bench.desk.account, open_secrets())
    hands.dialog.renew_accounts()
    hands.wait(lambda: hands.dialog.there.phase is Phase.NO_ACCOUNT)
    assert not hands.may_hand_over


def test_an_account_that_changes_when_all_is_done_changes_nothing_that_is_told(
    bench: Bench,
) -> None:
    hands = bench.ready("/a")
    hands.hand_over()
    hands.dialog.renew_accounts()
    assert hands.dialog.there.phase is Phase.DONE


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
def test_both_sides_edits_can_be_joined_and_are_shown_before(bench: Bench) -> None:
    bench.handed("/a", more="\nOne.\n")
    bench.desk.edit(Field.SUBJECT, "Their subject")
    bench.write("/a", more="\nOne, and two.\n")
    hands = bench.look()
    hands.push("Join both")
    hands.settle()
    assert hands.there == "The draft at Buttondown will be changed:"
    hands.hand_over()
    (draft,) = bench.desk.drafts()
    assert draft[Field.SUBJECT] == "Their subject"
    assert "One, and two." in draft[Field.BODY]


def test_an_issue_that_was_sent_there_can_only_become_a_second_draft(bench: Bench) -> None:
    bench.handed("/a")
    bench.desk.send()
    hands = bench.look()
    assert "no draft any more" in hands.there
    hands.push("Make a second draft")
    hands.settle()
    hands.wait(lambda: hands.may_hand_over)


def test_without_an_account_it_leads_to_adding_one(bench: Bench) -> None:
    bench.write("/a")
    hands = bench.look()
    assert hands.dialog.there.phase is Phase.NO_ACCOUNT
    assert not hands.may_hand_over
    with hands.qtbot.waitSignal(hands.dialog.account_wanted):
        hands.push("Add an account…")
    bench.add_account()
    hands.dialog.renew_accounts()
    hands.wait(lambda: hands.may_hand_over)


def test_a_platform_that_does_not_answer_is_told_in_words_and_nothing_is_lost(
    bench: Bench,
) -> None:
    hands = bench.ready("/a")
    bench.desk.fake.cuts = dict.fromkeys(range(200), Cut.BEFORE)
    hands.push(MAIN)
    hands.wait(lambda: hands.dialog.there.phase is Phase.STOPPED)
    assert hands.dialog.outcome.title.text() == "It was not handed over"
    assert "try again" in hands.dialog.outcome.sentence.text()
    bench.desk.fake.cuts.clear()
    hands.hand_over()
    assert len(bench.desk.drafts()) == 1
    assert [event.kind for event in bench.history.events(bench.draft)] == [Kind.HANDED]


def test_while_the_platform_cannot_be_reached_it_says_so_and_looks_again_when_asked(
    bench: Bench,
) -> None:
    bench.write("/a")
    bench.add_account()
    bench.desk.fake.cuts = dict.fromkeys(range(200), Cut.BEFORE)
    hands = bench.look()
    if hands.dialog.there.phase is Phase.PLANNED:
        pytest.skip("this platform is not asked anything before a new draft")
    assert hands.there
    assert not hands.may_hand_over
    bench.desk.fake.cuts.clear()
    hands.push("Look again")
    hands.wait(lambda: hands.may_hand_over)


def test_a_look_that_is_stopped_lets_nothing_leave(bench: Bench) -> None:
    hands = bench.ready("/a")
    hands.dialog.watch.recheck([f"{bench.site.url}/a"])
    hands.dialog.watch.stop_asking()
    hands.wait(lambda: "You stopped" in hands.links)
    assert not hands.may_hand_over
    hands.push("Check all again")
    hands.wait(lambda: hands.may_hand_over)


def test_where_nothing_can_be_kept_nothing_leaves(bench: Bench) -> None:
    bench.write("/a")
    bench.add_account()
    bench.history.close()
    hands = bench.open()
    hands.wait(lambda: hands.dialog.watch.trouble)
    assert "cannot be kept" in hands.links
    hands.qtbot.wait(300)
    assert not hands.may_hand_over
    bench.history = History()


def test_after_a_crash_between_the_draft_and_its_answer_it_is_still_one_draft(
    bench: Bench,
) -> None:
    hands = bench.ready("/a")
    fake, answer = bench.desk.fake, bench.desk.fake.answer

    def made_and_gone(asked: Asked) -> Said:
        said = answer(asked)
        if not asked.writes:
            return said
        fake.cuts = dict.fromkeys(range(400), Cut.BEFORE)
        return Said({}, 502)

    fake.answer = made_and_gone  # type: ignore[method-assign]
    hands.push(MAIN)
    hands.wait(lambda: hands.dialog.there.phase is Phase.STOPPED)
    assert len(bench.desk.drafts()) == 1  # it was made, and nobody heard of it
    assert bench.history.events(bench.draft) == ()
    bench.restart()
    fake.answer = answer  # type: ignore[method-assign]
    fake.cuts.clear()
    hands = bench.look()
    hands.hand_over()
    assert len(bench.desk.drafts()) == 1
    assert [event.kind for event in bench.history.events(bench.draft)] == [Kind.HANDED]


@pytest.mark.parametrize("after", [0, 5, 15, 30, 60])
def test_a_dialog_that_is_closed_at_work_leaves_at_most_one_draft(bench: Bench, after: int) -> None:
    hands = bench.ready("/a")
    hands.push(MAIN)
    hands.wait(lambda: hands.dialog.there.phase is Phase.WORKING)
    hands.qtbot.wait(after)
    hands.dialog.close()
    hands.wait(lambda: not any(each.name == "hand-over" for each in threading.enumerate()))
    assert len(bench.desk.drafts()) <= 1
    hands = bench.look()
    hands.hand_over()
    assert len(bench.desk.drafts()) == 1
