"""Looks made of choices, the shelf that templates stand on, and what a publication keeps."""

import json
from datetime import date
from pathlib import Path

import pytest

from app.markup import Document
from app.publish import (
    Habits,
    HabitsError,
    Publication,
    TemplateError,
    habits_of,
    keep_habits,
    parse_template,
    publication_for,
    render_email,
    render_text,
)
from app.publish.campaign import Issue, filled, slug, unknown
from app.publish.colours import contrast, readable_on
from app.publish.habits import rename_template
from app.publish.look import FONTS, Look, compose, look_of
from app.publish.shelf import Kept, Shelf, ShelfError
from app.publish.template import built_in

DRAFT = "---\nsubject: Über Äpfel & Birnen!\n---\n\n# Head\n\n[a](https://example.com/x)\n\n> q\n"
LOOK = Look(
    accent="#aa2200",
    ground="#eef2f6",
    text_font="arial",
    heading_font="mono",
    text_size=16,
    width=640,
    header="**The Firm**",
    footer="Some Street 1 · [Unsubscribe]({{ unsubscribe_url }})",
)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SENDOFF_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def rendered(look: Look) -> str:
    template = compose(look, "mine")
    assert parse_template(template.text, "mine").text == template.text
    return render_email(Document.from_text(DRAFT), Publication(template=template))


def test_a_look_without_choices_is_the_built_in_template() -> None:
    assert compose(Look(), "letter") == built_in()


def test_every_choice_is_seen_in_the_letter() -> None:
    html = rendered(LOOK)
    assert '<a href="https://example.com/x" style="color:#aa2200' in html
    assert 'bgcolor="#eef2f6"' in html
    assert "#f5f2ec" not in html.partition("<style")[0]
    assert "font-family:Arial, Helvetica, sans-serif;font-size:16px" in html
    assert "font-family:Consolas" in html.partition("<h1")[2][:300]
    assert html.count('width="640"') == 3
    assert "max-width:640px" in html
    assert "<strong>The Firm</strong>" in html.partition('class="content"')[0]
    assert 'href="{{ unsubscribe_url }}"' in html.partition("Head</h1>")[2]
    text = render_text(Document.from_text(DRAFT), Publication(template=compose(LOOK, "mine")))
    assert "Some Street 1" in text
    assert "The Firm" in text


def test_the_accent_stays_readable_in_a_dark_mail_program() -> None:
    dark = rendered(Look(accent="#301010")).partition("prefers-color-scheme: dark")[2]
    colours = [each[:7] for each in dark.split(" a:not(.own) { color: ") if each[0] == "#"]
    assert len(colours) == 4  # the built-in one and the look's, for each kind of program
    assert contrast(colours[1], "#1c1d1f") >= 4.5


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#ff0000", "#1d5c93", "#777777"])
@pytest.mark.parametrize("ground", ["#ffffff", "#1c1d1f", "#f5f2ec"])
def test_colours_are_mixed_until_they_can_be_read(colour: str, ground: str) -> None:
    assert contrast(readable_on(colour, ground), ground) >= 4.5


def test_links_in_headings_keep_the_headings_colour() -> None:
    template = compose(Look(accent="#aa2200"), "mine")
    document = Document.from_text("# [a](https://example.com/x)\n")
    html = render_email(document, Publication(template=template))
    link = html.partition('<a href="https://example.com/x" style="')[2].partition('"')[0]
    assert link.rpartition("color:")[2] == "inherit"


def test_fonts_and_text_of_a_look_cannot_break_out_of_the_style_sheet() -> None:
    assert all(set(family).isdisjoint("{}<>;") for family in FONTS.values())
    html = rendered(Look(footer="</td></table><script>x</script>{{ slot: body }} <b>", header="{{"))
    assert "<script" not in html
    assert html.count("Head</h1>") == 1


@pytest.mark.parametrize(
    "slot", ["{{slot: body}}", "{{ slot&#58; body }}", "{{  slot:  nothing }}"]
)
def test_a_slot_in_a_footer_is_only_words(slot: str) -> None:
    html = rendered(Look(footer=f"Words {slot}"))
    assert html.count("Head</h1>") == 1
    assert "Words {{" in html.partition("Head</h1>")[2]


def test_a_logo_keeps_its_size_in_word() -> None:
    html = rendered(Look(header="![Logo](https://example.com/logo.png)"))
    logo = html.partition('<img src="https://example.com/logo.png"')[2].partition(">")[0]
    assert 'alt="Logo"' in logo
    assert "width=" not in logo


def test_the_footer_can_be_read_on_the_white_ground_of_phones() -> None:
    html = rendered(Look(ground="#23282f", footer="Some Street 1"))
    assert (
        contrast(html.partition('class="footer"')[2].partition("color:")[2][:7], "#23282f") >= 4.5
    )
    phone = html.partition("@media (max-width: 620px)")[2].partition("</style>")[0]
    assert ".footer, .footer a { color: #6a655c !important; }" in phone


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accent", "red"),
        ("accent", "#12345; } x"),
        ("text_font", "Comic"),
        ("width", 90_000),
        ("width", True),
        ("footer", 7),
        ("footer", "x" * 20_000),
    ],
)
def test_a_value_that_makes_no_sense_is_the_usual_one(field: str, value: object) -> None:
    assert look_of({field: value, "text_size": 18}) == Look(text_size=18)


