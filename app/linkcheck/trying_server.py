"""Trying out a server that checks links: whether it answers, and takes the key."""

import asyncio

from app.linkcheck.remote import CheckServer, RemoteChecker
from app.linkcheck.sentences import QT_TRANSLATE_NOOP
from app.linkcheck.settings import CheckSettings
from app.linkcheck.tried import Tried
from app.linkcheck.verdict import Reason

_NOWHERE = "https://sendoff.invalid/"
"""Nobody is asked for it: the name never exists (RFC 6761, 6.4), and the server says just that."""
_PATIENCE = 15.0
_WORKS = QT_TRANSLATE_NOOP("CheckServer", "The server answers, takes the key and checks links.")
_LATE = QT_TRANSLATE_NOOP("CheckServer", "The server did not answer in time.")


async def try_server(server: CheckServer) -> Tried:
    """Have a server check a link that leads nowhere; at most 15 seconds."""
    troubles: list[str] = []
    checker = RemoteChecker(server, CheckSettings(), on_trouble=troubles.append)
    try:
        async with asyncio.timeout(_PATIENCE):
            found = await checker.check(_NOWHERE)
    except TimeoutError:
        return Tried(lacks=(_LATE,))
    finally:
        await checker.aclose()
    if troubles:
        return Tried(lacks=tuple(troubles))
    if found.verdict.reason is Reason.PENDING:
        return Tried(lacks=(found.verdict.detail,))
    return Tried(works=(_WORKS,))
