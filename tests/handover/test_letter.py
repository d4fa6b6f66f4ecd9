"""From a draft to the letter: its bodies, its pictures' places, the tags of its platform."""

from pathlib import Path

import pytest

from app.handover.letter import letter_of
from app.handover.model import HandoverError, Letter, PictureError, TagError
from app.publish import Publication, Utm
from app.publish.export.issue import issue_of
from tests.handover.desk import DRAFT, PNG

PLATFORMS = ("buttondown", "ghost", "listmonk")


def letter(
    folder: Path,
    text: str,
    provider: str = "buttondown",
    publication: Publication = Publication(),  # noqa: B008 - frozen
) -> Letter:
    return letter_of(folder / "issue.md", text, provider, publication)


def test_the_body_is_without_front_matter_and_editor_mode(tmp_path: Path) -> None:
    text = DRAFT.replace("# A quiet", "<!-- buttondown-editor-mode: plaintext --># A quiet")
    made = letter(tmp_path, text)
    assert made.markdown.startswith("# A quiet week\n\nFirst words")
    assert "subject:" not in made.markdown
    assert (made.subject, made.preview) == ("A quiet week", "Three links and a picture")


@pytest.mark.parametrize("provider", PLATFORMS)
def test_html_and_text_are_what_is_previewed(tmp_path: Path, provider: str) -> None:
    issue = issue_of(DRAFT, tmp_path)
    made = letter(tmp_path, DRAFT, provider)
    assert (made.html, made.text) == (issue.html, issue.text)


def test_the_title_stands_apart_from_what_follows(tmp_path: Path) -> None:
    made = letter(tmp_path, DRAFT.replace("# A quiet week", "# A *very* quiet week"))
    assert made.title == "A very quiet week"
    assert made.fragment.startswith("<p>First words")
    without = letter(tmp_path, DRAFT.replace("# A quiet week", ""))
    assert without.title == "A quiet week"


def test_snippets_are_filled_in(tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "end.md").write_text("Bye, [all](https://example.com/bye)")
    made = letter(tmp_path, DRAFT + "\n{{ snippet: end }}\n")
    assert "Bye, [all](https://example.com/bye)" in made.markdown
    with pytest.raises(HandoverError, match="line 12"):
        letter(tmp_path, DRAFT + "\n{{ snippet: none }}\n")


def test_an_issue_without_a_subject_does_not_leave(tmp_path: Path) -> None:
    with pytest.raises(HandoverError, match="no subject"):
        letter(tmp_path, "Only words.\n")


def test_links_in_markdown_are_those_of_the_html(tmp_path: Path) -> None:
    text = DRAFT + (
        "\n[rel](/about) <https://example.com/auto> [ref][r] <a href='/raw'>raw</a>"
        " [Unsubscribe](https://example.com/out) ![far](img/far.png)\n\n"
        "[r]: https://example.com/ref 'Title'\n"
    )
    publication = Publication(base_url="https://letter.example/", utm=Utm(source="nl"))
    made = letter(tmp_path, text, publication=publication)
    added = "utm_source=nl&utm_medium=email"
    for part in (
        f"[rel](https://letter.example/about?{added})",
        f"[https://example.com/auto](https://example.com/auto?{added})",
        f"[r]: https://example.com/ref?{added} 'Title'",
        f"<a href='https://letter.example/raw?{added}'>",
        "[Unsubscribe](https://example.com/out)",
        "![far](https://letter.example/img/far.png)",
    ):
        assert part in made.markdown


# Pictures -----------------------------------------------------------------------------------------


def test_pictures_get_places_however_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    for name in ("img/a b.png", "c.png"):
        (tmp_path / name).write_bytes(PNG)
    text = DRAFT + (
        "\n![a](<img/a b.png>) ![a again](img/a%20b.png 'T')\n\n<img src=\"c.png\" alt='c'>\n\n"
        "![by reference][pic]\n\n[pic]: c.png\n"
    )
    made = letter(tmp_path, text)
    (picture,) = made.pictures
    assert made.markdown.count(picture.place) == 4
    assert made.html.count(picture.place) == 4
    assert (picture.media, picture.line, picture.name) == ("image/png", 12, "a-b.png")


