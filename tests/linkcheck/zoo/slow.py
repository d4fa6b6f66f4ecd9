"""F. Servers that take their time. The zoo is visited with a limit of five seconds."""

import asyncio

from app.linkcheck.verdict import Note, Reason

from .behaviour import Behaviours, Expected
from .server import Visit

SLOW = Behaviours()
add = SLOW.add
TIMEOUT = Expected(Reason.TIMEOUT, at_most=5.6)


@add("F73-answers-after-3-s", Expected(notes=(Note.SLOW,), at_most=5.6))
async def three_seconds(visit: Visit) -> None:
    await asyncio.sleep(2.6)
    await visit.reply()


@add("F74-never", TIMEOUT)
async def never(visit: Visit) -> None:
    await visit.stall()


@add("F75-dripping-head", TIMEOUT)
async def dripping_head(visit: Visit) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200:
        await visit.raw(bytes([byte]))
        await asyncio.sleep(0.2)


@add("F75-endless-small-headers", TIMEOUT)
async def dripping_headers(visit: Visit) -> None:
    await visit.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await visit.raw(b"X-More: yes\r\n")
        await asyncio.sleep(0.1)


@add("F75-endless-interim", TIMEOUT)
async def interim(visit: Visit) -> None:
    while True:
        await visit.raw(b"HTTP/1.1 102 Processing\r\n\r\n")
        await asyncio.sleep(0.05)


@add("F76-stalls-after-status", TIMEOUT)
async def stalls_after_status(visit: Visit) -> None:
    await visit.raw(b"HTTP/1.1 200 OK\r\n")
    await visit.stall()


@add("F76-stalls-in-body", Expected(methods="HEAD GET", at_most=5.6))
async def stalls_in_body(visit: Visit) -> None:
    if visit.method == "HEAD":
        await visit.reply(405)
        return
    await visit.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\n<p>")
    await visit.stall()


@add("F78-slow-redirects", TIMEOUT)
async def slow_redirects(visit: Visit) -> None:
    await asyncio.sleep(0.5)
    await visit.redirect(302, f"{visit.target}/x")


@add("F-retry-after-longer-than-what-is-left", Expected(Reason.RATE_LIMITED, methods="HEAD"))
async def too_long(visit: Visit) -> None:
    await visit.reply(429, ["Retry-After: 6"])
