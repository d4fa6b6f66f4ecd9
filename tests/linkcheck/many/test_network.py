"""How the computer's connection is seen: real sockets on loopback, injected names."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.linkcheck.many import network as network_module
from app.linkcheck.many.network import Canary, SystemNetwork
from app.linkcheck.many.states import NetworkState
from app.linkcheck.net.resolver import NoSuchHostError, ResolverFailedError

from .test_checker import in_loop


class Names:
    """A resolver that sends every name to loopback, or fails."""

    def __init__(self, answer: "str | Exception" = "127.0.0.1") -> None:
        self.answer = answer

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return (self.answer,)


@asynccontextmanager
async def page(body: bytes) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture(autouse=True)
def routed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_module, "_routes", lambda *_: True)


def canary(port: int) -> Canary:
    return Canary("canary.example", "/", b"success", port)


@in_loop
async def test_one_right_answer_is_enough() -> None:
    async with page(b"success\n") as right, page(b"<html>Log in</html>") as wrong:
        seen = SystemNetwork(Names(), [canary(wrong), canary(right), canary(1)])
        assert await seen.probe() is NetworkState.ONLINE


@in_loop
async def test_only_wrong_answers_are_a_portal() -> None:
    async with page(b"<html>Log in</html>") as wrong:
        seen = SystemNetwork(Names(), [canary(wrong), canary(1)])
        assert await seen.probe() is NetworkState.CAPTIVE_PORTAL


@in_loop
async def test_no_answer_is_no_network() -> None:
    assert await SystemNetwork(Names(), [canary(1)]).probe() is NetworkState.OFFLINE


@pytest.mark.parametrize("error", [NoSuchHostError("x"), ResolverFailedError("x")])
def test_names_that_cannot_be_looked_up_are_no_network(error: Exception) -> None:
    async def test() -> None:
        assert await SystemNetwork(Names(error), [canary(1)]).probe() is NetworkState.OFFLINE

    in_loop(test)()


def test_a_network_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_module, "_PATIENCE", 0.1)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def test() -> None:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            state = await SystemNetwork(Names(), [canary(port)]).probe()
        assert state is NetworkState.OFFLINE

    in_loop(test)()


def test_without_a_route_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_module, "_routes", lambda *_: False)

    class Nobody(Names):
        async def resolve(self, host: str, port: int) -> tuple[str, ...]:
            raise AssertionError

    async def test() -> None:
        seen = SystemNetwork(Nobody(), [canary(1)])
        assert not seen.has_route()
        assert await seen.probe() is NetworkState.OFFLINE

    in_loop(test)()


@pytest.mark.parametrize(("address", "local"), [("127.0.0.1", True), ("93.184.215.14", False)])
def test_local_names_are_told_by_their_addresses(address: str, local: bool) -> None:
    async def test() -> None:
        assert await SystemNetwork(Names(address)).is_local("site.test") is local

    in_loop(test)()
