import asyncio

from app.linkcheck.reputation import Flag, ReputationService
from app.linkcheck.reputation.blocklist import Blocklist
from app.linkcheck.verdict import Reason


def test_an_address_on_the_list_is_flagged_and_no_other() -> None:
    service: ReputationService = Blocklist({"https://bad.example/a"})
    assert asyncio.run(service.look_up("https://bad.example/a")) == Flag(Reason.LISTED)
    assert asyncio.run(service.look_up("https://bad.example/")) is None
