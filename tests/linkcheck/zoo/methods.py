"""A. HEAD and GET."""

import asyncio

from app.linkcheck.verdict import Note, Reason

from .behaviour import Behaviours, Expected
from .server import Handler, Visit

METHODS = Behaviours()
add = METHODS.add


@add("A1-plain", Expected(status=200, methods="HEAD"))
async def plain(visit: Visit) -> None:
    await visit.reply()


def refuses_head(status: int) -> Handler:
    async def handler(visit: Visit) -> None:
        await visit.reply(status if visit.method == "HEAD" else 200)

    return handler


for number, status in (
    ("A2", 405),
    ("A3", 404),
    ("A4", 403),
    ("A5", 400),
    ("A5", 500),
    ("A5", 501),
):
    add(f"{number}-head-{status}", Expected(status=200, methods="HEAD GET"))(refuses_head(status))
for status in (401, 410, 418, 502, 520):
    add(f"A-head-{status}", Expected(status=200, methods="HEAD GET"))(refuses_head(status))


@add("A6-head-never", Expected(status=200, methods="HEAD GET", at_most=2.5))
async def head_never(visit: Visit) -> None:
    if visit.method == "HEAD":
        await visit.stall()
    await visit.reply()


@add("A7-head-reset", Expected(status=200, methods="HEAD GET"))
async def head_reset(visit: Visit) -> None:
    if visit.method == "HEAD":
        visit.reset()
        return
    await visit.reply()


@add("A7-head-closed", Expected(status=200, methods="HEAD GET"))
async def head_closed(visit: Visit) -> None:
    if visit.method == "HEAD":
        visit.close()
        return
    await visit.reply()


@add("A7-head-garbage", Expected(status=200, methods="HEAD GET"))
async def head_garbage(visit: Visit) -> None:
    if visit.method == "HEAD":
        await visit.raw(b"\x00\x01garbage\r\n\r\n")
        visit.close()
        return
    await visit.reply()


@add("A8-head-200-get-404", Expected(status=200, methods="HEAD"))
async def head_lies(visit: Visit) -> None:
    await visit.reply(200 if visit.method == "HEAD" else 404)


@add(
    "A8-fragment-get-404",
    Expected(Reason.NOT_FOUND, status=404, methods="GET"),
    fragments=("part",),
)
async def head_lies_fragment(visit: Visit) -> None:
    await visit.reply(200 if visit.method == "HEAD" else 404)


@add("A9-head-with-body", Expected(status=200, methods="HEAD"))
async def head_with_body(visit: Visit) -> None:
    await visit.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nHello world")


@add("A10-accept", Expected(status=200))
async def needs_accept(visit: Visit) -> None:
    await visit.reply(200 if "text/html" in visit.headers.get("accept", "") else 406)


@add("A11-browser", Expected(status=200))
async def needs_browser(visit: Visit) -> None:
    wanted = ("user-agent", "accept", "accept-language", "accept-encoding")
    browser = visit.headers.get("user-agent", "").startswith("Mozilla/5.0 (")
    await visit.reply(200 if browser and all(name in visit.headers for name in wanted) else 403)


@add("A12-huge", Expected(status=200, methods="HEAD"))
async def huge(visit: Visit) -> None:
    await visit.reply(length=5 * 1024**3)


@add("A12-huge-get", Expected(status=200, methods="HEAD GET"))
async def huge_get(visit: Visit) -> None:
    if visit.method == "HEAD":
        await visit.reply(405)
        return
    await visit.raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 5000000000\r\n\r\n"
    )
    while True:
        await visit.raw(b"x" * 65536)


@add("A-head-length-get-empty", Expected(notes=(Note.EMPTY_PAGE,), methods="HEAD GET"))
async def get_empty(visit: Visit) -> None:
    if visit.method == "HEAD":
        await visit.reply(405)
    else:
        await visit.reply(200, body=b"")


@add("A-slow-head-quick-get", Expected(status=200, methods="HEAD GET"))
async def slow_head(visit: Visit) -> None:
    if visit.method == "HEAD":
        await asyncio.sleep(1.2)
    await visit.reply(200 if visit.method == "GET" else 500)
