"""D. Redirects. Each starts at its own first path segment; ``/to`` below it is the end."""

from app.linkcheck.verdict import Note, Reason

from .behaviour import Behaviours, Expected
from .server import Handler, Visit

REDIRECTS = Behaviours()
add = REDIRECTS.add
MOVED = (Note.MOVED_PERMANENTLY,)


def to(place: str | bytes, status: int = 302, ending: int = 200) -> Handler:
    """Redirects once; ``{here}`` and ``{base}`` in ``place`` are filled in."""

    async def handler(visit: Visit) -> None:
        if visit.target != f"/{visit.path.split('/')[1]}":
            await visit.reply(ending)
            return
        goal = place
        if isinstance(goal, str):
            goal = goal.replace("{here}", visit.here).replace("{base}", visit.base)
            goal = goal.replace("{host}", visit.base.partition("://")[2])
            goal = goal.replace("{name}", visit.path.split("/")[1])
        await visit.redirect(status, goal)

    return handler


for status in (301, 308):
    add(
        f"D41-{status}",
        Expected(notes=MOVED, methods="HEAD HEAD", suggestion="/to", final="/to"),
    )(to("{here}/to", status))
for status in (302, 303, 307):
    add(f"D42-{status}", Expected(methods="HEAD HEAD", final="/to"))(to("{here}/to", status))
add("D43-relative", Expected(final="/to"))(to("{name}/to"))
add("D43-absolute-path", Expected(final="/to"))(to("/{name}/to"))
add("D43-no-scheme", Expected(final="/to"))(to("//{host}/{name}/to"))
add("D43-query-only", Expected(final="?page=2"))(to("?page=2"))
add("D43-dots", Expected(final="/to"))(to("/x/../{name}/./to"))


@add("D43-fragment-only", Expected(final="#part"))
async def fragment_only(visit: Visit) -> None:
    if visit.times == 1:
        await visit.redirect(302, "#part")
    else:
        await visit.reply()


add(
    "D44-301-404",
    Expected(Reason.NOT_FOUND, status=404, methods="HEAD HEAD GET GET", final="/to", words="/to"),
)(to("{here}/to", 301, ending=404))
add("D44-302-410", Expected(Reason.GONE, status=410))(to("{here}/to", 302, ending=410))
add("D44-302-403", Expected(Reason.REFUSED_ROBOT, status=403))(to("{here}/to", 302, ending=403))


@add("D45-loop-self", Expected(Reason.REDIRECT_LOOP, at_most=1.0))
async def loop_self(visit: Visit) -> None:
    await visit.redirect(302, visit.target)


@add("D45-loop-two", Expected(Reason.REDIRECT_LOOP, at_most=1.0))
async def loop_two(visit: Visit) -> None:
    await visit.redirect(301, visit.here if visit.path.endswith("/b") else f"{visit.here}/b")


@add("D46-cookie-gate", Expected())
async def cookie_gate(visit: Visit) -> None:
    if "gate=open" in visit.headers.get("cookie", ""):
        await visit.reply()
    else:
        await visit.redirect(302, visit.target, "Set-Cookie: gate=open; Path=/; HttpOnly")


@add("D46-cookie-gate-two-step", Expected())
async def cookie_gate_two(visit: Visit) -> None:
    if visit.path.endswith("/set"):
        await visit.redirect(302, visit.here, "Set-Cookie: seen=1; Domain=127.0.0.1; Max-Age=60")
    elif "seen=1" in visit.headers.get("cookie", ""):
        await visit.reply()
    else:
        await visit.redirect(302, f"{visit.here}/set")


@add("D46-loop-setting-cookies", Expected(Reason.TOO_MANY_REDIRECTS, at_most=1.5))
async def ever_new_cookies(visit: Visit) -> None:
    await visit.redirect(302, visit.target, f"Set-Cookie: n={visit.times}")


def chain(length: int, status: int) -> Handler:
    async def handler(visit: Visit) -> None:
        at = int(visit.target.partition("?")[2] or 0)
        if at < length:
            await visit.redirect(status, f"{visit.here}?{at + 1}")
        else:
            await visit.reply()

    return handler


add("D47-chain-5", Expected(notes=(Note.LONG_CHAIN,), final="?5"))(chain(5, 302))
add("D48-chain-15", Expected(notes=(*MOVED, Note.LONG_CHAIN), suggestion="?15"))(chain(15, 301))
add("D48-chain-20", Expected(notes=(Note.LONG_CHAIN,), final="?20"))(chain(20, 302))
for length in (21, 25):
    add(f"D49-chain-{length}", Expected(Reason.TOO_MANY_REDIRECTS, at_most=1.5))(chain(length, 302))


