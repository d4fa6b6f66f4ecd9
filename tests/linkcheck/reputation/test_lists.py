"""The writer's and the team's own lists."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkcheck.reputation import Flag, ReputationError
from app.linkcheck.reputation.lists import LineError, OwnLists, Spared, read_rules, with_rule
from app.linkcheck.verdict import Reason
from tests.linkcheck.reputation.clocks import Clock


@pytest.mark.parametrize(
    ("rule", "url", "matches"),
    [
        ("bad.example", "https://bad.example/x", True),
        ("bad.example", "https://BAD.example.:8080/x", True),
        ("bad.example", "https://www.bad.example/", False),
        ("bad.example", "https://notbad.example/", False),
        ("*.bad.example", "https://a.b.bad.example/", True),
        ("*.bad.example", "https://bad.example/", True),
        ("*.bad.example", "https://notbad.example/", False),
        ("bücher.example", "https://xn--bcher-kva.example/", True),
        ("11.22.33.44", "http://11.22.33.44/", True),
        ("https://shop.example/*", "http://shop.example/any?thing", True),
        ("shop.example/sale/*", "https://shop.example/sale/", True),
        ("shop.example/sale/*", "https://shop.example/about", False),
        ("shop.example/a", "https://shop.example/a#part", True),
        ("shop.example/a", "https://shop.example/a/b", False),
        ("*.shop.example/*utm_*=x", "https://eu.shop.example/p?utm_source=x", True),
        ("*.shop.example/*utm_*=x", "https://eu.shop.example/p?utm_source=y", False),
        ("Shop.Example/Case", "https://shop.example/Case", True),
        ("shop.example/Case", "https://shop.example/case", False),
        ("shop.example/ab*ba", "https://shop.example/aba", False),
    ],
)
def test_what_a_rule_is_about(rule: str, url: str, matches: bool, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(f"block {rule}\n", encoding="utf-8")
    found = asyncio.run(OwnLists([file]).look_up(url))
    assert found == (Flag(Reason.LISTED, rule) if matches else None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("blokc bad.example", "begins with"),
        ("block", "not followed"),
        ("block a.example b.example", "one host"),
        ("block a.*.example", "beginning only"),
        ("block https://", "names no host"),
        ("block ftp://a.example/", "https://"),
        ("block user@a.example", "neither"),
        ("block a..example:x", "neither"),
        ("block */x", "names no host"),
    ],
)
def test_a_line_that_is_no_rule_is_told_in_plain_words(line: str, words: str) -> None:
    rules, errors = read_rules(f"# head\n\nblock good.example # why\n{line}\nallow b.example\n")
    assert [rule.about for rule in rules] == ["good.example", "b.example"]
    (error,) = errors
    assert error.line == 4
    assert words in error.message


@given(st.text())
def test_any_text_is_rules_and_errors(text: str) -> None:
    rules, errors = read_rules(text)
    for rule in rules:
        rule.matches("a.example", "a.example/x")
    assert all(isinstance(error, LineError) for error in errors)


def test_a_pattern_of_many_stars_takes_no_time(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("block a.example/" + "*a" * 2000 + "b\n")
    assert asyncio.run(OwnLists([file]).look_up("https://a.example/" + "a" * 8000)) is None


class Asked:
    name = "Asked"
    problem = None

    def __init__(self) -> None:
        self.urls: list[str] = []

    async def look_up(self, url: str) -> Flag | None:
        self.urls.append(url)
        raise ReputationError("always")

    async def aclose(self) -> None:
        pass


def test_services_are_not_asked_about_what_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("allow fine.example\nblock fine.example/bad\n")

    async def test() -> None:
        asked, lists = Asked(), OwnLists([file])
        spared = Spared(asked, lists)
        assert await spared.look_up("https://fine.example/") is None
        with pytest.raises(ReputationError):
            await spared.look_up("https://other.example/")
        assert asked.urls == ["https://other.example/"]
        # What is blocked stays blocked, whatever else allows it.
        assert await lists.look_up("https://fine.example/bad") is not None

    asyncio.run(test())


def test_a_changed_file_is_read_again_and_one_that_cannot_be_read_still_counts(
    tmp_path: Path,
) -> None:
    own, team, clock = tmp_path / "own.txt", tmp_path / "team.txt", Clock()
    team.write_text("block bad.example\n")

    async def test() -> None:
        lists = OwnLists([own, team], clock=clock)
        assert await lists.look_up("https://bad.example/") is not None
        assert await lists.look_up("https://new.example/") is None
        own.write_text("block new.example\n")
        clock.now += 6
        assert await lists.look_up("https://new.example/") is not None
        team.unlink()
        team.mkdir()
        clock.now += 6
        assert await lists.look_up("https://bad.example/") is not None
        assert lists.problem is not None
        assert "team.txt" in lists.problem
        team.rmdir()
        clock.now += 6
        assert await lists.look_up("https://bad.example/") is None
        assert lists.problem is None

    asyncio.run(test())


@pytest.mark.parametrize(
    ("text", "blocks", "after"),
    [
        ("", True, "block a.example\n"),
        ("# mine\nallow b.example", True, "# mine\nallow b.example\nblock a.example\n"),
        ("allow a.example  # once\nblock c.example\n", True, "block c.example\nblock a.example\n"),
        ("block a.example # x\n", True, "block a.example # x\n"),
        ("block a.example\nblock *.a.example\n", False, "block *.a.example\nallow a.example\n"),
    ],
)
def test_a_rule_about_a_host_takes_the_place_of_its_opposite(
    text: str, blocks: bool, after: str
) -> None:
    assert with_rule(text, "a.example", blocks=blocks) == after
