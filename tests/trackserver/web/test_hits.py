"""Pixels, links and the unsubscribe page, asked of a real server."""

import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.trackserver.inbox import Hit, HitFlag
from app.trackserver.ingest.batches import Batch
from app.trackserver.ingest.inbox_writer import Inbox, NotKept
from app.trackserver.ingest.store import Store
from app.trackserver.store.database import Database
from app.trackserver.store.schema import link
from app.trackserver.tokens import Kind, Token
from app.trackserver.web import shortcut
from app.trackserver.web.hits import GIF
from tests.support.patience import PATIENCE, wait_for
from tests.trackserver.serving import serving
from tests.trackserver.web.conftest import DESTINATION, NOW, Tracked, stored_hits

NO_STORE = "no-store"


def test_an_open_is_answered_with_the_gif_and_kept(tracked: Tracked) -> None:
    answer = tracked.http.get(tracked.pixel, headers={"user-agent": "Mail/1"})
    assert answer.status_code == 200
    assert answer.content == GIF
    assert len(answer.content) == 43
    assert answer.headers["content-type"] == "image/gif"
    assert NO_STORE in answer.headers["cache-control"]
    token = tracked.pixel.removeprefix("/i/").removesuffix(".gif")
    assert tracked.hits() == [Hit(NOW, token, "Mail/1", "127.0.0.1", 0)]


