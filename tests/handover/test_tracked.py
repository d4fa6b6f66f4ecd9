"""Tracked HTML, against the real tracking server on loopback."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engagement import matching
from app.engagement.errors import ForbiddenError, HttpError, OfflineError
from app.engagement.model import Account
from app.engagement.store.matches import Matches
from app.handover.history import History
from app.handover.model import HandoverError, SentMeanwhileError
from app.handover.tracked import PLACEHOLDER, OtherTagError, Tracked, Tracking, register
from app.publish.export import issue_of
from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from tests.trackserver.api.conftest import Api, api
from tests.trackserver.serving import free_port

__all__ = ["api"]

TAG = Tracking("{{ subscriber.id }}")
TEXT = """\
---
subject: Twelve
---
# Letter

A [link](https://example.com/one), <a href="https://example.com/two" data-do-not-track>not this</a>,
[out](%sendoff_unsubscribe%), [mail](mailto:a@b.example).
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'server.db'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name.lower()))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history.sqlite3")
    yield history
    history.close()


@pytest.fixture
def account(api: Api) -> Account:
    return Account("a1", "sendoff", "A letter", api.served.url, api.publication)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "twelve.md"
    path.write_text(TEXT)
    return path


def registered(
    account: Account,
    key: str | None,
    draft: Path,
    memory: History,
    tracking: Tracking = TAG,
    *,
    anew: bool = False,
) -> Tracked:
    issue = issue_of(draft.read_text(), draft.parent)
    return asyncio.run(register(account, key, issue, draft, memory, tracking, anew=anew))


def test_links_are_counted_and_the_rest_stays(
    api: Api, account: Account, draft: Path, memory: History
) -> None:
    tracked = registered(account, api.served.key, draft, memory)
    html = tracked.html
    assert tracked.is_new
    assert tracked.links == 1
    assert 'href="https://example.com/one"' not in html
    assert f'href="{api.served.url}/l/' in html
    assert 'href="https://example.com/two"' in html
    assert 'href="mailto:a@b.example"' in html
    assert f'href="{api.served.url}/u/' in html
    assert "%sendoff_unsubscribe%" not in html
    assert f'src="{api.served.url}/i/' in html
    assert html.count("/{{ subscriber.id }}") == 3
    shown = api.get(f"/v1/issues/{tracked.issue}")
    assert shown["subject"] == "Twelve"


def test_a_click_leads_where_the_draft_says(
    api: Api, account: Account, draft: Path, memory: History
) -> None:
    html = registered(account, api.served.key, draft, memory).html
    url = html.split('href="' + api.served.url + "/l/")[1].split('"')[0]
    answer = api.visit(f"{api.served.url}/l/{url}".replace("{{ subscriber.id }}", "7"))
    assert answer.headers["location"] == "https://example.com/one"


def test_the_same_draft_again_is_the_same_issue(
    api: Api, account: Account, draft: Path, memory: History
) -> None:
    first = registered(account, api.served.key, draft, memory)
    again = registered(account, api.served.key, draft, memory)
    assert (again.issue, again.html, again.is_new) == (first.issue, first.html, False)
    draft.write_text(TEXT.replace("Twelve", "Thirteen") + "\nAnd [more](https://example.com/3).\n")
    changed = registered(account, api.served.key, draft, memory)
    assert (changed.issue, changed.links) == (first.issue, 2)
    issues = api.get("/v1/issues", publication=api.publication)["issues"]
    assert [each["subject"] for each in issues] == ["Thirteen"]


