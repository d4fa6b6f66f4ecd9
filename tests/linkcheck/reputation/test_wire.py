"""DNS messages, against dnspython's; and whatever else a network may send."""

import contextlib

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkcheck.reputation.dns.wire import Reply, WireError, question, read

ASKED = question(0x1234, "a.example.multi.surbl.org")


def _rrset(record: str) -> dns.rrset.RRset:
    name, ttl, group, kind, value = record.split(" ", 4)
    return dns.rrset.from_text(name, int(ttl), group, kind, value)


def reply(*records: str, authority: str = "") -> bytes:
    made = dns.message.make_response(dns.message.from_wire(ASKED), recursion_available=True)
    for record in records:
        made.answer.append(_rrset(record))
    if authority:
        made.set_rcode(dns.rcode.NXDOMAIN)
        made.authority.append(_rrset(authority))
    return made.to_wire()


def test_a_question_is_what_dnspython_reads() -> None:
    message = dns.message.from_wire(ASKED)
    assert message.id == 0x1234
    assert message.flags == dns.flags.RD
    assert message.question[0].to_text() == "a.example.multi.surbl.org. IN A"


@pytest.mark.parametrize("name", ["", "a..b", "x" * 64 + ".b", "a." * 127 + "a", "ü.example"])
def test_names_that_no_question_can_have(name: str) -> None:
    with pytest.raises(WireError):
        question(1, name)


def test_records_are_read() -> None:
    name = "a.example.multi.surbl.org."
    found = read(ASKED, reply(f"{name} 180 IN A 127.0.0.8", f"{name} 60 IN A 127.0.0.16"))
    assert found == Reply(0, False, False, ("127.0.0.8", "127.0.0.16"), 60, 0)
    soa = "surbl.org. 900 IN SOA a.surbl.org. b.surbl.org. 1 2 3 4 180"
    assert read(ASKED, reply(authority=soa)) == Reply(3, False, False, (), 0, 180)
    alias = read(ASKED, reply(f"{name} 9 IN CNAME b.example.", "b.example. 9 IN A 127.0.0.8"))
    assert alias.is_alias


def test_the_answer_to_another_question_is_none() -> None:
    good = reply(f"{'a.example.multi.surbl.org.'} 180 IN A 127.0.0.8")
    for other in (
        b"\x12\x35" + good[2:],
        ASKED,
        good.replace(b"\x01a\x07example", b"\x01b\x07example"),
        good[:30],
        good[:-1],
        b"",
    ):
        with pytest.raises(WireError):
            read(ASKED, other)


@given(st.data())
def test_anything_at_all_is_read_or_refused(data: st.DataObject) -> None:
    good = bytearray(reply("a.example.multi.surbl.org. 180 IN A 127.0.0.8"))
    for _ in range(data.draw(st.integers(0, 6))):
        good[data.draw(st.integers(2, len(good) - 1))] = data.draw(st.integers(0, 255))
    tail = data.draw(st.binary(max_size=40))
    with contextlib.suppress(WireError):
        read(ASKED, bytes(good) + tail)
