"""The files that leave without a platform, opened again by those who read such files."""

import struct
import zlib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from app.publish import SnippetError
from app.publish.export import Format, Issue, exported, issue_of, message_of

DRAFT = """\
---
subject: Über Links
preheader: Was darunter steht
---
# Hello

A [link](https://example.com/a?b=1&c=2) and {{ snippet: imprint }}.

![A dot](pictures/a%20dot.png)
"""


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a dot.png").write_bytes(png())
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "imprint.md").write_text("the *imprint*")
    return tmp_path


@pytest.fixture
def issue(folder: Path) -> Issue:
    return issue_of(DRAFT, folder)


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_html_is_the_final_email(issue: Issue) -> None:
    html = exported(issue, Format.HTML).decode()
    assert html.startswith("<!doctype html>")
    assert "Was darunter steht" in html
    assert "<em>imprint</em>" in html
    assert 'href="https://example.com/a?b=1&amp;c=2"' in html


def test_plain_text_and_markdown_have_the_snippets(issue: Issue) -> None:
    assert "the imprint" in exported(issue, Format.TEXT).decode()
    markdown = exported(issue, Format.MARKDOWN).decode()
    assert "the *imprint*" in markdown
    assert markdown.startswith("---\nsubject: Über Links\n")


def test_a_message_has_both_parts_and_the_pictures_beside_the_draft(issue: Issue) -> None:
    message = read(exported(issue, Format.EML))
    assert message["Subject"] == "Über Links"
    assert message["X-Unsent"] == "1"
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "the imprint" in text.get_content()
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert [part.get_content() for part in pictures] == [png()]
    name = pictures[0]["Content-ID"].strip("<>")
    assert f'src="cid:{name}"' in html.get_content()
    assert pictures[0].get_filename() == "a dot.png"
    assert pictures[0].get_content_disposition() == "inline"


def test_a_picture_shown_twice_is_taken_along_once(folder: Path) -> None:
    text = "![a](pictures/a%20dot.png) ![b](pictures/a%20dot.png)\n"
    message = read(exported(issue_of(text, folder), Format.EML))
    assert sum(part.get_content_maintype() == "image" for part in message.walk()) == 1


@pytest.mark.parametrize(
    "src",
    [
        "../secret.png",
        "/etc/hostname.png",
        "pictures/none.png",
        "snippets/imprint.md",
        "https://example.com/a.png",
        "//example.com/a.png",
        "file:///etc/a.png",
        "{{ picture }}",
    ],
)
def test_nothing_else_is_taken_along(folder: Path, src: str) -> None:
    (folder.parent / "secret.png").write_bytes(png())
    message = read(exported(issue_of(f"![a]({src})\n", folder), Format.EML))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_a_draft_that_is_nowhere_takes_nothing_along() -> None:
    data = exported(issue_of("![a](a.png) {{ snippet: x }}\n", None), Format.EML)
    assert b"image/png" not in data
    assert b"{{ snippet: x }}" in data


def test_a_message_to_several(issue: Issue) -> None:
    message = read(
        message_of(
            issue, sender="Me <me@example.org>", recipients=["a@b.example", "C D <c@d.example>"]
        )
    )
    assert [each.addr_spec for each in message["To"].addresses] == ["a@b.example", "c@d.example"]


def test_a_missing_snippet_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SnippetError, match="no snippet"):
        issue_of("{{ snippet: nowhere }}\n", tmp_path)


@pytest.mark.parametrize("kind", [Format.PDF, Format.TRACKED])
def test_what_needs_more_than_the_issue_is_refused(issue: Issue, kind: Format) -> None:
    with pytest.raises(ValueError, match="more than the issue"):
        exported(issue, kind)
