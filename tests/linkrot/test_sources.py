"""Which links are looked at, and which never are."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.drafts.files import DraftFile, read_draft
from app.engagement.matching import draft_text
from app.engagement.model import LinkRecord
from app.engagement.store.matches import Matches
from app.engagement.store.reader import Reader
from app.linkcheck.store.accepted import AcceptedLinks
from app.linkrot.model import Kind
from app.linkrot.service import Letters, without_accepted
from app.linkrot.sources import Drafts, issues, page_of
from app.paths import data_dir
from tests.engagement.reports.stocked import OWN, issue, links, stock


@pytest.mark.parametrize(
    "url",
    [
        "https://news.site.net/unsubscribe/abc",
        "https://list.site.net/?action=unsubscribe&id=3",
        "https://ct.sendgrid.net/ls/click?upn=abc",
        "https://site.net/track/click/1/2",
        "https://site.net/?email={{ subscriber.email }}",
        "{{ unsubscribe_url }}",
        "https://longreads.example/essay",
        "https://example.com/",
        "https://a.test/",
        "http://localhost:8000/",
        "http://192.168.1.1/",
        "https://me:secret@site.net/",
        "mailto:me@site.net",
        "#method",
        "htps://site.net/",
        "",
    ],
)
def test_links_that_are_never_asked_for(url: str) -> None:
    assert page_of(url) is None


def test_one_page_is_asked_for_however_many_places_of_it_are_linked() -> None:
    assert page_of("https://site.net/a#one") == page_of("https://SITE.net/a#two")
    assert page_of("https://site.net/a#one") == "https://site.net/a"


def test_an_article_about_unsubscribing_is_a_page_like_any_other() -> None:
    assert page_of("https://site.net/how-to-unsubscribe-politely") is not None


def test_links_of_sent_issues(folders: Path) -> None:
    stock(
        folders / "data" / "engagement.db",
        OWN,
        issue(1, "Ferries"),
        links(
            "i1",
            LinkRecord(1, "https://site.net/ferry#map", "the map"),
            LinkRecord(2, "https://site.net/ferry", ""),
            LinkRecord(3, "https://news.net/unsubscribe", "leave"),
        ),
        issue(2, "Nothing linked"),
    )
    with Reader(folders / "data" / "engagement.db") as reader:
        (found,) = issues(reader)
    assert (found.letter.kind, found.letter.account, found.letter.id) == (Kind.ISSUE, "a1", "i1")
    assert found.letter.title == "Ferries"
    (link,) = found.links
    assert (link.page, link.url, link.text) == (
        "https://site.net/ferry",
        "https://site.net/ferry#map",
        "the map",
    )


def test_links_of_saved_drafts_parsed_only_when_they_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    (folder / "one.md").write_text(
        "# One\n\n[ferry](https://site.net/ferry) ![map](https://site.net/map.png)\n"
        "`https://site.net/code`\n\n[r][ref]\n\n"
        "[ref]: https://site.net/ref\n"
    )
    (folder / "two.md").write_text("No link.")
    (folder / "bad.md").write_bytes(b"\xff\xfe\x00\x01")
    drafts = Drafts(folder)
    (found,) = drafts.read()
    assert found.letter.title == "One"
    assert [link.page for link in found.links] == [
        "https://site.net/ferry",
        "https://site.net/map.png",
        "https://site.net/ref",
    ]
    parsed = []

    def counted(path: Path) -> DraftFile:
        parsed.append(path.name)
        return read_draft(path)

    monkeypatch.setattr("app.linkrot.sources.read_draft", counted)
    assert drafts.read() == [found]
    assert not parsed
    (folder / "one.md").write_text("[other](https://site.net/other)")
    ((link,),) = [each.links for each in drafts.read()]
    assert link.page == "https://site.net/other"
    assert parsed == ["one.md"]


def test_an_issue_and_its_own_draft_are_one_letter(folders: Path) -> None:
    drafts = folders / "drafts"
    drafts.mkdir()
    own, other = drafts / "own.md", drafts / "other.md"
    own.write_text("[map](https://site.net/map) [late](https://site.net/late)")
    other.write_text("[map](https://site.net/map)")
    stock(
        folders / "data" / "engagement.db",
        OWN,
        issue(1, "Ferries"),
        links(
            "i1",
            LinkRecord(1, "https://site.net/map", "the map"),
            LinkRecord(2, "https://site.net/added", "put in at the platform"),
        ),
    )
    assert len(Letters(drafts).read()) == 3
    with contextlib.closing(Matches()) as matches:
        matches.refuse("a1", "i1", str(other))
        matches.confirm("a1", "i1", draft_text(str(own), {}, own.read_text()))
    sent, second = Letters(drafts).read()
    assert (sent.letter.kind, sent.letter.id, sent.letter.draft) == (Kind.ISSUE, "i1", str(own))
    assert [(link.page.rpartition("/")[2], link.draft) for link in sent.links] == [
        ("map", str(own)),
        ("added", ""),
        ("late", str(own)),
    ]
    assert (second.letter.id, second.letter.draft) == (str(other), "")
    own.unlink()
    assert [each.letter.draft for each in Letters(drafts).read()] == ["", ""]


def test_no_folder_is_no_trouble(tmp_path: Path) -> None:
    assert Letters(tmp_path / "none").read() == []


def test_a_link_that_was_checked_by_hand_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("[a](https://site.net/a) [b](https://site.net/b)")
    found = Drafts(tmp_path).read()
    accepted = AcceptedLinks(data_dir() / "accepted.sqlite3")
    accepted.accept("https://site.net/a", datetime(2026, 1, 1, tzinfo=UTC))
    accepted.close()
    ((link,),) = [each.links for each in without_accepted(found)]
    assert link.page == "https://site.net/b"
