"""Links that do something are opened by no checker: neither in the app nor by the command."""

import json
import threading
from pathlib import Path

import pytest

from app.cli.main import main
from app.linkcheck.many.service import LinkService
from app.linkcheck.many.states import Priority
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason, Status, Verdict

from ..many.fakes import FakeNetwork
from ..zoo.server import Visit, Zoo


async def page(visit: Visit) -> None:
    await visit.reply()


async def onward(visit: Visit) -> None:
    await visit.redirect(302, "/unsubscribe/you")


DEEDS = {"unsubscribe": page, "subscribe": page, "track": page, "onward": onward, "page": page}


def test_the_app_opens_none_and_says_so(tmp_path: Path) -> None:
    found: dict[str, Verdict] = {}
    all_there = threading.Event()

    def hear(batch: list[tuple[str, Verdict]]) -> None:
        found.update(batch)
        if len(found) == 5:
            all_there.set()

    with Zoo(DEEDS) as site:
        service = LinkService(
            tmp_path / "verdicts.sqlite3",
            CheckSettings(allow_private=True),
            hear,
            lambda _: None,
            accepted_path=tmp_path / "accepted.sqlite3",
            network=FakeNetwork(),
        )
        paths = (
            *("/unsubscribe/you?id=1", "/subscribe/confirm?u=1", "/track/click?u=1"),
            *("/onward", "/page"),
        )
        service.want("draft", {site.base + path: Priority.VISIBLE for path in paths})
        try:
            assert all_there.wait(10)
        finally:
            service.stop()
        unsubscribe, confirm, click, redirected, ordinary = (found[site.base + p] for p in paths)
        assert {path for _, path in site.requests} == {"/onward", "/page"}
    assert ordinary.reason is Reason.OK
    for verdict in (unsubscribe, confirm, click, redirected):
        assert (verdict.status, verdict.reason) == (Status.UNCHECKED, Reason.NOT_CHECKABLE)
    assert "unsubscribe a reader" in unsubscribe.detail
    assert "confirm a subscription" in confirm.detail
    assert "counts as a reader's click" in click.detail
    assert [hop.url for hop in redirected.redirects] == [f"{site.base}/unsubscribe/you"]


def test_neither_does_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name))
    draft = tmp_path / "issue.md"
    with Zoo(DEEDS) as site:
        draft.write_text(f"[leave]({site.base}/unsubscribe/you) [read]({site.base}/page)\n")
        assert main(["check", str(draft), "--json", "--allow-private"]) == 0
        assert {path for _, path in site.requests} == {"/page"}
    links = json.loads(capsys.readouterr().out)["links"]
    assert [link["reason"] for link in links] == ["not_checkable", "ok"]
