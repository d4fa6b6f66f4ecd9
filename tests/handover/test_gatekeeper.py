"""The gate of one issue from its opening to its hand-over, over restarts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.handover.gate import BlankReasonError, Hold
from app.handover.gatekeeper import Gatekeeper
from app.handover.history import History, Kind
from app.linkcheck.verdict import Reason, Verdict
from app.publish import SnippetError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
A, B = "https://a.example/", "https://b.example/"
TEXT = f"# Hello\n\n[a]({A}), [b]({B}), [again]({A}), [mail](mailto:me@a.example)\n"


class App:
    """An app that can be started anew: only the history's file stays."""

    def __init__(self, folder: Path) -> None:
        self.draft = folder / "issue.md"
        self.file = folder / "handover.sqlite3"
        self.history = History(self.file)

    def keeper(self, text: str = TEXT, **more: object) -> Gatekeeper:
        return Gatekeeper(self.draft, text, self.history, **more)  # type: ignore[arg-type]

    def restart(self) -> Gatekeeper:
        self.history.close()
        self.history = History(self.file)
        return self.keeper()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = App(tmp_path)
    yield opened
    opened.history.close()


def ok(at: datetime = NOW) -> Verdict:
    return Verdict(Reason.OK, checked_at=at)


def flagged(at: datetime = NOW, threat: str = "MALWARE") -> Verdict:
    return Verdict(Reason.WEB_RISK, checked_at=at, threat=threat)


def held(keeper: Gatekeeper, now: datetime = NOW) -> list[tuple[str, Hold]]:
    return [(each.state.url, each.hold) for each in keeper.judge(now).held]


def test_an_issue_nobody_has_looked_at_is_held_by_each_of_its_links(app: App) -> None:
    keeper = app.keeper()
    assert keeper.urls == [A, B]
    assert held(keeper) == [(A, Hold.PENDING), (B, Hold.PENDING)]
    assert keeper.to_ask(NOW) == [A, B]


def test_once_every_link_was_found_well_it_may_leave_until_the_limit(app: App) -> None:
    keeper = app.keeper(limit=timedelta(minutes=30))
    keeper.hear({A: ok(), B: ok(), "https://elsewhere.example/": flagged()}, NOW)
    assert keeper.judge(NOW + timedelta(minutes=30)).is_open
    later = NOW + timedelta(minutes=31)
    assert held(keeper, later) == [(A, Hold.OLD), (B, Hold.OLD)]
    assert keeper.to_ask(later) == [A, B]


def test_what_was_found_survives_a_restart(app: App) -> None:
    app.keeper().hear({A: Verdict(Reason.TIMEOUT, checked_at=NOW), B: flagged()}, NOW)
    keeper = app.restart()
    assert held(keeper) == [(B, Hold.BLOCK)]
    assert [each.url for each in keeper.judge(NOW).warned] == [A]


def test_a_link_that_is_typed_after_the_restart_is_unknown(app: App) -> None:
    app.keeper().hear({A: ok(), B: ok()}, NOW)
    app.restart()
    keeper = app.keeper(f"{TEXT}\nhttps://new.example/\n")
    assert held(keeper) == [("https://new.example/", Hold.PENDING)]


def test_a_flag_that_follows_the_verdict_of_the_same_check_holds_over_a_restart(app: App) -> None:
    keeper = app.keeper()
    keeper.hear({A: ok(), B: ok()}, NOW)
    keeper.hear({A: flagged()}, NOW)
    assert held(app.restart()) == [(A, Hold.BLOCK)]


def test_what_the_cache_still_says_does_not_hide_what_was_found_later(app: App) -> None:
    earlier = NOW - timedelta(minutes=20)
    app.keeper().hear({A: ok(), B: flagged()}, NOW)
    keeper = app.restart()
    keeper.hear({A: ok(earlier), B: ok(earlier)}, NOW, from_check=False)
    assert held(keeper) == [(B, Hold.BLOCK)]
    assert app.history.links(app.draft)[A].checked_at == NOW


