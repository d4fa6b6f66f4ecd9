"""G. Servers that speak HTTP badly, something else, or nothing."""

from dataclasses import replace

from app.linkcheck.verdict import Reason

from .behaviour import Behaviours, Expected
from .server import Handler, Visit

PROTOCOL = Behaviours()
add = PROTOCOL.add
FINE = Expected(methods="HEAD")


def sends(data: bytes, *, close: bool = True) -> Handler:
    async def handler(visit: Visit) -> None:
        await visit.raw(data)
        if close:
            visit.close()

    return handler


LOST = Expected(Reason.CONNECTION_LOST, methods="HEAD GET GET", at_most=3.5)
NOT_HTTP = Expected(Reason.NOT_HTTP, methods="HEAD GET GET", at_most=1.0)
BROKEN = Expected(Reason.BROKEN_SERVER, methods="HEAD GET GET", at_most=1.5)


@add("G81-reset", LOST)
async def reset(visit: Visit) -> None:
    visit.reset()


@add("G81-reset-once", Expected(methods="HEAD GET"))
async def reset_once(visit: Visit) -> None:
    if visit.times == 1:
        visit.reset()
    else:
        await visit.reply()


@add("G81-lost-twice", Expected(methods="HEAD GET GET", at_most=3.5))
async def lost_twice(visit: Visit) -> None:
    if visit.times < 3:
        visit.close()
    else:
        await visit.reply()


add("G82-closed", LOST)(sends(b""))
add("G82-half-a-head", LOST)(sends(b"HTTP/1.1 200 OK\r\nContent-Ty"))
add("G82-half-a-status", LOST)(sends(b"HTT"))
add("G83-icy", NOT_HTTP)(sends(b"ICY 200 OK\r\nicy-name: Radio\r\n\r\n"))
add("G84-http-0.9", NOT_HTTP)(sends(b"<html><p>Hello"))
add("G84-garbage", NOT_HTTP)(sends(bytes(range(255, 100, -1))))
add("G84-ssh", NOT_HTTP)(sends(b"SSH-2.0-OpenSSH_9.6\r\n", close=False))
add("G84-smtp", NOT_HTTP)(sends(b"220 mail.example ESMTP\r\n"))
add("G84-two-bytes", NOT_HTTP)(sends(b"ok"))
add("G84-tls-alert", replace(NOT_HTTP, words="https"))(sends(b"\x15\x03\x01\x00\x02\x02\x16"))
add("G85-lf-only", FINE)(sends(b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n<p>"))
add("G85-mixed-ends", FINE)(sends(b"HTTP/1.1 200 OK\r\nA: 1\nB: 2\r\n\n"))
add("G86-http-1.0", FINE)(sends(b"HTTP/1.0 200 OK\r\n\r\n"))
add("G86-no-reason", FINE)(sends(b"HTTP/1.1 200\r\n\r\n"))
add("G86-lower-case", FINE)(sends(b"http/1.1 200 ok\r\n\r\n"))
add("G86-http-2-text", FINE)(sends(b"HTTP/2 200\r\n\r\n"))
add("G86-blank-lines-first", FINE)(sends(b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"))
add("G87-header-32-kib", FINE)(
    sends(b"HTTP/1.1 200 OK\r\nContent-Security-Policy: " + b"x" * 32768 + b"\r\n\r\n")
)
add("G87-header-200-kib", FINE)(sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 204_800 + b"\r\n\r\n"))
add("G88-header-1-mib", BROKEN)(sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * (1 << 20)))


@add("G88-header-flood", BROKEN)
async def flood(visit: Visit) -> None:
    await visit.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await visit.raw(b"X-Flood: yes, and more to come\r\n" * 500)


@add("G88-interim-flood", BROKEN)
async def interim_flood(visit: Visit) -> None:
    while True:
        await visit.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 500)


add("G88-no-status", BROKEN)(sends(b"HTTP/1.1 OK\r\n\r\n"))
add("G88-four-digits", BROKEN)(sends(b"HTTP/1.1 2000 OK\r\n\r\n"))
add("G89-utf-8-value", FINE)(sends("HTTP/1.1 200 OK\r\nX: grüße 你好\r\n\r\n".encode()))
add("G89-nul-value", Expected(Reason.ODD_ANSWER, methods="HEAD GET GET"))(
    sends(b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n")
)
add("G89-folded", FINE)(sends(b"HTTP/1.1 200 OK\r\nX: a\r\n  b\r\n\tc\r\n\r\n"))
add("G89-no-colon", FINE)(sends(b"HTTP/1.1 200 OK\r\nnonsense\r\n: empty\r\nX : y\r\n\r\n"))
add("G90-103", FINE)(
    sends(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
)
add("G90-100", FINE)(sends(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"))
add("G90-101", Expected(Reason.ODD_ANSWER))(
    sends(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
)
add("G91-http-2-only", Expected(Reason.ODD_ANSWER, words="HTTP/2", at_most=1.0))(
    sends(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\0" * 18)
)
add("G92-early-close-after-head", FINE)(
    sends(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n")
)


@add("G92-half-closed", FINE)
async def half_closed(visit: Visit) -> None:
    visit.writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    visit.writer.write_eof()
    await visit.stall()
