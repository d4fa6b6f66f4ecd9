"""A token is what we signed, or nothing at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trackserver.tokens import BadToken, Keyring, Kind, Token

KEYRING = Keyring({1: b"a" * 32, 2: b"b" * 32}, newest=2)

tokens = st.builds(
    Token,
    kind=st.sampled_from(Kind),
    issue=st.integers(1, 2**63 - 1),
    subscriber=st.integers(0, 2**63 - 1),
    link=st.integers(0, 2**20),
)


@given(tokens)
def test_a_token_says_what_was_signed(token: Token) -> None:
    assert KEYRING.verify(KEYRING.sign(token)) == token


def test_a_usual_token_is_short() -> None:
    assert len(KEYRING.sign(Token(Kind.CLICK, 1_000, 5_000_000, 100))) <= 34


@given(tokens, st.integers(0, 10_000), st.sampled_from("AQgwBRhx_-09"))
def test_no_changed_character_is_taken(token: Token, place: int, character: str) -> None:
    text = KEYRING.sign(token)
    place %= len(text)
    changed = text[:place] + character + text[place + 1 :]
    if changed != text:
        with pytest.raises(BadToken):
            KEYRING.verify(changed)


@given(st.text(max_size=80))
def test_whatever_else_comes_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        KEYRING.verify(text)


def test_a_retired_key_still_verifies_and_an_unknown_one_does_not() -> None:
    token = Token(Kind.CLICK, 7, 8, 9)
    old = Keyring({1: b"a" * 32}, newest=1).sign(token)
    assert KEYRING.verify(old) == token
    with pytest.raises(BadToken):
        KEYRING.verify(Keyring({3: b"c" * 32}, newest=3).sign(token))
