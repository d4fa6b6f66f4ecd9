import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from app.linkcheck.settings import Mode
from app.ui import session as sessions
from app.ui.session import Place, Session
from app.ui.settings import _CHECKS, Settings, Store, changed
from app.ui.theme import Appearance


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "settings.json")


def test_a_new_writer_gets_the_defaults(store: Store) -> None:
    assert store.load() == Settings()
    assert store.complaints == []


def test_the_default_folder_is_proposed_and_not_made(store: Store, folders: Path) -> None:
    assert store.load().folder == folders / "home" / "Documents" / "Newsletters"
    assert not store.load().folder.exists()


def test_what_is_saved_is_loaded_again(store: Store) -> None:
    chosen = Settings(
        appearance=Appearance.DARK,
        drafts_folder="/drafts",
        writing_family="Georgia",
        writing_points=16.5,
        measure=60,
        check_links=False,
        show_clicks=False,
        check_timeout=9.0,
        link_age=90,
        allow_private=True,
        reputation=("surbl", "dbl"),
        team_list="/team/list.txt",
        name_servers="192.0.2.1",
        check_where="server",
        check_account="a1",
        check_server="https://news.example",
        watch_links=True,
        ask_archive=True,
        archive="https://archive.example",
    )
    store.save(chosen)
    assert Store(store.path).load() == chosen
    assert changed(Settings(), chosen) == {field.name for field in fields(Settings)}


def test_where_links_are_checked_is_named_as_the_checker_names_it() -> None:
    for mode in Mode:
        assert _CHECKS["check_where"](mode.value) == mode
    assert Settings().check_where == Mode.LOCAL


def test_every_setting_is_checked_when_read() -> None:
    assert set(_CHECKS) == {field.name for field in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("appearance", "purple"),
        ("drafts_folder", 7),
        ("writing_points", "large"),
        ("writing_points", 900),
        ("measure", True),
        ("check_links", "yes"),
        ("check_timeout", 0),
        ("reputation", "surbl"),
        ("reputation", [7]),
        ("check_where", "moon"),
        ("check_where", ["local"]),
    ],
)
def test_a_value_that_makes_no_sense_is_named_and_the_others_count(
    store: Store, name: str, nonsense: object
) -> None:
    store.path.write_text(json.dumps({"measure": 50, "check_timeout": 5, name: nonsense}))
    settings = store.load()
    assert getattr(settings, name) == getattr(Settings(), name)
    assert len(store.complaints) == 1
    assert name in store.complaints[0]
    other = "check_timeout" if name == "measure" else "measure"
    assert getattr(settings, other) != getattr(Settings(), other)


def test_keys_of_a_newer_version_are_kept(store: Store) -> None:
    store.path.write_text('{"theme_song": "la", "measure": 50}')
    store.save(replace(store.load(), measure=51))
    kept = json.loads(store.path.read_text())
    assert (kept["theme_song"], kept["measure"]) == ("la", 51)


@pytest.mark.parametrize("content", ["", "{", "[1]", "null", "\x00"])
def test_an_unreadable_file_is_set_aside_not_overwritten(store: Store, content: str) -> None:
    store.path.write_text(content)
    assert store.load() == Settings()
    assert len(store.complaints) == 1
    store.save(Settings())
    assert store.path.with_suffix(".unreadable.json").read_text() == content


def test_a_failed_write_leaves_the_old_settings(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(Settings(measure=50))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.save(Settings(measure=51))
    assert Store(store.path).load().measure == 50
    assert [path.name for path in store.path.parent.iterdir() if path.is_file()] == [
        store.path.name
    ]


def test_a_session_comes_back_as_it_was(tmp_path: Path) -> None:
    session = Session(
        geometry="ab12",
        columns=(250, 700, 300),
        columns_with_preview=(250, 500, 500),
        rows=(400, 200),
        drafts_shown=False,
        preview_shown=True,
        inspector_shown=False,
        inspector_page="outline",
        zoom=120,
        open=(Place("/a.md", 3, 4, 1), Place("/b.md")),
        current="/a.md",
        health={"/a.md": (12.5, {"warn": 2})},
    )
    path = tmp_path / "session.json"
    sessions.save(session, path)
    assert sessions.load(path) == session


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"columns": "wide", "open": [{"path": 3}, 7], "zoom": "big", "health": [1]}',
        '{"open": {"path": "/a"}, "rows": [-1], "drafts_shown": 1, "health": {"/a": [1]}}',
    ],
)
def test_a_session_that_makes_no_sense_is_a_fresh_one(tmp_path: Path, content: str) -> None:
    path = tmp_path / "session.json"
    path.write_text(content)
    assert sessions.load(path) == Session()


def test_a_place_with_nonsense_keeps_its_path(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text('{"open": [{"path": "/a.md", "line": -3}]}')
    assert sessions.load(path).open == (Place("/a.md"),)
