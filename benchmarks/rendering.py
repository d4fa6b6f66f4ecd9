"""A draft of 5,000 words with 100 links to its final HTML: rendered, sanitised, inlined.

    python benchmarks/rendering.py [--smoke] [--runs 20]

Parsing is measured apart: in the app the draft is parsed already. Each run renders everything anew.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _measure import arguments, heading, spread

from app.markup import Document
from app.publish import Publication, Utm, render_email, render_text
from app.publish.clip import cut_of
from app.publish.eml import eml_of
from app.publish.look import Look, compose

GOAL_MS = 150.0
WORDS = "lamp canal lock mill basin bridge tea moth keeper path night water council walk".split()


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    runs = 3 if options.smoke else options.runs
    source = draft(5_000, 100)
    publication = Publication(base_url="https://example.com", utm=Utm("letter", campaign="12"))
    document = Document.from_text(source)
    html = render_email(document, publication)
    text = render_text(document, publication)
    heading(
        f"{document.words:,} words, {html.count('<a href'):,} links: {len(source.encode()):,} bytes"
        f" of Markdown, {len(html.encode()):,} bytes of HTML"
    )
    final = measure("final HTML", runs, lambda: render_email(document, publication))
    look = Look(accent="#a3243b", text_font="sans", footer="Some Street 1")
    own = Publication(utm=publication.utm, template=compose(look, "own"))
    measure("own template", runs, lambda: render_email(document, own))
    measure("Gmail's cut", runs, lambda: cut_of(document, own))
    measure("text part", runs, lambda: render_text(document, publication))
    measure("message", runs, lambda: eml_of(subject="12", html=html, text=text))
    measure("parsing alone", runs, lambda: Document.from_text(source))
    print(f"  goal: final HTML under {GOAL_MS:.0f} ms: {'met' if final < GOAL_MS else 'NOT MET'}")
    sys.exit(0 if final < GOAL_MS or options.smoke else 1)


def measure(name: str, runs: int, work: Callable[[], object]) -> float:
    """Print how long some work takes; the median in ms."""
    times, busy = [], []
    for _ in range(runs):
        start, cpu = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - start) * 1e3)
        busy.append((time.process_time() - cpu) * 1e3)
    print(f"  {name:<14} {spread(times)}; CPU median {statistics.median(busy):.1f} ms")
    return statistics.median(times)


def draft(words: int, links: int) -> str:
    """A newsletter with headings, lists, quotes, tables, code and links, always the same."""
    chance = random.Random(12)
    parts = ["---\nsubject: Benchmark\npreheader: A long one\n---\n\n# A long letter\n"]
    paragraphs = words // 50
    for number in range(paragraphs):
        said = [chance.choice(WORDS) for _ in range(48)]
        mine = range(links * number // paragraphs, links * (number + 1) // paragraphs)
        said += [f"[link {at}](https://example.com/{at}?a=1&b=2#part)" for at in mine]
        line = " ".join(said)
        head = f"## Part {number}\n\n" if number % 8 == 0 else ""
        mark = {3: "> ", 5: "- "}.get(number % 8, "")
        parts.append(f"{head}{mark}{line}, **bold** and `code`.\n")
        if number % 25 == 0:
            parts.append("| a | b |\n|---|--:|\n| 1 | 2 |\n\n```\ncode\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
