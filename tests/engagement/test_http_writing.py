"""The client for platforms' APIs where it writes: what is sent, and what is never sent twice."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.engagement.errors import (
    ForbiddenError,
    HttpError,
    NotTheServerError,
    OfflineError,
    SilentError,
    StatusError,
)
from app.engagement.http import Client, Patience, Upload
from tests.engagement.faults import KEY

QUICK = Patience(connect=1, silence=0.2, whole=1, attempts=2, first=0.001)
OK = b"HTTP/1.1 201 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


def tell(*answers: bytes, then: Callable[[Client], Awaitable[Any]]) -> tuple[Any, list[bytes]]:
    """What a client makes of raw answers, and the requests that it sent, bodies included."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while len(seen) < len(answers):
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0])
                seen.append(head + await reader.readexactly(length))
                writer.write(answers[len(seen) - 1])
                await writer.drain()
                if not answers[len(seen) - 1]:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> Any:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        headers = {"authorization": f"Bearer {KEY}"}
        try:
            async with Client(
                f"http://127.0.0.1:{port}", lambda: headers, patience=QUICK
            ) as client:
                return await then(client)
        except HttpError as error:
            return error
        finally:
            server.close()

    return asyncio.run(run()), seen


def post(client: Client) -> Awaitable[Any]:
    return client.write("POST", "/v1/x", {"subject": "Ä"}, headers={"x-idempotency-key": "m"})


def test_json_is_sent_with_the_key_and_the_headers_of_the_request() -> None:
    answer, (sent,) = tell(OK, then=post)
    assert answer.data == {}
    head, _, body = sent.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/x HTTP/1.1\r\n")
    assert f"authorization: Bearer {KEY}".encode() in head
    assert b"x-idempotency-key: m" in head
    assert json.loads(body) == {"subject": "Ä"}


def test_a_file_is_sent_in_a_form() -> None:
    upload = Upload("image", "a b.png", b"\x89PNG", "image/png", {"metadata": "{}"})
    _, (sent,) = tell(OK, then=lambda client: client.write("POST", "/images", upload))
    assert b'name="image"; filename="a b.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG' in sent
    assert b'name="metadata"\r\n\r\n{}' in sent


def test_an_answer_that_did_not_come_is_no_reason_to_send_again() -> None:
    answer, seen = tell(b"", OK, then=post)
    assert isinstance(answer, SilentError)
    assert len(seen) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_in_trouble_is_no_reason_to_send_again(status: int) -> None:
    failing = f"HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n".encode()
    answer, seen = tell(failing, OK, then=post)
    assert isinstance(answer, HttpError)
    assert len(seen) == 1


def test_a_server_that_asks_for_a_pause_is_asked_again() -> None:
    pause = b"HTTP/1.1 429 No\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n"
    answer, seen = tell(pause, OK, then=post)
    assert answer.data == {}
    assert len(seen) == 2


def test_where_nobody_listens_it_is_tried_again() -> None:
    async def run() -> int:
        async with Client("http://127.0.0.1:9", dict, patience=QUICK) as client:
            with pytest.raises(OfflineError):
                await post(client)
            return client.requests

    assert asyncio.run(run()) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["/elsewhere", "http://localhost:1/x"])
def test_what_is_written_follows_no_redirect(status: int, to: str) -> None:
    head = f"HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode()
    answer, seen = tell(head, OK, then=post)
    assert isinstance(answer, NotTheServerError)
    assert len(seen) == 1


def test_a_key_that_may_not_write_is_told_so() -> None:
    answer, _ = tell(b"HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n", then=post)
    assert isinstance(answer, ForbiddenError)
    assert "write" in str(answer)


def test_the_code_of_a_list_of_errors_is_read_and_nothing_else_of_it() -> None:
    body = b'{"errors":[{"code":"UPDATE_COLLISION","message":"the text"}]}'
    head = b"HTTP/1.1 409 No\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(
        body
    )
    answer, _ = tell(head + body, then=post)
    assert isinstance(answer, StatusError)
    assert (answer.status, answer.code) == (409, "UPDATE_COLLISION")
    assert "the text" not in str(answer)
