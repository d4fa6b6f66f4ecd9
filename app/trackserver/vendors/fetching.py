"""Fetching the two things that SNS makes us fetch: a certificate, and the end of its handshake.

The link checker's connections are used: they judge the very address that they connect to, so no
name leads to a private one. No redirect is followed.
"""

import asyncio

from app.linkcheck.net.body import BodyError
from app.linkcheck.net.client import Client
from app.linkcheck.net.dial import Progress
from app.linkcheck.net.failures import FailureError
from app.linkcheck.net.resolver import SystemResolver
from app.linkcheck.settings import CheckSettings
from app.linkcheck.urls import parse
from app.trackserver.vendors.refusal import Refused

_SETTINGS = CheckSettings(user_agent="Sendoff", concurrency=2)
_SECONDS = 8.0
_LONGEST = 64 * 1024


def fetch(url: str) -> bytes:
    """The body of ``url``, answered with 200 by a public address; raises Refused (502).

    Blocks: for threads without an event loop.
    """
    return asyncio.run(_fetch(url))


async def _fetch(url: str) -> bytes:
    resolver = SystemResolver()
    client = Client(_SETTINGS, resolver)
    try:
        async with asyncio.timeout(_SECONDS):
            return await _ask(client, url)
    except (FailureError, BodyError, TimeoutError):
        raise Refused(502, "SNS could not be asked back; it may try again.") from None
    finally:
        await client.aclose()
        resolver.close()


async def _ask(client: Client, url: str) -> bytes:
    parsed = parse(url)
    if parsed is None or parsed.scheme != "https":
        raise Refused(502, "That is no address to fetch.")
    exchange = await client.ask("GET", parsed, Progress(to_connect=_SECONDS))
    body = exchange.open_body(_LONGEST)
    pieces = []
    while piece := await body.read():
        pieces.append(piece)
    client.release(parsed, exchange)
    if exchange.head.status != 200 or not body.whole:
        raise Refused(502, "SNS gave no usable answer; it may try again.")
    return b"".join(pieces)
