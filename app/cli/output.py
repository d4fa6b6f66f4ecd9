"""Writes reports to standard output: whole, and the same wherever they are sent."""

import json
import sys
from collections.abc import Mapping


def print_json(report: Mapping[str, object]) -> None:
    """Print a report as one JSON object in UTF-8, whatever the locale; each link on its own line.

    What no UTF-8 can hold (a file's name may) is written as JSON's own escapes.
    """
    data = f"{_object(report)}\n".encode("utf-8", "backslashreplace")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def forgive_unprintable() -> None:
    """Let a terminal that lacks a character show another one, instead of ending the program."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def printable(text: str) -> str:
    """Without control characters, which could play tricks on a terminal."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def _object(whole: Mapping[str, object]) -> str:
    # Not json's own indentation: that takes ten times as long, as the C encoder does not know it.
    fields = [f"{json.dumps(key)}: {_value(value)}" for key, value in whole.items()]
    return "{" + ",\n".join(fields) + "}"


def _value(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_item, value)) + "\n]"
    return json.dumps(value, ensure_ascii=False)


def _item(item: object) -> str:
    """One link or finding, or one file with its links."""
    if isinstance(item, dict) and "links" in item:
        return _object(item)
    return json.dumps(item, ensure_ascii=False)
