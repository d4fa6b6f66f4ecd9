"""API keys: recognised, scoped, ended."""

from hypothesis import given
from hypothesis import strategies as st

from app.trackserver.api import keys
from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from app.trackserver.store.schema import api_key, publication

NOW = 1_780_000_000_000


def two_publications(database: Database) -> tuple[int, int]:
    with database.writing() as connection:
        for number in (1, 2):
            connection.execute(
                publication.insert().values(
                    id=number,
                    public_id=f"pub_{number}",
                    name=f"Letter {number}",
                    mode="individual",
                    canary=False,
                    seq=0,
                    made_at=NOW,
                )
            )
    return 1, 2


def test_a_key_is_found_by_its_text_alone_and_only_its_hash_is_kept(database: Database) -> None:
    with database.writing() as connection:
        number, text = keys.make(
            connection, name="sync", scopes=[Scope.READ], publication_id=None, now=NOW
        )
        found = keys.find(connection, text, NOW)
        row = connection.execute(api_key.select()).one()
    assert found is not None
    key, unused = found
    assert key == keys.Key(number, None, frozenset({Scope.READ}))
    assert unused
    assert text not in str(row._asdict().values())
    assert text.startswith(row.prefix)


def test_its_use_is_noted_once_a_minute(database: Database) -> None:
    with database.writing() as connection:
        number, text = keys.make(connection, name="", scopes=[], publication_id=None, now=NOW)
        keys.note_use(connection, number, NOW)
        again = keys.find(connection, text, NOW + 59_000)
        later = keys.find(connection, text, NOW + 61_000)
    assert again is not None
    assert not again[1]
    assert later is not None
    assert later[1]


def test_a_revoked_or_expired_key_is_none(database: Database) -> None:
    with database.writing() as connection:
        number, text = keys.make(connection, name="", scopes=[], publication_id=None, now=NOW)
        _, short = keys.make(
            connection, name="", scopes=[], publication_id=None, now=NOW, expires_at=NOW + 1000
        )
        assert keys.find(connection, short, NOW + 999)
        assert keys.find(connection, short, NOW + 1000) is None
        assert keys.revoke(connection, number, None, NOW)
        assert keys.find(connection, text, NOW) is None
        assert keys.revoke(connection, number, None, NOW), "revoking twice changes nothing"


def test_a_key_of_one_publication_sees_none_of_another(database: Database) -> None:
    first, second = two_publications(database)
    with database.writing() as connection:
        number, text = keys.make(connection, name="", scopes=[], publication_id=second, now=NOW)
        assert keys.get(connection, number, first) is None
        assert keys.listed(connection, first) == []
        assert not keys.revoke(connection, number, first, NOW)
        assert keys.find(connection, text, NOW)
        assert [row.id for row in keys.listed(connection, second)] == [number]


def test_admin_reads_and_writes_but_checks_no_links() -> None:
    admin = keys.Key(1, None, frozenset({Scope.ADMIN}))
    assert admin.may(Scope.READ)
    assert admin.may(Scope.WRITE)
    assert not admin.may(Scope.LINK_CHECK)
    assert not keys.Key(1, None, frozenset({Scope.WRITE})).may(Scope.READ)


@given(st.integers(0, 53), st.sampled_from("abcXYZ019-_ é"))
def test_one_wrong_character_is_no_key(place: int, character: str) -> None:
    text = keys.new_key()
    changed = text[:place] + character + text[place + 1 :]
    assert keys.is_well_formed(changed) == (changed == text)
