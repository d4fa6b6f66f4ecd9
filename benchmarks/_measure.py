"""What every benchmark prints and how: the machine, medians, and the machine's noise."""

import argparse
import os
import platform
import statistics
import sys
from collections.abc import Sequence


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser with what all benchmarks share: ``--smoke`` runs each part once, quickly."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--smoke", action="store_true", help="tiny sizes; only shows that it runs")
    return parser


def machine() -> str:
    """One line about the machine, for the head of a report."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def spread(values: Sequence[float], unit: str = "ms", digits: int = 1) -> str:
    """Median, 99th percentile, and the range, as ``median 1.2 ms (p99 3.4, min 1.0, max 5.0)``."""
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, round(0.99 * (len(ordered) - 1)))]
    return (
        f"median {statistics.median(ordered):.{digits}f} {unit} "
        f"(p99 {p99:.{digits}f}, min {ordered[0]:.{digits}f}, max {ordered[-1]:.{digits}f}, "
        f"n {len(ordered)})"
    )


def heading(title: str) -> None:
    """Print the title of a report with the machine beneath it."""
    print(f"{title}\n  {machine()}", file=sys.stdout)
