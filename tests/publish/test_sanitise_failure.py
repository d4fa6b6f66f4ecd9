"""The cleaner is written in Rust: when it panics, the text is still shown, and harmless."""

import pytest

import app.publish.sanitise as sanitising


class PanicException(BaseException):
    """As Rust's panics arrive in Python: no `Exception`."""


def test_a_panic_shows_the_source(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def clean(self, html: str) -> str:
            raise PanicException(html)

    monkeypatch.setattr(sanitising, "_cleaner", Broken)
    assert sanitising.sanitise("<b>words</b>") == "<p>&lt;b&gt;words&lt;/b&gt;</p>"
    assert "words" not in caplog.text
