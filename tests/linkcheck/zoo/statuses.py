"""B and C. Status codes, bot walls, and servers that want fewer requests."""

import time
from email.utils import formatdate

from app.linkcheck.verdict import Note, Reason

from .behaviour import Behaviours, Expected
from .server import Handler, Visit

STATUSES = Behaviours()
add = STATUSES.add


def always(status: int, *headers: str, body: bytes = b"<title>Hm</title>") -> Handler:
    async def handler(visit: Visit) -> None:
        await visit.reply(status, headers, body)

    return handler


for status in (200, 201, 202, 203, 206, 207, 208, 226, 299):
    add(f"B13-{status}", Expected(status=status, methods="HEAD"))(always(status))


async def no_content(visit: Visit) -> None:
    await visit.raw(b"HTTP/1.1 204 No Content\r\n\r\n")


async def reset_content(visit: Visit) -> None:
    await visit.raw(b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n")


add("B13-204", Expected(notes=(Note.EMPTY_PAGE,), status=204, methods="HEAD"))(no_content)
add("B13-205", Expected(notes=(Note.EMPTY_PAGE,), status=205, methods="HEAD"))(reset_content)

VERDICTS = {
    304: (Reason.ODD_ANSWER, "B15"),
    305: (Reason.ODD_ANSWER, "B"),
    306: (Reason.ODD_ANSWER, "B"),
    400: (Reason.CLIENT_ERROR, "B16"),
    401: (Reason.NEEDS_LOGIN, "B17"),
    402: (Reason.PAYWALL, "B18"),
    403: (Reason.REFUSED_ROBOT, "B19"),
    404: (Reason.NOT_FOUND, "B23"),
    405: (Reason.REFUSED_ROBOT, "B25"),
    406: (Reason.REFUSED_ROBOT, "B25"),
    407: (Reason.NEEDS_LOGIN, "B17"),
    409: (Reason.CLIENT_ERROR, "B"),
    410: (Reason.GONE, "B24"),
    411: (Reason.CLIENT_ERROR, "B"),
    412: (Reason.CLIENT_ERROR, "B"),
    413: (Reason.CLIENT_ERROR, "B"),
    414: (Reason.CLIENT_ERROR, "B"),
    415: (Reason.REFUSED_ROBOT, "B25"),
    416: (Reason.CLIENT_ERROR, "B"),
    418: (Reason.REFUSED_ROBOT, "B25"),
    422: (Reason.CLIENT_ERROR, "B"),
    431: (Reason.CLIENT_ERROR, "B"),
    444: (Reason.CLIENT_ERROR, "B"),
    451: (Reason.LEGAL_BLOCK, "B28"),
    499: (Reason.CLIENT_ERROR, "B"),
    501: (Reason.SERVER_ERROR, "B"),
    505: (Reason.SERVER_ERROR, "B"),
    511: (Reason.NEEDS_LOGIN, "B"),
    600: (Reason.ODD_ANSWER, "B33"),
    799: (Reason.ODD_ANSWER, "B33"),
}
for status, (reason, number) in VERDICTS.items():
    add(f"{number}-{status}", Expected(reason, status=status, methods="HEAD GET"))(always(status))
add("B33-099", Expected(Reason.ODD_ANSWER))(
    lambda visit: visit.raw(b"HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n")
)

LATER = Expected(Reason.SERVER_ERROR, methods="HEAD GET GET", at_most=3.5)
for status in (500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530):
    add(f"B29-{status}", LATER)(always(status))
add("B26-408", Expected(Reason.TIMEOUT, status=408, methods="HEAD GET GET", at_most=3.5))(
    always(408)
)
add("B-425", Expected(Reason.CLIENT_ERROR, status=425, methods="HEAD GET GET", at_most=3.5))(
    always(425)
)
for status in (421, 426):
    add(f"B27-{status}", Expected(Reason.ODD_ANSWER, status=status, methods="HEAD GET GET"))(
        always(status)
    )


def then_fine(status: int, times: int, *headers: str) -> Handler:
    async def handler(visit: Visit) -> None:
        await visit.reply(status if visit.times <= times else 200, headers)

    return handler


add("B27-421-once", Expected(methods="HEAD GET GET"))(then_fine(421, 2))
add("B30-500-once", Expected(methods="HEAD GET"))(then_fine(500, 1))
add("B30-500-twice", Expected(methods="HEAD GET GET"))(then_fine(500, 2))
add("B32-503-retry-after", Expected(methods="HEAD GET", at_most=2.5))(
    then_fine(503, 1, "Retry-After: 1")
)
add("B32-503-long", Expected(Reason.SERVER_ERROR, methods="HEAD GET", at_most=1.0))(
    always(503, "Retry-After: 86400")
)

CHALLENGE = b"<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
WALLED = Expected(Reason.BOT_WALL, methods="HEAD GET", words="Cloudflare", at_most=1.0)
add("B20-cf-mitigated", WALLED)(always(403, "cf-mitigated: challenge"))
add("B20-cf-page", WALLED)(always(403, "server: cloudflare", body=CHALLENGE))
add("B21-cf-503", WALLED)(always(503, "server: cloudflare", body=CHALLENGE))
add("B21-cf-429", WALLED)(always(429, "cf-mitigated: challenge", body=CHALLENGE))
add("B22-999", Expected(Reason.BOT_WALL, status=999, methods="HEAD GET", words="LinkedIn"))(
    always(999)
)
for name, wall in {
    "Akamai": always(403, body=b"<H1>Access Denied</H1> https://errors.edgesuite.net/18.1"),
    "DataDome": always(403, "x-datadome: protected", body=b"geo.captcha-delivery.com/captcha"),
    "HUMAN": always(403, body=b'<div id="px-captcha"></div>'),
    "Imperva": always(403, body=b'<iframe src="/_Incapsula_Resource?x=1">'),
    "AWS": always(405, "x-amzn-waf-action: captcha"),
    "Vercel": always(429, "x-vercel-mitigated: challenge"),
    "Anubis": always(401, body=b"<title>Making sure you&#39;re not a bot!</title>"),
}.items():
    add(f"B-wall-{name}", Expected(Reason.BOT_WALL, methods="HEAD GET", words=name))(wall)
add("B-404-with-captcha-form", Expected(Reason.NOT_FOUND))(
    always(404, body=b'<form><div class="g-recaptcha"></div></form>')
)
add("B-wall-passes-get", Expected(methods="HEAD GET"))(
    lambda visit: visit.reply(403 if visit.method == "HEAD" else 200, ["cf-ray: 1"])
)

# C. Rate limiting.
add("C34-429-seconds", Expected(methods="HEAD GET", at_most=2.5))(
    then_fine(429, 1, "Retry-After: 1")
)


async def dated(visit: Visit) -> None:
    when = formatdate(time.time() + 2, usegmt=True)
    await visit.reply(429 if visit.times == 1 else 200, [f"Retry-After: {when}"])


add("C35-429-date", Expected(methods="HEAD GET", at_most=3.5))(dated)
add("C36-429-day", Expected(Reason.RATE_LIMITED, methods="HEAD", at_most=1.0))(
    always(429, "Retry-After: 86400")
)
add("C36-429-number", Expected(Reason.RATE_LIMITED, methods="HEAD", at_most=1.0))(
    always(429, "Retry-After: 99999999999999999999999999")
)
add("C37-429-always", Expected(Reason.RATE_LIMITED, methods="HEAD GET GET", at_most=3.5))(
    always(429)
)
for name, value in {
    "negative": "-5",
    "garbage": "abc",
    "past": "Wed, 21 Oct 2015 07:28:00 GMT",
    "odd-date": "Wed, 99 Foo 99999 99:99:99 GMT",
    "empty": "",
    "float": "0.5",
}.items():
    add(f"C38-429-{name}", Expected(methods="HEAD GET", at_most=2.5))(
        then_fine(429, 1, f"Retry-After: {value}")
    )
add("C-429-after-500", Expected(Reason.RATE_LIMITED, methods="HEAD GET GET", at_most=3.5))(
    lambda visit: visit.reply(500 if visit.method == "HEAD" else 429)
)
