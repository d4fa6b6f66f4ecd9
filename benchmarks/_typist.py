"""Types a seeded script through a Keeper, and says what it typed and what was acknowledged.

    python _typist.py FOLDER SEED SECONDS [slow]

Every edit and every acknowledged save is appended to FOLDER/told with the monotonic clock, which
all processes of a machine share; the file is written without buffering, so a killed typist has
told all that it did.
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.drafts.atomic import digest
from app.drafts.files import DraftFile
from app.drafts.keeper import Callbacks, Keeper, Pace
from app.drafts.storage import Storage
from app.lines import LineEdit

WORDS = (
    "letter reader morning “quiet” paper wíndow ärchive 庭園 \u2028 walking \u0085 🌱 \ud83d".split(
        " "
    )
)


def storage(folder: Path) -> Storage:
    """Everything of one run in one folder."""
    return Storage((folder / "journals", folder / "second"), folder / "history.sqlite3")


def script(seed: int, lines: Sequence[str]) -> Iterator[LineEdit]:
    """Endless edits that fit one another, beginning from ``lines``."""
    chance = random.Random(seed)
    text = list(lines)
    at = len(text) - 1
    while True:
        kind = chance.random()
        if kind < 0.06:
            at = chance.randrange(len(text))
        if kind < 0.80:
            edit = LineEdit(at, 1, (text[at] + chance.choice(WORDS)[:3],))
        elif kind < 0.90:
            cut = chance.randrange(len(text[at]) + 1)
            edit = LineEdit(at, 1, (text[at][:cut], text[at][cut:]))
        elif kind < 0.96 and len(text) > 3:
            first = chance.randrange(len(text) - 2)
            edit = LineEdit(first, 2, (text[first][:80],))
        else:
            pasted = tuple(" ".join(chance.choices(WORDS, k=12)) for _ in range(5))
            edit = LineEdit(at, 0, pasted)
        edit.apply(text)
        at = min(at, len(text) - 1)
        yield edit


def fingerprint(lines: Sequence[str]) -> str:
    """What identifies a state of the text."""
    return digest("\n".join(lines).encode("utf-8", "surrogatepass"))


def main() -> None:
    folder, seed, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    chance = random.Random(seed + 1)
    told = os.open(folder / "told", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)

    def tell(kind: str, what: object) -> None:
        os.write(told, json.dumps([kind, time.monotonic(), what]).encode() + b"\n")

    def saved(stored: DraftFile) -> None:
        tell("saved", stored.digest)

    pace = Pace(pause=0.15, longest=0.6, look=0.1, look_while_unsaved=0.05)
    keeper = Keeper.open(
        folder / "draft.md",
        storage=storage(folder),
        callbacks=Callbacks(on_saved=saved),
        pace=pace if seed % 2 else Pace(),
    )
    tell("opened", fingerprint(keeper.lines))
    ends = time.monotonic() + seconds
    for number, edit in enumerate(script(seed, keeper.lines), 1):
        keeper.edited(edit)
        tell("edit", number)
        if time.monotonic() > ends:
            break
        time.sleep(
            chance.choice((0.002, 0.01, 0.03, 0.03, 0.3 if chance.random() < 0.05 else 0.01))
        )
    keeper.close()
    tell("closed", fingerprint(keeper.lines))


if __name__ == "__main__":
    main()
