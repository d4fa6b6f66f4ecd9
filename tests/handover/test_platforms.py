"""What is special to each platform."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.handover.images import with_addresses
from app.handover.model import Action, Choice, Field, HandoverError, PictureError
from app.handover.platforms.listmonk import as_template
from tests.handover.desk import DRAFT, PNG, Desk, buttondown, ghost, impatient, listmonk
from tests.handover.fakes.buttondown import Buttondown
from tests.handover.fakes.ghost import Ghost
from tests.handover.fakes.listmonk import DEFAULT, Listmonk, compiles
from tests.handover.fakes.server import Cut


@pytest.fixture
def at_buttondown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    impatient(monkeypatch)
    with buttondown(tmp_path) as desk:
        yield desk


@pytest.fixture
def at_ghost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    impatient(monkeypatch)
    with ghost(tmp_path) as desk:
        yield desk


@pytest.fixture
def at_listmonk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    impatient(monkeypatch)
    with listmonk(tmp_path) as desk:
        yield desk


# Pictures, wherever they go -----------------------------------------------------------------------


def uploads(desk: Desk) -> int:
    return sum(asked.is_form for asked in desk.fake.asked)


def test_a_picture_goes_up_once_whatever_it_is_called(desk: Desk) -> None:
    desk.picture("one.png")
    desk.picture("two.png")
    desk.text = DRAFT + "\n![1](one.png) ![2](two.png)\n"
    plan = desk.plan()
    assert len(plan.uploads) == 1
    assert "picture.invalid" in plan.fields[Field.BODY]
    desk.carry_out(plan)
    desk.text += "\nMore.\n"
    assert desk.plan().uploads == ()
    desk.hand_over()
    desk.hand_over(Choice.COPY)
    assert uploads(desk) == 1
    assert all(draft[Field.BODY].count("one.png") == 2 for draft in desk.drafts())


def test_a_picture_that_is_not_taken_stops_all_before_a_draft_is_made(desk: Desk) -> None:
    desk.picture("big.png", PNG + b"\0" * 10_000_001)
    desk.text = DRAFT + "\n![big](big.png)\n"
    with pytest.raises(PictureError, match=r"line 12: .*10\.0 MB"):
        desk.hand_over()
    assert desk.fake.written() == []


def test_a_picture_that_the_platform_refuses_stops_all_before_a_draft_is_made(desk: Desk) -> None:
    desk.picture()
    desk.text = DRAFT + "\n![cat](cat.png)\n"
    answer = desk.fake.answer
    refusing = {"images", "upload", "media"}

    def refuse(asked):  # type: ignore[no-untyped-def]
        said = answer(asked)
        is_upload = asked.writes and refusing & set(asked.path.split("/"))
        return type(said)({"code": "no"}, 413) if is_upload else said

    desk.fake.answer = refuse  # type: ignore[method-assign]
    with pytest.raises(HandoverError, match="did not take the picture"):
        desk.hand_over()
    assert desk.drafts() == []


def test_a_picture_that_changes_between_plan_and_deed_is_looked_at_again(desk: Desk) -> None:
    desk.picture()
    desk.text = DRAFT + "\n![cat](cat.png)\n"
    plan = desk.plan()
    desk.picture(content=PNG + b"1")
    with pytest.raises(PictureError, match="changed just now"):
        desk.carry_out(plan)
    assert desk.drafts() == []


def test_an_address_can_break_out_of_nothing() -> None:
    address = 'https://x.example/a b(1).png?a=1&b="><script>'
    place = {"https://picture.invalid/d/a.png": address}
    html = with_addresses('<img src="https://picture.invalid/d/a.png">', place, is_markup=True)
    safe = "https://x.example/a%20b%281%29.png?a=1&b=%22%3E%3Cscript%3E"
    assert html == f'<img src="{safe.replace("&", "&amp;")}">'
    assert with_addresses("https://picture.invalid/d/a.png", place, is_markup=False) == safe


def test_a_cover_is_put_online_like_any_picture(desk: Desk) -> None:
    desk.picture()
    desk.text = DRAFT.replace("---\n\n", "cover: cat.png\n---\n\n")
    desk.hand_over()
    (draft,) = desk.drafts()
    assert desk.provider == "listmonk" or draft[Field.COVER].endswith("cat.png")
    assert "picture.invalid" not in "".join(draft.values())


# Buttondown ---------------------------------------------------------------------------------------


def test_markdown_goes_in_its_own_editor_mode_once(at_buttondown: Desk) -> None:
    fake = at_buttondown.fake
    assert isinstance(fake, Buttondown)
    at_buttondown.hand_over()
    at_buttondown.text = DRAFT.replace("Second", "Third")
    at_buttondown.hand_over()
    body = fake.emails[0]["body"]
    assert body.startswith("<!-- buttondown-editor-mode: plaintext --># A quiet week")
    assert body.count("buttondown-editor-mode") == 1


def test_edits_of_other_lines_of_the_markdown_are_joined(at_buttondown: Desk) -> None:
    at_buttondown.hand_over()
    (draft,) = at_buttondown.drafts()
    at_buttondown.edit(Field.BODY, draft[Field.BODY].replace("First words", "Their words"))
    at_buttondown.text = DRAFT.replace("Second words", "My words")
    conflict = at_buttondown.plan().conflict
    assert conflict is not None
    assert conflict.choices == (Choice.MERGE, Choice.COPY, Choice.THEIRS)
    assert conflict.merged is not None
    assert "Their words" in conflict.merged
    assert "My words" in conflict.merged
    at_buttondown.hand_over(Choice.MERGE)
    # What was written there stays, whatever is written here later.
    at_buttondown.text = at_buttondown.text.replace("My words", "My last words")
    assert at_buttondown.hand_over().kept == (Field.BODY,)
    (draft,) = at_buttondown.drafts()
    assert "Their words" in draft[Field.BODY]
    assert "My last words" in draft[Field.BODY]


def test_edits_of_the_same_line_are_for_the_writer_to_join(at_buttondown: Desk) -> None:
    at_buttondown.hand_over()
    (draft,) = at_buttondown.drafts()
    at_buttondown.edit(Field.BODY, draft[Field.BODY].replace("Second words", "Their words"))
    at_buttondown.text = DRAFT.replace("Second words", "My words")
    conflict = at_buttondown.plan().conflict
    assert conflict is not None
    assert conflict.choices == (Choice.COPY, Choice.THEIRS)
    assert "same lines" in conflict.why_not
    assert "Second words" in conflict.base
    assert "My words" in conflict.mine
    assert "Their words" in conflict.theirs


def test_a_change_keeps_what_stands_there_besides(at_buttondown: Desk) -> None:
    fake = at_buttondown.fake
    assert isinstance(fake, Buttondown)
    handed = at_buttondown.hand_over()
    fake.emails[0]["metadata"]["mine"] = "kept"
    fake.emails[0]["image"] = "https://x.example/cover.png"
    at_buttondown.text = DRAFT.replace("Second", "Third")
    at_buttondown.hand_over()
    assert fake.emails[0]["metadata"] == {"sendoff": handed.marker, "mine": "kept"}
    assert fake.emails[0]["image"] == "https://x.example/cover.png"


def test_a_pause_that_buttondown_asks_for_is_kept(at_buttondown: Desk) -> None:
    fake = at_buttondown.fake
    assert isinstance(fake, Buttondown)
    fake.limited = 1
    at_buttondown.hand_over()
    assert len(fake.emails) == 1


def test_a_slug_that_buttondown_does_not_take_is_told_before(at_buttondown: Desk) -> None:
    at_buttondown.text = DRAFT.replace("---\n\n", "slug: Übung 1\n---\n\n")
    with pytest.raises(HandoverError, match="slug"):
        at_buttondown.plan()


def test_the_draft_is_found_among_many(at_buttondown: Desk) -> None:
    fake = at_buttondown.fake
    assert isinstance(fake, Buttondown)
    fake.cuts = {0: Cut.AFTER, 1: Cut.BEFORE, 2: Cut.BEFORE}
    with pytest.raises(HandoverError):
        at_buttondown.hand_over()
    assert len(fake.emails) == 1
    for number in range(5):
        other = {**fake.emails[0], "id": f"em_{number:026d}", "metadata": {"sendoff": "other"}}
        fake.emails.append(other)
    at_buttondown.hand_over()
    assert len(fake.emails) == 6


# Ghost --------------------------------------------------------------------------------------------


def test_html_that_both_changed_cannot_be_joined_and_it_is_said_why(at_ghost: Desk) -> None:
    at_ghost.hand_over()
    at_ghost.edit(Field.BODY, "A paragraph of theirs")
    at_ghost.text = DRAFT.replace("Second", "Third")
    conflict = at_ghost.plan().conflict
    assert conflict is not None
    assert conflict.choices == (Choice.COPY, Choice.THEIRS)
    assert "HTML" in conflict.why_not
    assert "A paragraph of theirs" in conflict.theirs


def test_blocks_of_theirs_stay_when_only_the_subject_changes_here(at_ghost: Desk) -> None:
    fake = at_ghost.fake
    assert isinstance(fake, Ghost)
    at_ghost.hand_over()
    at_ghost.edit(Field.BODY, "A paragraph of theirs")
    before = fake.posts[0]["lexical"]
    at_ghost.text = DRAFT.replace("subject: A quiet week", "subject: A loud week")
    at_ghost.hand_over(Choice.MERGE)
    assert fake.posts[0]["lexical"] == before
    assert fake.posts[0]["email_subject"] == "A loud week"


def test_a_slug_that_ghost_makes_unique_is_no_edit(at_ghost: Desk) -> None:
    fake = at_ghost.fake
    assert isinstance(fake, Ghost)
    at_ghost.text = DRAFT.replace("---\n\n", "slug: week\n---\n\n")
    at_ghost.hand_over()
    at_ghost.hand_over(Choice.COPY)
    assert [post["slug"] for post in fake.posts] == ["week", "week-2"]
    plan = at_ghost.plan()
    assert (plan.action, plan.conflict) == (Action.NOTHING, None)


def test_a_preview_text_that_ghost_would_not_take_is_told_before(at_ghost: Desk) -> None:
    at_ghost.text = DRAFT.replace("Three links and a picture", "long " * 70)
    with pytest.raises(HandoverError, match="300 characters"):
        at_ghost.plan()


# listmonk -----------------------------------------------------------------------------------------


def test_the_whole_page_goes_where_a_template_shows_nothing_else(at_listmonk: Desk) -> None:
    fake = at_listmonk.fake
    assert isinstance(fake, Listmonk)
    at_listmonk.hand_over()
    (campaign,) = fake.campaigns
    assert campaign["template_id"] == 7
    assert campaign["body"].startswith("<!doctype html>")
    assert "{{ Safe `<!--[if mso]>" in campaign["body"]
    assert (campaign["content_type"], campaign["send_at"]) == ("html", None)
    assert "First words" in campaign["altbody"]


def test_without_such_a_template_only_what_the_page_shows_goes(at_listmonk: Desk) -> None:
    fake = at_listmonk.fake
    assert isinstance(fake, Listmonk)
    fake.templates = [DEFAULT]
    at_listmonk.hand_over()
    (campaign,) = fake.campaigns
    assert campaign["template_id"] == 1
    assert "<body" not in campaign["body"]
    assert "First words" in campaign["body"]


def test_a_list_is_chosen_in_the_account_where_there_are_several(at_listmonk: Desk) -> None:
    fake = at_listmonk.fake
    assert isinstance(fake, Listmonk)
    fake.lists = {1: "Readers", 2: "Friends"}
    with pytest.raises(HandoverError, match="1 \\(Readers\\), 2 \\(Friends\\)"):
        at_listmonk.hand_over()
    at_listmonk.publication = "2"
    at_listmonk.hand_over()
    assert fake.campaigns[0]["lists"] == [{"id": 2, "name": "Friends"}]


def test_a_change_keeps_lists_files_and_attributes(at_listmonk: Desk) -> None:
    fake = at_listmonk.fake
    assert isinstance(fake, Listmonk)
    handed = at_listmonk.hand_over()
    campaign = fake.campaigns[0]
    campaign.update(media=[{"id": 5, "filename": "x"}], attribs={"mine": 1}, name="Mine")
    campaign["tags"].append("weekly")
    at_listmonk.text = DRAFT.replace("Second", "Third")
    at_listmonk.hand_over()
    assert [each["id"] for each in campaign["lists"]] == [1]
    assert [each["id"] for each in campaign["media"]] == [5]
    assert (campaign["attribs"], campaign["name"]) == ({"mine": 1}, "Mine")
    assert campaign["tags"] == [f"sendoff-{handed.marker}", "weekly"]


def test_braces_in_code_are_shown_and_not_run(at_listmonk: Desk) -> None:
    at_listmonk.text = DRAFT + "\n`{{ .Secret }}` and\n\n```\n{{ range .X }}\n```\n"
    at_listmonk.hand_over()
    (draft,) = at_listmonk.drafts()
    assert '{{ "{{" }} .Secret }}' in draft[Field.BODY]
    assert draft[Field.TEXT].startswith("{{ Safe ")
    assert "{{ .Secret }}" in draft[Field.TEXT]


@pytest.mark.parametrize(
    "html",
    [
        "<!--[if mso]><p>{{ x }}</p><![endif]-->",
        '<!-- `tick` "quote" \\ -->',
        "<pre>{{</pre>",
        '<code class="x">{{ a }} }} {{</code><!-- > -->',
    ],
)
def test_whatever_the_page_holds_go_can_run_it(html: str) -> None:
    assert compiles(as_template(html))
    assert not compiles("{{ x }}")
