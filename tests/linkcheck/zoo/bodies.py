"""E and J. Bodies, and what pages say of themselves. HEAD is refused so that GET has to look."""

import gzip
import zlib

from app.linkcheck.verdict import Note, Reason

from .behaviour import Behaviours, Expected
from .server import Handler, Visit

BODIES = Behaviours()
add = BODIES.add
FINE = Expected(methods="HEAD GET")


def page(body: bytes, *headers: str) -> Handler:
    async def handler(visit: Visit) -> None:
        if visit.method == "HEAD":
            await visit.reply(405)
        else:
            await visit.reply(200, headers, body)

    return handler


def raw(head: bytes, body: bytes = b"", *, close: bool = True) -> Handler:
    async def handler(visit: Visit) -> None:
        if visit.method == "HEAD":
            await visit.reply(405)
            return
        await visit.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + head + b"\r\n" + body)
        if close:
            visit.close()

    return handler


def bomb() -> bytes:
    """64 MiB of zeros in 64 KiB, ten times over."""
    squeeze = zlib.compressobj(9, wbits=31)
    piece = b"\0" * (1 << 20)
    return b"".join([*(squeeze.compress(piece) for _ in range(64)), squeeze.flush()])


BOMB = bomb()


@add("E65-gzip-bomb", FINE)
async def gzip_bomb(visit: Visit) -> None:
    if visit.method == "HEAD":
        await visit.reply(405)
        return
    await visit.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n")
    for _ in range(10):
        await visit.raw(BOMB)
    visit.close()


add("E65-gzip-bomb-fragment", Expected(methods="GET"), fragments=("part",))(gzip_bomb)


@add("E66-endless", Expected(methods="HEAD GET", at_most=3.5))
async def endless(visit: Visit) -> None:
    if visit.method == "HEAD":
        await visit.reply(405)
        return
    await visit.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        await visit.raw(b"<p>more and more " * 4096)


