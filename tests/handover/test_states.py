"""What is known of an issue's links, from what is said now and what was kept."""

from datetime import UTC, datetime, timedelta

import pytest

from app.handover.states import FLAG_LASTS, LinkState, Seen, asked, link_states, newest, seen
from app.linkcheck.verdict import Reason, Verdict
from app.markup import Document

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(minutes=30), NOW - timedelta(minutes=10)
FLAG = Seen(Reason.WEB_RISK, EARLIER, "MALWARE")


def found(reason: Reason, at: datetime | None) -> Verdict:
    return Verdict(reason, checked_at=at)


@pytest.mark.parametrize(
    ("said", "kept", "expected"),
    [
        (found(Reason.OK, LATER), None, (Reason.OK, LATER)),
        (found(Reason.OK, LATER), Seen(Reason.TIMEOUT, EARLIER), (Reason.OK, LATER)),
        (found(Reason.OK, EARLIER), Seen(Reason.TIMEOUT, LATER), (Reason.TIMEOUT, LATER)),
        (found(Reason.PENDING, None), Seen(Reason.TIMEOUT, LATER), (Reason.TIMEOUT, LATER)),
        (found(Reason.OFFLINE, None), Seen(Reason.OK, LATER), (Reason.OK, LATER)),
        (found(Reason.OFFLINE, None), FLAG, (Reason.WEB_RISK, EARLIER)),
        (found(Reason.OK, LATER), FLAG, (Reason.OK, LATER)),  # looked at again: it is lifted
        (found(Reason.OK, EARLIER), FLAG, (Reason.WEB_RISK, EARLIER)),  # of the same check
        (found(Reason.ACCEPTED, LATER), FLAG, (Reason.WEB_RISK, EARLIER)),
        (found(Reason.ACCEPTED, EARLIER), Seen(Reason.BOT_WALL, LATER), (Reason.ACCEPTED, EARLIER)),
        (
            found(Reason.NO_SUCH_HOST, None),
            Seen(Reason.NO_SUCH_HOST, LATER),
            (Reason.NO_SUCH_HOST, LATER),
        ),
        (found(Reason.NO_SUCH_HOST, None), Seen(Reason.OK, LATER), (Reason.NO_SUCH_HOST, None)),
    ],
)
def test_the_newest_holds(
    said: Verdict, kept: Seen | None, expected: tuple[Reason, datetime | None]
) -> None:
    verdict, at = newest(said, kept, NOW)
    assert (verdict.reason, at) == expected


def test_a_flag_that_has_run_out_is_neither_shown_nor_believed() -> None:
    pending = Verdict(Reason.PENDING)
    for flag, ends in (
        (FLAG, EARLIER + FLAG_LASTS),
        (Seen(Reason.SURBL, EARLIER, until=LATER), LATER),
    ):
        before, after = ends - timedelta(seconds=1), ends
        assert newest(pending, flag, before)[0].reason is flag.reason
        assert newest(pending, flag, after) == (pending, None)


def test_what_says_nothing_does_not_replace_what_did() -> None:
    for reason in (Reason.PENDING, Reason.OFFLINE, Reason.TYPING, Reason.ACCEPTED, Reason.IGNORED):
        assert seen(Verdict(reason, checked_at=NOW), NOW) is None


def test_what_has_no_time_was_found_when_it_was_heard() -> None:
    assert seen(Verdict(Reason.NO_SUCH_HOST), NOW) == Seen(Reason.NO_SUCH_HOST, NOW)


DRAFT = """\
# [Read](https://a.example/)

Again [a](https://a.example/), [b](https://b.example/#x), [mail](mailto:me@a.example),
[tag]({{ url }}), [own](http://192.168.0.1/), [slip](htps://c.example/), [up](#read).
"""


def states(said: dict[str, Verdict], **more: object) -> dict[str, LinkState]:
    document = Document.from_text(DRAFT)
    made = link_states(document, said, {}, now=NOW, **more)  # type: ignore[arg-type]
    return {each.url: each for each in made}


def test_an_address_is_one_with_all_its_places() -> None:
    state = states({"https://a.example/": Verdict(Reason.OK, checked_at=LATER)})[
        "https://a.example/"
    ]
    assert state == LinkState(
        *("https://a.example/", Verdict(Reason.OK, checked_at=LATER), LATER, True),
        text="Read",
        places=((0, 9), (2, 10)),
    )


def test_only_what_a_request_can_tell_of_is_asked() -> None:
    made = states({})
    assert asked(made.values()) == ["https://a.example/", "https://b.example/#x"]
    assert made["https://b.example/#x"].verdict.reason is Reason.PENDING
    assert made["mailto:me@a.example"].verdict.reason is Reason.NOT_CHECKABLE
    assert made["http://192.168.0.1/"].verdict.reason is Reason.PRIVATE_ADDRESS
    assert asked(states({}, allow_private=True).values())[-1] == "http://192.168.0.1/"


def test_to_ignore_a_link_hides_nothing_from_the_gate() -> None:
    flagged = Verdict(Reason.LISTED, checked_at=LATER)
    made = states({"https://a.example/": flagged}, ignored=["https://a.example/"])
    assert made["https://a.example/"].verdict is flagged
    assert made["https://a.example/"].is_ignored
