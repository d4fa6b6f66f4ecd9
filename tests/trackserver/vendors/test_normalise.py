"""Each vendor's events in our words, whatever their order, number and fields."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.trackserver.vendors.keys import VENDORS
from app.trackserver.vendors.normalise import normalise
from app.trackserver.words import Source
from app.trackserver.work.occurrence import Occurrence
from tests.trackserver.vendors.payloads import CASES, NOON, READER, UNKNOWN, Case, sns

RECEIVED = NOON * 1000 + 60_000
GROUPED = (Source.SENDGRID, Source.SPARKPOST, Source.MAILJET)


def events(source: Source, payload: Any) -> list[Occurrence]:
    reading = normalise(source, 1, RECEIVED, json.dumps(payload).encode())
    assert not reading.aside
    return reading.occurrences


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source.name} {case.name}")
def test_an_event_becomes_ours(case: Case) -> None:
    (event,) = events(case.source, case.payload)
    assert (event.type, event.source, event.publication) == (case.type, case.source, 1)
    assert event.email == READER
    assert abs(event.at - NOON * 1000) <= 1000
    assert len(event.id) == 16
    assert {name: getattr(event, name) for name in case.expected} == {
        name: value or None if name in ("link_url", "external_id") else value
        for name, value in case.expected.items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source.name} {case.name}")
def test_no_address_is_kept_among_the_details(case: Case) -> None:
    for event in events(case.source, case.payload):
        kept = json.dumps(event.detail)
        assert READER not in kept
        assert "8.8.8.8" not in kept
        assert "Los Angeles" not in kept


def test_unknown_fields_are_kept() -> None:
    (event,) = events(
        Source.SENDGRID,
        [{"event": "open", "timestamp": NOON, "sg_event_id": "a", "new": {"deep": [1, "x"]}}],
    )
    assert event.detail["new"] == {"deep": [1, "x"]}


@pytest.mark.parametrize(("source", "payload", "error"), UNKNOWN)
def test_what_is_unknown_is_kept_aside_and_the_rest_taken(
    source: Source, payload: Any, error: str
) -> None:
    known = next(case for case in CASES if case.source is source)
    batch = [payload, *known.payload] if source in GROUPED[:2] else payload
    batch = [payload, known.payload] if source is Source.MAILJET else batch
    reading = normalise(source, 1, RECEIVED, json.dumps(batch).encode())
    (aside,) = reading.aside
    assert error in aside.error
    assert aside.error.startswith(source.name.lower())
    assert json.loads(aside.body) == payload
    assert len(reading.occurrences) == (1 if source in GROUPED else 0)
    # It can be tried again by itself.
    again = normalise(source, 1, RECEIVED, aside.body)
    assert again.aside == reading.aside


def test_mailjet_sends_one_or_a_group() -> None:
    sent = next(case for case in CASES if case.source is Source.MAILJET)
    assert events(Source.MAILJET, sent.payload) == events(Source.MAILJET, [sent.payload])


def test_sparkposts_ping_is_no_event() -> None:
    assert events(Source.SPARKPOST, [{"msys": {}}]) == []


def test_the_first_message_of_a_new_topic_is_no_event() -> None:
    assert events(Source.SES, sns("Successfully validated SNS topic for Amazon SES.")) == []


def test_an_event_of_several_recipients_is_one_for_each() -> None:
    bounce = {
        "eventType": "Bounce",
        "mail": {"messageId": "m", "destination": ["a@x.example", "b@x.example", "c@x.example"]},
        "bounce": {
            "timestamp": "2026-09-21T14:13:20Z",
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": "a@x.example"}, {"emailAddress": "b@x.example"}],
        },
    }
    found = events(Source.SES, sns(bounce))
    assert [event.email for event in found] == ["a@x.example", "b@x.example"]
    assert len({event.id for event in found}) == 2


def test_an_open_of_one_of_several_recipients_names_nobody() -> None:
    opened = {
        "eventType": "Open",
        "mail": {"messageId": "m", "destination": ["a@x.example", "b@x.example"]},
        "open": {"timestamp": "2026-09-21T14:13:20Z"},
    }
    (event,) = events(Source.SES, sns(opened))
    assert event.email is None


def test_ses_telling_the_same_both_ways_is_one_event() -> None:
    body = {
        "mail": {"messageId": "m", "destination": [READER]},
        "delivery": {"timestamp": "2026-09-21T14:13:20Z", "recipients": [READER]},
    }
    (one,) = events(Source.SES, sns({"eventType": "Delivery", **body}, MessageId="1"))
    (other,) = events(Source.SES, sns({"notificationType": "Delivery", **body}, MessageId="2"))
    assert (one.id, one.at) == (other.id, other.at)


def test_a_time_far_ahead_is_not_believed() -> None:
    event = {"event": "open", "timestamp": NOON + 2 * 86400, "sg_event_id": "a"}
    reading = normalise(Source.SENDGRID, 1, RECEIVED, json.dumps([event]).encode())
    assert [aside.error for aside in reading.aside] == ["sendgrid: its time lies in the future"]


def test_publications_do_not_share_events() -> None:
    body = json.dumps(CASES[0].payload).encode()
    ids = {
        normalise(Source.SENDGRID, number, RECEIVED, body).occurrences[0].id for number in (1, 2)
    }
    assert len(ids) == 2


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_same_events_in_any_order_and_number_are_the_same(data: st.DataObject) -> None:
    """Duplicates and reordering: what tells events apart is their id and time, and nothing else."""
    drawn = data.draw(st.lists(st.sampled_from(CASES), min_size=1, max_size=12))
    shuffled = data.draw(st.permutations(drawn + drawn[: len(drawn) // 2]))
    later = data.draw(st.integers(0, 86_400_000))

    def rows(cases: list[Case], received: int) -> set[tuple[int, bytes]]:
        return {
            (event.at, event.id)
            for case in cases
            for event in normalise(case.source, 1, received, case.body).occurrences
        }

    assert rows(shuffled, RECEIVED + later) == rows(drawn, RECEIVED)
    assert len(rows(drawn, RECEIVED)) == len({case.body for case in drawn})


_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([READER, "8.8.8.8", str(NOON), NOON, "1e999", "²", "-1"])
)
_values = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
)


@given(st.sampled_from(CASES), st.data())
@settings(max_examples=300, deadline=None)
def test_no_field_of_whatever_shape_breaks_the_reading(case: Case, data: st.DataObject) -> None:
    payload = json.loads(case.body)
    for _ in range(data.draw(st.integers(1, 4))):
        place: Any = payload
        while True:
            if isinstance(place, list):
                key: Any = 0
            else:
                key = data.draw(st.sampled_from(sorted(place))) if place else "new"
            if not isinstance(place, list) and data.draw(st.booleans()):
                break
            inner = place[key] if isinstance(place, list) else place.get(key)
            if not isinstance(inner, dict | list) or not inner:
                break
            place = inner
        place[key] = data.draw(_values)
    try:
        body = json.dumps(payload, allow_nan=False).encode()
    except ValueError:
        return
    reading = normalise(case.source, 1, RECEIVED, body)
    for event in reading.occurrences:
        json.dumps(event.detail)


@given(st.sampled_from(VENDORS), st.binary(max_size=60) | st.just(b"[" * 100_000))
@settings(max_examples=100, deadline=None)
def test_bytes_of_whatever_kind_are_set_aside(source: Source, body: bytes) -> None:
    reading = normalise(source, 1, RECEIVED, body)
    assert not reading.occurrences