async def nowhere(visit: Visit) -> None:
    await visit.raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")


add("D50-no-location", Expected(Reason.BAD_REDIRECT, methods="HEAD GET"))(nowhere)
add("D50-empty-location", Expected(Reason.BAD_REDIRECT))(to(""))
add("D50-unparsable", Expected(Reason.BAD_REDIRECT))(to("http://[::1"))
add("D50-bad-port", Expected(Reason.BAD_REDIRECT))(to("http://127.0.0.1:99999/"))


@add("D50-two-locations", Expected(Reason.BAD_REDIRECT))
async def two_places(visit: Visit) -> None:
    await visit.redirect(302, "/one", "Location: /two")


@add("D51-300", Expected(status=300))
async def choices(visit: Visit) -> None:
    await visit.reply(300, body=b"<title>Choose</title>")


add("D52-utf-8", Expected(final="/%C3%BC"))(to("/D52-utf-8/ü".encode()))
add("D53-latin-1", Expected(final="/%FC"))(to("/D53-latin-1/ü".encode("latin-1")))
add("D54-space", Expected(final="/a%20b"))(to("/D54-space/a b"))
add("D54-padded", Expected(final="/to"))(to("   /D54-padded/to   "))
add("D54-tab-inside", Expected(final="/to"))(to("/D54-tab-inside/\tto"))
for scheme, place in {
    "ftp": "ftp://127.0.0.1/x",
    "mailto": "mailto:someone@example.com",
    "tel": "tel:+123",
    "app": "slack://open?x=1",
    "intent": "intent://x#Intent;end",
    "itms": "itms-apps://apps.example/1",
}.items():
    add(f"D55-{scheme}", Expected(Reason.LEAVES_THE_WEB, methods="HEAD GET", words=scheme[:3]))(
        to(place)
    )
for scheme, place in {
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,hello",
    "vbscript": "vbscript:x",
    "file": "file:///etc/passwd",
    "blob": "blob:http://127.0.0.1/x",
    "JaVaScript": " jAvAsCrIpT:alert(1)",
}.items():
    number = "D57" if scheme == "file" else "D56"
    add(f"{number}-{scheme}", Expected(Reason.UNSAFE_REDIRECT, methods="HEAD GET"))(to(place))
add("D61-refused", Expected(Reason.REFUSED, words="127.0.0.1"))(to("http://127.0.0.1:1/"))

for name, place in {
    "login": "{here}/login",
    "sign-in": "{here}/users/sign_in?return_to=x",
    "consent": "{here}/consent?return=%2Fx",
    "sso": "{here}/sso/saml?next=1",
    "wp": "{here}/wp-login.php?redirect_to=x",
}.items():
    add(f"D62-{name}", Expected(Reason.NEEDS_LOGIN, methods="HEAD HEAD"))(to(place))
    add(f"D62-{name}-301", Expected(Reason.NEEDS_LOGIN))(to(place, 301))
add("D62-blog-about-login", Expected(final="/login-pages-that-work"))(
    to("{here}/login-pages-that-work")
)
add("D63-slash", Expected(final="/", methods="HEAD HEAD"))(to("{here}/", 301))
add("D-to-404-page", Expected(notes=(Note.SOFT_404,), final="/404.html"))(to("{here}/404.html"))


@add("D-permanent-then-temporary", Expected(notes=MOVED, suggestion="/new", final="/today"))
async def mixed(visit: Visit) -> None:
    if visit.path.endswith("/today"):
        await visit.reply()
    elif visit.path.endswith("/new"):
        await visit.redirect(302, f"{visit.here}/today")
    else:
        await visit.redirect(301, f"{visit.here}/new")


@add("D-head-redirects-wrongly", Expected(status=200, methods="HEAD HEAD GET"))
async def head_goes_elsewhere(visit: Visit) -> None:
    if visit.path.endswith("/error"):
        await visit.reply(404)
    elif visit.method == "HEAD":
        await visit.redirect(302, f"{visit.here}/error")
    else:
        await visit.reply()


@add("D-query-kept", Expected(notes=MOVED, suggestion="/to?q=1"), path="?q=1")
async def query_kept(visit: Visit) -> None:
    if visit.path.endswith("/to"):
        await visit.reply()
    else:
        await visit.redirect(301, f"{visit.here}/to?q=1")
