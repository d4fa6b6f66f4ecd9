"""Figures as they stand in the store: JSON without what is not told.

A plain figure is a number, one by class is ``[all, human, privacy_proxy, machine]``, or 0 where all
four are.
"""

import json
from dataclasses import fields
from typing import Any

from app.engagement.model import UNTOLD, Count, Figures

COUNTED = frozenset(each.name for each in fields(Figures) if each.type in (Count, "Count"))
PLAIN = frozenset(each.name for each in fields(Figures)) - COUNTED - {"other"}

NOTHING = Count(0, 0, 0, 0)
_write = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def count_text(count: Count) -> str:
    """``[all, human, privacy_proxy, machine]``."""
    # Put together by hand, as all of this: there are a hundred thousand in a first sync.
    found = f"[{count.all},{count.human},{count.privacy_proxy},{count.machine}]"
    return found.replace("None", "null")


def count_of(text: str) -> Count:
    """The count that ``count_text`` wrote."""
    return Count(*json.loads(text))


def figures_text(figures: Figures) -> str:
    """Everything that is told, as a JSON object."""
    found: list[str] = []
    for name in _ORDER:
        value = getattr(figures, name)
        if isinstance(value, Count):
            if value != UNTOLD:
                found.append(f'"{name}":{0 if value == NOTHING else count_text(value)}')
        elif value is not None:
            found.append(f'"{name}":{value}')
    if figures.other:
        found.append(f'"other":{_write(dict(figures.other))}')
    return "{" + ",".join(found) + "}"


def figures_of(text: str) -> Figures:
    """The figures that ``figures_text`` wrote; names of a newer version are passed over."""
    found = json.loads(text)
    known: dict[str, Any] = {
        name: _count(value) if name in COUNTED else value
        for name, value in found.items()
        if name in _KNOWN
    }
    return Figures(**known)


def _count(value: Any) -> Count:
    return Count(*value) if value else NOTHING


_ORDER = tuple(each.name for each in fields(Figures) if each.name != "other")
_KNOWN = frozenset(_ORDER) | {"other"}