def test_what_bears_no_time_is_as_new_as_the_check_that_told_it(app: App) -> None:
    nowhere = {A: Verdict(Reason.NO_SUCH_HOST), B: ok()}
    keeper = app.keeper()
    keeper.hear(nowhere, NOW, from_check=False)
    assert held(keeper) == [(A, Hold.OLD)]
    keeper.hear(nowhere, NOW)
    assert held(keeper) == []
    assert held(keeper, NOW + timedelta(hours=2)) == [(A, Hold.OLD), (B, Hold.OLD)]


def test_an_override_survives_a_restart_and_ends_with_another_threat(app: App) -> None:
    keeper = app.keeper()
    keeper.hear({A: ok(), B: flagged()}, NOW)
    (hold,) = keeper.judge(NOW).held
    keeper.override(hold, "  It is our own site  ", NOW)
    keeper = app.restart()
    verdict = keeper.judge(NOW)
    assert verdict.is_open
    assert [each.reason for _, each in verdict.overridden] == ["It is our own site"]
    keeper.hear({B: flagged(NOW + timedelta(minutes=1), "SOCIAL_ENGINEERING")}, NOW)
    assert held(keeper) == [(B, Hold.BLOCK)]


def test_an_override_is_no_other_issues(app: App) -> None:
    keeper = app.keeper()
    keeper.hear({A: ok(), B: flagged()}, NOW)
    keeper.override(keeper.judge(NOW).held[0], "It is our own site", NOW)
    app.draft = app.draft.with_name("next.md")
    keeper = app.keeper()
    keeper.hear({A: ok(), B: flagged()}, NOW)
    assert held(keeper) == [(B, Hold.BLOCK)]


def test_an_override_can_be_taken_back(app: App) -> None:
    keeper = app.keeper()
    keeper.hear({A: ok(), B: flagged()}, NOW)
    decision = keeper.override(keeper.judge(NOW).held[0], "It is our own site", NOW)
    keeper.take_back(decision, NOW)
    assert held(keeper) == [(B, Hold.BLOCK)]
    kinds = [event.kind for event in app.history.events(app.draft)]
    assert kinds == [Kind.OVERRIDDEN, Kind.TAKEN_BACK]


def test_a_blank_reason_leaves_no_trace(app: App) -> None:
    keeper = app.keeper()
    with pytest.raises(BlankReasonError):
        keeper.override(keeper.judge(NOW).held[0], "   ", NOW)
    assert app.history.events(app.draft) == ()


def test_the_writers_own_word_is_taken_and_does_not_lift_a_flag(app: App) -> None:
    by_hand = Verdict(Reason.ACCEPTED, checked_at=NOW - timedelta(days=100))
    keeper = app.keeper()
    keeper.hear({A: by_hand, B: flagged(NOW - timedelta(minutes=5))}, NOW)
    assert held(keeper) == [(B, Hold.BLOCK)]
    keeper.hear({B: Verdict(Reason.ACCEPTED, checked_at=NOW)}, NOW)
    assert held(keeper) == [(B, Hold.BLOCK)]


def test_without_a_network_what_was_found_before_counts_until_it_is_old(app: App) -> None:
    keeper = app.keeper()
    keeper.hear({A: ok(), B: ok()}, NOW)
    keeper.hear({A: Verdict(Reason.OFFLINE), B: Verdict(Reason.OFFLINE)}, NOW)
    assert held(keeper) == []
    assert {hold for _, hold in held(keeper, NOW + timedelta(hours=2))} == {Hold.OLD}


def test_the_links_of_snippets_are_the_issues_too(app: App) -> None:
    snippets = app.draft.parent / "snippets"
    snippets.mkdir()
    (snippets / "imprint.md").write_text("[us](https://us.example/)\n\n", encoding="utf-8")
    keeper = app.keeper("{{ snippet: imprint }}\n\n[a](https://a.example/)\n")
    assert held(keeper) == [("https://us.example/", Hold.PENDING), (A, Hold.PENDING)]
    in_snippet, own = keeper.judge(NOW).held
    assert in_snippet.state.places == ()
    assert own.state.places == ((2, 4),)


def test_a_snippet_that_is_missing_is_told(app: App) -> None:
    with pytest.raises(SnippetError, match="imprint"):
        app.keeper("{{ snippet: imprint }}\n")
