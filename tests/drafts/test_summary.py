"""A draft's title and first words, from heads that were made to cost time."""

import time

import pytest

from app.drafts.summary import HEAD_BYTES, summarise

HOSTILE = {
    "brackets": "[a" * HEAD_BYTES,
    "comments": "<!--" * HEAD_BYTES,
    "styles": "-->" + "<style" * HEAD_BYTES,
    "tags": "<a " * HEAD_BYTES,
    "logic": "{%" * HEAD_BYTES,
    "merge tags": "{{" * HEAD_BYTES + "*|" * HEAD_BYTES,
    "marks": "*_" * HEAD_BYTES,
    "heading": "# " + "a #" * HEAD_BYTES,
    "blanks": "# a" + " " * 40 * HEAD_BYTES + "b",
    "field": "a" * HEAD_BYTES + ":" + " " * 40 * HEAD_BYTES + '"x',
    "many lines": "a\n" * 20 * HEAD_BYTES,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_head_is_read_at_once(name: str) -> None:
    lines = HOSTILE[name].split("\n")
    summarise(lines)  # compiles the patterns
    began = time.process_time()
    summarise(lines)
    assert time.process_time() - began < 1
