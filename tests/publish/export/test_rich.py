"""What is copied as rich text: simple enough for any editor, whole enough to be pasted."""

from pathlib import Path

import pytest

from app.publish.export import rich_of
from tests.publish.export.test_formats import png

DRAFT = """\
---
subject: S
---
# Title

First *paragraph* with [a reference][one] and a note[^n].

> Quoted

| a | b |
|---|---|
| 1 | 2 |

```
code
```

[one]: https://example.com/one "T"

[^n]: The note.
"""


def test_the_whole_body_has_no_head_and_no_classes() -> None:
    rich = rich_of(DRAFT, None)
    assert rich.html.startswith('<h1 id="title">Title</h1>')
    for foreign in ("<html", "<head", "<body", "<style", "class=", "data-line"):
        assert foreign not in rich.html
    assert '<blockquote style="' in rich.html
    assert "border-collapse" in rich.html
    assert 'href="https://example.com/one"' in rich.html
    assert rich.text.startswith("Title\n=====")
    assert rich.markdown == DRAFT


def test_a_selection_keeps_its_references() -> None:
    rich = rich_of(DRAFT, None, selection="a [reference][one] and a note[^n]")
    assert 'href="https://example.com/one"' in rich.html
    assert "The note." in rich.html
    assert "Title" not in rich.html
    assert "reference <https://example.com/one>" in rich.text
    assert rich.markdown == "a [reference][one] and a note[^n]"


def test_text_and_headings_have_the_looks_of_what_is_around_them() -> None:
    html = rich_of("# A\n\nB *c*\n", None).html
    assert "style" not in html


def test_merge_tags_stay_as_written() -> None:
    rich = rich_of('Hello {{ name | default: "you" }}, [out]({{ unsubscribe_url }})\n', None)
    assert "{{ name | default: " in rich.html
    assert 'href="{{ unsubscribe_url }}"' in rich.html


def test_nothing_that_acts_is_copied() -> None:
    html = rich_of("<script>x()</script><a href='javascript:x()' onclick='x()'>a</a>\n", None).html
    assert "script" not in html
    assert "onclick" not in html


def test_pictures_beside_the_draft_are_within(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    html = rich_of("![A](a.png) ![B](b.png)\n", tmp_path).html
    assert 'src="data:image/png;base64,' in html
    assert 'src="b.png"' in html


@pytest.mark.parametrize("text", ["", "\n\n", "---\nsubject: s\n---\n", "<div><div><div>" * 300])
def test_odd_drafts_are_no_trouble(text: str) -> None:
    assert isinstance(rich_of(text, None).html, str)
