"""Is any typing lost? Kills the app at random moments and compares; then what safety costs.

    python benchmarks/durability.py [--kills 1000] [--at-once 6] [--smoke]

A typist (a process of its own) types through a Keeper and is killed with SIGKILL at a random
moment, its opening and closing included; the next one goes on with what was recovered. Checked
after each kill: the recovered text is one that the typist had; nothing older than half a second is
missing; an acknowledged save is on disk byte for byte or followed by a later state; recovering
twice gives the same. Exit status 1 when any of it fails.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from _measure import arguments, heading, spread
from _samples import newsletter
from _typist import fingerprint, script, storage

from app.drafts.atomic import digest
from app.drafts.files import DraftFile, encode, read_draft, write_draft
from app.drafts.history import History
from app.drafts.journal import Journal
from app.drafts.library import Library
from app.drafts.opening import open_draft
from app.lines import LineEdit, split_lines

ALLOWED_SECONDS = 0.5
TYPIST = Path(__file__).resolve().with_name("_typist.py")


@dataclass
class Run:
    """What became of one killed typist."""

    age: float = 0.0  # seconds of typing that were lost
    recovered: bool = False
    faults: list[str] = field(default_factory=list)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=6)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    heading("Durability")
    kills = min(options.kills, 12) if options.smoke else options.kills
    failed = report_kills(kills, options.at_once, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        report_costs(Path(folder), 3 if options.smoke else 40)
        report_library(Path(folder), 100 if options.smoke else 1000)
    sys.exit(1 if failed else 0)


def report_kills(kills: int, at_once: int, seed: int) -> bool:
    shares = [kills // at_once + (n < kills % at_once) for n in range(at_once)]
    with ThreadPoolExecutor(at_once) as pool:
        series = pool.map(kill_series, (seed + 1000 * n for n in range(at_once)), shares)
        runs = [run for one in series for run in one]
    ages = [run.age for run in runs]
    faults = [fault for run in runs for fault in run.faults]
    print(
        f"  {len(runs)} kills, {sum(run.recovered for run in runs)} with text only in the journal"
    )
    print(f"  typing lost: {spread([age * 1000 for age in ages])}; seed {seed}")
    print(f"  failures: {len(faults)}")
    for fault in faults[:20]:
        print(f"    {fault}")
    return bool(faults)


def kill_series(seed: int, kills: int) -> list[Run]:
    """Kill one typist after another on the same draft."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "draft.md").write_text(newsletter(20_000, seed=seed), encoding="utf-8")
        return [kill_once(folder, seed + n, chance) for n in range(kills)]


def kill_once(folder: Path, seed: int, chance: random.Random) -> Run:
    before = found_text(folder)
    seconds = chance.choice((0.4, 30.0, 30.0, 30.0))  # some are killed while they close
    typist = subprocess.Popen([sys.executable, TYPIST, folder, str(seed), str(seconds)])
    told = folder / "told"
    started = time.monotonic()
    while not (told.exists() and told.stat().st_size) and time.monotonic() - started < 20:
        if chance.random() < 0.002:
            break  # killed while it opens the draft
        time.sleep(0.002)
    time.sleep(chance.choice((0.3, 1.0, 2.5)) * chance.random())
    killed = time.monotonic()
    typist.kill()
    typist.wait()
    run = judge(folder, before, seed, killed)
    told.unlink(missing_ok=True)
    return run


