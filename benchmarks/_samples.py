"""Drafts of any size for benchmarks: newsletter-like, seeded, with a link every 200 bytes or so."""

import random

WORDS = """
letter reader morning quiet paper window archive garden method walking question answer river
evening patient slow bright careful kind story listen remember plain honest table
""".split()


def newsletter(size: int, *, seed: int = 1, origin: str = "https://example.org") -> str:
    """A draft of about ``size`` bytes; every link has a URL of its own below ``origin``."""
    chance = random.Random(seed)
    parts = ['---\nsubject: "A long letter"\n---\n\n# A long letter\n\n']
    length = len(parts[0])
    number = 0
    while length < size:
        number += 1
        part = _section(chance, number, origin)
        parts.append(part)
        length += len(part)
    return "".join(parts)


def _section(chance: random.Random, number: int, origin: str) -> str:
    kind = number % 8
    if kind == 0:
        return f"## {_words(chance, 4).capitalize()} {number}\n\n"
    if kind in (1, 5):
        items = (f"- {_linked(chance, number, item, origin)}\n" for item in range(4))
        return "".join(items) + "\n"
    if kind == 3:
        return f"> {_words(chance, 20)} *{_words(chance, 2)}*.\n\n"
    sentences = (_linked(chance, number, item, origin) for item in range(3))
    return " ".join(sentences) + "\n\n"


def _linked(chance: random.Random, number: int, item: int, origin: str) -> str:
    url = f"{origin}/{number}/{item}/{chance.choice(WORDS)}"
    return (
        f"{_words(chance, 9).capitalize()} [{_words(chance, 2)}]({url}) "
        f"{_words(chance, 5)} **{chance.choice(WORDS)}** {_words(chance, 4)}."
    )


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))
