"""Pre-flight of a long draft: the first look, and one after each pause in typing.

    python benchmarks/preflight.py [--smoke] [--size 100000] [--pauses 30]

A newsletter of 100,000 characters with a link every 200. Between two pauses a word is typed into a
paragraph; told are the milliseconds (of the wall, and of the processor) of

* the snapshot, which is taken in the editor's thread;
* the rules over it, in another thread: what changed, and for comparison everything;
* the same with the mail's own rules, its rendering included.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _measure import arguments, heading, spread
from _samples import newsletter

from app.lines import LineEdit
from app.markup import Document
from app.preflight import Preflight, Setting, take
from app.proof import Proof
from app.publish import render_email

T = TypeVar("T")
Figures = dict[str, list[tuple[float, float]]]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--pauses", type=int, default=30)
    options = parser.parse_args()
    size, pauses = (10_000, 2) if options.smoke else (options.size, options.pauses)
    text = newsletter(size)
    document = Document.from_text(text)
    proof = Proof(document)
    figures: Figures = {}

    preflight = Preflight(Setting())
    snapshot = timed(figures, "first snapshot", partial(take, document, proof))
    found = timed(figures, "first rules", partial(preflight.run, snapshot))
    for pause in range(pauses):
        typed(document, proof, pause)
        snapshot = timed(figures, "snapshot", partial(take, document, proof, snapshot))
        found = timed(figures, "rules, what changed", partial(preflight.run, snapshot))
        timed(figures, "rules, everything", partial(Preflight(Setting()).run, snapshot))
        html = timed(figures, "rendering the mail", partial(render_email, document))
        timed(figures, "with the mail's rules", partial(preflight.run, snapshot, html))
    words = f"{len(text)} characters, {len(document.blocks)} blocks, {len(found)} findings"
    heading(f"Pre-flight of {words} ({pauses} pauses)")
    for name, times in figures.items():
        wall, cpu = zip(*times, strict=True)
        print(f"  {name:<22} {spread(wall)}; processor {spread(cpu)}")


def timed(figures: Figures, name: str, what: Callable[[], T]) -> T:
    """Note how long something takes, in milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = what()
    spent = (1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu))
    figures.setdefault(name, []).append(spent)
    return made


def typed(document: Document, proof: Proof, pause: int) -> None:
    """A word typed into a paragraph."""
    lines = [at for at, line in enumerate(document.lines) if len(line) > 40]
    at = lines[(pause * 37) % len(lines)]
    for letter in " typed":
        proof.apply(document.edit(LineEdit(at, 1, (document.lines[at] + letter,))))
    while document.job is not None:
        document.job.run()
        proof.apply(document.adopt(document.job))


if __name__ == "__main__":
    main()
