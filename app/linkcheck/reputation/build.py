"""From what the writer turned on to services that can be asked. Nothing is opened before."""

from pathlib import Path

from app.linkcheck.reputation.answers import Answers
from app.linkcheck.reputation.lists import OwnLists, Spared
from app.linkcheck.reputation.service import NamedService
from app.linkcheck.reputation.settings import Keys, ReputationSettings, Service

OWN_LIST = "link-list.txt"
"""The writer's own list, in the config folder."""


class KeyMissingError(Exception):
    """A service is on that needs a key, and there is none."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.value)
        self.service = service


def make_services(
    settings: ReputationSettings,
    keys: Keys,
    *,
    cache: Path,
    config: Path,
    keep_answers: bool = True,
) -> tuple[NamedService, ...]:
    """The services that are on, the lists first.

    Args:
        settings: What is on.
        keys: For those that need one.
        cache: The folder for what is kept.
        config: The folder of the writer's own list.
        keep_answers: Whether answers outlive the program; Web Risk's lists always do.

    Raises:
        KeyMissingError: see there.
    """
    files = [config / OWN_LIST, *([settings.team_list] if settings.team_list else [])]
    lists = OwnLists(files)
    asked: list[NamedService] = []
    for service in Service:
        if service in settings.on:
            answers = cache / f"{service.value}-answers.sqlite3" if keep_answers else None
            asked.append(_service(service, settings, keys, cache, Answers(answers)))
    return (lists, *(Spared(each, lists) for each in asked))


def _service(
    service: Service, settings: ReputationSettings, keys: Keys, cache: Path, answers: Answers
) -> NamedService:
    if service in (Service.SURBL, Service.DBL):
        from app.linkcheck.reputation.dns.client import DnsClient
        from app.linkcheck.reputation.dns.lists import DnsList
        from app.linkcheck.reputation.dns.zones import dbl, surbl

        zone = surbl() if service is Service.SURBL else dbl(keys.spamhaus)
        return DnsList(zone, DnsClient(settings.name_servers), answers)
    if not keys.web_risk:
        raise KeyMissingError(service)
    from app.linkcheck.reputation.webrisk.api import WebRiskApi
    from app.linkcheck.reputation.webrisk.lookup import WebRiskLookup
    from app.linkcheck.reputation.webrisk.update import WebRiskUpdate

    api = WebRiskApi(keys.web_risk)
    if service is Service.WEB_RISK_LOOKUP:
        return WebRiskLookup(api, answers)
    return WebRiskUpdate(api, answers, cache / "web-risk-lists.sqlite3")
