"""``sendoff sync`` killed in the middle, again and again: the next one goes on, nothing is lost."""

import asyncio
import os
import random
import sys
from pathlib import Path

from app.engagement import accounts
from tests.engagement.compare import differences
from tests.engagement.faults import KEY, FaultServer
from tests.engagement.truth import Truth

ROOT = Path(__file__).resolve().parents[3]


async def sync(desk: Path) -> asyncio.subprocess.Process:
    environment = {
        **os.environ, "SENDOFF_CONFIG_DIR": str(desk), "SENDOFF_DATA_DIR": str(desk),
        "SENDOFF_KEY_LETTER": KEY,
    }  # fmt: skip
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "sync", "--json", cwd=ROOT, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


def test_a_killed_sync_goes_on_where_it_was(tmp_path: Path) -> None:
    async def check() -> None:
        truth = Truth(random.Random(3))
        for _ in range(16):
            truth.add_issue()
        async with FaultServer(truth) as server:
            account = accounts.new("sendoff", "letter", server.url)
            accounts.add(account, tmp_path / "accounts.json")
            for round_ in range(6):
                truth.happen()
                if round_ == 3:
                    truth.restore(truth.backup())
                process = await sync(tmp_path)
                last = server.requests + 1 + 2 * round_

                def kill(
                    number: int,
                    last: int = last,
                    process: asyncio.subprocess.Process = process,
                ) -> None:
                    if number == last:
                        process.kill()

                server.before = kill
                await process.communicate()
                assert process.returncode == -9, "it was killed in the middle"
            server.before = lambda _: None
            process = await sync(tmp_path)
            told, errors = await process.communicate()
            assert process.returncode == 0, (told, errors)
            assert differences(tmp_path / "engagement.db", account.id, truth) == []
            assert KEY.encode() not in told + errors
            before = server.requests
            await (await sync(tmp_path)).communicate()
            assert server.requests == before + 1

    asyncio.run(check())