add("E66-endless-fragment", Expected(methods="GET", at_most=4.5), fragments=("part",))(endless)
add("E67-too-long", FINE)(raw(b"Content-Length: 5\r\n", b"<p>much longer than five bytes"))
add("E68-too-short", FINE)(raw(b"Content-Length: 500\r\n", b"<p>short"))
add("E68-too-short-fragment", Expected(methods="GET"), fragments=("part",))(
    raw(b"Content-Length: 500\r\n", b"<p>short, so the part may have followed")
)
add("E69-chunked-garbage", FINE)(raw(b"Transfer-Encoding: chunked\r\n", b"zz\r\nnot a chunk"))
add("E69-chunked-negative", FINE)(raw(b"Transfer-Encoding: chunked\r\n", b"-5\r\nabc\r\n"))
add("E69-chunked-endless-size", FINE)(raw(b"Transfer-Encoding: chunked\r\n", b"1" * 20000))
add("E70-gzip-garbage", FINE)(raw(b"Content-Encoding: gzip\r\n", b"this is not gzip"))
add("E70-unknown-encoding", FINE)(raw(b"Content-Encoding: br\r\n", b"\x0b\x02\x80"))
add("E71-empty", Expected(notes=(Note.EMPTY_PAGE,), methods="HEAD GET"))(page(b""))
add("E71-empty-chunked", Expected(notes=(Note.EMPTY_PAGE,)))(
    raw(b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n")
)
add("E71-empty-head", Expected(notes=(Note.EMPTY_PAGE,), methods="HEAD"))(
    lambda visit: visit.reply(200, body=b"")
)
add("E72-lengths-differ", FINE)(raw(b"Content-Length: 5\r\nContent-Length: 9\r\n", b"<p>?"))
add("E72-length-is-no-number", FINE)(raw(b"Content-Length: many\r\n", b"<p>?"))
add("E-latin-1", FINE)(page("<p>für".encode("latin-1"), "Content-Type: text/html; charset=nope"))

SOFT = Expected(notes=(Note.SOFT_404,), methods="HEAD GET")
for name, title in {
    "404": "404 – Page not found",
    "plain": "Page Not Found",
    "site-after": "Page not found | Example",
    "site-before": "Example - 404 Not Found",
    "error": "Error 404",
    "entity": "404 &mdash; Not Found",
    "german": "Seite nicht gefunden",
}.items():
    add(f"J109-soft-404-{name}", SOFT)(page(f"<title>{title}</title><p>Oh.".encode()))
for name, title in {
    "area-code": "Atlanta's 404 Day",
    "article": "How we designed our page not found screens",
    "peugeot": "Peugeot 404",
    "not-found-film": "Love, not found",
    "fix": "How to fix Error 404 in WordPress",
}.items():
    add(f"J109-no-soft-404-{name}", FINE)(page(f"<title>{title}</title><p>Yes.".encode()))

add("J110-parked-mark", Expected(Reason.PARKED))(
    page(b'<html data-adblockkey="MFww"><title>example.org</title>')
)
add("J110-parked-sale", Expected(Reason.PARKED))(page(b"<title>example.org is for sale</title>"))
add("J110-not-parked", FINE)(page(b"<title>My old car is for sale</title>"))


def refresh(content: str, ending: int) -> Handler:
    async def handler(visit: Visit) -> None:
        if visit.path.endswith("/to"):
            await visit.reply(ending)
        elif visit.method == "HEAD":
            await visit.reply(405)
        else:
            tag = f'<meta http-equiv="refresh" content="{content}">'.replace("{here}", visit.here)
            await visit.reply(200, body=tag.encode())

    return handler


add("J111-refresh-404", Expected(notes=(Note.SOFT_404,), methods="HEAD GET GET"))(
    refresh("0; url={here}/to", 404)
)
add("J111-refresh-200", Expected(methods="HEAD GET GET"))(refresh("0;URL='{here}/to'", 200))
add("J111-refresh-self", FINE)(refresh("30", 200))
add("J111-refresh-script", FINE)(refresh("0; url=javascript:alert(1)", 200))

# Fragments.
ARTICLE = b"<title>A</title><h2 id='one'>One</h2><a name=two></a><p>" + b"word " * 300
LOOKED = Expected(methods="GET")
MISSING = Expected(methods="GET", missing=frozenset({"gone"}))
add("J112-fragment-missing", MISSING, fragments=("gone",))(page(ARTICLE))
add("J112-fragment-id", LOOKED, fragments=("one",))(page(ARTICLE))
add("J112-fragment-name", LOOKED, fragments=("two",))(page(ARTICLE))
add("J112-fragments-mixed", MISSING, fragments=("one", "gone", "two"))(page(ARTICLE))
add("J112-fragment-encoded", LOOKED, fragments=("%C3%BCber%20uns",))(
    page('<h2 id="über uns">Ü</h2>'.encode() + ARTICLE)
)
add("J112-fragment-user-content", LOOKED, fragments=("usage",))(
    page(b'<h2 id="user-content-usage">Usage</h2>' + ARTICLE)
)
add("J112-fragment-entity", LOOKED, fragments=("q&a",))(page(b'<h2 id="q&amp;a">' + ARTICLE))
add("J112-fragment-case", MISSING, fragments=("gone",))(page(b"<h2 id=GONE>x</h2>" + ARTICLE))
for name, fragment in {
    "top": "top",
    "text": ":~:text=words",
    "route": "/route",
    "hashbang": "!page",
    "media": "t=30",
}.items():
    add(f"J112-fragment-{name}", Expected(methods="HEAD"), fragments=(fragment,))(
        lambda visit: visit.reply(200, body=ARTICLE)
    )
add("J112-fragment-gone-text", MISSING, fragments=("gone",))(
    page(b"<p>See <a href='#gone'>gone</a>" + ARTICLE)
)
add("J112-fragment-text-and-id", LOOKED, fragments=("one:~:text=x",))(page(ARTICLE))
add("J112-fragment-gzip", MISSING, fragments=("gone",))(
    page(gzip.compress(ARTICLE), "Content-Encoding: gzip")
)
add("J112-fragment-deflate", MISSING, fragments=("gone",))(
    page(zlib.compress(ARTICLE), "Content-Encoding: deflate")
)
add("J112-fragment-raw-deflate", MISSING, fragments=("gone",))(
    page(zlib.compress(ARTICLE)[2:-4], "Content-Encoding: deflate")
)
add("J112-fragment-chunked", MISSING, fragments=("gone",))(
    raw(
        b"Transfer-Encoding: chunked\r\n",
        b"%x;note=1\r\n%b\r\n0\r\nTrailer: 1\r\n\r\n" % (len(ARTICLE), ARTICLE),
    )
)
add("J112-fragment-far-down", LOOKED, fragments=("far",))(
    page(ARTICLE + b"<p>filler</p>" * 100_000 + b"<h2 id=far>Far</h2>")
)
add("J112-fragment-too-far", LOOKED, fragments=("gone",))(
    page(ARTICLE + b"<p>filler</p>" * 400_000)
)
add("J112-fragment-pdf", LOOKED, fragments=("gone",))(
    page(b"%PDF-1.7 " + b"x " * 900, "Content-Type: application/pdf")
)
add("J113-fragment-script-page", LOOKED, fragments=("gone",))(
    page(b'<title>App</title><div id=root></div><script src="/app.js"></script>')
)
add("J113-fragment-in-data", LOOKED, fragments=("gone",))(
    page(ARTICLE + b'<script>{"slug":"gone"}</script>')
)
