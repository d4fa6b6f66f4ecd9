"""css-inline cannot take the app down: what would overflow its stack is not given to it."""

import subprocess
import sys

import css_inline
import pytest

import app.publish.inline as inlining
from app.markup import Document
from app.publish import render_email
from app.publish.inline import MAX_DEPTH, fit, inline_styles

PAGE = "<html><head><style>p { color: red }</style></head><body>{}</body></html>"


def page(body: str) -> str:
    return PAGE.replace("{}", body)


def test_styles_become_attributes() -> None:
    html = inline_styles(page("<p>x</p>"))
    assert '<p style="color:red">x</p>' in html
    assert "<style>" not in html


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000 + "</div>" * 20_000,
        "<b>" * (MAX_DEPTH + 1) + "</b>" * (MAX_DEPTH + 1),
        "<b><p></b></p>",
        "<p>never closed",
        "x" * (inlining.MAX_SIZE + 1),
        "<i></i>" * (inlining.MAX_ELEMENTS + 1),
    ],
    ids=["20,000 deep", "a little too deep", "crossed", "open", "large", "many"],
)
def test_what_is_not_fit_keeps_its_style_sheet(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(css_inline, "CSSInliner", None)  # a call would raise
    assert not fit(page(body))
    assert inline_styles(page(body)) == page(body)


def test_without_the_limits_the_process_would_end() -> None:
    code = (
        "import css_inline, threading; threading.stack_size(512 * 1024);"
        "html = '<div>' * 20_000;"
        "thread = threading.Thread(target=lambda: css_inline.CSSInliner().inline(html));"
        "thread.start(); thread.join(); print('alive')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    if done.returncode == 0:
        pytest.skip("this css-inline survives deep documents")
    assert b"alive" not in done.stdout


def test_the_deepest_document_that_is_given_survives_a_small_stack() -> None:
    """On half of what a thread has by default anywhere; in a process of its own."""
    code = (
        "import threading; threading.stack_size(512 * 1024)\n"
        "from app.publish.inline import MAX_DEPTH, fit, inline_styles\n"
        "deep = MAX_DEPTH - 3\n"
        "for name in ('div', 'b', 'blockquote', 'table', 'font', 'a'):\n"
        "    for inner in ('', '<p></p>'):\n"
        "        body = f'<{name}>{inner}' * deep + f'</{name}>' * deep\n"
        "        html = f'<html><style>p {{}}</style><body>{body}</body></html>'\n"
        "        def run():\n"
        "            assert fit(html)\n"
        "            print(len(inline_styles(html)))\n"
        "        thread = threading.Thread(target=run); thread.start(); thread.join()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert len(done.stdout.split()) == 12


def test_a_panic_keeps_the_style_sheet(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class PanicException(BaseException):
        """As Rust's panics arrive in Python: no `Exception`."""

    class Broken:
        def __init__(self, **_: object) -> None:
            raise PanicException("words")

    monkeypatch.setattr(css_inline, "CSSInliner", Broken)
    assert inline_styles(page("<p>words</p>")) == page("<p>words</p>")
    assert "words" not in caplog.text
    assert "PanicException" in caplog.text


def test_a_draft_of_20_000_nested_elements_is_an_email() -> None:
    html = render_email(Document.from_text("# A\n\n" + "<div>" * 20_000 + "end\n"))
    assert "end" in html
    assert ".sheet {" in html  # not inlined: the sheet stays