def test_an_answer_that_never_came_makes_no_second_issue(
    api: Api, account: Account, draft: Path, memory: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the marker was kept, as after a crash amid the first request."""
    keep = memory.keep
    kept: list[object] = []

    def break_off(where: Path, handed: object) -> None:
        if kept:
            raise OSError("the power went")
        kept.append(handed)
        keep(where, handed)  # type: ignore[arg-type]

    monkeypatch.setattr(memory, "keep", break_off)
    with pytest.raises(OSError, match="power"):
        registered(account, api.served.key, draft, memory)
    monkeypatch.setattr(memory, "keep", keep)
    registered(account, api.served.key, draft, memory)
    assert len(api.get("/v1/issues", publication=api.publication)["issues"]) == 1


def test_a_renamed_draft_is_the_same_issue(
    api: Api, account: Account, draft: Path, memory: History
) -> None:
    first = registered(account, api.served.key, draft, memory)
    other = draft.rename(draft.with_name("other.md"))
    memory.rename(draft, other)
    assert registered(account, api.served.key, other, memory).issue == first.issue


def test_a_draft_may_name_its_issue(
    api: Api, account: Account, draft: Path, memory: History, tmp_path: Path
) -> None:
    draft.write_text(TEXT.replace("---\nsubject", "---\nexternal_id: em_42\nsubject"))
    first = registered(account, api.served.key, draft, memory)
    with contextlib.closing(History(tmp_path / "another-computer.sqlite3")) as other:
        assert registered(account, api.served.key, draft, other).issue == first.issue
    assert api.get(f"/v1/issues/{first.issue}")["external_id"] == "em_42"


def test_the_reports_find_the_draft(
    api: Api, account: Account, draft: Path, memory: History
) -> None:
    tracked = registered(account, api.served.key, draft, memory)
    with contextlib.closing(Matches()) as matches:
        said = matches.all()
    assert [(each.account, each.issue, each.path, each.is_draft) for each in said] == [
        ("a1", tracked.issue, str(draft), True)
    ]
    here = matching.draft_text(str(draft), {"subject": "Twelve"}, TEXT)
    finding = matching.find(matching.sent("a1", tracked.issue, "Other", ()), [here], said)
    assert finding.path == str(draft)


@pytest.mark.parametrize(
    "change", [{"sent_at": "2026-01-01T00:00:00Z"}, None], ids=["sent", "delivered"]
)
def test_an_issue_that_readers_have_is_left_alone(
    api: Api, account: Account, draft: Path, memory: History, change: dict[str, str] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = registered(account, api.served.key, draft, memory)
    if change:
        api.json("PATCH", f"/v1/issues/{first.issue}", json=change)
    else:
        from app.handover import tracked as module

        known = module._is_sent
        figures = {"figures": {"sent": 0, "delivered": 3}}
        monkeypatch.setattr(module, "_is_sent", lambda issue: known({**issue, **figures}))
    with pytest.raises(SentMeanwhileError, match="another issue"):
        registered(account, api.served.key, draft, memory)
    monkeypatch.undo()
    api.served.http.headers["authorization"] = f"Bearer {api.served.key}"


def test_another_issue_on_request(api: Api, account: Account, draft: Path, memory: History) -> None:
    first = registered(account, api.served.key, draft, memory)
    api.json("PATCH", f"/v1/issues/{first.issue}", json={"sent_at": "2026-01-01T00:00:00Z"})
    second = registered(account, api.served.key, draft, memory, anew=True)
    assert second.issue != first.issue
    assert registered(account, api.served.key, draft, memory).issue == second.issue


def test_a_tag_cannot_be_changed_afterwards(
    api: Api, account: Account, draft: Path, memory: History
) -> None:
    first = registered(account, api.served.key, draft, memory, Tracking())
    assert first.html.count(PLACEHOLDER) == 3
    with pytest.raises(OtherTagError, match="another merge tag"):
        registered(account, api.served.key, draft, memory)
    second = registered(account, api.served.key, draft, memory, anew=True)
    assert PLACEHOLDER not in second.html


@pytest.mark.parametrize("tag", ['a"b', "<x>", "a\nb", "x" * 200])
def test_a_tag_that_cannot_stand_in_a_link(
    api: Api, account: Account, draft: Path, memory: History, tag: str
) -> None:
    with pytest.raises(HandoverError, match="merge tag"):
        registered(account, api.served.key, draft, memory, Tracking(tag))


def test_a_key_that_may_not_write(api: Api, account: Account, draft: Path, memory: History) -> None:
    with pytest.raises(ForbiddenError, match="write"):
        registered(account, api.served.new_key([Scope.READ]), draft, memory)


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key(account: Account, draft: Path, memory: History, key: str | None) -> None:
    with pytest.raises(HandoverError, match="no key"):
        registered(account, key, draft, memory)


def test_no_server(draft: Path, memory: History) -> None:
    nowhere = Account("a1", "sendoff", "A", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(OfflineError):
        registered(nowhere, "k", draft, memory)


def test_another_platform(draft: Path, memory: History) -> None:
    with pytest.raises(HandoverError, match="no tracking server"):
        registered(Account("a", "ghost", "A", "https://a.example"), "k", draft, memory)


def test_a_publication_that_is_gone(api: Api, draft: Path, memory: History) -> None:
    gone = Account("a1", "sendoff", "A", api.served.url, "pub_gone")
    with pytest.raises((HandoverError, HttpError)):
        registered(gone, api.served.key, draft, memory)
