"""A dozen killed typists; the thousand are in ``benchmarks/durability.py``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_killed_typists_lose_at_most_half_a_second() -> None:
    command = [
        sys.executable,
        str(ROOT / "benchmarks" / "durability.py"),
        "--smoke",
        "--at-once",
        "4",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "12 kills" in done.stdout, done.stderr
    assert "failures: 0" in done.stdout, done.stdout
    assert done.returncode == 0