def test_opens_take_the_short_cut(tracked: Tracked, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shortcut.is_open(), "try it with this version of granian, then name that in it"

    def long_way(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Inbox, "add", long_way)
    assert tracked.http.get(tracked.pixel).status_code == 200
    assert len(tracked.hits()) == 1
    assert tracked.http.get(tracked.click).status_code == 500  # but clicks do not


def test_the_long_way_leads_there_too(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortcut, "_TRIED", ("another version",))
    monkeypatch.setattr(Inbox, "keep", None)
    with serving(database, tmp_path) as served:
        path = f"/i/{served.services.keyring().sign(Token(Kind.OPEN, 1, 7))}.gif"
        answer = served.http.get(path)
        assert (answer.status_code, answer.content) == (200, GIF)
        assert len(stored_hits(database)) == 1


def test_a_fault_on_the_short_cut_is_500_and_the_next_is_served(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Inbox, "keep", None)
        assert tracked.http.get(tracked.pixel).status_code == 500
    assert tracked.http.get(tracked.pixel).status_code == 200


def test_an_open_that_nothing_takes_is_answered_and_counted(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotKept

    monkeypatch.setattr(Inbox, "keep", refuse)
    assert tracked.http.get(tracked.pixel).content == GIF
    assert 'sendoff_hits_total{kind="kept_not"} 1.0' in tracked.http.get("/metrics").text


def test_clients_that_do_not_wait_for_the_answer_leave_their_hits(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, gone = Store.put, threading.Event()

    def slow(store: Store, batches: Sequence[Batch]) -> None:
        gone.wait(PATIENCE)
        put(store, batches)

    monkeypatch.setattr(Store, "put", slow)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", tracked.http.base_url.port)) as client:
            client.sendall(f"GET {tracked.pixel} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            time.sleep(0.005)
    gone.set()
    assert tracked.http.get(tracked.pixel).status_code == 200
    wait_for(lambda: len(tracked.hits()) >= 21, 0.02)
    assert len(tracked.hits()) == 21


def test_a_platforms_merge_tag_comes_with_the_hit(tracked: Tracked) -> None:
    path = tracked.pixel + "/reader-7"
    tracked.http.get(path)
    too_long = "x" * 201
    tracked.http.get(f"{tracked.pixel}/{too_long}")
    token = tracked.pixel.removeprefix("/i/").removesuffix(".gif")
    assert [hit.path for hit in tracked.hits()] == [f"{token}/reader-7", token]


def test_a_pixel_never_tells_whether_a_token_is_ours(tracked: Tracked) -> None:
    good = tracked.http.get(tracked.pixel)
    for token in ("", "x", "x.gif", "AQ", "%00", "%ff%fe", "a/b/c", "..%2f..", "A" * 5000):
        answer = tracked.http.get(f"/i/{token}")
        assert answer.status_code == 200
        assert answer.content == GIF
        del answer.headers["date"]
        assert answer.headers.items() <= good.headers.items()
    assert len(tracked.hits()) == 1


def test_a_click_is_redirected_and_kept(tracked: Tracked) -> None:
    answer = tracked.http.get(tracked.click)
    assert answer.status_code == 302
    assert answer.headers["location"] == DESTINATION
    assert NO_STORE in answer.headers["cache-control"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert [hit.path for hit in tracked.hits()] == [tracked.click.removeprefix("/l/")]


def test_a_bad_token_is_a_page_without_a_redirect(tracked: Tracked) -> None:
    good = tracked.click.removeprefix("/l/")
    changed = good[:9] + ("B" if good[9] == "A" else "A") + good[10:]
    for token in ("", "x", changed, good[:-2], tracked.token(Kind.OPEN), f"x/{DESTINATION}"):
        answer = tracked.http.get(f"/l/{token}")
        assert answer.status_code == 404
        assert "location" not in answer.headers
        assert "example.com" not in answer.text
        assert answer.headers["content-type"].startswith("text/html")
    assert tracked.hits() == []


def test_a_link_that_does_not_exist_is_404_and_a_revoked_one_410(tracked: Tracked) -> None:
    assert tracked.http.get(f"/l/{tracked.token(Kind.CLICK, 99)}").status_code == 404
    revoked = tracked.http.get(f"/l/{tracked.token(Kind.CLICK, 2)}")
    assert revoked.status_code == 410
    assert "location" not in revoked.headers
    assert tracked.hits() == []


def test_nothing_but_the_web_is_redirected_to(tracked: Tracked) -> None:
    urls = [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//a.example",
        "ftp://a",
    ]
    for number, url in enumerate(urls, 3):
        with tracked.served.services.database.writing() as connection:
            connection.execute(
                link.insert().values(issue_id=1, number=number, url=url, text="", canary=False)
            )
        assert tracked.http.get(f"/l/{tracked.token(Kind.CLICK, number)}").status_code == 404


def test_a_new_link_works_at_once_and_a_revocation_soon(tracked: Tracked) -> None:
    path = f"/l/{tracked.token(Kind.CLICK, 3)}"
    assert tracked.http.get(path).status_code == 404
    database = tracked.served.services.database
    with database.writing() as connection:
        connection.execute(
            link.insert().values(
                issue_id=1, number=3, url="https://exämple.com/ü\r\nX: y", text="", canary=False
            )
        )
    answer = tracked.http.get(path)
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://xn--exmple-cua.com/%C3%BCX:%20y"
    with database.writing() as connection:
        connection.execute(link.update().where(link.c.number == 3).values(revoked_at=NOW))
    tracked.served.services.links.refresh()
    assert tracked.http.get(path).status_code == 410


def test_head_and_options_are_answered_and_never_count(tracked: Tracked) -> None:
    for path in (tracked.pixel, tracked.click, tracked.unsubscribe):
        got = tracked.http.get(path)
        before = len(tracked.hits())
        head = tracked.http.head(path)
        assert head.status_code == got.status_code
        assert head.headers.get("location") == got.headers.get("location")
        assert head.content == b""
        options = tracked.http.options(path)
        assert options.status_code == 204
        assert "GET" in options.headers["allow"]
        for method in ("PUT", "DELETE", "PATCH", "TRACE"):
            assert tracked.http.request(method, path).status_code == 405
        assert len(tracked.hits()) == before


def test_a_prefetch_says_so_in_its_hit(tracked: Tracked) -> None:
    for name, value in (
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "Prefetch"),
        ("x-moz", "prefetch"),
        ("x-purpose", "preview"),
        ("sec-purpose", "reading"),
    ):
        tracked.http.get(tracked.click, headers={name: value})
    assert [hit.flags for hit in tracked.hits()] == [HitFlag.PREFETCH] * 4 + [0]


def test_opening_the_unsubscribe_page_changes_nothing(tracked: Tracked) -> None:
    answer = tracked.http.get(tracked.unsubscribe)
    assert answer.status_code == 200
    assert '<form method="post">' in answer.text
    assert "The &lt;Letter&gt;" in answer.text
    assert "script" not in answer.text
    assert not any(hit.flags & HitFlag.POSTED for hit in tracked.hits())


@pytest.mark.parametrize(
    "form",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
    ],
    ids=["urlencoded", "multipart"],
)
def test_one_click_unsubscribes_by_post(tracked: Tracked, form: dict[str, object]) -> None:
    answer = tracked.http.post(tracked.unsubscribe, **form)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.text
    assert [hit.flags for hit in tracked.hits()] == [HitFlag.POSTED]


def test_any_other_post_does_not(tracked: Tracked) -> None:
    bodies = [b"", b"List-Unsubscribe=No", b"\xff\xfe", b"List-Unsubscribe=One-Click&" * 400]
    for media in (
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"\xff",
    ):
        for body in bodies:
            answer = tracked.http.post(
                tracked.unsubscribe, content=body, headers=[(b"content-type", media)]
            )
            assert answer.status_code == 400
    assert tracked.hits() == []


def test_pages_load_nothing_and_tell_nobody(tracked: Tracked) -> None:
    for path in (tracked.unsubscribe, "/l/x", "/u/x"):
        headers = tracked.http.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    prefix=st.sampled_from(["i", "l", "u", "w", "v1", "b", ""]),
    rest=st.text(max_size=60),
    headers=st.dictionaries(
        st.sampled_from(["user-agent", "x-forwarded-for", "sec-purpose", "accept", "content-type"]),
        st.binary(max_size=40).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b"")),
    ),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"]),
)
def test_whatever_comes_is_never_our_mistake(
    tracked: Tracked, prefix: str, rest: str, headers: dict[str, bytes], method: str
) -> None:
    clean = {name: value.replace(b"\0", b"").strip() for name, value in headers.items()}
    try:
        answer = tracked.http.request(
            method,
            httpx.URL(tracked.served.url).copy_with(path=f"/{prefix}/{rest}"),
            headers=clean,  # type: ignore[arg-type]
        )
    except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError):
        return
    assert answer.status_code < 500
