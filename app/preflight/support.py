"""What mail programs support, from the data of Can I email that ship with the app."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.paths import resources_dir


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of HTML, CSS or an image format.

    Attributes:
        title: Its name.
        tested: The day of the last test, ``YYYY-MM-DD``; may be empty.
        unsupported: The clients whose newest tested version does without it.
    """

    title: str
    tested: str
    unsupported: frozenset[str]


@dataclass(frozen=True, slots=True)
class Support:
    """All that is known.

    Attributes:
        updated: The day of the data.
        clients: Name by ``family/platform``, as ``gmail/ios``.
        features: By their ids at caniemail.com.
    """

    updated: str
    clients: Mapping[str, str]
    features: Mapping[str, Feature]

    def lacking(self, feature: str, clients: Sequence[str]) -> tuple[str, ...]:
        """Those of some clients that do without a feature; none where it is not known."""
        known = self.features.get(feature)
        return tuple(each for each in clients if known and each in known.unsupported)

    def names(self, clients: Sequence[str]) -> str:
        """The clients as a person would list them."""
        return ", ".join(self.clients.get(each, each) for each in clients)


@cache
def support() -> Support:
    """The data, read at the first use."""
    path = resources_dir() / "clients" / "support.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    order = list(data["clients"])
    features = {
        slug: Feature(
            title,
            tested or "",
            frozenset(key for key, answer in zip(order, answers, strict=True) if answer == "n"),
        )
        for slug, (title, tested, answers) in data["features"].items()
    }
    return Support(data["updated"], data["clients"], features)
