"""What is on, what is said of it, and what is made of it."""

import asyncio
from pathlib import Path

import pytest

from app.linkcheck.reputation.build import KeyMissingError, make_services
from app.linkcheck.reputation.settings import ABOUT, Keys, ReputationSettings, Service


def test_everything_is_off_and_the_lists_are_there(tmp_path: Path) -> None:
    services = make_services(ReputationSettings(), Keys(), cache=tmp_path, config=tmp_path)
    assert [service.name for service in services] == ["Own lists"]
    assert list(tmp_path.iterdir()) == []


def test_what_is_on_is_made_and_opens_nothing_before_it_is_asked(tmp_path: Path) -> None:
    settings, keys = ReputationSettings(frozenset(Service)), Keys(web_risk="k", spamhaus="s")
    services = make_services(settings, keys, cache=tmp_path, config=tmp_path)
    assert [service.name for service in services[1:]] == [
        *("Google Web Risk", "Google Web Risk", "SURBL", "Spamhaus DBL"),
    ]
    assert list(tmp_path.iterdir()) == []

    async def close() -> None:
        for service in services:
            await service.aclose()

    asyncio.run(close())


@pytest.mark.parametrize("service", [each for each in Service if ABOUT[each].needs_key])
def test_a_key_that_is_needed_and_missing_is_named(service: Service, tmp_path: Path) -> None:
    settings = ReputationSettings(frozenset({service}))
    with pytest.raises(KeyMissingError):
        make_services(settings, Keys(), cache=tmp_path, config=tmp_path)


@pytest.mark.parametrize("service", list(Service))
def test_each_service_says_in_one_sentence_what_it_sends_and_who_may_use_it(
    service: Service,
) -> None:
    about = ABOUT[service]
    for sentence in (about.sends, about.licence):
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "k.dbl.evil.example", "ü"])
def test_what_is_no_key_is_refused_and_not_shown(key: str) -> None:
    for name in ("web_risk", "spamhaus"):
        with pytest.raises(ValueError, match="no key has") as caught:
            Keys(**{name: key})
        assert key == "" or key not in str(caught.value)
    assert "secret" not in repr(Keys(web_risk="secret", spamhaus="secret"))