def test_what_is_no_picture_stays_here(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_text("-----BEGIN PRIVATE KEY-----")
    with pytest.raises(PictureError, match=r"line 12: .*no picture"):
        letter(tmp_path, DRAFT + "\n![x](secret.png)\n")


@pytest.mark.parametrize("path", ["../outside.png", "a/../../outside.png", "none.png"])
def test_what_is_not_in_the_folder_is_no_picture_of_the_draft(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (tmp_path / "outside.png").write_bytes(PNG)
    with pytest.raises(PictureError, match="no picture"):
        letter(folder, DRAFT + f"\n![x]({path})\n")


def test_a_cover_is_put_online_too(tmp_path: Path) -> None:
    (tmp_path / "c.png").write_bytes(PNG)
    made = letter(tmp_path, DRAFT.replace("---\n\n", "cover: c.png\nslug: week-1\n---\n\n"))
    assert made.cover == made.pictures[0].place
    assert made.slug == "week-1"
    far = letter(tmp_path, DRAFT.replace("---\n\n", "cover: https://x.example/c.png\n---\n\n"))
    assert (far.cover, far.pictures) == ("https://x.example/c.png", ())


# Tags ---------------------------------------------------------------------------------------------

FIRST = {
    "buttondown": '{{ subscriber.metadata.first_name|default:"you" }}',
    "ghost": '%%{first_name, "you"}%%',
    "listmonk": '{{ .Subscriber.FirstName | default "you" }}',
}
EMAIL = {
    "buttondown": "{{ subscriber.email }}",
    "ghost": "%%{email}%%",
    "listmonk": "{{ .Subscriber.Email }}",
}
OUT = {
    "buttondown": "{{ unsubscribe_url }}",
    "ghost": "%%{unsubscribe_url}%%",
    "listmonk": "{{ UnsubscribeURL }}",
}


@pytest.mark.parametrize("provider", PLATFORMS)
@pytest.mark.parametrize("other", PLATFORMS)
@pytest.mark.parametrize("tags", [FIRST, EMAIL, OUT], ids=["first", "email", "out"])
def test_tags_of_one_platform_are_written_as_another_does(
    tmp_path: Path, provider: str, other: str, tags: dict[str, str]
) -> None:
    made = letter(tmp_path, DRAFT + f"\nDear {tags[other]}!\n", provider)
    assert f"Dear {tags[provider]}!" in made.markdown


@pytest.mark.parametrize("provider", PLATFORMS)
def test_tags_reach_the_html_and_its_links_whole(tmp_path: Path, provider: str) -> None:
    made = letter(tmp_path, DRAFT + "\n[Leave](*|UNSUB|*), *|EMAIL|*\n", provider)
    assert f'href="{OUT[provider]}"' in made.fragment
    assert EMAIL[provider] in made.fragment


@pytest.mark.parametrize(
    ("provider", "tag"),
    [
        ("ghost", "{{ subscriber.tags }}"),
        ("ghost", "{% if x %}"),
        ("listmonk", "{% if x %}"),
        ("buttondown", "*|LIST:ADDRESS|*"),
        ("buttondown", "{first_name}"),
    ],
)
def test_a_tag_that_means_nothing_there_is_refused_by_its_line(
    tmp_path: Path, provider: str, tag: str
) -> None:
    with pytest.raises(TagError, match="line 12: ") as caught:
        letter(tmp_path, DRAFT + f"\nDear {tag}!\n", provider)
    assert caught.value.line == 12


@pytest.mark.parametrize("provider", ["buttondown", "listmonk"])
def test_a_tag_that_is_not_closed_is_refused_by_its_line(tmp_path: Path, provider: str) -> None:
    with pytest.raises(TagError, match=r"line 12: .*not closed"):
        letter(tmp_path, DRAFT + "\nDear {{ reader!\n", provider)
    assert "{{ reader" in letter(tmp_path, DRAFT + "\nDear {{ reader!\n", "ghost").fragment


def test_a_tag_in_the_subject_is_refused_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(TagError) as caught:
        letter(tmp_path, DRAFT.replace("A quiet week\npre", "{{ x.y }} week\npre"), "ghost")
    assert caught.value.line == 2


def test_tags_in_code_are_examples(tmp_path: Path) -> None:
    made = letter(tmp_path, DRAFT + "\n`*|FNAME|*`\n\n```\n{{ any }}\n```\n", "ghost")
    assert "`*|FNAME|*`" in made.markdown
    assert "{{ any }}" in made.html
