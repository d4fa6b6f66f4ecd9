"""Templates that writers edit: what works, and what is said of what does not."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.markup import Document
from app.publish import (
    Publication,
    TemplateError,
    Utm,
    copy_built_in,
    parse_template,
    read_template,
    render_email,
    render_text,
)
from app.publish.checking import Problem
from app.publish.template import LARGEST, SLOTS, built_in

OWN = """<!doctype html>
<html lang="{{ slot: language }}"><head><meta charset='utf-8'>
<title>{{ slot: subject }}</title>
<style>p { color: #123456 } </style>
<style data-css-inline="ignore">@media (max-width: 400px) { p { color: red } }</style></head>
<body class='mine'>{{slot: preheader}}<table role="presentation"><tr><td>{{ slot:body }}</td></tr>
<tr><td>The Firm, Some Street 1. <a href="{{ unsubscribe_url }}">Unsubscribe</a>,
<a class='x' href="https://example.com/about">about</a></td></tr></table></body></html>
"""


def test_the_built_in_one_is_valid_and_says_what_its_slots_are() -> None:
    text = built_in().text
    assert parse_template(text, "letter").text == text
    assert all(f"{{{{ slot: {name} }}}}" in text for name in SLOTS)


def test_a_copy_makes_the_same_email_and_an_edited_copy_stays(tmp_path: Path) -> None:
    document = Document.from_text("---\nsubject: S\npreheader: P\n---\n\n# Head\n\n> words\n")
    path = copy_built_in(tmp_path / "new" / "folder")
    own = Publication(template=read_template(path))
    assert render_email(document, own) == render_email(document)
    path.write_text(OWN, encoding="utf-8")
    assert copy_built_in(path.parent) == path
    assert path.read_text(encoding="utf-8") == OWN


def test_an_own_template_frames_the_letter() -> None:
    document = Document.from_text("---\nlang: de\n---\n\nwords $body {{ slot: body }}\n")
    publication = Publication(template=parse_template(OWN, "own"), utm=Utm(source="s"))
    html = render_email(document, publication)
    assert '<html lang="de">' in html
    assert '<p style="color:#123456">words $body {{ slot: body }}</p>' in html
    assert "@media (max-width: 400px)" in html
    assert "Sendoff" not in html
    assert 'href="{{ unsubscribe_url }}"' in html
    assert 'href="https://example.com/about?utm_source=s&amp;utm_medium=email"' in html
    text = render_text(document, publication)
    assert "Some Street 1. Unsubscribe <{{ unsubscribe_url }}>" in text
    assert "color" not in text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{{ slot:body }}", "", "no place for the issue"),
        ("{{slot: preheader}}", "{{ slot: body }}", "more than once"),
        ("{{slot: preheader}}", "{{ slot: footer }}", 'no slot called "footer"'),
        ("</td></tr></table></body>", "</td></body>", "is still open where </body>"),
        ("</table></body>", "</table></table></body>", "Line 8: </table> closes what was not"),
        ("<td>The", "<td><script>x</script>The", "<script> cannot be used"),
        ("<td>The", '<td onclick="x()">The', "onclick= is a script"),
        ("{{ unsubscribe_url }}", " java\nscript:x".replace("\n", ""), "not a script"),
        ("<style>p", "<style>@import 'x'; p", "from elsewhere"),
        ("<style>p", "<style>p { background: url( //e/x ) } p", "from elsewhere"),
        ("<title>", "<link rel=stylesheet href=x><title>", "nothing is loaded from elsewhere"),
        (
            "<td>{{ slot:body }}",
            '<td title="{{ slot:body }}">',
            "Line 6: {{ slot: body }} must stand",
        ),
        ("{{ slot: subject }}</title>", "{{ slot: subject }}{{ slot: body }}</title>", "once"),
        ("<td>{{ slot:body }}", "<td><!-- {{ slot:body }} -->", "must stand between elements"),
        ("<td>{{ slot:body }}", "<td><style>a {}{{ slot:body }}</style>", "must stand between"),
        ("p { color: #123456 }", "p { color: #123456", "is never closed: } lacks"),
        ("p { color: #123456 }", "p { color: #123456 }}", "closes no rule"),
        ("<td>The", "<td><![x[The", "Line 7: “<![” begins nothing here"),
        ("<td>The", "<td><iframe></iframe>The", "no frames"),
        ("<td>The", "<td>" + "<b>" * 70 + "</b>" * 70 + "The", "more than 60 deep"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(old: str, new: str, words: str) -> None:
    assert old in OWN
    with pytest.raises(TemplateError) as caught:
        parse_template(OWN.replace(old, new, 1), "own")
    assert words in " ".join(caught.value.problems)
    assert all(problem.endswith(".") for problem in caught.value.problems)


def test_a_fragment_is_no_template() -> None:
    with pytest.raises(TemplateError, match="no whole page"):
        parse_template("<p>{{ slot: body }}</p>", "own")


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\xff\xfe", "not text in UTF-8"), (b"x" * (LARGEST + 1), "larger than 200 KB")],
)
def test_files_that_cannot_be_templates(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "own.html"
    path.write_bytes(data)
    with pytest.raises(TemplateError, match=words):
        read_template(path)
    with pytest.raises(TemplateError, match="cannot be read"):
        read_template(tmp_path)


PIECES = ["<![x[", "<![if !mso]>", "<!", "]]>", "<?x", "&#", "</", "<a b='", '"', "<!--", "-->"]
PIECES += ["{{ slot: body }}", "<style>", "}", "{", "<svg>", "\x00", "\ud800", "<body", "<p>", " "]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=8), st.floats(0, 1))
def test_whatever_is_typed_is_named_or_makes_a_letter(pieces: list[str], place: float) -> None:
    at = int(place * len(OWN))
    text = OWN[:at] + "".join(pieces) + OWN[at:]
    lines = text.count("\n") + 1
    problems: tuple[Problem, ...] = ()
    try:
        template = parse_template(text, "own")
    except TemplateError as error:
        problems = error.places
    else:
        document = Document.from_text("# Head\n\nthe words")
        html = render_email(document, Publication(template=template))
        assert html.count("the words</p>") == 1
        html.encode()
    assert all(0 <= each.line <= lines and each.words for each in problems)
