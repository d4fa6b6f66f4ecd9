"""Trying a service out: whether it can be used here, with this key, in words for the writer."""

from collections.abc import Sequence

from app.linkcheck.reputation.answers import Answers
from app.linkcheck.reputation.service import Flag, ReputationError
from app.linkcheck.reputation.settings import ABOUT, Keys, Service
from app.linkcheck.sentences import QT_TRANSLATE_NOOP
from app.linkcheck.tried import Tried

WEB_RISK_TEST = "http://testsafebrowsing.appspot.com/s/malware.html"
"""Google's own test address, always listed (https://cloud.google.com/web-risk/docs/lookup-api)."""

_KEY_MISSING = QT_TRANSLATE_NOOP("Reputation", "There is no key yet. Enter one and keep it.")
_KEY_WORKS = QT_TRANSLATE_NOOP("Reputation", "The key works.")
_LISTED = QT_TRANSLATE_NOOP("Reputation", "The service's own test address is reported dangerous.")
_NOT_LISTED = QT_TRANSLATE_NOOP(
    "Reputation", "The service answers, but does not report its own test address as dangerous."
)
_ANSWERS = QT_TRANSLATE_NOOP(
    "Reputation",
    "The list answers here: its own test name is listed, and a name that must be clean is not.",
)
_PERHAPS_THE_KEY = QT_TRANSLATE_NOOP(
    "Reputation", "With a key, this can also mean that the key is wrong or has run out."
)


async def try_service(
    service: Service, keys: Keys, name_servers: Sequence[tuple[str, int]] | None = None
) -> Tried:
    """Ask a service for its own test point, and nothing of the writer's.

    Takes no longer than the service's own time limit; nothing is kept.
    """
    if ABOUT[service].needs_key:
        return await _try_web_risk(keys.web_risk) if keys.web_risk else Tried(lacks=(_KEY_MISSING,))
    return await _try_list(service, keys, name_servers)


async def _try_web_risk(key: str) -> Tried:
    from app.linkcheck.reputation.webrisk.api import WebRiskApi
    from app.linkcheck.reputation.webrisk.lookup import WebRiskLookup

    web_risk = WebRiskLookup(WebRiskApi(key), Answers(None))
    try:
        found = await web_risk.look_up(WEB_RISK_TEST)
    except ReputationError as error:
        return Tried(lacks=(str(error),))
    finally:
        await web_risk.aclose()
    return Tried((_KEY_WORKS, _LISTED)) if found else Tried((_KEY_WORKS,), (_NOT_LISTED,))


async def _try_list(
    service: Service, keys: Keys, name_servers: Sequence[tuple[str, int]] | None
) -> Tried:
    from app.linkcheck.reputation.dns.client import DnsClient
    from app.linkcheck.reputation.dns.lists import DnsList
    from app.linkcheck.reputation.dns.zones import dbl, surbl

    has_key = service is Service.DBL and keys.spamhaus is not None
    zone = surbl() if service is Service.SURBL else dbl(keys.spamhaus)
    chosen = tuple(name_servers) if name_servers else None
    tried = DnsList(zone, DnsClient(chosen), Answers(None))
    try:
        # Its canary is judged before any answer is believed.
        found = await tried.look_up(f"https://{zone.clean}/")
    except ReputationError as error:
        return Tried(lacks=(str(error), _PERHAPS_THE_KEY) if has_key else (str(error),))
    finally:
        await tried.aclose()
    assert not isinstance(found, Flag)  # noqa: S101 - the canary has asked for this very name
    return Tried((_ANSWERS, _KEY_WORKS) if has_key else (_ANSWERS,))
