"""Pre-flight of a long draft: the first look, and one after each pause in typing.

    python benchmarks/preflight.py [--smoke] [--size 100000] [--pauses 30]

A newsletter of 100,000 characters with a link every 200. Between two pauses a word is typed into a
paragraph; told are the milliseconds (of the wall, and of the processor) of

* the snapshot, which is taken in the editor's thread;
* the rules over it, in another thread: what changed, and for comparison everything;
* the same with the mail's own rules, its rendering included.

Then in an editor with its marks and the list beside it, for 100 KB and 1 MB: how long the window's
thread is held at most in one go (its processor's time) until an edit has its findings, and what a
key costs with pre-flight and without.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from _measure import arguments, heading, spread
from _samples import newsletter

from app.lines import LineEdit
from app.markup import Document
from app.preflight import Preflight, Setting, take
from app.preflight.mailed import MailedDraft
from app.proof import Proof

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.ui.preflight.findings import Findings

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

    preflight, mailed = Preflight(Setting()), MailedDraft()
    mailed.follow(document.lines)
    snapshot = timed(figures, "first snapshot", partial(take, document, proof))
    found = timed(figures, "first rules", partial(preflight.run, snapshot))
    for pause in range(pauses):
        typed(document, proof, pause)
        snapshot = timed(figures, "snapshot", partial(take, document, proof, snapshot))
        found = timed(figures, "rules, what changed", partial(preflight.run, snapshot))
        timed(figures, "rules, everything", partial(Preflight(Setting()).run, snapshot))
        timed(figures, "the mail follows", partial(mailed.follow, tuple(document.lines)))
        html = timed(figures, "rendering the mail", mailed.html)
        timed(figures, "the mail's rules", partial(preflight.of_mail, html, snapshot))
    words = f"{len(text)} characters, {len(document.blocks)} blocks, {len(found)} findings"
    heading(f"Pre-flight of {words} ({pauses} pauses)")
    for name, times in figures.items():
        wall, cpu = zip(*times, strict=True)
        print(f"  {name:<22} {spread(wall)}; processor {spread(cpu)}")
    heading("In the window")
    for each in (10_000,) if options.smoke else (100_000, 1_000_000):
        in_window(each, 2 if options.smoke else 12)


def in_window(size: int, pauses: int) -> None:
    """Type with pauses into an editor that is looked over, and then without."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from app.ui import style
    from app.ui.editor.editor import DraftEditor
    from app.ui.editor.open_draft import OpenDraft
    from app.ui.interpreter import Interpreter
    from app.ui.preflight.findings import Findings
    from app.ui.preflight.gutter import FindingGutter
    from app.ui.preflight.panel import ChecksPanel
    from app.ui.preflight.surroundings import Surroundings

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    style.dress(application)
    interpreter = Interpreter(application)
    draft = OpenDraft(newsletter(size).split("\n"))
    editor, panel = DraftEditor(), ChecksPanel()
    editor.resize(900, 700)
    panel.resize(300, 700)
    editor.set_draft(draft)
    for widget in (editor, panel):
        widget.show()
    draft.parse()
    findings = Findings(draft, lambda: None, Surroundings(), editor)
    gutter = FindingGutter(editor, findings)
    panel.show_findings(findings)
    findings.changed.connect(panel.renew)
    findings.set_on(True)
    first, _ = _until_fresh(application, findings)
    held, waited = [], []
    keys: dict[bool, list[float]] = {True: [], False: []}
    for pause in range(pauses):
        looked_over = pause % 2 == 0
        findings.set_on(looked_over)
        if looked_over:
            _until_fresh(application, findings)
        lines = len(draft.lines)
        editor.go_to((pause * 997) % lines, 0)
        application.processEvents()
        for letter in "the quiet reader ":
            spent = time.thread_time()
            QTest.keyClicks(editor, letter)
            application.processEvents()
            keys[looked_over].append(1000 * (time.thread_time() - spent))
        if looked_over:
            longest, seconds = _until_fresh(application, findings)
            held.append(longest)
            waited.append(1000 * seconds)
    rows = len(findings.judged.found)
    print(f"  {size} bytes, {rows} findings; opening holds the thread {first:.1f} ms at most")
    print(f"    held at most, per pause   {spread(held)}")
    print(f"    until all is known        {spread(waited, digits=0)}, both pauses included")
    for looked_over, name in ((True, "with"), (False, "without")):
        print(f"    a key {name:<8} pre-flight {spread(keys[looked_over], digits=2)}")
    ratio = statistics.median(keys[True]) / statistics.median(keys[False])
    print(f"    with / without            {ratio:.2f}")
    draft.close()
    for each in (gutter, panel, editor, interpreter):
        each.deleteLater()
    application.processEvents()


def _until_fresh(application: "QApplication", findings: "Findings") -> tuple[float, float]:
    """Wait for the findings; the longest hold of this thread in ms, and the seconds."""
    began, longest = time.monotonic(), 0.0
    while not findings.is_fresh and time.monotonic() - began < 60:
        spent = time.thread_time()
        application.processEvents()
        longest = max(longest, 1000 * (time.thread_time() - spent))
        time.sleep(0.001)
    return longest, time.monotonic() - began


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