def judge(folder: Path, before: list[str], seed: int, killed: float) -> Run:
    """Compare what is found after the kill with what the typist told."""
    told = folder / "told"
    events = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    text = list(before)
    states = [fingerprint(text)]
    contents = [digest(encode(text, DraftFile()))]
    edits = script(seed, before)
    times = [moment for kind, moment, _ in events if kind == "edit"]
    for _ in range(len(times) + 1):  # the last edit may have been taken but not told any more
        next(edits).apply(text)
        states.append(fingerprint(text))
        contents.append(digest(encode(text, DraftFile())))
    run = Run()
    found = found_text(folder)
    if found != found_text(folder):
        run.faults.append(f"seed {seed}: recovering twice gave two texts")
    found_print = fingerprint(found)
    if found_print not in states:
        run.faults.append(f"seed {seed}: the recovered text was never typed")
        return run
    index = len(states) - 1 - states[::-1].index(found_print)
    missing = times[index:]
    run.age = killed - missing[0] if missing else 0.0
    if run.age > ALLOWED_SECONDS:
        run.faults.append(f"seed {seed}: {run.age:.3f} s of typing were lost")
    content = read_draft(folder / "draft.md").digest
    run.recovered = content != digest(encode(found, DraftFile()))
    acknowledged = [what for kind, _, what in events if kind == "saved"]
    if acknowledged and content != acknowledged[-1]:
        last = max(n for n, state in enumerate(contents) if state == acknowledged[-1])
        if content not in contents[last:]:
            run.faults.append(f"seed {seed}: an acknowledged save is not on disk")
    return run


def found_text(folder: Path) -> list[str]:
    """The text as the next start would show it; changes nothing."""
    opened = open_draft(folder / "draft.md", None, storage(folder))
    opened.lock.release()
    assert opened.conflict is None, "a conflict where nobody else wrote"
    return list(opened.base.lines if opened.recovered is None else opened.recovered)


def report_costs(folder: Path, times: int) -> None:
    """What saving and noting an edit take."""
    for size in (10_000, 100_000, 1_000_000):
        path = folder / f"{size}.md"
        stored = write_draft(path, split_lines(newsletter(size)), like=DraftFile(), expect=None)
        history = History(folder / "history.sqlite3")
        saves, keeps = [], []
        for number in range(times):
            lines = [*stored.lines, f"line {number}"]
            began = time.perf_counter()
            stored = write_draft(path, lines, like=stored, expect=stored.digest)
            saved = time.perf_counter()
            history.add(str(path), path.read_bytes())
            keeps.append((time.perf_counter() - saved) * 1000)
            saves.append((saved - began) * 1000)
        history.close()
        print(
            f"  save {size // 1000} KB durably: {spread(saves)}; keep the version: {spread(keeps)}"
        )
        print(f"  note an edit in {size // 1000} KB: {spread(edit_costs(folder, stored), 'µs')}")
    growth = (folder / "history.sqlite3").stat().st_size / 1e6
    print(f"  {3 * times} versions of 10 KB, 100 KB and 1 MB take {growth:.1f} MB")


def edit_costs(folder: Path, stored: DraftFile) -> list[float]:
    journal = Journal("costs", [folder / "journals"], stored, on_error=print)
    costs = []
    for number in range(200):
        line = len(stored.lines) // 2
        edit = LineEdit(line, 1, (f"{stored.lines[line]} {number}",))
        began = time.perf_counter()
        journal.record(edit)
        costs.append((time.perf_counter() - began) * 1e6)
        time.sleep(0.005)
    journal.discard()
    return costs


def report_library(folder: Path, drafts: int) -> None:
    """Listing and searching a folder of drafts of 20 KB each, in CPU time."""
    home = folder / "drafts"
    home.mkdir()
    texts = [newsletter(20_000, seed=n) for n in range(20)]
    for number in range(drafts):
        (home / f"{number}.md").write_text(texts[number % 20] + f"é{number}", encoding="utf-8")
    library = Library(home, storage(folder))
    print(f"  list {drafts} drafts for the first time: {timed(library.entries):.0f} ms")
    print(
        f"  list them again: {statistics.median(timed(library.entries) for _ in range(5)):.0f} ms"
    )
    for words in ("no such words", f"É{drafts - 1}", "garden"):
        took = [timed(lambda: list(library.search(words))) for _ in range(5)]  # noqa: B023
        print(f"  search them for “{words}”: {spread(took)}")


def timed(task: Callable[[], object]) -> float:
    """CPU milliseconds: what other programs do meanwhile does not count."""
    began = time.process_time()
    task()
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main()
