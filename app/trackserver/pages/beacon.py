"""``/b.js`` and ``/b``: what an archive page sends, and what of it is kept.

No cookie, nothing stored in the browser, no fingerprint. A visitor is a hash of address and user
agent with a salt that is thrown away after a day: whoever comes back tomorrow is somebody new.
"""

import re
from hashlib import blake2b
from ipaddress import ip_address
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from app.trackserver.inbox import Kind, PageView
from app.trackserver.pages.salts import Salts
from app.trackserver.robots.agents import LONGEST, judge
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.words import Agent

# Written by hand to be short; what it does stands in docs/server.md. It stops at once where the
# reader said not to be counted. "read" is ten seconds in sight and three quarters scrolled by.
SCRIPT = """\
!function(d,n,w,l){var s=d.currentScript,p=s&&s.dataset.page,t=0,m=0,i,\
b=function(k){var f="";try{f=new URL(d.referrer).host}catch(e){}\
fetch(new URL("b",s.src),{method:"POST",keepalive:!0,mode:"no-cors",credentials:"omit",\
referrerPolicy:"no-referrer",body:JSON.stringify({page:p,step:k,referrer:f==l.host?"":f,\
campaign:(new URLSearchParams(l.search).get("utm_campaign")||"").slice(0,99)})}).catch(s=>0)},\
g=function(){b("view");i=setInterval(function(){\
m=Math.max(m,(w.scrollY+w.innerHeight)/d.documentElement.scrollHeight);\
"visible"==d.visibilityState&&++t>9&&m>.75&&(clearInterval(i),b("read"))},1e3);\
d.addEventListener("submit",function(e){e.target.querySelector("[type=email]")&&b("sign_up")})};\
p&&"1"!=n.doNotTrack&&!n.globalPrivacyControl&&!n.webdriver&&\
(d.prerendering?d.addEventListener("prerenderingchange",g,{once:!0}):g())}\
(document,navigator,window,location)
"""
_HEADERS = {
    "cache-control": "public, max-age=86400",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
_LONGEST_BODY = 2048
_HOST = re.compile(r"(?:www\.)?([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::\d{1,5})?")
_DAY = 86_400_000

_salts = Salts()


class Beacon(msgspec.Struct, frozen=True):
    """What the script sends."""

    page: Annotated[str, Meta(min_length=1, max_length=100)]
    step: Literal["view", "read", "sign_up"]
    referrer: Annotated[str, Meta(max_length=300)] = ""
    """The host of the page that led here."""
    campaign: Annotated[str, Meta(max_length=100)] = ""
    """``utm_campaign`` of the page's address."""


@endpoint(
    "GET",
    "/b.js",
    scope=None,
    summary="The script of an archive page",
    answers={200: "text/javascript"},
    tag="pages",
)
def script(_request: Request) -> Response:
    """Under 1 KB. Put it on the page with the page's id: ``data-page="page_…"``."""
    return Response(SCRIPT, headers=_HEADERS, media_type="text/javascript")


@endpoint(
    "POST",
    "/b",
    scope=None,
    summary="A step of a visitor of an archive page",
    body=Beacon,
    also=("text/plain", ""),
    limit=_LONGEST_BODY,
    answers={204: None},
    tag="pages",
)
def beacon(request: Request) -> Response:
    """What the script sends, as plain text so that browsers ask nothing first.

    Nothing is kept of a visitor who asks not to be counted (``Sec-GPC``, ``DNT``), and whether
    there is such a page is not told.
    """
    answer = Response(status_code=204, headers={"access-control-allow-origin": "*"})
    if request.headers.get("sec-gpc") == "1" or request.headers.get("dnt") == "1":
        return answer
    sent: Beacon = request.body
    now = request.services.clock()
    agent = request.user_agent[:LONGEST]
    view = PageView(
        at=now,
        page=_printable(sent.page),
        step=sent.step,
        visitor=visitor(_salt(request, now // _DAY), sent.page, request.address, agent),
        referrer=_host(sent.referrer),
        campaign=_printable(sent.campaign),
        robot=judge(agent).agent == Agent.MACHINE,
    )
    request.services.inbox.add_sync(Kind.PAGES, view)
    return answer


def visitor(salt: bytes, page: str, address: str, agent: str) -> bytes:
    """16 bytes that stand for one visitor of one page on one day.

    The page is part of it, so that nobody can be followed from page to page. A household's IPv6
    addresses change within a /64, so only that counts.
    """
    text = "\0".join((page, _network(address), agent)).encode("utf-8", "replace")
    return blake2b(text, digest_size=16, key=salt).digest()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else parsed.packed[:8].hex()


def _salt(request: Request, day: int) -> bytes:
    try:
        return _salts.of(request.services.database, day)
    except SQLAlchemyError:
        # Rather a visit that is counted twice than one that is lost.
        return _salts.makeshift(day)


def _host(text: str) -> str:
    found = _HOST.fullmatch(text.strip().lower())
    return found[1] if found else ""


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text)).strip()


ENDPOINTS = (script, beacon)