# the shelf


def test_templates_are_kept_copied_renamed_and_found() -> None:
    shelf = Shelf()
    assert shelf.all() == []
    shelf.keep_look("Mine", LOOK)
    shelf.keep_page("Page", built_in().text)
    copy = shelf.duplicate(Kept("Mine", is_look=True))
    assert copy.name == "Mine copy"
    assert shelf.look(copy.name) == LOOK
    assert shelf.rename(copy, "Other") == Kept("Other", is_look=True)
    assert [each.name for each in shelf.all()] == ["Mine", "Other", "Page"]
    assert shelf.template("Mine") == compose(LOOK, "Mine")
    assert shelf.template("") == built_in()
    assert shelf.free_name("mine") == "mine 2"
    for name in ("", "../x", "a/b", "."):
        with pytest.raises(ShelfError):
            shelf.rename(Kept("Mine", is_look=True), name)
    with pytest.raises(ShelfError, match="already"):
        shelf.rename(Kept("Mine", is_look=True), "page")


def test_a_bad_page_is_kept_beside_and_never_used() -> None:
    shelf = Shelf()
    good = built_in().text
    shelf.keep_page("Page", good)
    bad = good.replace("</table>", "", 1)
    assert "is still open" in str(shelf.keep_page("Page", bad)[0])
    assert shelf.page("Page") == bad
    assert shelf.template("Page").text == good
    assert shelf.keep_page("Page", good + "\n") == ()
    assert shelf.page("Page") == good + "\n"
    assert [path.name for path in shelf.folder.iterdir()] == ["Page.html"]


def test_what_is_no_template_is_said_in_plain_words() -> None:
    shelf = Shelf()
    with pytest.raises(TemplateError, match="no such template"):
        shelf.template("Gone")
    with pytest.raises(TemplateError, match="cannot be the name"):
        shelf.template("../secret")
    shelf.keep_look("Bad", LOOK)
    (shelf.folder / "Bad.json").write_text("[")
    with pytest.raises(TemplateError, match="does not hold choices"):
        shelf.template("Bad")


def test_a_template_goes_to_the_trash(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    monkeypatch.setattr("send2trash.send2trash", gone.append)
    shelf = Shelf()
    shelf.keep_look("Mine", LOOK)
    shelf.trash(Kept("Mine", is_look=True))
    assert gone == [str(shelf.folder / "Mine.json")]


# what a publication keeps


def test_a_folder_keeps_its_template_and_parameters(tmp_path: Path) -> None:
    draft = tmp_path / "letters" / "issue 12.md"
    assert publication_for(DRAFT, draft) == Publication()
    Shelf().keep_look("Mine", LOOK)
    keep_habits(draft.parent, Habits("Mine", utm=True, campaign="{slug}-{file}"))
    keep_habits(tmp_path / "others", Habits(utm=False))
    made = publication_for(DRAFT, draft)
    assert made.template == compose(LOOK, "Mine")
    assert made.utm is not None
    assert made.utm.campaign == "uber-apfel-birnen-issue-12"
    assert publication_for(DRAFT, tmp_path / "others" / "x.md") == Publication()
    assert publication_for(DRAFT, None) == Publication()
    rename_template("Mine", "")
    assert habits_of(draft.parent) == Habits("", utm=True, campaign="{slug}-{file}")


def test_a_template_that_is_gone_is_an_error_and_not_another_letter(tmp_path: Path) -> None:
    keep_habits(tmp_path, Habits("Gone"))
    with pytest.raises(TemplateError, match="no such template"):
        publication_for(DRAFT, tmp_path / "x.md")


@pytest.mark.parametrize("content", ["[", "[]", '{"x": 1}', "\udcff"])
def test_a_file_that_holds_no_choices(tmp_path: Path, content: str) -> None:
    path = tmp_path / "data" / "publications.json"
    path.parent.mkdir()
    path.write_text(content, errors="surrogateescape")
    if content == '{"x": 1}':
        assert habits_of(tmp_path) == Habits()
        return
    with pytest.raises(HabitsError, match="does not hold choices"):
        habits_of(tmp_path)


def test_a_value_of_a_wrong_kind_is_left_out(tmp_path: Path) -> None:
    keep_habits(tmp_path, Habits("T", utm=True))
    path = tmp_path / "data" / "publications.json"
    found = json.loads(path.read_text())
    found[str(tmp_path.resolve())] |= {"utm": "yes", "medium": None, "new": 1}
    path.write_text(json.dumps(found))
    assert habits_of(tmp_path) == Habits("T")


def test_patterns_are_filled_for_each_issue() -> None:
    issue = Issue("Straße nach Süden: 3 Wege", "2026 issue-7", date(2026, 3, 9))
    assert filled("{slug}", issue) == "strasse-nach-suden-3-wege"
    assert filled(" {file}_{date} {year}/{month}", issue) == "2026-issue-7_2026-03-09 2026/03"
    assert filled("{slug}", Issue("", "draft")) == "draft"
    assert filled("{nothing} {slug}", Issue()) == "{nothing}"
    assert unknown("{slug}-{nothing}-{}") == ["nothing", ""]
    assert slug("日本語 news") == "日本語-news"
